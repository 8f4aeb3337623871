"""A fall follows an event as far as its day and its pace say so."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.statistics.coincidence import LOOKED_BACK, followed

DAYS = 90
SD = 0.15
VARIANCE = np.full(DAYS, SD**2)


def fall(start: int, grows: int, size: float = -0.6, seed: int = 1) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(0, SD, DAYS)
    return noise + size * np.clip((np.arange(DAYS) - start + 1) / grows, 0, 1)


def test_a_prompt_fall_just_after_the_event_followed_it() -> None:
    assert min(followed(fall(75, 3, seed=seed), VARIANCE, 75) for seed in range(20)) > 2


def test_a_fall_over_weeks_did_not_follow_an_event_in_its_middle() -> None:
    assert np.median([followed(fall(65, 20, seed=seed), VARIANCE, 76) for seed in range(20)]) < 0.2


def test_a_prompt_fall_weeks_before_or_after_did_not_follow_it() -> None:
    assert followed(fall(70, 3), VARIANCE, 82) < 0.01
    assert followed(fall(82, 3), VARIANCE, 70) < 0.01


def test_without_a_fall_the_event_is_no_likelier_a_reason_than_none() -> None:
    assert all(0.05 < followed(fall(75, 3, 0.0, seed), VARIANCE, 75) < 20 for seed in range(10))


@settings(max_examples=50, deadline=None)
@given(st.integers(-5, DAYS + 5), st.integers(50, 85), st.integers(1, 20), st.floats(-2, 2), st.integers(0, 1000))
def test_odds_are_a_number_and_none_where_the_event_is_not_among_the_days(
    event: int, start: int, grows: int, size: float, seed: int
) -> None:
    odds = followed(fall(start, grows, size, seed), VARIANCE, event)
    assert np.isfinite(odds)
    assert (odds > 0) == (DAYS - LOOKED_BACK <= event < DAYS)


@settings(max_examples=25, deadline=None)
@given(st.integers(60, 85), st.sets(st.integers(0, DAYS - 1), max_size=30), st.integers(0, 1000))
def test_days_that_do_not_count_may_hold_anything(event: int, away: set[int], seed: int) -> None:
    residual, variance = fall(75, 3, seed=seed), VARIANCE.copy()
    residual[list(away)] = np.nan
    variance[list(away)] = 1e9
    assert np.isfinite(followed(residual, variance, event))


def test_nothing_known_says_nothing() -> None:
    assert followed(np.full(DAYS, np.nan), VARIANCE, 80) == 0
