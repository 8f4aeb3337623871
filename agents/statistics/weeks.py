"""How much a level wanders from week to week beyond what its days explain: seasons, slow drifts, a baseline's error."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from agents.statistics.arrays import Floats

PRIOR_LEVEL_SD: Final = 0.035
"""Log error of a baseline where nothing else is known: two months of seasons and slow drift."""
PRIOR_WEEKS: Final = 40.0
"""Weeks of data that assumption is worth: an account of six campaigns and a month and a half."""
LEAST_LEVEL_SD: Final = 0.015
"""Log error no baseline is without, however quiet its weeks were."""
LEAST_WEEKS: Final = 3
"""Weeks from which on a series says something about how much weeks differ."""
MOST_EXCESS: Final = 9.0
"""One series counts at most this many times the prior variance: an incident is no drift."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """How much the weekly levels of each series differ. [series]."""

    squares: Floats
    """Mean square of the weekly levels about their mean."""
    explained: Floats
    """What of it counting and days that differ bring by themselves."""
    count: Floats
    """Weeks known."""


def weeks(level: Floats, variance: Floats, known: Floats) -> Weeks:
    """Sum up weekly levels, each with its own variance; `known` 1 where the week is. All [series, weeks]."""
    count = known.sum(1)
    many = np.maximum(count, 1)
    centred = (level - ((level * known).sum(1) / many)[:, None]) * known
    return Weeks((centred**2).sum(1) / np.maximum(count - 1, 1), (variance * known).sum(1) / many, count)


def level_variance(parts: Sequence[Weeks]) -> float:
    """Variance of a level from week to week, over all series of a figure, shrunk to the prior (empirical Bayes).

    Moments, each series weighted by how well its weeks are known beside a variance of the prior's size (DerSimonian and
    Laird 1986, Controlled Clinical Trials 7).
    """
    prior = PRIOR_LEVEL_SD**2
    if not parts:
        return prior
    squares, explained, count = (
        np.concatenate([getattr(one, name) for one in parts]) for name in ("squares", "explained", "count")
    )
    weight = np.where(count >= LEAST_WEEKS, count / (1 + explained / prior) ** 2, 0.0)
    total = float(weight.sum())
    excess = np.minimum(squares - explained, MOST_EXCESS * prior)
    seen = float((weight * excess).sum()) / total if total > 0 else 0.0
    return max((PRIOR_WEEKS * prior + total * max(seen, 0.0)) / (PRIOR_WEEKS + total), LEAST_LEVEL_SD**2)
