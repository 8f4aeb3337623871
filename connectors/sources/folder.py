"""A folder of Parquet or CSV files as a source: one file per table of the contract."""

import asyncio
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Lock
from weakref import finalize

import polars as pl

from connectors.sources.arrivals import NOTHING_LEARNT, Arrivals, arrivals
from connectors.sources.contract import Accepted, accept, wanted
from connectors.sources.missing import missing_table
from connectors.sources.versions import as_of as seen_as_of
from domain.errors import SourceUnavailable, TableRefused
from domain.reading import Gap, Reading
from domain.tables import TABLES, Table

IN_MEMORY = 200_000_000
"""Bytes up to which a checked table is kept in memory; a larger one goes to a temporary file and is scanned lazily."""

_BYTES_PER_VALUE = 16
_REEXPORT = "Export it again and run again."
_DAMAGED = f"The file is damaged or cut off. {_REEXPORT}"
_REMEDIES = {
    "utf-8": "Save it as UTF-8 and run again.",
    "more fields": "A line has more fields than the header; put text that holds commas in quotes and run again.",
}


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What tells one version of a file from the next."""

    path: Path
    modified: int
    size: int


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: _Stamp
    accepted: Accepted
    arrivals: Arrivals | None


class FolderSource:
    """Tables from a folder of `<table>.parquet` or `<table>.csv` files, read as they were known on a day.

    A file is checked whole, once per version of it, before any of its rows is handed out. Whole-number ids and names
    in Parquet are read as text; whole numbers written as 1200.0 count as whole; a Datetime at midnight is a day.
    """

    def __init__(self, path: Path | str, *, today: Callable[[], date] = date.today, in_memory: int = IN_MEMORY) -> None:
        """`today` is the company's own: rows dated after it are refused. `in_memory` is in bytes per table."""
        self.path = Path(path)
        self._today = today
        self._in_memory = in_memory
        self._kept: dict[str, _Kept] = {}
        self._locks = {name: Lock() for name in TABLES}
        self._spilled: Path | None = None
        self._spills = 0

    async def read(self, table: str, as_of: date, days: int) -> Reading | Gap:
        """The rows of `table` dated after as_of - days and up to as_of, per key the latest version known on as_of.

        The calendar also carries future rows; tables without a day are not cut by `days`. A table the folder lacks
        comes back as a Gap. Raises TableRefused, SourceUnavailable.
        """
        return await asyncio.to_thread(self._read, TABLES[table], as_of, days)

    async def days(self) -> tuple[date, date]:
        """First and last day of `ad_report`. Raises TableRefused, SourceUnavailable."""
        return await asyncio.to_thread(self._days)

    async def check(self) -> tuple[Gap, ...]:
        """Check every file of the folder; answers with everything that is missing. Raises TableRefused."""
        return await asyncio.to_thread(self._check)

    def _read(self, table: Table, as_of: date, days: int) -> Reading | Gap:
        kept = self._current(table)
        if kept is None:
            return missing_table(table.name)
        accepted = kept.accepted
        first = as_of - timedelta(days=days - 1)
        try:
            rows = seen_as_of(table, accepted.rows, as_of, first).collect()
            arrival = kept.arrivals.as_of(as_of) if kept.arrivals else NOTHING_LEARNT
        except (pl.exceptions.PolarsError, OSError) as error:
            raise SourceUnavailable(table.name, _first_line(error)) from error
        return Reading(table.name, as_of, rows, accepted.gaps, arrival)

    def _days(self) -> tuple[date, date]:
        accepted = self._accepted(TABLES["ad_report"])
        assert accepted is not None, "a missing ad_report is refused"
        day = pl.col("date_day")
        return accepted.rows.select(day.min().alias("first"), day.max().alias("last")).collect().row(0)

    def _check(self) -> tuple[Gap, ...]:
        gaps: list[Gap] = []
        for table in TABLES.values():
            accepted = self._accepted(table)
            gaps += accepted.gaps if accepted else (missing_table(table.name),)
        return tuple(gaps)

    def _accepted(self, table: Table) -> Accepted | None:
        kept = self._current(table)
        return kept.accepted if kept else None

    def _current(self, table: Table) -> _Kept | None:
        """The table as last checked, checked anew when its file has changed; None where there is no file."""
        with self._locks[table.name]:
            stamp = self._find(table)
            if stamp is None:
                self._kept.pop(table.name, None)
                return None
            kept = self._kept.get(table.name)
            if kept is None or kept.stamp != stamp:
                accepted = self._load(table, stamp)
                kept = _Kept(stamp, accepted, arrivals(accepted.rows) if table.name == "ad_report" else None)
                self._kept[table.name] = kept
            return kept

    def _find(self, table: Table) -> _Stamp | None:
        if not self.path.is_dir():
            raise SourceUnavailable(f"The folder {self.path}", "it does not exist or is not a folder.")
        paths = [path for kind in ("parquet", "csv") if (path := self.path / f"{table.name}.{kind}").exists()]
        if len(paths) > 1:
            problem = f"both {table.name}.parquet and {table.name}.csv are in the folder"
            raise TableRefused(table.name, None, problem, [], "Remove the one that is out of date and run again.")
        if not paths and table.name == "ad_report":
            problem = "the folder has neither ad_report.parquet nor ad_report.csv"
            raise TableRefused(
                table.name, None, problem, [], "Export this table, the only required one, and run again."
            )
        if not paths:
            return None
        state = paths[0].stat()
        return _Stamp(paths[0], state.st_mtime_ns, state.st_size)

    def _load(self, table: Table, stamp: _Stamp) -> Accepted:
        name, from_text = stamp.path.name, stamp.path.suffix == ".csv"
        if not stamp.size:
            raise TableRefused(table.name, None, f"{name} is empty", [], _REEXPORT)
        try:
            stored, large = self._scan(table, stamp.path, from_text=from_text)
            keep = self._spill if large else _collect
            return accept(table, stored, from_text=from_text, today=self._today(), keep=keep)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            reason = _first_line(error)
            remedy = next((say for sign, say in _REMEDIES.items() if sign in reason), _DAMAGED)
            raise TableRefused(table.name, None, f"{name} cannot be read ({reason})", [], remedy) from error

    def _scan(self, table: Table, path: Path, *, from_text: bool) -> tuple[pl.LazyFrame, bool]:
        """The file as a lazy frame, and whether it is too large for memory.

        A file that fits is taken in one gulp, so that a file rewritten meanwhile can never be half old and half new.
        """
        if from_text:
            large = path.stat().st_size > self._in_memory
        else:
            count = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
            large = count * len(table.columns) * _BYTES_PER_VALUE > self._in_memory
        file = path if large else io.BytesIO(path.read_bytes())
        scan = pl.scan_csv(file, infer_schema=False, glob=False) if from_text else pl.scan_parquet(file, glob=False)
        if large:
            return scan, True
        names = scan.collect_schema().names()
        contract = [column for column in wanted(table) if column in names]
        return (scan.select(contract or names).collect().lazy() if contract else scan), False

    def _spill(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Write a large checked table to a temporary file sorted by day, which reads skip through by its statistics."""
        if self._spilled is None:
            self._spilled = Path(mkdtemp(prefix="baton-"))
            finalize(self, rmtree, self._spilled, ignore_errors=True)
        self._spills += 1
        path = self._spilled / f"{self._spills}.parquet"
        frame.sink_parquet(path, row_group_size=50_000)
        return pl.scan_parquet(path, glob=False)


def _collect(frame: pl.LazyFrame) -> pl.LazyFrame:
    return frame.collect().lazy()


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200].removesuffix(".")
