"""Which hours of a cost or rate series are not as usual, judged when they end from earlier hours only.

Two unlike detectors must agree. One asks how far the hour is from the usual one, on the log scale: the last seven days'
level and hours of the day, and a share of what the same hour differed by yesterday. The other asks how strange its
level, its step and its difference to the same hour yesterday are together, whatever the direction (half-space trees).
The score is the distance in robust standard deviations (Hampel 1974) times the causal rank of the strangeness: large
only where both are.

Settings come from synthetic hourly costs and other groups of the Numenta Anomaly Benchmark, read by the hour. The
choice was not blind to its ad exchanges: `python -m tests.bench.nab` says what was compared, and what was seen.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from agents.statistics.arrays import Flags, Floats, counted_median
from agents.statistics.half_space_trees import REFERENCE_DAYS, strangeness
from agents.statistics.normal import FROM_MAD

HOURS: Final = 24
USUAL_DAYS: Final = 7
"""Days whose level and hours are the usual ones: one of each weekday. Hours of the day change from week to week in ad
exchanges (what an hour differs by, the same hour differs by again a day later: correlation .3 to .5)."""
SPREAD_DAYS: Final = 56
"""Days whose deviations say how far hours stray. A spread from fewer grows within the incident it should show, and
strays itself, so that the same distance means another thing in each series. Eight weeks foretell the benchmark's ad
hours better than four (mean log score, labels not looked at)."""
LEAST_DAYS: Final = 3
"""Days of history without which nothing is usual."""
CARRIED: Final = 0.35
"""Share of yesterday's difference that the same hour is expected to show again. In the benchmark's ad exchanges these
correlate by .3 to .5 (labels not looked at)."""
CARRIED_REACH: Final = 2.0
"""Standard deviations to which yesterday's difference counts: an incident is not what is usual the day after."""
HOUR_SHRINKAGE: Final = 100.0
"""How many observations the spread of all hours together is worth to the spread of one; its own 56 days and its two
neighbours' are 168."""
REFRACTORY_HOURS: Final = 48
"""Hours in which an alarm is repeated only if worse. With a day, what stands at its daily peak would ring each day."""
SPREAD_FLOOR: Final = 0.02
"""Least log spread of an hour: nobody acts on two per cent."""
REACH: Final = 4.0
"""Robust deviations from the median that make the ordinary range, 0 to 1, of a feature."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours of [series, days, 24] against what was usual. NaN where an hour, or what is usual, is not known."""

    usual: Floats
    """Expected log value."""
    away: Floats
    """Log value minus the usual one."""
    news: Floats
    """`away` less the share expected because of yesterday's."""
    spread: Floats
    """Robust standard deviation of `news` at this hour of the day over the weeks before."""
    distance: Floats
    """`news` in standard deviations, counting noise included."""


def compared(logs: Floats, noise: Floats | None = None, first_judged: int = 0) -> Hours:
    """Each hour against its own past. `logs` and `noise` are [series, days, 24], days from midnight to midnight.

    `noise` is the counting variance of each log value (1/clicks for a cost per click). What it explains of an hour's
    straying is not counted as spread a second time. Days before `first_judged` serve as history only: no `distance`.
    """
    valid = np.isfinite(logs)
    usual = _usual(np.where(valid, logs, 0.0), valid)
    away = np.where(valid, logs, np.nan) - usual
    counting = np.zeros_like(logs) if noise is None else np.where(valid, noise, 0.0)
    news = _news(away)
    spread = _spread(news, counting, first_judged)
    distance: Floats = np.divide(news, np.sqrt(spread**2 + counting))
    return Hours(usual, away, news, spread, distance)


def agreed(logs: Floats, distance: Floats) -> Floats:
    """The score of each hour of one series, [days, 24]: its distance weighed by the causal rank of its strangeness."""
    known = np.isfinite(logs)
    strange = strangeness(_features(logs, known), known, LEAST_DAYS)
    rank = causal_rank(strange.ravel(), np.ravel(known) & (np.arange(logs.size) >= LEAST_DAYS * HOURS))
    return np.where(known, np.abs(np.nan_to_num(distance)), 0.0) * rank.reshape(logs.shape)


def causal_rank(values: Floats, known: Flags) -> Floats:
    """The share of earlier known values below each; 0 during the first day of them and where a value is not known."""
    out = np.zeros(len(values))
    earlier: Floats = np.empty(0)
    for at in np.flatnonzero(known):
        place = int(np.count_nonzero(earlier < values[at]))
        if len(earlier) >= HOURS:
            out[at] = place / len(earlier)
        earlier = np.insert(earlier, place, values[at])
    return out


def told(scores: Floats) -> Floats:
    """Scores in order of time, 0 where an hour of the last two days was at least as bad: a repeat is no news."""
    before = np.concatenate([np.full(REFRACTORY_HOURS, -np.inf), scores[:-1]])
    return np.where(scores > sliding_window_view(before, REFRACTORY_HOURS).max(axis=1), scores, 0.0)


def _usual(logs: Floats, valid: Flags) -> Floats:
    """Level plus hour of the day of the seven days before, medians both; NaN in the first days."""
    series, days, hours = logs.shape
    usual = np.full((series, days, hours), np.nan)
    daily = np.stack([_median(logs[:, day], valid[:, day]) for day in range(days)], axis=1)
    seen: Flags = np.any(valid, axis=2)
    for day in range(LEAST_DAYS, days):
        past = slice(max(0, day - USUAL_DAYS), day)
        enough = np.count_nonzero(seen[:, past], axis=1) >= LEAST_DAYS
        level = _median(daily[:, past], seen[:, past])
        shape = counted_median(logs[:, past] - daily[:, past, None], valid[:, past])
        usual[:, day] = np.where(enough[:, None], level[:, None] + shape, np.nan)
    return usual


def _news(away: Floats) -> Floats:
    series, days = away.shape[:2]
    known = np.isfinite(away)
    flat, size = np.nan_to_num(away), np.abs(np.nan_to_num(away))
    out = away.copy()
    for day in range(LEAST_DAYS + 2, days):
        past = slice(max(0, day - SPREAD_DAYS), day)
        wide = np.sqrt(_variance(size[:, past].reshape(series, -1, 1), known[:, past].reshape(series, -1, 1)))
        yesterday = np.clip(flat[:, day - 1], -CARRIED_REACH * wide, CARRIED_REACH * wide)
        out[:, day] -= CARRIED * yesterday
    return out


def _spread(away: Floats, counting: Floats, first_judged: int) -> Floats:
    """How far this hour of the day strayed in the eight weeks before, beyond what counting explains.

    Hours differ: few people are awake in the thin ones. Each is judged with its neighbours and drawn to all hours.
    """
    series, days, hours = away.shape
    known = np.isfinite(away)
    size = np.where(known, np.abs(np.nan_to_num(away)), 0.0)
    out = np.full(away.shape, np.nan)
    for day in range(max(LEAST_DAYS + 1, first_judged), days):
        past = slice(max(0, day - SPREAD_DAYS), day)
        whole = _variance(size[:, past].reshape(series, -1, 1), known[:, past].reshape(series, -1, 1))
        near = [
            np.concatenate([np.roll(x[:, past], step, axis=2) for step in (-1, 0, 1)], axis=1) for x in (size, known)
        ]
        own, seen = _variance(near[0], near[1] > 0), near[1].sum(axis=1)
        variance = (seen * own + HOUR_SHRINKAGE * whole) / (seen + HOUR_SHRINKAGE)
        explained = counted_median(counting[:, past], known[:, past])
        wide = np.sqrt(np.maximum(variance - explained, SPREAD_FLOOR**2))
        enough = np.count_nonzero(known[:, past].reshape(series, -1), axis=1) >= hours
        out[:, day] = np.where(enough[:, None], wide, np.nan)
    return out


def _variance(size: Floats, known: Flags) -> Floats:
    """Robust variance along axis 1 of deviations from what is usual."""
    return (FROM_MAD * counted_median(size, known)) ** 2


def _features(logs: Floats, known: Flags) -> Floats:
    """Level, step from the hour before and difference to the same hour yesterday, each 0..1 in its ordinary range."""
    flat = logs.ravel()
    differences = [flat, *(_since(flat, back) for back in (1, HOURS))]
    points = np.stack(differences, axis=-1).reshape(*logs.shape, len(differences))
    scaled = np.full(points.shape, 0.5)
    for day in range(1, len(logs)):
        past = points[max(0, day - REFERENCE_DAYS) : day].reshape(-1, points.shape[-1])
        seen = np.isfinite(past)
        middle = _median(np.nan_to_num(past).T, seen.T)
        wide = FROM_MAD * _median(np.abs(np.nan_to_num(past) - middle).T, seen.T)
        place = (points[day] - middle) / (2.0 * REACH * np.maximum(wide, SPREAD_FLOOR)) + 0.5
        scaled[day] = np.where(np.isfinite(points[day]), place, 0.5)
    return scaled


def _since(flat: Floats, hours: int) -> Floats:
    return flat - np.concatenate([np.full(hours, np.nan), flat[:-hours]])


def _median(values: Floats, valid: Flags) -> Floats:
    """The median of each row's valid entries; 0 for a row without any."""
    return counted_median(values[:, :, None], valid[:, :, None])[:, 0]
