"""The daily series behind a signal, with the band they were expected in."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from agents import metrics, naming, wording
from agents.metrics import METRICS, Metric
from agents.statistics.normal import FROM_MAD, Z95
from domain.case import Case
from domain.chart import Chart, Mark, Series
from domain.finding import Finding
from domain.proposal import Approved, Overridden
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import Signal

SHOWN_DAYS, PAST_DAYS, LEAST_PAST_DAYS = 42, 56, 10
MOST_SERIES, MOST_MARKS = 4, 8
_EVENTS = {"ctr": "top", "cvr": "top", "cpa": "bottom", "conversions": "top", "orders": "top", "clicks": "top",
           "pixel_ratio": "top", "click_rate": "top", "order_rate": "top", "retention": "top"}  # fmt: skip
"""Which sum of a metric brings its counting noise."""


def chart(signal: Signal, readings: Readings, cases: Sequence[Case]) -> Chart | None:
    """Up to four metrics the findings speak of, day by day; None where the tables do not hold them."""
    last = min(readings.as_of, max(signal.as_of, readings.as_of))
    first = min(last - timedelta(days=SHOWN_DAYS - 1), signal.since - timedelta(days=14))
    found = [_series(finding, signal, readings, first, last) for finding in _distinct(signal.findings, signal.scope)]
    series = tuple(one for one in found if one is not None)[:MOST_SERIES]
    if not series:
        return None
    marks = _marks(signal, readings, cases, first, last)
    return Chart(title=signal.headline, series=series, since=signal.since, marks=marks, alt=_alt(series, signal, marks))


def _distinct(findings: Sequence[Finding], place: Scope) -> list[Finding]:
    """One finding per metric, of the signal's own place where it has one: a second place tells the same story again."""
    ordered = sorted(findings, key=lambda one: (one.scope != place, one.q_value, one.kind, one.scope.key))
    first: dict[str, Finding] = {}
    for one in ordered:
        first.setdefault(one.metric, one)
    return list(first.values())


def _series(finding: Finding, signal: Signal, readings: Readings, first: date, last: date) -> Series | None:
    metric = METRICS.get(finding.metric)
    if metric is None:
        return None
    table = metrics.sums(readings, metric, finding.scope, first - timedelta(days=PAST_DAYS), last)
    if table is None or table.filter(pl.col("bottom") > 0).is_empty():
        return None
    rows = {day: (top, bottom) for day, top, bottom in table.select("date_day", "top", "bottom").iter_rows()}
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    values = [metric.value(*rows[day]) if day in rows else None for day in days]
    if not any(value is not None for value in values):
        return None
    band = _band(metric, rows, days, min(finding.since, signal.since))
    factor = 100.0 if metric.unit == "share" else 1.0
    return Series(
        title=f"{metric.words[0].upper()}{metric.words[1:]}, {naming.place(finding.scope, signal.names)}",
        metric=metric.name,
        unit="%" if metric.unit == "share" else signal.currency if metric.unit == "money" else "",
        days=days,
        observed=tuple(None if value is None else round(value * factor, 6) for value in values),
        low=tuple(None if ends is None else round(ends[0] * factor, 6) for ends in band),
        high=tuple(None if ends is None else round(ends[1] * factor, 6) for ends in band),
    )


def _band(
    metric: Metric, rows: dict[date, tuple[float, float]], days: Sequence[date], since: date
) -> list[tuple[float, float] | None]:
    """Where 95 % of days would lie had the days before the incident gone on: level, weekday and both kinds of noise."""
    past = [
        (day, math.log(value), _noise(metric, *rows[day]))
        for day in sorted(rows)
        if day < since and (value := metric.value(*rows[day])) is not None and value > 0
    ]
    if len(past) < LEAST_PAST_DAYS:
        return [None] * len(days)
    logs, noise = np.array([one[1] for one in past]), np.array([one[2] for one in past])
    level = float(np.median(logs))
    weekday = _weekdays([one[0] for one in past], logs - level)
    rest = logs - level - np.array([weekday[one[0].weekday()] for one in past])
    spread = (FROM_MAD * float(np.median(np.abs(rest - np.median(rest))))) ** 2
    process = max(spread - float(np.median(noise)), 0.02**2)
    usual_noise = float(np.median(noise))
    band: list[tuple[float, float] | None] = []
    for day in days:
        centre = level + weekday[day.weekday()]
        counting = _noise(metric, *rows[day]) if day in rows and day < since else usual_noise
        reach = Z95 * math.sqrt(process + counting)
        band.append((math.exp(centre - reach), math.exp(centre + reach)))
    return band


def _weekdays(days: Sequence[date], residuals: np.ndarray) -> list[float]:
    """Weekday effects on the log scale, shrunk towards none by three days' worth."""
    sums, counts = [0.0] * 7, [0] * 7
    for day, residual in zip(days, residuals.tolist(), strict=True):
        sums[day.weekday()] += residual
        counts[day.weekday()] += 1
    return [total / (number + 3) for total, number in zip(sums, counts, strict=True)]


def _noise(metric: Metric, top: float, bottom: float) -> float:
    """Counting variance of a day's log value."""
    events = {"top": top, "bottom": bottom}.get(_EVENTS.get(metric.name, ""))
    return 0.0 if events is None else 1.0 / (events + 0.5)


def _marks(signal: Signal, readings: Readings, cases: Sequence[Case], first: date, last: date) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    for case in cases:
        if not case.signal.scope.touches(signal.scope):
            continue
        for view in case.proposals:
            if isinstance(view.decision, Approved | Overridden):
                title = naming.action_title(view.proposal.action)
                marks.append(Mark(day=view.decision.at.date(), label=f"{title} approved"))
    marks += [Mark(day=day, label=label) for day, label in _calendar(readings, signal.scope, first, last)]
    shown = {(mark.day, mark.label): mark for mark in marks if first <= mark.day <= last}
    return tuple(sorted(list(shown.values())[:MOST_MARKS], key=lambda mark: (mark.day, mark.label)))


def _calendar(readings: Readings, scope: Scope, first: date, last: date) -> list[tuple[date, str]]:
    """Known events of the account or of everybody; a run of days is marked where it begins."""
    table = readings.get("calendar")
    if table is None:
        return []
    rows = table.filter(pl.col("date_day").is_between(first - timedelta(days=1), last)).sort("date_day")
    seen: dict[tuple[str, str], date] = {}
    found: list[tuple[date, str]] = []
    for day, account, kind, name in rows.select("date_day", "account_id", "kind", "name").iter_rows():
        if account and scope.account_id and account != scope.account_id:
            continue
        before = seen.get((kind, name))
        seen[kind, name] = day
        if before is None or (day - before).days > 1:
            found.append((day, f"{kind}: {wording.quote(str(name or ''), 40)}"))
    return found


def _alt(series: Sequence[Series], signal: Signal, marks: Sequence[Mark]) -> str:
    """What the first series shows and which days are marked, for those who cannot see it."""
    one = series[0]
    seen = next(((day, value) for day, value in _backwards(one) if value is not None), None)
    parts = [f"{one.title} from {wording.days(one.days[0], one.days[-1])}"]
    if seen:
        at = one.days.index(seen[0])
        low, high = one.low[at], one.high[at]
        parts.append(f"{_figure(seen[1], one)} on {wording.day(seen[0])}")
        if low is not None and high is not None:
            parts.append(f"where {_figure(low, one)} to {_figure(high, one)} were expected")
    parts.append(f"the incident starts on {wording.day(signal.since)}")
    more = [one.title for one in series[1:]]
    below = f"; below it {wording.listing(more)}" if more else ""
    days = [f"{wording.day(mark.day)}, {mark.label}" for mark in marks]
    marked = f"; marked: {'; '.join(days)}" if days else ""
    return f"{', '.join(parts)}{below}{marked}."


def _backwards(series: Series) -> list[tuple[date, float | None]]:
    return list(zip(reversed(series.days), reversed(series.observed), strict=True))


def _figure(value: float | None, series: Series) -> str:
    if value is None:
        return "none"
    if series.unit == "%":
        return wording.share(value / 100)
    if series.unit:
        return wording.money(value, series.unit)
    return wording.minus(f"{value:,.2f}") if abs(value) < 100 and value != round(value) else wording.count(value)
