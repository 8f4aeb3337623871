"""Drifts too slow for any window: found earlier, and no more often where there is none."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from agents.statistics.drifts import daily_p, drifts
from agents.statistics.evidence import e_bh
from agents.statistics.moves import moves

DAYS, DECLINE = 105, 40
ALARM = np.log(20)


def counts(rng: np.random.Generator, series: int, mean: float, fall: float = 0.0, days: int = DAYS) -> np.ndarray:
    """Daily counts with day noise that lasts a little and, in the last 40 days, a steady log decline."""
    noise = rng.normal(0, 0.08, (series, days))
    for day in range(1, days):
        noise[:, day] += 0.2 * noise[:, day - 1]
    ramp = np.clip((np.arange(days) - (days - DECLINE)) / DECLINE, 0, 1)
    return rng.poisson(mean * np.exp(noise - fall * ramp)).astype(float)


@pytest.mark.parametrize("mean", [4, 40, 400])
def test_where_nothing_drifts_a_bet_does_not_pay_on_average(mean: float) -> None:
    rng = np.random.default_rng(61)
    clicks = counts(rng, 3000, mean)
    found = moves(clicks, np.ones_like(clicks), clicks >= 0)
    for down in (True, False):
        log_e = drifts(found, down=down)
        assert np.exp(log_e).mean() < 1.0
        assert np.mean(log_e > ALARM) < 0.002
        assert (e_bh(log_e) > 0.1).all()


@pytest.mark.parametrize("mean", [12, 40])
def test_a_slow_decline_is_found_where_the_windows_as_rarely_wrong_miss_it(mean: float) -> None:
    rng = np.random.default_rng(62)
    quiet, falling = counts(rng, 3000, mean), counts(rng, 600, mean, fall=0.35)
    found = {}
    for name, clicks in (("quiet", quiet), ("falling", falling)):
        moved = moves(clicks, np.ones_like(clicks), clicks >= 0)
        found[name] = (-moved.p_down.min(axis=0), drifts(moved, down=True))
    windows, drift = (np.mean(found["falling"][at] > np.quantile(found["quiet"][at], 0.998)) for at in (0, 1))
    assert drift > windows + 0.1


def test_a_rise_is_no_decline() -> None:
    rng = np.random.default_rng(63)
    clicks = counts(rng, 200, 100, fall=-0.5)
    found = moves(clicks, np.ones_like(clicks), clicks >= 0)
    assert np.median(drifts(found, down=False)) > ALARM
    assert (drifts(found, down=True) < 0).all()
    some = np.arange(200) < 3
    assert (drifts(found, down=False, among=some) == np.where(some, drifts(found, down=False), 0)).all()


ANYTHING = st.one_of(st.floats(0, 1e9), st.sampled_from([0.0, 3.0, np.nan, np.inf, 1e12, -4.0]))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), series=st.integers(0, 4), days=st.integers(1, 70), down=st.booleans())
def test_no_series_however_odd_is_a_crash(data: st.DataObject, series: int, days: int, down: bool) -> None:
    events = data.draw(arrays.arrays(np.float64, (series, days), elements=ANYTHING))
    exposure = data.draw(arrays.arrays(np.float64, (series, days), elements=ANYTHING))
    log_e = drifts(moves(events, exposure, events >= 0), down=down)
    assert log_e.shape == (series,)
    assert np.isfinite(log_e).all()


def test_a_level_that_wanders_by_a_few_per_cent_in_months_is_no_drift() -> None:
    rng = np.random.default_rng(64)
    level = np.cumsum(rng.normal(0, 0.035 / 56**0.5, (1500, DAYS)), axis=1)
    clicks = rng.poisson(400 * np.exp(level + rng.normal(0, 0.05, (1500, DAYS)))).astype(float)
    found = moves(clicks, np.ones_like(clicks), clicks >= 0)
    for down in (True, False):
        log_e = drifts(found, down=down)
        assert np.mean(log_e > ALARM) < 0.01
        assert np.exp(log_e).mean() < 1.0


def test_an_alarm_is_worth_a_daily_test_that_is_wrong_as_rarely() -> None:
    rng = np.random.default_rng(65)
    clicks = counts(rng, 4000, 40)
    daily = daily_p(drifts(moves(clicks, np.ones_like(clicks), clicks >= 0), down=True))
    for level in (0.01, 0.002):
        assert np.mean(daily <= level) <= level
