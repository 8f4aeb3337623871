"""Which untouched siblings an action can be measured against."""

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from agents import metrics
from agents.statistics.causal import Counts, Mask
from agents.statistics.normal import FROM_MAD
from domain.reading import Readings
from domain.scope import Scope

LEAST_PAST_EVENTS, LEAST_AFTER_EVENTS = 30, 6
"""Clicks or conversions of a sibling before and after: with fewer it would add more noise than it takes away."""
MOST = 12
"""Siblings used, largest first: more change the mean hardly any more."""
LEAST_TOGETHER = 0.9
"""Part of the treated unit's days that must remain when only days count on which all siblings ran."""
STILL_RUNS = 0.1
"""Part of its usual daily delivery below which a unit has in effect stopped: what trickles in later is no rate."""
BUDGET_DAYS, BUDGET_STEP = 28, 1.1
"""Days before the end in which a budget that moved by more than this factor counts as somebody's doing."""
LEAST_TO_JUDGE, OWN_INCIDENT, LEAST_SPREAD = 4, 4.0, 0.03
"""From this many siblings on, one whose change lies this many robust deviations off the others' has an incident of its
own and is left out; the deviation is at least this much of the rate, so that alike siblings may differ a little."""


def fit(units: Mapping[str, Counts], past: Mask, after: Mask) -> tuple[list[Counts], Mask]:
    """The siblings to compare with, largest first, and the days on which all of them ran."""
    sized = sorted(((-float(one.events[past].sum()), name) for name, one in units.items()))
    chosen, together = list[Counts](), past | after
    needed = LEAST_TOGETHER * int(together.sum()), LEAST_TOGETHER * int(after.sum())
    for _, name in sized:
        one = units[name]
        days = together & (one.bottom > 0)
        enough = _has(one, past, LEAST_PAST_EVENTS) and _has(one, after, LEAST_AFTER_EVENTS)
        if enough and still_runs(one, past, after) and days.sum() >= needed[0] and (days & after).sum() >= needed[1]:
            chosen.append(one)
            together = days
        if len(chosen) == MOST:
            break
    every = together | ~(past | after)
    return _without_incidents(chosen, past & together, after & together), every


def still_runs(unit: Counts, past: Mask, after: Mask) -> bool:
    """Whether it delivers in the window at least a tenth of what it used to."""
    return float(unit.bottom[after].mean()) >= STILL_RUNS * float(unit.bottom[past].mean())


def budget_moved(readings: Readings, fence: Scope, last: date) -> frozenset[str]:
    """Campaigns whose budget or status somebody changed in the meantime: they are no longer untouched."""
    status = readings.get("campaign_status")
    if status is None:
        return frozenset()
    recent = last - timedelta(days=BUDGET_DAYS)
    within = metrics.within(status, fence).filter(pl.col("date_day").is_between(recent, last))
    spread = within.group_by("campaign_id").agg(
        low=pl.col("daily_budget").min(), high=pl.col("daily_budget").max(), kinds=pl.col("status").n_unique()
    )
    moved = spread.filter((pl.col("high") > BUDGET_STEP * pl.col("low")) | (pl.col("kinds") > 1))
    return frozenset(moved["campaign_id"].to_list())


def renewed(readings: Readings, first: date, last: date) -> frozenset[str]:
    """Ads that got a new creative in these days: no longer untouched either."""
    creative = readings.get("creative")
    if creative is None:
        return frozenset()
    return frozenset(creative.filter(pl.col("launched_on").is_between(first, last))["ad_id"].drop_nulls().to_list())


def _has(unit: Counts, days: Mask, least: float) -> bool:
    return float(unit.events[days].sum()) >= least


def _without_incidents(siblings: list[Counts], past: Mask, after: Mask) -> list[Counts]:
    """Without siblings whose rate moved quite unlike the others' in the same days."""
    if len(siblings) < LEAST_TO_JUDGE:
        return siblings
    moves = np.array([one.log_rate(after) - one.log_rate(past) for one in siblings])
    noise = np.array([one.noise(after) for one in siblings])
    off = np.abs(moves - np.median(moves))
    spread = np.sqrt(noise + max(FROM_MAD * float(np.median(off)), LEAST_SPREAD) ** 2)
    return [one for one, far in zip(siblings, off / spread, strict=True) if far <= OWN_INCIDENT]
