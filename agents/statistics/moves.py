"""How much each series has moved against its own past and against its peers, over several windows at once.

Log-rate tests whose variance has two parts: counting noise, known from the counts, and day-to-day noise, estimated per
series and shrunk to its account (empirical Bayes). Leaving out the second part is what makes a plain binomial test
fire on 43 % of the days of real display campaigns. Large counts are judged by Student's t, small ones by the exact tail
of the Gamma-Poisson (negative binomial) prediction.

On series without any move (3,000, six to an account) the 95 % intervals hold 93 to 100 % per window; p-values corrected
for the windows fall below .01 for 0.2 to 1.1 % of series, and for 2.3 % where four events a day are usual.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from agents.statistics.arrays import Flags, Floats, Ints, counted_median, days_from_end, group_sums, row_median

WINDOWS: Final = (1, 3, 7, 14, 28)
"""Usable days judged together: a day for what breaks, four weeks for what wears out where little is sold."""
GAPS: Final = (0, 0, 3, 7, 7)
"""Usable days left out between the baseline and the window, so that a slow decline does not hide in its own
baseline."""
BASE_DAYS: Final = 42
"""Usable days of baseline at most: six weeks hold every weekday six times."""
PRIOR_SD: Final = 0.15
"""Day-to-day log standard deviation assumed of an unknown series; the median of 80 real display campaigns is 0.16."""
PRIOR_DAYS: Final = 8.0
"""How many days of own data that assumption is worth."""
HUGE: Final = 1e12
"""Larger amounts than any company has in a day, and one over it smaller than any unit: beyond, it is a fault in the
data."""
FEW_EVENTS: Final = 30.0
"""Expected events below which the exact tail is used."""
OUTLIER: Final = 4.0
"""Robust standard deviations beyond which a past day does not belong to the baseline: an earlier incident, most
likely."""
ENDED: Final = 4.0
"""By how much an ended episode must fit better than a lasting one: two days back at the usual level, two errors
each."""
ODD_WEEK: Final = 2.5
"""Standard errors by which a week's level must differ from the median week to be left out of the baseline."""
MODEL_SD: Final = 0.035
"""Log error of the baseline itself (seasons, slow drifts of two months) that no amount of counts removes."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Log changes per window and series: -0.36 in `change` means a factor exp(-0.36). [windows, series] unless said."""

    change: Floats
    se: Floats
    """Standard error of `change`."""
    raw: Floats
    """The change before the peers' movement is taken off."""
    p_down: Floats
    p_up: Floats
    """One-sided p-values; 1 where there is too little to judge."""
    base: Floats
    """Events per exposure expected now (weekday and peers included)."""
    observed: Floats
    """Events per exposure seen now."""
    events: Floats
    expected: Floats
    exposure: Floats
    residual: Floats
    """[series, days] log residual against the own baseline and the peers."""
    raw_residual: Floats
    """[series, days] the same before the peers' movement is taken off."""
    variance: Floats
    """[series, days] variance of a day's residual."""
    usable: Flags
    """[series, days]"""

    def strongest(self, *, down: bool) -> Ints:
        """The window with the smallest p-value, per series."""
        return np.argmin(self.p_down if down else self.p_up, axis=0)

    def p_value(self, looks: float, *, down: bool) -> Floats:
        """The smallest p-value over the windows, corrected for having looked at several."""
        return np.minimum(1.0, looks * (self.p_down if down else self.p_up).min(axis=0))


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
) -> Moves:
    """Compare the last usable days of every series, over each of WINDOWS, with its baseline.

    `events` and `exposure` are [series, days]. `groups` number the peers (an account's campaigns); their median
    movement on a day is taken off where at least `min_peers` others are usable. `weekday` is the weekday of the first
    column (Monday 0). `counted`: events are counts with Poisson noise; otherwise amounts. `share`: events are a share
    of the
    exposure, with binomial noise. `noisy_exposure`: the exposure is a count with noise of its own. `control`:
    [series, days] log factor to take off instead of the peers'. `completeness`: per day, the share of the final
    events expected to be known already. `adverse`: -1 where low is bad (rates), +1 where high is bad (costs): the
    baseline is taken from weeks that were not bad.
    """
    series = events.shape[0]
    if completeness is not None:
        exposure = exposure * completeness
    usable = usable & np.isfinite(events) & np.isfinite(exposure) & (events >= 0) & (exposure >= 0)
    events, exposure = (np.clip(np.where(usable, one, 0.0), 0.0, HUGE) for one in (events, exposure))
    usable = usable & (exposure > 1 / HUGE)
    if not counted:
        usable = usable & (events > 1 / HUGE)
    codes = np.zeros(series, dtype=np.int64) if groups is None else groups
    plus = 0.5 if counted else 0.0
    rank = days_from_end(usable)
    log_rate = np.log(np.where(usable, events + plus, 1.0) / np.where(usable, exposure, 1.0))
    old = usable & (rank >= 1)
    level = row_median(log_rate, old)
    expected = np.where(usable, np.exp(np.clip(level, -60, 60))[:, None] * exposure, 0.0)
    expected = expected * np.exp(_weekday_terms(events, expected, old, codes, weekday, plus))
    typical = _ratio((events * old).sum(1), old.sum(1)) if counted else np.full(series, np.inf)
    past = _clean(_log_ratio(events, expected, usable, plus), old, typical)
    expected = expected * _ratio((events * past).sum(1), (expected * past).sum(1))[:, None]

    raw_residual = _log_ratio(events, expected, usable, plus)
    if control is not None:
        peers = control
    else:
        peers = np.zeros_like(raw_residual) if groups is None else _peers(raw_residual, usable, groups, min_peers)
    raw_expected, expected = expected, expected * np.exp(peers)
    residual = _log_ratio(events, expected, usable, plus)
    noise = _noise(expected, exposure, share=share) if counted else np.zeros_like(residual)
    if noisy_exposure:
        noise = noise + 1 / np.maximum(exposure, 0.5)
    spread, persistence = _day_variance(residual, noise, _clean(residual, past, typical), codes)
    past = past & _ordinary_weeks(residual, noise, spread, past, adverse)
    centre = ((residual * past).sum(1) / np.maximum(past.sum(1), 1))[:, None]
    residual, raw_residual = residual - centre, raw_residual - centre
    spread, persistence = _day_variance(residual, noise, past, codes)
    variance = noise + spread[:, None]

    found = _windows(
        (events, expected, raw_expected, exposure), usable, past, rank, spread, persistence, plus,
        share=share, counted=counted, noisy_exposure=noisy_exposure, stale_days=stale_days,
        min_base_days=min_base_days,
    )  # fmt: skip
    change, se, raw, p_down, p_up, base_now, observed, count, expect, exposed = found
    return Moves(
        change, se, raw, p_down, p_up, base_now, observed, count, expect, exposed, residual, raw_residual, variance,
        usable
    )  # fmt: skip


def _windows(
    amounts: tuple[Floats, Floats, Floats, Floats],
    usable: Flags,
    past: Flags,
    rank: Ints,
    spread: Floats,
    persistence: float,
    plus: float,
    *,
    share: bool,
    counted: bool,
    noisy_exposure: bool,
    stale_days: int,
    min_base_days: int,
) -> tuple[Floats, ...]:
    """Every window at once: [windows, series] each. `amounts`: events, expected, expected without peers, exposure."""
    length, gap = (np.array(one, dtype=np.int64)[:, None] for one in (WINDOWS, GAPS))
    now = usable & (rank < length[:, :, None])
    base = past & (rank >= (length + gap)[:, :, None])
    base &= base[:, :, ::-1].cumsum(axis=2)[:, :, ::-1] <= BASE_DAYS
    n1, n0 = now.sum(2), base.sum(2)
    idle = np.argmax(usable[:, ::-1], axis=1) > stale_days
    too_young = (n0 < np.maximum(min_base_days, length)) | (n1 < length) | idle
    n1, n0 = np.maximum(n1, 1), np.maximum(n0, 1)
    k1, e1, raw1, x1 = ((one * now).sum(2) for one in amounts)
    k0, e0, raw0 = ((one * base).sum(2) for one in amounts[:3])
    drift = _ratio(k0 + plus, e0 + plus, 1.0)
    mean = e1 * drift
    tiny = 1e-12
    change = np.log((k1 + plus + tiny) / (mean + plus + tiny))
    raw = np.log((k1 + plus + tiny) / (raw1 * _ratio(k0 + plus, raw0 + plus, 1.0) + plus + tiny))
    slow = np.minimum((1 + persistence) / (1 - persistence), n1)
    process = spread * (slow / n1 + 1 / n0) + MODEL_SD**2
    if counted:
        thinning = 1 - np.clip(_ratio(mean, x1), 0, 0.99) if share else 1.0
        counting = thinning * (1 / (k1 + 0.5) / 2 + 1 / (mean + 0.5) / 2 + 1 / (k0 + 0.5))
    else:
        counting = np.zeros_like(mean)
    if noisy_exposure:
        process = process + 1 / (x1 + 0.5) + 1 / ((amounts[3] * base).sum(2) + 0.5)
    se = np.sqrt(process + counting)
    df = PRIOR_DAYS + n0 - 1
    p_down, p_up = _student(df, change / se), _student(df, -change / se)
    if counted and not share:
        size = 1 / (process + 1 / (k0 + 0.5))
        chance = np.clip(size / (size + np.maximum(mean, tiny)), 1e-12, 1 - 1e-12)
        few = mean < FEW_EVENTS
        p_down = np.where(few, _beta(size, np.floor(k1) + 1, chance), p_down)
        p_up = np.where(few & (k1 >= 1), 1 - _beta(size, np.maximum(np.ceil(k1), 1), chance), np.where(few, 1.0, p_up))
    p_down, p_up = (np.where(too_young, 1.0, np.clip(one, 0, 1)) for one in (p_down, p_up))
    exposed = np.maximum(x1, tiny)
    return change, se, raw, p_down, p_up, mean / exposed, k1 / exposed, k1, mean, x1


def _student(df: Floats, value: Floats) -> Floats:
    return np.asarray(special.stdtr(df, value), dtype=np.float64)


def _beta(a: Floats, b: Floats, x: Floats) -> Floats:
    return np.asarray(special.betainc(a, b, x), dtype=np.float64)


def _ratio(top: Floats, bottom: Floats, empty: float = 0.0) -> Floats:
    return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), empty)


def _log_ratio(events: Floats, expected: Floats, usable: Flags, plus: float) -> Floats:
    top, bottom = np.where(usable, events + plus, 1.0), np.where(usable, expected + plus, 1.0)
    return np.log(np.maximum(top, 1e-12) / np.maximum(bottom, 1e-12))


def _clean(residual: Floats, usable: Flags, typical: Floats) -> Flags:
    """Usable days without those that lie far off the rest of their series, `typical` events being usual on a day."""
    centre = row_median(residual, usable)[:, None]
    spread = 1.4826 * row_median(np.abs(residual - centre), usable)
    floor = np.maximum(0.02, 1 / np.sqrt(np.maximum(typical, 0.5)))
    return usable & (np.abs(residual - centre) <= OUTLIER * np.maximum(spread, floor)[:, None])


def _ordinary_weeks(residual: Floats, noise: Floats, spread: Floats, past: Flags, adverse: int) -> Flags:
    """Days in weeks at the level of the better weeks. An earlier incident of some weeks is no baseline for the next.

    The better level is the quartile on the good side, less what chance alone puts there (0.67 standard errors).
    """
    missing = -residual.shape[1] % 7
    weeks = (residual.shape[1] + missing) // 7
    parts = (np.where(past, residual, 0.0), np.where(past, noise, 0.0), past.astype(np.float64))
    total, counted, days = (
        np.concatenate([np.zeros((len(one), missing)), one], axis=1).reshape(len(one), weeks, 7).sum(axis=2)
        for one in parts
    )
    known = days >= 3
    level = np.where(known, total / np.maximum(days, 1), 0.0)
    error = np.sqrt(counted / np.maximum(days, 1) ** 2 + spread[:, None] / np.maximum(days, 1) + MODEL_SD**2)
    seen = known.sum(axis=1)
    goodness = np.sort(np.where(known, -adverse * level, -np.inf), axis=1)
    at = np.clip(goodness.shape[1] - 1 - (seen - 1) // 4, 0, goodness.shape[1] - 1)
    best = np.take_along_axis(goodness, at[:, None], axis=1)[:, 0]
    usual = np.where(seen > 0, best, 0.0) - 0.67 * row_median(error, known)
    off = np.abs(-adverse * level - usual[:, None]) > ODD_WEEK * error
    off &= known & (seen >= 5)[:, None]
    return ~np.repeat(off, 7, axis=1)[:, missing:]


def _weekday_terms(events: Floats, expected: Floats, past: Flags, codes: Ints, weekday: int, plus: float) -> Floats:
    """Log factor per series and day from its group's weekdays, shrunk to 0 where few weeks are known."""
    groups = int(codes.max(initial=0)) + 1
    top, bottom = group_sums(events * past, codes, groups), group_sums(expected * past, codes, groups)
    seen = bottom > 0
    pooled = _log_ratio(top, bottom, seen, plus)
    days = events.shape[1]
    of_day: Ints = (np.arange(days, dtype=np.int64) + weekday) % 7
    shape = ((0, 0), (0, -days % 7))
    values = np.pad(pooled, shape).reshape(groups, (days + 6) // 7, 7)
    valid = np.pad(seen, shape).reshape(groups, (days + 6) // 7, 7)
    weeks = valid.sum(axis=1)
    terms = np.zeros((groups, 7))
    terms[:, (np.arange(7) + weekday) % 7] = counted_median(values, valid) * weeks / (weeks + 2.0)
    return (terms - terms.mean(axis=1, keepdims=True))[codes][:, of_day]


def _peers(residual: Floats, usable: Flags, groups: Ints, min_peers: int) -> Floats:
    """The median residual of the other series of the same group on the same day; 0 where too few are usable."""
    order = np.argsort(groups, kind="stable")
    _, starts, sizes = np.unique(groups[order], return_index=True, return_counts=True)
    widest = int(sizes.max(initial=1))
    slot = np.arange(len(groups)) - np.repeat(starts, sizes)
    row = np.repeat(np.arange(len(sizes)), sizes)
    shape = (len(sizes), widest, residual.shape[1])
    values, valid = np.zeros(shape), np.zeros(shape, dtype=bool)
    values[row, slot], valid[row, slot] = residual[order], usable[order]
    out = np.empty_like(residual)
    if widest > LEAVE_ONE_OUT:
        median = np.where(valid.sum(1) > min_peers, counted_median(values, valid), 0.0)
        out[order] = median[row]
        return out
    for position in range(widest):
        others = valid.copy()
        others[:, position] = False
        median = np.where(others.sum(1) >= min_peers, counted_median(values, others), 0.0)
        here = slot == position
        out[order[here]] = median[row[here]]
    return out


LEAVE_ONE_OUT: Final = 12
"""Peers in a group up to which a series is left out of its own comparison; beyond, its weight in a median is
negligible."""


def _noise(expected: Floats, exposure: Floats, *, share: bool) -> Floats:
    thinning = 1 - np.clip(_ratio(expected, exposure), 0, 0.99) if share else 1.0
    return thinning / np.maximum(expected, 0.5)


def _day_variance(residual: Floats, noise: Floats, past: Flags, codes: Ints) -> tuple[Floats, float]:
    """Day-to-day variance per series, shrunk to its account's median, and how much of it lasts until the next day."""
    count = past.sum(1)
    excess = ((residual**2 - noise) * past).sum(1) / np.maximum(count, 1)
    informed = count >= 14
    groups = int(codes.max(initial=0)) + 1
    width = np.bincount(codes, minlength=groups).max(initial=1)
    order = np.argsort(codes, kind="stable")
    _, starts, sizes = np.unique(codes[order], return_index=True, return_counts=True)
    slot = np.arange(len(codes)) - np.repeat(starts, sizes)
    table, valid = np.zeros((groups, width)), np.zeros((groups, width), dtype=bool)
    table[codes[order], slot], valid[codes[order], slot] = np.maximum(excess, 0)[order], informed[order]
    typical = row_median(table, valid)
    known = valid.sum(1)
    prior = np.clip((typical * known + PRIOR_SD**2 * 2) / (known + 2), 0.02**2, 0.4**2)[codes]
    spread = (PRIOR_DAYS * prior + count * np.maximum(excess, 0)) / (PRIOR_DAYS + count)
    pairs = past[:, 1:] & past[:, :-1]
    lagged = (residual[:, 1:] * residual[:, :-1] * pairs).sum(1) / np.maximum(pairs.sum(1), 1)
    middle = float(np.median(lagged[informed])) if informed.any() else 0.0
    total = float(np.median(excess[informed])) if informed.any() else 0.0
    persistence = float(np.clip(middle / total, 0.0, 0.7)) if total > 1e-9 and middle > 0 else 0.0
    return spread, persistence


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


def is_over(found: Moves, series: int, *, down: bool, longest: int = 28) -> bool:
    """Whether one series' move is better explained as an episode that ended two or more days ago.

    Compares the best likelihood of an episode that lasts until today with that of one that ended (generalised
    likelihood
    ratio on the daily residuals); ENDED is in units of squared standard errors.
    """
    usable = np.flatnonzero(found.usable[series])[-longest:]
    if len(usable) < 5:
        return False
    weight = 1 / np.maximum(found.variance[series, usable], 1e-6)
    pull = (-1.0 if down else 1.0) * found.residual[series, usable] * weight
    pulls, weights = (np.concatenate([[0.0], one.cumsum()]) for one in (pull, weight))
    ends = np.arange(len(usable) - 6, len(usable) + 1)
    ends = ends[ends > 0]
    starts = np.arange(len(usable))
    mass = weights[ends][:, None] - weights[starts][None, :]
    inside = starts[None, :] < ends[:, None]
    gain = np.maximum(pulls[ends][:, None] - pulls[starts][None, :], 0.0) ** 2 / np.where(
        inside, np.maximum(mass, 1e-9), 1
    )
    best = np.where(inside, gain, 0.0).max(axis=1)
    return bool(best[ends <= len(usable) - 2].max(initial=0.0) - best[-1] > ENDED)
