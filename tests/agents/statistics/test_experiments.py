"""An experiment may be looked at every day: it decides what is so, and nothing that is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.statistics.experiments import Arm, Standing, read_out


def standing(*counts: tuple[int, int]) -> Standing:
    control, *arms = (Arm(f"arm {at}", exposed, converted) for at, (exposed, converted) in enumerate(counts))
    return read_out(control, arms).standing


def watched(rng: np.random.Generator, rates: list[float], people: int, days: int = 30) -> list[Standing]:
    """What an experiment says on each day."""
    won = np.array([rng.binomial(people, rate, days).cumsum() for rate in rates])
    return [standing(*((people * (day + 1), int(one)) for one in won[:, day])) for day in range(days)]


@pytest.mark.parametrize("arms", [2, 4])
def test_looking_thirty_times_at_arms_without_difference_decides_almost_nothing(arms: int) -> None:
    rng = np.random.default_rng(91 + arms)
    decided = sum(bool({Standing.AHEAD, Standing.BEHIND} & set(watched(rng, [0.05] * arms, 400))) for _ in range(300))
    assert decided / 300 < 0.05


def test_a_third_more_conversions_are_seen_within_a_month_more_often_than_not() -> None:
    rng = np.random.default_rng(95)
    runs = [watched(rng, [0.05, 0.065], 200) for _ in range(150)]
    assert np.mean([Standing.AHEAD in run for run in runs]) > 0.6
    assert np.mean([Standing.BEHIND in run for run in runs]) < 0.03


def test_what_an_experiment_says_by_now() -> None:
    assert standing((400, 8), (400, 30)) is Standing.TOO_FEW
    assert standing((20_000, 1000), (20_000, 1010)) is Standing.OPEN
    assert standing((20_000, 1000), (20_000, 1300)) is Standing.AHEAD
    assert standing((20_000, 1300), (20_000, 1000)) is Standing.BEHIND
    assert standing((20_000, 1300), (20_000, 1000), (20_000, 1290)) is Standing.OPEN
    assert standing((20_000, 1000), (20_000, 1300), (300, 4)) is Standing.AHEAD
    assert standing((20_000, 1300), (20_000, 1000), (300, 4)) is Standing.OPEN


def test_the_arm_that_is_better_for_sure_wins_over_one_that_only_looks_better() -> None:
    control, sure, lucky = Arm("control", 20_000, 1000), Arm("sure", 20_000, 1300), Arm("lucky", 400, 28)
    found = read_out(control, (sure, lucky))
    assert lucky.rate > sure.rate
    assert found.winner == sure
    assert found.decisive.change == pytest.approx(0.3)
    assert found.decisive.interval[0] > 0.1


def test_more_arms_need_more_evidence() -> None:
    control, arm, idle = Arm("control", 20_000, 1000), Arm("new", 20_000, 1130), Arm("idle", 20_000, 1000)
    alone, among = read_out(control, (arm,)), read_out(control, (arm, idle, idle))
    assert alone.comparisons[0].p_value < among.comparisons[0].p_value
    low, high = alone.comparisons[0].interval
    assert among.comparisons[0].interval[0] < low < high < among.comparisons[0].interval[1]


def test_where_every_arm_is_worse_the_control_has_won() -> None:
    control = Arm("control", 20_000, 1300)
    assert read_out(control, (Arm("new", 20_000, 1000),)).winner == control
    assert read_out(control, (Arm("new", 20_000, 1310),)).winner is None


COUNTS = st.one_of(st.integers(-5, 400), st.sampled_from([0, 10**6, 10**12]))


@given(st.lists(st.tuples(COUNTS, COUNTS), min_size=2, max_size=4))
def test_no_counts_however_odd_break_a_readout(counts: list[tuple[int, int]]) -> None:
    control, *arms = (Arm(str(at), exposed, converted) for at, (exposed, converted) in enumerate(counts))
    found = read_out(control, arms)
    for one in found.comparisons:
        assert 0 <= one.p_value <= 1
        assert one.interval[0] <= one.change <= one.interval[1]
    assert (found.winner is None) == (found.standing in {Standing.TOO_FEW, Standing.OPEN})
