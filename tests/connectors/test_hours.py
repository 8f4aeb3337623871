"""Hours of ads: the hours a day has, and the day still under way among them."""

from datetime import date, timedelta

import pytest

from domain.errors import TableRefused
from domain.reading import Reading
from tests.connectors.test_every_table import AS_OF, TABLES, row

HOURLY = TABLES["hourly_report"]


async def read(folder, day: date = AS_OF) -> Reading:
    reading = await folder.source().read(HOURLY.name, day, 60)
    assert isinstance(reading, Reading)
    return reading


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize("hour", [24, -1, 99])
async def test_an_hour_no_day_has_refuses_the_table_with_the_row_and_what_to_do(folder, kind, hour):
    folder.put(HOURLY.name, row(HOURLY), row(HOURLY, hour=hour), kind=kind)
    with pytest.raises(TableRefused, match=r"hourly_report\.hour: 1 hour that no day has\. .*from 0 to 23"):
        await read(folder)


async def test_half_an_hour_is_no_hour(folder):
    folder.put(HOURLY.name, row(HOURLY), row(HOURLY, hour=13.5))
    with pytest.raises(TableRefused, match="1 value is not an hour"):
        await read(folder)


async def test_the_hours_of_the_day_under_way_are_taken_and_seen_only_when_it_is_asked_for(folder):
    today = folder.source()._today()
    folder.put(HOURLY.name, row(HOURLY, date_day=today), row(HOURLY, date_day=today - timedelta(days=1)))
    assert (await read(folder, today)).rows["date_day"].max() == today
    assert (await read(folder, today - timedelta(days=1))).rows["date_day"].max() == today - timedelta(days=1)


async def test_the_day_after_is_from_the_future(folder):
    today = folder.source()._today()
    folder.put(HOURLY.name, row(HOURLY, date_day=today + timedelta(days=1)))
    with pytest.raises(TableRefused, match="from the future"):
        await read(folder, today)
