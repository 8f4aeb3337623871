"""Decisions: claimed once, with everything that follows from them, in one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.action import ActionBase
from domain.errors import InvalidChange, NoLongerOpen, NotFound, StaleCard
from domain.proposal import Approved, Decision, Expired, FinalDecision, Overridden, Proposal, Rejected, Snoozed
from domain.verdict import Ask
from memory import actions, facts, people
from memory.database import Database
from memory.failpoints import Failpoint
from memory.proposals import VERDICT, Asked, ask, row_of, signal_of
from memory.schema import APPROVAL, DECISION, PROPOSAL, SNOOZE
from memory.writing import Writing

DECISIONS: TypeAdapter[Decision] = TypeAdapter(Decision)


_SAME_SNOOZE = timedelta(minutes=6)
"""A snooze by the same person that ends within so much of the one in force is its redelivery: Slack tries for five."""

Check = Callable[[AsyncConnection], Awaitable[int | None]]
"""Asked once the case is locked: raises the refusal of a press that may not be taken as things stand at that moment.

Answers how many people must approve, this presser among them; None for as many as the card says.
"""


async def nothing_more(tx: AsyncConnection) -> None:
    """The check of a decision that needs no leave, as when time runs out."""
    del tx


async def claim(database: Database, decision: FinalDecision, check: Check = nothing_more) -> FinalDecision | None:
    """Record who decided first, with the action, the ledger line and the job that carries it out.

    Returns the earlier decision where somebody was first, and None where this one stands, or counts towards a quorum.
    Raises NotFound, StaleCard, NoLongerOpen, and what `check` raises.
    """
    async with database.write(Failpoint.DECISION_UNCOMMITTED) as writing:
        row = await _locked(writing, decision)
        needed = await check(writing.tx)
        if earlier := await of(writing.tx, decision.proposal_id):
            return earlier
        _must_be_open(row, decision)
        verdict = VERDICT.validate_python(row.verdict)
        quorum = needed or (verdict.quorum if isinstance(verdict, Ask) else 1)
        if quorum > 1 and isinstance(decision, Approved | Overridden):
            if isinstance(decision, Overridden):
                decision = await _asked_anew(writing, row, decision)
            if await _approvals_with(writing, decision) < quorum:
                return None
        await _decide(writing, row, decision)
    return None


async def decide(writing: Writing, decision: Approved) -> None:
    """Record a decision on a question asked in this same transaction. The case must be locked, and it may be made."""
    row = await row_of(writing.tx, decision.proposal_id)
    assert row is not None
    await _decide(writing, row, decision)


async def approve(writing: Writing, approval: Approved) -> None:
    """Count the first approval of a question asked in this same transaction. The case must be locked, and it may be."""
    await _approvals_with(writing, approval)


async def snooze(database: Database, decision: Snoozed, check: Check = nothing_more) -> FinalDecision | None:
    """Put a question off; its deadline moves by as much as it is put off further. Returns an earlier final decision."""
    async with database.write(Failpoint.DECISION_UNCOMMITTED) as writing:
        row = await _locked(writing, decision)
        body = await kept(writing.tx, decision)
        before = await _snoozes_in_force(writing.tx, decision)
        is_redelivered = any(by == body["by"] and abs(decision.until - until) <= _SAME_SNOOZE for by, until in before)
        try:
            await check(writing.tx)
        except InvalidChange:  # what was taken is not refused for the few minutes its redelivery seems to add
            if not is_redelivered:
                raise
        if earlier := await of(writing.tx, decision.proposal_id):
            return earlier
        _must_be_open(row, decision)
        if is_redelivered:
            return None
        from_ = max((until for _, until in before), default=decision.at)
        more = max(decision.until - from_, timedelta())
        later = row.expires_at + more if row.expires_at else None
        await writing.tx.execute(update(PROPOSAL).where(PROPOSAL.c.id == row.id).values(expires_at=later))
        await writing.tx.execute(insert(SNOOZE).values(proposal_id=row.id, until=decision.until, body=body))
        said = {"version": decision.version, "until": decision.until.isoformat(), "digest": facts.digest_of(body)}
        await writing.record("decision.snoozed", decision.by, row.id, expires_at=facts.told(later), **said)
    return None


async def _snoozes_in_force(tx: AsyncConnection, decision: Snoozed) -> list[tuple[str, datetime]]:
    """Who has put the question off, and until when."""
    found = select(SNOOZE.c.body["by"].astext, SNOOZE.c.until).where(SNOOZE.c.proposal_id == decision.proposal_id)
    return [(by, until) for by, until in await tx.execute(found.where(SNOOZE.c.until > decision.at))]


@dataclass(frozen=True, slots=True)
class Refused:
    """A press that was refused."""

    decision: Decision
    why: str
    """The kind of refusal: "AlreadyDecided"."""


async def refused(database: Database, presses: Sequence[Refused]) -> None:
    """Keep that presses were refused, and why: one line of the ledger each, all in one transaction."""
    async with database.write(Failpoint.REFUSAL_UNCOMMITTED) as writing:
        await writing.recall({press.decision.by for press in presses})
        for press in presses:
            one = press.decision
            await writing.record("refusal", one.by, one.proposal_id, version=one.version, press=one.kind, why=press.why)
    database.failpoint(Failpoint.REFUSAL_COMMITTED)


async def of(tx: AsyncConnection, proposal_id: str) -> FinalDecision | None:
    """The decision on a proposal, once there is one."""
    found = await tx.scalar(select(DECISION.c.body).where(DECISION.c.proposal_id == proposal_id))
    if found is None:
        return None
    decision = DECISIONS.validate_python((await people.everybody(tx)).shown(found))
    assert not isinstance(decision, Snoozed)
    return decision


async def kept(tx: AsyncConnection, decision: Decision) -> dict[str, Any]:
    """A decision as it is stored: whoever took it by pseudonym, what they wrote sealed."""
    body = facts.body(decision)
    if decision.by == people.SYSTEM:
        return body
    key = await people.key_of(tx, decision.by)
    sealed = {"reason": key.seal(decision.reason)} if isinstance(decision, Overridden | Rejected) else {}
    return body | {"by": key.pseudonym} | sealed


async def is_final(tx: AsyncConnection, proposal_id: str) -> bool:
    """Whether a proposal has been decided: once it has, it stays so."""
    return await tx.scalar(select(DECISION.c.proposal_id).where(DECISION.c.proposal_id == proposal_id)) is not None


async def made_by(tx: AsyncConnection, slack: str, since: datetime, until: datetime) -> tuple[str, ...]:
    """Proposals that somebody decided from one moment up to another, in order."""
    key = await people.known(tx, slack)
    if key is None:
        return ()
    theirs = (DECISION.c.by == key.pseudonym) & (DECISION.c.at >= since) & (DECISION.c.at < until)
    return tuple(await tx.scalars(select(DECISION.c.proposal_id).where(theirs).order_by(DECISION.c.at)))


async def recent(tx: AsyncConnection, limit: int) -> tuple[str, ...]:
    """Cases somebody decided on, the newest decision first."""
    newest = func.max(DECISION.c.at)
    found = select(PROPOSAL.c.signal_id).join(DECISION, DECISION.c.proposal_id == PROPOSAL.c.id)
    ordered = found.where(DECISION.c.kind != "expired").group_by(PROPOSAL.c.signal_id).order_by(newest.desc())
    return tuple(await tx.scalars(ordered.limit(limit)))


async def _locked(writing: Writing, decision: Decision) -> Row[tuple[object, ...]]:
    """The proposal as it stands, with its case locked until the transaction ends."""
    signal_id = await signal_of(writing.tx, decision.proposal_id)
    if signal_id is None:
        raise NotFound(f"There is no proposal {decision.proposal_id}.")
    await writing.touch(signal_id)
    row = await row_of(writing.tx, decision.proposal_id)
    assert row is not None
    return row


def _must_be_open(row: Row[tuple[object, ...]], decision: Decision) -> None:
    if row.withdrawn_at is not None:
        raise NoLongerOpen("This proposal was withdrawn: its signal closed, or a newer proposal took its place.")
    if row.version != decision.version:
        raise StaleCard("The proposal has changed since this card was drawn; please look at the new one.")
    is_late = row.expires_at is not None and row.expires_at <= decision.at
    if is_late and not isinstance(decision, Expired):
        raise NoLongerOpen("This proposal has expired; nobody answered in time.")
    if isinstance(decision, Expired) and not is_late:
        raise NoLongerOpen("This proposal has not expired yet.")


async def _decide(writing: Writing, row: Row[tuple[object, ...]], decision: FinalDecision) -> None:
    """Decision, action, ledger line and job: all of them or none."""
    body = await kept(writing.tx, decision)
    columns = {"version": decision.version, "kind": decision.kind, "by": body["by"], "at": decision.at}
    await writing.tx.execute(insert(DECISION).values(proposal_id=row.id, body=body, **columns))
    action: ActionBase | None = None
    if isinstance(decision, Overridden):
        action = decision.action
    elif isinstance(decision, Approved):
        action = Proposal.model_validate(row.body).action
    if action is not None:
        await actions.create(writing, row.id, decision.version, action, body["by"])
    await writing.record(
        f"decision.{decision.kind}",
        decision.by,
        row.id,
        version=decision.version,
        decided_at=decision.at.isoformat(),
        action=facts.digest(action) if action else None,
        digest=facts.digest_of(body),
    )
    await writing.defer("advance", row.id)


async def _approvals_with(writing: Writing, decision: Approved | Overridden) -> int:
    """How many different people approve this version, counting this press."""
    body = await kept(writing.tx, decision)
    key = {"proposal_id": decision.proposal_id, "version": decision.version, "by": body["by"]}
    added = insert(APPROVAL).values(**key, at=decision.at, body=body)
    if await writing.tx.scalar(added.on_conflict_do_nothing().returning(APPROVAL.c.by)) is not None:
        said = {"version": decision.version, "digest": facts.digest_of(body)}
        await writing.record("approval", decision.by, decision.proposal_id, **said)
    same = (APPROVAL.c.proposal_id == decision.proposal_id) & (APPROVAL.c.version == decision.version)
    return await writing.tx.scalar(select(func.count()).where(same)) or 0


async def _asked_anew(writing: Writing, row: Row[tuple[object, ...]], decision: Overridden) -> Overridden:
    """Where several must agree, a change is a new version that the others see; whoever changed it has approved it.

    As an approval it keeps why it was changed, sealed like every reason, for the others to read.
    """
    changed = Proposal.model_validate(row.body).model_copy(update={"action": decision.action})
    verdict = VERDICT.validate_python(row.verdict)
    await ask(writing, Asked(changed, verdict, row.expires_at, asked_at=decision.at), row.place)
    version = decision.version + 1
    await writing.record("approval.changed", decision.by, row.id, version=version, action=facts.digest(decision.action))
    return decision.model_copy(update={"version": version})
