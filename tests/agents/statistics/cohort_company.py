"""Three segments whose cohorts are kept as a curve says, read after 7, 30 and 90 days."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from agents.statistics.retention import Sbg
from domain.reading import Readings

TODAY = date(2026, 4, 30)
CURVE = Sbg(0.35, 1.2)
DAYS, AGES, SIZE = 105, (7, 30, 90), 400
REVENUE = 700.0
"""Of owned channels, a segment and day."""


def kept_after(age: float) -> float:
    return float(CURVE.kept(np.array([age]))[0])


def company(seed: int, fall: float = 0.0, days: int = 12) -> Readings:
    """Levels vary by 2 % from day to day; of the first segment fewer are kept since some days (log `fall`)."""
    rng = np.random.default_rng(seed)
    rows, mail = list[dict[str, object]](), list[dict[str, object]]()
    for segment in ("s1", "s2", "s3"):
        level = rng.normal(0, 0.02, DAYS)
        for at in range(DAYS):
            felt = fall if segment == "s1" and at >= DAYS - days else 0.0
            key = {"date_day": TODAY - timedelta(days=DAYS - 1 - at), "account_id": "a1", "segment_id": segment}
            mail.append({**key, "channel": "email", "delivered": 9000, "unique_opens": 3000, "unique_clicks": 230,
                         "unsubscribes": 9, "complaints": 0, "conversions": 10, "revenue": REVENUE})  # fmt: skip
            for age in AGES:
                kept = int(rng.binomial(SIZE, min(kept_after(float(age)) * np.exp(level[at] + felt), 1)))
                rows.append({**key, "horizon_days": age, "cohort_size": SIZE, "retained": kept})
    return Readings(TODAY, {"cohort_report": pl.DataFrame(rows), "lifecycle_report": pl.DataFrame(mail)})
