"""How an ad's click rate wears with exposure: the slope of log CTR on log(1 + exposures per person), with a prior.

Published: click likelihood falls about as (n + 1)^-0.43 with the n-th exposure (as quoted from Meta's research), about
-45 % by the fourth. The prior N(-0.43, 0.2) holds where the ad's own days say little.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from agents.statistics.arrays import Flags, Floats

PRIOR_SLOPE: Final = -0.43
PRIOR_SLOPE_SD: Final = 0.2


@dataclass(frozen=True, slots=True)
class Wear:
    """The slope of log CTR (against siblings) on log(1 + exposures per person)."""

    slope: float
    sd: float

    @property
    def per_doubling(self) -> float:
        """Relative change of the click rate each time exposure doubles: -0.26 means 26 % less."""
        return float(np.exp2(self.slope) - 1)


def wear(residual: Floats, variance: Floats, frequency: Floats, usable: Flags) -> Wear:
    """Posterior of one ad's slope from its daily residual against siblings and its daily frequency; all arrays [days].

    Exposure counts up over the days seen: the level before them is not known, and is taken up by the intercept.
    """
    usable = usable & (frequency > 0) & np.isfinite(residual)
    if usable.sum() < 3:
        return Wear(PRIOR_SLOPE, PRIOR_SLOPE_SD)
    exposure = np.log1p(np.cumsum(np.where(usable, frequency, 0.0)))[usable]
    weight = 1 / np.maximum(variance[usable], 1e-6)
    centred = exposure - (weight * exposure).sum() / weight.sum()
    information = float((weight * centred**2).sum()) + PRIOR_SLOPE_SD**-2
    pull = float((weight * centred * residual[usable]).sum()) + PRIOR_SLOPE * PRIOR_SLOPE_SD**-2
    return Wear(pull / information, information**-0.5)
