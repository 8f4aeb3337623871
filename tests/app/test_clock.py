"""The clocks agree with the company's own day, wherever it is and whatever time it is now."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from app.clock import DemoClock, SystemClock
from domain.errors import ConfigurationError
from tests.governance.company import model

FARTHEST = ("Pacific/Kiritimati", "Pacific/Honolulu")
"""At every moment it is another day than in UTC in at least one of them."""


@dataclass
class Calendar:
    today: date = date(2026, 3, 14)


@pytest.mark.parametrize("zone", FARTHEST)
def test_the_last_complete_day_is_the_one_before_the_present_day(zone):
    real, demo = SystemClock(zone), DemoClock(Calendar(), zone)
    assert model(timezone=zone).moment(demo.now()).day == demo.last_day() + timedelta(days=1) == date(2026, 3, 15)
    before, moment, after = real.last_day(), model(timezone=zone).moment(real.now()), real.last_day()
    assert moment.day - timedelta(days=1) in {before, after}  # a midnight may lie between


def test_a_zone_nobody_knows_is_said():
    with pytest.raises(ConfigurationError, match="Europe/Berlin"):
        DemoClock(Calendar(), "Mars/Olympus")
