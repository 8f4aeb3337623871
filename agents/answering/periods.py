"""Which days a question is about, as the asker's calendar has them: today is the day after the last complete one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from agents import wording
from agents.answering.calendar import COUNT, MONTH, PATTERNS, Days, one_week, whole_month

DEFAULT_DAYS = 7


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day."""

    first: date
    last: date
    month: bool = False
    """A calendar month, whose predecessor is a month and not as many days."""

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
    ahead: str = ""
    """Days named that are not complete yet, as the question names them: "today", "next week"."""
    said: tuple[str, ...] = ()
    """The words that named days."""


Named = Mapping[str, tuple[date, date]]
"""Days that have a name of their own, such as a promotion's."""


def periods(text: str, today: date, marked: Named | None = None) -> Asked:
    """The period asked about, and the one to compare it with, if any. `today` is the last complete day."""
    if re.search(_BETWEEN, text) and re.search(r"\b(?:chang\w*|differ\w*|compar\w*|mov\w*|develop\w*)\b", text):
        text = re.sub(_BETWEEN, r"in \1 vs in \2", text)
    found, left = _found(text, Days(today, marked or {}))
    ahead = re.search(_AHEAD, left)
    if ahead:
        left = f"{left[: ahead.start()]} {left[ahead.end() :]}"
    compared = re.search(_COMPARED, left) is not None
    left = " ".join(re.sub(_COMPARED, " ", left).split())
    said = tuple(words for _, _, words in found)
    late = ahead[0] if ahead else next((words for _, span, words in found if span.first > today), "")
    if not _versus(text):
        found = [one for one in found if "ago" in one[2] or "same" in one[2]] or found  # the days meant are those days
    inside = [(at, span) for at, span, _ in found if span.first <= today]
    period, against = _chosen(text, today, inside, compared)
    period, against = _until(period, today), _until(against, today) if against else None
    return Asked(period, against, named=bool(found), left=left, ahead=late, said=said)


def _found(text: str, days: Days) -> tuple[list[tuple[int, Period, str]], str]:
    found: list[tuple[int, Period, str]] = []
    left = text
    named = "|".join(sorted((re.escape(name) for name in days.marked), key=len, reverse=True))
    own = [(rf"(?:over |on |during |around )?(?P<marked>{named})(?: weekend)?", _marked)] if named else []
    for pattern, build in (*own, *PATTERNS):
        while match := re.search(rf"\b(?:{pattern})\b", left):
            days_meant = _a_year_earlier(match, days) if "ago" in match.groupdict() else build(match, days)
            if days_meant is None:
                break
            first, last = days_meant
            whole = first.day == 1 and last == whole_month(first)[1]
            found.append((match.start(), Period(first, last, month=whole), match[0]))
            left = f"{left[: match.start()]}{' ' * len(match[0])}{left[match.end() :]}"
    found.sort(key=lambda item: item[0])
    return _spanned(found, left), left


def _spanned(found: list[tuple[int, Period, str]], left: str) -> list[tuple[int, Period, str]]:
    """Two days with "to" between them are the days from one to the other: "Monday to Wednesday"."""
    joined: list[tuple[int, Period, str]] = []
    for at, span, words in found:
        if joined:
            before, earlier, said = joined[-1]
            between = left[before + len(said) : at].strip()
            one_each = earlier.length == 1 and span.length == 1 and earlier.first < span.first
            if one_each and between in {"", "to", "until", "till", "through", "-", "bis"}:
                joined[-1] = (before, Period(earlier.first, span.last), f"{said} {between} {words}")
                continue
        joined.append((at, span, words))
    return joined


def _marked(match: re.Match[str], days: Days) -> tuple[date, date] | None:
    return days.marked[match["marked"]]


def _a_year_earlier(match: re.Match[str], days: Days) -> tuple[date, date]:
    """The days asked about, 52 weeks earlier, so that weekdays fall on weekdays."""
    rest = f"{match.string[: match.start()]} {match.string[match.end() :]}"
    asked = periods(" ".join(rest.split()), days.last).period
    return asked.first - timedelta(days=364), asked.last - timedelta(days=364)


def _chosen(text: str, today: date, found: list[tuple[int, Period]], compared: bool) -> tuple[Period, Period | None]:
    """The period asked about and the one it is held against."""
    recent = Period(today - timedelta(days=DEFAULT_DAYS - 1), today)
    spans = [span for _, span in found]
    versus = _versus(text)
    if len(spans) >= 2 and spans[0] != spans[1]:
        return spans[0], _as_far(_until(spans[0], today), spans[1], text)
    if spans and versus and len(spans) == 1 and _only_compared(text, found[0][0]):
        running = Period(spans[0].last + timedelta(days=1), today)
        midweek = spans[0].length == 7 and 0 < running.length < 7  # "CTR vs last week", before this one is over
        return (running if midweek else recent), spans[0]
    if spans and (
        (len(spans) > 1 and versus) or re.search(rf"\b({_VERSUS})( to| with)? (the )?(last|before|previous)$", text)
    ):
        return spans[0], spans[0].before()  # "last 7 days vs previous 7 days", "this week compared with last"
    if not spans and re.search(r"\b(week over week|wow)\b", text):
        week = Period(*one_week(today + timedelta(days=1), 1))
        return week, week.before()
    if not spans and re.search(r"\b(month over month|mom)\b", text):
        month = Period(*whole_month(today.replace(day=1) - timedelta(days=1)), month=True)
        return month, month.before()
    if not spans and re.search(r"\btoday\b", text):
        recent = Period(today, today)  # today is not over: the last day that is, with that said
    period = spans[0] if spans else recent
    return period, period.before() if compared else None


def _versus(text: str) -> bool:
    return re.search(rf"\b({_VERSUS})\b", text) is not None


def _until(period: Period, today: date) -> Period:
    return replace(period, last=min(period.last, today))


def _as_far(first: Period, second: Period, text: str) -> Period:
    """What to compare with: as many days of a month as there are, where the question says "the same days"."""
    if re.search(r"\bsame (days|period|time|dates)\b", text) and second.length > first.length:
        return Period(second.first, second.first + timedelta(days=first.length - 1))
    return second


def _only_compared(text: str, at: int) -> bool:
    """Whether the first period named is what to compare with, not what is asked about."""
    return bool(re.search(rf"\b({_VERSUS})(?: to| with)?\s+(?:the\s+)?(?:in\s+)?$", text[:at]))


_VERSUS = "compared?|versus|vs|against|than|relative|in comparison|as opposed|difference"
_BETWEEN = rf"\bbetween ({MONTH}) and ({MONTH})\b"
_UNIT = "(?:weeks?|wk|months?|days?|period|time|one|ones|year)"
_COMPARED = (
    rf"\b(?:compared? (?:to|with)|in comparison (?:to|with)|relative to|versus|vs|than|against|over|to)\s+(?:the\s+)?"
    rf"(?:(?:(?:{COUNT}) )?{_UNIT} before|(?:{COUNT}) before|previous(?: (?:{COUNT}))?(?: \w+)?|prior\s+\w+"
    r"|before|last$)(?!\w)"
    rf"|\b(?:week over week|wow|month over month|mom|changed?|changes|change in|differ\w*|(?:the )?{_UNIT} before"
    r"|(?:got|get|gotten|getting|become|became) (?:better|worse|cheaper|dearer)|better or worse"
    r"|(?:go|goes|going|gone|went|come|came|been|is|are) (?:up or down|up|down)|up or down"
    r"|risen|rose|rise|fallen|fell|fall|dropped|drop|increased?|decreased?|declined?|improved?|worsened|grown|grew"
    r"|significant|significantly)\b"
)
_AHEAD = (
    r"\b(?:tomorrow|tonight|next (?:week|month|year|quarter|days|\d+ days)|coming (?:week|month|days)"
    r"|rest of (?:the|this) (?:week|month|year|quarter))\b"
)
