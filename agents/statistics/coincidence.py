"""Whether a fall followed an outside event or came by itself: by when it began and how fast it grew.

The fall is a move on the log scale that grows evenly from its onset and then stays. Its size and the level before are
averaged in closed form (a Gaussian linear model, conjugate; Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, ch.
14), onset and days of growth over a grid: near the event and fast, or any day and any pace. Averaging instead of
picking the best is what makes coincidence cheap where events are many: a fall that may have begun on any of forty days
is explained by itself as well as by one of a dozen events.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from agents.statistics.arrays import Floats

LOOKED_BACK: Final = 42
"""Days on any of which a fall may have begun by itself: six weeks, as long as the slowest decay takes to be found."""
LAGS: Final = (-2, -1, 0, 1, 2, 3, 4, 5)
"""Days from the day an event was dated to until it is felt: dated a look late, felt as customers find out."""
PROMPT: Final = (1, 2, 3, 5, 7)
"""Days an answer to an outside event takes to full size."""
BY_ITSELF: Final = (1, 3, 6, 10, 14, 20, 28)
"""Days a fall that has no event takes: as often weeks as days."""
SIZE_SD: Final = 0.6
"""How far from nothing the full size (log) is before looking: a figure halves, or nearly doubles, in one of four."""
LEVEL_SD: Final = 0.1
"""How unsure the level before the fall is (log): part of the fall may lie in what it was taken from."""
LARGEST: Final = 50.0
"""Log odds beyond which more is as good as certain; its exponential still is a number."""


def followed(residual: Floats, variance: Floats, event: int) -> float:
    """How many times likelier the log residuals [days] are if the fall followed the event than if it had none.

    `variance` [days] is a day's own; days that do not count are NaN in `residual`. `event` is a column.
    0 where it lies more than LOOKED_BACK days back, or nothing is known.
    """
    last = len(residual)
    first = max(last - LOOKED_BACK, 0)
    seen = first + np.flatnonzero(np.isfinite(residual[first:]))
    if not first <= event < last or not len(seen):
        return 0.0
    near = [(event + lag, days) for lag in LAGS if event + lag < last for days in PROMPT]
    anywhere = [(start, days) for start in range(first, last) for days in BY_ITSELF]
    covariance = np.diag(np.maximum(variance[seen], 1e-6)) + LEVEL_SD**2
    log = _evidence(residual, seen, covariance, near) - _evidence(residual, seen, covariance, anywhere)
    return math.exp(min(log, LARGEST))


def _evidence(residual: Floats, seen: np.ndarray, covariance: Floats, cells: Sequence[tuple[int, int]]) -> float:
    """Log of the mean likelihood over onsets and days of growth, against no fall at all."""
    starts, days = np.array(cells, dtype=np.float64).T
    shapes = np.clip((seen[None, :] - starts[:, None] + 1) / days[:, None], 0.0, 1.0)
    solved: Floats = np.linalg.solve(covariance, np.column_stack([residual[seen], shapes.T])).astype(np.float64)
    pull = shapes @ solved[:, 0]
    precision = 1 / SIZE_SD**2 + (shapes.T * solved[:, 1:]).sum(axis=0)
    # A rise is no fall, whatever explains it.
    gain: Floats = np.where(pull < 0, pull**2 / precision, 0.0) - np.log(precision * SIZE_SD**2)
    most = float(gain.max())
    return most / 2 + math.log(float(np.exp((gain - most) / 2).mean()))
