"""The series behind a signal, ready to be drawn."""

from datetime import date

from domain.base import Frozen


class Mark(Frozen):
    """A day worth a line on the chart."""

    day: date
    label: str
    """"budget cut approved", "holiday: Easter". The start of the incident is `Chart.since`."""


class Series(Frozen):
    """One metric over days, with what was expected."""

    title: str
    """"Click-through rate, Trail Shoe video"."""
    metric: str
    unit: str
    """"%", "EUR" or "" for a plain count. Percentages are already multiplied by 100."""
    days: tuple[date, ...]
    observed: tuple[float | None, ...]
    low: tuple[float | None, ...]
    """Lower edge of the expected band, same length as `days`."""
    high: tuple[float | None, ...]


class Chart(Frozen):
    """Up to four series of one signal, one above the other."""

    title: str
    series: tuple[Series, ...]
    since: date
    marks: tuple[Mark, ...] = ()
    alt: str
    """What the chart shows, in one sentence, for those who cannot see it."""
