"""What a plain binomial test would have fired on: today's click-through rate against the two weeks before."""

from datetime import date

import numpy as np
import polars as pl

BASE_DAYS = 14
LEAST_DAYS, LEAST_CLICKS = 22, 200
"""A campaign counts when it ran this many days and had this many clicks on the day and its base together."""


def share_fired(ad_report: pl.DataFrame, limit: float = 3.0) -> tuple[int, int]:
    """Campaign-days with |z| above `limit`, and campaign-days that could be tested."""
    days = (
        ad_report.group_by("campaign_id", "date_day")
        .agg(pl.col("clicks").sum(), pl.col("impressions").sum())
        .sort("campaign_id", "date_day")
    )
    fired = tested = 0
    for _, one in days.group_by("campaign_id", maintain_order=True):
        if one.height < LEAST_DAYS or one["clicks"].sum() < LEAST_CLICKS:
            continue
        day = np.array([(d - date(2000, 1, 1)).days for d in one["date_day"]])
        clicks, shown = one["clicks"].to_numpy().astype(float), one["impressions"].to_numpy().astype(float)
        for place in range(len(day)):
            base = (day < day[place]) & (day >= day[place] - BASE_DAYS)
            if base.sum() < BASE_DAYS or shown[place] == 0 or clicks[base].sum() == 0:
                continue
            pooled = (clicks[base].sum() + clicks[place]) / (shown[base].sum() + shown[place])
            spread = np.sqrt(pooled * (1 - pooled) * (1 / shown[base].sum() + 1 / shown[place]))
            z = (clicks[place] / shown[place] - clicks[base].sum() / shown[base].sum()) / spread
            tested += 1
            fired += bool(abs(z) > limit)
    return fired, tested
