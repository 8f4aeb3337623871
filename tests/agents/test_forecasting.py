"""How what was measured weighs in what is forecast next."""

import math
from datetime import timedelta

import pytest

from agents.forecasting import Ground, forecast, usable, would_show
from domain.action import RefreshCreative
from domain.finding import FindingKind
from domain.lesson import Lesson, LessonKind
from domain.proposal import Forecast
from domain.scope import Scope
from domain.signal import Cause
from tests.agents.company import TODAY, finding, signal

AD = Scope(platform="meta", account_id="a1", campaign_id="c3", ad_id="ad9")
REFRESH = RefreshCreative(
    kind="refresh_creative", platform="meta", account_id="a1", currency="EUR", campaign_id="c3", ad_id="ad9",
    brief="New.", variants=3,
)  # fmt: skip
TIRED = signal(Cause.CREATIVE_FATIGUE, AD, [finding(FindingKind.CTR_DECLINE, AD)])


def lesson(**more: object) -> Lesson:
    learned = TODAY - timedelta(days=60)
    given: dict[str, object] = {
        "id": "les_0123456789ab", "kind": LessonKind.CREATIVE_FINDING, "cause": Cause.CREATIVE_FATIGUE,
        "text": "last time", "scope": AD, "metric": "ctr", "action_kind": "refresh_creative", "effect": 0.6,
        "interval": (0.5, 0.7), "forecast": 0.25, "learned_on": learned,
        "expires_on": learned + timedelta(days=365), "source": "prop_1",
    }  # fmt: skip
    return Lesson.model_validate(given | more)


def expected(*lessons: Lesson) -> Forecast:
    found = forecast(REFRESH, TIRED, lessons, Ground({}), TODAY)
    assert found
    return found


def width(one: Forecast) -> float:
    """On the log scale, where sums are made."""
    return math.log1p(one.interval[1]) - math.log1p(one.interval[0])


def test_an_outcome_too_blunt_to_show_what_was_forecast_moves_no_forecast():
    """It was kept because it happened to be large; counting only such ones would exaggerate."""
    assert expected(lesson(interval=(0.1, 1.3))) == expected()
    assert expected(lesson(interval=(0.4, 0.8))) != expected()


def test_an_outcome_without_a_clear_effect_counts_where_it_was_sharp_enough():
    sobering = expected(lesson(effect=0.02, interval=(-0.1, 0.15)))
    assert 0 < sobering.change < expected().change


def test_an_effect_shared_with_another_change_counts_as_part_of_it_and_less_surely():
    alone, shared = expected(lesson()), expected(lesson(together_with=("Set budget",)))
    assert shared.change < alone.change
    # as much as was expected anyway: alone it makes that surer, shared hardly
    usual = [
        expected(lesson(effect=0.25, interval=(0.2, 0.3))),
        expected(lesson(effect=0.5625, interval=(0.5, 0.63), together_with=("Set budget",))),
    ]
    assert width(usual[0]) < width(usual[1])


def test_what_two_changes_did_together_is_not_counted_twice():
    both = [
        expected(lesson(together_with=titles)).change for titles in ((), ("Set budget",), ("Set budget", "Pause ad"))
    ]
    assert both == sorted(both, reverse=True)


@pytest.mark.parametrize(
    ("reach", "forecast_of", "shows"),
    [
        (0.2, 0.25, True),
        (0.3, 0.25, False),
        (0.34, -0.03, False),
        (0.6, None, True),
        (0.8, None, False),
        (0.8, 3.0, False),
    ],
)
def test_a_comparison_shows_an_effect_that_is_larger_than_its_interval_reaches(
    reach: float, forecast_of: float | None, shows: bool
):
    assert would_show(reach, forecast_of) == shows


def test_lessons_of_other_metrics_or_without_numbers_are_not_usable():
    assert usable((lesson(metric="cvr"), lesson(effect=None, interval=None)), REFRESH, TODAY) == ()
