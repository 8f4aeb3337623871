"""How people name days: "last week", "KW 9", "since 1.3.", "the first half of February". A week runs from Monday."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_MONTH = "|".join([*_MONTHS, *(name[:3] for name in _MONTHS), "sept"])
MONTH = _MONTH
_PLAIN_MONTH = "|".join(one for one in _MONTH.split("|") if one not in {"march", "may", "mar", "sep"})
"""Names of months that are nothing else in a question."""
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEASONS = {"winter": 12, "spring": 3, "summer": 6, "autumn": 9, "fall": 9}
_NUMBERS = {"couple of": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
            "ten": 10, "twelve": 12, "fourteen": 14, "thirty": 30, "ninety": 90}  # fmt: skip
COUNT = rf"\d{{1,3}}|{'|'.join(_NUMBERS)}"
Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Days:
    """What naming days needs: the last complete day, and days with a name of their own."""

    last: date
    marked: Mapping[str, Span]

    @property
    def today(self) -> date:
        """The day the question is asked on."""
        return self.last + timedelta(days=1)


def numbered(word: str) -> int:
    """A count in digits or letters."""
    return _NUMBERS.get(word) or int(word)


def one_week(today: date, back: int) -> Span:
    """Monday to Sunday, so many weeks back."""
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return monday, monday + timedelta(days=6)


def whole_month(day: date) -> Span:
    """The calendar month of a day."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _month_back(today: date) -> Span:
    return whole_month(today.replace(day=1) - timedelta(days=1))


def _back(count: int, last: date) -> Span:
    return last - timedelta(days=count - 1), last


def _quarter(day: date, back: int) -> Span:
    months = day.year * 12 + (day.month - 1) // 3 * 3 - 3 * back
    return date(months // 12, months % 12 + 1, 1), whole_month(date((months + 2) // 12, (months + 2) % 12 + 1, 1))[1]


def _numbered_quarter(match: re.Match[str], days: Days) -> Span:
    first = date(int(match["y"] or days.today.year), 3 * int(match["q"]) - 2, 1)
    return _quarter(first if match["y"] or first <= days.last else first.replace(year=first.year - 1), 0)


def _number_of(month: str) -> int:
    return next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(month[:3]))


def _month(name: str, year: str | None, days: Days) -> Span:
    number = _number_of(name)
    latest = days.last.year if number <= days.last.month else days.last.year - 1
    return whole_month(date(int(year) if year else latest, number, 1))


def _part(match: re.Match[str], days: Days) -> Span:
    first, last = _month(match["month"], match["y"], days)
    middle = first + timedelta(days=13 if last.day == 28 else 14)
    spans = {
        "first half": (first, middle), "second half": (middle + timedelta(days=1), last),
        "first week": (first, first + timedelta(days=6)), "last week": (last - timedelta(days=6), last),
        "beginning": (first, first + timedelta(days=9)), "start": (first, first + timedelta(days=9)),
        "end": (last - timedelta(days=9), last),
    }  # fmt: skip
    return spans[match["part"]]


def _date(day: str, month: str, last: date, year: str | None = None) -> date | None:
    number = int(month) if month.isdigit() else _number_of(month)
    for candidate in (int(year),) if year else (last.year, last.year - 1):
        try:
            found = date(candidate, number, int(day))
        except ValueError:
            continue
        if found <= last or year:
            return found
    return None


def _iso(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _between(first: date | None, last: date | None) -> Span | None:
    return (first, last) if first and last and first <= last else None


def _dates(match: re.Match[str], days: Days) -> Span | None:
    last = _date(match["d2"], match["m2"], days.last, match["y"])
    return _between(_date(match["d1"], match["m1"] or match["m2"], days.last, match["y"]), last)


def _months(match: re.Match[str], days: Days) -> Span | None:
    return _between(_month(match["m1"], None, days)[0], _month(match["m2"], None, days)[1])


def _counted(match: re.Match[str], days: Days) -> Span:
    unit = {"day": 1, "week": 7, "wk": 7, "month": 30, "quarter": 91}[match["unit"]]
    return _back(numbered(match["count"]) * unit, days.last)


def _one(found: date | None) -> Span | None:
    return (found, found) if found else None


def _weekday(match: re.Match[str], days: Days) -> Span:
    number = next(n for n, name in enumerate(_WEEKDAYS) if name.startswith(match["weekday"][:3]))
    found = days.last - timedelta(days=(days.last.weekday() - number) % 7)
    return found, days.last if match["since"] else found


def _weekend(match: re.Match[str], days: Days) -> Span:
    saturday = days.today - timedelta(days=(days.today.weekday() - 5) % 7)
    if saturday + timedelta(days=1) >= days.today and match["which"] != "this":
        saturday -= timedelta(days=7)
    return saturday, saturday + timedelta(days=1)


def _numbered_week(match: re.Match[str], days: Days) -> Span | None:
    year = days.today.isocalendar().year
    for candidate in (year, year - 1):
        try:
            monday = date.fromisocalendar(candidate, int(match["week"]), 1)
        except ValueError:
            continue
        if monday <= days.last:
            return monday, monday + timedelta(days=6)
    return None


def _season(match: re.Match[str], days: Days) -> Span:
    first = date(days.last.year, _SEASONS[match["season"]], 1)
    running = match["which"] == "this"
    while first > days.last or (not running and whole_month(first + timedelta(days=65))[1] > days.last):
        first = first.replace(year=first.year - 1)
    return first, whole_month(first + timedelta(days=65))[1]


def _year(back: int) -> "Builder":
    return lambda _, days: (date(days.today.year - back, 1, 1), date(days.today.year - back, 12, 31))


def _week_of(day: date | None) -> Span | None:
    return one_week(day, 0) if day else None


def _since(first: date | None, days: Days) -> Span | None:
    return _between(first, days.last)


def _since_last(match: re.Match[str], days: Days) -> Span | None:
    """From the first day of the last whole week, month … on."""
    back = {"week": one_week(days.today, 1), "month": _month_back(days.today), "quarter": _quarter(days.today, 1)}
    return _since(back.get(match["unit"], (date(days.today.year - 1, 1, 1),))[0], days)


def _past_month(match: re.Match[str], days: Days) -> Span | None:
    found = _month(match["month"], match["y"], days)
    return found if found[0] <= days.last or match["y"] else None


Builder = Callable[[re.Match[str], Days], Span | None]
_ISO = r"\d{4}-\d{2}-\d{2}"
_TH, _Y = r"(?:st|nd|rd|th)?(?: of)?", r"(?: (?P<y>20\d\d))?"
_D, _M, _DOT = r"\d{1,2}", r"1[0-2]|0?[1-9]", r"(?:\.(?P<y>20\d\d))?"
_TO, _FROM = "(?:to|and|until|till|through|bis|-)", "(?:from |between |von )"
_LAST = "(?:last|past|previous|prior|recent|letzte[nrs]?)"
_IN = "(?:in |over |during |for |of )?(?:the )?"
PATTERNS: tuple[tuple[str, Builder], ...] = (
    (r"(?P<ago>(?:the )?same (?:period|week|time|days|month) (?:of )?last year|a year (?:ago|earlier|before))",
     lambda _, days: (days.last, days.last)),
    (rf"{_IN}week (?:of|from|starting|beginning) (?:the )?(?P<d>{_D}){_TH} (?P<m>{_MONTH}){_Y}",
     lambda m, days: _week_of(_date(m["d"], m["m"], days.last, m["y"]))),
    (rf"{_FROM}?(?P<a>{_ISO}) {_TO} (?P<b>{_ISO})", lambda m, _: _between(_iso(m["a"]), _iso(m["b"]))),
    (r"(?:in )?(?P<y>20\d\d)-(?P<m>0[1-9]|1[0-2])(?![-\d])",
     lambda m, _: whole_month(date(int(m["y"]), int(m["m"]), 1))),
    (rf"since (?P<a>{_ISO})", lambda m, days: _since(_iso(m["a"]), days)),
    (rf"(?:on )?(?P<a>{_ISO})", lambda m, _: _one(_iso(m["a"]))),
    (rf"{_FROM}(?P<d1>{_D})\.(?P<m1>{_M}) {_TO} (?P<d2>{_D})\.(?P<m2>{_M}){_DOT}", _dates),
    (rf"(?:since|seit) (?:the )?(?P<d>{_D})\.(?P<m>{_M}){_DOT}",
     lambda m, days: _since(_date(m["d"], m["m"], days.last, m["y"]), days)),
    (rf"(?:on|at|am) (?:the )?(?P<d>{_D})\.(?P<m>{_M}){_DOT}",
     lambda m, days: _one(_date(m["d"], m["m"], days.last, m["y"]))),
    (rf"{_FROM}?(?:the )?(?P<d1>{_D}){_TH}(?: (?P<m1>{_MONTH}))? {_TO} (?:the )?(?P<d2>{_D}){_TH} (?P<m2>{_MONTH}){_Y}",
     _dates),
    (rf"{_FROM}(?P<m1>{_MONTH}) (?P<d1>{_D})(?:st|nd|rd|th)? {_TO} (?P<m2>{_MONTH}) (?P<d2>{_D})(?:st|nd|rd|th)?{_Y}",
     _dates),
    (rf"since (?:the )?(?P<d>{_D}){_TH} (?P<m>{_MONTH}){_Y}",
     lambda m, days: _since(_date(m["d"], m["m"], days.last, m["y"]), days)),
    (rf"since (?P<m>{_MONTH}) (?P<d>{_D})(?:st|nd|rd|th)?",
     lambda m, days: _since(_date(m["d"], m["m"], days.last), days)),
    (rf"(?:on )?(?:the )?(?P<d>{_D}){_TH} (?P<m>{_MONTH}){_Y}",
     lambda m, days: _one(_date(m["d"], m["m"], days.last, m["y"]))),
    (rf"since (?:the )?(?:(?:start|beginning) of )?(?P<month>{_MONTH}){_Y}(?: began| started)?",
     lambda m, days: _since(_month(m["month"], m["y"], days)[0], days)),
    (rf"{_IN}(?P<part>first half|second half|first week|last week|beginning|start|end) of (?P<month>{_MONTH}){_Y}",
     _part),
    (rf"(?:the )?same (?:days|period|dates|time) (?:of|in) (?P<month>{_MONTH})",
     lambda m, days: _month(m["month"], None, days)),
    (rf"(?:on )?(?P<m>{_MONTH}) (?P<d>{_D})(?:st|nd|rd|th)?(?! ?\d)",
     lambda m, days: _one(_date(m["d"], m["m"], days.last))),
    (r"since (?:the )?(?:last|previous) (?P<unit>week|month|quarter|year)", _since_last),
    (rf"{_FROM}(?P<m1>{_MONTH}) {_TO} (?P<m2>{_MONTH})", _months),
    (rf"(?:in |for |during )(?P<month>{_MONTH})(?: (?P<y>\d{{4}}))?", _past_month),
    (rf"(?P<month>{_MONTH}) (?P<y>20\d\d)", _past_month),
    (rf"(?P<month>{_PLAIN_MONTH})(?P<y>(?!))?", _past_month),
    (rf"{_IN}{_LAST} (?P<count>{COUNT}) (?P<unit>day|week|month|wk|quarter)s?", _counted),
    (rf"(?:the )?(?P<count>{COUNT}) (?P<unit>day|week|month)s? (?:to|until|up to) now", _counted),
    (rf"{_IN}{_LAST} fortnight", lambda _, days: _back(14, days.last)),
    ("(?:the )?day before yesterday", lambda _, days: _one(days.last - timedelta(days=1))),
    ("since yesterday|yesterday", lambda _, days: _one(days.last)),
    ("(?:so far )?today", lambda _, days: _one(days.today)),
    ("(?:the )?week before last", lambda _, days: one_week(days.today, 2)),
    ("(?:the )?(?P<which>last|past|previous|this|the) weekend", _weekend),
    (rf"{_IN}{_LAST} (?:calendar )?(?:week|wk)|lw", lambda _, days: one_week(days.today, 1)),
    (r"(?:kw|cw|calendar week|week number|week|wk) ?(?P<week>\d{1,2})", _numbered_week),
    ("since the (?:start|beginning) of the week|(?:this|the current) (?:week|wk)|week to date|wtd",
     lambda _, days: one_week(days.today, 0)),
    (rf"{_IN}{_LAST} (?:calendar )?month|lm", lambda _, days: _month_back(days.today)),
    ("(?:so far )?(?:this|the current) month|month to date|mtd|since the (?:start|beginning) of the month",
     lambda _, days: whole_month(days.today)),
    (rf"{_IN}{_LAST} quarter", lambda _, days: _quarter(days.today, 1)),
    ("(?:this|the current) quarter|quarter to date|qtd", lambda _, days: _quarter(days.today, 0)),
    (rf"(?:in )?q(?P<q>[1-4]){_Y}", _numbered_quarter),
    (r"(?:in )?(?:calendar year )?(?P<y>20\d\d) (?:to date|so far|ytd)|(?:in )?calendar year (?P<z>20\d\d)",
     lambda m, _: (date(int(m["y"] or m["z"]), 1, 1), date(int(m["y"] or m["z"]), 12, 31))),
    ("(?:so far )?(?:this|the current) year|year to date|ytd|since the (?:start|beginning) of the year", _year(0)),
    (rf"{_IN}{_LAST} year", _year(1)),
    (rf"(?:in |during |over )?(?:the )?(?P<which>last|past|previous|this) (?P<season>{'|'.join(_SEASONS)})", _season),
    (rf"(?:in|during|over) (?P<which>the )?(?P<season>{'|'.join(_SEASONS)})", _season),
    (rf"(?P<since>since |from )?(?:on |at |{_LAST} )?(?P<weekday>{'|'.join(_WEEKDAYS)})", _weekday),
)  # fmt: skip
"""How days are named, the more particular first, and which days that means."""
