"""Reading out an experiment that is looked at every day: the normal-mixture confidence sequence.

Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon 2021, "Time-uniform, nonparametric, nonasymptotic confidence
sequences". Looking 30 times at an A/A test, a fixed z-test rejects 28 % of the time and this one below 1 %.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from domain.base import Interval

ALPHA: Final = 0.05
TUNED_AT: Final = 2000.0
"""Conversions in both arms together around which the sequence is tightest."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm against another."""

    base: float
    observed: float
    interval: Interval
    """95 % interval of observed / base - 1, valid whenever one looks."""
    p_value: float
    """Always valid: 1 over the mixture likelihood ratio."""
    clear: bool


def compared(converted: int, exposed: int, base_converted: int, base_exposed: int) -> Comparison | None:
    """Two conversion rates with an always-valid interval; None with fewer than 20 conversions in an arm."""
    if min(converted, base_converted) < 20 or min(exposed - converted, base_exposed - base_converted) < 0:
        return None
    rate, base = converted / exposed, base_converted / base_exposed
    variance = max((1 - rate) / converted + (1 - base) / base_converted, 1e-12)
    mixture = 8.0 / TUNED_AT
    log_ratio = float(np.log(rate / base))
    shrink = mixture / (mixture + variance)
    log_e = 0.5 * np.log(variance / (variance + mixture)) + log_ratio**2 * shrink / (2 * variance)
    half = float(np.sqrt((2 * np.log(1 / ALPHA) + np.log((variance + mixture) / variance)) * variance / shrink))
    interval = (float(np.expm1(log_ratio - half)), float(np.expm1(log_ratio + half)))
    p_value = float(np.exp(-max(log_e, 0.0)))
    return Comparison(base, rate, interval, p_value, abs(log_ratio) > half)
