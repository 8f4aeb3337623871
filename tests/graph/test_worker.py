"""Jobs in the background: heard of at once, by any worker on the database."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date

import psycopg
import pytest

from domain.case import ProposalStatus
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import BUDGET, FIRST, MARA, HandClock, Platform, Wall, services

PROP, SIG = "prop_00000000000a", "sig_000000000001"


@asynccontextmanager
async def working(runner: Runner) -> AsyncIterator[None]:
    """A worker at work until the block ends."""
    task = asyncio.create_task(runner.work.serve())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(true: object, seconds: float = 8) -> float:
    """Wait for something to become true; answers how long it took."""
    began = time.monotonic()
    while not await true():
        if time.monotonic() - began > seconds:
            pytest.fail("it did not happen in time")
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def test_a_worker_carries_an_approval_out_at_once_and_redraws_the_card(address: str):
    platform, wall, clock = Platform(), Wall(), HandClock()
    runner = Runner(services(Database(address), platform=platform, board=wall, clock=clock))
    await runner.open()

    async def executed() -> bool:
        return (await runner.case(SIG)).proposals[0].status is ProposalStatus.EXECUTED

    async def drawn() -> bool:
        return SIG in wall.shown

    async with working(runner):
        await runner.sweep(FIRST)
        await until(drawn)
        wall.shown.clear()
        await runner.approve(PROP, 1, MARA)
        took = await until(executed)
        await until(drawn)
        assert took < 2
    assert platform.values[BUDGET] == "360.00"
    await runner.close()


async def test_two_workers_do_everything_once(address: str):
    platform, wall = Platform(), Wall()
    runners = [
        Runner(services(Database(address), platform=platform, board=wall, worker=name)) for name in ("one", "two")
    ]
    for runner in runners:
        await runner.open()

    async def executed() -> bool:
        return (await runners[0].case(SIG)).proposals[0].status is ProposalStatus.EXECUTED

    async with working(runners[0]), working(runners[1]):
        await asyncio.gather(*(runner.sweep(FIRST) for runner in runners))
        await runners[0].approve(PROP, 1, MARA)
        await asyncio.gather(*(runner.settle() for runner in runners))
        await until(executed)
    assert len(platform.effects) == 1
    assert (await runners[0].verify()).problems == ()
    for runner in runners:
        await runner.close()


async def test_the_minute_sweeps_missed_days_in_order_and_posts_the_digest_once(address: str):
    wall, clock = Wall(), HandClock()
    runner = Runner(services(Database(address), board=wall, clock=clock))
    await runner.open()
    clock.pass_days(2)  # Monday 16 March; its digest is due on Tuesday morning
    await runner.work.tick()
    assert (await runner.health()).last_sweep == clock.last_day()
    clock.pass_days(3)
    await runner.work.tick()
    await runner.work.tick()
    assert (await runner.health()).last_sweep == clock.last_day()
    assert (await runner.health()).today == date(2026, 3, 20), "the day it is, not the day the sweep is about"
    assert wall.digests == [date(2026, 3, 16), date(2026, 3, 19)]
    await runner.close()


async def test_work_goes_on_after_every_connection_to_the_database_was_cut(address: str):
    platform, clock = Platform(), HandClock()
    runner = Runner(services(Database(address), platform=platform, board=Wall(), clock=clock))
    await runner.open()

    async def executed() -> bool:
        return (await runner.case(SIG)).proposals[0].status is ProposalStatus.EXECUTED

    async def listening() -> bool:
        async with await psycopg.AsyncConnection.connect(address) as one:
            heard = await one.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
            )
            return await heard.fetchone() is not None

    async with working(runner):
        await runner.sweep(FIRST)
        await until(listening)
        async with await psycopg.AsyncConnection.connect(address, autocommit=True) as one:
            await one.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await runner.approve(PROP, 1, MARA)
        await until(executed, 15)
    assert len(platform.effects) == 1
    await runner.close()


async def test_a_job_that_failed_unexpectedly_is_done_again_within_seconds(address: str):
    class Stumbling(Wall):
        stumbles = 2

        async def show(self, signal_id: str) -> None:
            if self.stumbles:
                self.stumbles -= 1
                raise RuntimeError("nobody thought of this")
            await super().show(signal_id)

    wall = Stumbling()
    runner = Runner(services(Database(address), board=wall))
    await runner.open()

    async def drawn() -> bool:
        return SIG in wall.shown

    async with working(runner):
        await asyncio.sleep(0.3)  # the repairs of the start are over: what comes now comes as a job
        await runner.sweep(FIRST)
        await until(drawn, 10)
    await runner.close()
