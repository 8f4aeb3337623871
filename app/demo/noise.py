"""Chance that never reshuffles: each draw is a pure function of (seed, purpose, day, entity).

A counter-based generator (splitmix64 as a hash) instead of a stream: changing one campaign's budget leaves every other
draw of every day exactly where it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, pdtr

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]
"""Days as proleptic ordinals (`date.toordinal()`)."""
Keys = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_STEPS = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
_MEMORY = 60
"""Days an AR(1) level remembers. Summed in a fixed order, so that one day alone equals the same day in a long run."""


def keys_of(names: Sequence[str]) -> Keys:
    """One key per entity name, the same on every machine."""
    return np.array([_key(name) for name in names], dtype=np.uint64)


def _key(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big")


def _mix(values: Keys) -> Keys:
    values = values + _GOLDEN
    for shift, factor in _STEPS:
        values = (values ^ (values >> shift)) * factor
    return values ^ (values >> np.uint64(31))


def ordinals(first: date, last: date) -> Days:
    """All days from first to last."""
    return np.arange(first.toordinal(), last.toordinal() + 1, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Noise:
    """All chance of one simulated market."""

    seed: int

    def uniform(self, purpose: str, days: Days, entities: Keys) -> Floats:
        """Numbers strictly between 0 and 1, one per day (rows) and entity (columns)."""
        rows = _mix(days.astype(np.uint64) ^ np.uint64(_key(f"{self.seed}/{purpose}")))
        mixed = _mix(_mix(rows[:, None] ^ entities[None, :]))
        return ((mixed >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53

    def normal(self, purpose: str, days: Days, entities: Keys) -> Floats:
        """Standard normal numbers, one per day and entity."""
        return ndtri(self.uniform(purpose, days, entities))

    def drift(self, purpose: str, days: Days, entities: Keys, sd: float, hold: float = 0.95) -> Floats:
        """An AR(1) level on the log scale with standard deviation `sd`; `hold` is what a day keeps of the last one."""
        first = int(days[0]) - _MEMORY + 1
        shocks = self.normal(purpose, np.arange(first, int(days[-1]) + 1, dtype=np.int64), entities)
        level = np.zeros((len(days), len(entities)))
        for age in range(_MEMORY - 1, -1, -1):
            start = _MEMORY - 1 - age
            level = level + hold**age * shocks[start : start + len(days)]
        return level * (sd * (1 - hold**2) ** 0.5)

    def once(self, *words: object) -> float:
        """One number between 0 and 1 for something that happens once: "token tr-1 takes how long?"."""
        return (_key("/".join(str(word) for word in (self.seed, *words))) + 0.5) / 2.0**64


def poisson(uniform: Floats, mean: Floats) -> Floats:
    """The Poisson count at each quantile: the same draw with a larger mean never gives a smaller count."""
    z = ndtri(uniform)
    rough = np.maximum(np.floor(mean + np.sqrt(mean) * z + (z**2 - 1) / 6 + 0.5), 0)
    small = mean < _EXACT_BELOW
    if small.any():
        rough[small] = _exact(uniform[small], mean[small])
    return rough


_EXACT_BELOW = 8.0


def _exact(uniform: Floats, mean: Floats) -> Floats:
    count = np.zeros_like(mean)
    for step in range(40):
        below = pdtr(float(step), mean) < uniform
        if not below.any():
            break
        count += below
    return count
