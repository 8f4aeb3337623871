"""The story of a proposal as its owners live it."""

import asyncio
from datetime import timedelta

import pytest

from domain.case import ProposalStatus
from domain.errors import AlreadyDecided, InvalidChange, NoLongerOpen, NotFound, NotYours, StaleCard
from domain.signal import CloseReason, EventKind, SignalEvent
from tests.graph.conftest import Start
from tests.graph.fakes import (
    BUDGET,
    CLEO,
    CORA,
    FIRST,
    MARA,
    STRANGER,
    HandClock,
    Platform,
    Wall,
    closing,
    cut,
    opened,
    proposal,
    refresh,
    signal,
)

PROP, SIG = "prop_00000000000a", "sig_000000000001"


async def test_an_approved_budget_is_set_measured_and_remembered(start: Start):
    platform, clock, wall = Platform(), HandClock(), Wall()
    runner = await start(platform=platform, clock=clock, board=wall)
    (event,) = await runner.sweep(FIRST)
    assert event.event is EventKind.OPENED
    case = await runner.approve(PROP, 1, MARA)
    assert case.proposals[0].status is ProposalStatus.APPROVED
    assert not case.proposals[0].in_emergency
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, platform.values[BUDGET], len(platform.effects)) == (ProposalStatus.EXECUTED, "360.00", 1)
    assert view.receipt.before == {BUDGET: "450.00"}
    assert view.receipt.after == {BUDGET: "360.00"}
    clock.pass_days(7)
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, view.outcome.effect) == (ProposalStatus.MEASURED, -0.11)
    assert SIG in wall.shown
    assert (await runner.verify()).problems == ()


async def test_a_second_sweep_of_the_same_day_changes_nothing(start: Start):
    runner = await start()
    first = await runner.sweep(FIRST)
    assert await runner.sweep(FIRST) == first
    assert len((await runner.case(SIG)).proposals) == 1


async def test_whoever_presses_second_is_told_who_was_first_and_when(start: Start):
    runner = await start()
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    with pytest.raises(AlreadyDecided, match=r"Mara Lind.*09:12"):
        await runner.reject(PROP, 1, CORA, "too early")


async def test_only_the_owner_may_decide(start: Start):
    runner = await start()
    await runner.sweep(FIRST)
    for presser in (CLEO, STRANGER):
        with pytest.raises(NotYours):
            await runner.approve(PROP, 1, presser)
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.PENDING


async def test_a_press_on_an_old_card_decides_nothing(start: Start):
    runner = await start()
    await runner.sweep(FIRST)
    with pytest.raises(StaleCard):
        await runner.approve(PROP, 2, MARA)
    with pytest.raises(NotFound):
        await runner.approve("prop_unknown00000", 1, MARA)


async def test_an_override_executes_what_the_owner_typed(start: Start):
    platform = Platform()
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    with pytest.raises(InvalidChange):
        await runner.override(PROP, 1, MARA, {"daily_budget": "cheap"}, "a little less")
    with pytest.raises(InvalidChange):
        await runner.override(PROP, 1, MARA, {"daily_budget": "400"}, " ")
    await runner.override(PROP, 1, MARA, {"daily_budget": "400"}, "a little less")
    await runner.settle()
    assert float(platform.values[BUDGET]) == 400


@pytest.mark.parametrize(
    "values",
    [
        {"daily_budget": "1e99"}, {"daily_budget": "NaN"}, {"daily_budget": "Infinity"}, {"daily_budget": "-5"},
        {"daily_budget": "٣٦"}, {"daily_budget": "9" * 40}, {"daily_budget": "9" * 5000}, {"was": "1"},
        {"campaign_id": "c4"}, {"kind": "pause_ad"}, {},
    ],
    ids=lambda values: str(values)[:40],
)  # fmt: skip
async def test_forged_values_are_refused_and_kept_and_change_nothing(start: Start, values: dict[str, str]):
    platform = Platform()
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    with pytest.raises(InvalidChange):
        await runner.override(PROP, 1, MARA, values, "a little less")
    with pytest.raises(NotYours):
        await runner.override(PROP, 1, STRANGER, values, "a little less")
    await runner.settle()
    assert platform.effects == []
    refusals = [line for line in await runner.ledger() if line["kind"] == "refusal"]
    assert len({line["actor"] for line in refusals}) == len(refusals) == 2


async def test_a_snooze_out_of_range_or_without_a_reason_to_reject_is_refused_and_kept(start: Start):
    runner = await start()
    await runner.sweep(FIRST)
    for hours in (-1, 0, 10**6):
        with pytest.raises(InvalidChange):
            await runner.snooze(PROP, 1, MARA, hours)
    for reason in ("", "\0\0\0\0", "x" * 10_000):
        with pytest.raises(InvalidChange):
            await runner.reject(PROP, 1, MARA, reason)
    assert len([line for line in await runner.ledger() if line["kind"] == "refusal"]) == 6


async def test_a_rejected_proposal_is_never_executed(start: Start):
    platform = Platform()
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    await runner.reject(PROP, 1, MARA, "not in the sale")
    await runner.settle()
    assert platform.effects == []
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.REJECTED


async def test_silence_expires_and_is_never_an_approval(start: Start):
    clock, platform = HandClock(), Platform()
    runner = await start(clock=clock, platform=platform)
    await runner.sweep(FIRST)
    clock.pass_days(4)
    with pytest.raises(NoLongerOpen):
        await runner.approve(PROP, 1, MARA)
    await runner.settle()
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.EXPIRED
    assert platform.effects == []


async def test_a_snoozed_question_comes_back_and_does_not_expire_meanwhile(start: Start):
    clock = HandClock()
    runner = await start(clock=clock)
    await runner.sweep(FIRST)
    before = (await runner.case(SIG)).proposals[0].expires_at
    case = await runner.snooze(PROP, 1, MARA, 24)
    assert case.proposals[0].status is ProposalStatus.SNOOZED
    assert case.proposals[0].expires_at == before + timedelta(hours=24)
    clock.pass_days(2)
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.PENDING
    await runner.approve(PROP, 1, MARA)


async def test_what_drifted_goes_back_to_a_person_with_the_values_of_now(start: Start):
    platform = Platform()
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    platform.values[BUDGET] = "500.00"
    await runner.settle()
    case = await runner.case(SIG)
    old = next(view for view in case.proposals if view.proposal.id == PROP)
    new = next(view for view in case.proposals if view.proposal.id != PROP)
    assert (old.status, platform.effects) == (ProposalStatus.DRIFTED, [])
    assert (new.status, new.proposal.action) == (ProposalStatus.PENDING, cut(was="500.00"))
    await runner.approve(new.proposal.id, 1, MARA)
    await runner.settle()
    assert platform.values[BUDGET] == "360.00"


async def test_a_lost_answer_is_settled_by_reading(start: Start):
    platform = Platform(faults=["lost"])
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, len(platform.effects)) == (ProposalStatus.EXECUTED, 1)


async def test_what_nobody_knows_is_shown_and_settled_later(start: Start):
    platform = Platform(faults=["lost before"])
    runner = await start(platform=platform, pause_seconds=0.3)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.UNKNOWN
    assert (await runner.health()).unknown == 1
    await asyncio.sleep(0.4)
    await runner.settle()
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.EXECUTED
    assert len(platform.effects) == 1


async def test_a_platform_that_is_down_is_asked_again(start: Start):
    platform = Platform(faults=["down", "down"], unreadable=1)
    runner = await start(platform=platform, pause_seconds=0.01)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    for _ in range(6):
        await runner.settle()
        await asyncio.sleep(0.05)
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.EXECUTED


async def test_a_task_is_handed_over_once(start: Start):
    platform = Platform()
    asked = proposal(refresh(), owner="creative_lead")
    runner = await start(platform=platform, script=opened(asked))
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, CLEO)
    await runner.settle()
    await runner.settle()
    assert (len(platform.tasks), platform.effects) == (1, list(platform.tasks))
    assert (await runner.case(SIG)).proposals[0].receipt.status == "handed_over"


async def test_a_signal_that_goes_away_takes_its_open_questions_along(start: Start):
    clock = HandClock()
    runner = await start(clock=clock, script=closing(opened(), FIRST + timedelta(days=1)))
    await runner.sweep(FIRST)
    clock.pass_days(1)
    await runner.sweep(clock.last_day())
    await runner.settle()
    case = await runner.case(SIG)
    assert (case.is_open, case.closed) == (False, CloseReason.RECOVERED)
    assert case.proposals[0].status is ProposalStatus.WITHDRAWN
    with pytest.raises(NoLongerOpen):
        await runner.approve(PROP, 1, MARA)


async def test_a_signal_that_goes_away_after_acting_was_closed_by_acting(start: Start):
    clock = HandClock()
    runner = await start(clock=clock, script=closing(opened(), FIRST + timedelta(days=1)))
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    clock.pass_days(1)
    (event,) = await runner.sweep(clock.last_day())
    assert event.reason is CloseReason.ACTED


async def test_the_inbox_shows_each_person_their_own(start: Start):
    runner = await start()
    await runner.sweep(FIRST)
    assert [case.signal.id for case in (await runner.inbox(MARA)).mine] == [SIG]
    assert (await runner.inbox(CLEO)).mine == ()
    assert [case.signal.id for case in (await runner.inbox(CLEO)).others] == [SIG]
    await runner.reject(PROP, 1, MARA, "not now")
    inbox = await runner.inbox(MARA)
    assert (inbox.mine, [case.signal.id for case in inbox.decided]) == ((), [SIG])


async def test_a_case_is_found_by_id_beginning_or_name(start: Start):
    runner = await start()
    await runner.sweep(FIRST)
    for words in (SIG, SIG[:8], "0000", "spring prospecting", "meta costs"):
        found = await runner.find(words)
        assert found, words
        assert found.signal == signal()
    assert await runner.find("winter") is None
    assert await runner.find("") is None


async def test_slack_being_down_delays_the_card_and_loses_nothing(start: Start):
    wall = Wall()
    wall.down = 1
    runner = await start(board=wall)
    await runner.sweep(FIRST)
    await runner.settle()
    assert wall.shown == []
    await runner.settle()
    assert wall.shown == [SIG]
    await runner.settle()
    assert wall.shown == [SIG]


async def test_the_policy_is_asked_again_before_anything_is_written(start: Start):
    platform = Platform()
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.governing.agree(
        (await runner.governing.draft(CORA, "policy", {"forbidden": "set_budget"}, "not this quarter")).amendment.id,
        CORA,
    )
    await runner.settle()
    view, again = sorted((await runner.case(SIG)).proposals, key=lambda one: one.receipt is None)
    assert (view.status, platform.effects) == (ProposalStatus.FAILED, [])
    assert again.status is ProposalStatus.FORBIDDEN, "and it is back with people, as far as it may be"
    assert "policy no longer allows" in view.receipt.answer


async def test_the_next_similar_card_quotes_what_was_learnt(start: Start):
    clock = HandClock()
    script = opened()
    later = FIRST + timedelta(days=8)
    second = opened(
        proposal(ident="prop_00000000000b", signal_id="sig_000000000002"), signal_id="sig_000000000002", day=later
    )
    script.events.update(second.events)
    script.plans.update(second.plans)
    runner = await start(clock=clock, script=script)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    clock.pass_days(8)
    await runner.settle()
    await runner.sweep(later)
    (view,) = (await runner.case("sig_000000000002")).proposals
    assert view.proposal.remembered == ("last time: CPA -11 % [-19, -2]",)


async def test_a_question_that_expired_is_put_again_once_when_its_signal_changes(start: Start):
    clock, script = HandClock(), opened()
    for days in (5, 6):
        day = FIRST + timedelta(days=days)
        grown = signal(as_of=day, stake="240.00", version=days)
        script.events[day] = (SignalEvent(as_of=day, event=EventKind.UPDATED, signal=grown),)
    runner = await start(clock=clock, script=script)
    await runner.sweep(FIRST)
    clock.pass_days(5)
    await runner.settle()
    await runner.sweep(clock.last_day())
    clock.pass_days(1)
    await runner.sweep(clock.last_day())
    expired, again = sorted((await runner.case(SIG)).proposals, key=lambda view: view.status)
    assert (expired.proposal.id, expired.status, again.status) == (PROP, ProposalStatus.EXPIRED, ProposalStatus.PENDING)
    await runner.approve(again.proposal.id, 1, MARA)
    await runner.settle()
    assert (await runner.case(SIG)).signal.at_stake_per_day == 240


async def test_what_drifted_and_is_asked_anew_stays_asked_when_the_signal_changes(start: Start):
    platform, clock, script = Platform(), HandClock(), opened()
    day = FIRST + timedelta(days=1)
    script.events[day] = (SignalEvent(as_of=day, event=EventKind.UPDATED, signal=signal(as_of=day, version=2)),)
    runner = await start(platform=platform, clock=clock, script=script)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    platform.values[BUDGET] = "500.00"
    await runner.settle()
    clock.pass_days(1)
    script.plans[SIG] = (proposal(cut(was="500.00")),)
    await runner.sweep(day)
    pending = [view for view in (await runner.case(SIG)).proposals if view.status is ProposalStatus.PENDING]
    assert [(view.proposal.action, view.proposal.version) for view in pending] == [(cut(was="500.00"), 1)]
