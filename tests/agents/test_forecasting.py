"""How what was measured weighs in what is forecast next."""

import math
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.forecasting import forecast, usable, would_show
from agents.outlook import Outlook
from agents.wholes import Economics, Ground
from domain.action import (
    Action,
    ExcludeData,
    FixTracking,
    PauseAd,
    RefreshCreative,
    SetBudget,
    ShiftBudget,
    StartTest,
    WriteBrief,
)
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


def test_the_blunter_an_outcome_the_less_it_moves_the_forecast():
    """All are kept, whatever they found, so none is there only because it happened to be large."""
    sharp, blunt = expected(lesson(interval=(0.4, 0.8))), expected(lesson(interval=(0.1, 1.3)))
    assert expected().change < blunt.change < sharp.change
    assert expected(lesson(interval=(-0.3, 2.7))) == expected(), "anything between half and double tells nothing"


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


META = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
SEEN = Outlook(usual=0.013, usual_sd=0.04, now=-0.25, ahead=-0.5, ahead_sd=0.12)
EARLIER = {"forecast": 0.35, "size": 0.5}
"""A lesson on a loss of 0.5 (log)."""


def on(ground: Ground, *lessons: Lesson, action: Action = REFRESH) -> Forecast | None:
    return forecast(action, TIRED, lessons, ground, TODAY)


def told(*lessons: Lesson) -> Forecast:
    found = on(Ground({}, outlook=SEEN), *lessons)
    assert found
    return found


def brought(part: float, reach: float = 0.12, **more: object) -> Lesson:
    """An outcome in which this part of the loss of `EARLIER` came back."""
    seen = part * 0.5
    ends = tuple(round(math.expm1(seen + side * reach), 6) for side in (-1, 1))
    return lesson(**{"effect": round(math.expm1(seen), 6), "interval": ends, **EARLIER, **more})


def test_a_loss_still_to_come_is_part_of_what_is_won_back():
    deepening, over = (on(Ground({}, outlook=Outlook(0.013, 0.04, -0.25, ahead, 0.05))) for ahead in (-0.5, -0.25))
    assert deepening
    assert over
    assert deepening.change > 1.7 * over.change


def test_the_figure_with_the_action_is_the_figure_without_it_and_the_change():
    found = told()
    assert found.now == pytest.approx(0.013 * math.exp(-0.25), rel=1e-4)
    assert found.baseline == pytest.approx(0.013 * math.exp(-0.5), rel=1e-4)
    assert found.expected == pytest.approx(found.baseline * (1 + found.change), rel=1e-4)
    assert found.baseline_interval
    assert found.expected_interval
    assert found.baseline_interval[0] < found.baseline < found.baseline_interval[1]
    assert found.expected_interval[0] < found.expected < found.expected_interval[1]
    assert found.days == 14


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(st.floats(0, 1.2), min_size=2, max_size=4, unique_by=lambda part: round(part, 2)))
def test_the_more_came_back_before_the_more_is_expected(parts: list[float]):
    ordered = [told(brought(part)).change for part in sorted(parts)]
    assert all(more >= less for less, more in pairwise(ordered))


@pytest.mark.parametrize("part", [0.1, 0.6, 1.0])
def test_many_agreeing_outcomes_are_what_is_expected_next(part: float):
    found = told(*[brought(part, 0.06) for _ in range(12)])
    assert found.change == pytest.approx(math.expm1(part * 0.5), abs=0.1)
    assert found.basis == "from 12 measured outcomes here and a cautious first guess"


def test_outcomes_that_agree_make_it_surer_and_those_that_do_not_less_sure():
    agreeing = [width(told(*[brought(0.6)] * many)) for many in (0, 1, 2, 4, 8)]
    assert agreeing == sorted(agreeing, reverse=True)
    assert width(told(brought(0.1), brought(1.1), brought(0.0), brought(1.2))) > width(told(*[brought(0.6)] * 4))


def test_an_outcome_for_another_cause_elsewhere_says_less():
    far = AD.model_copy(update={"platform": "google"})
    near, other = told(brought(1.0)), told(brought(1.0, cause=Cause.AUDIENCE_DECLINE, scope=far))
    assert near.change > other.change > told().change


@pytest.mark.parametrize("action", [
    FixTracking(**META, campaign_id="c3", symptom="Pixel lost."),
    StartTest(**META, campaign_id="c3", hypothesis="Broader is better.", metric="cvr", share=0.2),
    ExcludeData(**META, campaign_id="c3", first_day=TODAY, last_day=TODAY),
    WriteBrief(currency="EUR", theme="vests", brief="One page."),
    ShiftBudget(**META, from_campaign="c3", to_campaign="c1", amount="10.00", from_was="50.00", to_was="50.00"),
    PauseAd(**META, campaign_id="c3", ad_id="ad9", spend_per_day="1.00"),
    SetBudget(**META, campaign_id="c3", daily_budget="0.00", was="50.00"),
    SetBudget(**META, campaign_id="c3", daily_budget="50.00", was="0.00"),
])  # fmt: skip
def test_where_nothing_honest_is_known_nothing_is_forecast(action: Action):
    assert on(Ground({}), action=action) is None


def test_where_nothing_fell_there_is_nothing_to_win_back():
    calm = signal(Cause.CREATIVE_FATIGUE, AD, [finding(FindingKind.FREQUENCY_RISE, AD, 0.4, "frequency")])
    assert forecast(REFRESH, calm, (), Ground({}, outlook=SEEN), TODAY) is None
    assert forecast(REFRESH, TIRED, (), Ground({}, ad_fall=0.0), TODAY) is None


def test_a_campaign_without_conversions_has_no_cost_to_forecast():
    idle = Ground({"c3": Economics(50.0, 0.0), "c1": Economics(50.0, 2.0)}, ad=Economics(10.0, 0.0))
    pause = PauseAd(**META, campaign_id="c3", ad_id="ad9", spend_per_day="10.00")
    assert on(idle, action=pause) is None


@pytest.mark.parametrize("currency", ["EUR", "JPY", "SEK"])
def test_an_effect_is_the_same_in_every_currency(currency: str):
    """A budget of 450 euros or 70,000 yen cut by a fifth: only the ratio counts."""
    factor = {"EUR": 1, "JPY": 156, "SEK": 11}[currency]
    costs = Outlook(38.2 * factor, 0.05, 0.1, 0.1, 0.05)
    cut = SetBudget(**META | {"currency": currency}, campaign_id="c3", daily_budget=Decimal(360 * factor),
                    was=Decimal(450 * factor))  # fmt: skip
    found = on(Ground({}, outlook=costs), action=cut)
    plain = on(Ground({}, outlook=Outlook(38.2, 0.05, 0.1, 0.1, 0.05)), action=cut)
    assert found
    assert plain
    assert (found.change, found.interval) == (plain.change, plain.interval)
    assert found.expected == pytest.approx(plain.expected * factor, rel=1e-5)
    assert -0.1 < found.change < 0


def test_a_campaign_that_ran_out_of_budget_buys_more_hours_at_the_same_price():
    capped = signal(Cause.BUDGET_CAP, AD.model_copy(update={"ad_id": None}))
    raised = SetBudget(**META, campaign_id="c3", daily_budget="540.00", was="450.00")
    usual, here = forecast(raised, TIRED, (), Ground({}), TODAY), forecast(raised, capped, (), Ground({}), TODAY)
    assert usual
    assert here
    assert 0 <= here.change < 0.02 < usual.change


def test_pausing_an_ad_that_wears_out_further_saves_more():
    pause = PauseAd(**META, campaign_id="c3", ad_id="ad9", spend_per_day="100.00")
    campaigns, ad = {"c3": Economics(300.0, 9.0)}, Economics(100.0, 3.0)
    effects = [
        on(Ground(campaigns, ad=ad, ad_outlook=Outlook(0.013, 0.03, ahead / 2, ahead, 0.1)), action=pause)
        for ahead in (0.0, -0.3, -0.6)
    ]
    changes = [found.change for found in effects if found]
    assert changes == sorted(changes, reverse=True)
    assert len(changes) == 3
    assert -0.07 < changes[0] < 0, "the others are as good, and a little less is spent"
    assert changes[2] < -0.12
