"""The statistics of `agents.statistics.moves`, written down plainly: whole arrays, masks, no blocks, no threads.

Only a reference to compare with. It is several times slower and takes several times the memory.
"""

import numpy as np
from scipy import special

from agents.statistics.arrays import Flags, Floats, Ints, counted_median, days_from_end, group_sums, row_median
from agents.statistics.baseline import (
    HUGE,
    LEAVE_ONE_OUT,
    MODEL_SD,
    ODD_WEEK,
    OUTLIER,
    PRIOR_DAYS,
    PRIOR_SD,
)
from agents.statistics.moves import Moves
from agents.statistics.peers import OUTSTANDING, PRIOR_BELIEF_DAYS
from agents.statistics.weeks import level_variance, weeks
from agents.statistics.windows import BASE_DAYS, FEW_EVENTS, GAPS, WINDOWS


def plain_moves(
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
    """As `moves`."""
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
        peers = np.zeros_like(raw_residual)
        if groups is not None:
            peers = _peers(raw_residual, usable, groups, min_peers)
            if np.bincount(groups).max(initial=1) <= LEAVE_ONE_OUT:
                peers = _believed(peers, raw_residual, past, groups)
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
    weekly, own, known = _by_week(residual, noise, spread, past)
    level = level_variance([weeks(weekly, own, known.astype(np.float64))])

    found = _windows(
        (events, expected, raw_expected, exposure), usable, past, rank, spread, persistence, level, plus,
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
    level: float,
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
    process = spread * (slow / n1 + 1 / n0) + level
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
    level, variance, known = _by_week(residual, noise, spread, past)
    missing = -residual.shape[1] % 7
    error = np.sqrt(variance + MODEL_SD**2)
    seen = known.sum(axis=1)
    goodness = np.sort(np.where(known, -adverse * level, -np.inf), axis=1)
    at = np.clip(goodness.shape[1] - 1 - (seen - 1) // 4, 0, goodness.shape[1] - 1)
    best = np.take_along_axis(goodness, at[:, None], axis=1)[:, 0]
    usual = np.where(seen > 0, best, 0.0) - 0.67 * row_median(error, known)
    off = np.abs(-adverse * level - usual[:, None]) > ODD_WEEK * error
    off &= known & (seen >= 5)[:, None]
    return ~np.repeat(off, 7, axis=1)[:, missing:]


def _by_week(residual: Floats, noise: Floats, spread: Floats, past: Flags) -> tuple[Floats, Floats, Flags]:
    missing = -residual.shape[1] % 7
    weeks = (residual.shape[1] + missing) // 7
    parts = (np.where(past, residual, 0.0), np.where(past, noise, 0.0), past.astype(np.float64))
    total, counted, days = (
        np.concatenate([np.zeros((len(one), missing)), one], axis=1).reshape(len(one), weeks, 7).sum(axis=2)
        for one in parts
    )
    known = days >= 3
    level = np.where(known, total / np.maximum(days, 1), 0.0)
    return level, counted / np.maximum(days, 1) ** 2 + spread[:, None] / np.maximum(days, 1), known


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
    terms[:, (np.arange(7) + weekday) % 7] = counted_median(values, valid) * weeks**2 / (weeks**2 + 4.0)
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


def _believed(peers: Floats, raw_residual: Floats, past: Flags, groups: Ints) -> Floats:
    width = OUTSTANDING * 1.4826 * row_median(np.abs(peers), past)[:, None]
    core, own = np.clip(peers, -width, width), np.clip(raw_residual, -2 * width, 2 * width)
    out = peers.copy()
    for group in np.unique(groups):
        mine = groups == group
        weight = past[mine]
        together, alone = (core[mine] * own[mine] * weight).sum(), (core[mine] ** 2 * weight).sum()
        prior = PRIOR_BELIEF_DAYS * alone / max(weight.sum(), 1)
        slope = np.clip((together + prior) / (alone + prior), 0, 1) if alone > 0 else 1.0
        out[mine] -= (1 - slope) * core[mine]
    return out


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
