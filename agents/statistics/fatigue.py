"""How an ad's click rate wears with exposure: the slope of log CTR on log(1 + exposures per person), with a prior.

Published: click likelihood falls about as (n + 1)^-0.43 with the n-th exposure (as quoted from Meta's research), about
-45 % by the fourth. The prior N(-0.43, 0.2) holds where the ad's own days say little.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from agents.statistics.arrays import Flags, Floats

PRIOR_SLOPE: Final = -0.43
PRIOR_SLOPE_SD: Final = 0.2
LEAST_DAYS: Final = 3
"""Days from which a slope can be told from a level and its error."""
MOST_PERSISTENCE: Final = 0.7
"""Largest lag-one correlation taken off a regression's information; beyond, days say next to nothing."""


@dataclass(frozen=True, slots=True)
class Wear:
    """The slope of log CTR (against siblings) on log(1 + exposures per person), one per ad."""

    slope: Floats
    """Posterior mean."""
    sd: Floats
    p_value: Floats
    """One-sided, from the ad's own days alone: how often a click rate that does not wear would fall like that."""
    log_evidence: Floats
    """Log Bayes factor of wear as published against none: 2.3 is ten times as likely; 0 where too little is known."""

    @property
    def per_doubling(self) -> Floats:
        """Relative change of the click rate each time exposure doubles: -0.26 means 26 % less."""
        return np.exp2(self.slope) - 1


def wear(residual: Floats, variance: Floats, frequency: Floats, usable: Flags, judged: Flags) -> Wear:
    """Posterior slope of every ad from its daily residual against siblings and its daily frequency; all [ads, days].

    Exposure adds up over all `usable` days (the level before them is not known and is taken up by the intercept); the
    slope is judged on the `judged` ones. Weighted least squares with a normal prior (Zellner 1971, ch. 3), the
    information reduced by the residuals' lag-one correlation (Bartlett 1935, J. R. Statist. Soc. 98).
    """
    seen = usable & np.isfinite(frequency) & (frequency > 0)
    exposure = np.log1p(np.cumsum(np.where(seen, frequency, 0.0), axis=1))
    used = seen & judged & np.isfinite(residual) & np.isfinite(variance) & (variance > 0)
    weight = np.where(used, 1 / np.maximum(np.where(used, variance, 1.0), 1e-6), 0.0)
    away, off = _centred(exposure, weight), _centred(np.where(used, residual, 0.0), weight)
    information, pull = (weight * away**2).sum(1), (weight * away * off).sum(1)
    known = (used.sum(1) >= LEAST_DAYS) & (information > 1e-9)
    own = np.where(known, pull, 0.0) / np.where(known, information, 1.0)
    lasting = _persistence(off - own[:, None] * away, used)
    information = np.where(known, information * (1 - lasting) / (1 + lasting), 0.0)
    precision = information + PRIOR_SLOPE_SD**-2
    slope = (own * information + PRIOR_SLOPE * PRIOR_SLOPE_SD**-2) / precision
    noise = 1 / np.where(known, information, 1.0)
    published = (own - PRIOR_SLOPE) ** 2 / (noise + PRIOR_SLOPE_SD**2) + np.log(noise + PRIOR_SLOPE_SD**2)
    evidence = 0.5 * (own**2 / noise + np.log(noise) - published)
    p_value = np.asarray(special.stdtr(np.maximum(used.sum(1) - 2, 1), own / np.sqrt(noise)), dtype=np.float64)
    return Wear(slope, precision**-0.5, np.where(known, p_value, 1.0), np.where(known, evidence, 0.0))


def _centred(values: Floats, weight: Floats) -> Floats:
    whole = np.maximum(weight.sum(1), 1e-12)
    return np.where(weight > 0, values - ((weight * values).sum(1) / whole)[:, None], 0.0)


def _persistence(errors: Floats, used: Flags) -> Floats:
    """Lag-one correlation of each row's errors, between none and MOST_PERSISTENCE."""
    pairs = used[:, 1:] & used[:, :-1]
    together = (errors[:, 1:] * errors[:, :-1] * pairs).sum(1) / np.maximum(pairs.sum(1), 1)
    alone = (errors**2 * used).sum(1) / np.maximum(used.sum(1), 1)
    return np.clip(together / np.maximum(alone, 1e-12), 0.0, MOST_PERSISTENCE)
