"""GeoLift's example: daily conversions of 40 cities over 105 days, two of them treated in the last fifteen."""

from pathlib import Path

import polars as pl

from real_data.converted import Converted, unknown


def convert(source: Path) -> Converted:
    """Cities as campaigns of one account, with conversions and nothing else."""
    cities = pl.read_csv(source / "GeoLift_Test.csv", try_parse_dates=True)
    days = cities.select(
        pl.col("date").alias("date_day"),
        pl.lit("geo").alias("platform"),
        pl.lit("geolift").alias("account_id"),
        pl.col("location").str.replace_all(" ", "-").alias("campaign_id"),
        pl.lit("all").alias("ad_group_id"),
        pl.col("location").str.replace_all(" ", "-").alias("ad_id"),
        pl.col("location").str.to_titlecase().alias("campaign_name"),
        *unknown("clicks", "impressions", "spend"),
        pl.col("Y").cast(pl.Float64).alias("conversions"),
        *unknown("conversions_value"),
    )
    return Converted(
        {"ad_report": days},
        (
            "Each city stands as one campaign. Clicks, impressions, spend and value are not in the data: left empty.",
            "The pre-test file repeats the first 90 days of the test file and is not read.",
        ),
    )
