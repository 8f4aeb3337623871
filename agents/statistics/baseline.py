"""What every series of a block was expected to show on each day: its own level, its account's weekdays, its peers.

Works on blocks of series whose arrays fit the processor's cache and writes into arrays that are used again for the
next block: fresh memory costs more here than the arithmetic on it.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from agents.statistics.arrays import Flags, Floats, Ints, counted_median, quotient, row_median
from agents.statistics.normal import FROM_MAD
from agents.statistics.peers import OUTSTANDING, belief, median_of_others
from agents.statistics.weeks import PRIOR_LEVEL_SD, Weeks, weeks

PRIOR_SD: Final = 0.15
"""Day-to-day log standard deviation assumed of an unknown series; the median of 80 real display campaigns is 0.16."""
PRIOR_DAYS: Final = 8.0
"""How many days of own data that assumption is worth."""
PRIOR_SERIES: Final = 2.0
"""How many series of an account that assumption is worth when theirs are put together."""
DAY_SDS: Final = (0.02, 0.4)
"""Least and largest day-to-day log standard deviation of an account: none is steadier, beyond days say nothing."""
WEEKDAY_WEEKS: Final = 2.0
"""Weeks of data from which on a weekday's own level outweighs "no difference between weekdays"."""
LEAST_SPREAD: Final = 0.02
"""Least robust log standard deviation that outliers are measured by: figures are rounded."""
HUGE: Final = 1e12
"""Larger amounts than any company has in a day, and one over it smaller than any unit: beyond, it is a fault in the
data."""
OUTLIER: Final = 4.0
"""Robust standard deviations beyond which a past day does not belong to the baseline: an earlier incident, most
likely."""
ODD_WEEK: Final = 2.5
"""Standard errors by which a week's level must differ from the better weeks' to be left out of the baseline."""
LEAST_WEEKS: Final = 5
"""Weeks from which on one of them can be called odd."""
LEAST_WEEK_DAYS: Final = 3
"""Days a week needs for a level of its own."""
MODEL_SD: Final = PRIOR_LEVEL_SD
"""Log error of the baseline itself that no amount of counts removes, before the figure's own weeks are known."""
LEAVE_ONE_OUT: Final = 12
"""Peers in a group up to which a series is left out of its own comparison; beyond, its weight in a median is
negligible."""
INFORMED_DAYS: Final = 14
"""Days of baseline from which on a series says something about how much days differ."""
TINY: Final = 1 / HUGE


@dataclass(frozen=True, slots=True)
class Design:
    """How figures are compared; the words are those of `moves`."""

    counted: bool
    share: bool
    noisy_exposure: bool
    weekday: int
    grouped: bool
    min_peers: int
    adverse: int
    leave_one_out: bool
    """Whether groups are so small that a series is left out of its own comparison."""

    @property
    def plus(self) -> float:
        """What is added to counts, so that none has no logarithm."""
        return 0.5 if self.counted else 0.0


class Scratch:
    """Arrays used again for one block after the other, by name."""

    def __init__(self, days: int) -> None:
        """For blocks of series with `days` days."""
        self._days = days
        self._floats: dict[str, Floats] = {}
        self._flags: dict[str, Flags] = {}

    def floats(self, name: str, series: int) -> Floats:
        """[series, days] numbers; what is in them is left over from earlier."""
        kept = self._floats.get(name)
        if kept is None or len(kept) < series:
            kept = self._floats[name] = np.empty((series, self._days))
        return kept[:series]

    def flags(self, name: str, series: int) -> Flags:
        """[series, days] flags; what is in them is left over from earlier."""
        kept = self._flags.get(name)
        if kept is None or len(kept) < series:
            kept = self._flags[name] = np.empty((series, self._days), dtype=np.bool_)
        return kept[:series]


@dataclass(frozen=True, slots=True)
class Groups:
    """Which rows of a block are peers: the rows of a group lie together."""

    starts: Ints
    """[groups] first row of each."""
    sizes: Ints

    def sums(self, values: Floats) -> Floats:
        """[series, days] added up by group; [groups, days]."""
        if self.alike:
            return values.reshape(len(self.sizes), -1, values.shape[1]).sum(axis=1)
        return np.add.reduceat(values, self.starts, axis=0)

    @property
    def alike(self) -> bool:
        """Whether all groups are of one size."""
        return bool((self.sizes == self.sizes[0]).all())

    def scaled(self, values: Floats, factors: Floats, out: Floats) -> Floats:
        """[series, days] times the [groups, days] factors of their group."""
        if self.alike:
            shape = (len(self.sizes), -1, values.shape[1])
            np.multiply(values.reshape(shape), factors[:, None, :], out=out.reshape(shape))
            return out
        return np.multiply(values, self.spread(factors), out=out)

    def spread(self, values: Floats) -> Floats:
        """[groups, …] said again for every series of its group."""
        return np.repeat(values, self.sizes, axis=0)

    def table(self, values: Floats, valid: Flags) -> tuple[Floats, Flags]:
        """[series, …] as [groups, widest, …], and which entries are a valid series."""
        widest = int(self.sizes.max(initial=1))
        shape = (len(self.sizes), widest, *values.shape[1:])
        if len(values) == len(self.sizes) * widest:
            return values.reshape(shape), valid.reshape(shape)
        row, slot = self.places()
        out, known = np.zeros(shape), np.zeros(shape, dtype=bool)
        out[row, slot], known[row, slot] = values, valid
        return out, known

    def places(self) -> tuple[Ints, Ints]:
        """Group and place within it of every series."""
        row = np.repeat(np.arange(len(self.sizes)), self.sizes)
        return row, np.arange(len(row)) - np.repeat(self.starts, self.sizes)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was expected of a block of series, and how far its days lay off. Arrays are valid until the next block."""

    events: Floats
    """[series, days], 0 where not usable."""
    exposure: Floats
    expected: Floats
    raw_expected: Floats
    """The same without the peers' movement."""
    residual: Floats
    raw_residual: Floats
    noise: Floats | None
    """Variance of a day's residual from counting alone; None: amounts, which are not counted."""
    usable: Flags
    past: Flags
    """Days that make up the baseline."""
    spread: Floats
    """[series] day-to-day variance."""
    excess: Floats
    """[series] the same as seen, before it is shrunk."""
    lagged: Floats
    """[series] how much of a day's residual lasts until the next."""
    informed: Flags
    weeks: Weeks
    """How much its weeks differ."""


@dataclass(slots=True)
class Fit:
    """One block being fitted."""

    events: Floats
    exposure: Floats
    usable: Flags
    groups: Groups
    design: Design
    scratch: Scratch
    control: Floats | None = None
    logs: Floats = field(init=False)
    """[series, days] log events."""

    def done(self) -> Baseline:
        """The baseline of the block."""
        design, series = self.design, len(self.events)
        new = self._new
        self.logs = np.log(np.maximum(np.add(self.events, design.plus, out=new("logs")), TINY, out=new("logs")),
                           out=new("logs"))  # fmt: skip
        old = self._but_the_last()
        weight = new("weight")
        np.copyto(weight, old)
        seen = np.multiply(self.events, weight, out=new("seen"))
        expected = self._level(old)
        weekdays = np.exp(self._weekdays(seen, np.multiply(expected, weight, out=new("spare"))))
        self.groups.scaled(expected, weekdays, out=expected)
        days = weight.sum(1)
        typical = quotient(seen.sum(1), days) if design.counted else np.full(series, np.inf)
        residual = self._log_ratio(expected, "residual")
        past = self._clean(residual, old, typical, "past")
        np.copyto(weight, past)
        expected *= quotient(_dots(self.events, weight), _dots(expected, weight))[:, None]
        raw_residual = self._log_ratio(expected, "residual")
        raw_expected, residual = expected, raw_residual
        if self.control is not None or design.grouped:
            expected = self._with_peers(raw_expected, raw_residual, weight)
            residual = self._log_ratio(expected, "own residual")
        noise = self._noise(expected)
        clean = self._clean(residual, past, typical, "clean")
        spread, _, _ = self._day_variance(residual, noise, clean, want_lag=False)
        past &= self._ordinary_weeks(residual, noise, spread, weight)
        np.copyto(weight, past)
        centre = (_dots(residual, weight) / np.maximum(weight.sum(1), 1))[:, None]
        raw_residual -= centre
        if residual is not raw_residual:
            residual -= centre
        spread, excess, lagged = self._day_variance(residual, noise, past, want_lag=True)
        level, variance, known, _ = self._by_week(residual, noise, spread, weight)
        return Baseline(
            self.events, self.exposure, expected, raw_expected, residual, raw_residual, noise, self.usable, past,
            spread, excess, lagged, weight.sum(1) >= INFORMED_DAYS, weeks(level, variance, known.astype(np.float64)),
        )  # fmt: skip

    def _new(self, name: str) -> Floats:
        return self.scratch.floats(name, len(self.events))

    def _but_the_last(self) -> Flags:
        """Usable days but each row's last."""
        old = self.scratch.flags("old", len(self.events))
        np.copyto(old, self.usable)
        last = old.shape[1] - 1 - np.argmax(old[:, ::-1], axis=1)
        old[np.arange(len(old)), last] = False
        return old

    def _level(self, old: Flags) -> Floats:
        """What the median past rate would bring."""
        rate = self._new("spare")
        np.log(np.maximum(self.exposure, TINY, out=rate), out=rate)
        np.subtract(self.logs, rate, out=rate)
        level = self._median(rate, old)
        return np.multiply(self.exposure, np.exp(np.clip(level, -60, 60))[:, None], out=self._new("expected"))

    def _median(self, values: Floats, valid: Flags) -> Floats:
        """The median of the valid entries of each row; 0 for a row without any."""
        ordered = self._new("ordered")
        np.copyto(ordered, values)
        return _sorted_median(ordered, valid, self.scratch.flags("invalid", len(values)))

    def _log_ratio(self, expected: Floats, name: str) -> Floats:
        out = self._new(name)
        np.maximum(np.add(expected, self.design.plus, out=out), TINY, out=out)
        return np.subtract(self.logs, np.log(out, out=out), out=out)

    def _weekdays(self, events: Floats, expected: Floats) -> Floats:
        """[groups, days] log factor from the group's weekdays, shrunk to 0 where few weeks are known."""
        top, bottom = self.groups.sums(events), self.groups.sums(expected)
        seen = bottom > 0
        plus, days = self.design.plus, events.shape[1]
        pooled = np.where(seen, np.log(np.maximum(top + plus, TINY) / np.maximum(bottom + plus, TINY)), 0.0)
        of_day: Ints = (np.arange(days, dtype=np.int64) + self.design.weekday) % 7
        shape = (len(top), (days + 6) // 7, 7)
        values, valid = np.zeros(shape), np.zeros(shape, dtype=bool)
        values.reshape(len(top), -1)[:, :days], valid.reshape(len(top), -1)[:, :days] = pooled, seen
        weeks = valid.sum(axis=1)
        terms, trust = np.zeros((len(top), 7)), weeks**2 / (weeks**2 + WEEKDAY_WEEKS**2)
        terms[:, (np.arange(7) + self.design.weekday) % 7] = counted_median(values, valid) * trust
        return (terms - terms.mean(axis=1, keepdims=True))[:, of_day]

    def _clean(self, residual: Floats, usable: Flags, typical: Floats, name: str) -> Flags:
        """Usable days without those that lie far off the rest of their series, `typical` events being usual a day."""
        centre = self._median(residual, usable)[:, None]
        off = np.subtract(residual, centre, out=self._new("off"))
        np.abs(off, out=off)
        spread = FROM_MAD * self._median(off, usable)
        floor = np.maximum(LEAST_SPREAD, 1 / np.sqrt(np.maximum(typical, 0.5)))
        near = self.scratch.flags(name, len(residual))
        np.less_equal(off, OUTLIER * np.maximum(spread, floor)[:, None], out=near)
        near &= usable
        return near

    def _with_peers(self, expected: Floats, raw_residual: Floats, past: Floats) -> Floats:
        """What is expected once the peers' movement (or the one given) is known."""
        out = self._new("with peers")
        if self.control is not None:
            return np.multiply(expected, np.exp(self.control, out=out), out=out)
        values, valid = self.groups.table(raw_residual, self.usable)
        if self.design.leave_one_out:
            movement = median_of_others(values, valid, self.design.min_peers)[self.groups.places()]
            movement = self._believed(movement, raw_residual, past)
            return np.multiply(expected, np.exp(movement, out=out), out=out)
        movement = np.where(valid.sum(1) > self.design.min_peers, counted_median(values, valid), 0.0)
        return self.groups.scaled(expected, np.exp(movement), out=out)

    def _believed(self, movement: Floats, raw_residual: Floats, past: Floats) -> Floats:
        """The peers' movement, as far as it says something about one's own; what stands out is taken whole.

        The median of a few noisy peers is mostly noise: how much of it to believe is the slope of past days' residuals
        on it, shared by the group (the reliability of a regression with errors in its variable, Fuller 1987, ch. 1).
        """
        width = OUTSTANDING * FROM_MAD * self._median(np.abs(movement), past > 0)[:, None]
        core, own = np.clip(movement, -width, width), np.clip(raw_residual, -2 * width, 2 * width)
        each = np.stack([_dots(core * past, own), _dots(core * past, core), past.sum(1)], axis=1)
        sums = self.groups.sums(each)
        return movement - (1 - self.groups.spread(belief(sums[:, 0], sums[:, 1], sums[:, 2])[:, None])) * core

    def _noise(self, expected: Floats) -> Floats | None:
        noise: Floats | None = None
        if self.design.counted:
            noise = np.maximum(expected, 0.5, out=self._new("noise"))
            thinning = 1 - np.clip(quotient(expected, self.exposure), 0, 0.99) if self.design.share else 1.0
            np.divide(thinning, noise, out=noise)
        if self.design.noisy_exposure:
            more = np.maximum(self.exposure, 0.5, out=self._new("spare"))
            np.divide(1.0, more, out=more)
            if noise is None:
                noise = self._new("noise")
                noise.fill(0.0)
            noise += more
        return noise

    def _day_variance(
        self, residual: Floats, noise: Floats | None, past: Flags, *, want_lag: bool
    ) -> tuple[Floats, Floats, Floats]:
        """Day-to-day variance per series, shrunk to its account's median, as seen, and how much lasts a day."""
        weight = self._new("days")
        np.copyto(weight, past)
        count = weight.sum(1)
        kept = np.multiply(residual, weight, out=self._new("spare"))
        excess = _dots(kept, kept)
        if noise is not None:
            excess = excess - _dots(noise, weight)
        excess = excess / np.maximum(count, 1)
        table, valid = self.groups.table(np.maximum(excess, 0), count >= INFORMED_DAYS)
        known = valid.sum(1)
        typical = row_median(table, valid)
        prior = (typical * known + PRIOR_SD**2 * PRIOR_SERIES) / (known + PRIOR_SERIES)
        prior = np.clip(prior, DAY_SDS[0] ** 2, DAY_SDS[1] ** 2)
        shrunk = (PRIOR_DAYS * self.groups.spread(prior) + count * np.maximum(excess, 0)) / (PRIOR_DAYS + count)
        if not want_lag:
            return shrunk, excess, excess
        pairs = _dots(weight[:, 1:], weight[:, :-1])
        return shrunk, excess, _dots(kept[:, 1:], kept[:, :-1]) / np.maximum(pairs, 1)

    def _ordinary_weeks(self, residual: Floats, noise: Floats | None, spread: Floats, past: Floats) -> Flags:
        """Days in weeks at the level of the better weeks. An earlier incident of some weeks is no baseline.

        The better level is the quartile on the good side, less what chance alone puts there (0.67 standard errors).
        """
        level, variance, known, of_week = self._by_week(residual, noise, spread, past)
        adverse, error = self.design.adverse, np.sqrt(variance + MODEL_SD**2)
        seen = known.sum(axis=1)
        goodness = np.sort(np.where(known, -adverse * level, -np.inf), axis=1)
        at = np.clip(goodness.shape[1] - 1 - (seen - 1) // 4, 0, goodness.shape[1] - 1)
        best = goodness[np.arange(len(at)), at]
        usual = np.where(seen > 0, best, 0.0) - 0.67 * row_median(error, known)
        off = np.abs(-adverse * level - usual[:, None]) > ODD_WEEK * error
        off &= known & (seen >= LEAST_WEEKS)[:, None]
        return ~off[:, of_week]

    def _by_week(
        self, residual: Floats, noise: Floats | None, spread: Floats, past: Floats
    ) -> tuple[Floats, Floats, Flags, Ints]:
        """[series, weeks] level, its variance from counting and days, whether known; [days] the week of each day."""
        width = residual.shape[1]
        of_week: Ints = (np.arange(width, dtype=np.int64) + -width % 7) // 7
        starts = np.flatnonzero(np.diff(of_week, prepend=-1))
        spare = self._new("spare")
        total = np.add.reduceat(np.multiply(residual, past, out=spare), starts, axis=1)
        days = np.add.reduceat(past, starts, axis=1)
        counted = np.zeros_like(total)
        if noise is not None:
            counted = np.add.reduceat(np.multiply(noise, past, out=spare), starts, axis=1)
        known = days >= LEAST_WEEK_DAYS
        level = np.where(known, total / np.maximum(days, 1), 0.0)
        return level, counted / np.maximum(days, 1) ** 2 + spread[:, None] / np.maximum(days, 1), known, of_week


def _sorted_median(values: Floats, valid: Flags, invalid: Flags) -> Floats:
    """Sorts `values` in place."""
    if not values.size:
        return np.zeros(len(values))
    np.logical_not(valid, out=invalid)
    np.putmask(values, invalid, np.inf)
    values.sort(axis=1)
    count, rows = np.count_nonzero(valid, axis=1), np.arange(len(values))
    last = values.shape[1] - 1
    low, high = values[rows, np.maximum((count - 1) // 2, 0)], values[rows, np.minimum(count // 2, last)]
    return np.where(count > 0, (np.where(count > 0, low, 0.0) + np.where(count > 0, high, 0.0)) / 2, 0.0)


def _dots(one: Floats, other: Floats) -> Floats:
    """The inner product of each row with the same row of another."""
    return np.vecdot(one, other)
