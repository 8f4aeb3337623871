"""Actions on their way to a platform: leased to one worker at a time, each step fenced by a token."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.action import ACTION, Action, ActionBase
from domain.receipt import Receipt, ReceiptStatus
from memory import facts, people, standing
from memory.database import Database
from memory.failpoints import Failpoint
from memory.people import SYSTEM
from memory.proposals import signal_of
from memory.schema import ACTION as TABLE
from memory.schema import PROPOSAL, RECEIPT, REMINDER
from memory.writing import Writing

APPROVED, READY, INTENT, WRITTEN = "approved", "ready", "intent", "written"
UNKNOWN, UNCONFIRMED = "unknown", "unconfirmed"
"""approved: decided, to be checked once more. ready: may be executed. intent: about to write, or writing.
written: the platform answered. unknown: nobody can say. unconfirmed: the platform said yes, and does not show it.
Anything else is a receipt's status, and final."""
_MARGIN_SECONDS = 0.2
"""So that a job does not come a moment before the action it is for is due."""
_UNDO_OVER = "undo_over"
_UNDER_WAY = (READY, INTENT, WRITTEN, UNKNOWN, UNCONFIRMED)


class LeaseLost(Exception):
    """Another worker has taken over: this one must not write anything any more."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one action until it runs out, by the database's clock."""

    action_id: str
    proposal_id: str
    action: Action
    token: str
    """Our own name for this effect on the platform: the same on every try."""
    state: str
    before: Mapping[str, str] | None
    """Live values read before the write, once there was an intent."""
    executor: str | None
    """Which executor was about to write, once there was an intent; None of what an earlier Baton began."""
    answer: str | None
    """What the platform said to an earlier write."""
    by: str
    attempts: int
    fence: int
    """Counts up with every lease; an older one can no longer write."""

    @property
    def if_unknown(self) -> str | None:
        """The state in which what the platform once said yes to stays unknown, never to be written again; else None."""
        return UNCONFIRMED if self.state in {WRITTEN, UNCONFIRMED} else None


async def create(writing: Writing, proposal_id: str, version: int, action: ActionBase, by: str) -> str:
    """The action row of an approval."""
    ident = facts.name_of("act", proposal_id, version)
    token = facts.token_of(proposal_id, version)
    row = {"id": ident, "proposal_id": proposal_id, "body": facts.body(action), "token": token}
    await writing.tx.execute(insert(TABLE).values(**row, state=APPROVED, by=by))
    return ident


async def release(database: Database, proposal_id: str) -> str | None:
    """Let an approved action be executed, with the job that does it. Returns its id, whatever its state."""
    async with database.write(Failpoint.RELEASE_UNCOMMITTED) as writing:
        found = (
            await writing.tx.execute(select(TABLE.c.id, TABLE.c.state).where(TABLE.c.proposal_id == proposal_id))
        ).first()
        if found is None:
            return None
        ready = update(TABLE).where((TABLE.c.id == found.id) & (TABLE.c.state == APPROVED)).values(state=READY)
        if await writing.tx.scalar(ready.returning(TABLE.c.id)):
            await writing.defer("execute", found.id, once=True)
        return found.id


async def lease(
    tx: AsyncConnection, action_id: str, owner: str, seconds: float, states: Sequence[str] = _UNDER_WAY
) -> Lease | None:
    """Take an action whose lock is ours, whoever had it before. None: it is in another state, or not yet due again.

    Asked on the connection that holds the lock: who lost that gets no lease.
    """
    free = [TABLE.c.id == action_id, TABLE.c.state.in_(states), _is_due()]
    taken = (
        update(TABLE)
        .where(*free)
        .values(
            lease_owner=owner,
            lease_until=func.clock_timestamp() + timedelta(seconds=seconds),
            fence=TABLE.c.fence + 1,
        )
        .returning(TABLE)
    )
    row = (await tx.execute(taken)).one_or_none()
    if row is None:
        return None
    return Lease(
        action_id=row.id,
        proposal_id=row.proposal_id,
        action=ACTION.validate_python(row.body),
        token=row.token,
        state=row.state,
        before=row.before,
        executor=row.executor,
        answer=row.answer,
        by=row.by,
        attempts=row.attempts,
        fence=row.fence,
    )


class _Objected(Exception):
    """What was about to begin may not."""


async def intend(
    database: Database,
    held: Lease,
    before: Mapping[str, str],
    executor: str,
    objects: Callable[[AsyncConnection], Awaitable[str | None]] | None = None,
) -> str | None:
    """Note that a write is about to be tried, by which executor, and what was there before. Raises LeaseLost.

    `objects` is asked while no stop can come into force: it either sees a stop, or the stop comes after the intent.
    Returns its answer, and then nothing is noted.
    """
    attempt = held.attempts + 1
    try:
        async with database.write() as writing:
            await _step(writing.tx, held, state=INTENT, before=dict(before), executor=executor, attempts=attempt)
            await standing.hold_off_stops(writing.tx)
            _heed(await objects(writing.tx) if objects else None)
            digest = facts.digest_of(dict(before))
            said = {"attempt": attempt, "executor": executor, "before": digest}
            await writing.record("intent", SYSTEM, held.proposal_id, action=held.action_id, **said)
    except _Objected as objected:
        return str(objected)
    return None


def _heed(objection: str | None) -> None:
    if objection is not None:
        raise _Objected(objection)


async def written(database: Database, held: Lease, answer: str) -> None:
    """Note that the platform answered. Raises LeaseLost."""
    async with database.engine.begin() as tx:
        await _step(tx, held, state=WRITTEN, answer=answer)


async def postpone(database: Database, held: Lease, state: str, after_seconds: float, attempts: int) -> None:
    """Give the lease back and try again later. Raises LeaseLost."""
    async with database.write() as writing:
        later = func.clock_timestamp() + timedelta(seconds=after_seconds)
        await _step(writing.tx, held, state=state, attempts=attempts, not_before=later, lease_until=None)
        await writing.defer("execute", held.action_id, once=True, after_seconds=after_seconds + _MARGIN_SECONDS)


async def finish(
    database: Database,
    held: Lease,
    receipt: Receipt,
    *,
    executed_on: date | None = None,
    measured_after: date | None = None,
    state: str | None = None,
    look_again_after: float | None = None,
    also: Callable[[Writing], Awaitable[None]] | None = None,
) -> None:
    """Record how an execution ended, with its ledger line and the job that goes on from there. Raises LeaseLost.

    An unknown result keeps its action under way, by `state` if one is given, and is looked at again after so many
    seconds. `also` adds to the same transaction.
    """
    async with database.write(Failpoint.RECEIPT_UNCOMMITTED) as writing:
        signal_id = await signal_of(writing.tx, held.proposal_id)
        assert signal_id is not None
        await writing.touch(signal_id)
        later = func.clock_timestamp() + timedelta(seconds=look_again_after) if look_again_after else None
        known = {"state": state or receipt.status.value, "answer": receipt.answer, "attempts": held.attempts + 1}
        dates = {"executed_on": executed_on, "measured_after": measured_after}
        await _step(writing.tx, held, lease_until=None, not_before=later, **known, **dates)
        await _keep_receipt(writing, receipt, dates)
        await writing.defer("advance", held.proposal_id)
        if look_again_after:
            later_still = look_again_after + _MARGIN_SECONDS
            await writing.defer("execute", held.action_id, once=True, after_seconds=later_still)
        if also:
            await also(writing)


async def close(writing: Writing, receipt: Receipt, *, executed_on: date | None, measured_after: date | None) -> bool:
    """End an action whose result nobody knows, as a person says it ended, and go on from there. The case is locked.

    False: its result is known, or somebody is trying it this moment. Whoever held it can write nothing of it any more,
    and the job has the platform take nothing more from them either.
    """
    idle = TABLE.c.lease_until.is_(None) | (TABLE.c.lease_until <= func.clock_timestamp())
    tried = TABLE.c.state.in_((UNKNOWN, UNCONFIRMED)) | (TABLE.c.state.in_((INTENT, WRITTEN)) & idle)
    unknown = (TABLE.c.id == receipt.action_id) & tried
    dates = {"executed_on": executed_on, "measured_after": measured_after}
    ended = {"state": receipt.status.value, "fence": TABLE.c.fence + 1, "lease_until": None, "not_before": None}
    closed = update(TABLE).where(unknown).values(**ended, **dates)
    if await writing.tx.scalar(closed.returning(TABLE.c.id)) is None:
        return False
    await _keep_receipt(writing, receipt, dates)
    await writing.defer("advance", receipt.proposal_id)
    await writing.defer("execute", receipt.action_id, once=True)
    return True


@dataclass(frozen=True, slots=True)
class Closed:
    """An action that a person closed: what the platform would know it by, and the latest holder's number."""

    action: Action
    token: str
    fence: int
    executor: str | None
    """Which executor began it."""


async def closed(tx: AsyncConnection, action_id: str) -> Closed | None:
    """An action that was closed by hand; None where it was not."""
    word = RECEIPT.c.body["said"]["by"].astext
    said = select(RECEIPT.c.action_id).where((RECEIPT.c.action_id == action_id) & word.is_not(None))
    found = select(TABLE.c.body, TABLE.c.token, TABLE.c.fence, TABLE.c.executor).where(TABLE.c.id.in_(said))
    row = (await tx.execute(found)).one_or_none()
    return Closed(ACTION.validate_python(row.body), row.token, row.fence, row.executor) if row else None


async def _keep_receipt(writing: Writing, receipt: Receipt, dates: Mapping[str, date | None]) -> None:
    """Add a receipt, unless it says no more than the newest one. Of a person's word the ledger names that person.

    Its line also says the `dates` that stand beside the action from now on.
    """
    newest = select(RECEIPT.c.status).where(RECEIPT.c.action_id == receipt.action_id).order_by(RECEIPT.c.id.desc())
    if await writing.tx.scalar(newest.limit(1)) == receipt.status.value:
        return
    body = await _kept(writing.tx, receipt)
    columns = {"action_id": receipt.action_id, "proposal_id": receipt.proposal_id, "status": receipt.status.value}
    await writing.tx.execute(insert(RECEIPT).values(**columns, at=receipt.at, body=body))
    by, digest = receipt.said.by if receipt.said else SYSTEM, facts.digest_of(body)
    kind = f"receipt.{receipt.status.value}"
    days = {name: facts.told(day) for name, day in dates.items()}
    await writing.record(kind, by, receipt.proposal_id, action=receipt.action_id, digest=digest, **days)


async def _kept(tx: AsyncConnection, receipt: Receipt) -> dict[str, Any]:
    """A receipt as it is stored: whoever closed it by pseudonym, what they wrote sealed."""
    body = facts.body(receipt)
    if receipt.said is not None:
        key = await people.key_of(tx, receipt.said.by)
        body["said"] |= {"by": key.pseudonym, "reason": key.seal(receipt.said.reason)}
    return body


async def holds(database: Database, held: Lease) -> float:
    """For how many seconds a lease is still good, 0 if no more. Asked right before anything leaves for a platform."""
    mine = (TABLE.c.id == held.action_id) & (TABLE.c.fence == held.fence)
    left = select(func.extract("epoch", TABLE.c.lease_until - func.clock_timestamp())).where(mine)
    async with database.engine.connect() as tx:
        return max(float(await tx.scalar(left) or 0), 0.0)


async def due(tx: AsyncConnection) -> tuple[str, ...]:
    """Actions to be worked on now, if nobody does: ready ones, and what a crash or an unknown answer left."""
    found = select(TABLE.c.id).where(TABLE.c.state.in_(_UNDER_WAY), _is_due())
    return tuple(await tx.scalars(found.order_by(TABLE.c.id)))


@dataclass(frozen=True, slots=True)
class Done:
    """An action that was carried out."""

    signal_id: str
    proposal_id: str
    kind: str
    on: date
    """The last complete day when it was done."""


async def done_since(tx: AsyncConnection, day: date, *, undo_open: bool = False) -> tuple[Done, ...]:
    """What was done on a day or later; `undo_open`: only where it was not noted that it can no longer be taken back."""
    done = TABLE.c.state.in_((ReceiptStatus.DONE.value, ReceiptStatus.HANDED_OVER.value)) & (TABLE.c.executed_on >= day)
    columns = (PROPOSAL.c.signal_id, PROPOSAL.c.id, TABLE.c.body["kind"].astext, TABLE.c.executed_on)
    found = select(*columns).join(TABLE, TABLE.c.proposal_id == PROPOSAL.c.id).where(done)
    if undo_open:
        found = found.where(PROPOSAL.c.id.not_in(select(REMINDER.c.proposal_id).where(REMINDER.c.kind == _UNDO_OVER)))
    return tuple(Done(*row) for row in await tx.execute(found.order_by(PROPOSAL.c.id)))


async def close_undo(tx: AsyncConnection, proposal_ids: Sequence[str], at: datetime) -> None:
    """Note that these can no longer be taken back, so that their cards are drawn once more and not for ever."""
    rows = [{"proposal_id": ident, "version": 0, "kind": _UNDO_OVER, "at": at} for ident in proposal_ids]
    await tx.execute(insert(REMINDER).values(rows).on_conflict_do_nothing())


async def count_unknown(tx: AsyncConnection) -> int:
    """Executions whose result nobody knows."""
    return await tx.scalar(select(func.count()).where(TABLE.c.state.in_((UNKNOWN, UNCONFIRMED)))) or 0


async def state_of(tx: AsyncConnection, proposal_id: str) -> tuple[str, str] | None:
    """Id and state of a proposal's action."""
    found = (await tx.execute(select(TABLE.c.id, TABLE.c.state).where(TABLE.c.proposal_id == proposal_id))).first()
    return (found.id, found.state) if found else None


async def _step(tx: AsyncConnection, held: Lease, **values: object) -> None:
    """Write only while the fence is still ours."""
    mine = update(TABLE).where((TABLE.c.id == held.action_id) & (TABLE.c.fence == held.fence)).values(**values)
    if await tx.scalar(mine.returning(TABLE.c.id)) is None:
        raise LeaseLost(held.action_id)


def _is_due() -> ColumnElement[bool]:
    return or_(TABLE.c.not_before.is_(None), TABLE.c.not_before <= func.clock_timestamp())
