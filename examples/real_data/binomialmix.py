"""80 real display campaigns (R package binomialMix): impressions and clicks by 4-hour slot, in apps and on sites."""

from pathlib import Path

import polars as pl

from real_data.converted import Converted, unknown


def convert(source: Path) -> Converted:
    """Campaigns by day; app and site stand as the ad groups, with one ad each, because no ads are named."""
    cells = pl.read_csv(source / "adcampaign.csv", null_values=["NaN", "NA"], try_parse_dates=True)
    known = cells.drop_nulls(["impressions", "click"])
    ids = [
        pl.lit("display").alias("platform"),
        pl.lit("tabmo").alias("account_id"),
        pl.col("id").cast(pl.String).alias("campaign_id"),
        pl.col("app_or_site").alias("ad_group_id"),
        pl.format("{}-{}", "id", "app_or_site").alias("ad_id"),
    ]
    days = (
        known.group_by(pl.col("timestamp_ymd").alias("date_day"), *ids, maintain_order=True)
        .agg(
            pl.format("Campaign {}", pl.col("id").first()).alias("campaign_name"),
            pl.col("click").sum().cast(pl.Int64).alias("clicks"),
            pl.col("impressions").sum().cast(pl.Int64),
        )
        .with_columns(unknown("spend", "conversions", "conversions_value"))
    )
    return Converted(
        {"ad_report": days},
        (
            f"{cells.height - known.height:,} of {cells.height:,} cells dropped: impressions or clicks not known.",
            f"{known.height:,} cells of 4 hours added up to {days.height:,} rows of a day; cells that repeat a "
            "campaign, slot and placement are separate deliveries of it and are added up too.",
            "Spend and conversions are not in the data and are left empty, so only click-through rate can be watched.",
            "The data name no ads: each campaign has one per placement (app, site).",
        ),
    )
