"""How strange a point is among the points before it: half-space trees, written in numpy.

Tan, Ting and Liu, "Fast anomaly detection for streaming data", IJCAI 2011: random trees halve the space without looking
at the data; a point is the stranger the fewer earlier points share its cells. The splits come from a fixed seed, so the
same series always has the same scores. Two departures, both because hours arrive in days: the reference is all earlier
days there are, at most four weeks, instead of one window of 250 points; and it is brought up to date every midnight.
"""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from agents.statistics.arrays import Flags, Floats, Ints

TREES: Final = 100
"""Trees, four times the paper's 25: with those, which trees chance made still moves scores by several points."""
DEPTH: Final = 8
"""Halvings: over three features about three each, as fine as four weeks of hours (672 points) can fill."""
SMALL: Final = 0.1
"""Share of the reference below which a cell is not divided further, as in the paper."""
REFERENCE_DAYS: Final = 28
"""Days of earlier points kept: each weekday four times."""
SEED: Final = 7
"""Any will do; the tests look at others."""
Nodes = npt.NDArray[np.intp]


def strangeness(points: Floats, known: Flags, first_day: int) -> Floats:
    """One number per point, higher where fewer earlier points are near: [days, 24, features] give [days, 24].

    Features lie in 0..1 where they are ordinary. Points that are not `known` count nowhere and get 0, like all points
    before `first_day`, which only serve as reference.
    """
    days, hours = known.shape
    paths = _paths(points.reshape(days * hours, -1)).reshape(DEPTH + 1, TREES, days, hours)
    mass = np.zeros(TREES * _CELLS, dtype=np.int64)
    out, held = np.zeros((days, hours)), 0
    weights = 2.0 ** np.arange(DEPTH + 1)[:, None, None]
    for day in range(days):
        if day >= first_day and held:
            share = mass[paths[:, :, day]] / held
            small = share <= SMALL
            small[-1] = True
            end = small.argmax(axis=0)[None]
            density = np.take_along_axis(share * weights, end, axis=0)[0].mean(axis=0)
            out[day] = np.where(known[day], -density, 0.0)
        mass += _counted(paths[:, :, day, known[day]])
        held += int(known[day].sum())
        if (old := day - REFERENCE_DAYS) >= 0:
            mass -= _counted(paths[:, :, old, known[old]])
            held -= int(known[old].sum())
    out[known] -= out.min()
    out[:first_day] = 0.0
    return out


_CELLS = 2 ** (DEPTH + 1) - 1


def _counted(cells: Ints) -> Ints:
    return np.bincount(cells.ravel(), minlength=TREES * _CELLS)


def _paths(points: Floats) -> Ints:
    """The cell of each point at each depth of each tree, numbered through all trees: [depth + 1, trees, points]."""
    axes, cuts = _trees(points.shape[1])
    tree = np.arange(TREES)[:, None]
    at = np.zeros((DEPTH + 1, TREES, len(points)), dtype=np.int64)
    which = np.arange(len(points))[None]
    for depth in range(DEPTH):
        here = at[depth]
        at[depth + 1] = 2 * here + 1 + (points[which, axes[tree, here]] >= cuts[tree, here])
    return at + (tree * _CELLS)[None]


@cache
def _trees(features: int) -> tuple[Nodes, Floats]:
    """The axis and the place of each split: [trees, inner cells], in the paper's work space around a random point."""
    chance = np.random.default_rng(SEED)
    inner = 2**DEPTH - 1
    axes = chance.integers(0, features, (TREES, inner))
    centre = chance.uniform(size=(TREES, features))
    reach = 2.0 * np.maximum(centre, 1.0 - centre)
    low, high = np.empty((TREES, _CELLS, features)), np.empty((TREES, _CELLS, features))
    low[:, 0], high[:, 0] = centre - reach, centre + reach
    cuts, trees = np.empty((TREES, inner)), np.arange(TREES)
    for cell in range(inner):
        axis = axes[:, cell]
        cuts[:, cell] = (low[trees, cell, axis] + high[trees, cell, axis]) / 2
        for child in (2 * cell + 1, 2 * cell + 2):
            low[:, child], high[:, child] = low[:, cell], high[:, cell]
        high[trees, 2 * cell + 1, axis] = cuts[:, cell]
        low[trees, 2 * cell + 2, axis] = cuts[:, cell]
    return axes, cuts
