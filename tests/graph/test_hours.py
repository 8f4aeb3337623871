"""A day under way: what breaks at noon has its card by the evening, once, and stays one signal when the day is over."""

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import polars as pl
import pytest
from sqlalchemy import func, select

from agents.measures.hourly import TABLE
from domain.reading import Gap, Reading
from domain.signal import Cause, EventKind
from graph import desk, readings
from graph.runner import Runner
from memory.database import Database
from memory.schema import LOOK
from tests.agents.hours import Spell, hourly
from tests.agents.world import FIRST, Blow, World, company, on
from tests.graph.fakes import HandClock, Wall, services

TODAY = 100
C11 = {"account_id": "a1", "campaign_id": "c11"}
NOON = 12


@cache
def world() -> World:
    """Impressions of one campaign cost six tenths more, from noon on."""
    return company(5, Blow("cpm", 1.6, TODAY, where=C11))


@cache
def tables(day: int) -> dict[str, pl.DataFrame]:
    return world().tables(day)


class Hours:
    """A source whose newest hour is set by hand."""

    def __init__(self) -> None:
        self.hour: int | None = None
        self.day = TODAY

    async def read(self, table: str, as_of: date, days: int) -> Reading | Gap:
        day = (as_of - FIRST).days
        if table == TABLE and self.hour is not None:
            morning = Spell("cpm", 1 / 1.6, TODAY, 0, hours=NOON, where=C11)
            rows = hourly(world(), 1, self.day, self.hour, morning)
            first = as_of - timedelta(days=days - 1)
            return Reading(table, as_of, rows.filter(pl.col("date_day").is_between(first, as_of)))
        if table == TABLE or table not in tables(TODAY - 1):
            return Gap(table, f"no {table}")
        return Reading(table, as_of, tables(day)[table])

    async def days(self) -> tuple[date, date]:
        return FIRST, on(self.day - 1)


def staffed(address: str) -> tuple[Runner, Hours, HandClock, Wall]:
    source, clock, wall = Hours(), HandClock(on(TODAY - 1)), Wall()
    world_of = services(Database(address), clock=clock)
    runner = Runner(replace(world_of, source=source, desk=desk.staffed()))
    runner.show_on(wall)
    return runner, source, clock, wall


async def looks(runner: Runner) -> int:
    async with runner.work._database.read() as tx:
        return await tx.scalar(select(func.count()).select_from(LOOK)) or 0


async def test_what_breaks_at_noon_has_its_card_in_the_evening_and_stays_one_signal(address: str):
    runner, source, clock, wall = staffed(address)
    await runner.open()
    await runner.work.tick()
    assert await runner.open_cases() == ()
    source.hour = 9
    await runner.work.tick()
    assert (await runner.open_cases(), await looks(runner)) == ((), 1)
    source.hour = 19
    await runner.work.tick()
    (case,) = await runner.open_cases()
    signal = case.signal
    assert (signal.cause, signal.scope.campaign_id) == (Cause.AUCTION_PRESSURE, "c11")
    assert (signal.since, signal.opened_on, signal.as_of) == (on(TODAY), on(TODAY), on(TODAY))
    assert any(finding.evidence.endswith("8 hours since 12:00") for finding in signal.findings)
    assert wall.shown.count(signal.id) == 1
    await runner.work.tick()
    assert await looks(runner) == 2
    clock.pass_days(1)
    source.hour = 23
    events = await runner.sweep(on(TODAY))
    assert EventKind.OPENED not in {event.event for event in events}
    (after,) = await runner.open_cases()
    assert after.signal.id == signal.id
    await runner.close()


async def test_an_hour_is_looked_at_once_and_a_day_that_is_over_not_at_all(address: str):
    runner, source, clock, _ = staffed(address)
    source.hour = 19
    await runner.open()
    await runner.sweep(on(TODAY - 1))
    (opened,) = await runner.sweep(on(TODAY), 19)
    assert opened.event is EventKind.OPENED
    assert await runner.sweep(on(TODAY), 19) == ()
    assert await runner.sweep(on(TODAY), 15) == ()
    clock.pass_days(1)
    await runner.sweep(on(TODAY))
    assert await looks(runner) == 1
    assert (await runner.health()).last_sweep == on(TODAY)
    await runner.close()


async def test_without_hours_nobody_looks_and_nobody_misses_them(address: str):
    runner, _, _, _ = staffed(address)
    await runner.open()
    await runner.work.tick()
    await runner.work.tick()
    assert await looks(runner) == 0
    assert not any(TABLE in gap for gap in (await runner.health()).gaps)
    await runner.close()


@pytest.mark.parametrize("hour", [0, 13, 23])
async def test_a_day_under_way_is_read_as_hours_only(hour: int):
    source = Hours()
    source.hour = 23
    seen = await readings.collect(source, desk.staffed().needs, on(TODAY), hour)
    assert seen.as_of == on(TODAY - 1)
    for name, rows in seen.tables.items():
        newest = rows["date_day"].max() if "date_day" in rows.columns and rows.height else None
        assert newest is None or newest <= on(TODAY if name == TABLE else TODAY - 1), name
    assert seen.tables[TABLE].filter(pl.col("date_day") == on(TODAY))["hour"].max() == hour
