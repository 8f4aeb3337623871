"""Robyn's simulated weekly data: four years of spend in five channels, revenue, and what competitors sold."""

from datetime import timedelta
from pathlib import Path

import polars as pl

from real_data.converted import Converted, unknown

SPEND = {"tv": "tv_S", "ooh": "ooh_S", "print": "print_S", "search": "search_S", "facebook": "facebook_S"}
IMPRESSIONS = {"facebook": "facebook_I"}
CLICKS = {"search": "search_clicks_P"}
WEEK_END = timedelta(days=6)


def convert(source: Path) -> Converted:
    """Channels as platforms with one campaign each; a week is dated on its last day."""
    weeks = pl.read_csv(source / "dt_simulated_weekly.csv", try_parse_dates=True)
    day, account = (pl.col("DATE") + WEEK_END).alias("date_day"), pl.lit("robyn").alias("account_id")
    ads = pl.concat(
        weeks.select(
            day,
            pl.lit(channel).alias("platform"),
            account,
            pl.lit(channel).alias("campaign_id"),
            pl.lit("all").alias("ad_group_id"),
            pl.lit(channel).alias("ad_id"),
            counted(CLICKS.get(channel), "clicks"),
            counted(IMPRESSIONS.get(channel), "impressions"),
            pl.col(spend).cast(pl.Float64).alias("spend"),
            *unknown("conversions", "conversions_value"),
        )
        for channel, spend in SPEND.items()
    )
    all_campaigns = pl.lit("all").alias("campaign_id")
    web = weeks.select(day, account, all_campaigns, *unknown("sessions", "orders"), "revenue")
    market = weeks.select(
        pl.format("competitor-sales-{}", "DATE").alias("observation_id"),
        day,
        pl.lit("category_trend").alias("kind"),
        pl.lit("competitors").alias("entity"),
        pl.lit("What competitors sold this week").alias("text"),
        pl.col("competitor_sales_B").cast(pl.Float64).alias("value"),
    )
    events = weeks.filter(pl.col("events") != "na").select(
        day, account, pl.lit("promo").alias("kind"), pl.col("events").alias("name")
    )
    return Converted(
        {"ad_report": ads, "web_report": web, "market": market, "calendar": events},
        (
            "A week is one row, dated on its last day, when all of it is known: days between have no rows.",
            "Impressions are known for Facebook only and clicks for search only; the other channels leave them empty.",
            "Facebook impressions and search clicks are simulated with fractions and are rounded to whole numbers.",
            "Revenue is known for the company, not per channel: it is the revenue of campaign all, without orders.",
            "The two named events are entered as promotions; what they were is not known.",
            "The newsletter's volume is not carried over: what it counts is not known.",
        ),
    )


def counted(column: str | None, name: str) -> pl.Expr:
    """A count that only one channel reports."""
    return (pl.col(column).round().cast(pl.Int64) if column else pl.lit(None, pl.Int64)).alias(name)
