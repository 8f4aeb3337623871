"""What stands counts at the press, at the write and in the sweep: small steps add up, stops hold, emergencies pass."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from sqlalchemy import text

from domain.action import FixTracking
from domain.case import ProposalStatus
from domain.errors import NoLongerOpen, NotYet, NotYours, Refusal, StaleCard
from domain.reading import Gap, Reading, Readings
from domain.signal import CloseReason, EventKind
from domain.standing import CalendarFreeze
from domain.verdict import Ask, Forbidden
from graph.readings import freezes
from graph.runner import Runner
from memory import actions, standing
from memory.database import Database
from tests.graph.fakes import (
    BUDGET,
    CORA,
    FIRST,
    MARA,
    HandClock,
    Joined,
    OneTable,
    Platform,
    Script,
    Wall,
    closing,
    cut,
    opened,
    proposal,
    services,
)
from tests.graph.governed import NOOR, PROP, SIG, Start, companies, enact, separate

A, B = "prop_00000000000a", "prop_00000000000b"
ANOTHER = "meta/a1/campaign/c4/daily_budget"
DAILY = {"limits": ({"role": "media_lead", "max_per_day": "100", "beyond": "cmo"},)}
"""Each cut of 90 euros a day is within it, two of them are not."""
GLASS = {"break_glass": {"role": "media_lead", "minutes": 30}}


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


def two_cuts():
    other = cut().model_copy(update={"campaign_id": "c4"})
    return separate(proposal(ident=A), proposal(other, ident=B))


def two_budgets() -> Platform:
    return Platform(values={BUDGET: "450.00", ANOTHER: "450.00"})


async def decided(runner: Runner):
    """The question that was decided; one put anew may stand beside it by now."""
    return next(view for view in (await runner.case(SIG)).proposals if view.proposal.id == PROP)


async def test_two_media_leads_small_steps_of_one_day_add_up_and_need_the_cmo(start: Start):
    platform = two_budgets()
    runner = await start(DAILY, script=two_cuts(), platform=platform)
    await runner.sweep(FIRST)
    await runner.approve(A, 1, MARA)
    with pytest.raises(StaleCard, match="More people are asked"):
        await runner.approve(B, 1, NOOR)
    await runner.settle()
    assert (platform.values[BUDGET], platform.values[ANOTHER]) == ("360.00", "450.00")
    (view,) = (await runner.case("sig_000000000002")).proposals
    assert isinstance(view.verdict, Ask)
    assert (view.proposal.version, view.verdict.role, view.verdict.quorum) == (2, "cmo", 2)
    await runner.approve(B, 2, NOOR)
    await runner.settle()
    assert platform.values[ANOTHER] == "450.00"
    await runner.approve(B, 2, CORA)
    await runner.settle()
    assert platform.values[ANOTHER] == "360.00"
    assert (await runner.verify()).problems == ()


async def test_small_steps_pressed_in_the_same_instant_in_two_processes_do_not_slip_through(start: Start):
    one, other = [await start(DAILY, script=two_cuts(), platform=two_budgets()) for _ in range(2)]
    await one.sweep(FIRST)
    pressed = await asyncio.gather(one.approve(A, 1, MARA), other.approve(B, 1, NOOR), return_exceptions=True)
    assert [type(answer) for answer in pressed if isinstance(answer, Refusal)] == [StaleCard]


async def test_the_next_day_begins_at_nothing(start: Start):
    clock = HandClock()
    runner = await start(DAILY, script=two_cuts(), platform=two_budgets(), clock=clock)
    await runner.sweep(FIRST)
    await runner.approve(A, 1, MARA)
    clock.pass_days(1)
    case = await runner.approve(B, 1, NOOR)
    assert case.proposals[0].status is ProposalStatus.APPROVED


async def test_a_stop_pulled_between_approval_and_execution_keeps_the_budget_where_it_was(start: Start):
    platform = Platform()
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.governing.stop(NOOR, "everything", "", "the account was taken over")
    await runner.settle()
    view, again = sorted((await runner.case(SIG)).proposals, key=lambda one: one.receipt is None)
    assert (view.status, platform.effects, platform.values[BUDGET]) == (ProposalStatus.FAILED, [], "450.00")
    assert "stop" in view.receipt.answer.casefold()
    assert (again.status, again.proposal.action) == (ProposalStatus.FORBIDDEN, view.proposal.action)


async def test_a_stop_pulled_at_the_last_moment_before_an_execution_begins_keeps_it_back(
    start: Start, monkeypatch: pytest.MonkeyPatch
):
    platform, intend = Platform(), actions.intend
    here, there = await start(platform=platform), await start()

    async def stopped_first(*asked: Any) -> str | None:
        monkeypatch.undo()
        await there.governing.stop(NOOR, "everything", "", "the account was taken over")
        return await intend(*asked)

    await here.sweep(FIRST)
    await here.approve(PROP, 1, MARA)
    monkeypatch.setattr(actions, "intend", stopped_first)
    await here.settle()
    (view, *_) = sorted((await here.case(SIG)).proposals, key=lambda one: one.receipt is None)
    assert (view.status, platform.effects, platform.values[BUDGET]) == (ProposalStatus.FAILED, [], "450.00")
    assert "intent" not in {line["kind"] for line in await here.ledger()}
    assert (await here.verify()).problems == ()


async def test_a_stop_waits_until_what_is_just_beginning_has_begun(start: Start, address: str):
    runner, other = await start(), Database(address)
    async with other.engine.begin() as beginning:
        await standing.hold_off_stops(beginning)
        stop = asyncio.create_task(runner.governing.stop(NOOR, "everything", "", "the account was taken over"))
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        async with other.engine.connect() as onlooker:
            while not await onlooker.scalar(waiting):  # noqa: ASYNC110 - what happens, happens in the database
                await asyncio.sleep(0.01)
        assert not stop.done()
    await stop
    await other.close()


async def test_what_a_stop_kept_back_is_asked_again_and_can_be_decided_once_it_is_lifted(start: Start):
    platform = Platform()
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    stop = await runner.governing.stop(NOOR, "everything", "", "the account was taken over")
    await runner.settle()
    await runner.governing.lift(stop.id, CORA, "it is ours again")
    await runner.settle()
    (again,) = [one for one in (await runner.case(SIG)).proposals if one.status is ProposalStatus.PENDING]
    assert platform.effects == [], "lifting a stop decides nothing"
    await runner.approve(again.proposal.id, again.proposal.version, MARA)
    await runner.settle()
    assert platform.values[BUDGET] == "360.00"


@pytest.mark.parametrize(("of", "name"), [("everything", ""), ("action", "set_budget"), ("agent", "performance")])
async def test_a_stop_makes_open_questions_forbidden_until_it_is_lifted(start: Start, of: str, name: str):
    wall = Wall()
    here, there = await start(board=wall), await start()
    await here.sweep(FIRST)
    await here.settle()
    wall.shown.clear()
    stop = await there.governing.stop(MARA, of, name, "the figures look wrong")
    with pytest.raises(NoLongerOpen):
        await here.approve(PROP, 1, MARA)
    await here.settle()
    (view,) = (await here.case(SIG)).proposals
    assert (view.status, isinstance(view.verdict, Forbidden)) == (ProposalStatus.FORBIDDEN, True)
    assert SIG in wall.shown
    await there.governing.lift(stop.id, CORA, "a false alarm")
    await here.settle()
    (view,) = (await here.case(SIG)).proposals
    assert view.status is ProposalStatus.PENDING
    case = await here.approve(PROP, view.proposal.version, MARA)
    assert case.proposals[0].status is ProposalStatus.APPROVED


async def test_a_stop_of_something_else_stops_nothing_here(start: Start):
    runner = await start()
    await runner.sweep(FIRST)
    await runner.governing.stop(MARA, "action", "shift_budget", "the figures look wrong")
    await runner.settle()
    case = await runner.approve(PROP, 1, MARA)
    assert case.proposals[0].status is ProposalStatus.APPROVED


async def test_what_may_happen_without_asking_waits_while_it_is_stopped_and_happens_after(start: Start):
    platform = Platform()
    fix = FixTracking(platform="meta", account_id="a1", currency="EUR", campaign_id="c3", symptom="no orders arrive")
    script = opened(proposal(fix))
    runner = await start({"automatic": ("fix_tracking",)}, script=script, platform=platform)
    await runner.sweep(FIRST)
    stop = await runner.governing.stop(MARA, "action", "fix_tracking", "the figures look wrong")
    await runner.settle()
    assert (platform.tasks, (await runner.case(SIG)).proposals[0].status) == ({}, ProposalStatus.FORBIDDEN)
    await runner.governing.lift(stop.id, CORA, "a false alarm")
    await runner.settle()
    assert len(platform.tasks) == 1
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, view.decision.by) == (ProposalStatus.EXECUTED, "baton")


async def test_while_everything_is_stopped_nothing_is_looked_at_and_afterwards_every_day_is(start: Start):
    clock = HandClock()
    runner = await start(clock=clock)
    stop = await runner.governing.stop(MARA, "everything", "", "the account was taken over")
    with pytest.raises(NotYet, match="stopped"):
        await runner.sweep(FIRST)
    await runner.work.tick()
    assert await runner.open_cases() == ()
    await runner.governing.lift(stop.id, CORA, "it is ours again")
    await runner.work.tick()
    assert len(await runner.open_cases()) == 1


class Quiet(Script):
    """The same story, told also on a day on which nobody said anything."""

    def combine(self, findings, readings, today, model):
        return super().combine(findings, readings, today, model) if findings else Joined(())


@pytest.mark.parametrize(("reason", "is_open"), [(CloseReason.EXPIRED, True), (CloseReason.RECOVERED, False)])
async def test_an_agent_that_is_stopped_is_not_asked_and_its_signal_does_not_expire_for_that(
    start: Start, reason: CloseReason, is_open: bool
):
    later = FIRST + timedelta(days=1)
    clock, script = HandClock(), Quiet(**vars(closing(opened(), later)))
    script.events[later] = tuple(event.model_copy(update={"reason": reason}) for event in script.events[later])
    runner = await start(script=script, clock=clock)
    await runner.sweep(FIRST)
    await runner.governing.stop(MARA, "agent", "performance", "it sees ghosts")
    clock.pass_days(1)
    await runner.sweep(later)
    assert (await runner.case(SIG)).is_open is is_open
    assert (await runner.health()).agents == ("performance: not asked, stopped on 15 March",)


async def test_an_agent_switched_off_in_the_operating_model_is_not_asked(start: Start):
    runner = await start(script=Quiet(**vars(opened())))
    await enact(runner, "mandates", {"key": "performance", "off": "yes"})
    await runner.sweep(FIRST)
    assert (await runner.health()).agents == ("performance: not asked, switched off in the operating model",)
    assert (await runner.case(SIG)).proposals == ()


async def test_what_no_agent_may_suggest_any_more_is_not_asked(start: Start):
    runner = await start()
    await enact(runner, "mandates", {"key": "performance", "without": "set_budget"})
    (event,) = await runner.sweep(FIRST)
    assert event.event is EventKind.OPENED
    assert (await runner.case(SIG)).proposals == ()
    assert any("may suggest set_budget" in line["payload"] for line in await runner.ledger())


async def test_a_question_names_the_agents_behind_it(start: Start):
    runner = await start()
    await runner.sweep(FIRST)
    assert (await runner.case(SIG)).proposals[0].proposal.agents == ("performance",)


async def test_in_an_emergency_one_named_person_decides_alone_what_takes_two_and_hard_caps_stay(start: Start):
    platform, clock, wall = two_budgets(), HandClock(), Wall()
    script = separate(proposal(ident=A), proposal(cut("200.00").model_copy(update={"campaign_id": "c4"}), ident=B))
    beyond = {"limits": ({"role": "media_lead", "max_change": 0.1, "beyond": "cmo"},)}
    runner = await start({**GLASS, **beyond}, script=script, platform=platform, clock=clock, board=wall)
    await runner.sweep(FIRST)
    one = await runner.governing.break_glass(MARA, "the shop is down", 20)
    case = await runner.approve(A, 1, MARA)
    assert case.proposals[0].status is ProposalStatus.APPROVED
    with pytest.raises(NoLongerOpen):
        await runner.approve(B, 1, MARA)  # more than half of a budget is never moved
    with pytest.raises(Refusal):
        await runner.approve(A, 1, NOOR)
    await runner.settle()
    assert (platform.values[BUDGET], platform.values[ANOTHER]) == ("360.00", "450.00")
    assert list(wall.announced) == [f"{one.id}/begun"]
    assert "Mara Lind decides alone until 09:32" in wall.announced[f"{one.id}/begun"]


async def test_an_emergency_that_is_over_helps_nobody(start: Start):
    clock = HandClock()
    beyond = {"limits": ({"role": "media_lead", "max_change": 0.1, "beyond": "cmo"},)}
    runner = await start({**GLASS, **beyond}, clock=clock)
    await runner.sweep(FIRST)
    await runner.governing.break_glass(MARA, "the shop is down", 20)
    clock.hour = (clock.now() + timedelta(minutes=20)).timetz()
    case = await runner.approve(PROP, 1, MARA)
    assert (case.proposals[0].status, case.proposals[0].approvals) == (ProposalStatus.PENDING, (MARA,))


class WithCalendar(OneTable):
    """The same source with a freeze in its calendar."""

    def __init__(self, *days: str, account_id: str | None = "") -> None:
        self._days, self._account_id = days, account_id

    async def read(self, table, as_of, days) -> Reading | Gap:
        if table != "calendar":
            return await super().read(table, as_of, days)
        rows = {"date_day": list(self._days), "account_id": self._account_id, "kind": "freeze", "name": "Black week"}
        typed = (pl.col("date_day").str.to_date(), pl.col("account_id").cast(pl.String))
        return Reading(table, as_of, pl.DataFrame(rows).with_columns(*typed))


async def test_freezes_of_the_calendar_hold_from_the_sweep_that_read_them(address: str):
    made = services(Database(address))
    days = ("2026-03-15", "2026-03-16")
    desk = replace(made.desk, needs={**made.desk.needs, "calendar": 105})
    runner = await Runner(replace(made, desk=desk, source=WithCalendar(*days))).open()
    await runner.sweep(FIRST)
    with pytest.raises(NoLongerOpen, match="Black week"):
        await runner.approve(PROP, 1, MARA)
    await runner.close()


@pytest.mark.parametrize(("account_id", "holds"), [("a1", True), ("a2", False), ("", True), (None, True)])
async def test_a_calendar_that_freezes_one_ad_account_leaves_the_others_at_work(
    address: str, account_id: str | None, holds: bool
):
    made = services(Database(address))
    desk = replace(made.desk, needs={**made.desk.needs, "calendar": 105})
    calendar = WithCalendar("2026-03-15", "2026-03-16", account_id=account_id)
    runner = await Runner(replace(made, desk=desk, source=calendar)).open()
    await runner.sweep(FIRST)
    if holds:
        where = " in the ad account a1" if account_id else ""
        with pytest.raises(NoLongerOpen, match=f"Nothing is executed{where} until 16 March: Black week"):
            await runner.approve(PROP, 1, MARA)
    else:
        assert (await runner.approve(PROP, 1, MARA)).proposals[0].decision is not None
    await runner.close()


def test_two_ad_accounts_frozen_one_after_the_other_are_two_freezes():
    days = [date(2026, 3, 15), date(2026, 3, 16), date(2026, 3, 17)]
    rows = {"date_day": days, "account_id": ["a1", "a1", "a2"], "kind": "freeze", "name": "Tax audit"}
    found = freezes(Readings(FIRST, {"calendar": pl.DataFrame(rows)}))
    assert found == (
        CalendarFreeze(name="Tax audit", first_day=days[0], last_day=days[1], account_id="a1"),
        CalendarFreeze(name="Tax audit", first_day=days[2], last_day=days[2], account_id="a2"),
    )


async def test_a_sweep_without_a_calendar_keeps_what_was_known(address: str):
    made = services(Database(address))
    desk = replace(made.desk, needs={**made.desk.needs, "calendar": 105})
    runner = await Runner(replace(made, desk=desk, source=WithCalendar("2026-03-15"))).open()
    await runner.sweep(FIRST)
    await runner.close()
    later = await Runner(made).open()
    await later.sweep(FIRST + timedelta(days=1))
    with pytest.raises(NoLongerOpen, match="Black week"):
        await later.approve(PROP, 1, MARA)
    await later.close()


async def test_a_second_press_of_the_same_presser_after_a_stricter_question_counts_anew(start: Start):
    runner = await start(DAILY, script=two_cuts(), platform=two_budgets())
    await runner.sweep(FIRST)
    await runner.approve(A, 1, MARA)
    with pytest.raises(StaleCard):
        await runner.approve(B, 1, MARA)
    case = await runner.approve(B, 2, MARA)
    assert case.proposals[0].approvals == (MARA,)
    with pytest.raises(NotYours):
        await runner.approve(B, 2, MARA)
