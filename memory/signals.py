"""Signals and their history."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.signal import EventKind, Signal, SignalEvent
from memory import facts
from memory.people import SYSTEM
from memory.schema import SIGNAL, SIGNAL_EVENT
from memory.writing import Writing


async def record(writing: Writing, event: SignalEvent) -> bool:
    """Take one line of history in, and bring the signal's row up to date. False: it was there already."""
    signal = event.signal
    if event.event is not EventKind.HELD:
        await writing.touch(signal.id)
    reason = event.reason.value if event.reason else None
    line = {
        "as_of": event.as_of,
        "signal_id": signal.id,
        "event": event.event.value,
        "reason": reason,
        "body": facts.body(event),
        "version": signal.version,
    }
    added = insert(SIGNAL_EVENT).values(line).on_conflict_do_nothing().returning(SIGNAL_EVENT.c.id)
    if await writing.tx.scalar(added) is None:
        return False
    if event.event is not EventKind.HELD:
        await _keep(writing.tx, event)
    await writing.record(
        f"signal.{event.event.value}",
        SYSTEM,
        signal.id,
        as_of=event.as_of.isoformat(),
        version=signal.version,
        cause=signal.cause.value,
        reason=reason,
        digest=facts.digest(signal),
    )
    return True


async def _keep(tx: AsyncConnection, event: SignalEvent) -> None:
    signal, is_closed = event.signal, event.event is EventKind.CLOSED
    row = {
        "version": signal.version,
        "body": facts.body(signal),
        "cause": signal.cause.value,
        "at_stake_per_day": signal.at_stake_per_day,
        "opened_on": signal.opened_on,
        "is_open": not is_closed,
        "closed": event.reason.value if is_closed and event.reason else None,
        "closed_on": event.as_of if is_closed else None,
    }
    await tx.execute(insert(SIGNAL).values(id=signal.id, **row).on_conflict_do_update(index_elements=["id"], set_=row))


async def still_open(tx: AsyncConnection) -> tuple[Signal, ...]:
    """Open signals, oldest first."""
    found = select(SIGNAL.c.body).where(SIGNAL.c.is_open).order_by(SIGNAL.c.opened_on, SIGNAL.c.id)
    return tuple([Signal.model_validate(row) for row in await tx.scalars(found)])


async def history(tx: AsyncConnection, as_of: date, *, days: int = 1) -> tuple[SignalEvent, ...]:
    """What the sweeps of `days` days up to one noted, in the order it was noted."""
    span = SIGNAL_EVENT.c.as_of.between(as_of - timedelta(days=days - 1), as_of)
    found = select(SIGNAL_EVENT.c.body).where(span).order_by(SIGNAL_EVENT.c.as_of, SIGNAL_EVENT.c.id)
    return tuple([SignalEvent.model_validate(row) for row in await tx.scalars(found)])


async def ids(tx: AsyncConnection, *, is_open: bool | None = None) -> tuple[str, ...]:
    """Ids, most at stake first."""
    found = select(SIGNAL.c.id).order_by(SIGNAL.c.at_stake_per_day.desc(), SIGNAL.c.opened_on, SIGNAL.c.id)
    if is_open is not None:
        found = found.where(SIGNAL.c.is_open == is_open)
    return tuple(await tx.scalars(found))


async def lock(tx: AsyncConnection, signal_id: str) -> None:
    """Hold a case without changing it, until the transaction ends."""
    await tx.execute(select(SIGNAL.c.id).where(SIGNAL.c.id == signal_id).with_for_update())


async def undrawn(tx: AsyncConnection) -> tuple[str, ...]:
    """Cases that changed since they were last shown."""
    found = select(SIGNAL.c.id).where(SIGNAL.c.drawn < SIGNAL.c.revision).order_by(SIGNAL.c.id)
    return tuple(await tx.scalars(found))


async def revision(tx: AsyncConnection, signal_id: str) -> int | None:
    """How often a case has changed; None where there is no such case."""
    return await tx.scalar(select(SIGNAL.c.revision).where(SIGNAL.c.id == signal_id))


async def drawn(tx: AsyncConnection, signal_id: str, revision: int) -> None:
    """Note that a case was shown as of a revision. Never goes back."""
    seen = func.greatest(SIGNAL.c.drawn, revision)
    await tx.execute(update(SIGNAL).where(SIGNAL.c.id == signal_id).values(drawn=seen))


async def mark_undrawn(tx: AsyncConnection, signal_ids: Sequence[str]) -> None:
    """Have cases drawn again although nothing changed: their messages may be gone."""
    await tx.execute(update(SIGNAL).where(SIGNAL.c.id.in_(signal_ids)).values(drawn=0))
