"""Taking back what was done: asked like anything else, possible for some days, and measured no further."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain.case import Case, ProposalStatus, ProposalView
from domain.errors import AlreadyDecided, NoLongerOpen, NotYours
from domain.operating_model import Freeze
from domain.verdict import Forbidden
from graph.runner import Runner
from graph.services import Services
from memory import lessons
from memory.database import Database
from memory.schema import PROPOSAL
from tests.graph.fakes import (
    BUDGET,
    CLEO,
    CORA,
    FIRST,
    MARA,
    STRANGER,
    HandClock,
    Platform,
    Script,
    Wall,
    closing,
    opened,
    proposal,
    refresh,
    services,
)

PROP, SIG = "prop_00000000000a", "sig_000000000001"
LATER = FIRST + timedelta(days=7)


@dataclass
class World:
    services: Services
    runner: Runner
    platform: Platform
    clock: HandClock
    board: Wall

    async def view(self, ident: str = PROP) -> ProposalView:
        return next(view for view in (await self.case()).proposals if view.proposal.id == ident)

    async def case(self) -> Case:
        return await self.runner.case(SIG)

    async def back(self) -> ProposalView:
        """The proposal that takes it back."""
        (found,) = [view for view in (await self.case()).proposals if view.proposal.undoes == PROP]
        return found

    async def pass_days(self, days: int) -> None:
        for _ in range(days):
            self.clock.pass_days(1)
            await self.runner.sweep(self.clock.day)
            await self.runner.settle()


@pytest.fixture
async def company(address: str) -> AsyncIterator[Callable[..., object]]:
    made: list[Runner] = []

    async def make(script: Script | None = None, by: tuple[str, ...] = (MARA,), **more: object) -> World:
        platform, clock, board = Platform(), HandClock(), Wall()
        stood = services(Database(address), script or opened(), platform, clock, board=board, **more)  # type: ignore[arg-type]
        runner = Runner(stood)
        made.append(await runner.open())
        runner.show_on(board)
        world = World(stood, runner, platform, clock, board)
        await runner.sweep(FIRST)
        for who in by:
            await runner.approve(PROP, 1, who)
        await runner.settle()
        assert (await world.view()).status is ProposalStatus.EXECUTED
        return world

    yield make
    for runner in made:
        await runner.close()


async def test_the_owner_takes_a_budget_cut_back_with_one_press(company):
    world = await company()
    await world.runner.undo(PROP, MARA, "Sales needs the volume")
    back = await world.back()
    assert (back.status, back.decision and back.decision.by) == (ProposalStatus.APPROVED, MARA)
    await world.runner.settle()
    back = await world.back()
    assert (back.status, world.platform.values[BUDGET]) == (ProposalStatus.EXECUTED, "450.00")
    assert back.proposal.why == "The media lead asked to undo it: “Sales needs the volume”"
    assert len(world.platform.effects) == 2
    assert (await world.runner.verify()).problems == ()
    async with world.services.database.read() as tx:
        kept = await tx.scalar(select(PROPOSAL.c.body["why"].astext).where(PROPOSAL.c.id == back.proposal.id))
    assert kept.startswith("sealed:"), "what somebody typed can be erased"


@pytest.mark.parametrize(("frozen", "is_held"), [(FIRST, False), (FIRST + timedelta(days=1), True)])
async def test_it_is_today_that_a_freeze_holds_and_not_the_last_day_of_the_reports(
    address: str, frozen: date, *, is_held: bool
):
    stood = services(Database(address), opened(), Platform(), HandClock())
    freeze = Freeze(name="Black week", first_day=frozen, last_day=frozen)
    runner = await Runner(replace(stood, file=stood.file.model_copy(update={"freezes": (freeze,)}))).open()
    await runner.sweep(FIRST)  # of 14 March, on the morning of the 15th
    (view,) = (await runner.case(SIG)).proposals
    assert isinstance(view.verdict, Forbidden) is is_held
    if not is_held:
        await runner.approve(PROP, 1, MARA)
        await runner.settle()
        await runner.undo(PROP, MARA, "Sales needs the volume")
        assert [one.status for one in (await runner.case(SIG)).proposals][-1] is ProposalStatus.APPROVED
    await runner.close()


async def test_what_was_undone_is_measured_no_further_and_the_lesson_says_so(company):
    world = await company()
    await world.pass_days(2)
    await world.runner.undo(PROP, MARA, "Sales needs the volume")
    await world.runner.settle()
    undone = await world.view()
    assert undone.outcome
    assert not undone.outcome.measurable
    assert undone.outcome.method == "not measurable: it was undone on 17 March"
    assert (await world.back()).measured_after is None, "its end is its effect"
    (lesson,) = [one for one in (await _lessons(world)) if one.source == PROP]
    await world.pass_days(8)
    assert (await world.view()).outcome == undone.outcome
    assert [one.id for one in await _lessons(world)] == [lesson.id]


async def test_whoever_may_not_decide_alone_puts_the_question_to_those_who_may(company):
    world = await company()
    await world.runner.undo(PROP, CLEO, "My launch depends on it")
    back = await world.back()
    assert (back.status, back.decision, back.approvals) == (ProposalStatus.PENDING, None, ())
    await world.runner.settle()
    assert world.platform.values[BUDGET] == "360.00"
    await world.runner.approve(back.proposal.id, 1, MARA)
    await world.runner.settle()
    assert world.platform.values[BUDGET] == "450.00"


async def test_a_stranger_takes_nothing_back_and_asks_nothing(company):
    world = await company()
    with pytest.raises(NotYours):
        await world.runner.undo(PROP, STRANGER, "Because I can")
    assert [view.proposal.id for view in (await world.case()).proposals] == [PROP]
    assert [line["subject"] for line in await world.runner.ledger() if line["kind"] == "refusal"] == [PROP]


async def test_where_two_must_agree_whoever_asks_to_take_it_back_is_the_first_of_them(company):
    limit = {"role": "media_lead", "max_per_day": "50", "beyond": "cmo"}
    world = await company(by=(MARA, CORA), policy={"limits": [limit]})
    await world.runner.undo(PROP, MARA, "Sales needs the volume")
    back = await world.back()
    assert (back.status, back.approvals) == (ProposalStatus.PENDING, (MARA,))
    with pytest.raises(NotYours, match="You have approved this already"):
        await world.runner.approve(back.proposal.id, 1, MARA)
    await world.runner.settle()
    assert world.platform.values[BUDGET] == "360.00"
    await world.runner.approve(back.proposal.id, 1, CORA)
    await world.runner.settle()
    assert world.platform.values[BUDGET] == "450.00"
    assert (await world.runner.verify()).problems == ()


async def test_whoever_may_not_approve_it_is_not_one_of_the_two_for_having_asked(company):
    world = await company(by=(MARA, CORA), policy={"limits": ({"role": "media_lead", "max_change": 0.1},)})
    await world.runner.undo(PROP, CLEO, "My launch depends on it")
    assert (await world.back()).approvals == ()
    await world.runner.approve((await world.back()).proposal.id, 1, MARA)
    assert (await world.back()).decision is None


async def test_two_presses_at_once_make_one_question_and_one_effect(company):
    world = await company()
    presses = (world.runner.undo(PROP, MARA, f"Reason {n}") for n in range(6))
    answers = await asyncio.gather(*presses, return_exceptions=True)
    assert sum(isinstance(answer, Case) for answer in answers) == 1
    assert all(isinstance(answer, Case | AlreadyDecided) for answer in answers)
    await world.runner.settle()
    assert (len(world.platform.effects), world.platform.values[BUDGET]) == (2, "450.00")


async def test_a_value_changed_since_goes_back_to_a_person_and_nothing_is_written(company):
    world = await company()
    world.platform.values[BUDGET] = "400.00"
    await world.runner.undo(PROP, MARA, "Sales needs the volume")
    await world.runner.settle()
    drifted, fresh = sorted(
        (view for view in (await world.case()).proposals if view.proposal.undoes), key=lambda one: one.status.value
    )
    assert (drifted.status, fresh.status) == (ProposalStatus.DRIFTED, ProposalStatus.PENDING)
    assert world.platform.values[BUDGET] == "400.00"
    assert "Sales" not in fresh.proposal.why
    await world.runner.approve(fresh.proposal.id, 1, MARA)
    await world.runner.settle()
    assert world.platform.values[BUDGET] == "450.00"
    assert (await world.view()).outcome


async def test_it_can_be_taken_back_until_its_days_are_over_also_once_the_signal_is_closed(company):
    world = await company(closing(opened(), FIRST + timedelta(days=2)))
    await world.pass_days(3)
    assert not (await world.case()).is_open
    await world.runner.undo(PROP, CLEO, "My launch depends on it")
    inbox = await world.runner.inbox(MARA)
    assert [case.signal.id for case in inbox.mine] == [SIG], "a closed card still asks its owner"
    await world.runner.approve((await world.back()).proposal.id, 1, MARA)
    await world.runner.settle()
    assert world.platform.values[BUDGET] == "450.00"


async def test_a_signal_that_closes_does_not_take_the_question_along(company):
    world = await company(closing(opened(), FIRST + timedelta(days=1)))
    await world.runner.undo(PROP, CLEO, "My launch depends on it")
    await world.pass_days(1)
    assert (await world.back()).status is ProposalStatus.PENDING


async def test_after_its_days_it_is_too_late_and_the_card_is_drawn_once_more(company):
    world = await company()
    await world.pass_days(6)
    world.board.shown.clear()
    await world.pass_days(1)
    drawn = len(world.board.shown)
    assert drawn, "the button goes"
    with pytest.raises(NoLongerOpen, match="until 22 March"):
        await world.runner.undo(PROP, MARA, "Too late")
    world.board.shown.clear()
    await world.runner.settle()
    assert world.board.shown == []


async def test_a_question_nobody_answered_may_be_put_again(company):
    world = await company()
    await world.runner.undo(PROP, CLEO, "My launch depends on it")
    first = await world.back()
    await world.pass_days(4)
    await world.runner.undo(PROP, CLEO, "It still does")
    asked = {view.proposal.id: view.status for view in (await world.case()).proposals if view.proposal.undoes}
    assert asked.pop(first.proposal.id) is ProposalStatus.EXPIRED
    assert list(asked.values()) == [ProposalStatus.PENDING]


async def test_an_undo_is_not_undone(company):
    world = await company()
    await world.runner.undo(PROP, MARA, "Sales needs the volume")
    await world.runner.settle()
    with pytest.raises(NoLongerOpen):
        await world.runner.undo((await world.back()).proposal.id, MARA, "On second thoughts")


async def test_a_task_is_put_back_by_a_task_for_the_same_owner(company):
    world = await company(opened(proposal(refresh(), owner="creative_lead")), by=(CLEO,))
    await world.runner.undo(PROP, CLEO, "The old one was better")
    await world.runner.settle()
    back = await world.back()
    assert (back.proposal.action.kind, back.proposal.owner, back.status) == (
        "put_back",
        "creative_lead",
        ProposalStatus.EXECUTED,
    )
    assert [task.get("what") for task in world.platform.tasks.values()][-1] == (
        "Show the creative again that ran in this ad before."
    )


async def test_what_was_so_already_has_nothing_to_take_back(company, address):
    platform, clock = Platform({BUDGET: "360.00"}), HandClock()
    runner = await Runner(services(Database(address), opened(), platform, clock)).open()
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    with pytest.raises(NoLongerOpen, match="not done, or what it did has no way back"):
        await runner.undo(PROP, MARA, "Back")
    await runner.close()


async def _lessons(world: World) -> tuple:
    async with world.services.database.read() as tx:
        return await lessons.every(tx)
