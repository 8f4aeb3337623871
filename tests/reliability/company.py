"""The small company that seasons are about: its people and policy, what there is to see, an ad account, questions."""

import hashlib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from domain.action import SetBudget
from domain.effect import Effect
from domain.finding import Finding
from domain.operating_model import BreakGlass, OperatingModel
from domain.proposal import Proposal
from domain.reading import Readings
from domain.signal import Signal, SignalEvent
from memory.database import Database
from tests.graph.fakes import CLEO, CORA, MARA, Joined, Platform, Script, proposal, refresh

NOOR, NOBODY = "U0NOOR0001", "U0NOBODY01"
PEOPLE = (MARA, NOOR, CLEO, CORA, NOBODY)
ONE, TWO, TASK = "a", "b", "c"
"""Kinds of question: a small step by one person, a large one by two (one the CMO), a task for the creatives."""
MAY = {ONE: {"media_lead", "cmo"}, TWO: {"media_lead", "cmo"}, TASK: {"creative_lead", "cmo"}}
AGENT = "performance"
"""Who sees every signal, and stands behind what is asked about budgets."""
POLICY: dict[str, object] = {
    "limits": ({"role": "media_lead", "max_change": 0.3, "beyond": "cmo"},),
    "break_glass": BreakGlass(role="cmo"),
}


class Migrated(Database):
    """The tables are there: a test that opens a database five hundred times need not look."""

    async def open(self) -> None:
        return


class Market(Script):
    """What there is to see, which nobody sees while its agent is stopped."""

    def combine(self, findings: Sequence[Finding], readings: Readings, today: date, model: OperatingModel) -> Joined:
        return super().combine(findings, readings, today, model) if findings else Joined(())

    def match(
        self, combined: Any, before: Sequence[Signal], readings: Readings, today: date
    ) -> tuple[SignalEvent, ...]:
        return super().match(combined, before, readings, today) if combined.signals else ()


class Unforgiving(Platform):
    """An ad account that does not know tokens: what is written twice happens twice."""

    def _apply(self, effect: Effect, token: str) -> None:
        super()._apply(effect, token)
        self.answered.clear()

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        self.answered.pop(token, None)
        fault, self.faults = (self.faults[:1] or [""])[0], self.faults[1:]
        if fault in {"down", "lost before"}:
            self.faults.insert(0, fault)
            return await super().write(effect, token, fence)
        self._apply(effect, token)
        if fault == "lost":
            self.answered[token], self.faults = "set", ["lost before", *self.faults]
            return await super().write(effect, token, fence)
        return "set"


def sig(number: int) -> str:
    return f"sig_{number:012x}"


def prop(number: int, kind: str) -> str:
    return f"prop_{hashlib.sha256(f'{number}/{kind}'.encode()).hexdigest()[:11]}{kind}"


_PLANNED = {prop(number, kind): kind for number in range(16) for kind in (ONE, TWO, TASK)}


def planned(ident: str) -> bool:
    """Whether it was asked by a plan of ours; what is put again has another name."""
    return ident in _PLANNED


def kind_of(ident: str) -> str:
    return _PLANNED.get(ident, ONE)


def budget(number: int, kind: str) -> str:
    return f"meta/a1/campaign/c{number}{kind}/daily_budget"


def questions(number: int, version: int) -> tuple[Proposal, ...]:
    """What is asked about a signal. Each version of it asks for another amount; the third leaves out the large step."""

    def cut(kind: str, to: int) -> SetBudget:
        return SetBudget(
            platform="meta", account_id="a1", currency="EUR", campaign_id=f"c{number}{kind}", daily_budget=Decimal(to),
            was=Decimal(450),
        )  # fmt: skip

    def seen(question: Proposal) -> Proposal:
        return question.model_copy(update={"agents": (AGENT,)})

    small = seen(proposal(cut(ONE, 360 + version), prop(number, ONE), sig(number)))
    large = seen(proposal(cut(TWO, 270 + version), prop(number, TWO), sig(number)))
    task = proposal(refresh(), prop(number, TASK), sig(number), "creative_lead")
    return (small, task) if version == 3 else (small, large, task)
