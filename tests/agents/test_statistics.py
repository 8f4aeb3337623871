"""The toolbox: what chance does stays quiet, what is real is found, and no input breaks it."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import stats

from agents.statistics.arrays import counted_median, days_from_end, group_sums, row_median
from agents.statistics.discoveries import q_values
from agents.statistics.moves import WINDOWS, is_over, moves, onset
from agents.thresholds import WINDOW_LOOKS

DAYS = 98


def steady(rng: np.random.Generator, series: int, mean: float, day_sd: float) -> tuple[np.ndarray, np.ndarray]:
    exposure = np.full((series, DAYS), mean / 0.013)
    return rng.poisson(mean * np.exp(rng.normal(0, day_sd, (series, DAYS)))).astype(float), exposure


@pytest.mark.parametrize(("mean", "day_sd"), [(900, 0.16), (900, 0.03), (60, 0.16), (4, 0.1), (0.5, 0.0)])
def test_noise_of_counts_and_days_together_is_not_taken_for_a_move(mean: float, day_sd: float) -> None:
    rng = np.random.default_rng(5)
    clicks, shown = steady(rng, 3000, mean, day_sd)
    found = moves(clicks, shown, shown > 0)
    for window in range(len(WINDOWS)):
        assert np.mean(found.p_down[window] < 0.01) < 0.02
        assert np.mean(found.p_up[window] < 0.01) < 0.02


@pytest.mark.parametrize(("mean", "lasting"), [(900, 0.3), (900, 0.6), (100, 0.2), (20, 0.2), (4, 0.2)])
def test_weekdays_and_noise_that_lasts_are_not_taken_for_a_move_in_any_window(mean: float, lasting: float) -> None:
    """Six to an account; corrected for the windows as agents do."""
    rng = np.random.default_rng(15)
    noise = rng.normal(0, 0.14, (3000, DAYS))
    for day in range(1, DAYS):
        noise[:, day] = lasting * noise[:, day - 1] + (1 - lasting**2) ** 0.5 * noise[:, day]
    weekday = 0.2 * np.cos(2 * np.pi * (np.arange(DAYS) % 7) / 7)
    clicks = rng.poisson(mean * np.exp(noise + weekday)).astype(float)
    found = moves(clicks, np.full_like(clicks, 70 * mean), clicks >= 0, groups=np.arange(3000, dtype=np.int64) // 6)
    for down in (True, False):
        assert np.mean(found.p_value(WINDOW_LOOKS, down=down) < 0.01) < 0.025
    for window in range(len(WINDOWS)):
        assert np.mean(np.abs(found.change[window]) < 1.96 * found.se[window]) > 0.93


def test_no_clicks_at_all_and_far_too_many_keep_their_digits() -> None:
    clicks = np.full((2, DAYS), 6.0)
    clicks[0, -1], clicks[1, -1] = 0, 90
    found = moves(clicks, np.full_like(clicks, 100.0), clicks >= 0)
    assert 1e-4 < found.p_down[0, 0] < 0.02
    assert 0 < found.p_up[0, 1] < 1e-17


def test_a_plain_binomial_test_would_have_cried_wolf_on_the_same_days() -> None:
    rng = np.random.default_rng(6)
    clicks, shown = steady(rng, 2000, 900, 0.16)
    base = clicks[:, -15:-1].sum(1) / 14
    plain = np.abs(clicks[:, -1] - base) / np.sqrt(base * (1 + 1 / 14)) > 3
    ours = moves(clicks, shown, shown > 0)
    assert plain.mean() > 0.3
    assert np.mean(np.minimum(ours.p_down[0], ours.p_up[0]) < stats.norm.sf(3)) < 0.02


def test_a_click_rate_that_halves_is_measured_right_and_dated_right() -> None:
    rng = np.random.default_rng(7)
    clicks, shown = steady(rng, 1, 400, 0.08)
    clicks[:, -9:] = rng.poisson(200, (1, 9))
    found = moves(clicks, shown, shown > 0)
    week = WINDOWS.index(7)
    assert found.p_down[week, 0] < 1e-6
    assert found.change[week, 0] == pytest.approx(np.log(0.5), abs=0.15)
    assert abs(onset(found, 0, down=True) - (DAYS - 9)) <= 1


def test_an_episode_that_ended_is_told_from_one_that_lasts() -> None:
    rng = np.random.default_rng(7)
    clicks, shown = steady(rng, 2, 400, 0.06)
    clicks[0, -12:-4] = rng.poisson(200, 8)
    clicks[1, -8:] = rng.poisson(200, 8)
    found = moves(clicks, shown, shown > 0)
    assert is_over(found, 0, down=True)
    assert not is_over(found, 1, down=True)


def test_what_the_whole_account_does_is_not_one_campaigns_move() -> None:
    rng = np.random.default_rng(8)
    clicks, shown = steady(rng, 6, 700, 0.05)
    clicks[:, -5:] *= 0.6
    clicks[0, -5:] *= 0.6
    found = moves(clicks, shown, shown > 0, groups=np.zeros(6, dtype=np.int64))
    assert found.p_down[1, 0] < 1e-4
    assert (found.p_down[1, 1:] > 0.01).all()
    assert found.raw[1, 1] == pytest.approx(np.log(0.6), abs=0.12)


def test_a_weekday_is_no_decline() -> None:
    rng = np.random.default_rng(9)
    weekend = np.where(np.arange(DAYS) % 7 >= 5, 0.6, 1.0)
    shown = np.full((200, DAYS), 50_000.0)
    clicks = rng.poisson(650 * weekend, (200, DAYS)).astype(float)
    found = moves(clicks[:, :-1], shown[:, :-1], shown[:, :-1] > 0, weekday=0)
    assert np.mean(found.p_down[0] < 0.01) < 0.03


def test_conversions_that_are_still_coming_in_are_expected_later() -> None:
    rng = np.random.default_rng(10)
    known = np.ones(DAYS)
    known[-3:] = (0.985, 0.94, 0.82)
    clicks = np.full((500, DAYS), 900.0)
    conversions = rng.poisson(36 * known, (500, DAYS)).astype(float)
    late = moves(conversions, clicks, clicks > 0, completeness=known)
    naive = moves(conversions, clicks, clicks > 0)
    assert np.mean(late.p_down[0] < 0.01) < 0.02
    assert late.change[1].mean() == pytest.approx(0, abs=0.02)
    assert naive.change[1].mean() < -0.05


def test_no_conversions_at_all_is_clear_within_a_day_even_when_few_were_usual() -> None:
    rng = np.random.default_rng(11)
    orders = rng.poisson(18, (18, DAYS)).astype(float)
    pixel = rng.binomial(orders.astype(int), 0.93).astype(float)
    pixel[:, -1] = 0
    found = moves(pixel, orders, orders > 0, noisy_exposure=True)
    assert (found.p_down[0] < 1e-4).all()


def test_an_earlier_incident_of_six_weeks_is_not_the_usual_level() -> None:
    rng = np.random.default_rng(12)
    clicks, shown = steady(rng, 1, 400, 0.08)
    clicks[:, 30:72] *= 0.6
    clicks[:, -7:] *= 0.6
    found = moves(clicks, shown, shown > 0)
    assert found.change[WINDOWS.index(7), 0] == pytest.approx(np.log(0.6), abs=0.15)


def test_a_young_series_is_not_judged() -> None:
    clicks, shown = np.full((1, 5), 100.0), np.full((1, 5), 9000.0)
    clicks[0, -1] = 1
    assert (moves(clicks, shown, shown > 0).p_down == 1).all()


def test_adjusted_p_values_are_those_of_scipy() -> None:
    p = np.random.default_rng(1).uniform(size=200) ** 3
    assert q_values(p) == pytest.approx(stats.false_discovery_control(p, method="bh"))
    assert q_values(np.zeros(0)).size == 0


def test_false_discoveries_stay_below_the_rate_asked_for() -> None:
    rng = np.random.default_rng(2)
    shares = []
    for _ in range(300):
        p = np.concatenate([rng.uniform(size=180), rng.beta(0.05, 8, size=20)])
        found = q_values(p) <= 0.1
        shares.append(found[:180].sum() / max(found.sum(), 1))
    assert np.mean(shares) < 0.11


def test_medians_count_valid_entries_only() -> None:
    values = np.array([[1.0, 99.0, 3.0, 2.0]])
    valid = np.array([[True, False, True, True]])
    assert row_median(values, valid)[0] == 2
    assert row_median(values, valid & False)[0] == 0
    assert counted_median(values[:, :, None], valid[:, :, None]).shape == (1, 1)
    assert days_from_end(valid).tolist() == [[2, 2, 1, 0]]
    assert group_sums(np.ones((3, 2)), np.array([1, 1, 0]), 3).tolist() == [[1, 1], [2, 2], [0, 0]]


ANYTHING = st.one_of(
    st.floats(0, 1e12, allow_nan=False), st.just(0.0), st.just(np.nan), st.just(np.inf), st.just(1e-9), st.just(3.0)
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    data=st.data(),
    series=st.integers(0, 5),
    days=st.integers(1, 40),
    counted=st.booleans(),
    share=st.booleans(),
    grouped=st.booleans(),
)
def test_no_series_however_odd_breaks_the_statistics(
    data: st.DataObject, series: int, days: int, counted: bool, share: bool, grouped: bool
) -> None:
    shape = (series, days)
    events = data.draw(arrays.arrays(np.float64, shape, elements=ANYTHING))
    exposure = data.draw(arrays.arrays(np.float64, shape, elements=ANYTHING))
    usable = data.draw(arrays.arrays(np.bool_, shape))
    codes = np.arange(series, dtype=np.int64) % 2 if grouped else None
    found = moves(events, exposure, usable, groups=codes, counted=counted, share=share and counted)
    for p in (found.p_down, found.p_up):
        assert ((p >= 0) & (p <= 1)).all()
    judged = found.p_down < 1
    assert np.isfinite(found.change[judged]).all()
    assert (found.se[judged] > 0).all()
