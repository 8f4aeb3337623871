"""Proposals: what is asked now, and every version that was ever asked."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, func, select, union, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.proposal import Proposal
from domain.verdict import Verdict
from memory import facts, lessons, people
from memory.people import SYSTEM, People, vault
from memory.schema import ACTION, DECISION, OUTCOME, PROPOSAL, PROPOSAL_VERSION, SIGNAL
from memory.writing import Writing

VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)


@dataclass(frozen=True, slots=True)
class Asked:
    """A proposal with what governance said to it."""

    proposal: Proposal
    verdict: Verdict
    expires_at: datetime | None
    """When it stops being open; None where nobody is asked."""
    said_by: str | None = None
    """Slack user whose own words its `why` holds: sealed as theirs."""
    asked_at: datetime | None = None
    """When it is put to people, by the company's clock; None: its time tells it backwards."""


async def ask(writing: Writing, asked: Asked, place: int = 0) -> bool:
    """Put a proposal on its case's card. The case must be locked.

    The same question is not asked twice: once decided it stays decided, and unchanged it stays as it is. `place` is
    where a new one stands at the earliest: behind all that are on the card, and there it stays, since people call it by
    its number.
    """
    now = await row_of(writing.tx, asked.proposal.id)
    if now is None:
        await _keep(writing, asked, max(place, await _next_place(writing.tx, asked.proposal.signal_id)))
        return True
    if await writing.tx.scalar(select(DECISION.c.proposal_id).where(DECISION.c.proposal_id == now.id)):
        return False
    if now.withdrawn_at is None and not _differs(now, asked):
        return False
    newer = asked.proposal.model_copy(update={"version": now.version + 1})
    sealed = await _still_sealed(writing.tx, now.body, newer.why)
    await _keep(writing, replace(asked, proposal=newer), now.place, sealed)
    return True


async def _next_place(tx: AsyncConnection, signal_id: str) -> int:
    """The first place on a card behind all that were ever on it."""
    last = await tx.scalar(select(func.max(PROPOSAL.c.place)).where(PROPOSAL.c.signal_id == signal_id))
    return 0 if last is None else last + 1


async def _still_sealed(tx: AsyncConnection, before: dict[str, Any], why: str) -> str | None:
    """The earlier version's `why` as it is stored, where it is in somebody's words and the same is said again."""
    kept = str(before["why"])
    is_theirs = vault.whose(kept) is not None and (await people.everybody(tx)).shown(kept) == why
    return kept if is_theirs else None


async def still_askable(tx: AsyncConnection, asked: Asked) -> Asked:
    """A question nobody answered in time, or whose action came to nothing, may be put again when its signal changes.

    It then has a name of its own, so that the earlier one stays what it was.
    """
    ident = asked.proposal.id
    while await _came_to_nothing(tx, ident):
        ident = next_name(ident)
    return replace(asked, proposal=asked.proposal.model_copy(update={"id": ident}))


def next_name(proposal_id: str) -> str:
    """What a proposal is called when it is put again: the same name whoever puts it."""
    return facts.name_of("prop", proposal_id, "again")


async def _came_to_nothing(tx: AsyncConnection, proposal_id: str) -> bool:
    """Whether it expired, or was approved and then not done: drifted, failed, or only rehearsed."""
    ends = select(DECISION.c.kind, ACTION.c.state).outerjoin(ACTION, ACTION.c.proposal_id == DECISION.c.proposal_id)
    found = (await tx.execute(ends.where(DECISION.c.proposal_id == proposal_id))).one_or_none()
    return found is not None and (found.kind == "expired" or found.state in {"drifted", "failed", "rehearsed"})


def _differs(now: Row[tuple[object, ...]], asked: Asked) -> bool:
    """Whether a person would decide about something else than before."""
    before = Proposal.model_validate(now.body)  # what it remembers may be sealed, and is not compared
    parts = ("action", "owner", "forecast")
    changed = any(getattr(before, part) != getattr(asked.proposal, part) for part in parts)
    return changed or VERDICT.validate_python(now.verdict) != asked.verdict


def shown(body: dict[str, Any], everybody: People) -> Proposal:
    """A proposal as people know it: what it remembers of somebody's words is there while they are not erased."""
    quotes: list[str] = [str(everybody.shown(quote)) for quote in body.get("remembered", [])]
    why = everybody.shown(body["why"])
    return Proposal.model_validate(
        body | {"why": why, "remembered": [quote for quote in quotes if quote != vault.ERASED]}
    )


async def _keep(writing: Writing, asked: Asked, place: int, sealed_why: str | None = None) -> None:
    proposal = asked.proposal
    body = facts.body(proposal) | {"remembered": await lessons.quoted(writing.tx, proposal.remembered)}
    if sealed_why is not None:
        body["why"] = sealed_why
    elif asked.said_by is not None:
        body["why"] = (await people.key_of(writing.tx, asked.said_by)).seal(proposal.why)
    row = {
        "version": proposal.version,
        "body": body,
        "verdict": facts.body(asked.verdict),
        "owner": proposal.owner,
        "asked_at": asked.asked_at,
        "expires_at": asked.expires_at,
        "withdrawn_at": None,
        "place": place,
        "reviewed": None,
    }
    kept = insert(PROPOSAL).values(id=proposal.id, signal_id=proposal.signal_id, **row)
    await writing.tx.execute(kept.on_conflict_do_update(index_elements=["id"], set_=row))
    version = {key: row[key] for key in ("version", "body", "verdict")}
    await writing.tx.execute(insert(PROPOSAL_VERSION).values(proposal_id=proposal.id, **version))
    await writing.record(
        "proposal.asked",
        SYSTEM,
        proposal.id,
        version=proposal.version,
        signal=proposal.signal_id,
        action=proposal.action.kind,
        verdict=asked.verdict.kind,
        asked_at=facts.told(asked.asked_at),
        expires_at=facts.told(asked.expires_at),
        rules=facts.digest(asked.verdict),
        digest=facts.digest_of(body),
    )


async def withdraw(writing: Writing, signal_id: str, at: datetime, *, keep: Collection[str] = ()) -> tuple[str, ...]:
    """Take what nobody decided off a case's card, except `keep`. The case must be locked.

    What was done can be taken back whatever became of its signal: a question about that stays.
    """
    decided = select(DECISION.c.proposal_id)
    undecided = PROPOSAL.c.id.not_in(decided) & PROPOSAL.c.withdrawn_at.is_(None) & PROPOSAL.c.id.not_in(list(keep))
    undecided &= PROPOSAL.c.body["undoes"].astext.is_(None)
    gone = update(PROPOSAL).where((PROPOSAL.c.signal_id == signal_id) & undecided).values(withdrawn_at=at)
    ids = tuple(await writing.tx.scalars(gone.returning(PROPOSAL.c.id)))
    for ident in ids:
        await writing.record("proposal.withdrawn", SYSTEM, ident, withdrawn_at=facts.told(at))
    return ids


async def row_of(tx: AsyncConnection, proposal_id: str) -> Row[tuple[object, ...]] | None:
    """The proposal's row as it stands."""
    return (await tx.execute(select(PROPOSAL).where(PROPOSAL.c.id == proposal_id))).one_or_none()


async def signal_of(tx: AsyncConnection, proposal_id: str) -> str | None:
    """The case a proposal belongs to."""
    return await tx.scalar(select(PROPOSAL.c.signal_id).where(PROPOSAL.c.id == proposal_id))


async def undecided(tx: AsyncConnection, *, expired_by: datetime | None = None) -> tuple[str, ...]:
    """Proposals nobody decided and nobody withdrew; only those past their time when `expired_by` is given."""
    found = select(PROPOSAL.c.id).where(
        PROPOSAL.c.withdrawn_at.is_(None) & PROPOSAL.c.id.not_in(select(DECISION.c.proposal_id))
    )
    if expired_by is not None:
        found = found.where(PROPOSAL.c.expires_at <= expired_by)
    return tuple(await tx.scalars(found.order_by(PROPOSAL.c.id)))


async def undoing(tx: AsyncConnection) -> tuple[str, ...]:
    """Closed cases on which somebody may still decide to take something back."""
    found = select(PROPOSAL.c.signal_id).join(SIGNAL, SIGNAL.c.id == PROPOSAL.c.signal_id).distinct()
    waiting = PROPOSAL.c.withdrawn_at.is_(None) & PROPOSAL.c.id.not_in(select(DECISION.c.proposal_id))
    theirs = waiting & PROPOSAL.c.body["undoes"].astext.is_not(None) & ~SIGNAL.c.is_open
    return tuple(await tx.scalars(found.where(theirs).order_by(PROPOSAL.c.signal_id)))


async def waiting_on_us(tx: AsyncConnection, today: date) -> tuple[str, ...]:
    """Proposals whose next step is ours: to be checked and released, to be measured, or allowed without asking."""
    approved = select(ACTION.c.proposal_id).where(ACTION.c.state == "approved")
    measured = select(OUTCOME.c.proposal_id)
    executed = (ACTION.c.measured_after <= today) & ACTION.c.proposal_id.not_in(measured)
    ripe = select(ACTION.c.proposal_id).where(executed)
    automatic = select(PROPOSAL.c.id).where(
        PROPOSAL.c.verdict["kind"].astext == "automatic",
        PROPOSAL.c.withdrawn_at.is_(None),
        PROPOSAL.c.id.not_in(select(DECISION.c.proposal_id)),
    )
    return tuple(sorted(set(await tx.scalars(union(approved, ripe, automatic)))))
