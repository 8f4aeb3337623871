"""What campaigns stand at today: live budgets, spend and conversions, and whether tracking can be believed."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from agents import metrics, wording
from agents.wholes import Economics
from domain.reading import Readings
from domain.scope import Scope

RECENT_DAYS = 28
IMMATURE_DAYS = 2
"""Conversions of the last two days are still coming in."""
STALE_AFTER_DAYS = 7
"""A budget last seen longer ago than this is not known."""
DAY_VARIANCE = 0.01
"""What a few days' click-through varies by beyond counting, on the log scale."""
LEAST_WEAR = -0.1
"""An ad that lost less than a tenth of its click-through (log scale) is not called worn."""
BROKEN_BELOW = 0.6
"""Pixel conversions per backend order, against their own past, below which no budget is moved on them."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign as it runs today."""

    platform: str
    account_id: str
    campaign_id: str
    daily_budget: Decimal
    learning: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Books:
    """What planning looks up. Reads only."""

    readings: Readings
    today: date

    def campaigns(self, platform: str | None, account_id: str | None) -> tuple[Campaign, ...]:
        """The campaigns of an account with a known budget, each as last seen."""
        frame = self.readings.get("campaign_status")
        if frame is None:
            return ()
        since = self.today - timedelta(days=STALE_AFTER_DAYS)
        frame = metrics.within(frame, Scope(platform=platform, account_id=account_id)).filter(
            pl.col("date_day").is_between(since, self.today) & pl.col("daily_budget").is_not_null()
        )
        latest = frame.sort("date_day").unique(["platform", "account_id", "campaign_id"], keep="last")
        return tuple(
            Campaign(
                row["platform"],
                row["account_id"],
                row["campaign_id"],
                Decimal(str(row["daily_budget"])).quantize(Decimal("0.01")),
                bool(row.get("learning")),
                str(row.get("status") or "active").lower() in metrics.RUNNING,
            )
            for row in latest.sort(["platform", "account_id", "campaign_id"]).iter_rows(named=True)
        )

    def economics(self, scope: Scope, days: int = RECENT_DAYS) -> Economics | None:
        """Spend and conversions a day over recent days with mostly complete conversions."""
        last = self.today - timedelta(days=IMMATURE_DAYS)
        sums = metrics.total(self.readings, metrics.METRICS["cpa"], scope, last - timedelta(days=days - 1), last)
        return Economics(sums[0] / days, sums[1] / days) if sums else None

    def cpa(self, scope: Scope, days: int = RECENT_DAYS) -> float | None:
        """Cost per conversion over the same days; None with fewer than ten conversions."""
        known = self.economics(scope, days)
        enough = known is not None and known.conversions * days >= 10
        return known.spend / known.conversions if known and enough else None

    def spend_per_day(self, scope: Scope, days: int = 7) -> Decimal:
        """Mean daily spend over the last days, to the cent."""
        first = self.today - timedelta(days=days - 1)
        sums = metrics.total(self.readings, metrics.METRICS["spend"], scope, first, self.today)
        return Decimal(str((sums[0] if sums else 0.0) / days)).quantize(Decimal("0.01"))

    def tracking_broken(self, scope: Scope) -> bool:
        """Whether pixel conversions have come apart from the backend's orders in the last two days."""
        ratio = metrics.METRICS["pixel_ratio"]
        split = self.today - timedelta(days=2)
        now = metrics.total(self.readings, ratio, scope, split + timedelta(days=1), self.today)
        past = metrics.total(self.readings, ratio, scope, split - timedelta(days=RECENT_DAYS), split)
        if not now or not past or now[1] < 10 or past[1] < 30 or not past[0]:
            return False
        return (now[0] / now[1]) / (past[0] / past[1]) < BROKEN_BELOW

    def most_worn_ad(self, scope: Scope, since: date) -> str | None:
        """The ad whose click-through within a scope fell most clearly since a day; None where none fell clearly.

        Within the scope, because among others the same ad may do as well as ever. One launched since is new, not worn.
        """
        ctr, before = metrics.METRICS["ctr"], since - timedelta(days=1)
        past = metrics.sums(self.readings, ctr, scope, since - timedelta(days=RECENT_DAYS), before, by=("ad_id",))
        now = metrics.sums(self.readings, ctr, scope, since, self.today, by=("ad_id",))
        if past is None or now is None:
            return None
        both = now.join(past, on="ad_id", suffix="_past")
        falls: list[tuple[float, str]] = []
        for ad, clicks, seen, past_clicks, past_seen in both.filter(pl.col("top_past") > 0).iter_rows():
            fall = math.log((clicks + 0.5) / seen) - math.log(past_clicks / past_seen) if seen else 0.0
            if fall < LEAST_WEAR and not self._launched_since(ad, since):
                falls.append((fall / math.sqrt(1 / (clicks + 0.5) + 1 / past_clicks + DAY_VARIANCE), ad))
        worst = min(falls, default=(0.0, ""))
        return worst[1] if worst[0] < -1.5 else None

    def _launched_since(self, ad_id: str, day: date) -> bool:
        frame = self.readings.get("creative")
        if frame is None:
            return False
        return not frame.filter((pl.col("ad_id") == ad_id) & (pl.col("launched_on") >= day)).is_empty()

    def click_rates(self, scope: Scope, since: date) -> tuple[float, float] | None:
        """Click-through before and since a day; None where either is not known."""
        ctr, before = metrics.METRICS["ctr"], since - timedelta(days=1)
        past = metrics.total(self.readings, ctr, scope, since - timedelta(days=RECENT_DAYS), before)
        now = metrics.total(self.readings, ctr, scope, since, self.today)
        if not past or not now or not past[1] or not now[1] or not past[0]:
            return None
        return past[0] / past[1], now[0] / now[1]

    def segments_of(self, campaign_id: str) -> frozenset[str]:
        """The segments a campaign reaches, as far as the source says."""
        frame = self.readings.get("campaign_segment")
        if frame is None:
            return frozenset()
        return frozenset(frame.filter(pl.col("campaign_id") == campaign_id)["segment_id"].to_list())

    def campaigns_of(self, segment_id: str) -> tuple[str, ...]:
        """The campaigns that reach a segment."""
        frame = self.readings.get("campaign_segment")
        if frame is None:
            return ()
        return tuple(sorted(frame.filter(pl.col("segment_id") == segment_id)["campaign_id"].unique().to_list()))

    def currency(self, scope: Scope, otherwise: str) -> str:
        """The account's currency where the data says it."""
        frame = self.readings.get("ad_report")
        if frame is None or "currency" not in frame.columns:
            return otherwise
        known = metrics.within(frame, scope)["currency"].drop_nulls()
        return str(known[-1]) if len(known) else otherwise

    def name(self, column: str, ident: str) -> str:
        """What people call an object: its campaign_name, ad_name or segment name, made harmless; else its id."""
        table, key, named = _NAMED[column]
        frame = self.readings.get(table)
        if frame is None or named not in frame.columns:
            return wording.quote(ident, 60)
        found = frame.filter(pl.col(key) == ident)[named].drop_nulls()
        return wording.quote(str(found[-1]) if len(found) else ident, 60)

    def creative(self, platform: str | None, ad_id: str) -> dict[str, str]:
        """The creative's own words, short and harmless; empty where unknown."""
        frame = self.readings.get("creative")
        if frame is None:
            return {}
        found = metrics.within(frame, Scope(platform=platform, ad_id=ad_id))
        row: dict[str, object] = found.row(0, named=True) if len(found) else {}
        return {name: wording.quote(str(value), 80) for name, value in row.items() if isinstance(value, str) and value}


def ids(frame: pl.DataFrame, column: str) -> Iterable[str]:
    """The distinct ids in a column, in order."""
    return sorted(str(value) for value in frame[column].drop_nulls().unique().to_list())


_NAMED = {
    "campaign_id": ("ad_report", "campaign_id", "campaign_name"),
    "ad_id": ("ad_report", "ad_id", "ad_name"),
    "account_id": ("ad_report", "account_id", "account_name"),
    "segment_id": ("segment", "segment_id", "name"),
}
