"""Tables read for one day, with what is missing named."""

import asyncio
from collections.abc import Mapping
from datetime import date

from domain.errors import SourceUnavailable, TableRefused
from domain.ports import Source
from domain.reading import Gap, Reading, Readings

REQUIRED = "ad_report"


async def collect(source: Source, needs: Mapping[str, int], as_of: date) -> Readings:
    """Read every table anyone needs. A missing or refused one becomes a gap; the required one must be there."""
    read = await asyncio.gather(*(_read(source, table, as_of, days) for table, days in needs.items()))
    tables = {one.table: one.rows for one in read if isinstance(one, Reading)}
    return Readings(as_of, tables, tuple(one for one in read if isinstance(one, Gap)))


def described(readings: Readings) -> tuple[str, ...]:
    """One line per table: "ad_report: up to 14 March, 2,304 rows"."""
    lines: list[str] = []
    for name, rows in sorted(readings.tables.items()):
        newest = rows["date_day"].max() if "date_day" in rows.columns and rows.height else None
        until = f"up to {newest.day} {newest:%B}, " if isinstance(newest, date) and name != "calendar" else ""
        lines.append(f"{name}: {until}{rows.height:,} row{'' if rows.height == 1 else 's'}")
    return tuple(lines)


async def _read(source: Source, table: str, as_of: date, days: int) -> Reading | Gap:
    try:
        return await source.read(table, as_of, days)
    except (SourceUnavailable, TableRefused) as error:
        if table == REQUIRED:
            raise
        return Gap(table, str(error))
