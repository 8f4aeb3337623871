"""CDNOW: who came back. 2,357 customers who first bought in early 1997, watched until the end of September."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from agents.statistics.retention import bg_nbd
from real_data.converted import Converted, unknown

LAST_DAY = date(1997, 9, 30)
"""The end of the observation; `T` counts the weeks back to a customer's first purchase."""
WATCHED_WEEKS = 39
"""From the first of January to the end: as long again is looked ahead."""
HORIZONS = (28, 56, 84, 112, 140, 168)
"""Days after the first purchase."""


def convert(source: Path) -> Converted:
    """Weekly cohorts. Retained at a horizon: the last purchase came that many days after the first, or later."""
    summary = pl.read_csv(source / "cdnow_customers_summary.csv")
    customers = summary.select(
        (pl.lit(LAST_DAY) - pl.duration(days=(pl.col("T") * 7).round())).dt.truncate("1w").alias("joined"),
        (pl.col("recency") * 7).round().alias("bought_until"),
    )
    cohorts = pl.concat(
        customers.group_by("joined")
        .agg(pl.len().cast(pl.Int64).alias("cohort_size"), (pl.col("bought_until") >= days).sum().alias("retained"))
        .select(
            (pl.col("joined") + timedelta(days=6 + days)).alias("date_day"),
            pl.lit("cdnow").alias("account_id"),
            pl.lit("first-buyers").alias("segment_id"),
            pl.lit(days, pl.Int64).alias("horizon_days"),
            "cohort_size",
            pl.col("retained").cast(pl.Int64),
            pl.lit(LAST_DAY).alias("known_on"),
        )
        .filter(pl.col("date_day") <= LAST_DAY)
        for days in HORIZONS
    ).sort("date_day", "horizon_days")
    days = pl.concat([cohorts["date_day"], pl.Series([LAST_DAY])]).unique().sort().alias("date_day")
    nothing = days.to_frame().select(
        "date_day",
        *(pl.lit("none").alias(name) for name in ("platform", "campaign_id", "ad_group_id", "ad_id")),
        pl.lit("cdnow").alias("account_id"),
        *unknown("clicks", "impressions", "spend", "conversions", "conversions_value"),
    )
    segment = pl.DataFrame({"segment_id": ["first-buyers"], "name": ["First-time buyers"], "kind": ["lifecycle"]})
    return Converted(
        {"ad_report": nothing, "cohort_report": cohorts, "segment": segment},
        (
            "CDNOW has no ads: ad_report only says on which days there are cohorts, all its figures are empty.",
            "Only the last purchase of a customer is known, so who was retained is known on the last day, "
            f"{LAST_DAY}: read as of an earlier day there are no cohorts.",
            "Later cohorts were watched for fewer weeks after each horizon and so look a little less loyal than they "
            "are.",
            *_next_purchases(summary),
        ),
    )


def _next_purchases(summary: pl.DataFrame) -> tuple[str, ...]:
    """What BG/NBD expects of these customers, which no table of cohorts can say."""
    repeats, last, age = (summary[name].cast(pl.Float64).to_numpy() for name in ("frequency", "recency", "T"))
    model = bg_nbd(repeats, last, age, np.ones(summary.height))
    if model is None:
        return ()
    bought = model.expected_next(WATCHED_WEEKS, repeats, last, age).sum()
    alive = model.alive(repeats, last, age).mean()
    return (
        f"By BG/NBD, {alive:.0%} of the {summary.height:,} customers have not stopped buying; they are expected to "
        f"make {bought:,.0f} further purchases in the next {WATCHED_WEEKS} weeks.",
    )
