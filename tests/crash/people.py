"""Those who press: they see what the cards show, and note what was taken the moment their call returned."""

import asyncio
import json
import os
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from sqlalchemy.exc import DBAPIError

from domain.errors import DatabaseSilent, Refusal
from graph.runner import Runner
from tests.crash.company import CUT, PEOPLE, TRIM, Broken, Place
from tests.graph.fakes import CLEO, CORA, MARA, STRANGER

KINDS = ("approve", "override", "reject", "snooze")
_OFTEN = (5, 2, 1, 2)


@dataclass(frozen=True)
class Press:
    """One press on one card."""

    kind: str
    proposal: str
    version: int
    by: str


def noted(acked: Path) -> list[Press]:
    """Every press that was taken and acknowledged, by whichever process."""
    if not acked.exists():
        return []
    return [Press(**json.loads(line)) for line in acked.read_text().splitlines()]


class Crowd:
    """Several people before the same cards."""

    def __init__(self, runner: Runner, place: Place, seed: int = 0) -> None:
        self._runner, self._place, self._chance = runner, place, random.Random(seed)

    async def approve_everything(self) -> None:
        """A stranger presses, then everybody who may say yes says yes, to all that is open."""
        for proposal, version in await self.buttons():
            for person in (STRANGER, MARA, CLEO, CORA):
                await self.press(Press("approve", proposal, version, person))

    async def race(self) -> None:
        """Two people press anything on each card at the same moment."""
        presses = [self._any(proposal, version) for proposal, version in await self.buttons() for _ in range(2)]
        await asyncio.gather(*(self.press(one) for one in presses))

    async def press(self, one: Press) -> None:
        """Press, and write down that it was taken. Whoever is refused, or hears of an error, writes nothing down."""
        with suppress(Refusal, DatabaseSilent, Broken, DBAPIError):
            await self._decide(one)
            _note(self._place.acked, one)

    async def buttons(self) -> Sequence[tuple[str, int]]:
        """What the cards offer now: proposal and version."""
        async with aiohttp.ClientSession() as session, session.get(f"{self._place.slack}/buttons") as answer:
            values: list[str] = await answer.json()
        return [(value.rpartition(":")[0], int(value.rpartition(":")[2])) for value in values]

    def _any(self, proposal: str, version: int) -> Press:
        (kind,) = self._chance.choices(KINDS, _OFTEN)
        if kind == "override" and proposal not in {CUT, TRIM}:
            kind = "approve"
        return Press(kind, proposal, version, self._chance.choice(PEOPLE))

    async def _decide(self, one: Press) -> None:
        press = (one.proposal, one.version, one.by)
        if one.kind == "approve":
            await self._runner.approve(*press)
        elif one.kind == "override":
            await self._runner.override(*press, {"daily_budget": "420"}, "Some reach is needed")
        elif one.kind == "reject":
            await self._runner.reject(*press, "Not in this week")
        else:
            await self._runner.snooze(*press, 24)


def _note(acked: Path, one: Press) -> None:
    """One line in one write: it is there whole whoever dies next."""
    file = os.open(acked, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(file, (json.dumps(vars(one)) + "\n").encode())
    finally:
        os.close(file)
