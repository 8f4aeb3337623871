"""Sweeps: everything one found, saved in one transaction, once per day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from sqlalchemy import Row, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.lesson import Lesson, Wanted
from domain.ports import LessonIndex
from domain.receipt import ReceiptStatus
from domain.signal import CloseReason, EventKind, Signal, SignalEvent
from domain.standing import CalendarFreeze
from domain.verdict import Forbidden
from memory import lessons, proposals, signals, standing
from memory.database import Database
from memory.failpoints import Failpoint
from memory.people import SYSTEM
from memory.proposals import Asked
from memory.schema import LOOK, PROPOSAL, RECEIPT, SWEEP
from memory.writing import Writing


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep brought."""

    as_of: date
    events: tuple[SignalEvent, ...]
    asked: Mapping[str, tuple[Asked, ...]] = field(default_factory=dict[str, tuple[Asked, ...]])
    """Proposals by signal id, for every signal opened or updated."""
    sources: tuple[str, ...] = ()
    """One line per table read."""
    gaps: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    """One line per agent."""
    discarded: tuple[str, ...] = ()
    """What agents said outside their mandate, one line each."""
    took_seconds: float = 0
    hour: int | None = None
    """The newest hour seen of a day still under way; None for a sweep of a whole day."""
    freezes: tuple[CalendarFreeze, ...] | None = None
    """What the source's calendar says of days in which nothing may change; None: not looked at."""


class SweepBook:
    """Where a sweep reads what is known and writes what it found: the database and the index of lessons."""

    def __init__(self, database: Database, index: LessonIndex | None = None) -> None:
        self._database, self._index = database, index

    async def open_signals(self) -> tuple[Signal, ...]:
        """Signals open before this sweep."""
        async with self._database.read() as tx:
            return await signals.still_open(tx)

    async def recall(self, signal: Signal, today: date) -> tuple[Lesson, ...]:
        """Lessons that may bear on a signal: by its cause, and by what its words mean."""
        words = f"{signal.cause.value.replace('_', ' ')}: {signal.headline}"
        holding = Wanted(holds_on=today)
        ids = await self._index.search(words, scope=signal.scope, wanted=holding, today=today) if self._index else []
        async with self._database.read() as tx:
            alike = await lessons.about(tx, signal.cause, today)
            found = await lessons.by_ids(tx, ids)
        known = {lesson.id: lesson for lesson in (*alike, *found) if lesson.expires_on >= today}
        return tuple(known.values())

    async def save(self, swept: Swept) -> tuple[SignalEvent, ...]:
        """Keep a sweep. A day is kept once: a second sweep of it changes nothing and gets the first one's events."""
        async with self._database.write(Failpoint.SWEEP_UNCOMMITTED) as writing:
            # Not the lock the whole sweep runs under: another connection holds that one, and we would wait for it.
            await writing.tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('baton/sweep/save', 0))"))
            if await of(writing.tx, swept.as_of):
                return await signals.history(writing.tx, swept.as_of)
            if swept.hour is not None and not await _look(writing, swept.as_of, swept.hour):
                return ()
            ordered = sorted(swept.events, key=lambda event: event.signal.id)
            events = [await _truthful(writing.tx, event) for event in ordered]
            for event in events:
                await _save_event(writing, event, swept.asked.get(event.signal.id, ()))
            for line in swept.discarded:
                await writing.record("discarded", SYSTEM, swept.as_of.isoformat(), what=line)
            if swept.hour is None:
                await _save_sweep(writing, swept)
            if swept.freezes is not None:
                await standing.replace_freezes(writing, swept.freezes, swept.as_of)
        self._database.failpoint(Failpoint.SWEEP_COMMITTED)
        return tuple(events)


async def of(tx: AsyncConnection, as_of: date) -> Row[tuple[object, ...]] | None:
    """The record of a day's sweep."""
    return (await tx.execute(select(SWEEP).where(SWEEP.c.as_of == as_of))).one_or_none()


async def last(tx: AsyncConnection) -> Row[tuple[object, ...]] | None:
    """The record of the newest day swept."""
    return (await tx.execute(select(SWEEP).order_by(SWEEP.c.as_of.desc()).limit(1))).one_or_none()


async def looked(tx: AsyncConnection, day: date) -> int | None:
    """The newest hour of a running day that was looked at; None where nobody has looked yet."""
    return await tx.scalar(select(func.max(LOOK.c.hour)).where(LOOK.c.day == day))


async def _look(writing: Writing, day: date, hour: int) -> bool:
    """Note that an hour was looked at. False: it, or a later one, was before."""
    before = await looked(writing.tx, day)
    if before is not None and before >= hour:
        return False
    await writing.tx.execute(insert(LOOK).values(day=day, hour=hour, at=datetime.now(UTC)))
    return True


async def _truthful(tx: AsyncConnection, event: SignalEvent) -> SignalEvent:
    """A signal that went away after something was done about it ended by acting, not by itself."""
    if event.event is not EventKind.CLOSED or event.reason is not CloseReason.RECOVERED:
        return event
    done = (ReceiptStatus.DONE.value, ReceiptStatus.HANDED_OVER.value)
    acted = exists().where(
        PROPOSAL.c.signal_id == event.signal.id, RECEIPT.c.proposal_id == PROPOSAL.c.id, RECEIPT.c.status.in_(done)
    )
    return event.model_copy(update={"reason": CloseReason.ACTED}) if await tx.scalar(select(acted)) else event


async def _save_event(writing: Writing, event: SignalEvent, asked: tuple[Asked, ...]) -> None:
    """One line of history, and the questions that follow from it. Questions that no longer do are withdrawn."""
    if not await signals.record(writing, event) or event.event is EventKind.HELD:
        return
    asked = tuple([await proposals.still_askable(writing.tx, one) for one in asked])
    kept = {one.proposal.id for one in asked}
    for ident in await proposals.withdraw(writing, event.signal.id, datetime.now(UTC), keep=kept):
        await writing.defer("advance", ident)
    for place, one in enumerate(asked):
        if await proposals.ask(writing, one, place) and not isinstance(one.verdict, Forbidden):
            await writing.defer("advance", one.proposal.id)


async def _save_sweep(writing: Writing, swept: Swept) -> None:
    row = {
        "as_of": swept.as_of,
        "at": datetime.now(UTC),
        "took_seconds": swept.took_seconds,
        "sources": list(swept.sources),
        "gaps": list(swept.gaps),
        "agents": list(swept.agents),
    }
    await writing.tx.execute(insert(SWEEP).values(row))
    await writing.record("sweep", "baton", swept.as_of.isoformat(), events=len(swept.events))
