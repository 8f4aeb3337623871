"""What a series would have done: a wandering level plus noise, averaged over how much it wanders and how noisy it is.

Deterministic closed forms of the Gaussian local-level model; numpy and scipy only.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

Array = NDArray[np.float64]

GRID = 25
"""Values tried for each of the two standard deviations: finer changes no digit of the published examples."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect in the unit of its series, with a 95 % interval."""

    effect: float
    low: float
    high: float
    sd: float


@dataclass(frozen=True, slots=True)
class Foretold:
    """Beliefs about unseen values given the seen ones, one per pair of standard deviations tried."""

    logs: Array
    """Log posterior of each pair, up to a constant."""
    means: Array
    """[pairs, values]"""
    covariances: Array
    """[pairs, values, values]"""


def foretold(seen: Array, walk: Array, white: Array, fixed: Array, levels: Array, noises: Array) -> Foretold:
    """Exact Gaussian prediction of the values after the first `len(seen)`, for every pair of level and noise sd.

    The covariance of all values, seen first, is level² · `walk` + noise² · `white` + `fixed`; the logs are those of the
    likelihood alone. Conditioning on the seen values is the Kalman filter written as one matrix (Harvey, Forecasting,
    Structural Time Series Models and the Kalman Filter, 1989).
    """
    size, tried = len(seen), len(levels)
    cov = levels[:, None, None] ** 2 * walk + noises[:, None, None] ** 2 * white + fixed
    root = np.linalg.cholesky(cov[:, :size, :size])
    sides = np.concatenate([np.broadcast_to(seen[:, None], (tried, size, 1)), cov[:, :size, size:]], axis=2)
    solved = np.linalg.solve(root, sides)
    values, cross = solved[:, :, 0], solved[:, :, 1:]
    logs = -0.5 * (values**2).sum(axis=1) - np.log(np.einsum("gii->gi", root)).sum(axis=1)
    means = np.einsum("gi,gij->gj", values, cross)
    covariances = cov[:, size:, size:] - np.einsum("gij,gik->gjk", cross, cross)
    return Foretold(logs, means, covariances)


def structural(series: Array, controls: Array, before: int, explained: float = 0.8) -> Estimate:
    """Mean effect after the first `before` days by a random-walk level, a regression on controls and noise.

    Averages the exact Gaussian posterior over a grid of both standard deviations under the priors of CausalImpact
    (Brodersen et al., Annals of Applied Statistics 2015: level 0.01 of the series' sd with 32 degrees of freedom,
    residual R² 0.8 with 50). `controls` is days x controls. `explained` is that R²: 0.8 suits controls that move along
    with the series; with a calendar alone it would take most of the noise for explained and the interval would be too
    narrow.
    """
    past = series[:before]
    centre, scale = float(past.mean()), float(past.std(ddof=1)) or 1.0
    y = (series - centre) / scale
    x = _standardised(controls, before)
    days = np.arange(1.0, len(series) + 1)
    blocks = np.vstack([np.eye(before, len(series)), (days > before) / (len(series) - before)])
    walk, white = blocks @ np.minimum.outer(days, days) @ blocks.T, blocks @ blocks.T
    fixed = blocks @ (x @ x.T + 1.0) @ blocks.T
    noises = np.geomspace(0.03, 1.2 if explained >= 0.5 else 2.0, GRID)
    parts: list[tuple[Array, Array, Array]] = []
    for level in np.geomspace(0.002, 0.25, GRID):  # one level at a time keeps long series in memory
        found = foretold(y[:before], walk, white, fixed, np.full(GRID, level), noises)
        priors = _log_prior(np.full(GRID, level), 0.01, 32) + _log_prior(noises, math.sqrt(1 - explained), 50)
        parts.append((found.logs + priors, found.means[:, 0], found.covariances[:, 0, 0]))
    logs, means, variances = (np.concatenate(one) for one in zip(*parts, strict=True))
    found = mixture(float(y[before:].mean()) - means, np.sqrt(np.maximum(variances, 0.0)), logs)
    return Estimate(found.effect * scale, found.low * scale, found.high * scale, found.sd * scale)


def mixture(means: Array, sds: Array, logs: Array) -> Estimate:
    """Mean, sd and central 95 % of a mixture of normals whose log weights are known up to a constant."""
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    mean = float(weights @ means)
    sd = math.sqrt(float(weights @ (sds**2 + (means - mean) ** 2)))

    def quantile(share: float) -> float:
        def short(at: float) -> float:
            return float(weights @ norm.cdf((at - means) / sds)) - share

        return float(brentq(short, mean - 12 * sd, mean + 12 * sd))

    return Estimate(mean, quantile(0.025), quantile(0.975), sd)


def _standardised(controls: Array, before: int) -> Array:
    past = controls[:before]
    sd = past.std(axis=0, ddof=1)
    return (controls - past.mean(axis=0)) / np.where(sd > 0, sd, 1.0)


def _log_prior(sd: Array, guess: float, freedom: float) -> Array:
    """Log density of log sd where the variance is inverse gamma around guess²."""
    return -freedom * np.log(sd) - freedom * guess**2 / (2 * sd**2)
