"""Looking after what is recorded: the ledger verified, exported and sealed, a key exchanged, a person erased."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from domain.errors import ConfigurationError
from domain.seal import Seal
from graph.services import Services
from memory import ledger
from memory.ledger import Verification, seals, verify_ledger
from memory.people import erasure
from memory.people.erasure import Erased

VERIFIER = "verify_ledger.py"
_BATCH = 5000
_README = """\
# A Baton ledger

- `ledger.jsonl`: every record in order, one a line. `kind` says what happened, `actor` who did it (a pseudonym, or
  baton), `subject` what it is about, `payload` the rest. Facts are named by their sha256; words of people by a digest
  under a key of their own, which is deleted when they are erased.
- `seals.jsonl`: where the ledger stood, signed, every {rows:,} records or {minutes} minutes and when this was written.
- `public_keys.txt`: the keys it was sealed with, oldest first.
- `verify_ledger.py`: the verifier, to be read before it is trusted. It needs Python 3.11 and the package
  `cryptography`, nothing of Baton's:

      python -I verify_ledger.py . --seal kept_elsewhere.jsonl

A chain and seals that come from one hand prove nothing against that hand. Hold them against seals kept elsewhere (the
thread of the message pinned in Slack, an earlier export), and against a public key noted earlier (`--key`). Records
after the last seal ({after:,} of {size:,} here) are not fixed by it yet.
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds."""

    rows: int
    seals: int


class Records:
    """What keeps the records trustworthy, and lets people be taken out of them."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def verify(self, others: Sequence[Seal] = (), told: Callable[[int, int], None] | None = None) -> Verification:
        """Read the whole ledger and say what does not hold, also against seals kept elsewhere."""
        own = await self._seals()
        faults = tuple(verify_ledger.in_order([seal.model_dump() for seal in own]))
        async with self._services.database.read() as tx:
            keys = await seals.public_keys(tx)
            found = await ledger.verify(tx, (*own, *others), keys, told)
        return replace(found, problems=(*found.problems, *faults))

    async def export(self, folder: Path, told: Callable[[int, int], None] | None = None) -> Exported:
        """Write the ledger, its seals, the public keys and the verifier into a folder, sealed up to the last record.

        Raises LedgerBroken where that cannot be sealed any more, OSError where the folder cannot be written.
        """
        if self._services.seals:
            await self._services.seals.seal(self._services.database, at_once=True)
        own = await self._seals()
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        async with self._services.database.read() as tx:
            keys = await seals.public_keys(tx)
            size = await ledger.size(tx)
            rows = await _written(folder / "ledger.jsonl", ledger.lines(tx), size, told)
        last = own[-1].size if own else 0
        texts = {
            "seals.jsonl": "".join(f"{seal.line}\n" for seal in own),
            "public_keys.txt": "".join(f"{key}\n" for key in keys),
            VERIFIER: inspect.getsource(verify_ledger),
            "README.md": _README.format(
                rows=seals.ROWS_PER_SEAL, minutes=seals.TIME_PER_SEAL.seconds // 60, after=rows - last, size=rows
            ),
        }
        for name, text in texts.items():
            await asyncio.to_thread((folder / name).write_text, text, "utf-8")
        return Exported(rows, len(own))

    async def rotate(self) -> str:
        """Seal with another key from now on. Returns its public half."""
        if self._services.seals is None:
            raise ConfigurationError("There is no folder for seals, and so no key.")
        return (await self._services.seals.rotate(self._services.database)).public

    async def erase(self, slack: str, *, names: Sequence[str] = (), own_server: bool = False) -> Erased | None:
        """Forget a person, who may have these `names` besides those on record. None where nothing is recorded of them.

        The lesson index is to be rebuilt afterwards.
        """
        return await erasure.erase(self._services.database, slack, names=names, own_server=own_server)

    async def names_of(self, slack: str) -> tuple[str, ...]:
        """The names a person has or had in the company, in changes of it and in Slack, until they are erased."""
        return await erasure.names_of(self._services.database, slack)

    async def still_named(self, words: Sequence[str]) -> tuple[str, ...]:
        """Tables in which any of the words still stands."""
        return await erasure.still_named(self._services.database, words)

    async def _seals(self) -> tuple[Seal, ...]:
        return await asyncio.to_thread(self._services.seals.every) if self._services.seals else ()


async def _written(
    path: Path, rows: AsyncIterator[dict[str, Any]], size: int, told: Callable[[int, int], None] | None
) -> int:
    """A record a line, a batch at a time. Returns how many."""
    count, batch = 0, list[str]()
    with path.open("w", encoding="utf-8") as file:
        async for row in rows:
            batch.append(verify_ledger.spelled(row))
            count += 1
            if len(batch) == _BATCH:
                await asyncio.to_thread(file.write, "\n".join((*batch, "")))
                batch.clear()
                if told:
                    told(count, size)
        file.write("\n".join((*batch, "")) if batch else "")
    return count
