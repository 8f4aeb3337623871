"""What each metric is: its words, its unit, and the sums it is the ratio of. Rates are ratios of sums throughout."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

import polars as pl

from agents import wording
from domain.reading import Readings
from domain.scope import Scope

RUNNING = frozenset({"active", "enabled"})
"""How platforms say that a campaign runs (Google's own word is "enabled"), in lower case."""
Unit = Literal["share", "money", "count", "ratio", "hours"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure: sum of `top` over sum of `bottom`, times `scale`. Without `bottom` it is the sum of `top`."""

    name: str
    short: str
    """As in a table: "CTR"."""
    words: str
    """As in a sentence: "click-through rate"."""
    unit: Unit
    wanted: int
    """+1 where more is better, -1 where less is, 0 where neither."""
    table: str
    top: str
    bottom: str | None = None
    bottom_table: str | None = None
    """Where `bottom` is, when not in `table`."""
    scale: float = 1.0
    """1000 for CPM."""

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables it needs."""
        return (self.table, self.bottom_table) if self.bottom_table else (self.table,)

    def value(self, top: float, bottom: float) -> float | None:
        """The figure from its sums; None where there is nothing to divide by."""
        if self.bottom is None:
            return top
        return self.scale * top / bottom if bottom > 0 else None

    def text(self, value: float | None, currency: str) -> str:
        """The figure with its unit: "1.31 %", "€38.20", "48,900"."""
        if value is None:
            return "none"
        match self.unit:
            case "share":
                return wording.share(value)
            case "money":
                return wording.money(value, currency)
            case "count":
                return wording.count(value)
            case "hours":
                return f"{value:.1f} h"
            case "ratio":
                return f"{value:.2f}"


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric("ctr", "CTR", "click-through rate", "share", 1, "ad_report", "clicks", "impressions"),
            Metric("cpc", "CPC", "cost per click", "money", -1, "ad_report", "spend", "clicks"),
            Metric("cpm", "CPM", "cost per thousand impressions", "money", -1, "ad_report", "spend", "impressions",
                   scale=1000.0),
            Metric("cvr", "CVR", "conversion rate", "share", 1, "ad_report", "conversions", "clicks"),
            Metric("conversions_per_click", "Conversions/click", "pixel conversions per click", "share", 1, "ad_report",
                   "conversions", "clicks"),
            Metric("cpa", "CPA", "cost per conversion", "money", -1, "ad_report", "spend", "conversions"),
            Metric("roas", "ROAS", "return on ad spend", "ratio", 1, "ad_report", "conversions_value", "spend"),
            Metric("spend", "Spend", "spend", "money", 0, "ad_report", "spend"),
            Metric("clicks", "Clicks", "clicks", "count", 1, "ad_report", "clicks"),
            Metric("impressions", "Impressions", "impressions", "count", 0, "ad_report", "impressions"),
            Metric("conversions", "Conversions", "conversions", "count", 1, "ad_report", "conversions"),
            Metric("conversions_value", "Conversion value", "conversion value", "money", 1, "ad_report",
                   "conversions_value"),
            Metric("pixel_ratio", "Tracked share", "tracked share of orders", "share", 1, "ad_report",
                   "conversions", "orders", bottom_table="web_report"),
            Metric("visit_rate", "Visits/click", "site visits per ad click", "share", 1, "web_report", "sessions",
                   "clicks", bottom_table="ad_report"),
            Metric("visits", "Visits/click", "site visits per ad click", "share", 1, "web_report", "sessions",
                   "clicks", bottom_table="ad_report"),
            Metric("order_rate", "Order rate", "orders per visit", "share", 1, "web_report", "orders", "sessions"),
            Metric("sessions", "Visits", "site visits", "count", 1, "web_report", "sessions"),
            Metric("orders", "Orders", "backend orders", "count", 1, "web_report", "orders"),
            Metric("revenue", "Revenue", "backend revenue", "money", 1, "web_report", "revenue"),
            Metric("frequency", "Frequency", "frequency", "ratio", -1, "ad_delivery", "impressions", "reach"),
            Metric("reach", "Reach", "daily reach", "count", 1, "ad_delivery", "reach"),
            Metric("hours_served", "Hours served", "hours served a day", "hours", 1, "campaign_status", "hours_served",
                   "rows"),
            Metric("daily_budget", "Daily budget", "daily budget", "money", 0, "campaign_status", "daily_budget"),
            Metric("click_rate", "Click rate", "click rate on owned channels", "share", 1, "lifecycle_report",
                   "unique_clicks", "delivered"),
            Metric("open_rate", "Open rate", "open rate", "share", 1, "lifecycle_report", "unique_opens", "delivered"),
            Metric("unsubscribe_rate", "Unsubscribes", "unsubscribe rate", "share", -1, "lifecycle_report",
                   "unsubscribes", "delivered"),
            Metric("retention", "Retention", "retention", "share", 1, "cohort_report", "retained", "cohort_size"),
            Metric("search_clicks", "Search clicks", "organic search clicks", "count", 1, "search_report", "clicks"),
            Metric("search_impressions", "Searches", "searches that show our page", "count", 1, "search_report",
                   "impressions"),
            Metric("position", "Position", "search position", "ratio", -1, "search_report", "placed", "impressions"),
        )
    }
)  # fmt: skip


def words(name: str) -> str:
    """A metric in a sentence; unknown names are said as they are."""
    return METRICS[name].words if name in METRICS else name.replace("_", " ")


def short(name: str) -> str:
    """A metric in a table or a quote: "CTR"."""
    return METRICS[name].short if name in METRICS else name.replace("_", " ")


def text(name: str, value: float | None, currency: str) -> str:
    """A metric's value with its unit."""
    if value is None:
        return "none"
    if name in METRICS:
        return METRICS[name].text(value, currency)
    if name == "price":
        return wording.money(value, currency)
    return wording.share(value) if name.endswith("_rate") else f"{value:,.4g}"


def made_by(change: float, parts: Mapping[str, float]) -> str:
    """What drivers made of a change, largest first: "of the +38 %, CTR made 24, CVR 12 and CPM 2"."""
    points = sorted(parts.items(), key=lambda one: -one[1] * (1 if change >= 0 else -1))
    said = [f"{short(name)} {wording.minus(str(round(100 * part)))}" for name, part in points]
    first = said[0].split(" ", 1)
    return f"of the {wording.percent(change)}, {wording.listing([' made '.join(first), *said[1:]])}"


def rows(readings: Readings, table: str, *, by_ad: bool = False) -> pl.DataFrame | None:
    """A table with the columns metrics are made of; None where the source has none of it.

    Delivery is known per ad and per campaign: `by_ad` picks the first kind, its absence the second.
    """
    frame = readings.get(table)
    if frame is None or frame.is_empty():
        return None
    match table:
        case "ad_delivery":
            if "ad_id" in frame.columns:
                frame = frame.filter(pl.col("ad_id").is_not_null() == by_ad)
            # frequency is impressions per person reached, so their product gives the impressions back
            return frame.with_columns(impressions=pl.col("reach") * pl.col("frequency"))
        case "campaign_status":
            return frame.with_columns(rows=pl.lit(1.0))
        case "search_report":
            return frame.with_columns(placed=pl.col("position") * pl.col("impressions"))
        case _:
            return frame


def within(frame: pl.DataFrame, scope: Scope) -> pl.DataFrame:
    """The rows of a scope, by every id this table has; an id it lacks cannot narrow it."""
    conditions = _inside(frame, scope)
    return frame.filter(conditions) if conditions else frame


def _inside(frame: pl.DataFrame, scope: Scope) -> list[pl.Expr]:
    conditions: list[pl.Expr] = []
    for name, value in scope.ids():
        if name == "query" and name in frame.columns:
            # a theme stands for every query that has all its words
            conditions += [pl.col("query").str.contains(word, literal=True) for word in value.split()]
        elif name in frame.columns:
            conditions.append(pl.col(name) == value)
    return conditions


def sums(
    readings: Readings, metric: Metric, scope: Scope, first: date, last: date, by: Sequence[str] = ("date_day",)
) -> pl.DataFrame | None:
    """`top` and `bottom` summed per group over the days given; None where a table or column is missing."""
    top = _summed(readings, metric.table, metric.top, "top", scope, first, last, by)
    if top is None or metric.bottom is None:
        return top.with_columns(bottom=pl.lit(1.0)) if top is not None else None
    table = metric.bottom_table or metric.table
    bottom = _summed(readings, table, metric.bottom, "bottom", scope, first, last, by)
    return None if bottom is None else top.join(bottom, on=list(by), how="inner").sort(by)


def total(readings: Readings, metric: Metric, scope: Scope, first: date, last: date) -> tuple[float, float] | None:
    """`top` and `bottom` over the days given; None where there are no rows at all."""
    frame = sums(readings, metric, scope, first, last)
    if frame is None or frame.is_empty():
        return None
    bottom = 1.0 if metric.bottom is None else float(frame["bottom"].sum())
    return float(frame["top"].sum()), bottom


def _summed(
    readings: Readings, table: str, column: str, name: str, scope: Scope, first: date, last: date, by: Sequence[str]
) -> pl.DataFrame | None:
    frame = rows(readings, table, by_ad=scope.ad_id is not None or "ad_id" in by)
    if frame is None or column not in frame.columns or any(key not in frame.columns for key in by):
        return None
    mine = [pl.col("date_day").is_between(first, last), *_inside(frame, scope)]
    summed = pl.col(column).cast(pl.Float64).sum().alias(name)
    # one plan rather than four: starting polars' engine costs more than these few rows do
    return frame.lazy().filter(mine).group_by(list(by)).agg(summed).sort(list(by)).collect()
