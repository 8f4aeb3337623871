"""Bounding false discoveries. Benjamini and Hochberg 1995; checked against scipy.stats.false_discovery_control."""

import numpy as np

from agents.statistics.arrays import Floats


def q_values(p_values: Floats) -> Floats:
    """Benjamini-Hochberg adjusted p-values: rejecting q <= 0.05 keeps the expected share of false ones below 5 %."""
    size = p_values.size
    if not size:
        return p_values.astype(np.float64)
    order = np.argsort(p_values, kind="stable")
    adjusted = p_values[order] * size / np.arange(1, size + 1)
    adjusted = np.minimum.accumulate(adjusted[::-1])[::-1]
    out = np.empty(size)
    out[order] = np.minimum(adjusted, 1.0)
    return out
