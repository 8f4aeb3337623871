"""Amendments: changes of the operating model on their way, and who agreed to them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Select, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.amendment import Amendment, AmendmentStatus, AmendmentView
from domain.proposal import Proposal
from domain.verdict import Verdict
from memory import facts, operating_models, people, proposals
from memory.operating_models import FILE, InForce
from memory.people import SYSTEM, People, vault
from memory.people.vault import Key
from memory.proposals import VERDICT
from memory.schema import AGREEMENT, AMENDMENT, PROPOSAL
from memory.writing import Writing

Quorum = Callable[[Amendment], int]
"""How many people must agree to an amendment; the rule is governance's."""


async def draft(writing: Writing, amendment: Amendment) -> None:
    """Keep a change that was proposed. Whoever typed it is known by pseudonym, their reason is sealed.

    So is every name in the sentences of what changes, each with the key of whose it is.
    """
    body = facts.body(amendment) | {"model": await operating_models.kept(writing.tx, amendment.model)}
    theirs = await _words_for_people(writing.tx, amendment)
    body |= {part: [vault.sealed_in(one, theirs) for one in body[part]] for part in ("changes", "loosens")}
    actor = SYSTEM if amendment.by == FILE else amendment.by
    if amendment.by != FILE:
        key = await people.key_of(writing.tx, amendment.by)
        body |= {"by": key.pseudonym, "reason": key.seal(amendment.reason)}
    row = {"id": amendment.id, "base": amendment.base, "body": body, "status": AmendmentStatus.PENDING.value}
    await writing.tx.execute(insert(AMENDMENT).values(**row, by=body["by"], at=amendment.at))
    replayed, changed = amendment.replay.of, len(amendment.replay.changed)
    await writing.record(
        "amendment.drafted",
        actor,
        amendment.id,
        base=amendment.base,
        loosens=bool(amendment.loosens),
        replayed=replayed,
        changed=changed,
        digest=facts.digest_of(body),
    )


async def agree(writing: Writing, amendment: Amendment, by: str, at: datetime) -> None:
    """Note that somebody agrees; the operating model must be locked. Twice is once."""
    key = await people.key_of(writing.tx, by)
    new = insert(AGREEMENT).values(amendment_id=amendment.id, by=key.pseudonym, at=at).on_conflict_do_nothing()
    if await writing.tx.scalar(new.returning(AGREEMENT.c.by)) is not None:
        digest = facts.digest_of({"by": key.pseudonym, "at": at})
        await writing.record("amendment.agreed", by, amendment.id, digest=digest)


async def reject(writing: Writing, amendment: Amendment, by: str, reason: str, at: datetime) -> None:
    """Note that somebody will not have it; their reason stays in the amendment, sealed."""
    key = await people.key_of(writing.tx, by)
    sealed = key.seal(reason)
    await _decide(writing, amendment.id, AmendmentStatus.REJECTED, key.pseudonym, at, rejected_because=sealed)
    digest = facts.digest_of({"by": key.pseudonym, "at": at, "because": sealed})
    await writing.record("amendment.rejected", by, amendment.id, reason=key.digest(reason), digest=digest)


async def enact(writing: Writing, amendment: Amendment, before: InForce, by: str, at: datetime) -> InForce:
    """Put an amendment in force; whatever else was drafted on the version before it is outdated from here on."""
    after = await operating_models.enact(writing, amendment, before, by, at)
    await _decide(
        writing,
        amendment.id,
        AmendmentStatus.IN_FORCE,
        await people.pseudonym(writing.tx, by),
        at,
        rejected_because=None,
    )
    await outdate(writing, at)
    return after


async def outdate(writing: Writing, at: datetime, *, by: str | None = None) -> None:
    """Note that pending amendments are overtaken: all of them, or those somebody drafted."""
    overtaken = AMENDMENT.c.status == AmendmentStatus.PENDING.value
    if by is not None:
        overtaken &= AMENDMENT.c.by == (by if by == FILE else await people.pseudonym(writing.tx, by))
    changed = update(AMENDMENT).where(overtaken).values(status=AmendmentStatus.OUTDATED.value, decided_at=at)
    for ident in await writing.tx.scalars(changed.returning(AMENDMENT.c.id)):
        await writing.record("amendment.outdated", SYSTEM, ident, digest=facts.digest_of({"at": at}))


async def of(tx: AsyncConnection, amendment_id: str, quorum: Quorum) -> AmendmentView | None:
    """One amendment as it stands."""
    found = await _views(tx, select(AMENDMENT).where(AMENDMENT.c.id == amendment_id), quorum)
    return found[0] if found else None


async def pending(tx: AsyncConnection, quorum: Quorum) -> tuple[AmendmentView, ...]:
    """What waits for agreement, oldest first."""
    waiting = select(AMENDMENT).where(AMENDMENT.c.status == AmendmentStatus.PENDING.value)
    return await _views(tx, waiting.order_by(AMENDMENT.c.at, AMENDMENT.c.id), quorum)


async def recent(tx: AsyncConnection, limit: int, quorum: Quorum) -> tuple[AmendmentView, ...]:
    """The last few that were decided, newest first."""
    decided = select(AMENDMENT).where(AMENDMENT.c.status != AmendmentStatus.PENDING.value)
    return await _views(tx, decided.order_by(AMENDMENT.c.decided_at.desc(), AMENDMENT.c.id).limit(limit), quorum)


async def enacted(tx: AsyncConnection, since: datetime, quorum: Quorum) -> tuple[AmendmentView, ...]:
    """What came into force from a moment on, oldest first."""
    found = select(AMENDMENT).where(
        AMENDMENT.c.status == AmendmentStatus.IN_FORCE.value, AMENDMENT.c.decided_at >= since
    )
    return await _views(tx, found.order_by(AMENDMENT.c.decided_at, AMENDMENT.c.id), quorum)


async def past(tx: AsyncConnection, limit: int) -> tuple[tuple[Proposal, Verdict, datetime | None], ...]:
    """The newest proposals on record with what they were answered, and when they were asked, newest first.

    What a change is held against.
    """
    day = PROPOSAL.c.body["proposed_on"].astext
    newest = (
        select(PROPOSAL.c.body, PROPOSAL.c.verdict, PROPOSAL.c.asked_at)
        .order_by(day.desc(), PROPOSAL.c.id)
        .limit(limit)
    )
    everybody = await people.everybody(tx)
    rows = await tx.execute(newest)
    return tuple(
        [(proposals.shown(row.body, everybody), VERDICT.validate_python(row.verdict), row.asked_at) for row in rows]
    )


async def _words_for_people(tx: AsyncConnection, amendment: Amendment) -> dict[str, Key]:
    """Names and Slack ids that may stand in its sentences, of who is in the model before it or in its own."""
    before = await operating_models.people_of(tx, amendment.base)
    words: dict[str, Key] = {}
    for person in (*before, *amendment.model.people):
        key = await people.key_of(tx, person.slack)
        words |= {person.name: key, person.slack: key}
    return words


async def _decide(
    writing: Writing, ident: str, status: AmendmentStatus, by: str, at: datetime, *, rejected_because: str | None
) -> None:
    values: dict[str, Any] = {"status": status.value, "decided_by": by, "decided_at": at}
    if rejected_because is not None:
        values["rejected_because"] = rejected_because
    await writing.tx.execute(update(AMENDMENT).where(AMENDMENT.c.id == ident).values(values))


async def _views(tx: AsyncConnection, asked: Select[Any], quorum: Quorum) -> tuple[AmendmentView, ...]:
    rows = (await tx.execute(asked)).all()
    if not rows:
        return ()
    everybody = await people.everybody(tx)
    agreed = select(AGREEMENT).where(AGREEMENT.c.amendment_id.in_([row.id for row in rows]))
    agreements = (await tx.execute(agreed.order_by(AGREEMENT.c.at, AGREEMENT.c.by))).all()
    return tuple(
        _view(row, [one.by for one in agreements if one.amendment_id == row.id], everybody, quorum) for row in rows
    )


def _view(row: Row[Any], agreed: Sequence[str], everybody: People, quorum: Quorum) -> AmendmentView:
    body = cast("dict[str, Any]", everybody.shown({name: one for name, one in row.body.items() if name != "model"}))
    amendment = Amendment.model_validate(body | {"model": operating_models.read(row.body["model"], everybody)})
    return AmendmentView(
        amendment=amendment,
        status=AmendmentStatus(row.status),
        quorum=quorum(amendment),
        agreed=tuple(everybody.names.get(one, one) for one in agreed),
        decided_by=everybody.names.get(row.decided_by, row.decided_by) if row.decided_by else None,
    )
