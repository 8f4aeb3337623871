"""Slow drifts that no single window shows: a bet on each day of a series that pays while it keeps drifting.

Every day's standardised residual is a small bet against "as usual"; a bet is started anew each day, so that none is
diluted by the good weeks before a drift, and those of several strengths are mixed.

Against the windows of `moves`, at the same 0.1 false alarms per series and year (300 series, 115 daily looks, counts
with 8 % day noise that lasts a little): a rate that declines by 22 % over 40 days is found within 75 days in 54 % of
series instead of 24 % where 12 events a day are usual, in 91 % instead of 58 % and 15 days earlier where 40 are. With 4
a day it makes little difference, and what falls within days the windows see one to three days earlier.

All of this holds where levels by themselves wander by no more than TOLERATED in two months. Where they wander by twice
as much, a bet on 400 events a day pays 3 to 5 on average where nothing drifts: it is no e-value any more, and finds no
more than the windows that are wrong as rarely. What watches such levels has to take their season off first.
"""

from typing import Final

import numpy as np

from agents.statistics.arrays import Flags, Floats
from agents.statistics.baseline import MODEL_SD
from agents.statistics.moves import Moves

STRENGTHS: Final = (0.1, 0.2, 0.35, 0.6, 1.0)
"""Standard errors a day may be off on average while a series drifts: from a drift of months to a fall within a week."""
LOOKBACK: Final = 56
"""Days within which a drift began: two months, half the history a sweep reads."""
TOLERATED: Final = MODEL_SD
"""Log change that is no drift: quiet levels wander by so much in two months. The bets hold against that, not more."""
RARE: Final = 0.02
"""Largest daily p-value a running bet is read as: what it won by chance lingers, so that larger ones are common."""
ODDEST: Final = 3.0
"""Standard errors a single day counts at most: one odd day is no drift."""
MOST_PERSISTENCE: Final = 0.6
"""Largest lag-one correlation the residuals are discounted for."""


def drifts(found: Moves, *, down: bool, among: Flags | None = None) -> Floats:
    """Log e-value, per series, of a drift that began within LOOKBACK days and goes on; 0 or less where there is none.

    The restarted mixture e-process (e-SR of Shin, Ramdas and Rinaldo 2024, "E-detectors", NEJSDS 2) over its number of
    starts, which makes it an e-value on each day: feed it to `evidence.e_bh`. Falls of small counts are bets on the
    relative residual and rises on the log, whichever tail is the lighter one (a Poisson count is sub-Gaussian below).
    Only series in `among` are looked at, where it is given.
    """
    usable = found.usable & np.isfinite(found.residual) & (found.variance > 0)
    residual = np.where(usable, found.residual, 0.0)
    inflation = _inflation(residual, usable)
    rows = np.flatnonzero(np.ones(len(usable), dtype=bool) if among is None else among)
    out = np.zeros(len(usable))
    out[rows] = _bets(residual[rows], usable[rows], found.variance[rows] * inflation, down=down)
    return out


def _bets(residual: Floats, usable: Flags, variance: Floats, *, down: bool) -> Floats:
    sd = np.sqrt(np.where(usable, variance, 1.0))
    off = (-np.expm1(np.minimum(residual, 20.0)) if down else residual) - TOLERATED
    score = np.where(usable, np.clip(off / sd, -ODDEST, ODDEST), 0.0)[:, -LOOKBACK:]
    counts = usable[:, -LOOKBACK:]
    strengths = np.array(STRENGTHS)
    running = np.full((len(score), len(strengths)), -np.inf)
    for day in range(score.shape[1]):
        bet = strengths * score[:, [day]] - strengths**2 / 2
        running = np.where(counts[:, [day]], np.logaddexp(running, 0.0) + bet, running)
    mixed = np.logaddexp.reduce(running, axis=1) - np.log(len(strengths))
    starts = np.maximum(counts.sum(axis=1), 1)
    return np.where(np.isfinite(mixed), mixed - np.log(starts), 0.0)


def daily_p(log_e: Floats) -> Floats:
    """The p-value of a daily test that is wrong as rarely: an e-process alarms once in 1 / p days where nothing drifts.

    Its average run length (Shin, Ramdas and Rinaldo 2024, theorem 2.4): the e-value times the days a drift may have
    begun on. 1 above RARE. Where nothing drifts .03 to .1 % of series are below .01 on a day, and none below .001
    (6,000 series each of 4, 40 and 400 events a day).
    """
    p_value = np.exp(-np.maximum(log_e + np.log(LOOKBACK), 0.0))
    return np.where(p_value <= RARE, p_value, 1.0)


def _inflation(residual: Floats, usable: Flags) -> float:
    """By how much sums of these residuals vary more than independent days would."""
    pairs = usable[:, 1:] & usable[:, :-1]
    together = float((residual[:, 1:] * residual[:, :-1] * pairs).sum() / max(pairs.sum(), 1))
    alone = float((residual**2).sum() / max(usable.sum(), 1))
    lasting = min(max(together / alone, 0.0), MOST_PERSISTENCE) if alone > 0 else 0.0
    return (1 + lasting) / (1 - lasting)
