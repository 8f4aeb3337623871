"""Tables read for one day, with what is missing named."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta

import polars as pl

from domain.errors import SourceUnavailable, TableRefused
from domain.ports import Source
from domain.reading import Gap, Reading, Readings
from domain.standing import CalendarFreeze

REQUIRED = "ad_report"
HOURLY = "hourly_report"
"""Besides the daily tables: it adds an earlier look, and a source without it lacks nothing that is said by the day."""


async def collect(source: Source, needs: Mapping[str, int], as_of: date, hour: int | None = None) -> Readings:
    """Read every table anyone needs. A missing or refused one becomes a gap; the required one must be there.

    With an `hour`, `as_of` is a day still under way: its hours are read up to that one, everything else up to the day
    before, because half a day's totals are not a day's. Then the hours must be there, too: a look that could not see
    them is no look.
    """
    whole = as_of if hour is None else as_of - timedelta(days=1)
    required = {REQUIRED} if hour is None else {REQUIRED, HOURLY}
    read = await asyncio.gather(
        *(
            _read(source, table, as_of if table == HOURLY else whole, days, is_required=table in required)
            for table, days in needs.items()
        )
    )
    tables = {one.table: one.rows for one in read if isinstance(one, Reading)}
    if hour is not None and HOURLY in tables:
        tables[HOURLY] = tables[HOURLY].filter((pl.col("date_day") < as_of) | (pl.col("hour") <= hour))
    gaps = tuple(one for one in read if isinstance(one, Gap))
    reports = [one for one in read if isinstance(one, Reading) and one.table == REQUIRED]
    return Readings(whole, tables, gaps, arrival=reports[0].arrival if reports else {})


async def newest_hour(source: Source, day: date) -> int | None:
    """The newest hour of a day a source knows; None where it knows none. Raises SourceUnavailable, TableRefused."""
    reading = await source.read(HOURLY, day, 1)
    if isinstance(reading, Gap):
        return None
    newest = reading.rows.filter(pl.col("date_day") == day)["hour"].max()
    return newest if isinstance(newest, int) else None


def freezes(readings: Readings) -> tuple[CalendarFreeze, ...] | None:
    """Days in which nothing may change, as the calendar names them, in one account or, where it names none, in all.

    None where no calendar was read.
    """
    calendar = readings.tables.get("calendar")
    if calendar is None:
        return None
    known = (pl.col("name").fill_null(""), pl.col("account_id").fill_null(""), "date_day")
    days = calendar.filter(pl.col("kind") == "freeze").select(*known)
    found: list[CalendarFreeze] = []
    for name, account, day in days.unique().sort("name", "account_id", "date_day").iter_rows():
        called, account_id = name or "a freeze in the calendar", account if account.strip() else ""
        one = CalendarFreeze(name=called, first_day=day, last_day=day, account_id=account_id)
        last = found[-1] if found else None
        same = last is not None and (last.name, last.account_id) == (one.name, one.account_id)
        if last is not None and same and day - last.last_day <= timedelta(days=1):
            found[-1] = last.model_copy(update={"last_day": day})
        else:
            found.append(one)
    return tuple(found)


def described(readings: Readings) -> tuple[str, ...]:
    """One line per table: "ad_report: up to 14 March, 2,304 rows"."""
    lines: list[str] = []
    for name, rows in sorted(readings.tables.items()):
        newest = rows["date_day"].max() if "date_day" in rows.columns and rows.height else None
        until = f"up to {newest.day} {newest:%B}, " if isinstance(newest, date) and name != "calendar" else ""
        lines.append(f"{name}: {until}{rows.height:,} row{'' if rows.height == 1 else 's'}")
    return tuple(lines)


async def _read(source: Source, table: str, as_of: date, days: int, *, is_required: bool) -> Reading | Gap | None:
    try:
        found = await source.read(table, as_of, days)
    except (SourceUnavailable, TableRefused) as error:
        if is_required:
            raise
        return Gap(table, str(error))
    return None if table == HOURLY and isinstance(found, Gap) else found
