"""What a source returned: columnar tables, validated, as known on one day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from domain.errors import OutsideGrant

USUAL_ARRIVAL: Final = (0.82, 0.94, 0.985)
"""Share of a day's pixel conversions known after 0, 1 and 2 days, complete from then on, where a source's own versions
do not tell."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something a source does not have, said next to whatever it weakens."""

    table: str
    because: str
    """One clause: "no web_report, so tracking faults cannot be told from page faults"."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One table as known on `as_of`. Columns and types are those of `domain.tables.TABLES[table]`."""

    table: str
    as_of: date
    rows: pl.DataFrame
    gaps: tuple[Gap, ...] = ()
    """What the table is there without: a required column of which every row is empty, "no spend, so …"."""
    arrival: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    """Per account, the share of a day's conversions known after 0, 1, 2 … days, learnt from the versions known by
    `as_of`; complete from then on. Empty where there are none."""


@dataclass(frozen=True, slots=True)
class Readings:
    """The tables handed to one agent. Asking for a table outside the grant is an error, whatever the source holds."""

    as_of: date
    tables: Mapping[str, pl.DataFrame]
    gaps: tuple[Gap, ...] = ()
    grant: frozenset[str] | None = None
    """The tables the mandate allows; None for code that belongs to no agent (combine, planning, learning)."""
    arrival: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    """Per account, how the conversions of `ad_report` come in; an account that is not in it does as is usual."""
    cache: dict[str, object] = field(default_factory=dict[str, object], compare=False, repr=False)
    """Derived tables shared by the agents of one sweep, keyed by the function that made them."""

    def get(self, table: str) -> pl.DataFrame | None:
        """The rows of a table, or None where the source has no such table (a named gap)."""
        if self.grant is not None and table not in self.grant:
            raise OutsideGrant(table, sorted(self.grant))
        return self.tables.get(table)

    def granted(self, grant: frozenset[str]) -> "Readings":
        """The same day with only the granted tables inside: what is not handed over cannot be read."""
        tables = {name: rows for name, rows in self.tables.items() if name in grant}
        gaps = tuple(gap for gap in self.gaps if gap.table in grant)
        return Readings(self.as_of, tables, gaps, grant, self.arrival if "ad_report" in grant else {})
