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
ONSET_SD = 5.0
"""How far off it lies usually, in days."""
OTHERWISE = 0.2
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


def course(gaps: Floats, variances: Floats, level_sd: float, onset: int, growth: tuple[float, float],
           now: tuple[int, int], ahead: tuple[int, int]) -> Course:  # fmt: skip
    """Fit log gaps to the usual level [days], NaN where unknown, with their variances.

    `level_sd` is how unsure the usual level itself is. `onset` is the column the trouble was dated to; `growth` the
    median days it usually takes to build up and the log sd of that. `now` and `ahead` are first and last column of the
    spans to speak of; columns beyond the last are days to come.
    """
    seen = np.flatnonzero(np.isfinite(gaps))
    cells = [(days, onset + off) for days in GROWTH_DAYS for off in ONSETS if onset + off < len(gaps)]
    covariance = np.diag(variances[seen]) + level_sd**2
    shapes = np.array([_shape(seen, *cell) for cell in cells])
    solved = np.linalg.solve(covariance, np.column_stack([gaps[seen], shapes.T])).astype(np.float64)
    y, weighed = solved[:, 0], solved[:, 1:]
    precision = 1 / SIZE_SD**2 + (shapes.T * weighed).sum(axis=0)
    pull = shapes @ y
    size, size_var = pull / precision, 1 / precision
    median, log_sd = growth
    usual = np.array([math.exp(-0.5 * (math.log(days / median) / log_sd) ** 2) for days in GROWTH_DAYS])
    growths = (1 - OTHERWISE) * usual / usual.sum() + OTHERWISE / len(usual)
    known = dict(zip(GROWTH_DAYS, growths, strict=True))
    logs = np.array([math.log(known[days]) - 0.5 * ((start - onset) / ONSET_SD) ** 2 for days, start in cells])
    logs += 0.5 * pull * size - 0.5 * np.log(precision)
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    recent, coming = (
        np.array([_shape(np.arange(span[0], span[1] + 1), *cell).mean() for cell in cells]) for span in (now, ahead)
    )
    mean = float(chance @ (coming * size))
    spread = float(chance @ (coming**2 * size_var + (coming * size - mean) ** 2))
    return Course(float(chance @ (recent * size)), mean, math.hypot(math.sqrt(spread), OFF_COURSE * mean))


def _shape(days: np.ndarray, growth: int, onset: int) -> Floats:
    """How much of its full size is there on each day."""
    return np.clip((days - onset + 1) / growth, 0.0, 1.0)
