"""When people want to be told things: digests, rest, and what a person chose for themselves."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, model_validator

from domain.base import Frozen
from domain.roles import ARCHITECT

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MORNING: Final = time(7)
"""When a working day begins for those without quiet hours, after a day off: nobody is told on Monday at midnight."""
MOST_QUIET: Final = timedelta(hours=20)
"""Longer quiet hours would leave no part of a day in which somebody can be told that something waits."""
MOST_LATE: Final = timedelta(days=4)
"""How long after its day a weekly summary is still worth sending: a long weekend, not a new installation."""


def _length(since: time, until: time) -> timedelta:
    """From one time of day to the next time it is another."""
    hours = timedelta(hours=until.hour - since.hour, minutes=until.minute - since.minute)
    return hours if until >= since else hours + timedelta(days=1)


class Rest(Frozen):
    """When people are not notified, as long as they choose nothing else for themselves."""

    days: frozenset[Weekday] = Field(default=frozenset({"sat", "sun"}), max_length=6)
    """Days off."""
    since: time | None = time(20)
    """Quiet hours begin, on each person's own clock; None, like `until`: there are none."""
    until: time | None = time(7)
    urgent_per_day: Decimal = Field(default=Decimal(1000), gt=0)
    """Money at stake per day, in the company's currency, from which nobody's rest is respected: a night costs half of
    it. A signal in another currency is never urgent by this: there is no rate to hold it against."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.since is None) != (self.until is None):
            raise ValueError("quiet hours need a beginning and an end")
        if self.since and self.until and not timedelta() < _length(self.since, self.until) <= MOST_QUIET:
            raise ValueError("quiet hours last more than none and at most 20 of the 24 hours")
        return self


class SavedMinutes(Frozen):
    """An estimate, to be edited: how many minutes of people's work each thing Baton does stands for."""

    signal: int = Field(default=45, ge=0)
    """Comparing the reports of several teams until what belongs together is seen."""
    proposal: int = Field(default=20, ge=0)
    """Working out one action with its figures, for somebody to decide."""
    execution: int = Field(default=10, ge=0)
    """Making one approved change by hand and noting it."""
    outcome: int = Field(default=60, ge=0)
    """Measuring one effect against what would have happened anyway."""


class WeeklySettings(Frozen):
    """The summary of a week for the architect and the leads."""

    on: Weekday | None = "mon"
    """None: no weekly summary."""
    at: time = time(8)
    """On each person's own clock."""
    roles: frozenset[str] = frozenset()
    """Who gets it; empty means the architect ("cmo") and every role that ends in "_lead"."""
    saved_minutes: SavedMinutes = SavedMinutes()

    def is_for(self, roles: AbstractSet[str]) -> bool:
        """Whether somebody with these roles gets it."""
        if self.roles:
            return bool(self.roles & roles)
        return any(role == ARCHITECT or role.endswith("_lead") for role in roles)


class DigestSettings(Frozen):
    """What is told regularly, and when people are left alone."""

    at: time = time(8, 30)
    """The channel's digest, on the company's clock; each owner's own, on theirs, unless they choose another hour."""
    weekdays: frozenset[Weekday] = frozenset({"mon", "tue", "wed", "thu", "fri"})
    """Days of the channel's digest."""
    personal: bool = True
    """Whether owners also get a digest of their own, as a direct message."""
    rest: Rest = Rest()
    weekly: WeeklySettings = WeeklySettings()


class Preferences(Frozen):
    """What one person chose for themselves. No policy depends on it."""

    working_days: frozenset[Weekday] = Field(min_length=1)
    quiet: tuple[time, time] | None
    """Beginning and end; an end before the beginning is on the next day. None: no quiet hours."""
    digest_at: time | None
    """None: no digest."""
    tells_quiet_days: bool = False
    """Whether a digest with nothing in it is sent as one line; else it is not sent."""
    timezone: str | None = None
    """IANA name where it is not the one of the operating model."""

    @model_validator(mode="after")
    def _can_be_kept(self) -> Self:
        if self.quiet is not None and not timedelta() < _length(*self.quiet) <= MOST_QUIET:
            raise ValueError("quiet hours last more than none and at most 20 of the 24 hours")
        if self.timezone is not None and zone_of(self.timezone) is None:
            raise ValueError(f"{self.timezone} is not a time zone; write one like Europe/Berlin")
        if self.digest_at is not None and self.quiet is not None:
            since, until = self.quiet
            if until < since <= self.digest_at:
                raise ValueError("the digest would come in the quiet hours, after which the day is over")
        return self


def usual(settings: DigestSettings) -> Preferences:
    """What holds for somebody who chose nothing."""
    rest = settings.rest
    quiet = (rest.since, rest.until) if rest.since is not None and rest.until is not None else None
    late = quiet is not None and quiet[1] < quiet[0] <= settings.at
    return Preferences(
        working_days=frozenset(WEEKDAYS) - rest.days,
        quiet=quiet,
        digest_at=(quiet[1] if quiet and late else settings.at) if settings.personal else None,
    )


def zone_of(name: str) -> ZoneInfo | None:
    """A time zone by its IANA name; None where there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Rhythm:
    """One person's days, on their own clock. Moments are aware."""

    chosen: Preferences
    zone: ZoneInfo

    def is_resting(self, at: datetime) -> bool:
        """Whether they are not to be notified now."""
        local = at.astimezone(self.zone)
        if not self._works(local.date()):
            return True
        if self.chosen.quiet is not None:
            since, until = self.chosen.quiet
            after, before = local.time() >= since, local.time() < until
            return (after and before) if since < until else (after or before)
        return local.time() < MORNING and not self._works(local.date() - timedelta(days=1))

    def local_day(self, at: datetime) -> date:
        """Which day it is for them."""
        return at.astimezone(self.zone).date()

    def digest_day(self, at: datetime) -> date | None:
        """Their day whose digest is due by now; None while it is not, and in their rest.

        Their clock decides: an hour that it skips is over after the skip, one that comes twice is due the first time.
        """
        local, hour = at.astimezone(self.zone), self.chosen.digest_at
        is_due = hour is not None and local.time() >= hour and not self.is_resting(at)
        return local.date() if is_due else None

    def week(self, at: datetime, settings: WeeklySettings) -> date | None:
        """The day a weekly summary that is due by now belongs to: it tells the seven days before. None: none is due.

        On a day off, in quiet hours or while nothing runs it waits, for MOST_LATE at most.
        """
        if settings.on is None or self.is_resting(at):
            return None
        local = at.astimezone(self.zone)
        day = local.date() - timedelta(days=(local.weekday() - WEEKDAYS.index(settings.on)) % 7)
        is_due = local.time() >= settings.at and local.date() - day <= MOST_LATE
        return day if is_due else None

    def _works(self, day: date) -> bool:
        return WEEKDAYS[day.weekday()] in self.chosen.working_days
