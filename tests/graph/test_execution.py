"""At most one effect: two workers, one that stands still, and a platform that answers late."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from connectors.executors.by_hand import ByHand
from domain.case import ProposalStatus
from domain.effect import Effect
from graph.execution import execute
from graph.runner import Runner
from graph.services import Services
from memory import actions
from memory.actions import Lease
from memory.database import Database
from tests.graph.fakes import BUDGET, FIRST, MARA, Platform, services
from tests.graph.standstill import left_by_the_dead

PROP, SIG = "prop_00000000000a", "sig_000000000001"


class SlowPlatform(Platform):
    """Takes its time between reading and writing, and forgets tokens: a repeat would be a second effect."""

    pause = 0.05

    async def read(self, effect: Effect, token: str) -> Mapping[str, str]:
        found = await super().read(effect, token)
        await asyncio.sleep(self.pause)
        return found

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        self.answered.clear()
        return await super().write(effect, token, fence)


@pytest.fixture
async def approved(address: str) -> AsyncIterator[tuple[Services, Runner, str]]:
    """An approved action, ready to be executed."""
    world = services(Database(address), platform=SlowPlatform())
    runner = Runner(world)
    await runner.open()
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.work.advance(PROP)
    async with world.database.read() as tx:
        (action,) = await actions.due(tx)
    yield world, runner, action
    await runner.close()


async def test_many_workers_on_one_action_bring_about_one_effect(approved: tuple[Services, Runner, str]):
    world, runner, action = approved
    platform = world.executors[0]
    assert isinstance(platform, SlowPlatform)
    worked = await asyncio.gather(*(execute(world, action) for _ in range(10)))
    assert (sum(worked), len(platform.effects)) == (1, 1)
    assert not await execute(world, action)
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.EXECUTED


async def test_a_worker_that_stood_still_past_its_lease_writes_nothing(approved: tuple[Services, Runner, str]):
    world, _, action = approved
    platform = world.executors[0]
    assert isinstance(platform, SlowPlatform)
    world = replace(world, lease_seconds=0.3)

    async def take(tx: AsyncConnection) -> Lease | None:
        return await actions.lease(tx, action, "stopped", 0.3)

    async with world.database.leased(f"action/{action}", 0.3, take) as stopped:  # its signs of life are 5 s apart
        assert stopped
        assert not await execute(world, action), "it is at work"
        await asyncio.sleep(0.4)
        assert await execute(world, action)
        assert not await actions.holds(world.database, stopped)
        with pytest.raises(actions.LeaseLost):
            await actions.intend(world.database, stopped, {BUDGET: "450.00"}, "platform")
        with pytest.raises(actions.LeaseLost):
            await actions.written(world.database, stopped, "late")
        assert len(platform.effects) == 1


async def test_what_a_dead_worker_left_is_read_before_anything_is_written(approved: tuple[Services, Runner, str]):
    """It died after the write and before anything of it was kept."""
    world, runner, action = approved
    platform = world.executors[0]
    assert isinstance(platform, SlowPlatform)
    dead = await left_by_the_dead(world.database, action)
    await actions.intend(world.database, dead, {BUDGET: "450.00"}, "platform")
    await platform.write(dead.action.effect(), dead.token, dead.fence)
    assert await execute(world, action), "its lock died with it, so its lease does not hold anybody up"
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, len(platform.effects)) == (ProposalStatus.EXECUTED, 1)
    assert view.receipt
    assert view.receipt.before == {BUDGET: "450.00"}


async def test_a_value_nobody_can_explain_after_a_crash_is_shown_and_left_alone(
    approved: tuple[Services, Runner, str],
):
    world, runner, action = approved
    platform = world.executors[0]
    assert isinstance(platform, SlowPlatform)
    dead = await left_by_the_dead(world.database, action)
    await actions.intend(world.database, dead, {BUDGET: "450.00"}, "platform")
    platform.values[BUDGET] = "777.00"
    await execute(world, action)
    for _ in range(3):
        await asyncio.sleep(0.1)
        await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, platform.values[BUDGET]) == (ProposalStatus.UNKNOWN, "777.00")
    platform.values[BUDGET] = "360.00"  # somebody finds out, and sets what was approved
    await asyncio.sleep(0.1)
    await runner.settle()
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.EXECUTED
    assert platform.effects == []


async def _store(world: Services, action: str, body: str) -> None:
    async with world.database.engine.begin() as tx:
        await tx.exec_driver_sql(f"UPDATE action SET body = body || '{body}'::jsonb WHERE id = '{action}'")


async def test_what_was_changed_in_the_store_after_it_was_decided_is_kept_back(approved: tuple[Services, Runner, str]):
    world, runner, action = approved
    await _store(world, action, '{"daily_budget": "9000.00"}')
    await execute(world, action)
    platform = world.executors[0]
    assert isinstance(platform, SlowPlatform)
    assert (platform.effects, platform.values[BUDGET]) == ([], "450.00")
    first, again = (await runner.case(SIG)).proposals
    assert first.receipt
    assert (first.status, first.receipt.answer) == (
        ProposalStatus.FAILED, "What is stored to be carried out is not what was decided. Nothing was written.",
    )  # fmt: skip
    assert again.proposal.action == first.proposal.action, "what was decided is asked again, not what was stored"


async def test_what_was_changed_in_the_store_after_a_try_is_not_written_and_stays_unknown(
    approved: tuple[Services, Runner, str],
):
    world, runner, action = approved
    platform = world.executors[0]
    assert isinstance(platform, SlowPlatform)
    dead = await left_by_the_dead(world.database, action)
    await actions.intend(world.database, dead, {BUDGET: "450.00"}, "platform")
    await _store(world, action, '{"daily_budget": "9000.00"}')
    await execute(world, action)
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, platform.effects, platform.values[BUDGET]) == (ProposalStatus.UNKNOWN, [], "450.00")


@pytest.mark.parametrize("before", [{BUDGET: "450.00"}, {}])
async def test_what_an_earlier_baton_began_is_not_carried_out_by_other_hands_after_a_restart(
    approved: tuple[Services, Runner, str], before: dict[str, str]
):
    """Begun at the ad account and then by hand, or the other way round: either way it may have happened.

    By whom was not kept then; that one of the two shows no values tells.
    """
    world, runner, action = approved
    platform = world.executors[0]
    assert isinstance(platform, SlowPlatform)
    dead = await left_by_the_dead(world.database, action)
    await actions.intend(world.database, dead, before, "platform")
    async with world.database.engine.begin() as tx:
        await tx.execute(text("UPDATE action SET executor = NULL"))
    now = replace(world, executors=(ByHand(),)) if before else world
    await execute(now, action)
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, platform.effects) == (ProposalStatus.UNKNOWN, [])
    assert view.receipt
    assert "other hands" in view.receipt.answer
