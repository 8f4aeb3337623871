"""One file against the contract: accepted whole as typed rows with their versions, or refused with what to do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from connectors.sources.columns import KNOWN_ON, Column, Problem
from connectors.sources.missing import empty_column
from connectors.sources.versions import REPEATS, with_versions
from domain.errors import TableRefused
from domain.reading import Gap
from domain.tables import POLARS_TYPES, Table

SHOWN = 3
"""How many offending rows a refusal quotes."""


Keep = Callable[[pl.LazyFrame], pl.LazyFrame]
"""Computes a frame once and answers with the result: in memory, or on disk where it is large."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A table that keeps its contract: every contract column in its type, and the days each version was the latest."""

    rows: pl.LazyFrame
    """Sorted by day and key. Besides the contract columns: `versions.SEEN_FROM` and `versions.SEEN_UNTIL`."""
    gaps: tuple[Gap, ...]


def accept(table: Table, stored: pl.LazyFrame, *, from_text: bool, today: date, keep: Keep) -> Accepted:
    """Check all of a file before anything of it is used. Raises TableRefused."""
    schema = stored.collect_schema()
    columns = [Column(table, name, schema[name], from_text) for name in wanted(table) if name in schema.names()]
    _require_columns(table, {column.name for column in columns}, list(schema.names()))
    raw = stored.select(column.raw.alias(column.name) for column in columns)
    gaps = _check_values(table, raw, columns, today)
    typed = raw.with_columns(column.value for column in columns).with_columns(
        pl.lit(None).cast(POLARS_TYPES[kind]).alias(name)
        for name, kind in table.columns.items()
        if name not in schema.names()
    )
    rows = keep(with_versions(table, typed, today))
    _refuse_repeats(table, rows.filter(REPEATS))
    return Accepted(rows.drop(REPEATS), gaps)


def wanted(table: Table) -> list[str]:
    """The columns that are read of a file; all others are ignored."""
    return [*table.columns, KNOWN_ON]


def _require_columns(table: Table, present: set[str], stored: list[str]) -> None:
    optional = table.optional | set(table.optional_key)
    lacking = [name for name in table.columns if name not in present and name not in optional]
    if not lacking:
        return
    if len(stored) == 1 and (mark := next((sign for sign in ";\t|" if sign in stored[0]), None)):
        name = {";": "semicolons", "\t": "tabs", "|": "bars"}[mark]
        remedy = "Export the file with commas between columns and run again."
        raise TableRefused(table.name, None, f"the columns are separated by {name}, not commas", [], remedy)
    one = len(lacking) == 1
    problem = "the required column is missing" if one else f"required columns are missing: {', '.join(lacking)}"
    remedy = f"The file has {', '.join(stored[:30])}. Add {'it' if one else 'them'} to the export and run again."
    raise TableRefused(table.name, lacking[0] if one else None, problem, [], remedy)


def _check_values(table: Table, raw: pl.LazyFrame, columns: list[Column], today: date) -> tuple[Gap, ...]:
    """Refuse the first problem found; answer which required figures are not there at all."""
    problems = [problem for column in columns for problem in column.problems(today)]
    counted = raw.select(
        pl.len().alias("rows"),
        *(problem.mask.sum().alias(f"problem {place}") for place, problem in enumerate(problems)),
        *(pl.col(column.name).null_count().alias(f"empty {column.name}") for column in columns),
    ).collect()
    counts: dict[str, int] = counted.row(0, named=True)
    if not counts["rows"] and table.name == "ad_report":
        raise TableRefused(table.name, None, "the file has no rows", [], "Export at least one day and run again.")
    for place, problem in enumerate(problems):
        if count := counts[f"problem {place}"]:
            raise _refusal(table, raw, problem, count)
    for column in columns:
        if counts[f"empty {column.name}"] and not column.may_be_empty and not column.in_key:
            problem = column.emptiness()
            if count := raw.select(problem.mask.sum()).collect().item():
                raise _refusal(table, raw, problem, count)
    empty = [column for column in columns if column.is_measured and counts[f"empty {column.name}"]]
    return tuple(gap for column in empty for gap in _gap(column, raw))


def _gap(column: Column, raw: pl.LazyFrame) -> Iterator[Gap]:
    """The gap of a figure that is not there at all, or not for some of the accounts."""
    lacks = pl.col(column.name).is_null().all().alias("lacks")
    if not column.unit:
        without, units = ([""], 1) if raw.select(lacks).collect().item() else ([], 1)
    else:
        by_unit = raw.group_by(column.unit).agg(lacks).sort(column.unit).collect()
        without, units = by_unit.filter("lacks").select(_label(column.unit)).to_series().to_list(), by_unit.height
    if len(without) == units:
        yield empty_column(column.table.name, column.name)
    elif without:
        yield empty_column(column.table.name, column.name, ", ".join(_more(without[:SHOWN], len(without))))


def _refusal(table: Table, raw: pl.LazyFrame, problem: Problem, count: int) -> TableRefused:
    names = raw.collect_schema().names()
    key = [name for name in (*table.key, *table.optional_key) if name in names]
    labels = raw.filter(problem.mask).select(
        _label(key).alias("row"),
        _shown(problem.column).fill_null("empty").alias("was"),
    )
    shown = [f"{row}: {was}" for row, was in labels.head(SHOWN).collect().iter_rows()]
    return TableRefused(table.name, problem.column, problem.said(count), _more(shown, count), problem.remedy)


def _refuse_repeats(table: Table, repeats: pl.LazyFrame) -> None:
    """Refuse a key that names two rows (of one `known_on`): adding both up would count the same thing twice."""
    found = repeats.select(*table.key, *table.optional_key).collect()
    if found.is_empty():
        return
    key = [*table.key, *(name for name in table.optional_key if found[name].null_count() < found.height)]
    shown = found.head(SHOWN).select(_label(key)).to_series().to_list()
    count = found.height
    problem = f"{'1 row repeats' if count == 1 else f'{count:,} rows repeat'} a key ({', '.join(key)})"
    remedy = "Each key may appear once per known_on; remove the repeats, or add them up, and run again."
    raise TableRefused(table.name, None, problem, _more(shown, count), remedy)


def _label(key: list[str]) -> pl.Expr:
    """A row by its key: "2026-03-01 meta a1 c3 g1 ad9"."""
    return pl.concat_str([_shown(name).fill_null("–") for name in key], separator=" ")


def _shown(column: str) -> pl.Expr:
    """A value as a message may carry it: short, and without characters that steer a terminal."""
    return pl.col(column).cast(pl.String).str.replace_all(r"\p{C}", "?").str.slice(0, 40)


def _more(shown: list[str], count: int) -> list[str]:
    return [*shown, f"and {count - len(shown):,} more"] if count > len(shown) else shown
