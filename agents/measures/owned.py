"""What people do on owned channels, and who comes back."""

from typing import Final

import polars as pl

from agents.derivation import derived
from agents.measures.measure import Measure, blended, ordinary_days, table_panel
from agents.statistics.arrays import group_sums
from agents.statistics.moves import moves
from agents.statistics.panel import codes_of, panel
from agents.thresholds import HISTORY_DAYS
from domain.reading import Readings

OWNED: Final = ("account_id", "segment_id", "channel")
OWNED_SEGMENT: Final = ("account_id", "segment_id")


def engagement(readings: Readings, name: str = "click_rate") -> Measure:
    """Unique clicks (or unsubscribes) per delivered message of every segment, against the account's other segments."""

    def make() -> Measure:
        counted = "unique_clicks" if name == "click_rate" else "unsubscribes"
        source = table_panel(readings, "lifecycle_report", OWNED, ("delivered", counted))
        codes, keys = source.codes(OWNED_SEGMENT)
        top, bottom = blended(source.values[counted], source.values["delivered"], codes, keys.height)
        accounts, _ = codes_of(keys, ("account_id",))
        found = moves(
            top,
            bottom,
            ordinary_days(readings, keys["account_id"]),
            groups=accounts,
            min_peers=1,
            weekday=source.first_day.weekday(),
            stale_days=7,
            adverse=-1 if name == "click_rate" else 1,
        )
        sent = group_sums(source.values["delivered"], codes, keys.height)
        return Measure(name, "lifecycle_report", keys, source.first_day, found, top, sent)

    return derived(readings, ("lifecycle_report", "calendar"), f"engagement {name}", make)


def retention(readings: Readings) -> Measure:
    """Share of a cohort still active, of every segment over all horizons, against the account's other segments."""

    def make() -> Measure:
        rows = readings.get("cohort_report")
        if rows is not None:
            rows = rows.with_columns(pl.col("horizon_days").cast(pl.String))
            readings_rows = rows
        else:
            readings_rows = pl.DataFrame(
                schema={
                    "date_day": pl.Date,
                    "account_id": pl.String,
                    "segment_id": pl.String,
                    "horizon_days": pl.String,
                }
            )
        key = (*OWNED_SEGMENT, "horizon_days")
        source = panel(readings_rows, key, ("cohort_size", "retained"), readings.as_of, HISTORY_DAYS)
        codes, keys = source.codes(OWNED_SEGMENT)
        retained, size = source.values["retained"], source.values["cohort_size"]
        top, bottom = blended(retained, size, codes, keys.height)
        accounts, _ = codes_of(keys, ("account_id",))
        found = moves(
            top, bottom, bottom > 0, groups=accounts, min_peers=1, weekday=source.first_day.weekday(), stale_days=14
        )
        whole = group_sums(size, codes, keys.height)
        return Measure("retention", "cohort_report", keys, source.first_day, found, top, whole)

    return derived(readings, ("cohort_report",), "retention", make)
