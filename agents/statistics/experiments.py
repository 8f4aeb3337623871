"""Reading out an experiment that is looked at every day, with one or several arms against a control.

Two always-valid readings that must agree: the e-value of how conversions split between the arms, exact at any count,
and the normal-mixture confidence sequence of the log ratio of their rates. Looking 30 times at an A/A test, a fixed
z-test rejects 28 % of the time and this one below 5 %, whatever the number of arms.

Both rest on the split of people between the arms being the same throughout. Where it is changed while rates move (nine
tenths to one arm just as the season begins), the sums of both periods differ without any effect (Simpson's paradox),
and totals, which are all there is here, cannot show it: such a test must be started anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from agents.statistics.arrays import Floats
from agents.statistics.evidence import (
    always_valid_p,
    half_width,
    log_beta_binomial,
    log_normal_mixture,
    tightest_mixture,
)
from domain.base import Interval

ALPHA: Final = 0.05
"""Chance that an experiment without any difference is ever called decided, over all its arms and all days."""
LEAST_CONVERSIONS: Final = 20
"""Conversions an arm needs before its rate is compared: below, a log ratio is not normal enough for an interval."""
TUNED_AT: Final = 1000.0
"""Conversions per arm around which the sequence is tightest: what a test of some weeks collects."""


class Standing(StrEnum):
    """What an experiment says by now."""

    TOO_FEW = "too_few"
    """Not enough conversions to compare anything."""
    OPEN = "open"
    """Nothing to be seen yet: no arm is ahead or behind for sure."""
    AHEAD = "ahead"
    """An arm is better than the control for sure."""
    BEHIND = "behind"
    """Every arm is worse than the control for sure: the control has won."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm by now: people who saw it, and those of them who converted."""

    name: str
    exposed: int
    converted: int

    @property
    def rate(self) -> float:
        """Conversions per person; 0 where nobody saw it."""
        return self.converted / self.exposed if self.exposed > 0 else 0.0

    @property
    def is_judged(self) -> bool:
        """Whether it has conversions enough, and no more of them than people."""
        return LEAST_CONVERSIONS <= self.converted <= self.exposed


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm against the control."""

    arm: Arm
    control: Arm
    interval: Interval
    """Interval of the arm's rate / the control's - 1, which holds for all arms together, whenever one looks: 95 %."""
    log_e: float
    """Log e-value against "no difference", corrected for the number of arms (Bonferroni: they share one control)."""

    @property
    def p_value(self) -> float:
        """Always valid: 1 over the e-value."""
        return float(always_valid_p(np.array([self.log_e]))[0])

    @property
    def change(self) -> float:
        """The arm's rate / the control's - 1."""
        return self.arm.rate / self.control.rate - 1

    @property
    def is_better(self) -> bool:
        """For sure."""
        return self.p_value <= ALPHA and self.interval[0] > 0

    @property
    def is_worse(self) -> bool:
        """For sure."""
        return self.p_value <= ALPHA and self.interval[1] < 0


@dataclass(frozen=True, slots=True)
class Readout:
    """Every arm of one experiment against its control, best first."""

    standing: Standing
    comparisons: tuple[Comparison, ...]
    """Arms with enough conversions."""

    @property
    def winner(self) -> Arm | None:
        """The arm to give to everybody; None while undecided."""
        if self.standing is Standing.AHEAD:
            return self.decisive.arm
        return self.decisive.control if self.standing is Standing.BEHIND else None

    @property
    def decisive(self) -> Comparison:
        """The comparison that speaks for the winner: the best of the arms that are better, else the best arm."""
        return next((one for one in self.comparisons if one.is_better), self.comparisons[0])


def read_out(control: Arm, arms: Sequence[Arm]) -> Readout:
    """Compare every arm with the control. An arm without enough conversions is waited for, and counts for nobody.

    The counts are totals of a test whose split between the arms was never changed.
    """
    judged = [arm for arm in arms if arm.is_judged]
    if not control.is_judged or not judged:
        return Readout(Standing.TOO_FEW, ())
    made = sorted(_compared(control, judged, len(arms)), key=lambda one: -one.arm.rate)
    if any(one.is_better for one in made):
        standing = Standing.AHEAD
    elif len(judged) == len(arms) and all(one.is_worse for one in made):
        standing = Standing.BEHIND
    else:
        standing = Standing.OPEN
    return Readout(standing, tuple(made))


def _compared(control: Arm, arms: Sequence[Arm], family: int) -> list[Comparison]:
    converted, exposed = (_column(arms, name) for name in ("converted", "exposed"))
    log_ratio = np.log(converted / exposed / control.rate)
    variance = 1 / converted - 1 / exposed + 1 / control.converted - 1 / control.exposed
    variance = np.maximum(variance, 1e-12)
    mixture = tightest_mixture(2 / TUNED_AT, ALPHA / family)
    share = exposed / (exposed + control.exposed)
    spread = share * (1 - share)
    strength = np.maximum(1 / (mixture * spread) - 1, 1.0)  # a Beta as wide as the mixture of log ratios
    log_e = np.minimum(
        log_beta_binomial(converted, converted + control.converted, share, strength),
        log_normal_mixture(log_ratio, variance, mixture),
    )
    half = half_width(variance, mixture, ALPHA / family)
    low, high = np.expm1(log_ratio - half), np.expm1(np.minimum(log_ratio + half, 50.0))
    log_e = log_e - np.log(family)
    return [
        Comparison(arm, control, (float(low[at]), float(high[at])), float(log_e[at])) for at, arm in enumerate(arms)
    ]


def _column(arms: Sequence[Arm], name: str) -> Floats:
    return np.array([getattr(arm, name) for arm in arms], dtype=np.float64)
