"""Cases: the read model, put together from rows. Where a proposal stands is derived here and stored nowhere."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case import Case, ProposalStatus, ProposalView
from domain.proposal import Decision, Expired, Proposal, Rejected, Snoozed
from domain.receipt import Outcome, Receipt, ReceiptStatus
from domain.signal import CloseReason, Signal
from domain.verdict import Forbidden, Verdict
from memory.decisions import DECISIONS
from memory.proposals import VERDICT
from memory.schema import ACTION, APPROVAL, DECISION, OUTCOME, PROPOSAL, RECEIPT, SIGNAL, SNOOZE

_Row = Row[tuple[object, ...]]

_AFTER_EXECUTION = {
    ReceiptStatus.DONE: ProposalStatus.EXECUTED,
    ReceiptStatus.HANDED_OVER: ProposalStatus.EXECUTED,
    ReceiptStatus.DRIFTED: ProposalStatus.DRIFTED,
    ReceiptStatus.FAILED: ProposalStatus.FAILED,
    ReceiptStatus.UNKNOWN: ProposalStatus.UNKNOWN,
}


@dataclass(slots=True)
class _Known:
    """What the rows say about one proposal."""

    decision: Decision | None = None
    snooze: Snoozed | None = None
    approvals: list[_Row] = field(default_factory=list[_Row])
    receipt: Receipt | None = None
    outcome: Outcome | None = None
    measured_after: date | None = None


async def load(tx: AsyncConnection, signal_ids: Sequence[str], now: datetime) -> tuple[Case, ...]:
    """The cases of these signals, in the order asked; ids nobody knows are left out."""
    signals = {row.id: row for row in await tx.execute(select(SIGNAL).where(SIGNAL.c.id.in_(signal_ids)))}
    order = (PROPOSAL.c.withdrawn_at.is_not(None), PROPOSAL.c.place, PROPOSAL.c.id)
    asked = select(PROPOSAL).where(PROPOSAL.c.signal_id.in_(signal_ids)).order_by(*order)
    rows: dict[str, list[_Row]] = defaultdict(list)
    for row in await tx.execute(asked):
        rows[row.signal_id].append(row)
    known = await _known(tx, [row.id for group in rows.values() for row in group])
    found = [
        _case(signals[ident], tuple(_view(row, known[row.id], now) for row in rows[ident]))
        for ident in signal_ids
        if ident in signals
    ]
    return tuple(found)


async def of_proposal(tx: AsyncConnection, proposal_id: str, now: datetime) -> tuple[Case, ProposalView] | None:
    """The case a proposal belongs to, and the proposal as it stands."""
    signal_id = await tx.scalar(select(PROPOSAL.c.signal_id).where(PROPOSAL.c.id == proposal_id))
    if signal_id is None:
        return None
    (case,) = await load(tx, [signal_id], now)
    return case, next(view for view in case.proposals if view.proposal.id == proposal_id)


def _case(row: _Row, views: tuple[ProposalView, ...]) -> Case:
    return Case(
        signal=Signal.model_validate(row.body),
        is_open=row.is_open,
        closed=CloseReason(row.closed) if row.closed else None,
        closed_on=row.closed_on,
        proposals=views,
    )


def _view(row: _Row, known: _Known, now: datetime) -> ProposalView:
    verdict = VERDICT.validate_python(row.verdict)
    return ProposalView(
        proposal=Proposal.model_validate(row.body),
        verdict=verdict,
        status=_status(verdict, known, now, is_withdrawn=row.withdrawn_at is not None),
        expires_at=row.expires_at,
        decision=known.decision or _in_force(known, now),
        approvals=tuple(approval.by for approval in known.approvals if approval.version == row.version),
        receipt=known.receipt,
        outcome=known.outcome,
        measured_after=known.measured_after,
    )


def _status(verdict: Verdict, known: _Known, now: datetime, *, is_withdrawn: bool) -> ProposalStatus:
    match known.decision:
        case None:
            return _undecided(verdict, known, now, is_withdrawn=is_withdrawn)
        case Rejected():
            return ProposalStatus.REJECTED
        case Expired():
            return ProposalStatus.EXPIRED
        case _ if known.outcome:
            return ProposalStatus.MEASURED
        case _:
            return _AFTER_EXECUTION[known.receipt.status] if known.receipt else ProposalStatus.APPROVED


def _undecided(verdict: Verdict, known: _Known, now: datetime, *, is_withdrawn: bool) -> ProposalStatus:
    if is_withdrawn:
        return ProposalStatus.WITHDRAWN
    if isinstance(verdict, Forbidden):
        return ProposalStatus.FORBIDDEN
    return ProposalStatus.SNOOZED if _in_force(known, now) else ProposalStatus.PENDING


def _in_force(known: _Known, now: datetime) -> Snoozed | None:
    return known.snooze if known.snooze and known.snooze.until > now else None


async def _known(tx: AsyncConnection, ids: list[str]) -> dict[str, _Known]:
    """Everything decided and done about these proposals; of snoozes and receipts the newest counts."""
    known: dict[str, _Known] = defaultdict(_Known)

    async def rows(found: Select[tuple[object, ...]], key: ColumnElement[str]) -> Sequence[_Row]:
        return (await tx.execute(found.where(key.in_(ids)))).all()

    for row in await rows(select(DECISION), DECISION.c.proposal_id):
        known[row.proposal_id].decision = DECISIONS.validate_python(row.body)
    for row in await rows(select(SNOOZE).order_by(SNOOZE.c.id), SNOOZE.c.proposal_id):
        known[row.proposal_id].snooze = Snoozed.model_validate(row.body)
    for row in await rows(select(APPROVAL).order_by(APPROVAL.c.at), APPROVAL.c.proposal_id):
        known[row.proposal_id].approvals.append(row)
    for row in await rows(select(ACTION), ACTION.c.proposal_id):
        known[row.proposal_id].measured_after = row.measured_after
    for row in await rows(select(RECEIPT).order_by(RECEIPT.c.id), RECEIPT.c.proposal_id):
        known[row.proposal_id].receipt = Receipt.model_validate(row.body)
    for row in await rows(select(OUTCOME), OUTCOME.c.proposal_id):
        known[row.proposal_id].outcome = Outcome.model_validate(row.body)
    return known
