"""Which lines of the ledger each kind of fact must have, and what a line says of its fact.

Where a column decides beside a body (who agreed, until when, whether it was lifted), the column counts: one that says
something else than what was recorded makes it another fact.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Text, cast, literal, select

from memory import facts
from memory.people import SYSTEM
from memory.schema import (
    ACTION,
    AGREEMENT,
    AMENDMENT,
    APPROVAL,
    AUTONOMY,
    DECISION,
    EMERGENCY,
    LESSON,
    OPERATING_MODEL,
    OUTCOME,
    PROPOSAL_VERSION,
    RECEIPT,
    SIGNAL_EVENT,
    SNOOZE,
    STOP,
)

_FILE = "baton.yaml"
"""Who the first operating model is by; its line is by the system."""
_TO_DO = "decision.approved or decision.overridden"


class Line(NamedTuple):
    """A line of the ledger, read."""

    seq: int
    kind: str
    subject: str
    actor: str
    payload: Mapping[str, Any]


class Told(NamedTuple):
    """What is told of a fact, by its row or by its line: where they agree these are the same."""

    kind: str
    subject: str
    digest: str


_Row = Row[tuple[Any, ...]]


def _always(line: Line) -> str | None:
    """Of lines that have had a digest since facts are sealed: one without it fits no fact."""
    return str(line.payload.get("digest", ""))


def _lately(line: Line) -> str | None:
    """Of lines that had none at first: one without it can only be counted."""
    return line.payload.get("digest")


@dataclass(frozen=True, slots=True)
class Comparison:
    """One kind of fact."""

    name: str
    facts: Select[Any]
    subject: ColumnElement[str]
    """What its lines are about."""
    kinds: tuple[str, ...]
    """All kinds of line it can have; a "%" at the end means what begins so."""
    told: Callable[[_Row], Iterator[Told]]
    """What its lines must say."""
    said: Callable[[Line], str | None] = _always
    """What a line says of it; None where it can only be counted."""
    newest_counts: bool = False
    """Whether only the newest about something holds: then their order must be that of their lines."""
    as_kind: str | None = None
    """What its lines are called where they are of several kinds and the fact does not know of which."""

    def is_about(self, kind: str) -> bool:
        """Whether lines of a kind are about such facts."""
        return any(kind.startswith(one[:-1]) if one.endswith("%") else kind == one for one in self.kinds)

    def kind(self, line: Line) -> str:
        """What a line is called among those of such facts."""
        return self.as_kind or line.kind


def _signal(row: _Row) -> Iterator[Told]:
    """A line says a signal's digest, and beside it of which day it is and why it closed or was held."""
    noted = _body(row, "as_of", "event", "reason")
    told = facts.digest_of(row.body.get("signal", {})), noted.get("as_of"), noted.get("reason"), row.version
    yield Told(f"signal.{noted.get('event')}", row.signal_id, " ".join(map(str, told)))


def _noted(line: Line) -> str:
    return " ".join(str(line.payload.get(name)) for name in ("digest", "as_of", "reason", "version"))


def _version(row: _Row) -> Iterator[Told]:
    both = facts.digest_of(_body(row, "version")), facts.digest_of(row.verdict)
    yield Told("proposal.asked", row.proposal_id, " ".join(both))


def _asked(line: Line) -> str:
    return f"{line.payload.get('digest')} {line.payload.get('rules')}"


def _decision(row: _Row) -> Iterator[Told]:
    yield Told(f"decision.{row.kind}", row.proposal_id, facts.digest_of(_body(row, "version", "by", "at", "kind")))


def _approval(row: _Row) -> Iterator[Told]:
    yield Told("approval", row.proposal_id, facts.digest_of(_body(row, "version", "by", "at")))


def _snooze(row: _Row) -> Iterator[Told]:
    yield Told("decision.snoozed", row.proposal_id, facts.digest_of(_body(row, "until")))


def _action(row: _Row) -> Iterator[Told]:
    """To be done is what was decided, by who decided it, and the platform knows it by one name only."""
    yield Told(_TO_DO, row.proposal_id, f"{facts.digest_of(row.body)} {row.id} {row.token} {row.by}")


def _to_do(line: Line) -> str:
    of, version = line.subject, line.payload.get("version")
    names = facts.name_of("act", of, version), facts.token_of(of, version)
    return " ".join((str(line.payload.get("action")), *names, line.actor))


def _receipt(row: _Row) -> Iterator[Told]:
    body = _body(row, "action_id", "status", "at")
    yield Told(f"receipt.{row.status}", row.proposal_id, facts.digest_of(body))


def _outcome(row: _Row) -> Iterator[Told]:
    yield Told("outcome", row.proposal_id, facts.digest_of(_body(row, "measured_on")))


def _lesson(row: _Row) -> Iterator[Told]:
    body = _body(row, "kind", "cause", "learned_on", "expires_on", "source")
    yield Told("lesson", row.id, facts.digest_of(body))


def _operating_model(row: _Row) -> Iterator[Told]:
    """A version in force, and the change that brought it, if one did."""
    by = SYSTEM if row.by == _FILE else row.by
    told = f"{facts.digest_of(row.body)} {row.amendment_id} {by}"
    if row.amendment_id and (row.status, row.decided_by, row.decided_at) != ("in_force", by, row.at):
        told += f" but the amendment is {row.status}"
    yield Told("policy.changed", f"policy/{row.version}", told)


def _in_force(line: Line) -> str:
    return f"{line.payload.get('digest')} {line.payload.get('amendment')} {line.actor}"


def _amendment(row: _Row) -> Iterator[Told]:
    body = _body(row, "id", "base", "by", "at")
    yield Told("amendment.drafted", row.id, facts.digest_of(body))
    match row.status:
        case "rejected":
            said = {"by": row.decided_by, "at": row.decided_at, "because": row.rejected_because}
            yield Told("amendment.rejected", row.id, facts.digest_of(said))
        case "outdated":
            yield Told("amendment.outdated", row.id, facts.digest_of({"at": row.decided_at}))
        case "pending":
            pass
        case _ if row.brought is None:
            yield Told("policy.changed", row.id, "")
        case _:
            pass  # its line is that of the version it brought, where both are compared


def _agreement(row: _Row) -> Iterator[Told]:
    yield Told("amendment.agreed", row.amendment_id, facts.digest_of({"by": row.by, "at": row.at}))


def _stop(row: _Row) -> Iterator[Told]:
    yield Told("stop.pulled", row.id, facts.digest_of(_body(row, "id", "at")))
    lifting = _columns(row, "lifted_at", "lifted_by", "lifted_because")
    if any(lifting.values()):
        yield Told("stop.lifted", row.id, facts.digest_of(lifting))


def _emergency(row: _Row) -> Iterator[Told]:
    yield Told("emergency.opened", row.id, facts.digest_of(_body(row, "id", "by", "since")))
    if not _is_same(row.body.get("until"), row.until):
        yield Told("emergency.closed", row.id, facts.digest_of({"until": row.until}))
    review = _columns(row, "reviewed_at", "reviewed_by", "note")
    if any(review.values()):
        yield Told("emergency.reviewed", row.id, facts.digest_of(review))


def _level(row: _Row) -> Iterator[Told]:
    kind = "autonomy.fell" if row.body.get("by") == SYSTEM else "autonomy.granted"
    yield Told(kind, f"{row.agent}/{row.action}", facts.digest_of(_body(row, "agent", "action", "level", "at")))


def _columns(row: _Row, *columns: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in columns}


def _body(row: _Row, *columns: str) -> dict[str, Any]:
    """What is stored of a fact; another one where a column beside it says something else."""
    stored: dict[str, Any] = row.body
    pairs = {name: [stored.get(name), value] for name, value in _columns(row, *columns).items()}
    return stored | {name: pair for name, pair in pairs.items() if not _is_same(*pair)}


def _is_same(stored: object, column: object) -> bool:
    """Whether a value in a body and the column beside it say the same."""
    if isinstance(column, datetime):
        return _moment(stored) == column
    return stored == (column.isoformat() if isinstance(column, date) else column)


def _moment(stored: object) -> datetime | None:
    """A moment in a body; None where somebody wrote something else there."""
    with suppress(ValueError, TypeError):
        return datetime.fromisoformat(str(stored)).astimezone(UTC)
    return None


_ENACTED = (
    select(OPERATING_MODEL, AMENDMENT.c.status, AMENDMENT.c.decided_by, AMENDMENT.c.decided_at)
    .select_from(OPERATING_MODEL)
    .outerjoin(AMENDMENT, AMENDMENT.c.id == OPERATING_MODEL.c.amendment_id)
)
_DRAFTED = (
    select(AMENDMENT, OPERATING_MODEL.c.version.label("brought"))
    .select_from(AMENDMENT)
    .outerjoin(OPERATING_MODEL, OPERATING_MODEL.c.amendment_id == AMENDMENT.c.id)
)
_POLICY = literal("policy/", Text) + cast(OPERATING_MODEL.c.version, Text)
_FINAL = ("decision.approved", "decision.overridden", "decision.rejected", "decision.expired")
_CHANGES = ("amendment.drafted", "amendment.rejected", "amendment.outdated")
_LEVEL = AUTONOMY.c.agent + "/" + AUTONOMY.c.action
_LEVELS = select(AUTONOMY).order_by(AUTONOMY.c.id)
_RECEIPTS = select(RECEIPT).order_by(RECEIPT.c.id)

COMPARISONS = (
    Comparison(
        "signal_event",
        select(SIGNAL_EVENT).order_by(SIGNAL_EVENT.c.id),
        SIGNAL_EVENT.c.signal_id,
        ("signal.%",),
        _signal,
        _noted,
        newest_counts=True,
    ),
    Comparison(
        "proposal_version",
        select(PROPOSAL_VERSION),
        PROPOSAL_VERSION.c.proposal_id,
        ("proposal.asked",),
        _version,
        _asked,
    ),
    Comparison("decision", select(DECISION), DECISION.c.proposal_id, _FINAL, _decision),
    Comparison("approval", select(APPROVAL), APPROVAL.c.proposal_id, ("approval",), _approval, _lately),
    Comparison("snooze", select(SNOOZE), SNOOZE.c.proposal_id, ("decision.snoozed",), _snooze, _lately),
    Comparison("action", select(ACTION), ACTION.c.proposal_id, _FINAL[:2], _action, _to_do, as_kind=_TO_DO),
    Comparison("receipt", _RECEIPTS, RECEIPT.c.proposal_id, ("receipt.%",), _receipt, newest_counts=True),
    Comparison("outcome", select(OUTCOME), OUTCOME.c.proposal_id, ("outcome",), _outcome),
    Comparison("lesson", select(LESSON), LESSON.c.id, ("lesson",), _lesson),
    Comparison("operating_model", _ENACTED, _POLICY, ("policy.changed",), _operating_model, _in_force),
    Comparison("amendment", _DRAFTED, AMENDMENT.c.id, _CHANGES, _amendment, _lately),
    Comparison("agreement", select(AGREEMENT), AGREEMENT.c.amendment_id, ("amendment.agreed",), _agreement, _lately),
    Comparison("stop", select(STOP), STOP.c.id, ("stop.pulled", "stop.lifted"), _stop, _lately),
    Comparison("emergency", select(EMERGENCY), EMERGENCY.c.id, ("emergency.%",), _emergency, _lately),
    Comparison("autonomy", _LEVELS, _LEVEL, ("autonomy.%",), _level, newest_counts=True),
)
