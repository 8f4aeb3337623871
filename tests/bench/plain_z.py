"""What a plain binomial test would have fired on: today's click-through rate against the campaign's 14 days before."""

import numpy as np
import polars as pl

BASE_DAYS = 14
LEAST_CLICKS = 10
"""On the day itself; below, the normal approximation of the test is not to be trusted."""


def tested(ad_report: pl.DataFrame) -> pl.DataFrame:
    """The usable campaign-days and their z: columns campaign_id, date_day, z.

    Usable is a day with at least 10 clicks after at least 14 days of delivery.
    """
    counts = pl.col("clicks", "impressions").sum()
    days = ad_report.group_by("campaign_id", "date_day").agg(counts).filter(pl.col("impressions") > 0)
    before = pl.col("clicks", "impressions").rolling_sum(BASE_DAYS).shift(1).over("campaign_id").name.suffix("_before")
    found = days.sort("campaign_id", "date_day").with_columns(before)
    found = found.filter(pl.col("clicks") >= LEAST_CLICKS, pl.col("clicks_before") > 0)
    k, n, k0, n0 = (found[name].to_numpy() for name in ("clicks", "impressions", "clicks_before", "impressions_before"))
    pooled = (k + k0) / (n + n0)
    z = (k / n - k0 / n0) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / n0))
    return found.select("campaign_id", "date_day").with_columns(pl.Series("z", z))
