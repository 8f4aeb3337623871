"""What was learnt before: it moves the forecasts of new proposals and is quoted on their cards."""

from datetime import date, timedelta

import pytest

from agents.planning import plan
from domain.lesson import Lesson, LessonKind
from domain.scope import Scope
from domain.signal import Cause
from tests.agents.company import TODAY, account, readings, signal
from tests.agents.test_planning import AD, CORE, core_case


def lesson(size: float, learned: date = TODAY - timedelta(days=60), **more: object) -> Lesson:
    given: dict[str, object] = {
        "id": "les_0123456789ab", "kind": LessonKind.CREATIVE_FINDING, "cause": Cause.CREATIVE_FATIGUE,
        "text": "last time, 13 January: CTR +31 % [12, 52], forecast was +25 %", "scope": AD, "metric": "ctr",
        "action_kind": "refresh_creative", "effect": size, "interval": (size - 0.05, size + 0.05),
        "forecast": 0.25, "learned_on": learned, "expires_on": learned + timedelta(days=365), "source": "prop_1",
    }  # fmt: skip
    return Lesson.model_validate(given | more)


def test_what_was_measured_before_moves_the_forecast_and_is_quoted_word_for_word():
    tired = signal(Cause.CREATIVE_FATIGUE, AD, [CORE[1]])
    plain = plan(tired, readings(account()), (), TODAY)[0]
    wiser = plan(tired, readings(account()), (lesson(0.02),), TODAY)[0]
    assert plain.forecast
    assert wiser.forecast
    assert wiser.forecast.change < plain.forecast.change
    assert (
        wiser.forecast.interval[1] - wiser.forecast.interval[0]
        < plain.forecast.interval[1] - plain.forecast.interval[0]
    )
    assert wiser.forecast.basis == "from 1 measured outcome here and a cautious first guess"
    assert wiser.remembered == ("last time, 13 January: CTR +31 % [12, 52], forecast was +25 %",)


def test_a_lesson_from_the_same_cause_and_platform_weighs_more():
    tired = signal(Cause.CREATIVE_FATIGUE, AD, [CORE[1]])
    near = plan(tired, readings(account()), (lesson(0.0),), TODAY)[0].forecast
    far = plan(
        tired, readings(account()), (lesson(0.0, cause=Cause.OFFER_DECAY, scope=Scope(platform="tiktok")),), TODAY
    )[0].forecast
    assert near
    assert far
    assert near.change < far.change


@pytest.mark.parametrize("learned", [TODAY - timedelta(days=366), TODAY + timedelta(days=1)])
def test_expired_lessons_and_lessons_from_the_future_are_not_used(learned: date):
    tired = signal(Cause.CREATIVE_FATIGUE, AD, [CORE[1]])
    proposal = plan(tired, readings(account()), (lesson(0.02, learned),), TODAY)[0]
    assert proposal.forecast
    assert proposal.forecast.basis == "a cautious first guess for this kind of change, nothing measured here yet"
    assert not proposal.remembered


def test_what_has_no_prior_is_forecast_only_once_it_was_measured_here():
    demand = signal(Cause.CONTENT_OPPORTUNITY, Scope(query="mats"))
    seen = lesson(0.6, action_kind="write_brief", metric="search_clicks", forecast=None)
    assert plan(demand, readings({}), (), TODAY)[0].forecast is None
    forecast = plan(demand, readings({}), (seen,), TODAY)[0].forecast
    assert forecast
    assert 0.2 < forecast.change < 0.6


def test_what_could_not_be_measured_is_said_only_where_nothing_was_measured():
    tired = signal(Cause.CREATIVE_FATIGUE, AD, [CORE[1]])
    words = "last time, 2 February: refresh creative could not be measured, only 40 clicks in the window"
    silent, telling = lesson(0.3, effect=None, interval=None).model_copy(update={"text": words}), lesson(0.3)
    assert plan(tired, readings(account()), (silent,), TODAY)[0].remembered == (words,)
    assert plan(tired, readings(account()), (silent, telling), TODAY)[0].remembered == (telling.text,)


def test_what_another_way_to_pull_the_same_lever_taught_is_quoted_by_its_name():
    cut = lesson(-0.1, action_kind="set_budget", metric="cpa").model_copy(update={"text": "last time, 2 February: CPA"})
    shift = plan(core_case(), readings(account()), (cut,), TODAY)[0]
    assert (shift.action.kind, shift.remembered) == ("shift_budget", ("Set budget last time, 2 February: CPA",))
