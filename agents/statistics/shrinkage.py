"""What measured outcomes of one kind of action say about the next one: a hierarchical normal model.

The part of its possible effect that an action brings about differs between companies, within a company by what the
trouble was and where, and from one time to the next. The spread between actions is itself unknown: it is averaged over
a grid under a weakly informative prior (Gelman, Bayesian Analysis 1, 2006; Röver et al., Research Synthesis Methods 12,
2021), so that outcomes which agree sharpen the next forecast and outcomes which do not widen it.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr

from agents.statistics.arrays import Floats

SPREADS: Sequence[float] = tuple(2.0 ** (step / 2) for step in range(-4, 5))
"""Spreads between actions that are tried, in usual ones: a quarter to four times."""
SPREAD_DOUBT = 0.6
"""Log sd of that spread before looking: within a factor of 1.8 in two of three companies. Its mean square is then twice
the square of the usual one."""
SHARED_ERROR = 0.1
"""Error all measured parts of a kind have in common: what is wrong with a comparison is wrong each time."""
SAME_CAUSE, SAME_PLATFORM = 0.3, 0.2
"""Parts of the variance between actions that those for the same cause, and on the same platform, have in common."""


@dataclass(frozen=True, slots=True)
class Prior:
    """The part an action of one kind brings about, before anything was measured here."""

    mean: float
    company_sd: float
    """How much the company's own mean differs from that."""
    action_sd: float
    """How much one action differs from the company's mean, usually."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One measured part."""

    part: float
    sd: float
    cause: Hashable
    platform: Hashable


@dataclass(frozen=True, slots=True)
class Mixture:
    """A mixture of normal laws."""

    weights: Floats
    means: Floats
    sds: Floats

    @property
    def mean(self) -> float:
        """Its mean."""
        return float(self.weights @ self.means)

    @property
    def sd(self) -> float:
        """Its standard deviation."""
        return float(np.sqrt(self.weights @ (self.sds**2 + (self.means - self.mean) ** 2)))

    def quantile(self, share: float) -> float:
        """The value below which this share of it lies."""

        def short(at: float) -> float:
            return float(self.weights @ ndtr((at - self.means) / self.sds)) - share

        reach = 12 * float(self.sds.max())
        return float(brentq(short, self.means.min() - reach, self.means.max() + reach))


def believed(prior: Prior, evidence: Sequence[Evidence], cause: Hashable, platform: Hashable) -> Mixture:
    """The part the next action for this cause on this platform brings about."""
    spreads = prior.action_sd * np.array(SPREADS)
    logs = -0.5 * (np.log(np.array(SPREADS)) / SPREAD_DOUBT) ** 2
    means, sds = np.full(len(spreads), prior.mean), np.hypot(prior.company_sd, spreads)
    if evidence:
        off = np.array([one.part for one in evidence]) - prior.mean
        noise = np.diag([one.sd**2 for one in evidence]) + SHARED_ERROR**2
        places = [(one.cause, one.platform) for one in evidence]
        mutual = np.array([[_shared(a, b) for b in places] for a in places])
        np.fill_diagonal(mutual, 1.0)
        towards = np.array([_shared(one, (cause, platform)) for one in places])
        for index, spread in enumerate(spreads):
            covariance = prior.company_sd**2 + spread**2 * mutual + noise
            cross = prior.company_sd**2 + spread**2 * towards
            root = np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)
            solved = np.linalg.solve(root, np.column_stack([off, cross])).astype(np.float64)
            seen, known = solved[:, 0], solved[:, 1]
            logs[index] += -0.5 * float(seen @ seen) - float(np.log(root.diagonal()).sum())
            means[index] += float(known @ seen)
            sds[index] = math.sqrt(max(float(sds[index]) ** 2 - float(known @ known), 1e-12))
    weights = np.exp(logs - logs.max())
    return Mixture(weights / weights.sum(), means, sds)


def product(part: Mixture, size: float, size_sd: float, beside: float) -> Mixture:
    """The law of part x size + what the action does beside (mean 0, sd `beside`), where the size is itself unsure."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    sizes = size + size_sd * nodes
    chance = np.outer(weights / weights.sum(), part.weights).ravel()
    means = np.outer(sizes, part.means).ravel()
    sds = np.hypot(np.abs(np.outer(sizes, part.sds)).ravel(), max(beside, 1e-6))
    return Mixture(chance, means, sds)


def _shared(one: tuple[Hashable, Hashable], other: tuple[Hashable, Hashable]) -> float:
    """Which part of the variance between actions two of them have in common."""
    return SAME_CAUSE * (one[0] == other[0]) + SAME_PLATFORM * (one[1] == other[1])
