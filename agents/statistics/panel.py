"""Long tables as dense arrays: one row per series, one column per day, so that every test runs over all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
    _coded: dict[tuple[str, ...], tuple[Ints, pl.DataFrame]] = field(
        default_factory=dict[tuple[str, ...], tuple[Ints, pl.DataFrame]], compare=False, repr=False
    )

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
        wanted = tuple(columns)
        if wanted not in self._coded:
            self._coded[wanted] = codes_of(self.keys, columns)
        return self._coded[wanted]

    def over(self, columns: Sequence[str]) -> "Panel":
        """The same sums over a coarser key."""
        codes, keys = self.codes(columns)
        values = {name: group_sums(array, codes, keys.height) for name, array in self.values.items()}
        present = group_sums(self.present.astype(np.float64), codes, keys.height) > 0
        return Panel(keys, self.first_day, values, present, self.known)


def codes_of(keys: pl.DataFrame, columns: Sequence[str]) -> tuple[Ints, pl.DataFrame]:
    """A group number for every row, and the sorted distinct keys those numbers index."""
    if keys.height > _FEW:
        return _codes_of_many(keys, columns)
    rows = _rows(keys, columns)
    example = {row: at for at, row in enumerate(rows)}
    distinct = sorted(example)
    number = {row: at for at, row in enumerate(distinct)}
    codes = np.fromiter((number[row] for row in rows), dtype=np.int64, count=len(rows))
    return codes, _picked(keys, columns, [example[row] for row in distinct])


_FEW = 3000
"""Rows up to which a plain dictionary is faster than numbering each column first."""


_TABLE = 1 << 23
"""Combinations of ids up to which a table of all of them is quicker than sorting those that occur; 8 MB."""


def _codes_of_many(keys: pl.DataFrame, columns: Sequence[str]) -> tuple[Ints, pl.DataFrame]:
    """Number each column's texts, then the combinations that occur; only the distinct ones are sorted as texts."""
    code, known = np.zeros(keys.height, dtype=np.int64), 1
    for numbers in _numbered(keys, columns):
        number = numbers - numbers.min()
        size = int(number.max()) + 1
        if size == 1:
            continue
        if known > _TABLE // size:
            number, size = _dense(number, size)
            code, known = _dense(code, known)
        code = number if known == 1 else code * size + number
        known *= size
    inverse, distinct = _dense(code, known)
    example = np.empty(distinct, dtype=np.int64)
    example[inverse] = np.arange(keys.height)
    found = _picked(keys, columns, example)
    rows = _rows(found, columns)
    order = sorted(range(len(rows)), key=rows.__getitem__)
    place = np.empty(len(rows), dtype=np.int64)
    place[order] = np.arange(len(rows))
    return place[inverse], _picked(found, columns, order)


def _numbered(keys: pl.DataFrame, columns: Sequence[str]) -> list[Ints]:
    # in one go: starting polars' engine costs more than numbering a column does
    numbered = keys.select(pl.col(list(columns)).cast(pl.Categorical).to_physical())
    return [numbered[name].to_numpy().astype(np.int64) for name in columns]


def _dense(code: Ints, size: int) -> tuple[Ints, int]:
    """The same numbers without holes, in the same order, and how many different ones there are."""
    if size > _TABLE:
        distinct, inverse = np.unique(code, return_inverse=True)
        return inverse.astype(np.int64), len(distinct)
    place = np.zeros(size, dtype=np.int64)
    place[code] = 1
    np.cumsum(place, out=place)
    return place[code] - 1, int(place[-1])


def _picked(keys: pl.DataFrame, columns: Sequence[str], rows: Sequence[int] | Ints) -> pl.DataFrame:
    """Some rows of some columns; column by column, which needs no start of polars' engine."""
    at = np.asarray(rows, dtype=np.int64)
    return pl.DataFrame([keys[name][at] for name in columns])


def _rows(keys: pl.DataFrame, columns: Sequence[str]) -> list[tuple[str, ...]]:
    return list(zip(*(keys[name].to_list() for name in columns), strict=True))


_MOST = 1e15
"""Larger sums than any company has; beyond, it is a fault in the data."""


def panel(rows: pl.DataFrame, key: Sequence[str], sums: Sequence[str], last_day: date, days: int) -> Panel:
    """Daily sums per key over the `days` days that end on `last_day`. Nulls and NaN count as nothing."""
    first = last_day - timedelta(days=days - 1)
    if rows["date_day"].null_count():
        rows = rows.drop_nulls("date_day")
    day = rows["date_day"].cast(pl.Date).cast(pl.Int32).to_numpy().astype(np.int64) - (first - date(1970, 1, 1)).days
    inside = (day >= 0) & (day < days)
    if not inside.all():
        rows, day = rows[np.flatnonzero(inside)], day[inside]
    key = list(key)
    have = [name for name in sums if name in rows.columns]
    frame = pl.DataFrame({name: _texts(rows, name) for name in key})
    codes, keys = codes_of(frame, key)
    size = keys.height
    cells = codes * days + day
    values: dict[str, Floats] = {name: np.zeros((size, days)) for name in sums}
    known: set[str] = set()
    present = np.zeros(size * days, dtype=bool)
    present[cells] = True
    once = int(np.count_nonzero(present)) == len(cells)
    for name in have:
        column = rows[name].cast(pl.Float64).to_numpy()
        if not (column.min(initial=0.0) >= 0.0 and column.max(initial=0.0) <= _MOST):  # or not a number
            missing = np.isnan(column)
            if missing.all():
                continue
            column = np.clip(np.where(missing, 0.0, column), 0.0, _MOST)
        if len(column):
            known.add(name)
        if once:
            values[name].reshape(-1)[cells] = column
        else:
            sums_of = np.bincount(cells, weights=column, minlength=size * days)
            values[name] = sums_of.reshape(size, days).astype(np.float64, copy=False)
    return Panel(keys, first, values, present.reshape(size, days), frozenset(known))


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


def _texts(rows: pl.DataFrame, name: str) -> pl.Series:
    """One key column as texts; what is missing is empty."""
    if name not in rows.columns:
        return pl.Series(name, [""], dtype=pl.String).new_from_index(0, rows.height)
    column = rows[name].cast(pl.String)
    return column.fill_null("") if column.null_count() else column
