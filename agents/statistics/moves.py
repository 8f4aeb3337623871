"""How much each series has moved against its own past and against its peers, over several windows at once.

Log-rate tests whose variance has two parts: counting noise, known from the counts, and day-to-day noise, estimated per
series and shrunk to its account (empirical Bayes). Leaving out the second part is what makes a plain binomial test
fire on 43 % of the days of real display campaigns. Large counts are judged by Student's t, small ones by the exact tail
of the Gamma-Poisson (negative binomial) prediction.

On series without any move (3,000 of 105 days, six to an account, half an event to 900 a day) the 95 % intervals hold 95
to 100 % per window; p-values corrected for the windows fall below .01 for 0.2 to 1.6 % of series, with noise that lasts
(lag-one .3 or .6) and weekdays for 0.4 to 2.3 %. They are no better than their model: where levels wander by a tenth in
two months the four weeks' interval holds 89 % only, and where days have the tails of Student's t with four degrees of
freedom p falls below .001 ten times as often as it should. What is built on them asks for more than one odd day.

Groups of peers are worked on in blocks that fit the processor's cache, large families on two threads: numpy lets go of
the interpreter while it computes.
"""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from agents.statistics.arrays import Flags, Floats, Ints, row_median
from agents.statistics.baseline import HUGE, LEAVE_ONE_OUT, TINY, Baseline, Design, Fit, Groups, Scratch
from agents.statistics.weeks import Weeks, level_variance
from agents.statistics.windows import WINDOWS, Sums, Tested, tested, window_sums

__all__ = ["WINDOWS", "Moves", "is_over", "moves", "onset"]

BLOCK: Final = 400
"""Series worked on together: their arrays fit the processor's cache, and numpy's own overhead stays small."""
ENDED: Final = 4.0
"""By how much an ended episode must fit better than a lasting one: two days back at the usual level, two errors
each."""
THREADS: Final = 2
"""Threads at most: beyond two, the memory is what they wait for."""
MOST_PERSISTENCE: Final = 0.7
"""Largest lag-one correlation windows are widened for; beyond, days say next to nothing."""
MANY: Final = 1000
"""Series from which on a second thread is worth starting."""


@dataclass(frozen=True, slots=True)
class Moves(Tested):
    """What the windows say, and the days behind them."""

    residual: Floats
    """[series, days] log residual against the own baseline and the peers."""
    raw_residual: Floats
    """[series, days] the same before the peers' movement is taken off."""
    variance: Floats
    """[series, days] variance of a day's residual, where usable."""
    usable: Flags
    """[series, days]"""

    def strongest(self, *, down: bool) -> Ints:
        """The window with the smallest p-value, per series."""
        return np.argmin(self.p_down if down else self.p_up, axis=0)

    def p_value(self, looks: float, *, down: bool) -> Floats:
        """The smallest p-value over the windows, corrected for having looked at several."""
        return np.minimum(1.0, looks * (self.p_down if down else self.p_up).min(axis=0))


_TESTED: Final = tuple(field.name for field in fields(Tested))


def moves(
    events: Floats,
    exposure: Floats,
    usable: Flags,
    *,
    groups: Ints | None = None,
    min_peers: int = 2,
    weekday: int = 0,
    counted: bool = True,
    share: bool = False,
    noisy_exposure: bool = False,
    control: Floats | None = None,
    completeness: Floats | None = None,
    adverse: int = -1,
    stale_days: int = 3,
    min_base_days: int = 7,
    daily: bool = True,
) -> Moves:
    """Compare the last usable days of every series, over each of WINDOWS, with its baseline.

    `events` and `exposure` are [series, days]. `groups` number the peers (an account's campaigns); their median
    movement on a day is taken off where at least `min_peers` others are usable. `weekday` is the weekday of the first
    column (Monday 0). `counted`: events are counts with Poisson noise; otherwise amounts. `share`: events are a share
    of the exposure, with binomial noise. `noisy_exposure`: the exposure is a count with noise of its own. `control`:
    [series, days] log factor to take off instead of the peers'. `completeness`: per day, the share of the final
    events expected to be known already. `adverse`: -1 where low is bad (rates), +1 where high is bad (costs): the
    baseline is taken from weeks that were not bad. Without `daily` the day by day residuals are not kept: those
    arrays have no rows.
    """
    shape = events.shape
    if completeness is not None:
        completeness = np.broadcast_to(completeness, shape)
    codes = np.zeros(shape[0], dtype=np.int64) if groups is None else groups
    blocks = _blocks(codes)
    widest = int(np.bincount(codes).max(initial=1)) if len(codes) else 1
    design = Design(
        counted, share, noisy_exposure, weekday, groups is not None, min_peers, adverse, widest <= LEAVE_ONE_OUT
    )
    out = _Days.of(shape, keep=daily)
    fitted: list[_Fitted | None] = [None] * len(blocks)

    def fit(at: int, scratch: Scratch) -> None:
        rows, peers = blocks[at]
        size = len(codes[rows])
        shown = exposure[rows]
        if completeness is not None:
            shown = np.multiply(shown, completeness[rows], out=scratch.floats("shown", size))
        block = _cleaned(events[rows], shown, usable[rows], scratch, counted=counted)
        found = Fit(*block, peers, design, scratch, None if control is None else control[rows]).done()
        fitted[at] = _Fitted(
            window_sums(found, scratch, noisy_exposure=noisy_exposure),
            found.spread,
            found.excess[found.informed],
            found.lagged[found.informed],
            found.weeks,
        )
        out.keep(rows, found)

    _each(len(blocks), fit, shape)
    done = [one for one in fitted if one is not None]
    persistence, level = _persistence(done), level_variance([one.weeks for one in done])
    result = np.zeros((len(_TESTED), len(WINDOWS), shape[0]))

    def judge(at: int, scratch: Scratch) -> None:
        del scratch
        one = tested(
            done[at].sums,
            done[at].spread,
            persistence,
            level,
            design,
            stale_days=stale_days,
            min_base_days=min_base_days,
        )
        for place, name in enumerate(_TESTED):
            result[place][:, blocks[at][0]] = getattr(one, name)

    _each(len(blocks), judge, shape)
    seen = dict(zip(_TESTED, result, strict=True))
    return Moves(**seen, residual=out.residual, raw_residual=out.raw_residual, variance=out.variance, usable=out.usable)


@dataclass(frozen=True, slots=True)
class _Fitted:
    """What is kept of a fitted block."""

    sums: Sums
    spread: Floats
    excess: Floats
    """Of series with enough days only, as `lagged`."""
    lagged: Floats
    weeks: Weeks


@dataclass(frozen=True, slots=True)
class _Days:
    """[series, days] results; without rows where nobody asked for them."""

    residual: Floats
    raw_residual: Floats
    variance: Floats
    usable: Flags

    @classmethod
    def of(cls, shape: tuple[int, ...], *, keep: bool) -> "_Days":
        shape = shape if keep else (0, *shape[1:])
        return cls(np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape, dtype=bool))

    def keep(self, rows: slice | Ints, found: Baseline) -> None:
        if len(self.residual):
            self.residual[rows], self.raw_residual[rows] = found.residual, found.raw_residual
            self.variance[rows] = found.spread[:, None] if found.noise is None else found.noise + found.spread[:, None]
            self.usable[rows] = found.usable


def _cleaned(
    events: Floats, exposure: Floats, usable: Flags, scratch: Scratch, *, counted: bool
) -> tuple[Floats, Floats, Flags]:
    """Copies without what cannot be: negative, missing or endless amounts, nothing shown, an amount of nothing."""
    series = len(events)
    ok, test = scratch.flags("usable", series), scratch.flags("invalid", series)
    np.copyto(ok, usable)
    for amount, least in ((events, 0.0), (exposure, 0.0)):
        ok &= np.greater_equal(amount, least, out=test)
        ok &= np.less(amount, np.inf, out=test)
    ok &= np.greater(exposure, TINY, out=test)
    if not counted:
        ok &= np.greater(events, TINY, out=test)
    np.logical_not(ok, out=test)
    out = scratch.floats("events", series), scratch.floats("exposure", series)
    for source, target in zip((events, exposure), out, strict=True):
        np.minimum(source, HUGE, out=target)
        np.putmask(target, test, 0.0)
    return *out, ok


def _blocks(codes: Ints) -> list[tuple[slice | Ints, Groups]]:
    """Rows worked on together with their groups: whole groups, about BLOCK series each."""
    if not len(codes):
        return []
    order = np.argsort(codes, kind="stable")
    sizes: Ints = np.bincount(codes)
    sizes = sizes[sizes > 0]
    starts = sizes.cumsum() - sizes
    in_order = bool((order[1:] > order[:-1]).all())
    block = (starts + sizes - 1) // BLOCK
    out: list[tuple[slice | Ints, Groups]] = []
    for number in np.unique(block):
        mine = block == number
        first, last = int(starts[mine][0]), int((starts[mine] + sizes[mine])[-1])
        rows = slice(first, last) if in_order else order[first:last]
        out.append((rows, Groups(starts[mine] - first, sizes[mine])))
    return out


def _each(count: int, work: Callable[[int, Scratch], None], shape: tuple[int, ...]) -> None:
    """Do `work` for every block, on two threads where there is much of it."""
    threads = min(count, THREADS, os.cpu_count() or 1)
    todo = iter(range(count))

    def run(_: int) -> None:
        scratch = Scratch(shape[1])
        for at in todo:
            work(at, scratch)

    if threads <= 1 or shape[0] < MANY:
        run(0)
        return
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(run, range(threads)))


def _persistence(fitted: Sequence[_Fitted]) -> float:
    """How much of a day's deviation lasts until the next, over all series."""
    if not fitted:
        return 0.0
    lagged, excess = (
        np.concatenate(parts) for parts in zip(*((one.lagged, one.excess) for one in fitted), strict=True)
    )
    middle, total = (float(row_median(one[None], np.ones((1, len(one)), dtype=bool))[0]) for one in (lagged, excess))
    return float(np.clip(middle / total, 0.0, MOST_PERSISTENCE)) if total > 1e-9 and middle > 0 else 0.0


def onset(found: Moves, series: int, *, down: bool, longest: int = 28) -> int:
    """The column from which on one series' residual most likely has moved (generalised likelihood ratio)."""
    usable = np.flatnonzero(found.usable[series])[-longest:]
    if not len(usable):
        return found.usable.shape[1] - 1
    sign = -1.0 if down else 1.0
    weight = 1 / np.maximum(found.variance[series, usable], 1e-6)
    pull = np.maximum(sign * found.residual[series, usable], -3) * weight
    score = pull[::-1].cumsum()[::-1] / np.sqrt(weight[::-1].cumsum()[::-1])
    return int(usable[int(np.argmax(score))])


def is_over(found: Moves, series: int, *, down: bool, longest: int = 28, within: int = 6) -> bool:
    """Whether one series' move is better explained as an episode that ended two to `within` days ago.

    Compares the best likelihood of an episode that lasts until today with that of one that ended (generalised
    likelihood ratio on the daily residuals); ENDED is in units of squared standard errors.
    """
    usable = np.flatnonzero(found.usable[series])[-longest:]
    if len(usable) < 5:
        return False
    weight = 1 / np.maximum(found.variance[series, usable], 1e-6)
    pull = (-1.0 if down else 1.0) * found.residual[series, usable] * weight
    pulls, weights = (np.concatenate([[0.0], one.cumsum()]) for one in (pull, weight))
    ends = np.arange(len(usable) - within, len(usable) + 1)
    ends = ends[ends > 0]
    starts = np.arange(len(usable))
    mass = weights[ends][:, None] - weights[starts][None, :]
    inside = starts[None, :] < ends[:, None]
    gain = np.maximum(pulls[ends][:, None] - pulls[starts][None, :], 0.0) ** 2 / np.where(
        inside, np.maximum(mass, 1e-9), 1
    )
    best = np.where(inside, gain, 0.0).max(axis=1)
    return bool(best[ends <= len(usable) - 2].max(initial=0.0) - best[-1] > ENDED)
