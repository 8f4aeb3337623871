"""What a person who knew of an incident would look at: its leading figures, read from the exported tables alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import polars as pl

from tests.bench.world.incidents import Happening, as_truth
from tests.bench.world.physics import Floats
from tests.bench.world.shape import FIRST_DAY
from tests.bench.world.world import World


@dataclass(frozen=True)
class Leg:
    """One figure an incident moves, as a ratio of two sums."""

    figure: str
    """As the incident's form calls it."""
    table: str
    top: str
    bottom: str | None
    """None: per day."""

    @property
    def is_counted(self) -> bool:
        """Whether the numerator is a count, with counting noise."""
        return self.top not in {"spend", "hours_served"}


LEGS: Mapping[str, Sequence[Leg]] = MappingProxyType(
    {
        "creative_fatigue": (Leg("ctr", "ad_report", "clicks", "impressions"),),
        "audience_saturation": (
            Leg("cvr", "web_report", "orders", "sessions"),
            Leg("cpm", "ad_report", "spend", "impressions"),
        ),
        "tracking_outage": (Leg("pixel", "ad_report", "conversions", "clicks"),),
        "landing_page_break": (Leg("cvr", "ad_report", "conversions", "clicks"),),
        "auction_pressure": (Leg("cpm", "ad_report", "spend", "impressions"),),
        "budget_cap": (Leg("budget", "campaign_status", "hours_served", None),),
        "retention_drop": (Leg("retention", "cohort_report", "retained", "cohort_size"),),
        "audience_decline": (
            Leg("owned_click", "lifecycle_report", "unique_clicks", "delivered"),
            Leg("segment_ctr", "ad_report", "clicks", "impressions"),
        ),
    }
)


@cache
def final(world: World) -> pl.DataFrame:
    """The ad report as it stands once everything is in."""
    return world.tables["ad_report"].sort("known_on").unique(["date_day", "ad_id", "segment_id"], keep="last")


def daily(world: World, one: Happening, leg: Leg) -> tuple[Floats, Floats]:
    """[days] each: numerator and denominator of a leg at the incident's place."""
    rows = final(world) if leg.table == "ad_report" else world.tables[leg.table]
    label = as_truth(one, world.company)
    scope = {name: value for name, value in label["scope"].items() if name in rows.columns}
    bottom = pl.col(leg.bottom).sum() if leg.bottom else pl.len()
    days = (
        rows.filter(*(pl.col(name) == value for name, value in scope.items()))
        .group_by("date_day")
        .agg(pl.col(leg.top).sum().alias("top"), bottom.alias("bottom"))
    )
    place = (days["date_day"] - FIRST_DAY).dt.total_days().to_numpy()
    top, under = np.zeros(world.company.shape.days), np.zeros(world.company.shape.days)
    top[place], under[place] = days["top"].to_numpy(), days["bottom"].to_numpy()
    return top, under


def matched(world: World, one: Happening) -> float:
    """Standard errors by which the incident's figures moved its way: full strength against the weeks before.

    A matched filter: the place, the days and the direction are known, nothing else. Days on which something else
    happened at the same place are left out.
    """
    now, base = _clear_days(world, one)
    signal = power = 0.0
    for leg in LEGS[one.kind]:
        top, bottom = daily(world, one, leg)
        k1, n1, k0, n0 = (float(side[days].sum()) for days in (now, base) for side in (top, bottom))
        day_noise = 0.05**2 * (1 / len(now) + 1 / len(base))
        if one.ramp == 1 and leg.figure in {"cvr", "pixel"}:  # few are left: a score test, as the placement uses
            expected = k0 / n0 * n1
            return float((expected - k1) / np.sqrt(expected + day_noise * expected**2))
        variance = day_noise + (1 / k1 + 1 / k0 if leg.is_counted else 0.0)
        signal += one.logs[leg.figure] * np.log(k1 / n1 / (k0 / n0)) / variance
        power += one.logs[leg.figure] ** 2 / variance
    return float(signal / np.sqrt(power))


def _clear_days(world: World, one: Happening) -> tuple[list[int], list[int]]:
    """Days at full strength, at most the last fourteen, and up to six weeks before, without anything else."""
    mine = as_truth(one, world.company)
    others = [
        other
        for other in world.happenings
        if other is not one
        and other.kind not in {"small_ad", "reporting_lag"}
        and shares_figures(mine, as_truth(other, world.company))
    ]

    def clear(days: range) -> list[int]:
        free = [day for day in days if day >= 0 and not any(o.start <= day <= o.end + 4 for o in others)]
        return free if len(free) >= 3 else [day for day in days if day >= 0]

    full = range(max(one.start + one.ramp - 1, one.end - 13), one.end + 1)
    return clear(full), clear(range(one.start - 42, one.start))


def shares_figures(one: Mapping[str, object], other: Mapping[str, object]) -> bool:
    """Whether two labels may move the same figures somewhere."""
    here, there = one["scope"], other["scope"]
    assert isinstance(here, dict)
    assert isinstance(there, dict)
    if here.get("account_id") != there.get("account_id"):
        return False
    if "segment_id" in here and "segment_id" in there:
        return bool(here["segment_id"] == there["segment_id"])
    mine, theirs = _campaigns(one, here), _campaigns(other, there)
    return bool(mine and theirs and (mine & theirs or "*" in mine | theirs))


def _campaigns(label: Mapping[str, object], scope: Mapping[str, str]) -> set[str]:
    """Campaigns a label moves; "*" for all of the account."""
    if "campaign_id" in scope:
        return {scope["campaign_id"]}
    also = label["also_felt_in"]
    assert isinstance(also, list)
    return set(also) if "segment_id" in scope else {"*"}
