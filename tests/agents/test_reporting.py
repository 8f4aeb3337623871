"""What is told in digests, threads, charts and summaries."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import wording
from agents.reporting import chart, digest, evidence, summary
from domain.action import RefreshCreative
from domain.case import Case, ProposalStatus, ProposalView
from domain.finding import FindingKind
from domain.operating_model import OperatingModel, Person, SourceSettings
from domain.proposal import Approved, Proposal
from domain.receipt import Outcome
from domain.rhythm import DigestSettings
from domain.scope import Scope
from domain.signal import Cause, CloseReason, EventKind, HoldReason, Signal, SignalEvent
from domain.verdict import Ask
from tests.agents.company import TODAY, account, changed, finding, frame, readings, signal

AD = Scope(platform="meta", account_id="a1", campaign_id="c3", ad_id="ad9")
SEGMENT = Scope(platform="meta", account_id="a1", segment_id="s1")
FALL = finding(FindingKind.CTR_DECLINE, AD, since=date(2026, 3, 9))
TIRED = signal(
    Cause.CREATIVE_FATIGUE,
    AD,
    [
        finding(
            FindingKind.ENGAGEMENT_DECLINE, SEGMENT, -0.3, "click_rate", agent="lifecycle", baseline=0.031,
            observed=0.0217, q_value=0.01, since=date(2026, 3, 10),
        ),
        FALL,
    ],
    headline="Trail Shoe video on Meta is wearing out: CTR -36 %",
)  # fmt: skip
MODEL = OperatingModel(
    company="Kork",
    source=SourceSettings(path="data"),
    people=(Person(name="Cleo Park", slack="U0CLEO0001", roles=frozenset({"creative_lead"})),),
)


def view(status: ProposalStatus = ProposalStatus.PENDING, **more: object) -> ProposalView:
    action = RefreshCreative(
        platform="meta", account_id="a1", currency="EUR", campaign_id="c3", ad_id="ad9", brief="New."
    )
    proposal = Proposal(
        id="prop_0123456789ab", signal_id=TIRED.id, action=action, owner="creative_lead", forecast=None,
        why="Worn.", proposed_on=TODAY,
    )  # fmt: skip
    given: dict[str, object] = {
        "proposal": proposal, "verdict": Ask(role="creative_lead", within_hours=72, rules=()), "status": status,
        "expires_at": datetime(2026, 3, 17, 9, tzinfo=UTC),
    }  # fmt: skip
    return ProposalView.model_validate(given | more)


def case(*views: ProposalView, about: Signal = TIRED, **more: object) -> Case:
    return Case.model_validate({"signal": about, "is_open": True, "proposals": views} | more)


OUTCOME = Outcome(
    proposal_id="prop_0123456789ab", metric="ctr", measurable=True, effect=0.31, interval=(0.12, 0.52), forecast=0.25,
    window=(TODAY - timedelta(days=14), TODAY), method="difference to 3 untouched ads", measured_on=TODAY,
)  # fmt: skip
APPROVED = Approved(proposal_id="prop_0123456789ab", version=1, by="U0CLEO0001", at=datetime(2026, 3, 12, tzinfo=UTC))


NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
EVERY_DAY = DigestSettings(weekdays=frozenset({"mon", "tue", "wed", "thu", "fri", "sat", "sun"}))


def event(kind: EventKind = EventKind.OPENED, day: date = TODAY, about: Signal = TIRED, **more: object) -> SignalEvent:
    return SignalEvent.model_validate({"as_of": day, "event": kind, "signal": about} | more)


def test_the_evidence_table_has_one_row_per_finding_the_clearest_first_and_fits_a_phone():
    assert evidence(TIRED) == (
        ("What", "Expected → seen", "Change [95 %]"),
        (
            "Fewer people click: Trail Shoe video (creative agent, since 9 March)",
            "1.31 % → 0.84 %",
            "CTR −36 % [−46, −26]",
        ),
        (
            "Segment engages less: Returning (lifecycle agent, since 10 March)",
            "3.10 % → 2.17 %",
            "Click rate −30 % [−40, −20]",
        ),
    )


def test_the_digest_says_what_changed_what_waits_and_what_came_of_it():
    done = case(view(ProposalStatus.MEASURED, outcome=OUTCOME), is_open=False)
    told = digest([event()], [case(view()), done], TODAY, MODEL)
    assert told.headline == "1 new signal, 1 open with €118 a day at stake, 1 decision waiting"
    assert told.changed == (
        "New: Trail Shoe video on Meta is wearing out: CTR -36 % (€118 a day at stake, led by the media lead)",
    )
    assert told.waiting == (
        "Cleo Park (creative lead): refresh creative for Trail Shoe video, €118 a day at stake, until 17 March",
    )
    assert told.measured == ("Refresh creative for Trail Shoe video: CTR +31 % [12, 52], forecast was +25 %",)


def test_the_digest_names_who_decided_and_marks_what_was_decided_in_an_emergency():
    urgent = case(view(ProposalStatus.APPROVED, decision=APPROVED.model_copy(update={"at": NOON}), in_emergency=True))
    calm = case(view(ProposalStatus.APPROVED, decision=APPROVED.model_copy(update={"at": NOON + timedelta(hours=1)})))
    assert digest([], [calm, urgent], TODAY, MODEL).decided == (
        "Cleo Park approved refresh creative for Trail Shoe video, in an emergency",
        "Cleo Park approved refresh creative for Trail Shoe video",
    )
    assert digest([], [urgent], TODAY + timedelta(days=3), MODEL).decided == (), "told once, on the day after"


def test_a_decision_belongs_to_the_companys_day():
    late = APPROVED.model_copy(update={"at": datetime(2026, 3, 13, 23, 30, tzinfo=UTC)})
    made = case(view(ProposalStatus.APPROVED, decision=late))
    berlin = MODEL.model_copy(update={"timezone": "Europe/Berlin", "digest": EVERY_DAY})
    london = berlin.model_copy(update={"timezone": "UTC"})
    assert len(digest([], [made], TODAY, berlin).decided) == 1, "it was the 14th there already"
    assert digest([], [made], TODAY, london).decided == ()


def test_what_could_not_be_measured_names_the_figure_and_why():
    blind = OUTCOME.model_copy(
        update={"measurable": False, "effect": None, "interval": None, "method": "not measurable: it hardly ran"}
    )
    told = digest([], [case(view(ProposalStatus.MEASURED, outcome=blind), is_open=False)], TODAY, MODEL)
    assert told.measured == (
        "Refresh creative for Trail Shoe video: the effect on CTR could not be measured, it hardly ran",
    )


def test_money_of_two_currencies_is_never_added_up():
    pounds = signal(Cause.OFFER_DECAY, AD, id="sig_bbbbbbbbbbbb", headline="Offer fades").model_copy(
        update={"currency": "GBP", "at_stake_per_day": Decimal(40)}
    )
    told = digest([], [case(view()), case(about=pounds), case(about=pounds)], TODAY, MODEL)
    assert "3 open with €118 and £80 a day at stake" in told.headline
    assert "3 signals, €118 and £80 a day" in summary(
        [case(), case(about=pounds), case(about=pounds)], TODAY, TODAY, None
    )


def test_a_quiet_day_says_so():
    told = digest([], [], TODAY, MODEL)
    assert told.headline == "All quiet: nothing open, nothing waiting"
    assert told.changed == told.waiting == told.measured == told.held == ()


def test_what_was_held_back_says_why_and_is_no_news():
    told = digest([event(EventKind.HELD, reason=HoldReason.PROMO)], [], TODAY, MODEL)
    assert told.held == (f"{TIRED.headline} (a promotion explains it)",)
    assert told.changed == ()


def test_a_closed_signal_says_how_it_ended():
    told = digest([event(EventKind.CLOSED, reason=CloseReason.RECOVERED)], [], TODAY, MODEL)
    assert told.changed == (f"Closed: {TIRED.headline} (it recovered)",)


def test_mondays_digest_tells_the_weekend_and_tuesdays_does_not_repeat_it():
    """A digest tells a day and is posted on the morning after: Monday's tells Sunday."""
    saturday, sunday = date(2026, 3, 14), date(2026, 3, 15)
    news = [event(day=saturday), event(EventKind.UPDATED, day=sunday)]
    assert digest(news, [], sunday, MODEL).changed[0].startswith("New: ")
    assert len(digest(news, [], sunday, MODEL).changed) == 1
    assert digest(news, [], sunday + timedelta(days=1), MODEL).changed == ()


def test_an_effect_that_may_be_none_is_not_claimed():
    assert wording.effect("CPA", 0.04, (-0.23, 0.41)) == "CPA no clear effect [−23, 41]"
    assert wording.effect("CTR", 0.31, (0.12, 0.52)) == "CTR +31 % [12, 52]"


def test_what_is_at_stake_is_said_without_cents():
    assert wording.stake(Decimal("579.96"), "EUR") == "€580"
    assert wording.stake(Decimal("4.20"), "EUR") == "€4.20"


def test_one_is_said_in_the_singular():
    assert wording.counted(1, "orders") == "1 order"
    assert wording.counted(1, "pixel conversions") == "1 pixel conversion"
    assert wording.counted(362, "clicks") == "362 clicks"


def test_a_decided_proposal_waits_no_more():
    assert digest([], [case(view(ProposalStatus.APPROVED, decision=APPROVED))], TODAY, MODEL).waiting == ()


def test_a_role_nobody_holds_is_named_by_itself():
    told = digest([], [case(view())], TODAY, MODEL.model_copy(update={"people": ()}))
    assert told.waiting[0].startswith("the creative lead: refresh creative")


def test_a_summary_counts_what_happened_in_its_days():
    done = case(
        view(ProposalStatus.MEASURED, outcome=OUTCOME, decision=APPROVED),
        about=signal(Cause.OFFER_DECAY, AD, id="sig_aaaaaaaaaaaa", headline="Offer fades"),
        is_open=False, closed=CloseReason.ACTED, closed_on=TODAY,
    )  # fmt: skip
    text = summary([case(view()), done], TODAY, TODAY - timedelta(days=6), None)
    assert text.splitlines() == [
        "*8 to 14 March*",
        "2 signals opened, 1 closed (1 acted on).",
        "• Trail Shoe video on Meta is wearing out: CTR -36 %",
        "• Offer fades",
        "Open now: 1 signal, €118 a day at stake.",
        "Decided: 1 approved.",
        "1 decision still waits.",
        "Measured: Refresh creative for Trail Shoe video: CTR +31 % [12, 52], forecast was +25 %",
    ]


def test_a_summary_of_another_platform_is_empty_and_says_so():
    text = summary([case(view())], TODAY, TODAY, Scope(platform="tiktok"))
    assert text.startswith("*14 March on TikTok*\nNothing happened")


def test_the_chart_shows_the_fall_below_its_expected_band():
    tables = account(70)
    worn = (frame_column("ad_id") == "ad9") & (frame_column("date_day") >= date(2026, 3, 9))
    tables["ad_report"] = changed(tables["ad_report"], worn, clicks=lambda clicks: (clicks * 0.6).round())
    tables["calendar"] = frame(
        "calendar",
        [{"date_day": date(2026, 3, 1) + timedelta(days=n), "account_id": "", "kind": "promo", "name": "Spring"}
         for n in range(3)],
    )  # fmt: skip
    drawn = chart(TIRED, readings(tables), [case(view(decision=APPROVED))])
    assert drawn
    ctr = drawn.series[0]
    assert (ctr.metric, ctr.unit, ctr.title) == ("ctr", "%", "Click-through rate, Trail Shoe video")
    assert len(ctr.days) == len(ctr.observed) == len(ctr.low) == len(ctr.high) == 42
    for day, seen, low, high in zip(ctr.days, ctr.observed, ctr.low, ctr.high, strict=True):
        assert seen is not None
        assert low is not None
        assert high is not None
        assert (seen < low) == (day >= date(2026, 3, 9)), "below the band from the incident on, within it before"
        assert 0.5 < low < high < 3, "per cent, as the unit says"
    assert [(mark.day, mark.label) for mark in drawn.marks] == [
        (date(2026, 3, 1), "promo: Spring"),
        (date(2026, 3, 12), "refresh creative approved"),
    ]
    assert drawn.since == date(2026, 3, 9)
    assert drawn.alt.startswith("Click-through rate, Trail Shoe video from 1 February to 14 March, 0.78 % on 14 March")
    assert drawn.alt.endswith("; marked: 1 March, promo: Spring; 12 March, refresh creative approved.")


def frame_column(name: str):
    return pl.col(name)


def test_without_the_tables_there_is_no_chart():
    assert chart(TIRED, readings({}), []) is None


def test_a_short_past_has_no_band_but_a_chart():
    drawn = chart(TIRED, readings(account(8)), [])
    assert drawn
    assert set(drawn.series[0].low) == {None}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (wording.percent(0.31), "+31 %"), (wording.percent(-0.004), "−0.4 %"), (wording.percent(0), "0 %"),
        (wording.percent(-0.0001), "0 %"), (wording.share(0.0131), "1.31 %"), (wording.share(0.62), "62 %"),
        (wording.bounds((0.12, 0.52)), "[12, 52]"), (wording.bounds((-0.001, 0.5)), "[0, 50]"),
        (wording.money(Decimal("38.2"), "EUR"), "€38.20"), (wording.money(450, "EUR"), "€450"),
        (wording.money(1240.4, "USD"), "$1,240"), (wording.money(-5.5, "CHF"), "−5.50 CHF"),
        (wording.day(date(2026, 3, 14)), "14 March"), (wording.day(date(2025, 3, 14), TODAY), "14 March 2025"),
        (wording.days(date(2026, 3, 8), TODAY), "8 to 14 March"), (wording.days(TODAY, TODAY), "14 March"),
        (wording.days(date(2026, 2, 28), TODAY), "28 February to 14 March"),
        (wording.plural(0, "signal"), "no signals"),
        (wording.plural(1, "signal"), "1 signal"), (wording.listing(["a", "b", "c"]), "a, b and c"),
        (wording.role("crm_lead"), "CRM lead"), (wording.platform("google_ads"), "Google Ads"),
    ],
)  # fmt: skip
def test_numbers_and_names_are_said_one_way(said: str, meant: str):
    assert said == meant


@given(st.text())
def test_quoted_words_carry_no_markup(text: str):
    quoted = wording.quote(text)
    assert len(quoted) <= 80
    assert not set(quoted) & set("<>&`*_~|\n\r\t")
