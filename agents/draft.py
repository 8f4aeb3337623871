"""A signal in the making: what was found in one place, how each figure moved there, and what may explain it."""

from dataclasses import dataclass, field
from math import log1p
from typing import Final

from domain.finding import Finding
from domain.scope import Scope
from domain.signal import Candidate, Cause, RuledOut

NOTHING_LEFT: Final = 1e-6
"""Share below which a figure is gone altogether; its logarithm would have no end."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One figure as seen: log change and its standard error."""

    change: float
    se: float


def log_change(one: Finding) -> float:
    """A finding's change on the log scale; what is gone altogether counts as a millionth left."""
    return log1p(max(one.change, NOTHING_LEFT - 1))


@dataclass(frozen=True, slots=True)
class Ranking:
    """Causes by probability, and what speaks against those set aside."""

    candidates: tuple[Candidate, ...]
    ruled_out: tuple[RuledOut, ...]

    @property
    def cause(self) -> Cause:
        """The most likely one."""
        return self.candidates[0].cause

    @property
    def confidence(self) -> float:
        """Its probability."""
        return self.candidates[0].probability


@dataclass(frozen=True, slots=True)
class Draft:
    """A signal in the making."""

    scope: Scope
    ranking: Ranking
    findings: tuple[Finding, ...]
    sights: dict[str, Sight]
    window: int
    """Index into the windows all figures were compared over."""
    gaps: tuple[str, ...] = ()
    opens: bool = True
    """Strong enough to open a signal; otherwise only good enough to keep one open."""
    absorbed: frozenset[int] = field(default=frozenset())
    """Positions of further findings explained by it."""

    @property
    def cause(self) -> Cause:
        """The most likely cause."""
        return self.ranking.cause

    def change(self, figure: str) -> float:
        """A figure's log change; 0 where it is not known."""
        return self.sights[figure].change if figure in self.sights else 0.0
