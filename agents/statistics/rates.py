"""Two rates against each other: over-dispersed, exact and by score; and rates shrunk to their own kind for display.

Every function takes arrays of any common shape and answers "no verdict" (p-value 1, change 0, infinite error) where the
figures cannot be counts over an exposure: missing, negative, or without any exposure.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from agents.statistics.arrays import Flags, Floats, quotient
from agents.statistics.baseline import PRIOR_DAYS, PRIOR_SD, PRIOR_SERIES

SUMMED: Final = 20_000
"""Trials up to which a beta-binomial tail is summed term by term; above, a Beta with the same moments stands in. Its
relative error is below 2 % down to tails of 1e-6 for shares about as large as their complements (Beta(360, 640)); for
rare ones it grows with the tail: Beta(20, 2000) 5 % at .01, 12 % at .001, a half at 1e-6."""
EXACT_PEOPLE: Final = 1e6
"""People up to whom shares are judged as drawn without replacement; of more, a draw changes nothing that shows."""
MOST_WEIGHT: Final = 1e7
"""Largest weight of a shared rate, in trials: a kind whose members do not differ at all."""
HUGE: Final = 1e15
"""Beyond, a double does not count one by one any more, and nothing a company counts gets there."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One rate against another."""

    change: Floats
    """Log ratio of the rates."""
    se: Floats
    p_down: Floats
    p_up: Floats
    """One-sided p-values of a fall and of a rise; 1 where there is no verdict."""


def shift(events: Floats, exposure: Floats, base_events: Floats, base_exposure: Floats, day_variance: Floats) -> Shift:
    """Test a rate against its base with counting noise and day-to-day noise, by Student's t.

    `day_variance` is the variance both sides' logs have on top of counting, summed over both, as the function of that
    name estimates it. The Wald test of a log ratio with half a count added (Gart and Zweifel 1967, Biometrika 54) and
    an additional variance component (Breslow 1984, Applied Statistics 33).
    """
    known, (k1, x1, k0, x0) = _pair(events, exposure, base_events, base_exposure)
    known = known & np.isfinite(day_variance) & (day_variance >= 0)
    change = np.log((k1 + 0.5) / x1) - np.log((k0 + 0.5) / x0)
    variance = 1 / (k1 + 0.5) + 1 / (k0 + 0.5) + np.where(known, day_variance, 0.0)
    se = np.sqrt(variance)
    down, up = (np.asarray(special.stdtr(2 * PRIOR_DAYS, sign * change / se)) for sign in (1, -1))
    return Shift(
        np.where(known, change, 0.0), np.where(known, se, np.inf), np.where(known, down, 1.0), np.where(known, up, 1.0)
    )


def day_variance(events: Floats, exposure: Floats) -> Floats:
    """Day-to-day log variance of each series, shrunk to the median of all of them; [series, days] to [series].

    The squared residuals less what counting alone explains, over the squared means (moments; Breslow 1984, Applied
    Statistics 33), shrunk as a scaled chi-square prior of PRIOR_DAYS days would (empirical Bayes; Smyth 2004, Statist.
    Appl. Genet. Mol. Biol. 3).
    """
    known = _rates(events, exposure)
    k, x = np.where(known, events, 0.0), np.where(known, exposure, 0.0)
    days = known.sum(axis=1)
    rate = quotient(k.sum(axis=1), x.sum(axis=1))
    mean = rate[:, None] * x
    judged = mean > 0
    squares = np.where(judged, (k - mean) ** 2 - mean, 0.0).sum(axis=1)
    freedom = np.maximum(days - 1, 1) / np.maximum(days, 1)
    excess = np.maximum(quotient(squares, (mean**2).sum(axis=1)) / freedom, 0.0)
    informed = (days >= PRIOR_DAYS) & (rate > 0)
    typical = float(np.median(excess[informed])) if informed.any() else 0.0
    shared = (informed.sum() * typical + PRIOR_SERIES * PRIOR_SD**2) / (informed.sum() + PRIOR_SERIES)
    own = np.where(rate > 0, days, 0)
    return (PRIOR_DAYS * shared + own * excess) / (PRIOR_DAYS + own)


def score_test(events: Floats, exposure: Floats, base_events: Floats, base_exposure: Floats) -> tuple[Floats, Floats]:
    """One-sided p-values (fall, rise) of two Poisson rates by their score, which is known even with 0 events.

    Ng and Tang 2005 (Statistics in Medicine 24), Gu, Ng, Tang and Schucany 2008 (Biometrical J. 50). With unequal
    exposures and few events it is shy of falls from the longer one and bold on rises: beside a base ten times as long,
    at .01, 2 expected events "rise" in 2.2 % and "fall" never, 20 in 1.4 and .6 %. Where that matters, `exact_test`.
    """
    known, (k1, x1, k0, x0) = _pair(events, exposure, base_events, base_exposure)
    pooled = (k1 + k0) / (x1 + x0)
    z = (k1 - pooled * x1) / np.sqrt(pooled * x1 * x0 / (x1 + x0))
    return np.where(known, special.ndtr(z), 1.0), np.where(known, special.ndtr(-z), 1.0)


def exact_test(events: Floats, exposure: Floats, base_events: Floats, base_exposure: Floats) -> tuple[Floats, Floats]:
    """One-sided p-values (fall, rise) of two Poisson rates given their sum: exact for any count.

    Przyborowski and Wilenski 1940 (Biometrika 31).
    """
    known, (k1, x1, k0, x0) = _pair(events, exposure, base_events, base_exposure)
    k1, k0, share = np.rint(k1), np.rint(k0), x1 / (x1 + x0)
    total = k1 + k0
    return _tails(known, stats.binom.cdf(k1, total, share), stats.binom.sf(k1 - 1, total, share))


def fisher_test(hits: Floats, trials: Floats, base_hits: Floats, base_trials: Floats) -> tuple[Floats, Floats]:
    """One-sided p-values (fall, rise) of two shares given their sum: Fisher's exact test.

    Fisher 1935 (J. R. Statist. Soc. 98). Beyond EXACT_PEOPLE the binomial of `exact_test`, which is never bolder.
    """
    known, parts = _pair(hits, trials, base_hits, base_trials)
    k1, n1, k0, n0 = (np.rint(one) for one in parts)
    known &= _shares(hits, trials) & _shares(base_hits, base_trials)
    small = known & (n1 + n0 <= EXACT_PEOPLE)
    loose = exact_test(k1, n1, k0, n0)
    k1, n1, k0, n0 = (np.where(small, one, 1.0) for one in (k1, n1, k0, n0))
    given = (n1 + n0, k1 + k0, n1)
    few = np.where(small, stats.hypergeom.cdf(k1, *given), loose[0])
    return _tails(known, few, np.where(small, stats.hypergeom.sf(k1 - 1, *given), loose[1]))


def beta_binomial_tail(hits: Floats, trials: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """P(as few or fewer) and P(as many or more) successes of a share that itself varies as Beta(a, b).

    Skellam 1948 (J. R. Statist. Soc. B 10). Equals scipy.stats.betabinom, without its loop over terms.
    """
    k, n, a, b = np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in (hits, trials, a, b)))
    known = _shares(k, n) & _weights(a) & _weights(b)
    k, n, a, b = (np.where(known, one, 1.0) for one in (k, n, a, b))
    few, many = _beta_limit(k, n, a, b)
    for at in zip(*np.nonzero(known & (n <= SUMMED)), strict=True):
        few[at], many[at] = _beta_binomial_sums(int(k[at]), int(n[at]), float(a[at]), float(b[at]))
    return _tails(known, few, many)


def beta_binomial_interval(trials: Floats, a: Floats, b: Floats, coverage: float) -> tuple[Floats, Floats]:
    """Between which shares of so many trials a share that varies as Beta(a, b) lies with this probability.

    Of the Beta distribution with the same moments, as `beta_binomial_tail` beyond SUMMED; [0, 1] without any verdict.
    """
    known = np.isfinite(trials) & (trials >= 1) & (trials < HUGE) & _weights(a) & _weights(b)
    n, a, b = (np.where(known, one, 1.0) for one in (trials, a, b))
    one, other = _moments(n, a, b)
    low, high = (np.asarray(special.betaincinv(one, other, (1 + side * coverage) / 2)) for side in (-1, 1))
    return np.where(known, low, 0.0), np.where(known, high, 1.0)


def _moments(n: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """The Beta distribution with the mean and variance of a beta-binomial share."""
    weight = n * (a + b + 1) / (a + b + n) - 1
    mean = a / (a + b)
    return np.maximum(mean * weight, 1e-9), np.maximum((1 - mean) * weight, 1e-9)


def _beta_limit(k: Floats, n: Floats, a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """Tails of the Beta distribution with the moments of the beta-binomial share."""
    one, other = _moments(n, a, b)
    few = np.asarray(special.betainc(one, other, np.minimum((k + 0.5) / n, 1.0)), dtype=np.float64)
    many = np.asarray(special.betaincc(one, other, np.maximum((k - 0.5) / n, 0.0)), dtype=np.float64)
    return few, many


def _beta_binomial_sums(k: int, n: int, a: float, b: float) -> tuple[float, float]:
    at = np.arange(n + 1.0)
    ways = -special.betaln(n - at + 1, at + 1) - np.log(n + 1)
    each = np.exp(ways + special.betaln(at + a, n - at + b) - special.betaln(a, b))
    return float(each[: k + 1].sum()), float(each[k:].sum())


def shared_beta(hits: Floats, trials: Floats) -> tuple[float, float]:
    """The Beta(a, b) that rates of one kind come from, by weighted moments; Beta(1, 1) where nothing is known.

    Kleinman 1973 (J. Amer. Statist. Assoc. 68), with weights by trials.
    """
    known = _shares(hits, trials)
    k, n = hits[known], trials[known]
    if not len(k) or k.sum() <= 0 or k.sum() >= n.sum():
        return 1.0, 1.0
    mean, groups = float(k.sum() / n.sum()), len(k)
    if groups < 2:
        return mean * 2, (1 - mean) * 2
    between = float((n * (k / n - mean) ** 2).sum())
    chance = mean * (1 - mean)
    room = float(n.sum() - (n**2).sum() / n.sum()) - (groups - 1)
    inside = (between / chance - (groups - 1)) / room if room > 0 else 0.0
    weight = min(max(1 / inside - 1, 0.5), MOST_WEIGHT) if inside > 1 / MOST_WEIGHT else MOST_WEIGHT
    return mean * weight, (1 - mean) * weight


def shrunk(hits: Floats, trials: Floats) -> Floats:
    """Each rate pulled towards that of its kind as far as its own trials say little: what to show and to rank by.

    The posterior mean under `shared_beta` (Efron and Morris 1975, J. Amer. Statist. Assoc. 70). Without a usable count,
    the rate of the kind.
    """
    a, b = shared_beta(hits, trials)
    known = _shares(hits, trials)
    k, n = np.where(known, hits, 0.0), np.where(known, trials, 0.0)
    return (k + a) / (n + a + b)


def _pair(*figures: Floats) -> tuple[Flags, tuple[Floats, Floats, Floats, Floats]]:
    """Which pairs of (events, exposure) can be compared, and their four figures: all 1 where they cannot."""
    known = _rates(figures[0], figures[1]) & _rates(figures[2], figures[3])
    k1, x1, k0, x0 = (np.where(known, one, 1.0) for one in figures)
    known &= k1 + k0 > 0
    return known, (k1, x1, np.where(known, k0, 1.0), x0)


def _rates(events: Floats, exposure: Floats) -> Flags:
    good = np.isfinite(events) & np.isfinite(exposure)
    return good & (events >= 0) & (exposure > 1 / HUGE) & (events < HUGE) & (exposure < HUGE)


def _shares(hits: Floats, trials: Floats) -> Flags:
    return _rates(hits, trials) & (hits <= trials) & (trials >= 1)


def _weights(one: Floats) -> Flags:
    return np.isfinite(one) & (one > 1 / HUGE) & (one < HUGE)


def _tails(known: Flags, few: npt.ArrayLike, many: npt.ArrayLike) -> tuple[Floats, Floats]:
    return np.where(known, np.clip(few, 0, 1), 1.0), np.where(known, np.clip(many, 0, 1), 1.0)
