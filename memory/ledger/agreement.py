"""Whether facts and ledger agree: every fact has exactly its lines, and every line of a fact still has its fact."""

import json
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any
from typing import cast as as_type

from sqlalchemy import ColumnElement, Text, case, cast, func, null, or_, select, union
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.receipt import ReceiptStatus
from domain.signal import EventKind
from memory.ledger import columns, persons, words
from memory.ledger.comparisons import COMPARISONS, Comparison, Line, Told
from memory.people import vault
from memory.schema import ACTION, LEDGER, LEDGER_IDENTITY, PROPOSAL, PROPOSAL_VERSION, RECEIPT, SIGNAL, SIGNAL_EVENT

_BATCH = 1000
_ENDS = tuple(status.value for status in ReceiptStatus if status is not ReceiptStatus.UNKNOWN)
"""How an action can have ended, as its receipt and its own state say."""
_UNTRIED = ("approved", "ready")
"""States of an action nobody has tried, or that certainly did not happen: it is carried out from its first step."""


@dataclass(slots=True)
class _Reading:
    """What was found so far."""

    old: int
    """Lines up to here are of before facts were sealed: counted, not compared."""
    problems: list[str] = field(default_factory=list[str])
    bare: set[int] = field(default_factory=set[int])
    """Later lines that carry no digest of their fact, or do not say all that stands beside it."""


async def between_facts_and_lines(tx: AsyncConnection) -> tuple[list[str], int]:
    """What does not agree, one sentence each, and how many lines could only be counted."""
    reading = _Reading(await tx.scalar(select(LEDGER_IDENTITY.c.compared_after)) or 0)
    async with aclosing(_subjects(tx)) as batches:
        async for subjects in batches:
            lines = await _lines(tx, subjects)
            for one in COMPARISONS:
                await _compare(tx, one, subjects, lines, reading)
            moved = await columns.differences(tx, subjects, lines, reading.old)
            reading.problems.extend(moved.problems)
            reading.bare |= moved.uncompared
    await _signals(tx, reading)
    await _questions(tx, reading)
    await _states(tx, reading)
    reading.problems.extend(await columns.misplaced(tx))
    reading.problems.extend(await words.differences(tx))
    reading.problems.extend(await persons.differences(tx))
    return reading.problems, reading.old + len(reading.bare)


async def _subjects(tx: AsyncConnection) -> AsyncGenerator[Sequence[str]]:
    """Everything that has a fact, or a line about one; some at a time, and never twice."""
    named = or_(*(LEDGER.c.kind.like(kind) for one in COMPARISONS for kind in one.kinds))
    every = union(*(select(one.subject.label("subject")) for one in COMPARISONS), select(LEDGER.c.subject).where(named))
    found = await tx.stream_scalars(every.execution_options(yield_per=_BATCH))
    try:
        async for some in found.partitions():
            yield some
    finally:
        await found.close()


async def _lines(tx: AsyncConnection, subjects: Sequence[str]) -> Mapping[str, Sequence[Line]]:
    """What the ledger says about some subjects, newest first, by kind."""
    asked = select(LEDGER.c.seq, LEDGER.c.kind, LEDGER.c.subject, LEDGER.c.actor, LEDGER.c.payload)
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for row in await tx.execute(asked.where(LEDGER.c.subject.in_(subjects)).order_by(LEDGER.c.seq.desc())):
        found[row.kind].append(Line(row.seq, row.kind, row.subject, row.actor, _read(row.payload)))
    return found


async def _compare(
    tx: AsyncConnection,
    one: Comparison,
    subjects: Sequence[str],
    lines: Mapping[str, Sequence[Line]],
    reading: _Reading,
) -> None:
    """Hold the facts of one kind against their lines, both ways."""
    name, kept, newest = one.name, Counter[Told](), dict[str, Told]()
    facts = one.facts.add_columns(one.subject.label("about")).where(one.subject.in_(subjects))
    for row in await tx.execute(facts):
        try:
            for told in one.told(row):
                kept[told] += 1
                newest[told.subject] = told
        except (TypeError, ValueError, AttributeError):  # what a body holds can be anything once it was rewritten
            reading.problems.append(f"the {name} of {row.about} has no line in the ledger: it cannot be read")
    theirs = [line for kind, of_kind in lines.items() if one.is_about(kind) for line in of_kind]
    said = [(line, None if line.seq <= reading.old else one.said(line)) for line in theirs]
    if one.newest_counts:
        reading.problems.extend(_out_of_order(one, said, newest))
    for line, digest in sorted(said, key=lambda pair: pair[1] is None):  # those without one take what is left
        if digest is None and line.seq > reading.old:
            reading.bare.add(line.seq)
        told = Told(one.kind(line), line.subject, digest) if digest is not None else _any(kept, one.kind(line), line)
        if kept[told]:
            kept[told] -= 1
        else:
            reading.problems.append(f"row {line.seq}: the {name} of {line.subject} is not there, or was changed")
    for told, times in kept.items():
        missing = f"the {name} of {told.subject} has no line {told.kind} in the ledger, or was changed"
        reading.problems.extend([missing] * times)


def _out_of_order(
    one: Comparison, said: Sequence[tuple[Line, str | None]], newest: Mapping[str, Told]
) -> Iterator[str]:
    """Where the fact that counts, the newest about something, is not that of the newest line."""
    lines = {line.subject: (line, digest) for line, digest in sorted(said, key=lambda pair: pair[0].seq)}
    for subject, (line, digest) in lines.items():
        told = newest.get(subject)
        if told and digest is not None and told != Told(one.kind(line), subject, digest):
            yield f"row {line.seq}: the {one.name} of {subject} is not the newest, or was changed"


async def _states(tx: AsyncConnection, reading: _Reading) -> None:
    """An action that ended stays as its newest receipt says: set back, it would be carried out again.

    So would one of which nobody knows what became of it, from its first step on; it is only looked at.
    """
    ended = ACTION.c.state.in_(_ENDS)
    newest = (
        select(RECEIPT.c.action_id, RECEIPT.c.status)
        .ext(distinct_on(RECEIPT.c.action_id))
        .order_by(RECEIPT.c.action_id, RECEIPT.c.id.desc())
        .subquery()
    )
    said = func.coalesce(newest.c.status, "")
    other = (ended | said.in_(_ENDS)) & (ACTION.c.state != said)
    other |= (said == ReceiptStatus.UNKNOWN.value) & ACTION.c.state.in_(_UNTRIED)
    found = select(ACTION.c.proposal_id).outerjoin(newest, newest.c.action_id == ACTION.c.id).where(other)
    for ident in await tx.scalars(found.order_by(ACTION.c.proposal_id)):
        reading.problems.append(f"the action of {ident} has no line receipt that says how it ended, or was changed")


async def _signals(tx: AsyncConnection, reading: _Reading) -> None:
    """What a signal is now must be what was last noted of it: that is on the cards, and lines are of what was noted."""
    last = (
        select(SIGNAL_EVENT, SIGNAL_EVENT.c.body["signal"].label("noted"))
        .where(SIGNAL_EVENT.c.event != EventKind.HELD.value)
        .ext(distinct_on(SIGNAL_EVENT.c.signal_id))
        .order_by(SIGNAL_EVENT.c.signal_id, SIGNAL_EVENT.c.id.desc())
        .subquery()
    )
    is_closed = last.c.event == EventKind.CLOSED.value
    same = (last.c.noted == SIGNAL.c.body) & (SIGNAL.c.is_open == ~is_closed)
    for column, noted in ((SIGNAL.c.closed, last.c.reason), (SIGNAL.c.closed_on, last.c.as_of)):
        same &= column.is_not_distinct_from(case((is_closed, noted), else_=null()))
    other = select(SIGNAL.c.id).outerjoin(last, last.c.signal_id == SIGNAL.c.id).where(same.is_not(True))
    for ident in await tx.scalars(other.order_by(SIGNAL.c.id)):
        reading.problems.append(f"the signal of {ident} has no line signal in the ledger, or was changed")


async def _questions(tx: AsyncConnection, reading: _Reading) -> None:
    """What is asked now must be the version that was asked: that one is decided on, and lines are of versions."""
    version = (PROPOSAL_VERSION.c.proposal_id == PROPOSAL.c.id) & (PROPOSAL_VERSION.c.version == PROPOSAL.c.version)
    same = PROPOSAL_VERSION.c.body == PROPOSAL.c.body
    same |= _emptied(PROPOSAL_VERSION.c.body) == _emptied(PROPOSAL.c.body)  # what is sealed twice looks different
    same &= PROPOSAL_VERSION.c.verdict == PROPOSAL.c.verdict
    other = select(PROPOSAL.c.id).outerjoin(PROPOSAL_VERSION, version).where(same.is_not(True)).order_by(PROPOSAL.c.id)
    for ident in await tx.scalars(other):
        reading.problems.append(f"the proposal of {ident} has no line proposal.asked in the ledger, or was changed")


def _emptied(body: ColumnElement[Any]) -> ColumnElement[str]:
    """A body as text, without what is sealed in it."""
    return func.regexp_replace(cast(body, Text), vault.EMPTIED, r"\1", "g")


def _any(kept: Counter[Told], kind: str, line: Line) -> Told:
    """Any fact of that kind about the same thing."""
    alike = (told for told, times in kept.items() if times and (told.kind, told.subject) == (kind, line.subject))
    return next(alike, Told(kind, line.subject, ""))


def _read(payload: str) -> Mapping[str, Any]:
    """What a line says; nothing where it cannot be read, which the chain finds by itself."""
    try:
        said = json.loads(payload)
    except ValueError:
        return {}
    return as_type("dict[str, Any]", said) if isinstance(said, dict) else {}
