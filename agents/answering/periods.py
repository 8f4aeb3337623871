"""Which days a question is about. Today is the last complete day."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from agents import wording

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_MONTH = "|".join([*_MONTHS, *(name[:3] for name in _MONTHS)])
_NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "fourteen": 14, "thirty": 30}
_COUNT = rf"(\d{{1,3}}|{'|'.join(_NUMBERS)})"
DEFAULT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day."""

    first: date
    last: date
    month: bool = False
    """A whole calendar month, whose predecessor is a month and not as many days."""

    @property
    def words(self) -> str:
        """As people say it: "8 to 14 March"."""
        return wording.days(self.first, self.last)

    @property
    def length(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def before(self) -> "Period":
        """The period just before it, as long as it is."""
        last = self.first - timedelta(days=1)
        if self.month:
            return Period(last.replace(day=1), last, month=True)
        return Period(last - timedelta(days=self.length - 1), last)


@dataclass(frozen=True, slots=True)
class Asked:
    """The periods a question names."""

    period: Period
    against: Period | None
    named: bool
    """Whether the question named one, or the last seven days are meant."""
    left: str
    """The question less what was understood here."""


def periods(text: str, today: date) -> Asked:
    """The period asked about, and the one to compare it with, if any."""
    found: list[tuple[int, Period]] = []
    left = text
    for pattern, build in _PATTERNS:
        while match := re.search(rf"\b(?:{pattern})\b", left):
            period = build(match, today)
            if period is None:
                break
            found.append((match.start(), period))
            left = f"{left[: match.start()]}{' ' * len(match[0])}{left[match.end() :]}"
    found.sort(key=lambda item: item[0])
    compared = re.search(_COMPARED, left)
    left = " ".join(re.sub(_COMPARED, " ", left).split())
    recent = Period(today - timedelta(days=DEFAULT_DAYS - 1), today)
    spans = [period for _, period in found]
    if len(spans) >= 2 and spans[0] != spans[1]:
        return Asked(spans[0], spans[1], named=True, left=left)
    if len(spans) >= 2 and re.search(r"\b(compared|versus|vs|against|than)\b", text):
        return Asked(spans[0], spans[0].before(), named=True, left=left)  # "last 7 days vs previous 7 days"
    if spans and re.search(r"\b(compared|versus|vs|against|than)\b", text) and _only_compared(text, found[0][0]):
        return Asked(recent, spans[0], named=False, left=left)  # "CPA compared to last month"
    period = spans[0] if spans else recent
    return Asked(period, period.before() if compared else None, named=bool(spans), left=left)


_COMPARED = (
    r"\b(compared (to|with)|in comparison (to|with)|versus|vs|than|against|over)\s+(the\s+)?"
    r"((week|month|day|days|period|time|one)\s+before|previous\s+\w+|prior\s+\w+|before)\b"
    r"|\b(week over week|wow|month over month|mom|changed?|change in|differ\w*|the (week|month|day|period) before)\b"
)


def _only_compared(text: str, at: int) -> bool:
    """Whether the first period named is what to compare with, not what is asked about."""
    return bool(re.search(r"(compared (to|with)|versus|vs|against|than)\s+(the\s+)?(in\s+)?$", text[:at]))


def _number(word: str) -> int:
    return _NUMBERS.get(word) or int(word)


def _last(days: int, today: date) -> Period:
    return Period(today - timedelta(days=days - 1), today)


def _week(today: date, back: int) -> Period:
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return Period(monday, min(monday + timedelta(days=6), today))


def _month(today: date, back: int) -> Period:
    first = today.replace(day=1)
    for _ in range(back):
        first = (first - timedelta(days=1)).replace(day=1)
    return Period(first, today, month=True) if not back else _whole_month(first)


def _whole_month(first: date) -> Period:
    after = (first + timedelta(days=32)).replace(day=1)
    return Period(first, after - timedelta(days=1), month=True)


def _named_month(match: re.Match[str], today: date) -> Period | None:
    number = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(match["month"][:3]))
    year = int(match["year"]) if match["year"] else today.year if number <= today.month else today.year - 1
    whole = _whole_month(date(year, number, 1))
    return Period(whole.first, min(whole.last, today), month=True) if whole.first <= today else None


def _date(day: str, month: str, today: date) -> date | None:
    number = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(month[:3]))
    for year in (today.year, today.year - 1):
        try:
            found = date(year, number, int(day))
        except ValueError:
            continue
        if found <= today:
            return found
    return None


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _between(first: date | None, last: date | None) -> Period | None:
    return Period(first, last) if first and last and first <= last else None


def _span(match: re.Match[str], today: date) -> Period | None:
    last = _date(match["d2"], match["m2"], today)
    return _between(_date(match["d1"], match["m1"] or match["m2"], today), last)


def _days_span(match: re.Match[str], today: date) -> Period | None:
    unit = {"day": 1, "week": 7, "month": 30}[match["unit"]]
    return _last(_number(match["count"]) * unit, today)


def _one(found: date | None) -> Period | None:
    return Period(found, found) if found else None


_ISO = r"\d{4}-\d{2}-\d{2}"
_PATTERNS: tuple[tuple[str, Callable[[re.Match[str], date], Period | None]], ...] = (
    (rf"(?:from |between )?(?P<a>{_ISO}) (?:to|and|until|till) (?P<b>{_ISO})",
     lambda m, _: _between(_iso(m["a"]), _iso(m["b"]))),
    (rf"since (?P<a>{_ISO})", lambda m, today: _between(_iso(m["a"]), today)),
    (rf"(?:on )?(?P<a>{_ISO})", lambda m, _: _one(_iso(m["a"]))),
    (rf"(?:from |between )?(?:the )?(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?(?: (?P<m1>{_MONTH}))? "
     rf"(?:to|and|until|till|-) "
     rf"(?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m2>{_MONTH})", _span),
    (rf"since (?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m>{_MONTH})",
     lambda m, today: _between(_date(m["d"], m["m"], today), today)),
    (rf"(?:on )?(?:the )?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m>{_MONTH})",
     lambda m, today: _one(_date(m["d"], m["m"], today))),
    (rf"(?:on )?(?P<m>{_MONTH}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?! ?\d)",
     lambda m, today: _one(_date(m["d"], m["m"], today))),
    (rf"(?:in |for |during )(?P<month>{_MONTH})(?: (?P<year>\d{{4}}))?", _named_month),
    (rf"(?P<month>{'|'.join(name for name in _MONTHS if name not in {'march', 'may'})})(?: (?P<year>\d{{4}}))?",
     _named_month),
    (rf"(?:in |over |during |for )?(?:the )?(?:last|past|previous|recent) (?P<count>{_COUNT[1:-1]}) "
     r"(?P<unit>day|week|month)s?",
     _days_span),
    (r"(?:in |over )?(?:the )?(?:last|past) fortnight", lambda _, today: _last(14, today)),
    (r"(?:the )?day before yesterday", lambda _, today: _one(today - timedelta(days=2))),
    (r"yesterday", lambda _, today: _one(today - timedelta(days=1))),
    (r"today|right now|currently|at the moment", lambda _, today: _one(today)),
    (r"(?:the )?(?:week before last)", lambda _, today: _week(today, 2)),
    (r"(?:the )?(?:last|past|previous) (?:calendar )?week", lambda _, today: _week(today, 1)),
    (r"this week|week to date", lambda _, today: _week(today, 0)),
    (r"(?:the )?(?:last|past|previous) (?:calendar )?month", lambda _, today: _month(today, 1)),
    (r"this month|month to date", lambda _, today: _month(today, 0)),
    (r"(?:the )?(?:last|past|previous) quarter", lambda _, today: _last(90, today)),
    (r"this year|year to date", lambda _, today: Period(today.replace(month=1, day=1), today)),
)  # fmt: skip
