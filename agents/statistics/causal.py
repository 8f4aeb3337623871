"""What an action did, against what would have happened anyway. Deterministic closed forms; numpy and scipy only.

Three tools: a structural model for one series with or without controls, a demeaned synthetic control for a series with
a pool of untouched siblings, and a difference of log rates for what comes as counts.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, nnls
from scipy.stats import norm
from scipy.stats import t as student

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

PRIOR_DAY_SD, PRIOR_DAYS = 0.15, 8.0
"""Day-to-day spread of a log rate beyond counting noise, as known before looking (median of real display campaigns)."""
BELIEFS = ((0.8, 0.0), (0.16, 0.4), (0.04, 1.5))
"""What an alert may be before looking, as (chance, size on the log scale): luck, an incident, a total breakdown."""
GRID = 25


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect in the unit of its series, with a 95 % interval."""

    effect: float
    low: float
    high: float
    sd: float


@dataclass(frozen=True, slots=True)
class Synthetic:
    """A treated series against the weighted mean of its siblings."""

    effect: float
    """Mean difference after treatment, in the unit of the series."""
    weights: Array
    """One per sibling, non-negative, summing to one."""
    imbalance: float
    """Euclidean length of the differences before treatment: how well the siblings stand in."""
    gaps: Array
    """Difference per day, before and after."""
    placebo: float
    """Share of equally long stretches whose difference is at least as large: a p-value that respects runs of days."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Daily sums of one unit: the rate is `top` over `bottom`; `events` are what counting noise comes from."""

    top: Array
    bottom: Array
    events: Array


@dataclass(frozen=True, slots=True)
class LogDifference:
    """A change of a log rate against siblings."""

    estimate: Estimate
    """On the log scale: 0.27 is 31 % more."""
    siblings: int
    placebo: float


def structural(
    series: Array, controls: Array, before: int, spread: Array | None = None, explained: float = 0.8
) -> Estimate:
    """Mean effect after the first `before` days by a random-walk level, a regression on controls and noise.

    Averages the exact Gaussian posterior over a grid of both standard deviations under the priors of CausalImpact
    (Brodersen et al., Annals of Applied Statistics 2015: level 0.01 of the series' sd with 32 degrees of freedom,
    residual R² 0.8 with 50). `controls` is days x controls; `spread` is the prior sd of each coefficient on
    standardised data, 1 where not given. `explained` is that R²: 0.8 suits controls that move along with the series;
    with a calendar alone it would take most of the noise for explained and the interval would be too narrow.
    """
    past = series[:before]
    centre, scale = float(past.mean()), float(past.std(ddof=1)) or 1.0
    y = (series - centre) / scale
    x = _standardised(controls, before) * (np.ones(controls.shape[1]) if spread is None else spread)
    days = np.arange(1.0, len(series) + 1)
    walk: Array = np.minimum.outer(days, days)
    fixed = x @ x.T + 1.0
    after = slice(before, None)
    logs, means, sds = (np.empty(GRID * GRID) for _ in range(3))
    levels, noises = np.geomspace(0.002, 0.25, GRID), np.geomspace(0.03, 1.2 if explained >= 0.5 else 2.0, GRID)
    for index, (level, noise) in enumerate((one, two) for one in levels for two in noises):
        cov = level**2 * walk + fixed
        top = cov[:before, :before] + noise**2 * np.eye(before)
        root = _root(top)
        # one triangular solve for both the data and the mean covariance with the days after
        sides = _solved(root, np.column_stack([y[:before], cov[after, :before].mean(axis=0)]))
        seen, cross = sides[:, 0], sides[:, 1]
        logs[index] = -0.5 * float(seen @ seen) - float(np.log(root.diagonal()).sum())
        logs[index] += _log_prior(level, 0.01, 32) + _log_prior(noise, math.sqrt(1 - explained), 50)
        means[index] = float(cross @ seen)
        latent = float(cov[after, after].mean()) - float(cross @ cross)
        sds[index] = math.sqrt(max(latent, 0.0) + noise**2 / (len(series) - before))
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    return _mixture(float(y[after].mean()) - means, sds, weights, scale)


def synthetic_control(treated: Array, siblings: Array, before: int) -> Synthetic:
    """The treated series against a weighted mean of siblings, each less its own mean before treatment.

    Weights are non-negative, sum to one and fit the days before (Abadie, Diamond and Hainmueller, JASA 2010; demeaned
    as by Ferman and Pinto, Quantitative Economics 2021). `siblings` is days x siblings.
    """
    y = treated - treated[:before].mean()
    x = siblings - siblings[:before].mean(axis=0)
    weights = simplex_weights(y[:before], x[:before])
    gaps = y - x @ weights
    return Synthetic(
        effect=float(gaps[before:].mean()),
        weights=weights,
        imbalance=float(np.linalg.norm(gaps[:before])),
        gaps=gaps,
        placebo=block_placebo(gaps, len(gaps) - before),
    )


def simplex_weights(treated: Array, siblings: Array) -> Array:
    """Non-negative weights summing to one that bring siblings (days x siblings) nearest to the treated series."""
    heavy = 1e3 * max(float(np.abs(siblings).max(initial=0.0)), float(np.abs(treated).max(initial=0.0)), 1e-12)
    rows = np.vstack([siblings, np.full(siblings.shape[1], heavy)])
    weights, _ = nnls(rows, np.append(treated, heavy))
    return weights / weights.sum()


def block_placebo(gaps: Array, window: int) -> float:
    """p-value of the mean gap over the last `window` days among all cyclic shifts of the gaps.

    Shifting whole runs keeps their autocorrelation (Chernozhukov, Wüthrich and Zhu, JASA 2021); shuffling single days
    would call runs of ordinary luck effects.
    """
    size, kernel = len(gaps), np.zeros(len(gaps))
    kernel[:window] = 1.0 / window
    around = np.array([abs(float(np.roll(gaps, shift) @ kernel)) for shift in range(size)])
    seen = abs(float(gaps[-window:].mean()))
    return float((around >= seen - 1e-12).mean())


def log_difference(treated: Counts, siblings: list[Counts], past: Mask, alert: Mask, after: Mask) -> LogDifference:
    """Change of the treated log rate after an action against siblings, and against the incident going on.

    An action follows an alert, and what raised the alert was partly bad luck that would have passed by itself. So the
    `alert` days neither fit the weights nor the noise, and the level they show is believed only as far as their size
    against the noise allows: a mixture of "nothing happened" and a real incident. Counting noise is known from events;
    day-to-day noise is estimated from the `past` days, shrunk, and widened for runs of similar days.
    """
    weights = _weights(treated, siblings, past)

    def level(days: Mask) -> tuple[float, float]:
        parts = [(1.0, treated), *((-weight, one) for weight, one in zip(weights, siblings, strict=True))]
        mean = sum(sign * _log_rate(one, days) for sign, one in parts)
        counting = sum(sign**2 / (float(one.events[days].sum()) + 0.5) for sign, one in parts)
        return mean, counting + day_variance / max(int(days.sum()), 1)

    daily = _daily_log(treated) - sum(
        (weight * _daily_log(one) for weight, one in zip(weights, siblings, strict=True)), np.zeros(len(treated.top))
    )
    day_variance = _day_variance(daily[past], _counting(treated, siblings, weights)[past])
    (before, before_var), (now, now_var) = level(past), level(after)
    shift, shift_var = 0.0, before_var
    if alert.any():
        seen, seen_var = level(alert)
        shift, shift_var = _believed(seen - before, seen_var, before_var)
    effect, sd = now - before - shift, math.sqrt(now_var + shift_var)
    reach = float(student.ppf(0.975, max(8, int(past.sum()) - 2))) * sd
    gaps = np.concatenate([daily[past] - daily[past].mean(), daily[after] - daily[past].mean() - shift])
    return LogDifference(
        Estimate(effect, effect - reach, effect + reach, sd), len(siblings), block_placebo(gaps, int(after.sum()))
    )


def beyond_incident(after: Estimate, alert: Estimate) -> Estimate:
    """What came after an action less the incident that led to it, both against the past, on the log scale.

    As in `log_difference`, the level of the alert days is believed only as far as it stands out of the noise.
    """
    shift, variance = _believed(alert.effect, alert.sd**2, 0.0)
    effect, sd = after.effect - shift, math.sqrt(after.sd**2 + variance)
    reach = (after.high - after.low) / 2 * sd / after.sd
    return Estimate(effect, effect - reach, effect + reach, sd)


def _believed(seen: float, seen_var: float, before_var: float) -> tuple[float, float]:
    """How much of an incident's level to expect to last, and the variance of the baseline that results."""
    noise = seen_var + before_var
    logs = np.array([math.log(chance) + norm.logpdf(seen, scale=math.sqrt(noise + sd**2)) for chance, sd in BELIEFS])
    chances = np.exp(logs - logs.max())
    chances /= chances.sum()
    kept = np.array([seen * sd**2 / (sd**2 + noise) for _, sd in BELIEFS])
    shift, luck = float(chances @ kept), float(chances[0])
    return shift, (1 - luck) * seen_var + luck * before_var + float(chances @ (kept - shift) ** 2)


def _weights(treated: Counts, siblings: list[Counts], past: Mask) -> Array:
    """Synthetic weights where days are rich enough to fit them; else each sibling by how much it counts."""
    days = int(past.sum())
    rich = all(float(np.median(one.events[past])) >= 20 for one in (treated, *siblings))
    if len(siblings) >= 2 and rich and days >= 3 * len(siblings):
        pool = np.column_stack([_daily_log(one)[past] for one in siblings])
        y = _daily_log(treated)[past]
        fitted = simplex_weights(y - y.mean(), pool - pool.mean(axis=0))
        # fitted weights chase noise in short pasts: meet plain averaging half way
        return 0.5 * fitted + 0.5 / len(siblings)
    events = np.array([float(one.events[past].sum()) + 1.0 for one in siblings])
    return events / events.sum() if len(siblings) else events


def _log_rate(unit: Counts, days: Mask) -> float:
    return math.log(float(unit.top[days].sum()) + 0.5) - math.log(float(unit.bottom[days].sum()) + 0.5)


def _daily_log(unit: Counts) -> Array:
    return np.log(unit.top + 0.5) - np.log(unit.bottom + 0.5)


def _counting(treated: Counts, siblings: list[Counts], weights: Array) -> Array:
    total = 1.0 / (treated.events + 0.5)
    for weight, one in zip(weights, siblings, strict=True):
        total = total + weight**2 / (one.events + 0.5)
    return total


def _day_variance(gaps: Array, counting: Array) -> float:
    """Day-to-day variance beyond counting, shrunk to the prior and widened for autocorrelation."""
    days = len(gaps)
    spread = max(float(gaps.var(ddof=1)) - float(counting.mean()), 0.0) if days > 2 else PRIOR_DAY_SD**2
    shrunk = (days * spread + PRIOR_DAYS * PRIOR_DAY_SD**2) / (days + PRIOR_DAYS)
    centred = gaps - gaps.mean()
    power = float(centred @ centred)
    runs = float(centred[1:] @ centred[:-1]) / power if power > 0 and days > 3 else 0.0
    runs = min(max(runs, 0.0), 0.8)
    return shrunk * (1 + runs) / (1 - runs)


def _root(covariance: Array) -> Array:
    return np.asarray(np.linalg.cholesky(covariance), dtype=np.float64)


def _solved(root: Array, sides: Array) -> Array:
    return np.linalg.solve(root, sides).astype(np.float64)


def _standardised(controls: Array, before: int) -> Array:
    past = controls[:before]
    sd = past.std(axis=0, ddof=1)
    return (controls - past.mean(axis=0)) / np.where(sd > 0, sd, 1.0)


def _log_prior(sd: float, guess: float, freedom: float) -> float:
    """Log density of log sd where the variance is inverse gamma around guess²."""
    return -freedom * math.log(sd) - freedom * guess**2 / (2 * sd**2)


def _mixture(means: Array, sds: Array, weights: Array, scale: float) -> Estimate:
    """Mean, sd and central 95 % of a mixture of normals, brought back to the series' unit."""
    mean = float(weights @ means)
    sd = math.sqrt(float(weights @ (sds**2 + (means - mean) ** 2)))

    def quantile(share: float) -> float:
        def short(at: float) -> float:
            return float(weights @ norm.cdf((at - means) / sds)) - share

        return float(brentq(short, mean - 12 * sd, mean + 12 * sd))

    return Estimate(mean * scale, quantile(0.025) * scale, quantile(0.975) * scale, sd * scale)
