"""What a draft costs per day, in the account's currency, as a CFO would count it.

Of ad spend, the part that buys nothing any more: results cost `e^x` times what they did, so `1 - e^-x` of what is spent
on the place is the extra cost of the results that still come; never more than is spent there. Of owned channels, the
revenue they would have brought at their former rate, less what they still bring. `Signal.stake_is` says which of the
two it is; only an audience's decline can be both.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Final

import numpy as np
import polars as pl

from agents.incidents import Draft
from agents.measures import campaigns
from agents.sights import cost_change, spend_per_day
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import Cause

CENT: Final = Decimal("0.01")
GOOD_POSITION_RATE: Final = 0.08
"""Clicks per impression of a page in the upper third of the first results page (about position 3)."""
USUAL_COVER: Final = 0.02
"""Clicks per impression assumed where our own are not known."""


def stake(draft: Draft, readings: Readings) -> Decimal:
    """Expected loss or missed gain per day while nothing is done."""
    return Decimal(str(round(max(_loss(draft, readings), 0.0), 2))).quantize(CENT)


def _loss(draft: Draft, readings: Readings) -> float:  # noqa: PLR0911 - one line per cause
    spend = spend_per_day(readings, draft.scope)
    change = {name: one.change for name, one in draft.sights.items()}
    match draft.cause:
        case Cause.CREATIVE_FATIGUE if draft.scope.ad_id:
            return spend * _wasted(-change.get("ad_ctr", 0.0))
        case Cause.AUDIENCE_DECLINE:
            # the ads' part is bounded by what is spent on the segment; what its messages no longer sell comes on top
            return spend * _wasted(-change.get("response", 0.0)) + _owned(draft, readings)
        case Cause.ENGAGEMENT_DROP:
            return _owned(draft, readings)
        case Cause.RETENTION_DROP:
            return _returning(draft, readings)
        case Cause.TRACKING_OUTAGE:
            return spend * _wasted(-change.get("pixel_ratio", change.get("cvr", 0.0)))
        case Cause.BUDGET_CAP:
            return _missed(draft, spend)
        case Cause.CONTENT_OPPORTUNITY:
            return _searches(draft.findings[0], readings)
        case Cause.TEST_READY:
            return _test(draft.findings[0], readings)
        case _ if draft.scope.ad_id:
            return spend * _wasted(-change.get("ad_ctr", 0.0))
        case _:
            moved = _wasted(
                max(change.get("cpm", 0.0), 0.0)
                + max(-change.get("cvr", 0.0), 0.0)
                + max(-change.get("ctr", 0.0), 0.0)
                + max(-change.get("response", 0.0), 0.0)
            )
            costs = _wasted(cost_change(readings, draft.scope, draft.window))
            return spend * max(moved, costs)


def _wasted(dearer: float) -> float:
    """The part of spend that buys nothing once results are dearer by a log change: extra cost x results / spend."""
    return float(-np.expm1(-max(dearer, 0.0)))


def _missed(draft: Draft, spend: float) -> float:
    """Results that could have been had at the usual cost in the hours not shown."""
    hours = next((one for one in draft.findings if one.kind is FindingKind.HOURS_SERVED_DROP), None)
    if hours is None:
        return 0.0
    return spend * (max(hours.baseline, hours.observed) / max(hours.observed, 1.0) - 1)


def _owned(draft: Draft, readings: Readings) -> float:
    """Revenue of owned channels lost per day: half-way between what clicks and what the till say.

    Clicks tell early and surely how many fewer come, but not whether those who stay away would have bought; revenue
    tells that, but swings from day to day. The till's word counts from none to all that clicks say.
    """
    one = next((f for f in draft.findings if f.kind is FindingKind.ENGAGEMENT_DECLINE), None)
    rows = readings.get("lifecycle_report")
    if one is None or rows is None:
        return 0.0
    mine = rows.filter((pl.col("segment_id") == one.scope.segment_id) & (pl.col("account_id") == one.scope.account_id))
    day = pl.col("date_day")
    now = mine.filter(day >= one.since)
    before = mine.filter((day < one.since) & (day >= one.since - timedelta(days=28)))
    if not now.height or not before.height:
        return 0.0
    usual, present = (float(rows["revenue"].sum()) / rows["date_day"].n_unique() for rows in (before, now))
    by_clicks = usual * max(-one.change, 0.0)
    by_till = min(max(usual - present, 0.0), by_clicks)
    return (by_clicks + by_till) / 2


def _returning(draft: Draft, readings: Readings) -> float:
    """What owned channels earn from those who come back, as far as they come back less.

    Without a lifecycle_report: one average order for each person of a day's cohort who did not come back.
    """
    one = next((f for f in draft.findings if f.kind is FindingKind.RETENTION_DECLINE), None)
    rows, owned = readings.get("cohort_report"), readings.get("lifecycle_report")
    if one is None or rows is None:
        return 0.0
    lost = 1 / max(1 + one.change, 0.05) - 1
    recent = pl.col("date_day") > readings.as_of - timedelta(days=14)
    mine = (pl.col("segment_id") == one.scope.segment_id) & (pl.col("account_id") == one.scope.account_id)
    if owned is not None and (earned := float(owned.filter(mine & recent)["revenue"].sum())) > 0:
        return earned / 14 * lost
    kept = rows.filter(mine & recent).group_by("date_day").agg(pl.col("retained").min())["retained"]
    return (float(kept.sum()) / len(kept) if len(kept) else 0.0) * lost * order_value(readings, one.scope)


def order_value(readings: Readings, scope: Scope) -> float:
    """Revenue per backend order of an account over four weeks; 0 where the backend's revenue is not known."""
    rows = readings.get("web_report")
    if rows is None or not rows.height:
        return 0.0
    mine = rows.filter(pl.col("account_id") == scope.account_id) if scope.account_id else rows
    orders = float(mine["orders"].sum())
    return float(mine["revenue"].sum()) / orders if orders else 0.0


def _searches(one: Finding, readings: Readings) -> float:
    """What the missed clicks would cost as paid clicks."""
    source = campaigns(readings)
    spend, clicks = source.values["spend"].sum(), source.values["clicks"].sum()
    rows = readings.get("search_report")
    own = USUAL_COVER
    if rows is not None and rows.height:
        mine = rows.filter(pl.col("query") == (one.scope.query or ""))
        own = float(mine["clicks"].sum()) / max(float(mine["impressions"].sum()), 1.0)
    return one.observed * max(GOOD_POSITION_RATE - own, 0.0) * float(spend / max(clicks, 1.0))


def _test(one: Finding, readings: Readings) -> float:
    """Revenue missed each day by those who do not yet see the better arm, in the test's own traffic."""
    rows = readings.get("experiment")
    if rows is None:
        return 0.0
    mine = rows.filter(pl.col("test_id") == one.scope.test_id)
    exposed = float(mine["exposed"].sum()) / max(one.window_days, 1)
    value = order_value(readings, Scope())
    return exposed / 2 * (one.observed - one.baseline) * value
