"""A platform that never says what became of a write: a person who may decide it says so, once, and it goes on."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from domain.case import ProposalStatus, ProposalView
from domain.effect import Effect, HandOver
from domain.errors import AlreadyDecided, InvalidChange, NoLongerOpen, NotFound, NotYours, PlatformUnavailable
from domain.proposal import is_erased
from domain.receipt import ReceiptStatus
from graph import execution
from graph.runner import Runner
from graph.services import Services
from memory import actions
from memory.database import Database
from tests.graph.fakes import (
    BUDGET,
    CLEO,
    CORA,
    FIRST,
    MARA,
    STRANGER,
    HandClock,
    Script,
    Wall,
    closing,
    opened,
    proposal,
    refresh,
    services,
)
from tests.graph.standstill import left_by_the_dead, lose_their_locks
from tests.graph.test_fencing import Gate

PROP, SIG = "prop_00000000000a", "sig_000000000001"
WHY = "I looked in the ads manager"


@dataclass
class Silent(Gate):
    """An ad account that takes one write and answers nothing any more, until it is let."""

    faults: list[str] = field(default_factory=lambda: ["lost before"])
    is_silent: bool = False
    asked: int = 0

    async def read(self, effect: Effect, token: str) -> Mapping[str, str]:
        self.asked += 1
        if self.is_silent:
            raise PlatformUnavailable("The ad account could not be asked.")
        return await super().read(effect, token)

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        self.is_silent = True
        return await super().write(effect, token, fence)

    async def bar(self, effect: Effect, token: str, fence: int) -> None:
        if self.is_silent:
            raise PlatformUnavailable("The ad account could not be asked.")
        await super().bar(effect, token, fence)


@dataclass
class World:
    services: Services
    runner: Runner
    platform: Silent
    clock: HandClock
    action: str = ""

    async def view(self, ident: str = PROP) -> ProposalView:
        return next(view for view in (await self.runner.case(SIG)).proposals if view.proposal.id == ident)

    async def look(self, times: int = 1) -> None:
        """Let it be looked at again, as the minute does."""
        for _ in range(times):
            async with self.services.database.engine.begin() as tx:
                await tx.exec_driver_sql("UPDATE action SET not_before = NULL")  # its pause is over
            await execution.execute(self.services, self.action)

    async def lines(self, kind: str) -> list[dict[str, str]]:
        return [line for line in await self.runner.ledger() if line["kind"] == kind]

    async def close(self, by: str = MARA, reason: str = WHY, *, was_done: bool = True) -> ProposalView:
        await self.runner.unknowns.close(PROP, by, reason, was_done=was_done)
        return await self.view()


Make = Callable[..., object]


@pytest.fixture
async def make(address: str) -> AsyncIterator[Make]:
    """A company in which something was approved, tried once, and never answered."""
    runners: list[Runner] = []

    async def company(script: Script | None = None, by: str = MARA, *, is_tried: bool = True, **more: object) -> World:
        platform, clock = Silent(), HandClock()
        stood = services(Database(address), script, platform, clock, board=Wall(), **more)  # type: ignore[arg-type]
        runner = await Runner(stood).open()
        runners.append(runner)
        world = World(stood, runner, platform, clock)
        await runner.sweep(FIRST)
        await runner.approve(PROP, 1, by)
        await runner.work.advance(PROP)
        async with stood.database.read() as tx:
            (world.action,) = await actions.due(tx)
        if is_tried:
            await world.look()
            assert (await world.view()).status is ProposalStatus.UNKNOWN
        return world

    yield company
    for runner in runners:
        assert (await runner.records.verify()).problems == ()
        await runner.close()


@pytest.fixture
async def world(make: Make) -> World:
    return await make()  # type: ignore[misc]


async def test_what_its_owner_says_was_done_is_measured_from_when_it_was_tried_and_read_no_more(world: World):
    world.clock.pass_days(2)
    tried = (await world.view()).receipt
    assert tried
    view = await world.close()
    assert (view.status, view.receipt and view.receipt.status) == (ProposalStatus.EXECUTED, ReceiptStatus.DONE)
    assert view.receipt
    assert view.receipt.said
    assert (view.receipt.said.by, view.receipt.said.reason) == (MARA, WHY)
    assert (view.receipt.said.at, view.receipt.at) == (world.clock.now(), tried.at)
    assert (view.receipt.before, view.receipt.after) == ({BUDGET: "450.00"}, {}), "nothing was read back"
    assert view.measured_after == FIRST + timedelta(days=7)
    asked = world.platform.asked
    await world.runner.settle()
    assert (world.platform.asked, (await world.runner.health()).unknown) == (asked, 0)
    world.clock.pass_days(5)
    await world.runner.settle()
    assert (await world.view()).status is ProposalStatus.MEASURED
    assert world.platform.effects == []


async def test_what_its_owner_says_was_not_done_ends_there_and_is_never_tried_again(world: World):
    view = await world.close(was_done=False)
    assert view.receipt
    assert (view.status, view.receipt.status, view.measured_after) == (
        ProposalStatus.FAILED,
        ReceiptStatus.FAILED,
        None,
    )
    assert view.receipt.said
    world.platform.is_silent = False
    for _ in range(3):
        world.clock.pass_days(5)
        await world.runner.settle()
        await execution.execute(world.services, world.action)
    assert (world.platform.effects, world.platform.values[BUDGET]) == ([], "450.00")
    assert len((await world.runner.case(SIG)).proposals) == 1, "and nobody is asked again"
    assert (await world.view()).status is ProposalStatus.FAILED


async def test_whoever_may_not_decide_it_may_not_say_what_came_of_it_either(world: World):
    refusals = {
        CLEO: "Only Mara Lind (media lead) can decide this; you are the creative lead.",
        STRANGER: "You are not among the people in the operating model, so you cannot decide this.",
    }
    for who, said in refusals.items():
        for press in (world.runner.unknowns.closable(PROP, who), world.close(who)):
            with pytest.raises(NotYours) as refused:
                await press
            assert str(refused.value) == said
    payloads = [line["payload"] for line in await world.lines("refusal")]
    assert payloads == ['{"press":"close","why":"NotYours"}'] * 4
    with pytest.raises(NotFound):
        await world.runner.unknowns.close("prop_00000000dead", MARA, WHY, was_done=True)
    with pytest.raises(InvalidChange, match="reason of 3 to"):
        await world.close(reason=" x ")
    assert (await world.view()).status is ProposalStatus.UNKNOWN


async def test_the_architect_may_say_it_too_and_a_closed_case_is_no_obstacle(make: Make):
    gone = FIRST + timedelta(days=1)
    world: World = await make(closing(opened(), gone))  # type: ignore[misc]
    world.clock.pass_days(1)
    await world.runner.sweep(gone)
    case, view = await world.runner.unknowns.closable(PROP, CORA)
    assert (case.is_open, view.status) == (False, ProposalStatus.UNKNOWN)
    assert (await world.close(CORA)).status is ProposalStatus.EXECUTED


async def test_it_is_said_once_and_whoever_comes_later_hears_who_was_first(world: World):
    answers = await asyncio.gather(
        *(world.close(who, was_done=who == MARA) for who in (MARA, CORA) * 3), return_exceptions=True
    )
    kept = [answer for answer in answers if not isinstance(answer, BaseException)]
    refused = [str(answer) for answer in answers if isinstance(answer, AlreadyDecided)]
    assert (len(kept), len(refused)) == (1, 5)
    assert kept[0].receipt
    assert kept[0].receipt.said
    name, was = ("Mara Lind", "was done") if kept[0].receipt.said.by == MARA else ("Cora Main", "was not done")
    assert set(refused) == {f"{name} said that it {was} on 15 March at 09:12; the card shows why."}
    assert len(await world.lines("receipt.done")) + len(await world.lines("receipt.failed")) == 1


async def test_what_was_read_meanwhile_needs_nobodys_word(world: World):
    world.platform.is_silent, world.platform.values[BUDGET] = False, "360.00"
    await world.look()
    for press in (world.runner.unknowns.closable(PROP, MARA), world.close(was_done=False)):
        with pytest.raises(NoLongerOpen, match="was read meanwhile"):
            await press
    view = await world.view()
    assert view.receipt
    assert (view.status, view.receipt.said) == (ProposalStatus.EXECUTED, None)


async def test_what_is_tried_this_very_moment_cannot_be_closed_under_it(world: World):
    await asyncio.sleep(0.1)
    held = await left_by_the_dead(world.services.database, world.action)
    await actions.intend(world.services.database, held, {BUDGET: "450.00"}, "platform")
    with pytest.raises(NoLongerOpen, match="tried at this very moment"):
        await world.close(was_done=False)
    assert await world.lines("receipt.failed") == []


async def test_a_worker_that_stood_still_writes_nothing_of_what_was_closed(make: Make):
    """It was about to try again, stood still, somebody closed it, it wakes up: the platform takes nothing of it."""
    world: World = await make()  # type: ignore[misc]
    world.platform.is_silent = False
    gate = world.platform.held = asyncio.Event()
    paused = asyncio.create_task(world.look())
    await world.platform.arrived.wait()
    await lose_their_locks(world.services.database)
    await world.close(was_done=False)
    world.platform.is_silent = True
    with pytest.raises(PlatformUnavailable):  # the job comes again
        await execution.execute(world.services, world.action)
    world.platform.is_silent = False
    await execution.execute(world.services, world.action)
    assert len(world.platform.barred) == 1
    gate.set()
    await paused
    assert (world.platform.effects, world.platform.values[BUDGET]) == ([], "450.00")
    assert (await world.view()).status is ProposalStatus.FAILED


async def test_of_two_ad_accounts_the_one_that_tried_what_was_closed_takes_nothing_more_of_it(world: World):
    other = Silent()
    other.name = "another platform"  # type: ignore[misc]
    await world.close(was_done=False)
    world.platform.is_silent = False
    await execution.execute(replace(world.services, executors=(other, world.platform)), world.action)
    assert (len(world.platform.barred), other.barred) == (1, [])


async def test_after_a_crash_amid_its_try_a_platform_that_stays_away_makes_it_unknown_and_not_under_way_for_ever(
    make: Make,
):
    world: World = await make(is_tried=False)  # type: ignore[misc]
    dead = await left_by_the_dead(world.services.database, world.action)
    await actions.intend(world.services.database, dead, {BUDGET: "450.00"}, "platform")
    world.platform.is_silent = True
    await world.look(execution.MOST_ATTEMPTS - 2)
    assert (await world.view()).status is ProposalStatus.APPROVED
    with pytest.raises(NoLongerOpen, match="being carried out"):
        await world.close()
    await world.look()
    assert (await world.view()).status is ProposalStatus.UNKNOWN
    assert (await world.close()).status is ProposalStatus.EXECUTED


async def test_looks_that_were_not_answered_do_not_make_anybody_believe_that_nothing_was_done(world: World):
    """It stays away for long, and then shows the old value once, as platforms do for a while."""
    await world.look(30)
    world.platform.is_silent = False
    await world.look()
    assert ((await world.view()).status, world.platform.barred) == (ProposalStatus.UNKNOWN, [])
    await world.look(6)
    assert (await world.view()).status is ProposalStatus.FAILED


async def test_a_task_that_was_handed_over_after_all_is_called_so(make: Make):
    world: World = await make(opened(proposal(refresh(), owner="creative_lead")), CLEO)  # type: ignore[misc]
    assert isinstance((await world.view()).done.effect(), HandOver)
    view = await world.close(CLEO)
    assert view.receipt
    assert (view.status, view.receipt.status) == (ProposalStatus.EXECUTED, ReceiptStatus.HANDED_OVER)


async def test_taking_back_can_be_closed_by_hand_and_then_ends_what_it_took_back(make: Make):
    world: World = await make()  # type: ignore[misc]
    world.platform.is_silent, world.platform.values[BUDGET] = False, "360.00"
    await world.look()
    await world.runner.undo(PROP, MARA, "Sales needs the volume")
    (back,) = [one for one in (await world.runner.case(SIG)).proposals if one.proposal.undoes == PROP]
    world.platform.faults = ["lost before"]
    await world.runner.work.advance(back.proposal.id)
    async with world.services.database.read() as tx:
        (world.action,) = await actions.due(tx)
    await world.look()
    assert (await world.view(back.proposal.id)).status is ProposalStatus.UNKNOWN
    await world.runner.unknowns.close(back.proposal.id, MARA, WHY, was_done=True)
    undone = await world.view(back.proposal.id)
    assert (undone.status, undone.measured_after) == (ProposalStatus.EXECUTED, None)
    outcome = (await world.view()).outcome
    assert outcome
    assert outcome.method.startswith("not measurable: it was undone")


async def test_the_ledger_names_who_said_it_by_pseudonym_and_forgets_them_with_their_words(world: World):
    view = await world.close(CORA)
    (line,) = await world.lines("receipt.done")
    assert line["actor"].startswith("person_")
    assert json.loads(line["payload"])["action"] == world.action
    wall = world.runner.work.board
    assert isinstance(wall, Wall)
    await world.runner.settle()
    wall.shown.clear()
    assert await world.runner.records.still_named((WHY, CORA)) == ()
    assert await world.runner.records.erase(CORA)
    view = await world.view()
    assert view.receipt
    assert view.receipt.said
    assert is_erased(view.receipt.said.by)
    assert view.receipt.said.reason == "(erased)"
    await world.runner.settle()
    assert wall.shown == [SIG]
    with pytest.raises(AlreadyDecided, match=r"^Somebody who was erased said that it was done"):
        await world.close(MARA)


async def test_a_crash_right_before_the_commit_closes_nothing_and_the_press_can_come_again(world: World):
    def dies(step: str) -> None:
        if step == "receipt_uncommitted":
            raise ConnectionError("the lights went out")

    world.services.database.failpoint = dies
    with pytest.raises(ConnectionError):
        await world.close()
    world.services.database.failpoint = lambda _: None
    assert (await world.view()).status is ProposalStatus.UNKNOWN
    assert await world.lines("receipt.done") == []
    assert (await world.close()).status is ProposalStatus.EXECUTED
