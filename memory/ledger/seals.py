"""Sealing the ledger: every so often its head is signed, and written down outside the database.

The chain alone proves nothing against whoever runs it, who can compute it anew. A seal kept elsewhere fixes everything
up to it. Rows after the newest seal are not fixed yet: that is what the two constants below are about.
"""

import asyncio
import fcntl
import json
import os
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import MarketingError
from domain.seal import Seal
from memory import ledger
from memory.database import Database
from memory.ledger import keys
from memory.ledger.keys import SigningKey
from memory.ledger.verify_ledger import FIRST, Chain, sha256
from memory.people import SYSTEM
from memory.schema import LEDGER, LEDGER_HEAD, LEDGER_IDENTITY

ROWS_PER_SEAL = 1000
"""So many rows later there is a new seal: a busy minute is sealed at the next tick."""
TIME_PER_SEAL = timedelta(minutes=15)
"""So much later there is a new seal, if anything was recorded: what is younger could be rewritten unseen."""
_TAIL_BYTES = 4096
"""More than the longest line."""


class LedgerBroken(MarketingError):
    """The ledger no longer holds what was sealed, or its newest rows do not hold together. Nothing is sealed."""


class Seals:
    """The seals in one folder: `seals.jsonl`, and the key that signs them."""

    def __init__(self, folder: Path, key_file: Path | None = None) -> None:
        """`key_file`: a key looked after elsewhere; without one, `key.pem` in the folder, made at the first start."""
        self.file = folder / "seals.jsonl"
        self.key_file = key_file or folder / "key.pem"
        self._is_ours = key_file is None

    async def seal(self, database: Database, *, at_once: bool = False) -> Seal | None:
        """Seal the ledger if it is time to, or `at_once` if it grew. Returns the newest seal; None of an empty ledger.

        Raises LedgerBroken rather than sign what was tampered with.
        """
        key = await self.key(database)
        async with database.exclusively(f"ledger/seal/{self.file.resolve()}"):
            newest = await asyncio.to_thread(self.newest)
            async with database.read() as tx:
                identity = await tx.scalar(select(LEDGER_IDENTITY.c.ledger))
                asked = select(LEDGER_HEAD.c.seq, LEDGER_HEAD.c.hash, func.clock_timestamp().label("now"))
                head = (await tx.execute(asked)).one()
                if not (at_once or _is_due(newest, head.seq, head.now)) or head.seq == (newest.size if newest else 0):
                    return newest
                await _unbroken(tx, newest)
            prev = sha256(newest.line) if newest else FIRST
            at = ledger.spelled(head.now)
            bare = Seal(ledger=str(identity), size=head.seq, head=head.hash, at=at, key=key.id, prev=prev)
            seal = bare.model_copy(update={"signature": key.sign(bare.signed)})
            await asyncio.to_thread(self._append, seal)
        return seal

    async def broken(self, database: Database) -> tuple[Seal, str] | None:
        """The newest seal and what is wrong, where the ledger is not the one that was sealed; one row is read."""
        newest = await asyncio.to_thread(self.newest)
        if newest is None:
            return None
        async with database.read() as tx:
            fault = await _not_as_sealed(tx, newest)
        return (newest, fault) if fault else None

    async def key(self, database: Database) -> SigningKey:
        """The key that signs, known to the ledger: the first use of a key is a row of its own."""
        key = await asyncio.to_thread(self._load)
        async with database.read() as tx:
            known = await _knows(tx, key)
        if not known:
            async with database.exclusively("ledger/key"), database.write() as writing:
                if not await _knows(writing.tx, key):
                    await writing.record("ledger.key", SYSTEM, key.id, public=key.public, previous=None, endorsed=None)
        return key

    async def rotate(self, database: Database) -> SigningKey:
        """Sign with another key from now on. The old one endorses it in the ledger and is then deleted."""
        await self.seal(database, at_once=True)
        async with database.exclusively("ledger/key"):
            old, new = await asyncio.to_thread(self._load), keys.new()
            said = {"public": new.public, "previous": old.id, "endorsed": old.sign(new.public)}
            async with database.write() as writing:
                await writing.record("ledger.key", SYSTEM, new.id, **said)
            await asyncio.to_thread(keys.replace, self.key_file, new)  # after a crash here the old one goes on
        return new

    def newest(self) -> Seal | None:
        """The last seal written down whole; a line torn by a crash does not count."""
        if not self.file.exists():
            return None
        with self.file.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            whole = file.read().rpartition(b"\n")[0]
        last = whole.rpartition(b"\n")[2]
        return _seal(last.decode(errors="replace"), self.file) if last else None

    def every(self) -> tuple[Seal, ...]:
        """All seals in the file, oldest first."""
        return read(self.file) if self.file.exists() else ()

    def _load(self) -> SigningKey:
        if not self._is_ours:
            return keys.load(self.key_file)
        self.key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return keys.load_or_create(self.key_file)

    def _append(self, seal: Seal) -> None:
        """Write a seal down, on the disk before this returns."""
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.file.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            start, tail = file.tell(), file.read()
            if not tail.endswith(b"\n"):
                file.truncate(start + tail.rfind(b"\n") + 1)  # what a crash left half written
            file.write(seal.line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(self.file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def read(path: Path) -> tuple[Seal, ...]:
    """The seals in a file, one a line; what a crash left half written at its end does not count."""
    lines = path.read_text("utf-8", errors="replace").split("\n")
    return tuple(_seal(line, path) for line in lines[:-1] if line.strip())


async def public_keys(tx: AsyncConnection) -> Sequence[str]:
    """Every key the ledger was ever sealed with, oldest first."""
    rows = await tx.scalars(select(LEDGER.c.payload).where(LEDGER.c.kind == "ledger.key").order_by(LEDGER.c.seq))
    return [str(json.loads(payload)["public"]) for payload in rows]


def _seal(line: str, path: Path) -> Seal:
    try:
        return Seal.model_validate_json(line)
    except ValidationError as error:
        raise LedgerBroken(f"{path} holds a line that is no seal: somebody changed it, or the disk lost it.") from error


def _is_due(newest: Seal | None, size: int, now: datetime) -> bool:
    if newest is None or size - newest.size >= ROWS_PER_SEAL:
        return True
    return now - datetime.fromisoformat(newest.at) >= TIME_PER_SEAL


async def _not_as_sealed(tx: AsyncConnection, newest: Seal) -> str | None:
    """Why the ledger is not the one the newest seal is of, in a sentence; None where it is."""
    identity = await tx.scalar(select(LEDGER_IDENTITY.c.ledger))
    if identity != newest.ledger:
        return f"The newest seal, of {newest.at}, is of another ledger: this is not the database it was made for."
    head = await tx.scalar(select(LEDGER_HEAD.c.seq)) or 0
    if head < newest.size:
        return (
            f"The ledger ends at row {head}, and row {newest.size} was sealed at {newest.at}: an older backup was "
            "restored, or its end was cut off."
        )
    if await tx.scalar(select(LEDGER.c.hash).where(LEDGER.c.seq == newest.size)) != newest.head:
        return f"Row {newest.size} of the ledger is not the one sealed at {newest.at}: it was rewritten since."
    return None


async def _unbroken(tx: AsyncConnection, newest: Seal | None) -> None:
    """Read what was added since the newest seal, from the sealed row on. Raises LedgerBroken."""
    chain = Chain((), ())
    if newest is not None:
        if fault := await _not_as_sealed(tx, newest):
            raise LedgerBroken(f"{fault} Run `baton ledger verify`.")
        chain.size, chain.head = newest.size, newest.head
    async with aclosing(ledger.lines(tx, after=chain.size)) as rows:
        async for row in rows:
            for fault in chain.read(row):
                raise LedgerBroken(f"The ledger is not sealed: {fault}. Run `baton ledger verify`.")


async def _knows(tx: AsyncConnection, key: SigningKey) -> bool:
    return bool(await tx.scalar(select(exists().where(LEDGER.c.kind == "ledger.key", LEDGER.c.subject == key.id))))
