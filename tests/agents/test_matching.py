"""One incident stays one signal: while it grows, while its cause becomes clearer, and until it is over."""

import itertools
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from agents.combine import Combined
from agents.matching import changed, match, same_incident
from domain.finding import Finding, FindingKind
from domain.scope import Scope
from domain.signal import Candidate, Cause, CloseReason, EventKind, Signal, SignalEvent
from tests.agents.world import Blow, World, combined, company, lived, on, opened

OUTAGE = (Blow("pixel", 0.1, 100, 8, where={"campaign_id": "c13"}),)


def signal(cause: Cause = Cause.OFFER_DECAY, stake: str = "100.00", day: int = 100, **ids: str) -> Signal:
    return Signal(
        id=f"sig_{abs(hash((cause, tuple(ids.items())))):012x}"[:16], cause=cause, confidence=0.95,
        scope=Scope(platform="meta", account_id="a1", **ids), headline="h", why="w", at_stake_per_day=Decimal(stake),
        currency="EUR", since=on(day - 3), opened_on=on(day), as_of=on(day), findings=(), owners=("media_lead",),
        candidates=(Candidate(cause=cause, probability=0.95),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def quiet() -> World:
    return company(2)


def after(world: World, day: int, old: Signal, *new: Signal) -> tuple[SignalEvent, ...]:
    readings = world.readings(day)
    return match(Combined(new), [old], readings, readings.as_of)


def test_an_outage_opens_once_and_closes_by_itself() -> None:
    events = lived(company(3, *OUTAGE), 97, 120)
    assert [one.event for one in events] == [EventKind.OPENED, EventKind.CLOSED]
    first, last = events
    assert on(100) <= first.as_of <= on(102)
    assert last.reason is CloseReason.RECOVERED
    assert on(110) <= last.as_of <= on(114)
    assert last.signal.id == first.signal.id


def test_a_signal_that_grows_is_updated_now_and_then_under_the_same_id() -> None:
    blow = Blow("cpm", 1.8, 90, 40, 12, {"campaign_id": "c14"})
    events = lived(company(3, blow), 88, 118)
    assert len({one.signal.id for one in events}) == 1
    updates = [one for one in events if one.event is EventKind.UPDATED]
    assert 1 <= len(updates) <= 5
    assert [one.signal.version for one in updates] == list(range(2, 2 + len(updates)))
    assert all(b.as_of - a.as_of >= timedelta(days=3) for a, b in itertools.pairwise(updates))
    assert {one.signal.opened_on for one in events} == {events[0].as_of}


def test_a_lasting_incident_is_not_taken_for_recovered_when_the_baseline_gets_used_to_it() -> None:
    blow = Blow("cvr", 0.55, 62, 90, 3, {"campaign_id": "c14"})
    events = lived(company(3, blow), 60, 128)
    assert [one.event for one in events if one.event is not EventKind.UPDATED] == [EventKind.OPENED]


def test_an_incident_that_ends_does_not_come_back_as_another() -> None:
    blows = (
        Blow("cvr", 0.35, 90, 7, where={"campaign_id": "c21"}),
        Blow("visits", 0.6, 90, 7, where={"campaign_id": "c21"}),
    )
    assert len(opened(lived(company(3, *blows), 88, 125))) == 1


def test_the_same_again_is_no_event(quiet: World) -> None:
    old = signal(campaign_id="c11")
    assert after(quiet, 101, old, signal(campaign_id="c11", day=101)) == ()


def test_a_corrected_cause_is_told_as_an_update_once_it_is_sure(quiet: World) -> None:
    old = signal(Cause.OFFER_DECAY, campaign_id="c11")
    new = signal(Cause.LANDING_PAGE_BREAK, day=104, campaign_id="c11")
    (event,) = after(quiet, 104, old, new)
    assert event.event is EventKind.UPDATED
    assert (event.signal.id, event.signal.version, event.signal.cause) == (old.id, 2, Cause.LANDING_PAGE_BREAK)
    assert event.signal.since == old.since
    unsure = new.model_copy(update={"confidence": 0.6})
    assert after(quiet, 104, old, unsure) == ()


def test_two_close_causes_do_not_take_turns(quiet: World) -> None:
    old = signal(Cause.OFFER_DECAY, campaign_id="c11")
    assert not changed(old, signal(Cause.LANDING_PAGE_BREAK, day=101, campaign_id="c11"), on(101))


def test_an_outage_of_the_whole_account_takes_in_those_of_its_campaigns(quiet: World) -> None:
    first = signal(Cause.TRACKING_OUTAGE, campaign_id="c11")
    second = replace_opened(signal(Cause.TRACKING_OUTAGE, campaign_id="c12"), 101)
    whole = signal(Cause.TRACKING_OUTAGE, day=102)
    readings = quiet.readings(102)
    events = match(Combined((whole,)), [first, second], readings, readings.as_of)
    assert [(one.event, one.signal.id) for one in events] == [
        (EventKind.UPDATED, first.id),
        (EventKind.CLOSED, second.id),
    ]
    assert events[0].signal.scope == whole.scope


def replace_opened(one: Signal, day: int) -> Signal:
    return one.model_copy(update={"opened_on": on(day)})


def test_different_ads_of_one_campaign_are_different_incidents() -> None:
    first = signal(Cause.CREATIVE_FATIGUE, campaign_id="c11", ad_id="ad1")
    assert not same_incident(first, signal(Cause.CREATIVE_FATIGUE, campaign_id="c11", ad_id="ad2"))
    assert not same_incident(first, signal(Cause.BUDGET_CAP, campaign_id="c11"))
    assert not same_incident(
        signal(Cause.TRACKING_OUTAGE, campaign_id="c11"), signal(Cause.BUDGET_CAP, campaign_id="c11")
    )


def test_a_faint_trace_keeps_a_signal_open_but_opens_none(quiet: World) -> None:
    old, trace = signal(campaign_id="c11", day=60), signal(campaign_id="c11", day=100)
    readings = quiet.readings(100)
    assert match(Combined((), (), (trace,)), [old], readings, readings.as_of) == ()
    assert match(Combined((), (), (trace,)), [], readings, readings.as_of) == ()


def test_a_signal_without_evidence_expires_after_four_weeks(quiet: World) -> None:
    old = signal(campaign_id="c11", day=80)
    assert after(quiet, 107, old) == ()
    (event,) = after(quiet, 108, old)
    assert (event.event, event.reason) == (EventKind.CLOSED, CloseReason.EXPIRED)


def test_missing_data_closes_nothing() -> None:
    world = company(3, Blow("owned", 0.6, 95, 12, where={"segment_id": "s21"}))
    (made,) = combined(world.readings(104)).signals
    back = world.readings(112)
    tables = {name: rows for name, rows in back.tables.items() if name != "lifecycle_report"}
    assert match(Combined(()), [made], replace(back, tables=tables), on(112)) == ()
    (event,) = match(Combined(()), [made], back, on(112))
    assert event.reason is CloseReason.RECOVERED


def test_a_signal_does_not_wander_to_a_part_of_its_place(quiet: World) -> None:
    old = signal(Cause.UNEXPLAINED, campaign_id="c11")
    part = signal(Cause.UNEXPLAINED, day=104, campaign_id="c11", ad_id="ad111")
    assert after(quiet, 104, old, part) == ()
    (event,) = after(quiet, 104, part.model_copy(update={"as_of": on(100)}), old.model_copy(update={"as_of": on(104)}))
    assert (event.event, event.signal.scope) == (EventKind.UPDATED, old.scope)


def falling(kind: FindingKind, since: int, change: float = -0.25, **ids: str) -> Finding:
    return Finding(
        agent="creative", kind=kind, metric="ctr", scope=Scope(platform="meta", account_id="a1", **ids), baseline=0.02,
        observed=0.02 * (1 + change), change=change, interval=(change - 0.1, change + 0.1), q_value=1e-6,
        since=on(since), window_days=14, evidence="as seen", table="ad_report",
    )  # fmt: skip


def of(cause: Cause, *findings: Finding, **ids: str) -> Signal:
    return signal(cause, day=103, **ids).model_copy(update={"findings": findings})


TIRED = of(Cause.AUDIENCE_DECLINE, falling(FindingKind.RESPONSE_DECLINE, 100, segment_id="s11"), segment_id="s11")


@pytest.mark.parametrize("cause", [Cause.CREATIVE_FATIGUE, Cause.OFFER_DECAY])
def test_what_a_tired_segment_does_to_its_campaigns_is_no_second_signal(quiet: World, cause: Cause) -> None:
    echo = of(cause, falling(FindingKind.CTR_DECLINE, 99, campaign_id="c11"), campaign_id="c11")
    assert after(quiet, 110, TIRED, echo) == ()
    assert [one.event for one in after(quiet, 110, TIRED)] == [EventKind.CLOSED]


def test_an_odd_day_beside_the_echo_of_a_tired_segment_makes_no_second_signal(quiet: World) -> None:
    echo = falling(FindingKind.CTR_DECLINE, 99, campaign_id="c11")
    odd = falling(FindingKind.CVR_DECLINE, 110, -0.4, campaign_id="c11").model_copy(update={"q_value": 0.08})
    clear = odd.model_copy(update={"q_value": 1e-6})
    assert after(quiet, 110, TIRED, of(Cause.CREATIVE_FATIGUE, echo, odd, campaign_id="c11")) == ()
    second = after(quiet, 110, TIRED, of(Cause.OFFER_DECAY, echo, clear, campaign_id="c11"))
    assert EventKind.OPENED in {event.event for event in second}


def test_what_began_before_or_is_worse_than_the_segment_is_a_signal_of_its_own(quiet: World) -> None:
    older = of(Cause.CREATIVE_FATIGUE, falling(FindingKind.CTR_DECLINE, 90, campaign_id="c11"), campaign_id="c11")
    worse = of(Cause.OFFER_DECAY, falling(FindingKind.CVR_DECLINE, 101, -0.6, campaign_id="c11"), campaign_id="c11")
    dearer = of(Cause.AUCTION_PRESSURE, falling(FindingKind.CPM_RISE, 101, 0.4, campaign_id="c11"), campaign_id="c11")
    worn = of(
        Cause.CREATIVE_FATIGUE, falling(FindingKind.CTR_DECLINE, 101, campaign_id="c11", ad_id="ad111"),
        campaign_id="c11", ad_id="ad111",
    )  # fmt: skip
    for one in (older, worse, dearer, worn):
        assert EventKind.OPENED in {event.event for event in after(quiet, 110, TIRED, one)}, one.cause


def test_spending_less_where_something_is_wrong_already_is_not_off_its_plan_by_itself(quiet: World) -> None:
    under = of(Cause.PACING_DRIFT, falling(FindingKind.PLAN_GAP, 101, -0.5, campaign_id="c11"), campaign_id="c11")
    over = of(Cause.PACING_DRIFT, falling(FindingKind.PLAN_GAP, 101, 0.9, campaign_id="c11"), campaign_id="c11")
    known = signal(Cause.AUCTION_PRESSURE, day=103, campaign_id="c11")
    for old in (TIRED, known):
        assert EventKind.OPENED not in {event.event for event in after(quiet, 110, old, under)}
        assert EventKind.OPENED in {event.event for event in after(quiet, 110, old, over)}


def test_paying_more_where_a_tired_segment_makes_results_dearer_is_not_off_its_plan_by_itself(quiet: World) -> None:
    def over(change: float, campaign: str) -> Signal:
        gap = falling(FindingKind.PLAN_GAP, 101, change, campaign_id=campaign)
        return of(Cause.PACING_DRIFT, gap, campaign_id=campaign)

    dearer = falling(FindingKind.CPA_RISE, 101, 0.4, campaign_id="c11")
    costly = TIRED.model_copy(update={"findings": (*TIRED.findings, dearer)})
    assert EventKind.OPENED not in {event.event for event in after(quiet, 110, costly, over(0.5, "c11"))}
    own = [(TIRED, over(0.5, "c11")), (costly, over(0.9, "c11")), (costly, over(0.5, "c21"))]
    auction = of(Cause.AUCTION_PRESSURE, dearer, campaign_id="c11")
    for old, made in (*own, (auction, over(0.5, "c11"))):
        assert EventKind.OPENED in {event.event for event in after(quiet, 110, old, made)}, (old.cause, made.scope)
