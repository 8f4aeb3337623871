"""One life of a process of the company: what it does, what is seen of it from outside, and how it is broken."""

import asyncio
import mmap
import os
import signal
import struct
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from graph.desk import staffed
from graph.jobs import QUEUE, _retry_stalled, engine
from graph.runner import Runner
from memory import signals, sweeps
from memory.failpoints import Failpoint
from memory.locks import LockLost
from tests.crash import mutants
from tests.crash.company import STAGES, Broken, LastingClock, Place, services, with_board
from tests.crash.failing import DatabaseCalls
from tests.crash.invariants import under_way
from tests.crash.people import Crowd

STEPS = tuple(Failpoint)
NOWHERE = "before the first step"
MOST_ROUNDS = 250
"""Of doing all that is due, in one day. A call that fails costs one, a retry that waits for its time some."""
_TRACE = struct.Struct("<5q")


@dataclass(frozen=True)
class Doom:
    """Where a life is broken, and how: killed, an error raised once, or stopped until somebody lets it go on."""

    step: str
    how: Literal["kill", "raise", "stop"] = "kill"
    nth: int = 1
    after_seconds: float = 0
    """A kill comes this long after the step: in the middle of what follows it."""


class Trace:
    """What a life has passed, in a file it shares with those who watch it: readable whenever and however it ends."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(_TRACE.pack(-1, 0, 0, 0, 0))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _TRACE.size)

    def passed(self, step: str) -> None:
        self._change(0, STEPS.index(Failpoint(step)))
        self._change(1, self.count + 1)

    def broke(self, dooms: int) -> None:
        """Note which dooms were met, as bits."""
        self._change(3, dooms)

    def went_round(self) -> None:
        self._change(2, self.rounds + 1)

    def let(self, *, work: bool) -> None:
        """Whether a life that waits for leave may work."""
        self._change(4, int(work))

    @property
    def step(self) -> str:
        """The last step passed."""
        place = self._now()[0]
        return NOWHERE if place < 0 else STEPS[place].value

    @property
    def count(self) -> int:
        """How many steps were passed."""
        return self._now()[1]

    @property
    def rounds(self) -> int:
        """How often everything due was done."""
        return self._now()[2]

    @property
    def met(self) -> int:
        return self._now()[3]

    @property
    def may_work(self) -> bool:
        return bool(self._now()[4])

    def _now(self) -> tuple[int, int, int, int, int]:
        return _TRACE.unpack_from(self._shared, 0)

    def _change(self, place: int, value: int) -> None:
        struct.pack_into("<q", self._shared, 8 * place, value)


@dataclass(frozen=True)
class Life:
    """What a process is started with."""

    place: Place
    name: str
    dooms: tuple[Doom, ...] = ()
    mutant: str = ""
    seed: int = 0
    failing: tuple[str, int] = ("", 1)
    """How every different call to the database fails, and which time it is made."""
    most_rounds: int = MOST_ROUNDS

    @property
    def trace(self) -> Path:
        return self.place.folder / f"{self.name}.trace"

    def runner(self) -> Runner:
        """Opened by whoever lives it."""
        mutants.apply(self.mutant)
        made = services(self.place, self.name, watched(Trace(self.trace), self.dooms))
        return with_board(Runner(made), self.place)


def watched(trace: Trace, dooms: tuple[Doom, ...]) -> Callable[[str], None]:
    """The failpoint of one life."""
    passed, met = Counter[str](), 0

    def reached(step: str) -> None:
        nonlocal met
        trace.passed(step)
        passed[step] += 1
        for number, doom in enumerate(dooms):
            if doom.step == step and doom.nth == passed[step]:
                met |= 1 << number
                trace.broke(met)
                meet(doom)

    return reached


def meet(doom: Doom) -> None:
    """What was meant to happen happens."""
    if doom.how == "raise":
        raise Broken(f"broken at {doom.step}")
    if doom.how == "stop":
        os.kill(os.getpid(), signal.SIGSTOP)
    elif doom.after_seconds:
        later = threading.Timer(doom.after_seconds, os.kill, (os.getpid(), signal.SIGKILL))
        later.daemon = True
        later.start()
    else:
        os.kill(os.getpid(), signal.SIGKILL)


def whole_story(life: Life) -> None:
    """From the first sweep to the closed case, without a job engine: the same steps in the same order every time.

    Begins where the database and the clock stand, so that living it twice must look like living it once.
    """

    async def days() -> None:
        runner, clock = life.runner(), LastingClock(life.place.folder)
        crowd = Crowd(runner, life.place)
        await runner.open()
        calls = DatabaseCalls(*life.failing)
        calls.watch()
        stages = STAGES[1::2] if life.place.only else STAGES
        for passed in (clock.passed(), *(stage for stage in stages if stage > clock.passed())):
            clock.pass_to(passed)
            rounds = 0
            while not await _a_quiet_day(runner, clock, crowd):
                rounds += 1
                assert rounds < life.most_rounds, "it does not come to rest"
                await asyncio.sleep(0.02)
            Trace(life.trace).went_round()
        calls.tell(life.place.folder / f"{life.name}.calls")
        calls.kind = ""
        await do_jobs(life, runner)
        await runner.close()

    asyncio.run(days())


def half_a_minute_later(life: Life) -> None:
    """What the minute does with the jobs of workers that have not been heard of for long."""

    async def later() -> None:
        runner = life.runner()
        await runner.open()
        await do_jobs(life, runner)
        await runner.close()

    asyncio.run(later())


async def do_jobs(life: Life, runner: Runner) -> None:
    """Do every job there is, those of the dead as well, and return."""
    jobs = engine(runner.work, life.place.database)
    async with runner.work._database.engine.begin() as tx:
        await tx.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))
    async with jobs.open_async():
        await _retry_stalled(jobs)
        await jobs.run_worker_async(queues=[QUEUE], wait=False, install_signal_handlers=False, concurrency=4)


async def _a_quiet_day(runner: Runner, clock: LastingClock, crowd: Crowd) -> bool:
    """Do what a day brings. False where something broke, or somebody else still has something under way."""
    try:
        await runner.sweep(clock.last_day())
        await runner.work.tick()
        await crowd.approve_everything()
        await runner.work.tick()
        async with runner.work._database.read() as tx:
            return not await under_way(tx, clock)
    except (Broken, SQLAlchemyError, psycopg.Error):  # as in every minute, a failing one is followed by the next
        return False


def serving(life: Life) -> None:
    """As a whole `baton serve` lives: job engine, fast minutes, people pressing at once; days pass whenever all rests.

    Ends when both cases are closed and nothing is left to do.
    """
    asyncio.run(_until_the_end(life, works=True))


def attending(life: Life) -> None:
    """As `baton serve --role bot` lives: people press, days pass, until the story is over; others do the work."""
    asyncio.run(_until_the_end(life, works=False))


def working(life: Life) -> None:
    """As `baton serve --role worker` lives: for ever."""

    async def work() -> None:
        runner, clock = life.runner(), LastingClock(life.place.folder)
        await runner.open()
        await asyncio.gather(runner.work.serve(), minutes(runner, clock, Trace(life.trace)))

    asyncio.run(work())


def living_by_the_minute(life: Life) -> None:
    """As a worker lives whose minutes come as jobs, one in every process at a time: for ever."""

    async def work() -> None:
        runner = life.runner()
        await runner.open()

        async def minutes_as_jobs() -> None:
            while not is_cancelled():
                with suppress(LockLost):
                    await runner.work.minute()
                await asyncio.sleep(0.2)

        await asyncio.gather(runner.work.serve(), minutes_as_jobs())

    asyncio.run(work())


async def _until_the_end(life: Life, *, works: bool) -> None:
    runner, clock = life.runner(), LastingClock(life.place.folder)
    await runner.open()
    forever = [pressing(Crowd(runner, life.place, life.seed))]
    if works:
        forever += [runner.work.serve(), minutes(runner, clock, Trace(life.trace))]
    tasks = [asyncio.create_task(one) for one in forever]
    await days_pass(runner, clock, Crowd(runner, life.place))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await runner.close()


async def minutes(runner: Runner, clock: LastingClock, trace: Trace) -> None:
    """The minute comes many times a second. Days that nobody lived through are not swept one by one."""
    while not is_cancelled():
        with suppress(LockLost):  # having stood still for long
            await runner.sweep(clock.last_day())
            await runner.work.tick()
        trace.went_round()
        await asyncio.sleep(0.2)


async def pressing(crowd: Crowd) -> None:
    """Whoever sees a button presses."""
    while not is_cancelled():
        await crowd.race()
        await asyncio.sleep(0.05)


def is_cancelled() -> bool:
    """Whether the end was asked for: before Python 3.12 `asyncio.wait_for`, in pools of connections, may eat it."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def days_pass(runner: Runner, clock: LastingClock, crowd: Crowd) -> None:
    """Move the clock on whenever nothing waits for anybody, until the story is over."""
    while True:
        async with runner.work._database.read() as tx:
            told = await sweeps.of(tx, clock.last_day()) is not None
            busy = await under_way(tx, clock) or await signals.ids(tx, is_open=True)
            at_rest = told and not await under_way(tx, clock)
        if at_rest and not await crowd.buttons():
            later = [stage for stage in STAGES if stage > clock.passed()]
            if later:
                clock.pass_to(later[0])
            elif not busy:
                return
        await asyncio.sleep(0.05)


def helping(life: Life) -> None:
    """A second worker: works while it has leave, until nobody needs it any more."""

    async def rounds() -> None:
        runner, trace = life.runner(), Trace(life.trace)
        await runner.open()
        while True:
            if trace.may_work:
                with suppress(Broken):
                    await runner.work.tick()
                trace.went_round()
            await asyncio.sleep(0.01)

    asyncio.run(rounds())


def _warm() -> None:
    """Load what is otherwise loaded on first use, so that a forked process is at work at once."""
    import alembic.command
    import alembic.runtime.migration
    import alembic.script
    import langchain_core.tracers.context
    import langchain_core.tracers.run_collector
    import langchain_core.tracers.stdout

    del alembic, langchain_core
    staffed()


_warm()
