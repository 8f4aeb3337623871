"""Who works here, and the gate between an agent and what it may read and claim."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from agents.audience import Audience
from agents.content import Content
from agents.creative import Creative
from agents.derivation import hand_over
from agents.lifecycle import Lifecycle
from agents.market import Market
from agents.performance import Performance
from domain.finding import Finding
from domain.mandate import Mandate
from domain.reading import Readings


class Specialist(Protocol):
    """One agent: a mandate and a look at the facts."""

    @property
    def mandate(self) -> Mandate:
        """What it is for, what it may read, claim and suggest."""
        ...

    def look(self, readings: Readings, today: date) -> list[Finding]:
        """What it notices on `today`, the last complete day."""
        ...


@dataclass(frozen=True, slots=True)
class Looked:
    """What one agent said, and what of it was outside its mandate."""

    kept: tuple[Finding, ...]
    discarded: tuple[Finding, ...] = ()


SPECIALISTS: tuple[Specialist, ...] = (Performance(), Creative(), Lifecycle(), Audience(), Content(), Market())


def findings_of(specialist: Specialist, readings: Readings, today: date) -> Looked:
    """Let one agent look at the tables its mandate grants, and keep what it may claim.

    Raises OutsideGrant when the agent asks for any other table.
    """
    mandate = specialist.mandate
    granted = hand_over(readings, mandate.reads)
    found = specialist.look(granted, today)
    readings.cache.update(granted.cache)
    kept = tuple(one for one in found if one.kind in mandate.finds and one.agent == mandate.agent)
    return Looked(kept, tuple(one for one in found if one not in kept))
