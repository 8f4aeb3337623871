"""What time it is for the company."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from domain.errors import ConfigurationError


class SystemClock:
    """The real time."""

    def __init__(self, timezone: str) -> None:
        try:
            self._zone = ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ConfigurationError(f"`{timezone}` is not a time zone; write one like Europe/Berlin.") from error

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
    """The demo company's time: its own calendar day, the wall clock's hour."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar

    def now(self) -> datetime:
        """The morning after the last complete day, at the wall clock's time, in UTC."""
        wall: time = datetime.now(UTC).timetz()
        return datetime.combine(self._calendar.today + timedelta(days=1), wall)

    def last_day(self) -> date:
        """The last complete day."""
        return self._calendar.today
