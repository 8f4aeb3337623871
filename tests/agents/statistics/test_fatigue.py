"""How an ad wears: the slope it truly wears with, and none for an ad that does not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from agents.statistics.fatigue import Wear, wear

DAYS = 60


def worn(rng: np.random.Generator, slope: float, sd: float, ads: int = 1, lasting: float = 0.0) -> Wear:
    """Ads shown 1.6 times per person and day that wear with such a slope, amid noise that partly lasts."""
    often = np.full((ads, DAYS), 1.6)
    noise = rng.normal(0, sd, (ads, DAYS))
    for day in range(1, DAYS):
        noise[:, day] = lasting * noise[:, day - 1] + (1 - lasting**2) ** 0.5 * noise[:, day]
    log_rate = slope * np.log1p(np.cumsum(often, axis=1)) + noise
    return wear(log_rate, np.full((ads, DAYS), sd**2), often, often > 0, often > 0)


def test_an_ad_that_wears_with_exposure_shows_the_slope_it_wears_with() -> None:
    found = worn(np.random.default_rng(4), -0.6, 0.05)
    assert found.slope[0] == pytest.approx(-0.6, abs=3 * found.sd[0])
    assert found.sd[0] < 0.05
    assert found.per_doubling[0] == pytest.approx(2**-0.6 - 1, abs=0.06)
    assert found.p_value[0] < 1e-6
    assert found.log_evidence[0] > 10


def test_without_much_noise_the_slope_is_the_regression_line() -> None:
    rng = np.random.default_rng(5)
    exposure = np.log1p(np.cumsum(np.full(DAYS, 1.6)))
    log_rate = -0.5 * exposure + rng.normal(0, 0.01, DAYS)
    found = wear(log_rate[None], np.full((1, DAYS), 1e-4), *(np.full((1, DAYS), one) for one in (1.6, True, True)))
    assert found.slope[0] == pytest.approx(stats.linregress(exposure, log_rate).slope, abs=1e-3)


@pytest.mark.parametrize("lasting", [0.0, 0.4])
def test_an_ad_that_does_not_wear_is_rarely_taken_for_one_that_does(lasting: float) -> None:
    found = worn(np.random.default_rng(6), 0.0, 0.12, ads=2000, lasting=lasting)
    assert np.mean(found.p_value < 0.05) < 0.09
    assert np.mean(found.log_evidence > 0) < 0.02


def test_evidence_for_and_against_wear_is_graded() -> None:
    slopes = (0.0, -0.15, -0.3, -0.43)
    evidence = [np.median(worn(np.random.default_rng(7), slope, 0.1, ads=200).log_evidence) for slope in slopes]
    assert evidence == sorted(evidence)
    assert evidence[0] < -3
    assert evidence[-1] > 3


def test_little_data_leaves_the_published_decay_and_no_evidence() -> None:
    nothing = wear(np.zeros((1, 2)), np.ones((1, 2)), np.ones((1, 2)), np.array([[True, False]]), np.ones((1, 2), bool))
    assert (nothing.slope[0], nothing.sd[0]) == pytest.approx((-0.43, 0.2))
    assert (nothing.p_value[0], nothing.log_evidence[0]) == (1.0, 0.0)


def test_exposure_counts_from_the_first_day_even_where_only_the_last_weeks_are_judged() -> None:
    often = np.full((2, DAYS), 1.6)
    often[1, :30] = 0.0
    log_rate = np.tile(-0.43 * np.log1p(np.cumsum(often[0])), (2, 1))
    judged = np.tile(np.arange(DAYS) >= 30, (2, 1))
    found = wear(log_rate, np.full((2, DAYS), 1e-4), often, often > 0, judged)
    assert found.slope[0] == pytest.approx(-0.43, abs=0.01)
    assert found.slope[1] > -0.3


ODD = st.one_of(st.floats(-5, 5), st.sampled_from([0.0, np.nan, np.inf, -np.inf, 1e12, 1e-12]))


@settings(max_examples=80, deadline=None)
@given(arrays.arrays(np.float64, (3, 2, 9), elements=ODD), arrays.arrays(np.bool_, (2, 2, 9)))
def test_no_days_however_odd_break_the_slope(figures: np.ndarray, flags: np.ndarray) -> None:
    found = wear(*figures, *flags)
    for values in (found.slope, found.sd, found.p_value, found.log_evidence):
        assert np.isfinite(values).all()
    assert (found.sd > 0).all()
