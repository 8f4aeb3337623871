"""Incidents put into the ad exchanges' values: where they are said to be, and the same ones for the same seed."""

import numpy as np
import pytest

from tests.bench.nab import ADS, NAB
from tests.bench.nab_injected import CUTS, benchmarks
from tests.bench.nab_scorer import corpus

pytestmark = pytest.mark.skipif(not NAB.is_dir(), reason="the public data are not beside this checkout")


def test_a_copy_has_the_six_files_with_one_to_four_windows_each_that_are_scored():
    (made,) = benchmarks(1, copies=1)
    assert [one.name for one in made] == [one.name for one in corpus(NAB, ADS)]
    for one in made:
        assert 1 <= len(one.windows) <= 4
        assert min(first for first, _ in one.windows) >= one.probation
        covered = sum(last - first + 1 for first, last in one.windows)
        assert 0.07 < covered / len(one.values) < 0.12


def test_what_is_far_off_is_in_a_window():
    (made,) = benchmarks(2, copies=1)
    for one in made:
        logs = np.log(one.values)
        inside = np.zeros(len(logs), dtype=bool)
        for first, last in one.windows:
            inside[first : last + 1] = True
        ordinary = np.abs(logs - np.median(logs))[~inside]
        assert np.abs(logs - np.median(logs))[inside].max() > np.quantile(ordinary, 0.99)
    assert max(CUTS) < 16, "the strongest incidents stand out from what is left of the files' own extremes"


def test_the_same_seed_makes_the_same_copies_and_another_seed_others():
    first, again, other = (next(benchmarks(seed, copies=1)) for seed in (3, 3, 4))
    assert all((a.values == b.values).all() and a.windows == b.windows for a, b in zip(first, again, strict=True))
    assert any(a.windows != b.windows for a, b in zip(first, other, strict=True))
