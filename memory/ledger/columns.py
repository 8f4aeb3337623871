"""Whether columns that change over time stand as the newest line about them says.

A body never changes once it is recorded; when something expires, was withdrawn or is measured stands beside it, and
moves. Each move is written in the transaction of a line that says where to; lines of before they said so are counted.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from typing import cast as as_type

from sqlalchemy import Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from memory import facts
from memory.ledger.comparisons import Line
from memory.schema import ACTION, PROPOSAL, SIGNAL

MOST_HELD_UP = timedelta(hours=1)
"""Nothing is put off for longer: the longest pause between two tries is a minute. An hour leaves room for a database
whose clock was put right meanwhile."""
_ANY, _UNSAID = object(), object()
"""What a line can also say of a column: something or other; nothing at all."""

_Said = Callable[[Line], object]


@dataclass(frozen=True, slots=True)
class _Moving:
    """A column that moves."""

    name: str
    kinds: tuple[str, ...]
    """Of lines that say where it stands; the newest of them counts. A dot at the end means what begins so."""
    said: _Said
    """What such a line says of it."""
    is_empty_unless_said: bool = False
    """Whether there is nothing in it as long as there is no such line; earlier versions had other lines."""


def _field(name: str) -> _Said:
    return lambda line: line.payload.get(name, _UNSAID)


def _withdrawn(line: Line) -> object:
    """Who is asked again is no longer withdrawn."""
    return line.payload.get("withdrawn_at", _ANY) if line.kind == "proposal.withdrawn" else None


_PROPOSALS = (
    _Moving("asked_at", ("proposal.asked",), _field("asked_at")),
    _Moving("expires_at", ("proposal.asked", "decision.snoozed"), _field("expires_at")),
    _Moving("withdrawn_at", ("proposal.asked", "proposal.withdrawn"), _withdrawn),
)
_ACTIONS = (
    _Moving("executor", ("intent",), _field("executor"), is_empty_unless_said=True),
    _Moving("before", ("intent",), _field("before"), is_empty_unless_said=True),
    _Moving("executed_on", ("receipt.",), _field("executed_on"), is_empty_unless_said=True),
    _Moving("measured_after", ("receipt.",), _field("measured_after"), is_empty_unless_said=True),
)
_TABLES = ((PROPOSAL, PROPOSAL.c.id, _PROPOSALS), (ACTION, ACTION.c.proposal_id, _ACTIONS))


@dataclass(slots=True)
class Moved:
    """What was found of some subjects."""

    problems: list[str]
    uncompared: set[int]
    """Lines of before they said where a column stands."""

    def miss(self, name: str, one: _Moving, about: str, value: object) -> None:
        """Hold a column about which there is no line against that."""
        if one.is_empty_unless_said and value is not None:
            kind = one.kinds[0].rstrip(".")
            self.problems.append(f"the {name} of {about} has no line {kind} in the ledger that says its {one.name}")

    def hold(self, name: str, one: _Moving, about: str, value: object, line: Line) -> None:
        """Hold a column against the newest line about it."""
        if (said := one.said(line)) is _UNSAID:
            self.uncompared.add(line.seq)
        elif not (value is not None if said is _ANY else _spelled(value) == said):
            self.problems.append(f"row {line.seq}: the {name} of {about} has another {one.name} now")


async def differences(
    tx: AsyncConnection, subjects: Sequence[str], lines: Mapping[str, Sequence[Line]], old: int
) -> Moved:
    """Columns of these subjects that stand elsewhere than their newest line says, one sentence each.

    `lines` are all about them, newest first, by kind; those up to `old` are not compared.
    """
    found = Moved([], set())
    before = {line.subject for of_kind in lines.values() for line in of_kind if line.seq <= old}
    for table, subject, columns in _TABLES:
        newest = {one.name: _newest(one, lines) for one in columns}
        rows = select(subject.label("about"), *(table.c[one.name] for one in columns)).where(subject.in_(subjects))
        for row in await tx.execute(rows):
            for one in columns:
                line, value = newest[one.name].get(row.about), getattr(row, one.name)
                if line is not None and line.seq > old:
                    found.hold(table.name, one, row.about, value, line)
                elif row.about not in before:
                    found.miss(table.name, one, row.about, value)
    return found


def _newest(one: _Moving, lines: Mapping[str, Sequence[Line]]) -> Mapping[str, Line]:
    """The newest line that says where a column stands, by subject."""
    about = [line for kind, of_kind in lines.items() if _is_about(one, kind) for line in of_kind]
    return {line.subject: line for line in sorted(about, key=lambda line: line.seq)}


def _is_about(one: _Moving, kind: str) -> bool:
    return any(kind.startswith(known) if known.endswith(".") else kind == known for known in one.kinds)


def _spelled(value: object) -> object:
    """A value of a column as a line says it."""
    if isinstance(value, date):
        return facts.told(value)
    return facts.digest_of(as_type("dict[str, Any]", value)) if isinstance(value, dict) else value


async def misplaced(tx: AsyncConnection) -> list[str]:
    """Columns that say something else than the body beside them, and actions put off for longer than anything is."""
    owned = (PROPOSAL.c.owner == PROPOSAL.c.body["owner"].astext) & (
        PROPOSAL.c.signal_id == PROPOSAL.c.body["signal_id"].astext
    )
    sorts = (SIGNAL.c.cause == SIGNAL.c.body["cause"].astext) & (
        cast(SIGNAL.c.opened_on, Text) == SIGNAL.c.body["opened_on"].astext
    )
    held_up = ACTION.c.not_before > func.clock_timestamp() + MOST_HELD_UP
    asked = (
        ("proposal", "proposal.asked with such an owner or signal", select(PROPOSAL.c.id), owned.is_not(True)),
        ("signal", "signal with such a cause or first day", select(SIGNAL.c.id), sorts.is_not(True)),
        ("action", "that puts it off for so long", select(ACTION.c.proposal_id), held_up),
    )
    return [
        f"the {name} of {ident} has no line {what} in the ledger"
        for name, what, ids, other in asked
        for ident in await tx.scalars(ids.where(other).order_by(ids.selected_columns[0]))
    ]
