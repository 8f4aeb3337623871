"""What cannot be repeated is tried once; a worker that stood still comes too late, whatever happened meanwhile."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace

import pytest

from domain.case import ProposalStatus, ProposalView
from domain.effect import Effect, Repeat
from domain.errors import Fenced
from graph import counsel, execution
from graph.runner import Runner
from graph.services import Services
from memory import actions
from memory.database import Database
from tests.graph.fakes import BUDGET, CLEO, FIRST, MARA, Platform, Script, opened, proposal, refresh, services
from tests.graph.standstill import left_by_the_dead, lose_their_locks

PROP, SIG = "prop_00000000000a", "sig_000000000001"


@dataclass
class Gate(Platform):
    """A platform without any memory of tokens, where a write can be held on its way. It may know fences."""

    knows_fences: bool = True
    once: bool = False
    held: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    highest: int = 0
    barred: list[int] = field(default_factory=list[int])

    def repeats(self, effect: Effect) -> Repeat:
        return Repeat.ONCE if self.once else super().repeats(effect)

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        gate, self.held = self.held, None
        if gate is not None:  # this one stands still between its last look and the platform
            self.arrived.set()
            await gate.wait()
        if self.knows_fences and fence < self.highest:
            raise Fenced("A later holder was here already.")
        self.highest = max(self.highest, fence)
        self.answered.clear()
        return await super().write(effect, token, fence)

    async def bar(self, effect: Effect, token: str, fence: int) -> None:
        del effect, token
        self.barred.append(fence)
        if self.knows_fences:
            self.highest = max(self.highest, fence)


@dataclass
class World:
    services: Services
    runner: Runner
    platform: Gate
    action: str

    async def view(self) -> ProposalView:
        return (await self.runner.case(SIG)).proposals[0]

    async def again(self, times: int = 1) -> None:
        for _ in range(times):
            await asyncio.sleep(0.1)
            await execution.execute(self.services, self.action)

    async def run_out(self) -> None:
        """The lease of whoever works on it is over: it stood still for longer than that."""
        await lose_their_locks(self.services.database)


async def approved(address: str, platform: Gate, script: Script | None = None, by: str = MARA, **more: object) -> World:
    stood = services(Database(address), script, platform, **more)  # type: ignore[arg-type]
    runner = await Runner(stood).open()
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, by)
    await runner.work.advance(PROP)
    async with stood.database.read() as tx:
        (action,) = await actions.due(tx)
    return World(stood, runner, platform, action)


@pytest.fixture
async def world(address: str) -> AsyncIterator[World]:
    made = await approved(address, Gate())
    yield made
    await made.runner.close()


@pytest.fixture
async def mailing(address: str) -> AsyncIterator[World]:
    script = opened(proposal(refresh(), owner="creative_lead"))
    made = await approved(address, Gate(once=True), script, CLEO)
    yield made
    await made.runner.close()


async def test_what_cannot_be_repeated_is_tried_once_and_stays_unknown(mailing: World):
    mailing.platform.faults = ["lost before"]
    await mailing.again(4)
    view = await mailing.view()
    assert (view.status, mailing.platform.effects) == (ProposalStatus.UNKNOWN, [])
    assert view.receipt
    assert view.receipt.answer == "No answer came."


async def test_after_a_crash_before_its_answer_it_is_not_sent_again_either(mailing: World):
    dead = await left_by_the_dead(mailing.services.database, mailing.action)
    await actions.intend(mailing.services.database, dead, {}, "platform")
    await mailing.again(3)
    view = await mailing.view()
    assert view.status is ProposalStatus.UNKNOWN
    assert view.receipt
    assert view.receipt.answer.startswith("This cannot be repeated without doing it twice")
    assert mailing.platform.effects == []
    assert (await mailing.runner.health()).unknown == 1


async def test_what_certainly_did_not_happen_may_be_tried_again_even_then(mailing: World):
    mailing.platform.faults = ["down"]
    await mailing.again(3)
    assert (await mailing.view()).status is ProposalStatus.EXECUTED
    assert len(mailing.platform.effects) == 1


async def test_it_was_sent_after_all_once_reading_shows_it(mailing: World):
    mailing.platform.faults = ["lost"]
    await mailing.again()
    assert ((await mailing.view()).status, len(mailing.platform.effects)) == (ProposalStatus.EXECUTED, 1)


async def test_a_paused_worker_does_no_harm_where_somebody_set_the_value_back(world: World):
    """The worst of all orders: it looked, stood still, another finished, a person went back, and it wakes up."""
    gate = world.platform.held = asyncio.Event()
    paused = asyncio.create_task(execution.execute(world.services, world.action))
    await world.platform.arrived.wait()
    await world.run_out()
    assert await execution.execute(replace(world.services, worker="second"), world.action)
    assert (await world.view()).status is ProposalStatus.EXECUTED
    world.platform.values[BUDGET] = "450.00"  # somebody changed their mind
    gate.set()
    await paused
    assert (world.platform.values[BUDGET], len(world.platform.effects)) == ("450.00", 1)
    assert (await world.view()).status is ProposalStatus.EXECUTED


async def test_giving_up_keeps_the_paused_worker_out_first(world: World, monkeypatch: pytest.MonkeyPatch):
    """It may not be done any more, so it is said to have failed: then nothing may come of it later."""
    gate = world.platform.held = asyncio.Event()
    paused = asyncio.create_task(execution.execute(world.services, world.action))
    await world.platform.arrived.wait()
    await world.run_out()
    monkeypatch.setattr(counsel, "still_valid", lambda *_: "The policy no longer allows it.")
    assert await execution.execute(replace(world.services, worker="second"), world.action)
    assert ((await world.view()).status, world.platform.barred) == (ProposalStatus.FAILED, [2])
    gate.set()
    await paused
    assert (world.platform.values[BUDGET], world.platform.effects) == ("450.00", [])
    assert (await world.view()).status is ProposalStatus.FAILED


async def test_a_worker_that_stood_still_since_it_looked_writes_nothing(world: World):
    """Without any fence on the platform: its own clock tells it that its lease is over."""
    world.platform.knows_fences = False

    def stands_still(step: str) -> None:
        if step == "lease_checked":
            time.sleep(0.4)

    slow = replace(world.services, lease_seconds=0.3, failpoint=stands_still)
    world.services.database.failpoint = lambda _: None
    assert await execution.execute(slow, world.action)
    assert world.platform.effects == []


async def test_an_answer_that_is_never_shown_is_never_written_again(world: World):
    """It said yes; then it reads the old value, whether it lags or somebody went back at once."""

    async def old(effect: Effect, token: str) -> Mapping[str, str]:
        del effect, token
        return {BUDGET: "450.00"}

    world.platform.read = old  # type: ignore[method-assign]
    await world.again(4)
    view = await world.view()
    assert (view.status, len(world.platform.effects)) == (ProposalStatus.UNKNOWN, 1)
    assert view.receipt
    assert view.receipt.answer == f"set; but it reads {BUDGET} = 450.00"
    del world.platform.read  # type: ignore[method-assign]
    await world.again()
    assert ((await world.view()).status, len(world.platform.effects)) == (ProposalStatus.EXECUTED, 1)


async def test_a_refusal_after_a_lost_answer_is_not_called_drift(world: World):
    """Without tokens, a repeat meets the value it set itself: that is no stranger's doing."""
    lags = iter([True, True])
    real = world.platform.read

    async def lagging(effect: Effect, token: str) -> Mapping[str, str]:
        found = await real(effect, token)
        return {BUDGET: "450.00"} if world.platform.effects and next(lags, False) else found

    world.platform.faults, world.platform.read = ["lost"], lagging  # type: ignore[method-assign]
    await world.again(3)
    view = await world.view()
    assert (view.status, len(world.platform.effects)) == (ProposalStatus.EXECUTED, 1)
    assert view.receipt
    assert view.receipt.before == {BUDGET: "450.00"}


async def test_a_failure_of_the_second_try_does_not_forget_the_first(world: World):
    """Lost, then refused with "try later", then a stranger's value: nobody may say that nothing was written."""
    world.platform.faults = ["lost before", "down"]
    await world.again(2)
    world.platform.values[BUDGET] = "777.00"
    await world.again()
    view = await world.view()
    assert view.status is ProposalStatus.UNKNOWN
    assert len((await world.runner.case(SIG)).proposals) == 1, "and nothing is asked on values nobody understands"
