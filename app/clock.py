"""What time it is for the company."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.errors import ConfigurationError


class SystemClock:
    """The real time."""

    def __init__(self, timezone: str) -> None:
        self._zone = _zone(timezone)

    def now(self) -> datetime:
        """Aware, in UTC."""
        return datetime.now(UTC)

    def last_day(self) -> date:
        """Yesterday, as the company's wall clock has it."""
        return datetime.now(self._zone).date() - timedelta(days=1)


class Calendar(Protocol):
    """Something that knows the demo company's day."""

    @property
    def today(self) -> date:
        """The last complete day."""
        ...


class DemoClock:
    """The demo company's time: its own calendar day, the hour the clock on its wall shows."""

    def __init__(self, calendar: Calendar, timezone: str) -> None:
        self._calendar, self._zone = calendar, _zone(timezone)

    def now(self) -> datetime:
        """The company's day after the last complete one, whatever time it is, in UTC."""
        wall = datetime.now(self._zone).time()
        return datetime.combine(self._calendar.today + timedelta(days=1), wall, self._zone).astimezone(UTC)

    def last_day(self) -> date:
        """The last complete day."""
        return self._calendar.today


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError(f"`{timezone}` is not a time zone; write one like Europe/Berlin.") from error
