"""What the others of an account did on a day, and how much of it to believe."""

from typing import Final

import numpy as np

from agents.statistics.arrays import Flags, Floats, Ints

OUTSTANDING: Final = 3.0
"""Robust standard deviations beyond which a movement of the peers is no noise: a holiday, a late report."""
PRIOR_BELIEF_DAYS: Final = 30.0
"""Days of data the assumption is worth that peers tell the whole truth."""


def median_of_others(values: Floats, valid: Flags, least: int) -> Floats:
    """[groups, places, days]: the median of the other valid places of a group; 0 where fewer than `least` are.

    The others' order statistics are those of all, moved up by one from the left-out place on.
    """
    ordered = np.where(valid, values, np.inf)
    order = np.argsort(ordered, axis=1)
    groups: Ints = np.arange(values.shape[0], dtype=np.int64)[:, None, None]
    days: Ints = np.arange(values.shape[2], dtype=np.int64)
    ordered = ordered[groups, order, days]
    place = np.empty_like(order)
    place[groups, order, days] = np.arange(values.shape[1])[None, :, None]
    others = valid.sum(axis=1, keepdims=True) - valid
    low, high = np.maximum((others - 1) // 2, 0), others // 2
    last = values.shape[1] - 1
    low, high = (np.minimum(at + (valid & (place <= at)), last) for at in (low, high))
    enough = (others >= least) & (others > 0)
    low, high = (np.where(enough, ordered[groups, at, days], 0.0) for at in (low, high))
    return (low + high) / 2


def belief(together: Floats, alone: Floats, days: Floats) -> Floats:
    """Slope of one's own residuals on the peers' movement, between 0 and 1, from sums over past days; any shape.

    `together`: of the products of both, `alone`: of the movement's squares. The median of a few noisy peers is mostly
    noise; the slope of a regression with errors in its variable is its reliability (Fuller 1987, Measurement Error
    Models, ch. 1).
    """
    prior = PRIOR_BELIEF_DAYS * alone / np.maximum(days, 1)
    slope = np.divide(together + prior, alone + prior, out=np.ones_like(alone), where=alone > 0)
    return np.clip(slope, 0.0, 1.0)
