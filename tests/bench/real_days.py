"""Real and published day (or week) series beside the project, to judge forecasts of what comes by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

DATA = Path(__file__).parents[2].parent / "shared" / "data"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    """Some series on one calendar."""

    name: str
    values: Floats
    """[series, columns]"""
    usable: NDArray[np.bool_]
    weekday: NDArray[np.int64]
    horizons: tuple[int, ...]
    """Columns ahead that are judged, as the mean of a window."""


def geolift_cities() -> Series:
    """Conversions of 38 untreated cities (GeoLift_Test without Chicago and Portland)."""
    rows = pl.read_csv(DATA / "geolift/GeoLift_Test.csv", try_parse_dates=True)
    rows = rows.filter(~pl.col("location").is_in(["chicago", "portland"]))
    return _daily("GeoLift, conversions of 38 cities by day", rows, "location", "date", pl.col("Y").sum())


def exchange_costs() -> Series:
    """Daily means of the six NAB ad exchange series (CPC and CPM)."""
    files = sorted((DATA / "nab/data/realAdExchange").glob("*.csv"))
    rows = pl.concat(
        [
            pl.read_csv(file, try_parse_dates=True)
            .with_columns(pl.col("timestamp").dt.date().alias("day"), pl.lit(file.stem).alias("series"))
            .filter(pl.len().over("day") >= _WHOLE_DAY)
            for file in files
        ]
    )
    return _daily("NAB realAdExchange, daily mean CPC and CPM", rows, "series", "day", pl.col("value").mean())


_WHOLE_DAY = 20
"""Hours a day needs to count."""


def display_click_rates() -> Series:
    """Click-through rate by campaign and day of real display campaigns with more than 40 days and 200 clicks."""
    rows = (
        pl.read_csv(DATA / "binomialmix/adcampaign.csv", infer_schema_length=None, null_values=["NaN", "NA"])
        .drop_nulls(["impressions", "click"])
        .with_columns(pl.col("timestamp_ymd").str.to_date(), pl.col("id").cast(pl.String))
        .filter(pl.col("click").sum().over("id") > _LEAST_CLICKS)
        .filter(pl.col("timestamp_ymd").n_unique().over("id") >= _LEAST_DAYS)
        .filter(pl.col("impressions").sum().over("id", "timestamp_ymd") > _LEAST_SHOWN)
    )
    rate = pl.col("click").sum() / pl.col("impressions").sum()
    return _daily("binomialmix, CTR of display campaigns by day", rows, "id", "timestamp_ymd", rate)


_LEAST_CLICKS, _LEAST_DAYS, _LEAST_SHOWN = 200, 40, 500


def geo_weeks() -> Series:
    """Conversions of 40 regions by week (Meridian's simulated data)."""
    rows = pl.read_csv(DATA / "meridian/geo_all_channels.csv", try_parse_dates=True)
    return _weekly("Meridian, conversions of 40 regions by week (simulated)", rows, "geo", "time", "conversions")


def revenue_weeks() -> Series:
    """Weekly revenue (Robyn's simulated data)."""
    rows = pl.read_csv(DATA / "robyn/dt_simulated_weekly.csv", null_values=["na"], try_parse_dates=True)
    rows = rows.with_columns(pl.lit("all").alias("series"))
    return _weekly("Robyn, revenue by week (simulated)", rows, "series", "DATE", "revenue")


SETS: Mapping[str, Callable[[], Series]] = {
    "geolift": geolift_cities,
    "nab": exchange_costs,
    "binomialmix": display_click_rates,
    "meridian": geo_weeks,
    "robyn": revenue_weeks,
}


def _daily(name: str, rows: pl.DataFrame, series: str, day: str, value: pl.Expr) -> Series:
    wide = rows.group_by(series, day).agg(value.alias("value")).pivot(on=series, index=day, values="value")
    days = pl.DataFrame({day: pl.date_range(rows[day].min(), rows[day].max(), eager=True)})
    values = days.join(wide, on=day, how="left").sort(day).drop(day).to_numpy().T.astype(np.float64)
    weekday = days[day].dt.weekday().to_numpy().astype(np.int64) - 1
    return Series(name, values, np.isfinite(values), weekday, (1, 7, 14))


def _weekly(name: str, rows: pl.DataFrame, series: str, day: str, column: str) -> Series:
    wide = rows.pivot(on=series, index=day, values=column).sort(day).drop(day)
    values = wide.to_numpy().T.astype(np.float64)
    return Series(name, values, np.isfinite(values), np.zeros(values.shape[1], dtype=np.int64), (1, 4))
