"""Cohorts read at several ages: what share was to be expected at each, and what a customer is still worth in days."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from agents.derivation import derived
from agents.measures.measure import table_panel
from agents.statistics.arrays import Flags, Floats, Ints
from agents.statistics.baseline import MODEL_SD
from agents.statistics.panel import Panel
from agents.statistics.rates import beta_binomial_interval, beta_binomial_tail, shared_beta
from agents.statistics.retention import Sbg, read_once
from domain.base import Interval
from domain.reading import Readings

SEGMENT_HORIZON: Final = ("account_id", "segment_id", "horizon_days")
CURVE_PEOPLE: Final = 200.0
"""People the segment's curve is worth when a share at one age is expected: it speaks where that age was hardly read."""
OWN_PEOPLE: Final = 20 * CURVE_PEOPLE
"""People read at an age from which on its own share is known well enough without the curve."""
KIND_PEOPLE: Final = 20.0
"""People the segment's mean is worth in the same way, where its curve is not known or not needed."""
COVERAGE: Final = 0.95
STRETCHES: Final = 2.0
"""How many earlier stretches of days the usual slow drift is worth against the segment's own."""
BEYOND: Final = 2
"""Lifetimes are counted this many times as far as cohorts are read: no curve is trusted further out."""


@dataclass(frozen=True, slots=True)
class Age:
    """All cohorts of one segment read at one age over the judged days."""

    days: int
    size: float
    observed: float
    """Share kept."""
    expected: float
    interval: Interval
    """95 % predictive interval of `observed`: people, cohorts that differ, and slow drift."""
    p_value: float
    """How often so few or fewer would be kept."""


@dataclass(frozen=True, slots=True)
class Cohorts:
    """One segment's cohorts of the last days against its older ones, at every age."""

    ages: tuple[Age, ...]
    before: Sbg
    now: Sbg | None
    """The curve of the last days; None while too little is known."""

    @property
    def p_value(self) -> float:
        """All ages judged together, although a bad month shows at several of them.

        The Cauchy combination of their p-values, right under dependence (Liu and Xie 2020, J. Amer. Statist. Assoc.
        115).
        """
        each = np.clip([age.p_value for age in self.ages], 1e-12, 1 - 1e-12)
        return float(0.5 - np.arctan(np.tan((0.5 - each) * np.pi).mean()) / np.pi)

    @property
    def lost_lifetime(self) -> float | None:
        """Share of a new customer's active days that are lost; None while there is no curve of the last days."""
        if self.now is None:
            return None
        horizon = BEYOND * max(age.days for age in self.ages)
        return max(1 - self.now.lifetime(horizon) / self.before.lifetime(horizon), 0.0)


def cohort_panel(readings: Readings) -> Panel:
    """cohort_report by account, segment and horizon."""

    def make() -> Panel:
        rows = readings.get("cohort_report")
        known = rows.with_columns(pl.col("horizon_days").cast(pl.String)) if rows is not None else None
        changed = Readings(readings.as_of, {} if known is None else {"cohort_report": known})
        return table_panel(changed, "cohort_report", SEGMENT_HORIZON, ("cohort_size", "retained"))

    return derived(readings, ("cohort_report",), "cohorts", make)


def cohorts(readings: Readings, account_id: str | None, segment_id: str | None, days: int) -> Cohorts | None:
    """A segment's last `days` of readings against the ones before; None where fewer than three ages are known."""
    source = cohort_panel(readings)
    mine = (source.keys["segment_id"] == (segment_id or "")).to_numpy()
    mine &= (source.keys["account_id"] == (account_id or "")).to_numpy()
    kept, size = source.values["retained"][mine], source.values["cohort_size"][mine]
    ages = source.keys["horizon_days"].cast(pl.Float64).to_numpy()[mine]
    recent = np.arange(source.days) >= source.days - days
    before, now = (read_once(*_sums(kept, size, part), ages) for part in (~recent, recent))
    if before is None:
        return None
    order = [int(at) for at in np.argsort(ages) if size[at, recent].sum() > 0]
    judged = tuple(_age(float(ages[at]), kept[at], size[at], recent, before) for at in order)
    return Cohorts(judged, before, now) if judged else None


def _age(days: float, kept: Floats, size: Floats, recent: Flags, curve: Sbg) -> Age:
    old = ~recent & (size > 0)
    a, b = shared_beta(kept[old], size[old])
    between = a + b + 1  # people one cohort is worth, whatever its size: cohorts differ
    own, share = size[old].sum(), float(curve.kept(np.array([days]))[0])
    known = float(own + CURVE_PEOPLE)
    # half a person short of everybody, or of nobody: with less there is nothing the share could vary by
    expected = float(np.clip((kept[old].sum() + CURVE_PEOPLE * share) / known, 0.5 / known, 1 - 0.5 / known))
    wander = _wander(kept[~recent], size[~recent], int(recent.sum()), between)
    drift = (1 - expected) / (expected * wander)  # slow drift of the level, as people
    read_now, read_before = int((size[recent] > 0).sum()), int(old.sum()) + 1
    weight = 1 / (1 / (read_now * between) + 1 / (read_before * between) + 1 / known + 1 / drift)
    people = float(size[recent].sum())
    trials, a, b = (np.array([one]) for one in (people, expected * weight, (1 - expected) * weight))
    low, high = beta_binomial_interval(trials, a, b, COVERAGE)
    few, _ = beta_binomial_tail(np.array([kept[recent].sum()]), trials, a, b)
    observed = float(kept[recent].sum()) / people
    return Age(round(days), people, observed, expected, (float(low[0]), float(high[0])), float(few[0]))


def _wander(kept: Floats, size: Floats, days: int, between: float) -> float:
    """Squared log drift from one stretch of days to the next, shrunk to MODEL_SD's where few stretches are known."""
    length = len(kept) // max(days, 1) * days
    stretches = (one[len(one) - length :].reshape(-1, max(days, 1)) for one in (kept, size))
    k, n = (one.sum(axis=1) for one in stretches)
    k, n = k[n > 0], n[n > 0]
    mean = k.sum() / n.sum() if n.sum() > 0 else 0.0
    if mean <= 0 or len(n) < 2:
        return MODEL_SD**2
    chance = (1 - mean) / mean * (1 / n + 1 / (between * days))
    excess = max(float(((k / n / mean - 1) ** 2 - chance).sum() / (len(n) - 1)), 0.0)
    return (STRETCHES * MODEL_SD**2 + len(n) * excess) / (STRETCHES + len(n))


def _sums(kept: Floats, size: Floats, part: Flags) -> tuple[Floats, Floats]:
    return kept[:, part].sum(1), size[:, part].sum(1)


def expected_shares(source: Panel, codes: Ints, groups: int, old: slice) -> Floats:
    """Share kept to be expected of every series of `cohort_panel`: its own, with its segment's curve if hardly read."""
    kept, size = source.values["retained"][:, old].sum(1), source.values["cohort_size"][:, old].sum(1)
    ages = source.keys["horizon_days"].cast(pl.Float64).to_numpy()
    whole = np.bincount(codes, weights=kept, minlength=groups), np.bincount(codes, weights=size, minlength=groups)
    share = np.where(whole[1] > 0, whole[0] / np.maximum(whole[1], 1), 0.5)[codes]
    weight = np.full(source.size, KIND_PEOPLE)
    for group in np.unique(codes[size < OWN_PEOPLE]):
        mine = codes == group
        curve = read_once(kept[mine], size[mine], ages[mine])
        if curve is not None:
            share[mine], weight[mine] = curve.kept(ages[mine]), CURVE_PEOPLE
    return (kept + weight * share) / (size + weight)
