"""What stands beside the operating model: stops, emergencies, levels of autonomy, what was moved today, freezes.

Each change is a row and a line of the ledger in one transaction. People are kept by pseudonym, their reasons sealed.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from pydantic import BaseModel
from sqlalchemy import Row, Text, func, select, text, update
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.action import ACTION, Action
from domain.operating_model import OperatingModel
from domain.proposal import Forecast, Proposal
from domain.receipt import Outcome
from domain.standing import CalendarFreeze, Emergency, Grant, Move, Standing, Stop
from memory import facts, people
from memory.people import SYSTEM, People
from memory.schema import ACTION as ACTION_TABLE
from memory.schema import (
    AUTONOMY,
    CALENDAR_FREEZE,
    DECISION,
    EMERGENCY,
    OPERATING_MODEL,
    OUTCOME,
    PROPOSAL,
    STOP,
)
from memory.writing import Writing

_NOTHING_DONE = ("failed", "drifted", "rehearsed")
"""States of an action after which the platform is as it was before."""
_MOVES_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('baton/moves', 0))")


@dataclass(frozen=True, slots=True)
class Lifting:
    """How a stop was lifted."""

    by: str
    """Slack user id."""
    because: str
    at: datetime


Moved = Callable[[Proposal, Action], Sequence[Move]]
"""What a decision to do an action moves; the rule is governance's."""


async def load(tx: AsyncConnection, now: datetime, model: OperatingModel, moved: Moved) -> Standing:
    """Everything that stands at a moment."""
    everybody = await people.everybody(tx)
    return Standing(
        stops=await stops(tx, everybody),
        emergency=await emergency(tx, everybody),
        unreviewed=await emergencies(tx, everybody, unreviewed=True),
        grants=await grants(tx, everybody),
        moves=await moves(tx, now, model, moved),
        freezes=await freezes(tx),
    )


async def lock_moves(tx: AsyncConnection) -> None:
    """Hold back all other decisions that move money until this one is made: small steps of a day are added up.

    Taken after the case's lock and before the ledger's, like everything of one transaction.
    """
    await tx.execute(_MOVES_LOCK)


async def hold_off_stops(tx: AsyncConnection) -> None:
    """Let no stop come into force before this transaction ends: what is begun in it was begun before the stop."""
    await tx.execute(text("SELECT pg_advisory_xact_lock_shared(hashtextextended('baton/stops', 0))"))


async def lock_emergencies(tx: AsyncConnection) -> None:
    """Let one emergency begin at a time."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('baton/emergency', 0))"))


async def lock_autonomy(tx: AsyncConnection) -> None:
    """Let one level change at a time, so that none rises on a record that has just fallen."""
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('baton/autonomy', 0))"))


async def stamp(tx: AsyncConnection, today: date) -> str:
    """Names what stands apart from decisions: it changes when open questions must be put to governance again."""
    version = await tx.scalar(select(func.max(OPERATING_MODEL.c.version)))
    standing = list(await tx.scalars(select(STOP.c.id).where(STOP.c.lifted_at.is_(None)).order_by(STOP.c.id)))
    granted = await tx.scalar(select(func.max(AUTONOMY.c.id)))
    frozen = [[one.name, one.account_id] for one in await freezes(tx) if one.first_day <= today <= one.last_day]
    named = json.dumps([version, standing, granted, frozen], ensure_ascii=False)
    return hashlib.sha256(named.encode()).hexdigest()[:24]


async def unreviewed(tx: AsyncConnection, stamp: str) -> tuple[str, ...]:
    """Open questions that governance was last asked about while something else stood, or never since they were put."""
    open_still = PROPOSAL.c.withdrawn_at.is_(None) & PROPOSAL.c.id.not_in(select(DECISION.c.proposal_id))
    found = select(PROPOSAL.c.id).where(open_still, PROPOSAL.c.reviewed.is_distinct_from(stamp))
    return tuple(await tx.scalars(found.order_by(PROPOSAL.c.id)))


async def reviewed(tx: AsyncConnection, proposal_id: str, stamp: str) -> None:
    """Note that governance was asked about a question as things stand now."""
    await tx.execute(update(PROPOSAL).where(PROPOSAL.c.id == proposal_id).values(reviewed=stamp))


async def stops(tx: AsyncConnection, everybody: People) -> tuple[Stop, ...]:
    """Stops nobody has lifted, oldest first."""
    rows = await tx.scalars(select(STOP.c.body).where(STOP.c.lifted_at.is_(None)).order_by(STOP.c.at, STOP.c.id))
    return tuple([Stop.model_validate(everybody.shown(row)) for row in rows])


async def lately(tx: AsyncConnection, since: datetime) -> tuple[tuple[Stop, Lifting | None], ...]:
    """Stops pulled or lifted from a moment on, oldest first, each with how it was lifted."""
    found = select(STOP).where((STOP.c.at >= since) | (STOP.c.lifted_at >= since)).order_by(STOP.c.at, STOP.c.id)
    everybody = await people.everybody(tx)
    return tuple(
        [(Stop.model_validate(everybody.shown(row.body)), _lifting(row, everybody)) for row in await tx.execute(found)]
    )


async def was_pulled(tx: AsyncConnection, stop_id: str) -> bool:
    """Whether this stop was ever in force, lifted meanwhile or not."""
    return await tx.scalar(select(STOP.c.id).where(STOP.c.id == stop_id)) is not None


async def pull(writing: Writing, stop: Stop) -> None:
    """Put a stop in force, once everything that holds it off has ended."""
    await writing.tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('baton/stops', 0))"))
    body = await _kept(writing.tx, stop, stop.by, "reason")
    await writing.tx.execute(insert(STOP).values(id=stop.id, body=body, at=stop.at))
    digest = facts.digest_of(body)
    await writing.record("stop.pulled", stop.by, stop.id, of=stop.of, name=stop.name, digest=digest)


async def lift(writing: Writing, stop_id: str, by: str, reason: str, at: datetime) -> bool:
    """Take a stop back. False: there is none in force of that id."""
    key = await people.key_of(writing.tx, by)
    standing = (STOP.c.id == stop_id) & STOP.c.lifted_at.is_(None)
    lifting = {"lifted_at": at, "lifted_by": key.pseudonym, "lifted_because": key.seal(reason)}
    if await writing.tx.scalar(update(STOP).where(standing).values(lifting).returning(STOP.c.id)) is None:
        return False
    await writing.record("stop.lifted", by, stop_id, reason=key.digest(reason), digest=facts.digest_of(lifting))
    return True


async def emergency(tx: AsyncConnection, everybody: People) -> Emergency | None:
    """The newest emergency, also when it is over: what was decided in it is checked again when it is executed."""
    found = select(EMERGENCY).order_by(EMERGENCY.c.since.desc(), EMERGENCY.c.id).limit(1)
    row = (await tx.execute(found)).one_or_none()
    return _emergency(row, everybody) if row else None


async def emergencies(
    tx: AsyncConnection, everybody: People | None = None, *, unreviewed: bool = False
) -> tuple[Emergency, ...]:
    """All emergencies there were, oldest first; with `unreviewed` those nobody has looked at yet."""
    found = select(EMERGENCY).order_by(EMERGENCY.c.since, EMERGENCY.c.id)
    if unreviewed:
        found = found.where(EMERGENCY.c.reviewed_at.is_(None))
    everybody = everybody or await people.everybody(tx)
    return tuple([_emergency(row, everybody) for row in await tx.execute(found)])


async def open_emergency(writing: Writing, one: Emergency) -> None:
    """Let one person decide alone for a while."""
    body = await _kept(writing.tx, one, one.by, "reason")
    row = {"id": one.id, "by": body["by"], "since": one.since, "until": one.until, "body": body}
    await writing.tx.execute(insert(EMERGENCY).values(row))
    minutes = int((one.until - one.since).total_seconds() // 60)
    await writing.record("emergency.opened", one.by, one.id, minutes=minutes, digest=facts.digest_of(body))


async def close_emergency(writing: Writing, emergency_id: str, by: str, at: datetime) -> bool:
    """End an emergency before its time, once. False: it is not in force."""
    in_force = (EMERGENCY.c.id == emergency_id) & (EMERGENCY.c.since <= at) & (EMERGENCY.c.until > at)
    in_force &= EMERGENCY.c.until == cast_to(EMERGENCY.c.body["until"].astext, EMERGENCY.c.until.type)
    closed = update(EMERGENCY).where(in_force).values(until=at)
    if await writing.tx.scalar(closed.returning(EMERGENCY.c.id)) is None:
        return False
    await writing.record("emergency.closed", by, emergency_id, digest=facts.digest_of({"until": at}))
    return True


async def review_emergency(writing: Writing, emergency_id: str, by: str, note: str, at: datetime) -> bool:
    """Note that somebody looked at what was done in an emergency. False: somebody has before, or there is none."""
    key = await people.key_of(writing.tx, by)
    open_still = (EMERGENCY.c.id == emergency_id) & EMERGENCY.c.reviewed_at.is_(None)
    reviewed = {"reviewed_at": at, "reviewed_by": key.pseudonym, "note": key.seal(note)}
    done = update(EMERGENCY).where(open_still).values(reviewed).returning(EMERGENCY.c.id)
    if await writing.tx.scalar(done) is None:
        return False
    await writing.record(
        "emergency.reviewed", by, emergency_id, note=key.digest(note), digest=facts.digest_of(reviewed)
    )
    return True


async def grants(tx: AsyncConnection, everybody: People) -> tuple[Grant, ...]:
    """The newest level per agent and kind of action."""
    newest = select(AUTONOMY.c.body).ext(distinct_on(AUTONOMY.c.agent, AUTONOMY.c.action))
    rows = await tx.scalars(newest.order_by(AUTONOMY.c.agent, AUTONOMY.c.action, AUTONOMY.c.id.desc()))
    return tuple([Grant.model_validate(everybody.shown(row)) for row in rows])


async def fallen(tx: AsyncConnection) -> tuple[tuple[int, Grant], ...]:
    """Levels that fell by themselves, each with its number, oldest first."""
    return tuple([(number, one) for number, one in await levels(tx) if one.by == SYSTEM])


async def levels(tx: AsyncConnection, since: datetime | None = None) -> tuple[tuple[int, Grant], ...]:
    """Every change of a level from a moment on, by people or by itself, each with its number, oldest first."""
    found = select(AUTONOMY.c.id, AUTONOMY.c.body).order_by(AUTONOMY.c.id)
    if since is not None:
        found = found.where(AUTONOMY.c.at >= since)
    everybody = await people.everybody(tx)
    return tuple([(row.id, Grant.model_validate(everybody.shown(row.body))) for row in await tx.execute(found)])


async def grant(writing: Writing, one: Grant) -> None:
    """Give an agent another level for a kind of action; what fell by itself is by "baton"."""
    body = await _kept(writing.tx, one, one.by, "because")
    row = {"agent": one.agent, "action": one.action, "level": one.level.value, "at": one.at, "body": body}
    await writing.tx.execute(insert(AUTONOMY).values(row))
    kind = "autonomy.fell" if one.by == SYSTEM else "autonomy.granted"
    subject = f"{one.agent}/{one.action}"
    await writing.record(kind, one.by, subject, level=one.level.value, digest=facts.digest_of(body))


async def moves(tx: AsyncConnection, now: datetime, model: OperatingModel, moved: Moved) -> tuple[Move, ...]:
    """What decisions of the company's present day move, in the order they were made; not what came to nothing."""
    first, last = _day(now, model)
    decided = (
        select(ACTION_TABLE.c.body, PROPOSAL.c.body.label("proposal"))
        .join(DECISION, DECISION.c.proposal_id == ACTION_TABLE.c.proposal_id)
        .join(PROPOSAL, PROPOSAL.c.id == ACTION_TABLE.c.proposal_id)
        .where(DECISION.c.at >= first, DECISION.c.at < last, ACTION_TABLE.c.state.not_in(_NOTHING_DONE))
        .order_by(DECISION.c.at, DECISION.c.proposal_id)
    )
    return tuple(
        [
            move
            for row in await tx.execute(decided)
            for move in moved(Proposal.model_validate(row.proposal), ACTION.validate_python(row.body))
        ]
    )


async def freezes(tx: AsyncConnection) -> tuple[CalendarFreeze, ...]:
    """Freezes the source's calendar named at the last sweep."""
    rows = await tx.execute(select(CALENDAR_FREEZE))
    return _in_order([CalendarFreeze.model_validate(row, from_attributes=True) for row in rows])


async def replace_freezes(writing: Writing, named: Sequence[CalendarFreeze], as_of: date) -> None:
    """Keep what the calendar says now instead of what it said before."""
    wanted = _in_order(named)
    if wanted == await freezes(writing.tx):
        return
    await writing.tx.execute(CALENDAR_FREEZE.delete())
    rows = [one.model_dump() for one in wanted]
    if rows:
        await writing.tx.execute(insert(CALENDAR_FREEZE).on_conflict_do_nothing(), rows)
    where = {one: f" in {one.account_id}" if one.account_id else "" for one in wanted}
    spoken = "; ".join(f"{one.name}{where[one]}: {one.first_day} to {one.last_day}" for one in wanted)
    await writing.record("freezes.changed", SYSTEM, as_of.isoformat(), freezes=spoken)


def _in_order(found: Sequence[CalendarFreeze]) -> tuple[CalendarFreeze, ...]:
    return tuple(sorted(set(found), key=lambda one: (one.first_day, one.name, one.account_id)))


async def outcomes(tx: AsyncConnection) -> tuple[tuple[Proposal, Outcome], ...]:
    """What came of proposals that agents stand behind, oldest first."""
    measured = select(PROPOSAL.c.body, OUTCOME.c.body.label("outcome")).join(
        OUTCOME, OUTCOME.c.proposal_id == PROPOSAL.c.id
    )
    rows = await tx.execute(measured.order_by(OUTCOME.c.measured_on, PROPOSAL.c.id))
    known = [(Proposal.model_validate(row.body), Outcome.model_validate(row.outcome)) for row in rows]
    return tuple((proposal, outcome) for proposal, outcome in known if proposal.agents)


async def calls(
    tx: AsyncConnection, kind: str, agents: Collection[str], most: int
) -> tuple[tuple[Forecast, Outcome], ...]:
    """The newest outcomes of one kind of action that any of these agents stood behind, each with its forecast."""
    forecast, body = PROPOSAL.c.body["forecast"], OUTCOME.c.body
    asked = (
        select(forecast.label("forecast"), body.label("outcome"))
        .join(PROPOSAL, OUTCOME.c.proposal_id == PROPOSAL.c.id)
        .where(
            PROPOSAL.c.body["action"]["kind"].astext == kind,
            PROPOSAL.c.body["agents"].has_any(cast_to(sorted(agents), ARRAY(Text))),
            func.jsonb_typeof(forecast) == "object",
        )
        .order_by(OUTCOME.c.measured_on.desc(), OUTCOME.c.proposal_id.desc())
        .limit(most)
    )
    rows = await tx.execute(asked)
    return tuple((Forecast.model_validate(row.forecast), Outcome.model_validate(row.outcome)) for row in rows)


def _day(now: datetime, model: OperatingModel) -> tuple[datetime, datetime]:
    """The company's present day, from midnight to midnight."""
    moment = model.moment(now)
    first, next_day = (datetime.combine(moment.day + timedelta(days=days), time(), moment.zone) for days in (0, 1))
    return first, next_day


def _lifting(row: Row[Any], everybody: People) -> Lifting | None:
    if row.lifted_at is None:
        return None
    said = cast("dict[str, Any]", everybody.shown({"by": row.lifted_by, "because": row.lifted_because}))
    return Lifting(by=str(said["by"]), because=str(said["because"]), at=row.lifted_at)


def _emergency(row: Row[Any], everybody: People) -> Emergency:
    body = cast("dict[str, Any]", everybody.shown(row.body))
    reviewed_by = everybody.names.get(row.reviewed_by, row.reviewed_by) if row.reviewed_by else None
    return Emergency.model_validate(body | {"until": row.until, "reviewed_by": reviewed_by})


async def _kept(tx: AsyncConnection, fact: BaseModel, by: str, words: str) -> dict[str, Any]:
    """A fact as it is stored: whoever is behind it by pseudonym, what they wrote sealed."""
    body = facts.body(fact)
    if by == SYSTEM:
        return body
    key = await people.key_of(tx, by)
    return body | {"by": key.pseudonym, words: key.seal(body[words])}
