"""Looks at a running day lose nothing and do nothing twice, whoever looks, dies, comes late or turns the clock back."""

import asyncio
import multiprocessing
import os
import signal as process_signal
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import polars as pl
import pytest
from sqlalchemy import func, select

from domain.errors import NotYet, SourceUnavailable
from domain.reading import Gap, Reading
from domain.signal import EventKind, SignalEvent
from graph.desk import Desk
from graph.readings import HOURLY
from graph.runner import Runner
from memory.database import Database
from memory.schema import LEDGER, LOOK, SIGNAL_EVENT
from tests.graph.fakes import FIRST, HandClock, OneTable, Script, Wall, desk, finding, proposal, services, signal

TODAY = FIRST + timedelta(days=1)
SIG = "sig_000000000001"


@dataclass
class Hours(OneTable):
    """The small source, with the hours of the day under way; its file can be torn between two readings."""

    newest: int | None = 15
    intact: int = 1_000
    """How often the hours can still be read."""

    async def read(self, table: str, as_of: date, days: int) -> Reading | Gap:
        if table != HOURLY or self.newest is None:
            return await super().read(table, as_of, days)
        self.intact -= 1
        if self.intact < 0:
            raise SourceUnavailable(HOURLY, "the file is cut off")
        return Reading(table, as_of, pl.DataFrame({"date_day": [as_of], "hour": [self.newest]}))


@dataclass
class Says:
    """What hours make of one campaign: opened, and at each later look of another version, updated."""

    said: list[int] = field(default_factory=lambda: [1])

    def desk(self) -> Desk:
        by_the_hour = finding().model_copy(update={"table": HOURLY})
        events: list[SignalEvent] = []
        for version in self.said:
            kind = EventKind.OPENED if version == 1 else EventKind.UPDATED
            one = signal(SIG, TODAY, version=version).model_copy(update={"findings": (by_the_hour,)})
            events.append(SignalEvent(as_of=TODAY, event=kind, signal=one))
        made = desk(Script({TODAY: tuple(events)}, {SIG: (proposal(),)}))
        return replace(made, needs={"ad_report": 90, HOURLY: 42})


def staffed(address: str, source: Hours | None = None, clock: HandClock | None = None) -> tuple[Runner, Says]:
    says = Says()
    world = services(Database(address), clock=clock or HandClock(), board=Wall())
    runner = Runner(replace(world, source=source or Hours(), desk=says.desk()))
    return runner, says


async def looks(runner: Runner) -> list[int]:
    async with runner.work._database.read() as tx:
        return list(await tx.scalars(select(LOOK.c.hour).order_by(LOOK.c.hour)))


async def counted(runner: Runner) -> dict[str, int]:
    """Lines of the ledger by kind."""
    async with runner.work._database.read() as tx:
        found = await tx.execute(select(LEDGER.c.kind, func.count()).group_by(LEDGER.c.kind))
        return {kind: many for kind, many in found if kind.startswith(("signal.", "proposal."))}


ONCE = {"signal.opened": 1, "proposal.asked": 1}


async def test_two_workers_that_tick_at_once_look_once(address: str):
    workers = [staffed(address)[0] for _ in range(2)]
    for worker in workers:
        await worker.open()
    await asyncio.gather(*(worker.work.tick() for worker in workers))
    assert await looks(workers[0]) == [15]
    assert await counted(workers[0]) == ONCE
    for worker in workers:
        await worker.close()


def _live(address: str, dies_at: str) -> None:
    """One life of a worker that is killed while it looks."""

    async def life() -> None:
        runner, _ = staffed(address)
        await runner.open()
        await runner.sweep(FIRST)
        if dies_at:
            _kill_at(dies_at)
        await runner.sweep(TODAY, 15)
        await runner.close()

    asyncio.run(life())


def _kill_at(step: str) -> None:
    from memory import proposals
    from memory.sweeps import SweepBook

    async def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), process_signal.SIGKILL)

    if step == "read":
        SweepBook.open_signals = die  # type: ignore[method-assign]
    else:
        proposals.ask = die  # type: ignore[assignment]


@pytest.mark.parametrize("step", ["read", "half saved"])
async def test_a_worker_killed_while_it_looks_leaves_the_hour_to_the_next(address: str, step: str):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.warm"])
    for dies_at, code in ((step, -9), ("", 0)):
        process = context.Process(target=_live, args=(address, dies_at))
        process.start()
        await asyncio.to_thread(process.join, 60)
        assert process.exitcode == code
    runner, _ = staffed(address)
    await runner.open()
    assert await looks(runner) == [15]
    assert await counted(runner) == ONCE
    assert (await runner.verify()).problems == ()
    await runner.close()


async def test_a_signal_that_grows_twice_in_a_day_is_told_twice_and_the_evening_sweep_may_tell_it_again(address: str):
    source, clock = Hours(newest=9), HandClock()
    runner, says = staffed(address, source, clock)
    await runner.open()
    await runner.work.tick()
    for hour, version in ((12, 2), (15, 3)):
        source.newest, says.said = hour, [version]
        runner.work._services = replace(runner.work._services, desk=says.desk())
        await runner.work.tick()
    says.said = [4]
    runner.work._services = replace(runner.work._services, desk=says.desk())
    clock.pass_days(1)
    await runner.work.tick()
    assert (await runner.case(SIG)).signal.version == 4
    async with runner.work._database.read() as tx:
        told = select(SIGNAL_EVENT.c.event, SIGNAL_EVENT.c.version).order_by(SIGNAL_EVENT.c.id)
        kinds = [tuple(row) for row in await tx.execute(told)]
    assert kinds == [("opened", 1), ("updated", 2), ("updated", 3), ("updated", 4)]
    await runner.close()


async def test_hours_still_to_come_are_not_taken_for_seen(address: str):
    source = Hours(newest=9)
    runner, _ = staffed(address, source)
    await runner.open()
    await runner.sweep(FIRST)
    await runner.sweep(TODAY, 20)
    assert await looks(runner) == [9]
    source.newest = 10
    await runner.work.tick()
    assert await looks(runner) == [9, 10]
    await runner.close()


async def test_a_look_comes_after_the_sweep_of_the_day_before(address: str):
    runner, _ = staffed(address)
    await runner.open()
    with pytest.raises(NotYet, match="once 2026-03-14 has been swept"):
        await runner.sweep(TODAY, 15)
    assert (await looks(runner), await runner.open_cases()) == ([], ())
    await runner.close()


async def test_a_clock_that_goes_back_neither_looks_nor_sweeps_again(address: str):
    source, clock = Hours(), HandClock()
    runner, _ = staffed(address, source, clock)
    await runner.open()
    await runner.work.tick()
    before = await counted(runner)
    for newest, back in ((11, 0), (15, 1), (23, 30)):
        source.newest = newest
        clock.pass_days(-back)
        await runner.work.tick()
    assert await looks(runner) == [15]
    assert await counted(runner) == before == ONCE
    await runner.close()


async def test_hours_torn_between_finding_and_reading_them_are_looked_at_again(address: str):
    source = Hours()
    runner, _ = staffed(address, source)
    await runner.open()
    await runner.sweep(FIRST)
    source.intact = 2  # the newest hour is seen twice: by the minute, and when the look begins
    await runner.work.tick()
    assert (await looks(runner), await runner.open_cases()) == ([], ())
    source.intact = 100
    await runner.work.tick()
    assert await looks(runner) == [15]
    assert await counted(runner) == ONCE
    await runner.close()


async def test_a_look_at_a_day_without_hours_says_so(address: str):
    runner, _ = staffed(address, Hours(newest=None))
    await runner.open()
    await runner.sweep(FIRST)
    with pytest.raises(SourceUnavailable, match="no hours of 2026-03-15"):
        await runner.sweep(TODAY, 9)
    await runner.close()
