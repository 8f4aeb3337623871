"""The last days of every series against its baseline: sums over several windows at once, and what they say."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import special

from agents.statistics.arrays import Flags, Floats, Ints, quotient
from agents.statistics.baseline import PRIOR_DAYS, TINY, Baseline, Design, Scratch

WINDOWS: Final = (1, 2, 3, 7, 14, 28)
"""Usable days judged together: a day for what breaks, four weeks for what wears out where little is sold."""
GAPS: Final = (0, 0, 0, 3, 7, 7)
"""Usable days left out between the baseline and the window, so that a slow decline does not hide in its own
baseline."""
BASE_DAYS: Final = 42
"""Usable days of baseline at most: six weeks hold every weekday six times."""
FEW_EVENTS: Final = 30.0
"""Expected events below which the exact tail is used."""
_LENGTH: Final = np.array(WINDOWS, dtype=np.int64)
_APART: Final = _LENGTH + np.array(GAPS, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Sums:
    """What lies in each window and in its baseline. [series, windows]."""

    days: Ints
    events: Floats
    expected: Floats
    raw_expected: Floats
    exposure: Floats
    base_days: Ints
    base_events: Floats
    base_expected: Floats
    base_raw_expected: Floats
    base_exposure: Floats | None
    """None where nobody asks for it."""
    idle: Ints
    """[series, 1] days since the last usable one."""


@dataclass(frozen=True, slots=True)
class Tested:
    """Log changes per window and series: -0.36 in `change` means a factor exp(-0.36). [windows, series]."""

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


def window_sums(found: Baseline, scratch: Scratch, *, noisy_exposure: bool) -> Sums:
    """Add up each window, and the last BASE_DAYS of baseline before it."""
    width = found.usable.shape[1]
    usable_days = np.count_nonzero(found.usable, axis=1)[:, None]
    now, until = (_nth_last(found.usable, usable_days, which) for which in (_LENGTH, _APART))
    past_days = np.count_nonzero(found.past, axis=1)[:, None]
    weight = scratch.floats("weight", len(found.past))
    np.copyto(weight, found.past)
    before = past_days - _from(weight, until).astype(np.int64)
    since = _nth(found.past, past_days, before - BASE_DAYS)
    parts = [found.events, found.expected]
    if found.raw_expected is not found.expected:
        parts.append(found.raw_expected)
    inside = [_from(one, now) for one in [*parts, found.exposure]]
    if noisy_exposure:
        parts.append(found.exposure)
    base = [_between(one, weight, since, until, scratch) for one in parts]
    raw = 2 if found.raw_expected is not found.expected else 1
    idle = np.argmax(found.usable[:, ::-1], axis=1)[:, None] if width else np.zeros((len(now), 1), dtype=np.int64)
    return Sums(
        np.minimum(usable_days, _LENGTH), inside[0], inside[1], inside[raw], inside[-1],
        np.minimum(before, BASE_DAYS), base[0], base[1], base[raw], base[-1] if noisy_exposure else None, idle,
    )  # fmt: skip


def tested(
    sums: Sums,
    spread: Floats,
    persistence: float,
    level: float,
    design: Design,
    *,
    stale_days: int,
    min_base_days: int,
) -> Tested:
    """The change in every window with its error and its one-sided p-values.

    `spread`: [series] day variance; `level`: variance of the level itself from week to week.
    """
    counted, share, plus = design.counted, design.share, design.plus
    idle = sums.idle > stale_days
    too_young = (sums.base_days < np.maximum(min_base_days, _LENGTH)) | (sums.days < _LENGTH) | idle
    n1, n0 = np.maximum(sums.days, 1), np.maximum(sums.base_days, 1)
    k1, k0, x1 = sums.events, sums.base_events, sums.exposure
    mean = sums.expected * quotient(k0 + plus, sums.base_expected + plus, 1.0)
    top = k1 + plus + TINY
    change = np.log(top / (mean + plus + TINY))
    raw = change
    if sums.raw_expected is not sums.expected:
        usual = sums.raw_expected * quotient(k0 + plus, sums.base_raw_expected + plus, 1.0)
        raw = np.log(top / (usual + plus + TINY))
    slow = np.minimum((1 + persistence) / (1 - persistence), n1)
    process = spread[:, None] * (slow / n1 + 1 / n0) + level
    if sums.base_exposure is not None:
        process = process + 1 / (x1 + 0.5) + 1 / (sums.base_exposure + 0.5)
    variance = process
    if counted:
        thinning = 1 - np.clip(quotient(mean, x1), 0, 0.99) if share else 1.0
        variance = process + thinning * (1 / (k1 + 0.5) / 2 + 1 / (mean + 0.5) / 2 + 1 / (k0 + 0.5))
    se = np.sqrt(variance)
    p_down, p_up = _student(PRIOR_DAYS + n0 - 1, change / se)
    if counted and not share:
        _exact(mean, k1, 1 / (process + 1 / (k0 + 0.5)), p_down, p_up)
    for one in (p_down, p_up):
        np.clip(one, 0, 1, out=one)
        one[too_young] = 1.0
    exposed = np.maximum(x1, TINY)
    by_series = (change, se, raw, p_down, p_up, mean / exposed, k1 / exposed, k1, mean, x1)
    return Tested(*(values.T for values in by_series))


def _student(df: Ints | Floats, value: Floats) -> tuple[Floats, Floats]:
    """Both tails of Student's t. The far one is computed, so that small p-values keep their digits."""
    far = np.asarray(special.stdtr(df, -np.abs(value)), dtype=np.float64)
    down = value < 0
    return np.where(down, far, 1 - far), np.where(down, 1 - far, far)


def _exact(mean: Floats, events: Floats, size: Floats, p_down: Floats, p_up: Floats) -> None:
    """Replace the p-values by the tails of the Gamma-Poisson prediction where few events are expected."""
    few = mean < FEW_EVENTS
    if not few.any():
        return
    mean, events, size = mean[few], events[few], size[few]
    chance = np.clip(size / (size + np.maximum(mean, TINY)), 1e-12, 1 - 1e-12)
    p_down[few] = special.betainc(size, np.floor(events) + 1, chance)
    # the far tail itself, so that small p-values keep their digits
    p_up[few] = np.where(events >= 1, special.betaincc(size, np.maximum(np.ceil(events), 1), chance), 1.0)


def _nth_last(flags: Flags, counts: Ints, which: Ints) -> Ints:
    """[series, which]: the column of each row's n-th last flag; 0 where it has fewer."""
    width = flags.shape[1]
    if (counts == width).all():
        return np.maximum(width - np.broadcast_to(which, (len(flags), len(which))), 0)
    places = np.flatnonzero(flags)
    if not len(places):
        return np.zeros((len(flags), len(which)), dtype=np.int64)
    at = np.clip(counts.cumsum()[:, None] - which, 0, len(places) - 1)
    rows = np.arange(len(flags))[:, None]
    return np.where(counts >= which, places[at] - rows * width, 0)


def _nth(flags: Flags, counts: Ints, which: Ints) -> Ints:
    """[series, which]: the column of each row's flag number `which`; 0 for the first and below."""
    places = np.flatnonzero(flags)
    if not len(places):
        return np.zeros_like(which)
    starts = counts.cumsum()[:, None] - counts
    rows = np.arange(len(flags))[:, None]
    at = np.clip(starts + which, 0, len(places) - 1)
    return np.where(which > 0, places[at] - rows * flags.shape[1], 0)


def _from(values: Floats, since: Ints) -> Floats:
    """[series, windows]: each row added up from the columns given to its end."""
    width = values.shape[1]
    if (since == since[:1]).all():
        return np.stack([values[:, int(column) :].sum(axis=1) for column in since[0]], axis=1)
    first = int(since.min())
    sums = np.cumsum(values[:, first:][:, ::-1], axis=1)
    return sums[np.arange(len(since))[:, None], width - 1 - since]


def _between(values: Floats, weight: Floats, since: Ints, until: Ints, scratch: Scratch) -> Floats:
    """[series, windows]: each row's weighted values added up from `since` to before `until`."""
    weighted = np.multiply(values, weight, out=scratch.floats("spare", len(values)))
    sums = np.cumsum(weighted, axis=1, out=scratch.floats("off", len(values)))
    rows = np.arange(len(values))[:, None]
    upper, lower = (sums[rows, np.maximum(at - 1, 0)] * (at > 0) for at in (until, since))
    return upper - lower
