"""The executor is another after a restart: what one began, no other goes on with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import text

from connectors.executors.by_hand import ByHand
from domain.case import ProposalStatus, ProposalView
from domain.effect import Effect
from domain.ports import Executor
from domain.receipt import ReceiptStatus
from graph.execution import execute
from graph.runner import Runner
from graph.services import Services
from memory import actions
from memory.database import Database
from tests.graph.fakes import BUDGET, CLEO, FIRST, MARA, Platform, opened, proposal, refresh, services
from tests.graph.standstill import left_by_the_dead

PROP, SIG = "prop_00000000000a", "sig_000000000001"
BUDGET_CUT, NEW_CREATIVE = "a budget cut", "a task for the creative lead"
ASKED = {BUDGET_CUT: (proposal(), MARA), NEW_CREATIVE: (proposal(refresh(), owner="creative_lead"), CLEO)}


class Hands(ByHand):
    """People, with what they were told to do."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        self.told.append(token)
        return await super().write(effect, token, fence)


@dataclass
class Company:
    """One approved action, and whoever may carry it out."""

    runner: Runner
    services: Services
    action: str
    platform: Platform
    hands: Hands = field(default_factory=Hands)

    async def begin(self, executor: Executor, state: str, *, is_done: bool) -> None:
        """A worker that died after its intent, in a state it left; the platform may have done it or not."""
        dead = await left_by_the_dead(self.services.database, self.action)
        effect = dead.action.effect()
        await actions.intend(self.services.database, dead, await executor.read(effect, dead.token), executor.name)
        if is_done:
            await executor.write(effect, dead.token, dead.fence)
        async with self.services.database.engine.begin() as tx:
            await tx.execute(text("UPDATE action SET state = :state"), {"state": state})

    async def restart(self, *executors: Executor) -> ProposalView:
        """The same database, with other executors connected."""
        async with self.services.database.engine.begin() as tx:
            await tx.execute(text("UPDATE action SET not_before = NULL"))
        for _ in range(500):  # a lock goes with its connection, which may take the server a moment
            if await execute(replace(self.services, executors=executors), self.action):
                break
            await asyncio.sleep(0.02)
        (view,) = (await self.runner.case(SIG)).proposals
        return view


@pytest.fixture
async def company(address: str) -> AsyncIterator[Callable[[str], object]]:
    running: list[Runner] = []

    async def make(what: str) -> Company:
        asked, by = ASKED[what]
        platform = Platform()
        stood = services(Database(address), opened(asked), platform)
        runner = await Runner(stood).open()
        running.append(runner)
        await runner.sweep(FIRST)
        await runner.approve(PROP, 1, by)
        await runner.work.advance(PROP)
        async with stood.database.read() as tx:
            (action,) = await actions.due(tx)
        return Company(runner, stood, action, platform)

    yield make
    for one in running:
        await one.close()


@pytest.mark.parametrize(
    ("what", "state"),
    [(BUDGET_CUT, "intent"), (NEW_CREATIVE, "intent"), (BUDGET_CUT, "unconfirmed"), (NEW_CREATIVE, "written")],
)
async def test_what_an_ad_account_began_is_not_handed_to_people_but_shown_until_it_is_connected_again(
    company, what: str, state: str
):
    world: Company = await company(what)
    await world.begin(world.platform, state, is_done=True)
    view = await world.restart(world.hands)
    assert (view.status, world.hands.told, len(world.platform.effects)) == (ProposalStatus.UNKNOWN, [], 1)
    assert view.receipt
    assert "is not connected any more" in view.receipt.answer
    view = await world.restart(world.platform, world.hands)
    assert (view.status, world.hands.told, len(world.platform.effects)) == (ProposalStatus.EXECUTED, [], 1)
    assert (await world.runner.verify()).problems == ()


@pytest.mark.parametrize("what", ASKED)
async def test_what_an_ad_account_began_and_did_not_do_is_done_by_it_alone_once_it_is_connected_again(
    company, what: str
):
    world: Company = await company(what)
    await world.begin(world.platform, "intent", is_done=False)
    for _ in range(3):
        view = await world.restart(world.hands)
        assert (view.status, world.hands.told, world.platform.effects) == (ProposalStatus.UNKNOWN, [], [])
    view = await world.restart(world.platform, world.hands)
    assert (view.status, world.hands.told, len(world.platform.effects)) == (ProposalStatus.EXECUTED, [], 1)


@pytest.mark.parametrize(
    ("what", "state"), [(BUDGET_CUT, "intent"), (NEW_CREATIVE, "written"), (NEW_CREATIVE, "unknown")]
)
async def test_what_was_being_handed_to_people_is_not_done_at_the_ad_account_connected_meanwhile(
    company, what: str, state: str
):
    world: Company = await company(what)
    await world.begin(world.hands, state, is_done=True)
    view = await world.restart(world.platform, world.hands)
    assert (view.status, world.platform.effects, world.platform.values[BUDGET]) == (
        ProposalStatus.EXECUTED, [], "450.00",
    )  # fmt: skip
    assert view.receipt
    assert view.receipt.status is ReceiptStatus.HANDED_OVER
    assert len(set(world.hands.told)) == 1


async def test_what_nobody_has_begun_is_done_by_whoever_is_connected_now(company):
    world: Company = await company(NEW_CREATIVE)
    view = await world.restart(world.hands)
    assert (view.status, len(world.hands.told), world.platform.effects) == (ProposalStatus.EXECUTED, 1, [])


async def test_what_certainly_did_not_happen_may_be_done_by_somebody_else(company):
    world: Company = await company(BUDGET_CUT)
    world.platform.faults = ["down"]
    view = await world.restart(world.platform)
    assert view.status is ProposalStatus.APPROVED
    view = await world.restart(world.hands)
    assert (view.status, len(world.hands.told), world.platform.effects) == (ProposalStatus.EXECUTED, 1, [])


async def test_of_two_ad_accounts_the_one_that_began_it_ends_it(company):
    world: Company = await company(NEW_CREATIVE)
    other = Platform()
    other.name = "another platform"  # type: ignore[misc]
    await world.begin(world.platform, "intent", is_done=True)
    view = await world.restart(other, world.platform)
    assert (view.status, other.effects, len(world.platform.effects)) == (ProposalStatus.EXECUTED, [], 1)


async def test_what_an_ad_account_said_yes_to_is_not_written_again_after_it_was_away(company):
    world: Company = await company(BUDGET_CUT)
    await world.begin(world.platform, "unconfirmed", is_done=False)
    for connected in ((world.hands,), (world.platform, world.hands)):
        view = await world.restart(*connected)
        assert (view.status, world.hands.told, world.platform.effects) == (ProposalStatus.UNKNOWN, [], [])
