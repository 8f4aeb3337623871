"""What a draft costs per day, in the account's currency, as a CFO would count it.

Of ad spend, the part that buys nothing any more: results cost `e^x` times what they did, so `1 - e^-x` of what is spent
on the place is the extra cost of the results that still come; never more than is spent there. Of owned channels, the
revenue they would have brought at their former rate, less what they still bring. A cause's profile says which it is.
"""

from datetime import timedelta

import numpy as np
import polars as pl

from agents.draft import Draft
from agents.sights import cost_change, spend_per_day
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Scope


def nothing(draft: Draft, readings: Readings) -> float:
    """No loss that could be counted."""
    return 0.0


def dearer(draft: Draft, readings: Readings) -> float:
    """Spend that buys less: of an ad by its own click rate, of anything larger by all terms of its cost."""
    spend = spend_per_day(readings, draft.scope)
    if draft.scope.ad_id:
        return spend * wasted(-draft.change("ad_ctr"))
    moved = wasted(
        max(draft.change("cpm"), 0.0)
        + max(-draft.change("cvr"), 0.0)
        + max(-draft.change("ctr"), 0.0)
        + max(-draft.change("response"), 0.0)
    )
    return spend * max(moved, wasted(cost_change(readings, draft.scope, draft.window)))


def wasted(dearer_by: float) -> float:
    """The part of spend that buys nothing once results are dearer by a log change: extra cost x results / spend."""
    return float(-np.expm1(-max(dearer_by, 0.0)))


def owned_channels(draft: Draft, readings: Readings) -> float:
    """Revenue of owned channels lost per day: half-way between what clicks and what the till say.

    Clicks tell early and surely how many fewer come, but not whether those who stay away would have bought; revenue
    tells that, but swings from day to day. The till's word counts from none to all that clicks say.
    """
    one = claim(draft, FindingKind.ENGAGEMENT_DECLINE)
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


def order_value(readings: Readings, scope: Scope) -> float:
    """Revenue per backend order of an account over four weeks; 0 where the backend's revenue is not known."""
    rows = readings.get("web_report")
    if rows is None or not rows.height:
        return 0.0
    mine = rows.filter(pl.col("account_id") == scope.account_id) if scope.account_id else rows
    orders = float(mine["orders"].sum())
    return float(mine["revenue"].sum()) / orders if orders else 0.0


def claim(draft: Draft, kind: FindingKind) -> Finding | None:
    """The draft's first finding of a kind."""
    return next((one for one in draft.findings if one.kind is kind), None)
