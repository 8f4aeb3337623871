"""A report that already has rows of the day under way is read, up to the last complete day."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.assembly import source_of
from domain.errors import TableRefused
from domain.operating_model import OperatingModel, SourceSettings
from domain.reading import Reading
from tests.connectors.conftest import Folder
from tests.graph.fakes import HandClock

LAST = date(2026, 3, 14)


class Evening(HandClock):
    """The 15th in Auckland has begun, and it is the 14th still in UTC."""

    def now(self) -> datetime:
        return datetime(2026, 3, 14, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize("late", [0, 1, 2])
async def test_only_what_is_dated_after_the_present_day_is_from_the_future(tmp_path: Path, late: int):
    folder = Folder(tmp_path)
    folder.ads(*({"date_day": LAST + timedelta(days=days)} for days in range(-3, late + 1)))
    model = OperatingModel(company="Kork", timezone="Pacific/Auckland", source=SourceSettings(path=str(tmp_path)))
    source = source_of(model, Evening(LAST))
    if late == 2:
        with pytest.raises(TableRefused, match="1 day from the future"):
            await source.read("ad_report", LAST, 7)
        return
    read = await source.read("ad_report", LAST, 7)
    assert isinstance(read, Reading)
    assert (read.rows["date_day"].max(), read.rows.height) == (LAST, 4)
