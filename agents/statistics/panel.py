"""Long tables as dense arrays: one row per series, one column per day, so that every test runs over all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from agents.statistics.arrays import Flags, Floats, Ints, group_sums


@dataclass(frozen=True, slots=True)
class Panel:
    """Daily sums of several columns for the same series. Days run from `first_day` to the day of the sweep."""

    keys: pl.DataFrame
    """One row per series; a missing id is an empty text."""
    first_day: date
    values: Mapping[str, Floats]
    """[series, days], 0 where there is no row."""
    present: Flags
    """[series, days]: whether the source has a row."""
    known: frozenset[str]
    """Columns with at least one number in them; the others are all zeros because the source has none."""

    @property
    def size(self) -> int:
        """How many series."""
        return self.keys.height

    @property
    def days(self) -> int:
        """How many days."""
        return self.present.shape[1]

    def day(self, index: int) -> date:
        """The calendar day of a column."""
        return self.first_day + timedelta(days=int(index))

    def codes(self, columns: Sequence[str]) -> tuple[Ints, pl.DataFrame]:
        """A group number for every series, and the key of every group."""
        return codes_of(self.keys, columns)

    def over(self, columns: Sequence[str]) -> "Panel":
        """The same sums over a coarser key."""
        codes, keys = self.codes(columns)
        values = {name: group_sums(array, codes, keys.height) for name, array in self.values.items()}
        present = group_sums(self.present.astype(np.float64), codes, keys.height) > 0
        return Panel(keys, self.first_day, values, present, self.known)


def codes_of(keys: pl.DataFrame, columns: Sequence[str]) -> tuple[Ints, pl.DataFrame]:
    """A group number for every row, and the sorted distinct keys those numbers index."""
    if keys.height > _FEW:
        groups = keys.select(columns).unique().sort(columns).with_row_index("_code")
        codes = keys.select(columns).join(groups, on=list(columns), how="left", maintain_order="left")["_code"]
        return codes.to_numpy().astype(np.int64), groups.drop("_code")
    rows = _rows(keys, columns)
    distinct = sorted(set(rows))
    number = {row: at for at, row in enumerate(distinct)}
    table = {name: [row[at] for row in distinct] for at, name in enumerate(columns)}
    frame = pl.DataFrame(table, schema=dict.fromkeys(columns, pl.String))
    return np.fromiter((number[row] for row in rows), dtype=np.int64, count=len(rows)), frame


_FEW = 3000
"""Rows up to which a plain dictionary is faster than starting polars' engine."""


def _rows(keys: pl.DataFrame, columns: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(keys[name].to_list() for name in columns), strict=True))


def panel(rows: pl.DataFrame, key: Sequence[str], sums: Sequence[str], last_day: date, days: int) -> Panel:
    """Daily sums per key over the `days` days that end on `last_day`. Nulls and NaN count as nothing."""
    first = last_day - timedelta(days=days - 1)
    rows = rows.filter(pl.col("date_day").is_between(first, last_day))
    key = list(key)
    have = [name for name in sums if name in rows.columns]
    frame = rows.select(
        [
            (pl.col(name).cast(pl.String).fill_null("") if name in rows.columns else pl.lit("").alias(name))
            for name in key
        ]
        + [(pl.col("date_day") - pl.lit(first)).dt.total_days().alias("_day")]
        + [pl.col(name).cast(pl.Float64).fill_nan(None) for name in have]
    )
    codes, keys = codes_of(frame, key)
    size = keys.height
    cells = codes * days + frame["_day"].to_numpy().astype(np.int64)
    values: dict[str, Floats] = {name: np.zeros((size, days)) for name in sums}
    known: set[str] = set()
    for name in have:
        column = frame[name]
        if column.null_count() < len(column):
            known.add(name)
            numbers = np.clip(column.fill_null(0.0).to_numpy(), 0.0, 1e15)
            values[name] = (
                np.bincount(cells, weights=numbers, minlength=size * days).reshape(size, days).astype(np.float64)
            )
    present = np.bincount(cells, minlength=size * days).reshape(size, days) > 0
    return Panel(keys, first, values, present, frozenset(known))


def aligned(source: Panel, target: pl.DataFrame, on: Sequence[str], name: str) -> tuple[Floats, Flags]:
    """One column of `source` in the row order of `target` keys, and where the source has a row."""
    number = {row: at for at, row in enumerate(_rows(source.keys, on))}
    places = [number.get(row, -1) for row in _rows(target, on)]
    at = np.array(places, dtype=np.int64)
    found, at = at >= 0, np.maximum(at, 0)
    if not source.size:
        shape = (target.height, source.days)
        return np.zeros(shape), np.zeros(shape, dtype=bool)
    return source.values[name][at] * found[:, None], source.present[at] & found[:, None]
