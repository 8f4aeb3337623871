"""The hourly detector: judged from earlier hours only, the same every time, whatever the series looks like."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.statistics import half_space_trees
from agents.statistics.half_space_trees import strangeness
from agents.statistics.hourly import (
    CARRIED,
    HOURS,
    LEAST_DAYS,
    REFRACTORY_HOURS,
    agreed,
    causal_rank,
    compared,
    told,
)

DAYS = 40


def costs(seed: int, days: int = DAYS) -> np.ndarray:
    """Log costs: hours of the day, days, noise."""
    chance = np.random.default_rng(seed)
    shape = 0.3 * np.cos(np.arange(HOURS) * 2 * np.pi / HOURS)
    return np.log(0.4) + shape + chance.normal(0, 0.05, (days, 1)) + chance.normal(0, 0.15, (days, HOURS))


def scores(logs: np.ndarray) -> np.ndarray:
    return agreed(logs, compared(logs[None]).distance[0])


def test_an_hour_far_from_its_usual_level_scores_highest_and_its_neighbours_stay_low():
    logs = costs(1)
    logs[35, 14] += 1.2
    found = scores(logs)
    assert np.unravel_index(found.argmax(), found.shape) == (35, 14)
    assert found[35, 14] > 6
    assert np.median(found[30:]) < 1.5


def test_the_usual_hour_is_that_of_its_hour_of_the_day():
    seen = compared(costs(2)[None])
    assert seen.usual[0, -1] == pytest.approx(np.log(0.4) + 0.3 * np.cos(np.arange(HOURS) * 2 * np.pi / HOURS), abs=0.2)
    assert np.isnan(seen.usual[0, :LEAST_DAYS]).all()


def test_what_was_off_yesterday_is_expected_to_be_a_little_off_today():
    logs = costs(3)
    logs[37] += 0.3
    seen = compared(logs[None])
    raised = seen.away[0, 38] - seen.news[0, 38]
    assert (raised >= -CARRIED).all()
    assert 0.05 < np.median(raised) < 0.3


def test_counting_noise_is_allowed_for_and_not_counted_twice():
    chance = np.random.default_rng(4)
    clicks = np.full((DAYS, HOURS), 10.0)
    logs = costs(4) - chance.normal(0, np.sqrt(0.1), clicks.shape)
    seen = compared(logs[None], 1.0 / clicks[None])
    alone = compared(logs[None])
    assert np.nanmedian(seen.spread[0, 35:]) < 0.8 * np.nanmedian(alone.spread[0, 35:])
    assert 0.8 < np.nanstd(seen.distance[0, 30:]) < 1.3
    thin = compared(logs[None], np.where(np.arange(DAYS) == 39, 1.0, 0.1)[None, :, None] * np.ones((1, 1, HOURS)))
    assert np.nanmax(np.abs(thin.distance[0, 39])) < 1.5


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(8, DAYS - 1), st.integers(0, HOURS - 1))
def test_nothing_that_comes_later_changes_what_was_said(seed: int, day: int, hour: int):
    logs = costs(seed)
    changed = logs.copy()
    changed[day, hour:] = np.nan
    changed[day + 1 :] += 5.0
    now, then = scores(logs), scores(changed)
    assert (now[:day] == then[:day]).all()
    assert (now[day, :hour] == then[day, :hour]).all()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 20), st.integers(0, 2**32 - 1), st.floats(0, 1), st.sampled_from([0.0, 1e-9, 1.0, 1e6])
)  # fmt: skip
def test_gaps_constants_and_huge_values_break_nothing(days: int, seed: int, known: float, wide: float):
    chance = np.random.default_rng(seed)
    logs = chance.normal(0, 1, (days, HOURS)) * wide
    logs[chance.uniform(size=logs.shape) > known] = np.nan
    found = scores(logs)
    assert np.isfinite(found).all()
    assert (found[~np.isfinite(logs)] == 0).all()
    assert (found[: LEAST_DAYS + 1] == 0).all()


def test_a_repeat_is_told_only_when_it_is_worse():
    quiet = np.zeros(200)
    quiet[[10, 20, 30, 31 + REFRACTORY_HOURS]] = [5, 4, 6, 5]
    assert list(np.flatnonzero(told(quiet))) == [10, 30, 31 + REFRACTORY_HOURS]


@given(st.lists(st.floats(-5, 5), min_size=30, max_size=80))
def test_a_causal_rank_is_the_share_of_earlier_values_below(values: list[float]):
    series = np.array(values)
    ranks = causal_rank(series, np.ones(len(series), dtype=bool))
    assert (ranks[:HOURS] == 0).all()
    for at in range(HOURS, len(series)):
        assert ranks[at] == pytest.approx((series[:at] < series[at]).mean())


@pytest.mark.parametrize("seed", [7, 8, 99])
def test_a_point_where_none_has_been_is_strange_whatever_the_trees(seed: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(half_space_trees, "SEED", seed)
    half_space_trees._trees.cache_clear()
    points = np.clip(np.random.default_rng(3).normal(0.5, 0.1, (20, HOURS, 3)), 0, 1)
    points[15, 6] = (0.95, 0.05, 0.9)
    strange = strangeness(points, np.ones((20, HOURS), dtype=bool), LEAST_DAYS)
    half_space_trees._trees.cache_clear()
    assert (strange[15] < strange[15, 6]).sum() == HOURS - 1
    assert (strange[15:] < strange[15, 6]).mean() > 0.95


def test_a_fortnight_of_unrest_hardly_widens_what_counts_as_far():
    calm, restless = costs(5, 70), costs(5, 70)
    restless[50:64] += np.random.default_rng(6).normal(0, 0.6, (14, HOURS))
    before, after = (compared(one[None]).spread[0, 64:].mean() for one in (calm, restless))
    assert after < 1.5 * before


def test_which_trees_chance_made_hardly_matters(monkeypatch: pytest.MonkeyPatch):
    logs = costs(7)
    found: list[np.ndarray] = []
    for seed in (7, 8):
        monkeypatch.setattr(half_space_trees, "SEED", seed)
        half_space_trees._trees.cache_clear()
        found.append(scores(logs)[LEAST_DAYS + 7 :].ravel())
    half_space_trees._trees.cache_clear()
    assert np.corrcoef(*found)[0, 1] > 0.98
