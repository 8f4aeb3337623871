"""What came of an action, in a market whose truth the test made."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import mean

import numpy as np
import polars as pl
import pytest

from agents.learning import lesson_from, measure, quote_of, window
from domain.action import (
    Action,
    ChangeGoal,
    FixLandingPage,
    FixTracking,
    RefreshCreative,
    RetentionFlow,
    SetBudget,
    StartTest,
    WriteBrief,
)
from domain.case import Case, ProposalStatus, ProposalView
from domain.finding import FindingKind
from domain.lesson import LessonKind
from domain.proposal import Forecast, Overridden, Proposal, Rejected
from domain.receipt import Outcome, Receipt, ReceiptStatus
from domain.scope import Scope
from domain.signal import Cause
from domain.verdict import Ask
from tests.agents.company import ad_row, changed, days, finding, frame, readings, signal

EXECUTED = date(2026, 3, 14)
SINCE = EXECUTED - timedelta(days=6)
WHERE = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
AD = Scope(platform="meta", account_id="a1", campaign_id="c3", ad_id="ad9")
REFRESH = RefreshCreative(**WHERE, campaign_id="c3", ad_id="ad9", brief="New.")
# struck overnight, as the tests' market is: what wears on would have worn on
TIRED = signal(Cause.COMPETITOR_MOVE, AD, [finding(FindingKind.CTR_DECLINE, AD)], since=SINCE)


def view(action: Action, status: ReceiptStatus = ReceiptStatus.DONE, forecast: float | None = 0.25) -> ProposalView:
    proposal = Proposal(
        id="prop_0123456789ab", signal_id=TIRED.id, action=action, owner="creative_lead", why="Worn.",
        forecast=forecast and Forecast(metric="ctr", change=forecast, interval=(0.1, 0.4), basis="a prior"),
        proposed_on=EXECUTED,
    )  # fmt: skip
    receipt = Receipt(
        action_id="act_1", proposal_id=proposal.id, status=status, before={}, after={}, answer="ok",
        at=datetime(2026, 3, 14, 10, 0, tzinfo=UTC),
    )  # fmt: skip
    verdict = Ask(role="creative_lead", within_hours=72, rules=())
    return ProposalView(proposal=proposal, verdict=verdict, status=ProposalStatus.EXECUTED, receipt=receipt)


def market(lift: float = 1.5, ads: int = 4, last: date = EXECUTED + timedelta(days=14), seed: int = 7) -> pl.DataFrame:
    """Ads of one account; ad9 wears out from SINCE on (CTR x 0.65) and gets `lift` from the day after execution."""
    rng = np.random.default_rng(seed)
    rows = []
    for day in days(90, last):
        season = 1 + 0.1 * np.sin(day.toordinal() * 2 * np.pi / 7)
        for n in range(ads):
            ad, rate = ("ad9" if n == 0 else f"other{n}"), 0.013 * season * np.exp(rng.normal(0, 0.05))
            if ad == "ad9":
                rate *= (0.65 if day >= SINCE else 1) * (lift if day > EXECUTED else 1)
            clicks = int(rng.poisson(20_000 * rate))
            rows.append(ad_row(day, "c3", ad, impressions=20_000, clicks=clicks, conversions=clicks * 0.035))
    return frame("ad_report", rows)


LATER = EXECUTED + timedelta(days=14)


def measured(action: Action, table: pl.DataFrame, today: date = LATER, **more: object) -> Outcome:
    return measure(view(action, **more), TIRED, readings({"ad_report": table}, today), today)  # type: ignore[arg-type]


def test_a_refreshed_ad_is_measured_against_its_untouched_siblings():
    outcome = measured(REFRESH, market(lift=1.5))
    assert outcome.measurable
    assert outcome.metric == "ctr"
    assert outcome.interval
    assert outcome.interval[0] < 0.5 < outcome.interval[1]
    assert outcome.method.startswith("difference to 3 untouched ads, as large a difference came up by itself in ")
    assert outcome.forecast == 0.25
    assert outcome.window == (date(2026, 3, 15), date(2026, 3, 28))


def test_what_is_measured_lies_around_the_truth():
    """One market is luck, and how much of the fall would have gone on adds doubt: eight of them tell."""
    seen = [measured(REFRESH, market(lift=1.5, seed=seed)) for seed in range(1, 9)]
    assert mean(one.effect or 0.0 for one in seen) == pytest.approx(0.5, abs=0.12)
    assert all(one.interval and one.interval[0] < 0.5 < one.interval[1] for one in seen)


def test_an_ad_that_stays_worn_out_shows_no_effect():
    outcome = measured(REFRESH, market(lift=1.0))
    assert outcome.interval
    assert outcome.interval[0] < 0 < outcome.interval[1]


def test_without_siblings_its_own_past_stands_in_and_the_method_says_so():
    outcome = measured(REFRESH, market(lift=1.5, ads=1))
    assert outcome.measurable
    assert outcome.method.startswith("structural forecast from its own past")
    assert outcome.interval
    assert outcome.interval[0] < 0.5 < outcome.interval[1]


def test_a_creative_that_launched_days_after_the_task_is_measured_from_its_launch():
    launched = date(2026, 3, 18)
    creative = frame("creative", [{"platform": "meta", "ad_id": "ad9", "launched_on": launched}])
    fresh = (pl.col("ad_id") == "ad9") & (pl.col("date_day") >= launched)
    waited: list[float] = []
    for seed in range(1, 9):
        late = changed(market(lift=1.0, seed=seed), fresh, clicks=lambda clicks: (clicks * 1.5).round())
        known = readings({"ad_report": late, "creative": creative}, LATER)
        since_launch, diluted = measure(view(REFRESH), TIRED, known, LATER).effect, measured(REFRESH, late).effect
        assert diluted
        assert since_launch
        assert diluted < since_launch
        waited.append(since_launch)
    assert mean(waited) == pytest.approx(0.5, abs=0.12)


def test_siblings_of_the_same_incident_are_not_called_untouched():
    others = [finding(FindingKind.CTR_DECLINE, AD.model_copy(update={"ad_id": f"other{n}"})) for n in (1, 2)]
    shared = TIRED.model_copy(update={"findings": (*TIRED.findings, *others)})
    outcome = measure(view(REFRESH), shared, readings({"ad_report": market()}, LATER), LATER)
    assert outcome.method.startswith("difference to 1 untouched ad,")


def test_campaigns_whose_budget_was_moved_meanwhile_are_not_untouched_either():
    rows = [
        ad_row(day, campaign, campaign, clicks=400, conversions=14.0, spend=300.0)
        for day in days(90, LATER)
        for campaign in ("c1", "c2", "c3")
    ]
    status = [
        {"date_day": day, "platform": "meta", "account_id": "a1", "campaign_id": campaign, "status": "active",
         "daily_budget": 500.0 if campaign == "c1" and day > EXECUTED else 300.0}
        for day in days(90, LATER) for campaign in ("c1", "c2", "c3")
    ]  # fmt: skip
    tables = {"ad_report": frame("ad_report", rows), "campaign_status": frame("campaign_status", status)}
    cut = SetBudget(**WHERE, campaign_id="c3", daily_budget=Decimal(240), was=Decimal(300))
    known = readings(tables, LATER)
    outcome = measure(view(cut, forecast=None), TIRED, known, LATER)
    assert outcome.metric == "cpa"
    assert outcome.method.startswith("difference to 1 untouched campaign,")
    blunt = measure(view(cut, forecast=-0.03), TIRED, known, LATER)
    assert (blunt.measurable, blunt.effect, blunt.forecast) == (False, outcome.effect, -0.03)
    assert blunt.method.startswith("not measurable: the effect may be anything from −")
    assert blunt.method.endswith(" %, too wide to show the −3 % forecast")


def test_no_clear_effect_is_an_outcome_where_what_was_forecast_would_have_shown():
    nothing = measured(REFRESH, market(lift=1.0), forecast=0.25)
    assert nothing.measurable
    assert nothing.effect is not None
    hopeful = measured(REFRESH, market(lift=1.0), forecast=0.01)
    assert not hopeful.measurable
    large = measured(REFRESH, market(lift=1.5), forecast=0.01)
    assert not large.measurable, "kept only when they look large, effects would look larger than they are"


def test_what_is_too_wide_to_hold_against_the_forecast_still_says_what_is_known():
    strong = measured(REFRESH, market(lift=2.2), forecast=0.03)
    assert not strong.measurable
    assert re.fullmatch(
        r"not measurable: it is surely up, anywhere from \+\d+ % to .*, too wide to hold against the \+3 % forecast",
        strong.method,
    )
    nothing = measured(REFRESH, market(lift=1.0), forecast=0.03)
    assert "may be anything from −" in nothing.method
    for found in (strong, nothing):
        done = view(REFRESH).model_copy(update={"outcome": found})
        lesson = lesson_from(Case(signal=TIRED, is_open=False), done)
        assert (lesson.effect, lesson.interval) == (found.effect, found.interval), "for the next forecast to weigh"
        assert lesson.text.startswith("last time, 14 March: refresh creative could not be measured, ")


def test_ads_of_the_same_incident_show_how_it_would_have_gone_on():
    """A whole campaign's click-through fell overnight: the ads nobody touched show that it fell no further."""
    whole = TIRED.model_copy(
        update={"cause": Cause.AUDIENCE_DECLINE,
                "findings": (finding(FindingKind.CTR_DECLINE, AD.model_copy(update={"ad_id": None})),)}
    )  # fmt: skip
    table = market(lift=1.5, ads=6)
    struck = pl.col("ad_id").is_in(["other1", "other2"]) & (pl.col("date_day") >= SINCE)
    table = changed(table, struck, clicks=lambda clicks: (clicks * 0.65).round())
    known = [
        readings({"ad_report": each}, LATER) for each in (table, table.filter(~struck | (pl.col("date_day") < SINCE)))
    ]
    told, alone = (measure(view(REFRESH), whole, each, LATER) for each in known)
    assert told.interval
    assert alone.interval
    assert told.interval[0] < 0.5 < told.interval[1]
    assert told.interval[1] - told.interval[0] < alone.interval[1] - alone.interval[0]


def test_conversions_that_have_not_come_in_yet_are_no_effect():
    """Without siblings nothing else would take the lateness of the youngest days off."""
    due, rows = EXECUTED + timedelta(days=7), list[dict[str, object]]()
    for day in days(90, due):
        known = {0: 0.82, 1: 0.94, 2: 0.985}.get((due - day).days, 1.0)
        rows.append(ad_row(day, "c3", "ad9", impressions=900_000, clicks=60_000, conversions=2000 * known))
    action = FixLandingPage(**WHERE, campaign_id="c3", symptom="Slow.")
    tables = {"ad_report": frame("ad_report", rows)}
    found = measure(view(action, forecast=None), TIRED, readings(tables, due), due)
    assert found.effect == pytest.approx(0, abs=0.005)


def executed(action: Action, ident: str, on: date, status: ReceiptStatus = ReceiptStatus.DONE) -> ProposalView:
    one = view(action, status)
    assert one.receipt
    receipt = one.receipt.model_copy(update={"at": datetime(on.year, on.month, on.day, 10, tzinfo=UTC)})
    return one.model_copy(update={"proposal": one.proposal.model_copy(update={"id": ident}), "receipt": receipt})


CUT = SetBudget(**WHERE, campaign_id="c3", daily_budget=Decimal(240), was=Decimal(300))


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (executed(CUT, "prop_other0000001", EXECUTED + timedelta(days=2)), True),
        (executed(CUT, "prop_other0000001", EXECUTED - timedelta(days=3)), True),
        (executed(CUT, "prop_other0000001", EXECUTED - timedelta(days=20)), False),
        (executed(CUT, "prop_other0000001", EXECUTED, ReceiptStatus.DRIFTED), False),
        (executed(ChangeGoal(**WHERE, goal="cpa", target=Decimal(30), was=Decimal(40)), "prop_g", EXECUTED), False),
    ],
)
def test_two_changes_in_the_same_days_share_the_effect_and_the_lesson_says_so(other: ProposalView, shared: bool):
    done = view(REFRESH).model_copy(update={"outcome": outcome()})
    lesson = lesson_from(Case(signal=TIRED, is_open=False, proposals=(done, other)), done)
    assert lesson.text.endswith("forecast was +25 %, together with set budget") == shared
    assert lesson.together_with == (("Set budget",) if shared else ())
    assert lesson.effect == 0.31


def test_the_outcome_is_due_when_its_window_is_known():
    """Execution waits `window_days` from the last complete day; the receipt's own day is never part of the window."""
    receipt = view(REFRESH).receipt
    assert receipt
    due = receipt.at.date() - timedelta(days=1) + timedelta(days=14)
    found = measured(REFRESH, market(last=due), due)
    assert found.window == (date(2026, 3, 15), due)
    assert found.window[1] < window(REFRESH, receipt)[1]


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (StartTest(**WHERE, hypothesis="h", metric="cvr", share=0.2), "no test with this hypothesis has begun"),
        (ChangeGoal(**WHERE, goal="cpa", target=Decimal(30), was=Decimal(40)), "there is nothing to measure"),
        (FixTracking(**WHERE, symptom="Gone."), "there is no ad_report and web_report for it"),
        (RetentionFlow(**WHERE, segment_id="s1", message="Back."), "there is no lifecycle_report for it"),
        (WriteBrief(**WHERE, theme="mats", brief="Write."), "there is no search_report for it"),
        (REFRESH.model_copy(update={"ad_id": "gone"}), "the data does not show it"),
    ],
)
def test_what_cannot_be_measured_says_why(action: Action, reason: str):
    outcome = measured(action, market())
    assert not outcome.measurable
    assert (outcome.effect, outcome.interval) == (None, None)
    assert outcome.method == f"not measurable: {reason}"


def test_too_few_days_of_the_window_are_not_enough():
    today = EXECUTED + timedelta(days=2)
    outcome = measured(REFRESH, market(last=today), today)
    assert outcome.method == "not measurable: only 2 days of the window can be seen"


def test_a_handful_of_clicks_is_not_enough():
    thin = market().with_columns(clicks=pl.col("clicks") // 400, impressions=pl.col("impressions") // 400)
    outcome = measured(REFRESH, thin)
    assert not outcome.measurable
    assert "in the window" in outcome.method


def test_what_was_never_executed_has_no_effect_to_speak_of():
    outcome = measured(REFRESH, market(), status=ReceiptStatus.DRIFTED)
    assert outcome.method == "not measurable: it was not executed"


def test_a_short_past_is_said():
    young = market().filter(pl.col("date_day") >= SINCE - timedelta(days=5))
    assert measured(REFRESH, young).method == (
        "not measurable: only 5 days of its past before the incident can be seen"
    )


def test_the_window_starts_the_day_after_the_receipt():
    receipt = view(REFRESH).receipt
    assert receipt
    assert window(REFRESH, receipt) == (date(2026, 3, 15), date(2026, 3, 28))


def test_a_retention_flow_is_measured_against_other_segments():
    rng = np.random.default_rng(3)
    rows = []
    for day in days(90, LATER):
        for segment in ("s1", "s2", "s3"):
            rate = 0.03 * (0.7 if segment == "s1" and day >= SINCE else 1)
            rate *= 1.3 if segment == "s1" and day > EXECUTED else 1
            clicks = int(rng.poisson(5000 * rate))
            rows.append({"date_day": day, "account_id": "a1", "segment_id": segment, "channel": "email",
                         "delivered": 5000, "unique_clicks": clicks})  # fmt: skip
    flow = RetentionFlow(**WHERE, segment_id="s1", message="Back.")
    tables = {"lifecycle_report": frame("lifecycle_report", rows)}
    outcome = measure(view(flow), TIRED, readings(tables, LATER), LATER)
    assert outcome.metric == "click_rate"
    assert outcome.effect == pytest.approx(0.3, abs=0.12)
    assert "untouched segments" in outcome.method


def outcome(effect: float | None = 0.31, **more: object) -> Outcome:
    given: dict[str, object] = {
        "proposal_id": "prop_0123456789ab", "metric": "ctr", "measurable": effect is not None, "effect": effect,
        "interval": None if effect is None else (0.12, 0.52), "forecast": 0.25, "measured_on": LATER,
        "window": (date(2026, 3, 15), LATER), "method": "difference to 3 untouched ads",
    }  # fmt: skip
    return Outcome.model_validate(given | more)


def test_a_lesson_can_be_quoted_as_it_is():
    done = view(REFRESH).model_copy(update={"outcome": outcome()})
    lesson = lesson_from(Case(signal=TIRED, is_open=False), done)
    assert lesson.text == "last time, 14 March: CTR +31 % [12, 52], forecast was +25 %"
    assert quote_of(outcome(), EXECUTED) == lesson.text
    assert lesson.kind is LessonKind.CREATIVE_FINDING
    assert (lesson.effect, lesson.forecast, lesson.metric) == (0.31, 0.25, "ctr")
    assert lesson.scope == AD
    assert lesson.learned_on == LATER
    assert lesson.expires_on == LATER + timedelta(days=365)
    assert lesson.id == lesson_from(Case(signal=TIRED, is_open=False), done).id


def test_what_could_not_be_measured_is_remembered_as_that():
    done = view(REFRESH).model_copy(update={"outcome": outcome(None, method="not measurable: only 4 clicks")})
    lesson = lesson_from(Case(signal=TIRED, is_open=False), done)
    assert lesson.text == "last time, 14 March: refresh creative could not be measured, only 4 clicks"
    assert lesson.effect is None


def test_a_rejection_is_a_correction_with_its_reason():
    said = Rejected(
        proposal_id="prop_0123456789ab", version=1, by="U0CLEO0001", at=datetime(2026, 3, 14, tzinfo=UTC),
        reason="The *brand* campaign\nstarts Monday.",
    )  # fmt: skip
    refused = view(REFRESH).model_copy(update={"decision": said, "receipt": None})
    lesson = lesson_from(Case(signal=TIRED, is_open=True), refused)
    assert lesson.kind is LessonKind.CORRECTION
    assert lesson.text == '14 March: the creative lead rejected "refresh creative": The brand campaign starts Monday.'


def test_an_overridden_budget_is_measured_against_a_forecast_in_proportion():
    asked = SetBudget(**WHERE, campaign_id="c3", daily_budget=Decimal(360), was=Decimal(450))
    half = asked.model_copy(update={"daily_budget": Decimal("402.50")})
    seen = view(asked, forecast=-0.065)
    said = Overridden(
        proposal_id="prop_0123456789ab", version=1, by="U0MARA0001", at=datetime(2026, 3, 14, tzinfo=UTC),
        action=half, reason="Gently.",
    )  # fmt: skip
    found = measure(seen.model_copy(update={"decision": said}), TIRED, readings({"ad_report": market()}, LATER), LATER)
    assert found.forecast == pytest.approx(-0.0332, abs=0.001)
