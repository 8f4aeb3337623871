"""Cases: the read model, put together from rows. Where a proposal stands is derived here and stored nowhere."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Numeric,
    Row,
    Select,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case import Case, ProposalStatus, ProposalView
from domain.proposal import Approved, Decision, Expired, FinalDecision, Overridden, Rejected, Snoozed
from domain.receipt import Outcome, Receipt, ReceiptStatus
from domain.signal import CloseReason, Signal
from domain.verdict import Ask, Forbidden, Verdict
from memory import people, proposals
from memory.decisions import DECISIONS
from memory.people import People
from memory.proposals import VERDICT
from memory.schema import ACTION, APPROVAL, DECISION, EMERGENCY, OUTCOME, PROPOSAL, RECEIPT, SIGNAL, SNOOZE

_Row = Row[tuple[object, ...]]

_AFTER_EXECUTION = {
    ReceiptStatus.DONE: ProposalStatus.EXECUTED,
    ReceiptStatus.HANDED_OVER: ProposalStatus.EXECUTED,
    ReceiptStatus.DRIFTED: ProposalStatus.DRIFTED,
    ReceiptStatus.FAILED: ProposalStatus.FAILED,
    ReceiptStatus.REHEARSED: ProposalStatus.REHEARSED,
    ReceiptStatus.UNKNOWN: ProposalStatus.UNKNOWN,
}


_FINAL: TypeAdapter[FinalDecision] = TypeAdapter(FinalDecision)
_APPROVALS: TypeAdapter[Approved | Overridden] = TypeAdapter(Approved | Overridden)
_TOLD_BY_PEOPLE = {"decision", "snooze", "approval", "receipt"}


@dataclass(slots=True)
class _Known:
    """What the rows say about one proposal."""

    decision: Decision | None = None
    snooze: Snoozed | None = None
    put_off: timedelta = timedelta()
    asleep_until: datetime | None = None
    approvals: list[Approved | Overridden] = field(default_factory=list["Approved | Overridden"])
    """Also of earlier versions, oldest first."""
    receipt: Receipt | None = None
    outcome: Outcome | None = None
    measured_after: date | None = None
    in_emergency: bool = False


async def load(
    tx: AsyncConnection, signal_ids: Sequence[str], now: datetime, *, only: str | None = None
) -> tuple[Case, ...]:
    """The cases of these signals, in the order asked; ids nobody knows are left out.

    With `only`, a case holds that proposal and no other: enough to say where it stands, and quicker.
    """
    signals = {row.id: row for row in await tx.execute(select(SIGNAL).where(SIGNAL.c.id.in_(signal_ids)))}
    asked = select(PROPOSAL).where(PROPOSAL.c.signal_id.in_(signal_ids)).order_by(PROPOSAL.c.place, PROPOSAL.c.id)
    if only is not None:
        asked = asked.where(PROPOSAL.c.id == only)
    rows: dict[str, list[_Row]] = defaultdict(list)
    for row in await tx.execute(asked):
        rows[row.signal_id].append(row)
    everybody = await people.everybody(tx)
    known = await _known(tx, [row.id for group in rows.values() for row in group], everybody)
    found = [
        _case(signals[ident], tuple(_view(row, known[row.id], now, everybody) for row in rows[ident]))
        for ident in signal_ids
        if ident in signals
    ]
    return tuple(found)


async def of_proposal(
    tx: AsyncConnection, proposal_id: str, now: datetime, *, alone: bool = False
) -> tuple[Case, ProposalView] | None:
    """The case a proposal belongs to, and the proposal as it stands. `alone`: without the case's other proposals."""
    signal_id = await tx.scalar(select(PROPOSAL.c.signal_id).where(PROPOSAL.c.id == proposal_id))
    if signal_id is None:
        return None
    (case,) = await load(tx, [signal_id], now, only=proposal_id if alone else None)
    return case, next(view for view in case.proposals if view.proposal.id == proposal_id)


async def decided(tx: AsyncConnection, proposal_ids: Collection[str]) -> Mapping[str, FinalDecision]:
    """The decisions on those of these proposals that have one, and nothing else about them."""
    asked = select(DECISION.c.proposal_id, DECISION.c.by, DECISION.c.body).where(
        DECISION.c.proposal_id.in_(proposal_ids)
    )
    rows = (await tx.execute(asked)).all()
    if not rows:
        return {}
    everybody = await people.everybody(tx, {row.by for row in rows})
    return {row.proposal_id: _FINAL.validate_python(everybody.shown(row.body)) for row in rows}


def _case(row: _Row, views: tuple[ProposalView, ...]) -> Case:
    return Case(
        signal=Signal.model_validate(row.body),
        is_open=row.is_open,
        closed=CloseReason(row.closed) if row.closed else None,
        closed_on=row.closed_on,
        proposals=views,
    )


def _view(row: _Row, known: _Known, now: datetime, everybody: People) -> ProposalView:
    verdict, proposal = VERDICT.validate_python(row.verdict), proposals.shown(row.body, everybody)
    change = next((one for one in reversed(known.approvals) if isinstance(one, Overridden)), None)
    if change is not None and change.action != proposal.action:
        change = None  # something else is asked by now
    return ProposalView(
        proposal=proposal,
        verdict=verdict,
        status=_status(verdict, known, now, is_withdrawn=row.withdrawn_at is not None),
        expires_at=row.expires_at,
        asked_at=_asked_at(row, verdict, known),
        put_off=known.put_off,
        asleep_until=known.asleep_until,
        decision=known.decision or _in_force(known, now),
        approvals=tuple(approval.by for approval in known.approvals if approval.version == row.version),
        changed_by=change.by if change else None,
        changed_because=change.reason if change else None,
        in_emergency=known.in_emergency,
        receipt=known.receipt,
        outcome=known.outcome,
        measured_after=known.measured_after,
    )


def _asked_at(row: _Row, verdict: Verdict, known: _Known) -> datetime | None:
    """Since when a question waits: never from before the end of a snooze. Of old ones their time tells it backwards."""
    if not isinstance(verdict, Ask) or row.expires_at is None:
        return None
    asked: datetime = row.asked_at or row.expires_at - timedelta(hours=verdict.within_hours)
    return max(asked, known.snooze.until) if known.snooze else asked


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


async def _known(tx: AsyncConnection, ids: list[str], everybody: People) -> dict[str, _Known]:
    """Everything decided and done about these proposals; of snoozes and receipts the newest counts."""
    known: dict[str, _Known] = defaultdict(_Known)
    for row in await tx.execute(_RECORDED, {"ids": ids}):
        told = everybody.shown(row.body) if row.what in _TOLD_BY_PEOPLE else row.body
        _note(known[row.proposal_id], row.what, told)
    return known


def _note(known: _Known, what: str, body: object) -> None:
    """Take in one row: later ones of a kind replace earlier ones, approvals add up."""
    match what:
        case "decision":
            known.decision = DECISIONS.validate_python(body)
        case "snooze":
            known.snooze = Snoozed.model_validate(body)
            awake = max(known.snooze.at, known.asleep_until or known.snooze.at)
            known.asleep_until = max(known.snooze.until, awake)
            known.put_off += known.asleep_until - awake
        case "approval":
            known.approvals.append(_APPROVALS.validate_python(body))
        case "receipt":
            known.receipt = Receipt.model_validate(body)
        case "outcome":
            known.outcome = Outcome.model_validate(body)
        case "emergency":
            known.in_emergency = True
        case _:
            known.measured_after = date.fromisoformat(body) if isinstance(body, str) else None


def _recorded() -> CompoundSelect[str, Any, Any, Any]:
    """All rows about some proposals as (what, proposal id, body), oldest first: one question instead of six."""
    ids = any_(bindparam("ids", type_=ARRAY(Text)))

    def rows(table: Table, body: ColumnElement[Any], place: ColumnElement[Any]) -> Select[str, Any, Any, Any]:
        columns = (literal(table.name).label("what"), table.c.proposal_id, body.label("body"), place.label("place"))
        return select(*columns).where(table.c.proposal_id == ids)

    first, in_time = cast(literal(0), Numeric), func.extract("epoch", APPROVAL.c.at)
    declared = (EMERGENCY.c.by == DECISION.c.by) & (EMERGENCY.c.since <= DECISION.c.at)
    emergencies = (
        select(literal(EMERGENCY.name).label("what"), DECISION.c.proposal_id, func.to_jsonb(EMERGENCY.c.id), first)
        .join(EMERGENCY, declared & (EMERGENCY.c.until > DECISION.c.at))
        .where(DECISION.c.proposal_id == ids)
    )
    return union_all(
        rows(DECISION, DECISION.c.body, first),
        rows(SNOOZE, SNOOZE.c.body, cast(SNOOZE.c.id, Numeric)),
        rows(APPROVAL, APPROVAL.c.body, in_time),
        rows(ACTION, func.to_jsonb(ACTION.c.measured_after), first),
        rows(RECEIPT, RECEIPT.c.body, cast(RECEIPT.c.id, Numeric)),
        rows(OUTCOME, OUTCOME.c.body, first),
        emergencies,
    ).order_by("place")


_RECORDED = _recorded()
"""Put together once: doing so takes longer than asking."""
