"""What Baton does by itself: sweeps, proposals taken further, executions, drawing, and repair of what a crash left."""

import asyncio
import logging
import time
from contextlib import suppress
from datetime import date, timedelta

from domain.errors import MarketingError, NotYet, Refusal, SlackUnavailable, SourceUnavailable
from domain.ports import Board
from domain.proposal import Expired
from domain.signal import SignalEvent
from graph import amending, execution, fitness, proposal, readings, sealing, sweep, undoing
from graph.checkpoints import Checkpoints
from graph.digesting import Digesting
from graph.drawing import Graph
from graph.jobs import CONNECTION_ERRORS, QUEUE, engine
from graph.services import Services
from graph.surviving import surviving
from graph.upholding import Upholding
from memory import actions, decisions, endings, lessons, posts, proposals, queue, signals, sweeps
from memory.failpoints import Failpoint
from memory.people import SYSTEM

logger = logging.getLogger(__name__)

_MOST_ROUNDS = 6
_MOST_DAYS_TO_CATCH_UP = 31
_RETRY_DRAWING_SECONDS = 5.0
THREADS_STAY = timedelta(days=7)
"""How long the thread of a finished proposal can still be looked at; as long as jobs that failed."""
_LEAST_PAUSE_SECONDS, _MOST_PAUSE_SECONDS = 0.5, 10.0
"""Between two tries to get to work while the database is away."""


class Work:
    """The background side of the runner. Every method is safe to call at any time, from any process, twice."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._database = services.database
        self._checkpoints = Checkpoints(services.database)
        self._upholding = Upholding(services)
        self._digesting = Digesting(services)
        self._graph: Graph = None
        self._watched: date | None = None
        """The last day whose guards were looked at."""
        self.board: Board | None = services.board

    async def open(self) -> None:
        """Open the database and the threads of the proposal graph. Raises StartupError."""
        await self._database.open()
        await amending.hold_against_file(self._services)
        await self._checkpoints.open()
        self._graph = proposal.graph(self._checkpoints.saver)

    async def close(self) -> None:
        """Let go of every connection."""
        await self._checkpoints.close()
        await self._database.close()

    async def serve(self, *, concurrency: int = 8) -> None:
        """Repair what a crash left, then do jobs until cancelled. New jobs are heard of at once, by NOTIFY.

        A database that goes away is waited for, and what it lost track of is repaired when it is back.
        """
        pause = _LEAST_PAUSE_SECONDS
        while True:
            began = time.monotonic()
            try:
                await self._serve(concurrency)
                problem = "the job engine stopped"
            except CONNECTION_ERRORS as error:
                problem = str(error).strip() or type(error).__name__
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # an engine that cannot say goodbye hides that it was cancelled
                raise asyncio.CancelledError
            if time.monotonic() - began > _MOST_PAUSE_SECONDS:
                pause = _LEAST_PAUSE_SECONDS
            logger.warning("work goes on in %.1f s: %s", pause, problem.splitlines()[0])
            await asyncio.sleep(pause)
            pause = min(pause * 2, _MOST_PAUSE_SECONDS)

    async def _serve(self, concurrency: int) -> None:
        await self.settle()
        app = engine(self, self._database.address, self._database.arguments)
        async with app.open_async():
            await app.run_worker_async(
                queues=[QUEUE],
                concurrency=concurrency,
                install_signal_handlers=False,
                delete_jobs="successful",
                fetch_job_polling_interval=1.0,
                shutdown_graceful_timeout=5.0,
            )

    async def sweep(self, as_of: date, hour: int | None = None) -> tuple[SignalEvent, ...]:
        """Sweep one day, once; with an `hour`, look at a day still under way as far as that hour, once.

        A look goes no further than the hours there are, and comes after the sweep of the day before.
        Raises SourceUnavailable and TableRefused; NotYet for a look that comes too early, or while all is stopped.
        """
        services = self._services
        async with self._database.exclusively("baton/sweep"):
            async with self._database.read() as tx:
                model, standing = await services.stands(tx)
                last = await sweeps.last(tx)
                if last is not None and last.as_of >= as_of:  # history is not rewritten
                    return await signals.history(tx, as_of)
                looked = await sweeps.looked(tx, as_of)
            if hour is not None:
                hour = await self._seen_until(as_of, hour, last.as_of if last else None)
                if looked is not None and looked >= hour:
                    return ()
            if standing.stopped("everything"):
                raise NotYet("Everything is stopped: nothing is looked at until a person lifts the stop.")
            book = sweeps.SweepBook(self._database, services.lessons)
            run = sweep.Sweep(
                model=model,
                standing=standing,
                source=services.source,
                desk=services.desk,
                book=book,
                now=services.clock.now(),
                explain=services.explain,
                hour=hour,
            )
            return await sweep.run(run, as_of)

    async def _seen_until(self, day: date, hour: int, last_swept: date | None) -> int:
        """How far a look at a running day goes: to the newest hour known, or what is still to come counts as seen."""
        before = day - timedelta(days=1)
        if last_swept != before:  # signals of today would be closed by the sweeps of the days before
            raise NotYet(f"The hours of {day} are looked at once {before} has been swept.")
        newest = await readings.newest_hour(self._services.source, day)
        if newest is None:
            raise SourceUnavailable(readings.HOURLY, f"it has no hours of {day}.")
        return min(hour, newest)

    async def advance(self, proposal_id: str) -> None:
        """Take a proposal as far as it can go."""
        await proposal.advance(self._services, self._graph, proposal_id)

    async def execute(self, action_id: str) -> bool:
        """Work on an approved action. False where somebody else does, or nothing is to be done."""
        return await execution.execute(self._services, action_id)

    async def refresh(self, signal_id: str) -> None:
        """Show a case as it stands. Where Slack does not answer, it is tried again in a moment."""
        if self.board is None:
            return
        async with self._database.exclusively(f"card/{signal_id}"):
            async with self._database.read() as tx:
                revision = await signals.revision(tx, signal_id)
            if revision is None:
                return
            self._services.failpoint(Failpoint.CARD_LOCKED)
            try:
                await self.board.show(signal_id)
            except SlackUnavailable as error:
                logger.warning("the card of %s is drawn again later: %s", signal_id, error)
                async with self._database.engine.begin() as tx:
                    await queue.put(tx, "refresh", signal_id, once=True, after_seconds=_RETRY_DRAWING_SECONDS)
                return
            self._services.failpoint(Failpoint.CARD_POSTED)
            async with self._database.engine.begin() as tx:
                await signals.drawn(tx, signal_id, revision)
            self._services.failpoint(Failpoint.CARD_NOTED)

    async def draw_again(self, signal_id: str) -> None:
        """Have a case drawn even though it did not change: somebody saw an old card."""
        async with self._database.engine.begin() as tx:
            await signals.mark_undrawn(tx, (signal_id,))
            await queue.put(tx, "refresh", signal_id, once=True)

    async def minute(self) -> None:
        """The tick, one at a time in all processes: minutes do not pile up behind a slow one.

        One that stands still loses its turn to the next.
        """
        async with self._database.by_one("baton/minute") as is_ours:
            if is_ours:
                await self.tick()

    async def tick(self) -> None:
        """What the minute brings: days to sweep, new hours, what is due, the digest. What fails stops nothing else."""
        if fault := await fitness.clock_fault(self._services):
            logger.error("%s Until then nothing that goes by the clock is done.", fault)
            return
        with surviving("holding the ledger against its newest seal"):
            await fitness.hold_unless_as_sealed(self._services)
        async with self._database.read() as tx:
            await self._services.in_force.read(tx)
        with surviving("introducing Baton"):
            await self._introduce()
        for what, part in (("the sweep", self._catch_up), ("the look at the day under way", self._look_at_today)):
            with surviving(what):
                try:
                    await part()
                except MarketingError as error:
                    logger.warning("%s is tried again in a minute: %s", what, error)
        await self.settle()
        with surviving("the digest"):
            await self._post_digest()
        with surviving("digests of people's own"):
            if self.board is not None:
                await self._digesting.tell(self.board)
        with surviving("sealing the ledger"):
            await sealing.seal(self._services, self.board)

    async def settle(self) -> None:
        """Do everything that is due, until nothing is."""
        with surviving("ending questions nobody answered in time"):
            await self._expire()
        with surviving("reviewing open questions"):
            await self._upholding.review_again()
        with surviving("holding what was done against its guards"):
            await self._watch()
        with surviving("ending what can no longer be taken back"):
            await undoing.close_windows(self._services)
        with surviving("going on with what waits for us"):
            for _ in range(_MOST_ROUNDS):
                if not await self._push():
                    break
        with surviving("indexing lessons"):
            await self._index()
        with surviving("drawing what changed"):
            await self._draw()
        await self._tell()

    async def uphold(self, about: str = "") -> None:
        """What follows at once from a change of what holds: open questions asked again, cards drawn, people told."""
        del about  # there is one governance
        await self._upholding.review_again()
        await self._tell()

    async def ask_anew(self, proposal_id: str) -> None:
        """Put a question to more people, where more are asked by now than its card says."""
        await self._upholding.ask_anew(proposal_id)

    async def index_again(self) -> int:
        """Index every lesson anew. Returns how many there are."""
        async with self._database.read() as tx:
            known = await lessons.every(tx)
        if self._services.lessons is not None:
            await self._services.lessons.rebuild(known)
        return len(known)

    async def prune(self) -> None:
        """Keep the database small: threads of what is over go after a while, of the others the newest state stays."""
        async with self._database.read() as tx:
            over = await endings.over(tx)
        await self._checkpoints.forget(over, THREADS_STAY)
        await self._checkpoints.shrink()

    async def _draw(self) -> None:
        async with self._database.read() as tx:
            undrawn = await signals.undrawn(tx)
        for signal_id in undrawn:
            with surviving(f"drawing {signal_id}"):
                await self.refresh(signal_id)

    async def _introduce(self) -> None:
        """Say in the channel what this is before the first card is there; one process at a time."""
        if self.board is not None:
            async with self._database.exclusively("baton/telling"):
                await self.board.introduce()

    async def _tell(self) -> None:
        """Announcements, then reminders and escalations, one process at a time; what fails is told the next minute."""
        if self.board is None:
            return
        async with self._database.exclusively("baton/telling"):
            with surviving("announcing"):  # first: that all is stopped matters more than what waits
                await self._upholding.announce(self.board)
            with surviving("reminding"):
                await self._upholding.remind(self.board)
            with surviving("mentioning who was at rest"):
                await self._upholding.wake(self.board)

    async def _expire(self) -> None:
        if await fitness.clock_fault(self._services):
            return  # said by the tick
        now = self._services.clock.now()
        async with self._database.read() as tx:
            late = await proposals.undecided(tx, expired_by=now)
            rows = [await proposals.row_of(tx, ident) for ident in late]
        for row in rows:
            if row is None:
                continue
            with surviving(f"expiring {row.id}"):
                await self._expire_one(Expired(proposal_id=row.id, version=row.version, by=SYSTEM, at=now))

    async def _expire_one(self, late: Expired) -> None:
        with suppress(Refusal):  # decided or changed meanwhile
            await decisions.claim(self._database, late)
            await self.advance(late.proposal_id)

    async def _push(self) -> bool:
        """One round over what waits for us. False when there was nothing."""
        async with self._database.read() as tx:
            waiting = await proposals.waiting_on_us(tx, self._services.clock.last_day())
            due = await actions.due(tx)
        moved = bool(waiting)
        for ident in waiting:
            with surviving(f"advancing {ident}"):
                await self.advance(ident)
        for ident in due:
            with surviving(f"executing {ident}"):
                moved |= await self.execute(ident)
        return moved

    async def _watch(self) -> None:
        """Look at the guards once per day swept. After a restart once more: nothing is asked twice."""
        async with self._database.read() as tx:
            last = await sweeps.last(tx)
        if last is not None and last.as_of != self._watched:
            await undoing.watch(self._services, last.as_of)
            self._watched = last.as_of

    async def _index(self) -> None:
        """Make new lessons findable. Until it is noted that they are, it is simply done again."""
        if self._services.lessons is None:
            return
        async with self._database.read() as tx:
            new = await lessons.unindexed(tx)
        if new:
            await self._services.lessons.add(new)
            self._services.failpoint(Failpoint.LESSON_INDEXED)
            async with self._database.engine.begin() as tx:
                await lessons.indexed(tx, [lesson.id for lesson in new])
            self._services.failpoint(Failpoint.LESSON_NOTED)

    async def _catch_up(self) -> None:
        """Sweep the days since the last one, in order, once the hour for it has come."""
        services = self._services
        last_day = services.clock.last_day()
        if services.moment.local.time() < services.model.sweep_at:
            return
        async with self._database.read() as tx:
            last = await sweeps.last(tx)
        first = last.as_of + timedelta(days=1) if last else last_day
        day = max(first, last_day - timedelta(days=_MOST_DAYS_TO_CATCH_UP))
        while day <= last_day:
            await self.sweep(day)
            day += timedelta(days=1)

    async def _look_at_today(self) -> None:
        """Look at the hours of the day under way, once for each newest one, when yesterday has been swept."""
        services = self._services
        yesterday = services.clock.last_day()
        today = yesterday + timedelta(days=1)
        async with self._database.read() as tx:
            last, looked = await sweeps.last(tx), await sweeps.looked(tx, today)
        if last is None or last.as_of != yesterday:
            return
        hour = await readings.newest_hour(services.source, today)
        if hour is not None and (looked is None or hour > looked):
            await self.sweep(today, hour)

    async def _post_digest(self) -> None:
        """Post the day's digest once, at its hour, on its weekdays."""
        clock, settings = self._services.clock, self._services.model.digest
        local, day = self._services.moment.local, clock.last_day()
        if self.board is None or local.time() < settings.at or f"{local:%a}".casefold() not in settings.weekdays:
            return
        async with self._database.exclusively("baton/digest"):
            async with self._database.read() as tx:
                if await posts.has_digest(tx, day) or await sweeps.of(tx, day) is None:
                    return
            try:
                await self.board.post_digest(day)
            except SlackUnavailable as error:
                logger.warning("the digest is posted later: %s", error)
                return
            self._services.failpoint(Failpoint.DIGEST_POSTED)
            async with self._database.engine.begin() as tx:
                await posts.keep_digest(tx, day, clock.now())
            self._services.failpoint(Failpoint.DIGEST_NOTED)
