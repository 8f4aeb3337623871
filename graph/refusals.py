"""Refused presses: whoever comes after a decision is told by reading it, and every refusal is a line of the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.badge import Badge
from domain.errors import InvalidChange, Refusal
from domain.operating_model import OperatingModel
from domain.proposal import Decision, FinalDecision
from graph import counsel
from graph.gathering import Gathering
from graph.services import Services
from memory import cases, decisions
from memory.decisions import Refused
from memory.people import SYSTEM

MOST_REASON = 1000
"""Characters of a reason at most."""


@dataclass(frozen=True, slots=True)
class _Press:
    """A press, and who Slack says makes it."""

    decision: Decision
    badge: Badge | None


class Refusals:
    """Every refusal is a line of the ledger before its presser hears of it; a hundred at once share a commit."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept = Gathering(self._keep)
        self._looked = Gathering(self._look)

    async def keep(self, press: Refused) -> None:
        """Returns once the line is committed. Raises what the database raises; then it is not."""
        await self._kept.ask(press)

    async def too_late(self, press: Decision, badge: Badge | None) -> Refusal | None:
        """What a press meets that comes after the decision, its line committed; None where nothing is decided yet.

        A final decision stays, so this needs no lock: whoever comes later is refused by reading.
        """
        return await self._looked.ask(_Press(press, badge))

    async def _keep(self, presses: Sequence[Refused]) -> Sequence[None]:
        await decisions.refused(self._services.database, presses)
        return [None] * len(presses)

    async def _look(self, presses: Sequence[_Press]) -> Sequence[Refusal | None]:
        async with self._services.database.read() as tx:
            made = await cases.decided(tx, {one.decision.proposal_id for one in presses})
            if not made:
                return [None] * len(presses)
            model = await self._services.in_force.read(tx)
        said = [_said(one, made.get(one.decision.proposal_id), model) for one in presses]
        refused = [
            Refused(one.decision, type(refusal).__name__)
            for one, refusal in zip(presses, said, strict=True)
            if refusal is not None
        ]
        if refused:
            await decisions.refused(self._services.database, refused)
        return said


def _said(press: _Press, made: FinalDecision | None, model: OperatingModel) -> Refusal | None:
    if made is None or press.decision.by == SYSTEM:  # what time and policy decide is told by `allow`
        return None
    return counsel.too_late(press.decision.by, made, model, press.badge)


def reason_of(typed: str) -> str:
    """A reason somebody can learn from later. Raises InvalidChange."""
    words = " ".join(typed.replace("\0", "").split())
    if not 3 <= len(words) <= MOST_REASON:
        raise InvalidChange("reason", f"Please give a reason of 3 to {MOST_REASON:,} characters.")
    return words
