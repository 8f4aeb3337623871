"""What an action did to a rate that comes as counts, against what would have happened anyway.

The treated unit's log rate less a weighted mean of its untouched siblings' is a series of gaps. Gaps wander a little
(units drift apart), have noise of their own beside the counting noise that is known, and were, on the days of the
alert, off by an incident or by bad luck. One Gaussian model holds all of it, so that the interval knows all of it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agents.statistics.course import OFF_COURSE, ONSETS, Way, beliefs
from agents.statistics.structural import Array, Estimate, foretold, mixture
from agents.statistics.synthetic import block_placebo, simplex_weights

Mask = NDArray[np.bool_]
Groups = Sequence[NDArray[np.int64]]
"""Days, by position, that are taken together."""

LUCK = 0.99
"""Chance, before looking, that the days of an alert for which no finding vouches were merely unlucky: such an alert is
the worst of very many stretches looked at, and hardly one stretch in a hundred holds an incident."""
SIZES = ((0.5, 0.8, 0.999), (1.5, 0.2, 0.001))
"""How large an incident gets on the log scale, as (sd, chance if it is there within `SUDDEN_DAYS`, chance if not): most
halve a figure at worst; some break it down, but hardly those that wear on."""
SUDDEN_DAYS = 3
FELLOW_ODDS = 19.0
"""How clearly, against luck, a unit must itself show an incident before it is heard about how that grows."""
LATER_BLOCKS = 4
"""Groups that the days after are taken in where they show how an incident went on."""
LEAD_DAYS = -min(ONSETS)
"""Days before the alert on which an incident may have begun unseen: they belong to the alert."""
FELT_DAYS = 3
"""Days of the alert that an incident which raised it must have been felt on."""
ALERT_BLOCKS = 10
"""Most groups the days of an alert are taken in: enough to see whether it grew."""
NOISE_SD, NOISE_SPREAD = 0.10, 0.8
"""Day-to-day noise of a log rate beyond counting noise, before looking, and its spread on the log scale: real display
campaigns have 0.08 to 0.33, steady ones a few hundredths."""
DRIFT_SD, DRIFT_SPREAD = 0.005, 1.2
"""How far a unit drifts from its siblings in a day, before looking, and its spread on the log scale."""
NOISES, DRIFTS = np.geomspace(0.008, 0.8, 12), np.geomspace(0.001, 0.4, 10)
"""Values tried for both."""
DRIFT_KEPT = 0.97
"""What a day keeps of yesterday's drift: half of it is gone after three weeks."""
OFFSET_SD = 1.0
"""Where the gap may lie at all, around its own mean."""
WEEKDAY_SD = 0.3
"""How differently a unit may swing over the week."""
LEAST_ODDS, MOST_ODDS = 15.0, 99.0
"""How far siblings are believed over the unit's own past, at least and at most. A past in which nothing befell all of
them cannot show that nothing will, so siblings always lead; where they never moved along, the own past is heard too,
and if the two disagree the interval holds both."""
BLOCK_EVENTS = 12.0
"""Clicks or conversions that make the logarithm of a rate nearly normal: days with fewer are taken together."""
NEGLIGIBLE = 1e-6
"""Weight, relative to the greatest, below which a belief moves no digit of an interval."""
TINY = 1e-9
"""Stands for nothing where a logarithm is taken."""
RICH_EVENTS = 20.0
"""Events per day from which siblings' days are clear enough to fit weights to."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Daily sums of one unit: the rate is `top` over `bottom`."""

    top: Array
    bottom: Array
    below: bool = False
    """Whether what is counted stands below: conversions under spend. Else it stands on top: clicks over impressions."""
    part: float = 1.0
    """Counting variance of the log rate is `part` over the events: 1, or 1 - rate where `top` is a part of `bottom`."""

    @property
    def events(self) -> Array:
        """Per day, the clicks or conversions that counting noise comes from."""
        return self.bottom if self.below else self.top

    def log_rate(self, days: NDArray[np.int64] | Mask) -> float:
        """The log of the days' sums over each other; half a count is added to what is counted, as there may be none."""
        top, bottom = float(self.top[days].sum()), float(self.bottom[days].sum())
        return _log(top + 0.5 * (not self.below)) - _log(bottom + 0.5 * self.below)

    def daily(self) -> Array:
        """The same for each day alone; 0 where there is nothing to set it against."""
        logs = np.log(np.maximum(self.top + 0.5 * (not self.below), TINY))
        logs -= np.log(np.maximum(self.bottom + 0.5 * self.below, TINY))
        return np.where(self.bottom > 0, logs, 0.0)

    def noise(self, days: NDArray[np.int64] | Mask) -> float:
        """Counting variance of `log_rate`."""
        return self.part / (float(self.events[days].sum()) + 0.5)


@dataclass(frozen=True, slots=True)
class LogDifference:
    """A change of a log rate against siblings, or against its own past where there are none."""

    estimate: Estimate
    """On the log scale: 0.27 is 31 % more."""
    siblings: int
    placebo: float


Parts = Sequence[tuple[float, Counts]]
"""Units that are added up to a gap: the treated one, and its siblings with negative weights."""


def log_difference(
    treated: Counts,
    siblings: Sequence[Counts],
    past: Mask,
    alert: Mask,
    after: Mask,
    growth: tuple[float, float] | None = None,
    luck: float = LUCK,
    fellows: Sequence[Counts] = (),
) -> LogDifference:
    """Change of the treated log rate after an action against siblings, and against the incident going on.

    An action follows an alert, and what raised the alert was partly bad luck that would have passed by itself. So the
    `alert` days fit neither weights nor noise, and the level they show is believed only as far as it stands out of the
    noise: a mixture of "nothing happened" and a real incident that goes on as such incidents do (`course`): `growth` is
    the median days it usually takes to build up and the log sd of that, None where that is not known; `luck` is the
    chance, before looking at these days, that nothing happened. `fellows` are units the same incident struck and nobody
    touched: their days of the alert and after show how it grows. If what was done reached them too they seem to do
    better than they would have, and the effect is understated, not overstated.
    """
    ways = list[Way]()
    if alert.any():
        dated = int(np.flatnonzero(alert)[0])
        early = past & (np.arange(len(past)) >= dated - LEAD_DAYS)
        past, alert = past & ~early, alert | early
        ways = beliefs(growth, dated, max(int(np.flatnonzero(alert)[-1]) + 2 - FELT_DAYS, dated + 1))
    seen = _blocks(treated, past, int(past.sum()))
    shown = _blocks(treated, alert, ALERT_BLOCKS) if alert.any() else []
    groups = [*seen, *shown, np.flatnonzero(after)]
    spread = _spread(treated, groups)
    weights = _weights(treated, siblings, past)
    beside = [(-float(weight), one) for weight, one in zip(weights, siblings, strict=True)]
    parts = [(1.0, treated), *beside]
    for fellow in fellows if shown else ():
        days = [*groups[:-1], *_blocks(fellow, after, LATER_BLOCKS), groups[-1]]
        over = _spread(fellow, days)
        ways = _informed(ways, _ahead([(1.0, fellow), *beside], days, over, len(seen)), over[len(seen) :])
    told = [_story(_ahead([(1.0, treated)], groups, spread, len(seen)), spread[len(seen) :], ways, luck)]
    if siblings:
        told.append(_story(_ahead(parts, groups, spread, len(seen)), spread[len(seen) :], ways, luck))
    estimate = _weighed(told)
    shift = _gap(parts, groups[-1]) - told[-1].middle - _gap(parts, np.flatnonzero(past))
    return LogDifference(estimate, len(siblings), _placebo(parts, past, after, shift))


def _placebo(parts: Parts, past: Mask, after: Mask, shift: float) -> float:
    """How often as many days in a row lie as far off as those after, once the incident (`shift`) is taken off them.

    Both mean and weekdays are taken from all days, as if nothing had been done: then every stretch is as good as the
    last one, and the share is a p-value (Chernozhukov, Wüthrich and Zhu, JASA 2021).
    """
    gaps = sum((sign * one.daily() for sign, one in parts), np.zeros(len(past)))
    gaps = np.where(after, gaps - shift, gaps)
    at = np.flatnonzero(past | after)
    for weekday in range(7):
        mine = at[at % 7 == weekday]
        if len(mine):
            gaps[mine] -= gaps[mine].mean()
    return block_placebo(gaps[at], int(after.sum()))


@dataclass(frozen=True, slots=True)
class _Story:
    """What one way of telling what would have happened says about the effect: a mixture of normals."""

    means: Array
    sds: Array
    logs: Array
    evidence: float
    """Log likelihood of the past under this story."""

    @property
    def middle(self) -> float:
        weights = np.exp(self.logs - self.logs.max())
        return float(weights @ self.means / weights.sum())


@dataclass(frozen=True, slots=True)
class _Ahead:
    """How the gaps of the alert and after lie off what those before foretell, per pair of drift and noise tried."""

    off: Array
    """[pairs, groups]"""
    covariances: Array
    """[pairs, groups, groups]"""
    logs: Array
    """Log posterior of each pair, up to a constant."""


def _ahead(parts: Parts, groups: Groups, spread: Array, seen: int) -> _Ahead:
    """The gaps after the first `seen` ones against what those foretell."""
    values = np.array([_gap(parts, days) for days in groups])
    counting = np.array([sum(sign**2 * one.noise(days) for sign, one in parts) for days in groups])
    centre = float(values[:seen].mean())
    days = np.arange(1.0, spread.shape[1] + 1)
    turn = 2 * np.pi * days / 7
    weekly = WEEKDAY_SD * np.column_stack([wave(k * turn) for k in (1, 2, 3) for wave in (np.sin, np.cos)])
    fixed = spread @ (weekly @ weekly.T + OFFSET_SD**2) @ spread.T + np.diag(counting)
    apart = np.abs(np.subtract.outer(days, days))
    walk, white = spread @ (DRIFT_KEPT**apart / (1 - DRIFT_KEPT**2)) @ spread.T, spread @ spread.T
    drifts, noises = (one.ravel() for one in np.meshgrid(DRIFTS, NOISES))
    found = foretold(values[:seen] - centre, walk, white, fixed, drifts, noises)
    logs = found.logs + _log_normal(drifts, DRIFT_SD, DRIFT_SPREAD) + _log_normal(noises, NOISE_SD, NOISE_SPREAD)
    return _Ahead(values[seen:] - centre - found.means, found.covariances, logs)


def _story(ahead: _Ahead, spread: Array, ways: Sequence[Way], luck: float) -> _Story:
    """What is left of the last gap once those of the alert are believed as far as each belief about them goes."""
    evidence = float(np.logaddexp.reduce(ahead.logs))
    if ahead.off.shape[1] == 1:
        return _Story(ahead.off[:, 0], np.sqrt(ahead.covariances[:, 0, 0]), ahead.logs, evidence)
    calm, trouble = _beliefs(ahead, spread, ways)
    told = [_Belief(calm.means, calm.variances, calm.logs + math.log(luck))]
    chances = np.array([one.log for one in ways]) + math.log(1 - luck)
    told += [_Belief(one.means, one.variances, one.logs + chances) for one in trouble]
    means, variances, logs = (
        np.concatenate([getattr(one, name).ravel() for one in told]) for name in ("means", "variances", "logs")
    )
    kept = logs > logs.max() + math.log(NEGLIGIBLE)
    return _Story(means[kept], np.sqrt(variances[kept]), logs[kept], evidence)


def _informed(ways: Sequence[Way], ahead: _Ahead, spread: Array) -> Sequence[Way]:
    """The ways as one more unit of the incident shows them; unchanged where it shows no incident of its own."""
    calm, trouble = _beliefs(ahead, spread, ways)
    by_way = np.logaddexp.reduce(np.concatenate([one.logs for one in trouble]), axis=0)
    logs = by_way - np.logaddexp.reduce(calm.logs.ravel()) + np.array([one.log for one in ways])
    odds = float(np.logaddexp.reduce(logs))
    if odds < math.log(FELLOW_ODDS):
        return ways
    return [Way(float(log) - odds, one.growth, one.onset) for log, one in zip(logs, ways, strict=True)]


def _weighed(told: Sequence[_Story]) -> Estimate:
    """The stories together, each as far as the past speaks for it: where they disagree, the interval holds both."""
    logs = [one.logs - np.logaddexp.reduce(one.logs) for one in told]
    if len(told) == 2:
        own, beside = told
        odds = min(max(beside.evidence - own.evidence, math.log(LEAST_ODDS)), math.log(MOST_ODDS))
        logs = [logs[0], logs[1] + odds]
    means, sds = (np.concatenate([getattr(one, name) for one in told]) for name in ("means", "sds"))
    return mixture(means, sds, np.concatenate(logs))


@dataclass(frozen=True, slots=True)
class _Belief:
    """What is left of the last gap under some belief about the alert: normal laws, all fields [pairs, ways]."""

    means: Array
    variances: Array
    logs: Array
    """Log likelihood of the alert under it and of the past, up to one constant for all beliefs."""


def _beliefs(ahead: _Ahead, spread: Array, ways: Sequence[Way]) -> tuple[_Belief, list[_Belief]]:
    """That nothing happened, and that trouble took one of the ways, once for each of the sizes it may have.

    Given the gaps of the alert, what noise adds to the last one follows by regression, and the size of the trouble by
    the same with one unknown more (conjugate normal; Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, ch. 14).
    `spread` is that of the groups of the alert and after.
    """
    off, cov = ahead.off, ahead.covariances
    shares = np.array([spread @ one.grown(np.arange(len(spread.T))) for one in ways])
    root = np.linalg.cholesky(cov[:, :-1, :-1])
    paths = np.broadcast_to(shares[:, :-1].T, (len(cov), off.shape[1] - 1, len(ways)))
    solved = np.linalg.solve(root, np.concatenate([off[:, :-1, None], cov[:, :-1, -1:], paths], axis=2))
    alert, last, felt = solved[:, :, 0], solved[:, :, 1], solved[:, :, 2:]
    left = (off[:, -1] - (alert * last).sum(axis=1))[:, None]
    spare = np.maximum(cov[:, -1, -1] - (last**2).sum(axis=1), TINY)[:, None]
    fits = (ahead.logs - 0.5 * (alert**2).sum(axis=1) - np.log(np.einsum("gii->gi", root)).sum(axis=1))[:, None]
    pull, own = np.einsum("gi,giw->gw", alert, felt), (felt**2).sum(axis=1)
    further = shares[:, -1] - np.einsum("gi,giw->gw", last, felt)
    slow = np.array([one.growth > SUDDEN_DAYS for one in ways])
    trouble = list[_Belief]()
    for sd, chance, chance_if_slow in SIZES:
        precision = 1 / sd**2 + own
        size = pull / precision
        spared = further**2 / precision + (OFF_COURSE * size * shares[:, -1]) ** 2
        gained = 0.5 * pull * size - 0.5 * np.log(precision * sd**2)
        gained += np.log(np.where(slow, chance_if_slow, chance))
        trouble.append(_Belief(left - size * further, spare + spared, fits + gained))
    return _Belief(left, spare, fits), trouble


def _blocks(treated: Counts, mask: Mask, most: int) -> list[NDArray[np.int64]]:
    """Days in at most so many groups of enough events each, whole from the youngest on; days left over go unused."""
    groups, at = list[NDArray[np.int64]](), np.flatnonzero(mask)
    usual = float(treated.events[mask].mean())
    size = min(math.ceil(BLOCK_EVENTS / max(usual, TINY)), max(len(at) // 2, 1))
    size = max(size, math.ceil(len(at) / most), 1)
    for end in range(len(at), size - 1, -size):
        groups.append(at[end - size : end])
    return groups[::-1]


def _spread(treated: Counts, groups: Groups) -> Array:
    """[groups, days]: how much of a group's rate each day makes up."""
    spread = np.zeros((len(groups), len(treated.top)))
    for row, days in enumerate(groups):
        weights = treated.bottom[days] + 1e-9
        spread[row, days] = weights / weights.sum()
    return spread


def _weights(treated: Counts, siblings: Sequence[Counts], past: Mask) -> Array:
    """Synthetic weights where days are rich enough to fit them; else each sibling by how much it counts."""
    days = int(past.sum())
    rich = all(float(np.median(one.events[past])) >= RICH_EVENTS for one in (treated, *siblings))
    if len(siblings) >= 2 and rich and days >= 3 * len(siblings):
        pool = np.column_stack([one.daily()[past] for one in siblings])
        y = treated.daily()[past]
        fitted = simplex_weights(y - y.mean(), pool - pool.mean(axis=0))
        # fitted weights chase noise in short pasts: meet plain averaging half way
        return 0.5 * fitted + 0.5 / len(siblings)
    events = np.array([float(one.events[past].sum()) + 1.0 for one in siblings])
    return events / events.sum() if len(siblings) else events


def _gap(parts: Parts, days: NDArray[np.int64]) -> float:
    return sum(sign * one.log_rate(days) for sign, one in parts)


def _log(value: float) -> float:
    return math.log(max(value, TINY))


def _log_normal(sd: Array, guess: float, spread: float) -> Array:
    return -0.5 * (np.log(sd / guess) / spread) ** 2
