"""Day-to-day noise beyond counting, as standard deviations of logarithms."""

from dataclasses import dataclass

import numpy as np

from tests.bench.world.company import Floats


@dataclass(frozen=True)
class Noise:
    """Independent from day to day, except the drifts, which are AR(1)."""

    demand: float = 0.12
    """Drift of what a campaign could spend."""
    demand_account: float = 0.06
    """Drift shared by an account."""
    demand_day: float = 0.05
    cpm: float = 0.04
    cpm_account: float = 0.03
    """Drift."""
    ctr_campaign: float = 0.04
    ctr_ad: float = 0.03
    """Together with the campaign's: 5 % at an ad."""
    ctr_account: float = 0.02
    """Drift."""
    cvr: float = 0.03
    cvr_account: float = 0.02
    """Drift."""
    frequency: float = 0.02
    frequency_campaign: float = 0.03
    """Drift."""
    owned: float = 0.06
    retention: float = 0.03
    people: float = 0.08
    """Messages sent and new people."""
    searches: float = 0.15
    memory: float = 0.9
    """Of every drift, from one day to the next."""


NOISE = Noise()


def drift(rng: np.random.Generator, sd: float, series: int, days: int) -> Floats:
    """[series, days] AR(1) with that stationary standard deviation."""
    steps = rng.normal(0, sd * np.sqrt(1 - NOISE.memory**2), (series, days))
    steps[:, 0] = rng.normal(0, sd, series)
    for day in range(1, days):
        steps[:, day] += NOISE.memory * steps[:, day - 1]
    return steps
