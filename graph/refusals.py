"""Refused presses on their way into the ledger: those that come at the same time share one transaction."""

import asyncio
from dataclasses import dataclass, field

from domain.errors import InvalidChange
from memory import decisions
from memory.database import Database
from memory.decisions import Refused

MOST_REASON = 1000
"""Characters of a reason at most."""


@dataclass(slots=True)
class _Waiting:
    press: Refused
    kept: bool = False


@dataclass(slots=True)
class Refusals:
    """Every refusal is a line of the ledger before its presser hears of it; a hundred at once share a commit.

    While one transaction is under way, those who come meanwhile gather for the next.
    """

    database: Database
    _gathered: list[_Waiting] = field(default_factory=list[_Waiting])
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keep(self, press: Refused) -> None:
        """Returns once the line is committed. Raises what the database raises; then it is not."""
        mine = _Waiting(press)
        self._gathered.append(mine)
        try:
            async with self._one_at_a_time:
                if mine.kept:
                    return
                batch = tuple(self._gathered)
                await decisions.refused(self.database, [one.press for one in batch])
                for one in batch:
                    one.kept = True
                self._gathered = [one for one in self._gathered if not one.kept]
        finally:
            if not mine.kept and mine in self._gathered:
                self._gathered.remove(mine)


def reason_of(typed: str) -> str:
    """A reason somebody can learn from later. Raises InvalidChange."""
    words = " ".join(typed.replace("\0", "").split())
    if not 3 <= len(words) <= MOST_REASON:
        raise InvalidChange("reason", f"Please give a reason of 3 to {MOST_REASON:,} characters.")
    return words
