"""Reminders: questions nobody answered yet, told to their owners once, and once to whoever they escalate to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case import Case, ProposalStatus, ProposalView
from domain.operating_model import Policy
from memory.people import SYSTEM
from memory.schema import REMINDER
from memory.writing import Writing

Kind = Literal["reminder", "escalation"]


@dataclass(frozen=True, slots=True)
class Due:
    """A question that has waited long enough to be brought up again."""

    case: Case
    view: ProposalView
    kind: Kind


async def due(tx: AsyncConnection, known: Sequence[Case], policy: Policy, now: datetime) -> tuple[Due, ...]:
    """What is to be brought up now, the oldest questions first. A snoozed question is left alone while it sleeps."""
    waits: dict[Kind, int | None] = {"reminder": policy.remind_after_hours, "escalation": policy.escalate_after_hours}
    late = [
        Due(case, view, kind)
        for case in known
        for view in case.proposals
        if case.takes_answers(view) and view.status is ProposalStatus.PENDING and view.asked_at is not None
        for kind, hours in waits.items()
        if hours is not None and now >= view.asked_at + timedelta(hours=hours)
    ]
    if not late:
        return ()
    ids = [one.view.proposal.id for one in late]
    rows = await tx.execute(select(REMINDER).where(REMINDER.c.proposal_id.in_(ids)))
    done = {(row.proposal_id, row.version, row.kind) for row in rows}
    left = [one for one in late if (one.view.proposal.id, one.view.proposal.version, one.kind) not in done]
    return tuple(sorted(left, key=lambda one: (one.view.asked_at or now, one.kind != "reminder")))


async def keep(writing: Writing, one: Due, at: datetime) -> bool:
    """Note that a question was brought up. False: it was noted before."""
    proposal = one.view.proposal
    row = {"proposal_id": proposal.id, "version": proposal.version, "kind": one.kind, "at": at}
    new = insert(REMINDER).values(row).on_conflict_do_nothing().returning(REMINDER.c.proposal_id)
    if await writing.tx.scalar(new) is None:
        return False
    await writing.record(f"question.{one.kind}", SYSTEM, proposal.id, version=proposal.version)
    return True
