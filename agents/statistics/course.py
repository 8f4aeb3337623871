"""How far a figure has moved since trouble began, and how much further it goes while nothing is done.

Trouble is a move on the log scale that grows evenly from its onset for some days and then stays. Size, onset and days
of growth are unknown: the size is averaged in closed form (a Gaussian linear model, conjugate; Gelman et al., Bayesian
Data Analysis, 3rd ed. 2013, ch. 14), the other two over a grid. So a young move that is known to build up over weeks is
expected to deepen, one that came overnight is not, and a move that may be luck is believed only in part.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from agents.statistics.arrays import Floats

GROWTH_DAYS: Sequence[int] = (1, 3, 6, 10, 14, 20, 28)
"""Days from onset to full size that are tried."""
SIZE_SD = 0.6
"""How far from nothing the full size (log) is before looking: a figure halves, or nearly doubles, in one of four."""
ONSETS: Sequence[int] = (-4, -2, 0, 2, 5, 9, 14, 20, 27)
"""Days by which the onset may lie off the day it was dated to: later where an older, smaller move was dated."""
ONSET_SD = 3.0
"""How far off it lies usually, in days."""
OTHERWISE = 0.05
"""Chance that trouble builds up in any of these, whatever its cause usually takes."""
OFF_COURSE = 0.1
"""Part of a move by which it usually ends up off such a course: no trouble grows quite evenly."""


@dataclass(frozen=True, slots=True)
class Course:
    """Log moves against the usual level: as believed now, and over the days to come."""

    now: float
    """Mean over the recent days asked for."""
    ahead: float
    """Mean over the coming days asked for."""
    ahead_sd: float


@dataclass(frozen=True, slots=True)
class Way:
    """One way trouble may take."""

    log: float
    """Log of its chance before looking."""
    growth: int
    """Days from onset to full size."""
    onset: int
    """Column on which it first shows."""

    def grown(self, days: np.ndarray) -> Floats:
        """How much of its full size is there on each of these columns."""
        return np.clip((days - self.onset + 1) / self.growth, 0.0, 1.0)


def course(gaps: Floats, variances: Floats, level_sd: float, onset: int, growth: tuple[float, float],
           now: tuple[int, int], ahead: tuple[int, int]) -> Course:  # fmt: skip
    """Fit log gaps to the usual level [days], NaN where unknown, with their variances.

    `level_sd` is how unsure the usual level itself is. `onset` is the column the trouble was dated to; `growth` the
    median days it usually takes to build up and the log sd of that. `now` and `ahead` are first and last column of the
    spans to speak of; columns beyond the last are days to come.
    """
    seen = np.flatnonzero(np.isfinite(gaps))
    cells = beliefs(growth, onset, len(gaps))
    covariance = np.diag(variances[seen]) + level_sd**2
    shapes = np.array([one.grown(seen) for one in cells])
    solved = np.linalg.solve(covariance, np.column_stack([gaps[seen], shapes.T])).astype(np.float64)
    y, weighed = solved[:, 0], solved[:, 1:]
    precision = 1 / SIZE_SD**2 + (shapes.T * weighed).sum(axis=0)
    pull = shapes @ y
    size, size_var = pull / precision, 1 / precision
    logs = np.array([one.log for one in cells]) + 0.5 * pull * size - 0.5 * np.log(precision)
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    recent, coming = (
        np.array([one.grown(np.arange(span[0], span[1] + 1)).mean() for one in cells]) for span in (now, ahead)
    )
    mean = float(chance @ (coming * size))
    spread = float(chance @ (coming**2 * size_var + (coming * size - mean) ** 2))
    return Course(float(chance @ (recent * size)), mean, math.hypot(math.sqrt(spread), OFF_COURSE * mean))


def beliefs(growth: tuple[float, float] | None, onset: int, days: int) -> list[Way]:
    """The ways trouble dated to the column `onset` may take among columns of `days`, their chances summing to one.

    `growth` is the median days it takes to build up and the log sd of that; None where any pace is as likely.
    """
    usual = np.ones(len(GROWTH_DAYS))
    if growth is not None:
        usual = np.exp(-0.5 * (np.log(np.array(GROWTH_DAYS) / growth[0]) / growth[1]) ** 2)
    paces = (1 - OTHERWISE) * usual / usual.sum() + OTHERWISE / len(usual)
    ways = [
        Way(math.log(pace) - 0.5 * (off / ONSET_SD) ** 2, grows, onset + off)
        for grows, pace in zip(GROWTH_DAYS, paces, strict=True)
        for off in ONSETS
        if onset + off < days
    ]
    whole = math.log(sum(math.exp(one.log) for one in ways)) if ways else 0.0
    return [Way(one.log - whole, one.growth, one.onset) for one in ways]
