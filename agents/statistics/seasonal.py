"""What a daily figure would be if it just went on: robust level, seven weekday terms, intervals from its own past.

The model is multiplicative exponential smoothing, ETS(M,N,M) of Hyndman, Koehler, Ord and Snyder (Forecasting with
Exponential Smoothing, 2008): figure = level x weekday term x (1 + error). It is robust as in Gelper, Fried and Croux
(Journal of Forecasting 29, 2010): an error counts only up to two of its usual sizes, and that usual size is itself
followed by a bounded loss. Unlike there, an error that stays on one side for days in a row is let through: it is a
new level, not an accident. How fast the level follows is
averaged per series over several speeds, by how well each would have forecast its past.

Intervals assume no distribution: they are quantiles of how far the same forecasts were off in the series' own past
(split-conformal prediction with multiplicative scores, Vovk, Gammerman and Shafer 2005; Lei et al., JASA 113, 2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from agents.statistics.arrays import Flags, Floats, Ints, quotient, row_median
from agents.statistics.normal import FROM_MAD

WEEK = 7
SPEEDS: Sequence[float] = (0.05, 0.1, 0.2, 0.4, 0.7)
"""Parts of a day's error the level may follow at: from a level of three weeks to one that is nearly yesterday's."""
WEEKDAY_SPEED = 0.1
"""Least part of an error a weekday's term follows at: ten weeks of memory, as weekday habits change slowly. While there
are fewer weeks than that, each counts alike."""
WEEKDAY_PRIOR_WEEKS = 2.0
"""So many weeks of "no difference between weekdays" each starting term is weighed against."""
OUTLIER = 2.0
"""Usual error sizes beyond which an error counts no further (Gelper, Fried and Croux)."""
BOUND = 2.52
"""Makes the bounded loss right on average for normal errors at that limit (same source)."""
SPREAD_SPEED = 0.1
"""Part at which the usual error size follows."""
LEAST_SPREAD = 0.005
"""No figure's usual error is taken for less than half a per cent, so that a constant series still can move."""
LEAST_LEVEL = 1e-9
"""A level never falls below this part of the series' largest figure, so that it can rise again."""
MOST_RISE = 9.0
"""No day counts as more than ten times what was expected, however long such days go on."""
TERM_RANGE = (0.01, 100.0)
"""What a weekday's factor may be."""
LARGEST = 1e15
"""A figure beyond this is a fault of its source and not usable."""
START_DAYS = 14
"""Days whose medians give the first level and weekday terms; nothing is scored on them."""
LEAST_DAYS = 14
"""Usable days below which nothing is forecast."""
LEAST_SCORES = 10
"""Past forecasts below which there is no interval: nine tenths cannot be told from fewer."""
IMPLIED_WINDOWS = 6.0
"""So many separate past windows weigh as much as what single days imply for a window."""
LEAST_DRIFT = 0.07
"""What single days imply for a window supposes that a level drifts at least at this speed, also where it never has."""
_BLOCK = 500
"""Series worked on at once, so that memory stays small however many there are."""


class _Ends(NamedTuple):
    """Two quantiles of past errors as factors of the forecast, and how many errors they come from; [series] each."""

    low: Floats
    high: Floats
    errors: Ints


@dataclass(frozen=True, slots=True)
class Seasonal:
    """Fitted series, ready to be carried on. NaN stands for "no forecast" throughout."""

    level: Floats
    """[series]: the present level in the series' own unit, free of weekdays."""
    terms: Floats
    """[series, 7]: factor of each weekday, Monday first."""
    beliefs: Floats
    """[series, speeds]: how much each of SPEEDS is believed to be the one its level moves at; they sum to one."""
    weekday: Ints
    """[days]: of each column, Monday 0."""
    values: Floats
    usable: Flags
    """[series, days]: what was learnt from; 0 where not usable."""
    levels: Floats
    """[series, days]: the level after each day."""
    terms_after: Floats
    """[series, days, 7]: the weekday terms after each day."""

    def expected(self, horizon: int) -> Floats:
        """[series, horizon]: each of the next columns if nothing changes."""
        return self.level[:, None] * self.terms[:, self._ahead(horizon)]

    def interval(self, horizon: int, coverage: float = 0.8, *, mean: bool = False) -> tuple[Floats, Floats]:
        """Lower and upper ends that hold `coverage` of what comes: [series, horizon], or [series] for the mean."""
        expected, one_day = self.expected(horizon), _quantiles(self._day_scores(1)[0], coverage)
        if mean:
            own = _quantiles(self._window_scores(horizon), coverage)
            low, high = _blended(own, one_day, self._growth(horizon, horizon), horizon)
            middle = expected.mean(axis=1)
            return middle * low, middle * high
        scores = self._day_scores(horizon)
        ends = [
            _blended(_quantiles(scores[ahead - 1], coverage), one_day, self._growth(ahead, 1), ahead)
            for ahead in range(1, horizon + 1)
        ]
        low, high = (np.stack(side, axis=1) for side in zip(*ends, strict=True))
        return expected * low, expected * high

    def _growth(self, ahead: int, window: int) -> Floats:
        """[series]: error of the mean of the `window` columns up to `ahead`, in errors of a single column.

        By the model itself: each column adds its own error, and the level keeps its speed's part of it from then on.
        """
        column = np.arange(1, ahead + 1)[:, None]
        itself = (column > ahead - window) / window
        later = np.minimum(ahead - column, window) / window
        speeds = np.maximum(np.array(SPEEDS), LEAST_DRIFT)
        return np.sqrt(self.beliefs @ ((itself + speeds * later) ** 2).sum(axis=0))

    def _ahead(self, horizon: int) -> Ints:
        """Weekdays of the next columns: as far apart as the last two were (a day, or with weekly figures a week)."""
        step = int(self.weekday[-1] - self.weekday[-2]) % WEEK if len(self.weekday) > 1 else 1
        return (int(self.weekday[-1]) + step * np.arange(1, horizon + 1)) % WEEK

    def _past_forecasts(self, ahead: int) -> Floats:
        """[series, origins]: what was expected of column `origin + ahead` after column `origin`; NaN at the start."""
        days = len(self.weekday)
        origins = np.arange(days - ahead)
        wanted = self.weekday[ahead:]
        foretold = self.levels[:, : days - ahead] * self.terms_after[:, origins, wanted]
        learnt = np.cumsum(self.usable, axis=1)[:, : days - ahead] >= START_DAYS
        return np.where(learnt, foretold, np.nan)

    def _day_scores(self, horizon: int) -> Floats:
        """[horizon, series, origins]: figure over forecast."""
        days = len(self.weekday)
        scores = np.full((horizon, len(self.level), days), np.nan)
        for ahead in range(1, min(horizon, days - 1) + 1):
            scores[ahead - 1, :, : days - ahead] = quotient(
                np.where(self.usable, self.values, np.nan)[:, ahead:], self._past_forecasts(ahead), np.nan
            )
        return scores

    def _window_scores(self, horizon: int) -> Floats:
        """[series, origins]: mean of the window's figures over the mean of their forecasts."""
        days = len(self.weekday)
        if days <= horizon:
            return np.full((len(self.level), 1), np.nan)
        count = days - horizon
        seen, foretold, known = (np.zeros((len(self.level), count)) for _ in range(3))
        for ahead in range(1, horizon + 1):
            usable = self.usable[:, ahead : ahead + count]
            seen += np.where(usable, self.values[:, ahead : ahead + count], 0.0)
            foretold += np.where(usable, self._past_forecasts(ahead)[:, :count], 0.0)
            known += usable
        return np.where(known * 2 >= horizon, quotient(seen, foretold, np.nan), np.nan)


def seasonal(values: Floats, usable: Flags, *, weekday: Ints, masked: Flags | None = None) -> Seasonal:
    """Fit every row of `values` [series, days], in the series' own unit, zeros included.

    `usable` says which days count at all; `masked` ([days] or [series, days]) which of them the calendar explains
    (holiday, promo, budget edit) and nothing is learnt from. Negative and missing figures are not usable. `weekday`
    [days] is 0 for Monday; columns are evenly spaced days or weeks. Series with fewer than 14 usable days, or without
    anything but zeros, have no forecast (NaN).
    """
    values, weekday = np.asarray(values, dtype=np.float64), np.asarray(weekday, dtype=np.int64)
    fine = np.asarray(usable, dtype=bool) & np.isfinite(values) & (values >= 0) & (values <= LARGEST)
    if masked is not None:
        fine &= ~np.broadcast_to(np.asarray(masked, dtype=bool), fine.shape)
    kept = np.where(fine, values, 0.0)
    largest = kept.max(axis=1, initial=0.0, keepdims=True)
    unit = np.where(largest > 0, largest, 1.0)  # so that neither huge nor tiny figures leave what floats can hold
    blocks = [
        _fitted(kept[at : at + _BLOCK] / unit[at : at + _BLOCK], fine[at : at + _BLOCK], weekday)
        for at in range(0, max(len(kept), 1), _BLOCK)
    ]
    levels, terms, beliefs = (np.concatenate(parts) for parts in zip(*blocks, strict=True))
    levels = levels * unit
    return Seasonal(levels[:, -1], terms[:, -1], beliefs, weekday, kept, fine, levels, terms)


def _fitted(values: Floats, usable: Flags, weekday: Ints) -> tuple[Floats, Floats, Floats]:
    """Levels, weekday terms and believed speeds of a block: the mean of all speeds, by how well each forecast.

    An error of mean size m has the likelihood of a Laplace law, m to the power of minus the number of errors.
    """
    series, many = len(values), len(SPEEDS)
    speeds = np.repeat(np.array(SPEEDS), series)
    levels, terms = _smoothed(np.tile(values, (many, 1)), np.tile(usable, (many, 1)), weekday, speeds)
    levels, terms = levels.reshape(many, *values.shape), terms.reshape(many, *values.shape, WEEK)
    off, count = _one_day_errors(values, usable, weekday, levels, terms)
    logs = -count * np.log(np.maximum(off, 1e-12))
    beliefs = np.exp(logs - logs.max(axis=0))
    beliefs /= beliefs.sum(axis=0)
    return np.einsum("ks,ksd->sd", beliefs, levels), np.einsum("ks,ksdw->sdw", beliefs, terms), beliefs.T


def _smoothed(values: Floats, usable: Flags, weekday: Ints, speeds: Floats) -> tuple[Floats, Floats]:
    """Run the filter over all days: levels and weekday terms after each."""
    series, days = values.shape
    level, term, spread = _start(values, usable, weekday)
    run, seen = np.zeros(series), np.zeros((series, WEEK))
    levels, terms = np.empty((series, days)), np.empty((series, days, WEEK))
    for day in range(days):
        today, counts = weekday[day], usable[:, day] & (level > 0)
        error = np.where(counts, values[:, day] / np.where(counts, level * term[:, today], 1.0) - 1.0, 0.0)
        size = error / spread
        beyond = np.sign(size) * (np.abs(size) > OUTLIER)
        run = np.where(counts, np.where((beyond != 0) & (beyond == np.sign(run)), run + beyond, beyond), run)
        limit = OUTLIER * spread * np.maximum(np.abs(run), 1.0)
        heard = np.clip(error, -limit, np.minimum(limit, MOST_RISE))
        bounded = BOUND * (1 - (1 - np.minimum(np.abs(size) / OUTLIER, 1.0) ** 2) ** 3)
        variance = (SPREAD_SPEED * bounded + 1 - SPREAD_SPEED) * spread**2
        spread = np.where(counts, np.maximum(np.sqrt(variance), LEAST_SPREAD), spread)
        level = np.maximum(level * (1 + speeds * heard), LEAST_LEVEL)
        part = np.maximum(1 / (seen[:, today] + WEEKDAY_PRIOR_WEEKS + 1), WEEKDAY_SPEED)
        term[:, today] = np.clip(term[:, today] * (1 + part * (1 - speeds) * heard), *TERM_RANGE)
        seen[:, today] += counts
        levels[:, day], terms[:, day] = level, term
    return levels, terms


def _one_day_errors(
    values: Floats, usable: Flags, weekday: Ints, levels: Floats, terms: Floats
) -> tuple[Floats, Floats]:
    """[speeds, series]: mean absolute error against the day before's forecast; [series]: of how many days."""
    days = len(weekday)
    foretold = levels[:, :, :-1] * terms[:, :, np.arange(days - 1), weekday[1:]]
    counts = usable[:, 1:] & (np.cumsum(usable, axis=1)[:, :-1] >= START_DAYS) & np.isfinite(levels[0, :, :-1])
    off = np.where(counts, np.abs(values[:, 1:] - foretold), 0.0).sum(axis=2)
    count = counts.sum(axis=1).astype(np.float64)
    return off / np.maximum(count, 1.0), count


def _start(values: Floats, usable: Flags, weekday: Ints) -> tuple[Floats, Floats, Floats]:
    """First level, weekday terms and usual error from the medians of the first four weeks."""
    series = len(values)
    first = usable & (np.cumsum(usable, axis=1) <= START_DAYS)
    level = row_median(values, first)
    # where most days are zero the median says nothing; the mean still does
    count = np.maximum(first.sum(axis=1), 1)
    level = np.where(level > 0, level, np.where(first, values, 0.0).sum(axis=1) / count)
    enough = (usable.sum(axis=1) >= LEAST_DAYS) & (level > 0)
    level = np.where(enough, level, np.nan)
    ratio = quotient(values, np.broadcast_to(level[:, None], values.shape), np.nan)
    term = np.ones((series, WEEK))
    for day in np.unique(weekday):
        mine = first & (weekday == day)[None]
        weeks = mine.sum(axis=1)
        raw = np.maximum(row_median(np.nan_to_num(ratio), mine), 0.1)
        term[:, day] = np.where(weeks > 0, raw ** (weeks / (weeks + WEEKDAY_PRIOR_WEEKS)), 1.0)
    off = np.abs(quotient(np.nan_to_num(ratio), term[:, weekday], np.nan) - 1.0)
    spread = np.maximum(FROM_MAD * row_median(np.nan_to_num(off), first), LEAST_SPREAD)
    return level, term, spread


def _blended(own: _Ends, one_day: _Ends, growth: Floats, overlap: int) -> tuple[Floats, Floats]:
    """Quantiles of the horizon's own past errors and, the fewer there are, those its single-day errors imply.

    Windows a day apart share all but one of their days, so `overlap` of them count as one.
    """
    windows = own.errors / overlap
    weight = np.where(np.isfinite(own.low), windows / (windows + IMPLIED_WINDOWS), 0.0)
    low, high = (
        np.maximum(weight * np.nan_to_num(mine) + (1 - weight) * (1 + (single - 1) * growth), 0.0)
        for mine, single in ((own.low, one_day.low), (own.high, one_day.high))
    )
    return low, high


def _quantiles(scores: Floats, coverage: float) -> _Ends:
    """Of [series, n] scores, the two conformal quantiles: [series], NaN with too few.

    Interpolated at (n + 1) p among the ordered scores, the finite-sample position of split-conformal prediction.
    """
    count = np.isfinite(scores).sum(axis=1)
    ordered = np.sort(scores, axis=1)  # NaN sorts last

    def at(share: float) -> Floats:
        place = np.clip((count + 1) * share - 1, 0, np.maximum(count - 1, 0))
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(count - 1, 0))
        low, high = (np.take_along_axis(ordered, index[:, None], axis=1)[:, 0] for index in (below, above))
        return np.where(count >= LEAST_SCORES, low + (place - below) * (high - low), np.nan)

    return _Ends(at((1 - coverage) / 2), at((1 + coverage) / 2), count)
