"""Which driver made a result dearer: log CPA = log CPM - log CTR - log CVR - log 1000, exactly.

Cost per thousand impressions, clicks per impression and conversions per click multiply to the cost of a conversion, so
on the log scale their moves add up without a remainder. In shares of the whole: the logarithmic mean Divisia index (Ang
2004, Energy Policy 32; Ang 2005, Energy Policy 33), an additive split without a remainder that treats rise and fall
alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from agents.statistics.arrays import Floats
from agents.statistics.moves import Moves

SIGNS: Final[Mapping[str, float]] = {"cpm": 1.0, "ctr": -1.0, "cvr": -1.0}
"""With which sign each driver's log enters the log cost: a click rate that falls makes results dearer."""

REAL_MOVE_SD: Final = 0.15
"""Log standard deviation of a real move of a conversion rate: what of its fall is believed where little is known."""
FREEDOM: Final = 30.0
"""Degrees of freedom of a cost's test: each of its terms has some thirty days behind its error."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How much dearer a result has become; [windows, series] each."""

    change: Floats
    """Log change of the cost against the peers."""
    se: Floats
    raw: Floats
    """The change before the peers' movement is taken off."""
    p_up: Floats
    """One-sided p-value of a rise; 1 where there is too little to judge."""
    logs: Mapping[str, Floats]
    """The log change of each driver as far as it is believed; with their signs they add up to `change`."""

    def parts(self, window: int, series: int) -> dict[str, float]:
        """What each driver made of the relative change of one series in one window."""
        _, made = split({name: one[window, [series]] for name, one in self.logs.items()})
        return {name: float(one[0]) for name, one in made.items()}


def cost(cpm: Moves, ctr: Moves, cvr: Moves | None) -> Cost:
    """The cost of a conversion from its drivers' moves; of a click where no conversions are known.

    The conversion rate is by far the noisiest term, so its move is believed only as far as it is known: the posterior
    mean under N(0, REAL_MOVE_SD).
    """
    logs, raw, variance = {"cpm": cpm.change, "ctr": ctr.change}, cpm.raw - ctr.raw, cpm.se**2 + ctr.se**2
    judged = (cpm.p_up < 1) & (ctr.p_up < 1)
    if cvr is not None:
        believed = REAL_MOVE_SD**2 / (REAL_MOVE_SD**2 + cvr.se**2)
        logs["cvr"] = believed * cvr.change
        raw, variance = raw - believed * cvr.raw, variance + believed * cvr.se**2
    change, se = np.sum([SIGNS[name] * one for name, one in logs.items()], axis=0), np.sqrt(variance)
    p_up = np.asarray(special.stdtr(FREEDOM, -change / se), dtype=np.float64)
    return Cost(change, se, raw, np.where(judged, p_up, 1.0), logs)


def split(moves: Mapping[str, Floats]) -> tuple[Floats, dict[str, Floats]]:
    """The relative change of the cost, and the part of it each driver made; the parts add up to it.

    `moves` are log changes of some of SIGNS, any common shape: without "cvr" the cost is that of a click. Of +38 %: ctr
    .24, cpm .02, cvr .12. Where the drivers cancel out exactly, the parts are the small changes themselves.
    """
    parts = {name: SIGNS[name] * np.clip(np.nan_to_num(one, posinf=0.0, neginf=0.0), -50, 50)
             for name, one in moves.items()}  # fmt: skip
    whole = np.sum(list(parts.values()), axis=0)
    per_log = np.where(np.abs(whole) > 1e-9, np.expm1(whole) / np.where(np.abs(whole) > 1e-9, whole, 1.0), 1.0)
    return np.expm1(whole), {name: one * per_log for name, one in parts.items()}
