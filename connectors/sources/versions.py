"""When each version of a row is seen. A reader as of day D sees, per key, the latest version known by D.

A row is seen from the day its version became known, never before its own day, and until the next version of the same
key takes its place. Without `known_on` a row is known on its own day; a row of a table without a day, always. A
creative is not seen before its launch. An experiment is seen from its start, and without `known_on` a finished one
only from its end, because its totals were not known earlier (an end still to come is a plan). The calendar is known in
advance.
"""

from datetime import date

import polars as pl

from connectors.sources.columns import KNOWN_ON
from domain.tables import Table

SEEN_FROM, SEEN_UNTIL, REPEATS = "seen_from", "seen_until", "repeats"
"""First day a version is seen; first day it no longer is; whether its key and `known_on` came up before."""

ALWAYS, NEVER = date(1, 1, 1), date(9999, 12, 31)

STARTS = {"creative": "launched_on", "experiment": "started_on"}
"""The day before which something undated does not exist yet."""


def with_versions(table: Table, typed: pl.LazyFrame, today: date) -> pl.LazyFrame:
    """Sort by day and key, say from when until when each row is the latest version, and mark repeated keys."""
    if KNOWN_ON not in typed.collect_schema().names():
        typed = typed.with_columns(pl.lit(None, pl.Date).alias(KNOWN_ON))
    key = [*table.key, *table.optional_key]
    ordered = typed.with_columns(_seen_from(table, today).alias(SEEN_FROM)).sort([*key, SEEN_FROM, KNOWN_ON])
    again = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(1)) for name in [*key, KNOWN_ON])
    follows = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift(-1)) for name in key)
    until = pl.when(follows).then(pl.col(SEEN_FROM).shift(-1)).otherwise(NEVER)
    frame = ordered.with_columns(until.alias(SEEN_UNTIL), again.alias(REPEATS))
    frame = frame.select(*table.columns, SEEN_FROM, SEEN_UNTIL, REPEATS)
    return frame.sort(table.day, maintain_order=True) if table.day and table.key[0] != table.day else frame


def _seen_from(table: Table, today: date) -> pl.Expr:
    known = pl.col(KNOWN_ON)
    if table.has_future:
        return known.fill_null(ALWAYS)
    own = starts = pl.col(day).fill_null(ALWAYS) if (day := table.day or STARTS.get(table.name)) else pl.lit(ALWAYS)
    if table.name == "experiment":
        ended = pl.when(pl.col("ended_on") < today).then(pl.col("ended_on"))
        own = pl.max_horizontal(starts, ended)
    return pl.max_horizontal(pl.coalesce(known, own), starts)


def as_of(table: Table, frame: pl.LazyFrame, day: date, first: date) -> pl.LazyFrame:
    """The rows dated from `first` on that a reader on `day` sees, in the contract's columns."""
    seen = (pl.col(SEEN_FROM) <= day) & (pl.col(SEEN_UNTIL) > day)
    if table.day:
        dated = pl.col(table.day) >= first
        seen = dated & seen if table.has_future else dated & (pl.col(table.day) <= day) & seen
    return frame.filter(seen).select(*table.columns)
