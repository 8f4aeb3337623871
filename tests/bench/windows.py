"""The last weeks of every object as a reader saw them on each day, all days at once.

What the baselines read. A row counts from the day it was known, in the version known that day, exactly as
`connectors.sources` reads a folder; nobody sees a conversion before it was reported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from connectors.sources.versions import SEEN_FROM, SEEN_UNTIL, with_versions
from domain.tables import TABLES

Cube = NDArray[np.float64]
"""Objects x days of reading x lags: [i, d, k] is object i on the day k days before d, as known on d. NaN: no row."""

SCOPE = ("platform", "account_id", "campaign_id", "ad_id", "segment_id")


@dataclass(frozen=True)
class Windows:
    """Objects of one kind with the sums of some columns."""

    scopes: tuple[dict[str, str | None], ...]
    """Where each object is: the five ids of a replay event, null where one does not apply."""
    first: date
    cubes: dict[str, Cube]

    def __getitem__(self, column: str) -> Cube:
        return self.cubes[column]

    def aligned(self, other: "Windows", column: str) -> Cube:
        """A column of `other`, for the objects of this one; NaN where `other` lacks the object."""
        place = {_key(scope): row for row, scope in enumerate(other.scopes)}
        rows = [place.get(_key(scope), -1) for scope in self.scopes]
        missing = np.full_like(other.cubes[column][:1], np.nan)
        return np.concatenate([other.cubes[column], missing])[rows]


def _key(scope: dict[str, str | None]) -> tuple[str | None, ...]:
    return scope["account_id"], scope["campaign_id"], scope["ad_id"], scope["segment_id"]


@dataclass(frozen=True)
class Tables:
    """A folder of the contract's tables, read for the days from `first` to `last`, each with `lags` days before it."""

    folder: Path
    first: date
    last: date
    lags: int

    def windows(
        self, table: str, by: Sequence[str], columns: Sequence[str], where: pl.Expr | None = None
    ) -> Windows | None:
        """Sums of `columns` per object and day; None where the folder has no such table.

        `by` may hold columns beyond the five ids (a retention horizon): each value is a series of its own.
        """
        path = self.folder / f"{table}.parquet"
        if not path.exists():
            return None
        stored = pl.scan_parquet(path)
        names = stored.collect_schema().names()
        absent = [name for name in TABLES[table].columns if name not in names]
        stored = stored.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
        rows = with_versions(TABLES[table], stored, self.last).filter(pl.lit(True) if where is None else where)
        return self._cubes(rows.collect(), by, columns)

    def _cubes(self, rows: pl.DataFrame, by: Sequence[str], columns: Sequence[str]) -> Windows:
        objects = rows.select(by).unique().sort(by).with_row_index("object")
        rows = rows.join(objects, on=list(by), how="left", nulls_equal=True)
        start = np.datetime64(self.first) - np.timedelta64(self.lags - 1, "D")
        day = _days(rows["date_day"], start)
        begins = np.clip(_days(rows[SEEN_FROM], start) - day, 0, self.lags)
        ends = np.clip(_days(rows[SEEN_UNTIL], start) - day, 0, self.lags)
        span = (self.last - self.first).days + self.lags
        inside = (day >= 0) & (day < span) & (ends > begins)
        at = rows["object"].to_numpy()[inside], day[inside]
        shape = objects.height, span, self.lags + 1
        there = _by_age(np.ones(int(inside.sum())), at, begins[inside], ends[inside], shape) > 0
        cubes = {}
        for column in columns:
            values = rows[column].cast(pl.Float64).fill_null(0).to_numpy()[inside]
            sums = _by_age(values, at, begins[inside], ends[inside], shape)
            cubes[column] = self._by_lag(np.where(there, sums, np.nan))
        scopes = tuple({name: row.get(name) for name in SCOPE} for row in objects.iter_rows(named=True))
        return Windows(scopes, self.first, cubes)

    def _by_lag(self, by_age: NDArray[np.float64]) -> Cube:
        """From [object, day, age] to [object, day of reading, lag]: on day d, the day k before it has age k."""
        reading, lag = self._places
        return by_age[:, reading - lag, lag]

    @cached_property
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        days = np.arange((self.last - self.first).days + 1)[:, None] + self.lags - 1
        return days, np.arange(self.lags)[None, :]


def _days(column: pl.Series, start: np.datetime64) -> NDArray[np.int64]:
    return (column.to_numpy().astype("datetime64[D]") - start).astype(np.int64)


def _by_age(
    values: NDArray[np.float64],
    at: tuple[NDArray[np.int64], NDArray[np.int64]],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    shape: tuple[int, int, int],
) -> NDArray[np.float64]:
    """Sums per [object, day, age in days]: a version counts from the age it was known at to the age it was replaced."""
    steps = np.zeros(shape)
    np.add.at(steps, (*at, begins), values)
    np.add.at(steps, (*at, ends), -values)
    return steps.cumsum(axis=-1)[:, :, :-1]
