"""When something is asked, by the company's clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.moment import Moment
from tests.governance.company import model

ZONES = ("UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Honolulu", "Pacific/Auckland", "Pacific/Kiritimati")
zones = st.sampled_from(ZONES)


def test_the_day_of_the_company_is_not_the_day_of_the_machine():
    late = datetime(2026, 3, 14, 23, 30, tzinfo=UTC)
    assert model(timezone="Europe/Berlin").moment(late).day == date(2026, 3, 15)
    assert model(timezone="America/Los_Angeles").moment(late).day == date(2026, 3, 14)
    assert f"{model(timezone='Europe/Berlin').moment(late).local:%H:%M}" == "00:30"


def test_a_time_that_does_not_say_where_is_refused():
    with pytest.raises(ValueError, match="in which time zone"):
        Moment(datetime(2026, 3, 14, 9), ZoneInfo("UTC"))


@given(zones, st.dates(date(2024, 1, 1), date(2028, 1, 1)))
def test_a_day_is_looked_at_on_the_morning_after_wherever_the_company_is(zone, day):
    company = model(timezone=zone)
    assert company.swept(day).day == day + timedelta(days=1)
    assert company.swept(day).local.time() == company.sweep_at
