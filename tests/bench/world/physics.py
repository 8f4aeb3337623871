"""How the world works: usual levels, day-to-day noise beyond counting, reporting; as specified, or varied by seed.

The specified physics is what the figures of the report are measured on. The varied ones exist so that nobody tunes to
the accidents of one simulator: the same incidents, other levels, other noise, other ways of reporting.
"""

from dataclasses import dataclass, field, fields, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Noise:
    """Standard deviations of logarithms: independent from day to day, except the drifts, which are AR(1)."""

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

    def times(self, factor: float) -> "Noise":
        """The same, louder or quieter."""
        return replace(self, **{one.name: factor * getattr(self, one.name) for one in fields(self)})


@dataclass(frozen=True)
class Physics:
    """Levels, noise and habits of one world."""

    ctr: float = 0.013
    cvr: float = 0.035
    """Orders per click."""
    cpm: float = 10.0
    pixel_share: float = 0.93
    """Orders the pixel sees."""
    visit_share: float = 0.88
    """Clicks that arrive on the site."""
    frequency: tuple[float, float] = (1.3, 1.9)
    """Impressions per reached person and day, by campaign."""
    retention: tuple[tuple[int, float], ...] = ((1, 0.42), (7, 0.25), (30, 0.14))
    """Horizons in days with the share of a cohort that is back."""
    owned_click_rate: float = 0.025
    """Unique clicks per delivered message."""
    channels: tuple[tuple[str, float], ...] = (("email", 1.0),)
    """Owned channels with their share of the messages."""
    reported: tuple[float, ...] = (0.82, 0.12, 0.045, 0.015)
    """Share of conversions that becomes known 0, 1, 2, 3 days after: 82, 94, 98.5, 100 % together."""
    curve: float = 1.0
    """Effects grow as progress to this power: 1 is linear on the log scale, less is sudden at first."""
    is_web_by_ad: bool = False
    """Whether the site's own figures come by ad rather than by campaign."""
    noise: Noise = field(default_factory=Noise)

    @property
    def horizons(self) -> tuple[int, ...]:
        return tuple(days for days, _ in self.retention)

    @property
    def returning(self) -> Floats:
        """[horizons]."""
        return np.array([share for _, share in self.retention])


SPECIFIED = Physics()
MEMORY = 0.9
"""Of every drift, from one day to the next."""
MORE_HORIZONS = (
    ((1, 0.42), (7, 0.25), (30, 0.14)),
    ((7, 0.30), (30, 0.18)),
    ((1, 0.38), (7, 0.22), (14, 0.17), (30, 0.12)),
)
MORE_CHANNELS = ((("email", 1.0),), (("email", 0.8), ("push", 0.2)), (("email", 0.7), ("sms", 0.3)))
MORE_REPORTED = ((0.82, 0.12, 0.045, 0.015), (0.70, 0.18, 0.08, 0.04), (0.92, 0.06, 0.015, 0.005))


def varied(rng: np.random.Generator) -> Physics:
    """Another world's levels, noise and habits."""
    low = float(rng.uniform(1.1, 2.2))
    return Physics(
        ctr=0.013 * float(rng.uniform(0.6, 1.8)),
        cvr=0.035 * float(rng.uniform(0.7, 1.5)),
        cpm=float(rng.uniform(5, 16)),
        pixel_share=float(rng.uniform(0.85, 0.97)),
        visit_share=float(rng.uniform(0.75, 0.92)),
        frequency=(low, low * 1.5),
        retention=MORE_HORIZONS[rng.integers(len(MORE_HORIZONS))],
        owned_click_rate=float(rng.uniform(0.015, 0.04)),
        channels=MORE_CHANNELS[rng.integers(len(MORE_CHANNELS))],
        reported=MORE_REPORTED[rng.integers(len(MORE_REPORTED))],
        curve=float(rng.uniform(0.6, 1.5)),
        is_web_by_ad=bool(rng.random() < 0.5),
        noise=Noise().times(float(rng.uniform(0.8, 1.5))),
    )


def drift(rng: np.random.Generator, sd: float, series: int, days: int) -> Floats:
    """[series, days] AR(1) with that stationary standard deviation."""
    steps = rng.normal(0, sd * np.sqrt(1 - MEMORY**2), (series, days))
    steps[:, 0] = rng.normal(0, sd, series)
    for day in range(1, days):
        steps[:, day] += MEMORY * steps[:, day - 1]
    return steps
