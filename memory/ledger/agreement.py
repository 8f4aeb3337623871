"""Whether facts and ledger agree: every fact has exactly its line, and every line of a fact still has its fact."""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from memory import facts
from memory.schema import (
    DECISION,
    LEDGER,
    LEDGER_IDENTITY,
    LESSON,
    OUTCOME,
    PROPOSAL_VERSION,
    RECEIPT,
    SIGNAL_EVENT,
)

_Row = Row[tuple[Any, ...]]
_Line = tuple[str, str, str]
"""Kind, subject, and the digest of the fact."""
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class _Fact:
    """One kind of fact, and the line it must have."""

    table: Table
    subject: str
    """The column with what the line is about."""
    kind: Callable[[_Row], str]
    kinds: tuple[str, ...]
    """All kinds of line it can have; a "%" at the end means what begins so."""
    body: Callable[[Mapping[str, Any]], dict[str, Any]] = dict


_FACTS = (
    _Fact(SIGNAL_EVENT, "signal_id", lambda row: f"signal.{row.event}", ("signal.%",), lambda body: body["signal"]),
    _Fact(PROPOSAL_VERSION, "proposal_id", lambda row: "proposal.asked", ("proposal.asked",)),
    _Fact(
        DECISION,
        "proposal_id",
        lambda row: f"decision.{row.kind}",
        ("decision.approved", "decision.overridden", "decision.rejected", "decision.expired"),
    ),
    _Fact(RECEIPT, "proposal_id", lambda row: f"receipt.{row.status}", ("receipt.%",)),
    _Fact(OUTCOME, "proposal_id", lambda row: "outcome", ("outcome",)),
    _Fact(LESSON, "id", lambda row: "lesson", ("lesson",)),
)


async def between_facts_and_lines(tx: AsyncConnection) -> tuple[list[str], int]:
    """What does not agree, one sentence each, and how many lines could only be counted."""
    old = await tx.scalar(select(LEDGER_IDENTITY.c.compared_after)) or 0
    problems: list[str] = []
    for fact in _FACTS:
        async for subjects in _subjects(tx, fact):
            problems.extend(await _differences(tx, fact, subjects, old))
    return problems, old


async def _subjects(tx: AsyncConnection, fact: _Fact) -> AsyncIterator[Sequence[str]]:
    """Everything that has such a fact, or a line about one; some at a time, and never twice."""
    column = fact.table.c[fact.subject]
    told = select(LEDGER.c.subject).where(_is_about(fact))
    last, found = "", [""] * _BATCH
    while len(found) == _BATCH:
        either = select(column.label("subject")).union(told).subquery()
        some = select(either.c.subject).where(either.c.subject > last).order_by(either.c.subject).limit(_BATCH)
        if found := list(await tx.scalars(some)):
            yield found
            last = found[-1]


async def _differences(tx: AsyncConnection, fact: _Fact, subjects: Sequence[str], old: int) -> list[str]:
    column, table = fact.table.c[fact.subject], fact.table
    kept: Counter[_Line] = Counter()
    for row in await tx.execute(select(table).where(column.in_(subjects))):
        kept[fact.kind(row), getattr(row, fact.subject), facts.digest_of(fact.body(row.body))] += 1
    asked = select(LEDGER.c.seq, LEDGER.c.kind, LEDGER.c.subject, LEDGER.c.payload)
    about = asked.where(LEDGER.c.subject.in_(subjects), _is_about(fact))
    problems: list[str] = []
    for row in await tx.execute(about.order_by(LEDGER.c.seq.desc())):  # the old ones take what is left
        line = (
            _counted(kept, row.kind, row.subject) if row.seq <= old else (row.kind, row.subject, _digest(row.payload))
        )
        if kept[line]:
            kept[line] -= 1
        else:
            problems.append(f"row {row.seq}: the {table.name} of {row.subject} is not there, or was changed")
    for (kind, subject, _), times in kept.items():
        problems.extend([f"the {table.name} of {subject} has no line {kind} in the ledger, or was changed"] * times)
    return problems


def _counted(kept: Counter[_Line], kind: str, subject: str) -> _Line:
    """Any fact of that kind about the same thing."""
    alike = (line for line, times in kept.items() if times and line[:2] == (kind, subject))
    return next(alike, (kind, subject, ""))


def _digest(payload: str) -> str:
    """The digest a line gives of its fact; empty where it cannot be read, which the chain finds by itself."""
    try:
        return str(json.loads(payload)["digest"])
    except (ValueError, KeyError, TypeError):
        return ""


def _is_about(fact: _Fact) -> ColumnElement[bool]:
    return or_(*(LEDGER.c.kind.like(kind) for kind in fact.kinds))
