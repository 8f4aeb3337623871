"""Three published detectors, written anew from their descriptions, only to check the scorer against published scores.

Windowed Gaussian: tail probability under the mean and deviation of the last values (NAB's baseline). Relative entropy:
Wang et al., "Statistical techniques for online anomaly detection in data centers", 2011, figure 1. Bayesian change
point: Adams and MacKay, "Bayesian online changepoint detection", 2007, scored by how far the likeliest run length
falls back.
Settings are those NAB ran them with.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Floats = npt.NDArray[np.float64]

WINDOW, STEP = 6400, 100
"""Windowed Gaussian: values it remembers, and after how many it moves on once they are full."""
STORED_DIGITS: Final = 12
"""NAB's result files keep twelve digits: the nearest to certainty are equal in them."""
BINS, SPAN, REJECTED = 5, 52, 0.01
"""Relative entropy: levels, values per window, chance of rejecting a hypothesis that holds."""
LONGEST, HAZARD = 500, 1 / 250
ALPHA, BETA, KAPPA, MU = 0.1, 0.001, 1.0, 0.0
"""Change point: longest run kept, chance that a run ends, and the prior of the Student t prediction."""


def windowed_gaussian(values: Floats) -> Floats:
    """One minus the tail probability of each value."""
    scores = np.zeros(len(values))
    middle = values.mean()
    sums = np.concatenate([[0.0], np.cumsum(values - middle)])
    squares = np.concatenate([[0.0], np.cumsum((values - middle) ** 2)])
    last = np.arange(1, len(values))
    full = np.maximum(last - WINDOW, 0) // STEP * STEP
    start, stop = full, np.minimum(last, WINDOW + full)
    mean = (sums[stop] - sums[start]) / (stop - start)
    variance = (squares[stop] - squares[start]) / (stop - start) - mean**2
    deviation = np.where(variance > 1e-12 * np.maximum(mean**2, 1e-12), np.sqrt(np.maximum(variance, 0.0)), 1e-6)
    away = np.abs(values[1:] - middle - mean) / deviation
    scores[1:] = np.round(1.0 - 0.5 * special.erfc(away / np.sqrt(2.0)), STORED_DIGITS)
    return scores


def relative_entropy(values: Floats) -> Floats:
    """1 where the levels of the last values agree with no earlier window, else 0."""
    low, high = values.min(), values.max()
    scores = np.zeros(len(values))
    if low == high:
        return scores
    levels = np.clip(np.ceil((values - low) / ((high - low) / BINS)).astype(int), 0, BINS)
    levels[levels == BINS] = BINS - 1  # the last bin of a histogram is closed
    shares = np.cumsum(np.eye(BINS)[levels], axis=0)
    shares[SPAN:] -= shares[:-SPAN].copy()
    limit = stats.chi2.isf(REJECTED, BINS - 1)
    known = np.empty((0, BINS))
    for at in range(SPAN - 1, len(values)):
        now = shares[at] / SPAN
        gap = 2 * SPAN * special.rel_entr(now, known).sum(axis=1)
        if not len(known) or gap.min() >= limit:
            scores[at] = float(len(known) > 0)
            known = np.vstack([known, now])
    return scores


def change_point(values: Floats) -> Floats:
    """How much of its length the likeliest run has lost with each value: 0 where it grew."""
    chance = np.array([1.0])
    alpha, beta, kappa, mu = (np.array([one]) for one in (ALPHA, BETA, KAPPA, MU))
    scores, before = np.zeros(len(values)), 1
    for at, value in enumerate(values):
        wide = np.sqrt(beta * (kappa + 1) / (alpha * kappa))
        seen = chance * _student(value, 2 * alpha, mu, wide)
        chance = np.concatenate([[HAZARD * seen.sum()], (1 - HAZARD) * seen])[: LONGEST + 2]
        chance /= chance.sum()
        beta = np.concatenate([[BETA], beta + kappa * (value - mu) ** 2 / (2 * (kappa + 1))])
        mu = np.concatenate([[MU], (kappa * mu + value) / (kappa + 1)])
        alpha, kappa = np.concatenate([[ALPHA], alpha + 0.5]), np.concatenate([[KAPPA], kappa + 1])
        keep = LONGEST + 1
        chance, alpha, beta, kappa, mu = (one[:keep] for one in (chance, alpha, beta, kappa, mu))
        longest = int(chance.argmax())
        if longest < before:
            scores[at] = 1 - longest / before
        before = longest
    return scores


def _student(value: float, freedom: Floats, middle: Floats, wide: Floats) -> Floats:
    """Student's t density."""
    away = (value - middle) / wide
    scale = special.gammaln((freedom + 1) / 2) - special.gammaln(freedom / 2) - 0.5 * np.log(freedom * np.pi)
    return np.exp(scale - (freedom + 1) / 2 * np.log1p(away**2 / freedom)) / wide
