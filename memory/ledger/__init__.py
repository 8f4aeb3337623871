"""The ledger: a hash chain over everything that was decided and done. Appended in the same transaction as the fact."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.seal import Seal
from memory.ledger import agreement
from memory.ledger.verify_ledger import Chain, hash_of, sha256
from memory.schema import LEDGER, LEDGER_HEAD, LEDGER_IDENTITY

Payload = Mapping[str, str | int | bool | None]
"""Flat facts only: ids, amounts as text, digests. No floats, no free text a person typed."""


_TOLD_EVERY_ROWS = 20_000


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
    seals: int = 0
    """How many seals it was held against."""
    sealed: int = 0
    """The last row any of them is over: what follows it could still have been rewritten."""
    is_sealed_elsewhere: bool = False
    """Whether it names a key that seals it while no seal was at hand."""
    uncompared: int = 0
    """Lines of before facts were sealed, or of before their kind carried a digest: counted, not compared."""


def canonical(payload: Payload) -> str:
    """The one spelling of a payload that is hashed: sorted keys, no spaces, no floats."""
    for key, value in payload.items():
        if isinstance(value, float):
            raise TypeError(f"{key}: a ledger payload holds no floats; write the amount as text")
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


async def append(tx: AsyncConnection, entries: list[Entry]) -> None:
    """Add lines at the end of the chain. The last act of a transaction: the head stays locked until it commits."""
    if not entries:
        return
    head = select(LEDGER_HEAD.c.seq, LEDGER_HEAD.c.hash, func.clock_timestamp()).with_for_update()
    seq, prev, moment = (await tx.execute(head)).one()
    at = spelled(moment)
    rows: list[dict[str, object]] = []
    for entry in entries:
        seq += 1
        said = {part: _one_line(getattr(entry, part)) for part in ("kind", "actor", "subject")}
        payload = canonical(entry.payload)
        row: dict[str, object] = {
            "seq": seq,
            "at": at,
            **said,
            "payload": payload,
            "payload_hash": sha256(payload),
            "prev_hash": prev,
        }
        prev = hash_of(row)
        rows.append(row | {"hash": prev})
    await tx.execute(insert(LEDGER), rows)
    await tx.execute(update(LEDGER_HEAD).values(seq=seq, hash=prev))


async def verify(
    tx: AsyncConnection,
    seals: Sequence[Seal] = (),
    keys: Sequence[str] = (),
    told: Callable[[int, int], None] | None = None,
) -> Verification:
    """Read the whole chain and say what does not hold: links, gaps, contents, seals, and facts without their lines.

    `seals` are held against it, each signed with one of `keys` or with one that those endorsed. `told` hears how many
    rows of how many were read, every so often.
    """
    head = (await tx.execute(select(LEDGER_HEAD.c.seq, LEDGER_HEAD.c.hash))).one()
    ours = await tx.scalar(select(LEDGER_IDENTITY.c.ledger))
    problems = [f"the seal of {seal.at} is of another ledger, {seal.ledger}" for seal in seals if seal.ledger != ours]
    chain = Chain([seal.model_dump() for seal in seals if seal.ledger == ours], keys)
    async for row in lines(tx):
        try:
            problems.extend(chain.read(row))
        except (TypeError, ValueError, KeyError):  # what a key's row says can be anything once it was rewritten
            problems.append(f"row {row['seq']} is not a row of a ledger")
        if told and chain.size % _TOLD_EVERY_ROWS == 0:
            told(chain.size, head.seq)
    if head.seq != chain.size:
        problems.append(f"row {chain.size + 1} is missing: the head stands at {head.seq}")
    elif head.hash != chain.head:
        problems.append("the head does not name the last row")
    problems.extend(chain.end())
    disagreements, uncompared = await agreement.between_facts_and_lines(tx)
    return Verification(
        rows=chain.size,
        head=chain.head,
        problems=(*problems, *disagreements),
        seals=len(seals),
        is_sealed_elsewhere=bool(keys) and not seals,
        sealed=max((seal.size for seal in seals), default=0),
        uncompared=uncompared,
    )


async def size(tx: AsyncConnection) -> int:
    """How many lines there are."""
    return await tx.scalar(select(LEDGER_HEAD.c.seq)) or 0


async def lines(tx: AsyncConnection, *, after: int = 0) -> AsyncGenerator[dict[str, Any]]:
    """Every line in order, from the one after `after` on: for verification and for export."""
    asked = select(LEDGER).where(LEDGER.c.seq > after).order_by(LEDGER.c.seq)
    found = await tx.stream(asked.execution_options(yield_per=1000))
    try:
        async for row in found.mappings():
            yield dict(row)
    finally:
        await found.close()


def spelled(moment: datetime) -> str:
    """The exact characters hashed: "2026-03-14T09:12:00.123456Z"."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _one_line(text: str) -> str:
    """Without line breaks: they part what is hashed."""
    return " ".join(text.splitlines()) if "\n" in text else text
