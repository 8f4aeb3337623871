"""How trouble goes on: what builds up is expected to deepen, what came overnight is not, luck is believed in part."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.statistics.course import GROWTH_DAYS, OFF_COURSE, ONSET_SD, ONSETS, OTHERWISE, SIZE_SD, Course, course

OVERNIGHT, OVER_WEEKS = (1.0, 0.7), (14.0, 0.5)


def seen(gaps: np.ndarray, growth: tuple[float, float], noise: float = 0.05, level_sd: float = 0.02) -> Course:
    """The last week's move, and that of the two weeks from the day after tomorrow on."""
    days = len(gaps)
    span = (max(0, days - 7), days - 1)
    return course(gaps, np.full(days, noise**2), level_sd, 0, growth, span, (days + 1, days + 14))


def built_up(days: int, over: int, full: float) -> np.ndarray:
    return full * np.clip((np.arange(days) + 1) / over, 0, 1)


def test_a_fall_that_is_building_up_over_weeks_will_deepen():
    found = seen(built_up(6, 14, -0.7), OVER_WEEKS)
    assert found.ahead < 2 * found.now < 0
    assert abs(found.ahead + 0.66) < 2 * found.ahead_sd


def test_a_break_overnight_stays_as_it_is():
    found = seen(np.full(6, -0.9), OVERNIGHT)
    assert found.ahead == pytest.approx(found.now, abs=0.06)
    assert found.ahead == pytest.approx(-0.9, abs=0.1)


def test_days_tell_what_the_cause_did_not():
    """A fall known to come slowly that was all there on the first day, and for two weeks since, is over."""
    found = seen(np.full(14, -0.5), OVER_WEEKS)
    assert found.ahead == pytest.approx(-0.5, abs=0.08)


def test_what_may_be_luck_is_believed_in_part_and_less_on_noisier_days():
    clear, noisy = (seen(np.full(3, -0.3), OVERNIGHT, noise, noise / 2) for noise in (0.05, 0.4))
    assert -0.31 < clear.now < -0.25
    assert clear.now < noisy.now < 0


def test_nothing_seen_yet_is_no_move_and_very_unsure():
    found = seen(np.full(4, math.nan), OVER_WEEKS)
    assert found.now == found.ahead == 0
    assert found.ahead_sd > 0.2


def test_the_closed_form_agrees_with_summing_over_every_size():
    gaps, noise = np.array([-0.05, -0.2, -0.15, -0.35, -0.3]), 0.1
    found = seen(gaps, OVER_WEEKS, noise, 0.0)
    sizes = np.linspace(-4, 4, 16_001)
    total, first, second = 0.0, 0.0, 0.0
    every = sum(math.exp(-0.5 * (math.log(growth / 14) / 0.5) ** 2) for growth in GROWTH_DAYS)
    for growth in GROWTH_DAYS:
        for off in [off for off in ONSETS if off < len(gaps)]:
            usual = math.exp(-0.5 * (math.log(growth / 14) / 0.5) ** 2)
            chance = ((1 - OTHERWISE) * usual / every + OTHERWISE / len(GROWTH_DAYS)) * math.exp(
                -0.5 * (off / ONSET_SD) ** 2
            )
            shape, ahead = (np.clip((days - off + 1) / growth, 0, 1) for days in (np.arange(5), np.arange(6, 20)))
            misfit = ((gaps[:, None] - shape[:, None] * sizes) ** 2).sum(axis=0) / noise**2
            weights = chance * np.exp(-0.5 * (misfit + (sizes / SIZE_SD) ** 2))
            move = sizes * ahead.mean()
            total, first, second = (
                total + weights.sum(), first + weights @ move, second + weights @ move**2,
            )  # fmt: skip
    mean = first / total
    assert found.ahead == pytest.approx(mean, abs=1e-4)
    spread = math.sqrt(second / total - mean**2)
    assert found.ahead_sd == pytest.approx(math.hypot(spread, OFF_COURSE * mean), abs=1e-4)


def test_trouble_that_began_later_than_dated_is_not_taken_for_a_small_one():
    """Dated three weeks back by an older, smaller move; since a week ago it is building up fast."""
    gaps = np.concatenate([np.full(21, -0.02), built_up(7, 14, -0.8)])
    found = seen(gaps, OVER_WEEKS)
    assert found.ahead < -0.5


@settings(max_examples=40, deadline=None)
@given(full=st.floats(-1.2, 1.2), over=st.integers(1, 28), days=st.integers(1, 20))
def test_a_rise_is_a_fall_the_other_way_round(full: float, over: int, days: int):
    up, down = (seen(built_up(days, over, sign * full), OVER_WEEKS) for sign in (1, -1))
    assert up.now == pytest.approx(-down.now, abs=1e-9)
    assert up.ahead == pytest.approx(-down.ahead, abs=1e-9)
    assert up.ahead_sd == pytest.approx(down.ahead_sd, abs=1e-9)
