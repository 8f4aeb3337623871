"""Meridian's simulated media data: 20 regions by week, four channels, reach and frequency for one of them."""

from datetime import timedelta
from pathlib import Path

import polars as pl

from real_data.converted import Converted, unknown

CHANNELS = 4
WITH_REACH = 3
WEEK_END = timedelta(days=6)


def convert(source: Path) -> Converted:
    """Regions as accounts, channels as platforms with one campaign each; a week is dated on its last day."""
    weeks = pl.read_csv(source / "geo_media_rf.csv", try_parse_dates=True)
    ids = (pl.col("time") + WEEK_END).alias("date_day"), pl.col("geo").alias("account_id")
    ads = pl.concat(
        weeks.select(
            *ids,
            *named(channel),
            pl.lit("all").alias("ad_group_id"),
            pl.lit(f"channel{channel}").alias("ad_id"),
            *unknown("clicks"),
            pl.col(f"Channel{channel}_impression").round().cast(pl.Int64).alias("impressions"),
            pl.col(f"Channel{channel}_spend").alias("spend"),
            *unknown("conversions", "conversions_value"),
        )
        for channel in range(CHANNELS)
    )
    delivery = weeks.select(
        *ids,
        *named(WITH_REACH),
        pl.col(f"Channel{WITH_REACH}_reach").round().cast(pl.Int64).alias("reach"),
        pl.col(f"Channel{WITH_REACH}_frequency").alias("frequency"),
    )
    web = weeks.select(
        *ids,
        pl.lit("all").alias("campaign_id"),
        *unknown("sessions"),
        pl.col("conversions").round().cast(pl.Int64).alias("orders"),
        (pl.col("conversions") * pl.col("revenue_per_conversion")).alias("revenue"),
    )
    return Converted(
        {"ad_report": ads, "ad_delivery": delivery, "web_report": web},
        (
            "A week is one row, dated on its last day, when all of it is known: days between have no rows.",
            "Conversions are known per region, not per channel: they are orders of the region (campaign all).",
            "Competitor and sentiment scores are standardised figures without a unit and are not carried over.",
        ),
    )


def named(channel: int) -> tuple[pl.Expr, pl.Expr]:
    """A channel as platform and campaign."""
    name = f"channel{channel}"
    return pl.lit(name).alias("platform"), pl.lit(name).alias("campaign_id")
