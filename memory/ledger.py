"""The ledger: a hash chain over everything that was decided and done. Appended in the same transaction as the fact."""

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from memory.schema import DECISION, LEDGER, LEDGER_HEAD

Payload = Mapping[str, str | int | bool | None]
"""Flat facts only: ids, amounts as text, digests. No floats, no free text a person typed."""

FIRST_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger before it has its place in the chain."""

    kind: str
    """What happened: "decision.approved", "receipt.done"."""
    actor: str
    """Pseudonym of a person, or "baton"."""
    subject: str
    """The id it is about."""
    payload: Payload


@dataclass(frozen=True, slots=True)
class Verification:
    """What a reading of the whole chain found."""

    rows: int
    head: str
    problems: tuple[str, ...]
    """One sentence per fault, each naming the row; empty means the chain is whole."""


def canonical(payload: Payload) -> str:
    """The one spelling of a payload that is hashed: sorted keys, no spaces, no floats."""
    for key, value in payload.items():
        if isinstance(value, float):
            raise TypeError(f"{key}: a ledger payload holds no floats; write the amount as text")
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def hash_of(seq: int, prev: str, at: str, entry: tuple[str, str, str], payload_hash: str) -> str:
    """The link of one row: sha256 over version, place, the link before, and what the row says."""
    kind, actor, subject = entry
    text = "\n".join(("v1", str(seq), prev, kind, actor, subject, at, payload_hash))
    return hashlib.sha256(text.encode()).hexdigest()


async def append(tx: AsyncConnection, entries: list[Entry]) -> None:
    """Add lines at the end of the chain. The last act of a transaction: the head stays locked until it commits."""
    if not entries:
        return
    head = select(LEDGER_HEAD.c.seq, LEDGER_HEAD.c.hash, func.clock_timestamp()).with_for_update()
    seq, prev, moment = (await tx.execute(head)).one()
    at = _spelled(moment)
    rows: list[dict[str, object]] = []
    for entry in entries:
        payload = canonical(entry.payload)
        payload_hash = hashlib.sha256(payload.encode()).hexdigest()
        seq += 1
        link = hash_of(seq, prev, at, (entry.kind, entry.actor, entry.subject), payload_hash)
        rows.append(
            {
                "seq": seq,
                "at": at,
                "kind": entry.kind,
                "actor": entry.actor,
                "subject": entry.subject,
                "payload": payload,
                "payload_hash": payload_hash,
                "prev_hash": prev,
                "hash": link,
            }
        )
        prev = link
    await tx.execute(insert(LEDGER), rows)
    await tx.execute(update(LEDGER_HEAD).values(seq=seq, hash=prev))


async def verify(tx: AsyncConnection) -> Verification:
    """Read the whole chain and say what does not hold: links, gaps, contents, and decisions without their line."""
    expected, prev, problems = 1, FIRST_HASH, list[str]()
    async for row in lines(tx):
        seq = int(row["seq"])
        if seq != expected:
            problems.append(f"row {expected} is missing" if seq > expected else f"row {seq} is out of place")
        if row["prev_hash"] != prev:
            problems.append(f"row {seq} does not follow the row before it")
        if hashlib.sha256(row["payload"].encode()).hexdigest() != row["payload_hash"]:
            problems.append(f"row {seq} has a changed payload")
        entry = (row["kind"], row["actor"], row["subject"])
        if hash_of(seq, row["prev_hash"], row["at"], entry, row["payload_hash"]) != row["hash"]:
            problems.append(f"row {seq} has been changed")
        expected, prev = seq + 1, row["hash"]
    head = (await tx.execute(select(LEDGER_HEAD.c.seq, LEDGER_HEAD.c.hash))).one()
    if head.seq != expected - 1:
        problems.append(f"row {expected} is missing: the head stands at {head.seq}")
    elif head.hash != prev:
        problems.append("the head does not name the last row")
    problems.extend(await _unrecorded(tx))
    return Verification(rows=expected - 1, head=prev, problems=tuple(problems))


async def lines(tx: AsyncConnection) -> AsyncIterator[dict[str, str]]:
    """Every line in order, as text: for verification and for export."""
    found = await tx.stream(select(LEDGER).order_by(LEDGER.c.seq).execution_options(yield_per=1000))
    async for row in found.mappings():
        yield {key: str(value) for key, value in row.items()}


async def _unrecorded(tx: AsyncConnection) -> list[str]:
    """Decisions that do not have exactly one line in the ledger."""
    counted = (
        select(DECISION.c.proposal_id, func.count(LEDGER.c.seq).label("times"))
        .select_from(
            DECISION.outerjoin(
                LEDGER, (LEDGER.c.subject == DECISION.c.proposal_id) & (LEDGER.c.kind == "decision." + DECISION.c.kind)
            )
        )
        .group_by(DECISION.c.proposal_id)
        .having(func.count(LEDGER.c.seq) != 1)
    )
    found = (await tx.execute(counted)).all()
    return [f"the decision on {row.proposal_id} has {row.times} lines in the ledger instead of 1" for row in found]


def _spelled(moment: datetime) -> str:
    """The exact characters hashed: "2026-03-14T09:12:00.123456Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
