"""What a daily figure would be if it went on: near what comes, honest about how near, and unmoved by odd days."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from agents.statistics.seasonal import LEAST_DAYS, seasonal

DAYS, WEEK = 105, np.array([1.2, 1.1, 1.0, 1.0, 0.9, 0.7, 1.1])


def weekdays(days: int) -> np.ndarray:
    return np.arange(days) % 7


def shop(seed: int, series: int, days: int, *, day_sd: float = 0.08, drift_sd: float = 0.0) -> np.ndarray:
    """Sales of shops with one weekly rhythm: noise by the day, and a level that wanders."""
    rng = np.random.default_rng(seed)
    level = np.cumsum(rng.normal(0, drift_sd, (series, days)), axis=1)
    return 100 * WEEK[weekdays(days)] * np.exp(level + rng.normal(0, day_sd, (series, days)))


def everything(values: np.ndarray) -> np.ndarray:
    return np.ones(values.shape, dtype=bool)


def test_a_weekly_rhythm_is_carried_on_day_by_day():
    sales = shop(1, 40, DAYS, day_sd=0.02)
    ahead = seasonal(sales, everything(sales), weekday=weekdays(DAYS)).expected(14)
    known = 100 * WEEK[(DAYS + np.arange(14)) % 7]
    assert np.abs(ahead / known - 1).max() < 0.06


@pytest.mark.parametrize("horizon", [1, 7, 14])
@pytest.mark.parametrize("drift_sd", [0.0, 0.02])
def test_eighty_of_a_hundred_intervals_hold_what_comes(horizon: int, drift_sd: float):
    sales = shop(2, 600, DAYS + horizon, drift_sd=drift_sd)
    fitted = seasonal(sales[:, :DAYS], everything(sales)[:, :DAYS], weekday=weekdays(DAYS))
    low, high = fitted.interval(horizon, 0.8)
    later = sales[:, DAYS:]
    assert 0.75 < ((low <= later) & (later <= high)).mean() < 0.87, "each day"
    low, high = fitted.interval(horizon, 0.8, mean=True)
    assert 0.70 < ((low <= later.mean(axis=1)) & (later.mean(axis=1) <= high)).mean() < 0.9, "their mean"


def test_the_mean_of_two_weeks_is_surer_than_a_day_and_more_coverage_is_wider():
    sales = shop(3, 50, DAYS)
    fitted = seasonal(sales, everything(sales), weekday=weekdays(DAYS))

    def reach(horizon: int, coverage: float) -> float:
        low, high = fitted.interval(horizon, coverage, mean=True)
        return float((high - low).mean())

    assert reach(14, 0.8) < reach(1, 0.8) < reach(1, 0.95)


def test_one_wild_day_hardly_moves_the_level_but_a_lasting_one_does():
    sales = shop(4, 30, DAYS, day_sd=0.03)
    calm = seasonal(sales, everything(sales), weekday=weekdays(DAYS)).level
    for days, least, most in ((1, 0.98, 1.2), (14, 1.8, 2.2)):
        wild = sales.copy()
        wild[:, -days:] *= 2
        moved = seasonal(wild, everything(wild), weekday=weekdays(DAYS)).level / calm
        assert least < np.median(moved) < most


def test_days_the_calendar_explains_teach_nothing():
    sales = shop(5, 10, DAYS)
    promo = np.zeros(DAYS, dtype=bool)
    promo[-9:-5] = True
    sold = np.where(promo, 3 * sales, sales)
    plain, masked = (
        seasonal(figures, everything(figures), weekday=weekdays(DAYS), masked=promo).expected(7)
        for figures in (sales, sold)
    )
    np.testing.assert_array_equal(plain, masked)


def test_weekly_figures_have_no_weekdays():
    sales = shop(6, 5, 80)[:, ::7]
    figures = np.repeat(sales, 8, axis=1)[:, :80]
    fitted = seasonal(figures, everything(figures), weekday=np.zeros(80, dtype=np.int64))
    ahead = fitted.expected(4)
    assert np.allclose(ahead, ahead[:, :1])


def test_too_few_days_or_nothing_but_zeros_is_no_forecast():
    few = shop(7, 3, LEAST_DAYS - 1)
    assert np.isnan(seasonal(few, everything(few), weekday=weekdays(LEAST_DAYS - 1)).expected(7)).all()
    none = np.zeros((2, DAYS))
    fitted = seasonal(none, everything(none), weekday=weekdays(DAYS))
    assert np.isnan(fitted.expected(7)).all()
    assert np.isnan(fitted.interval(7, mean=True)[0]).all()


def test_a_series_alone_is_forecast_as_among_others():
    sales = shop(8, 700, 60)
    together = seasonal(sales, everything(sales), weekday=weekdays(60))
    alone = seasonal(sales[600:601], everything(sales)[600:601], weekday=weekdays(60))
    np.testing.assert_allclose(alone.interval(7, mean=True)[0], together.interval(7, mean=True)[0][600:601])


FIGURES = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True), st.sampled_from([0.0, 1.0, 3.0, 1e-300, 1e300, -5.0, 100.0])
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    values=arrays.arrays(np.float64, st.tuples(st.integers(0, 3), st.integers(1, 60)), elements=FIGURES, fill=FIGURES),
    gaps=st.sets(st.integers(0, 59)),
    horizon=st.integers(1, 20),
)
def test_whatever_the_figures_are_a_forecast_is_none_or_a_number_inside_its_interval(
    values: np.ndarray, gaps: set[int], horizon: int
):
    days = values.shape[1]
    usable = np.array([[day not in gaps for day in range(days)]] * len(values)).reshape(values.shape)
    fitted = seasonal(values, usable, weekday=weekdays(days))
    expected = fitted.expected(horizon)
    assert expected.shape == (len(values), horizon)
    for mean, shape in ((False, (len(values), horizon)), (True, (len(values),))):
        low, high = fitted.interval(horizon, 0.8, mean=mean)
        assert low.shape == high.shape == shape
        assert ((low <= high) | np.isnan(low)).all()
        assert ((low >= 0) | np.isnan(low)).all()
        assert not np.isinf(high).any()
