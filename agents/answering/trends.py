"""Where a figure is going, and what it was day by day."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from agents import metrics, wording
from agents.answering.context import Question
from agents.answering.figures import cited, currency, missing, notes, place, when
from agents.answering.periods import Period
from agents.metrics import Metric
from domain.case import Answer
from domain.chart import Chart, Series

FLAT: Final = 0.05
"""Relative change from the first to the last third of the weeks below which a figure is called flat."""
USUAL_WEEKS: Final = 4
MOST_POINTS: Final = 12
"""Figures listed at most; longer periods are told in longer stretches."""
FEWEST_POINTS: Final = 5
"""Days from which on a picture says more than the figures in a row."""
_WEEK = 7


def trend(question: Question, metric: Metric) -> Answer:
    """The last four weeks, or the days of the period asked about in stretches of one length."""
    period = question.time.period
    if not question.time.named:
        period = Period(question.today - timedelta(days=USUAL_WEEKS * _WEEK - 1), question.today)
    length = max(1, period.length // 4) if period.length < 3 * _WEEK else _WEEK
    while period.length / length > MOST_POINTS:
        length += _WEEK
    spans = _stretches(period, length)
    values: list[tuple[Period, float]] = []
    for span in spans:
        sums = metrics.total(question.at_hand, metric, question.scope, span.first, span.last)
        value = metric.value(*sums) if sums else None
        if value is not None:
            # the first stretch may be shorter, and a sum of fewer days is no fall
            values.append((span, value if metric.bottom else value * length / span.length))
    if len(values) < 2 or not values[0][1]:
        return question.unknown(missing(question, metric, period))
    third = max(1, len(values) // 3)
    early, late = (sum(value for _, value in part) / third for part in (values[:third], values[-third:]))
    change = late / early - 1 if early else 0.0
    direction = "is about flat" if abs(change) < FLAT else "is rising" if change > 0 else "is falling"
    listed = ", ".join(metric.text(value, currency(question)) for _, value in values)
    stretch = "weeks" if length == _WEEK else "days" if length == 1 else f"stretches of {length} days"
    text = (
        f"{metric.short} of {place(question)} {direction}: {listed} in the {len(values)} {stretch} to "
        f"{wording.day(period.last)} ({wording.percent(values[-1][1] / values[0][1] - 1)} from the first to the last)."
    )
    told = question.answer(text + notes(question, [metric]), cited(metric, question, period))
    return told.model_copy(update={"chart": _drawn(question, metric, period)})


def _drawn(question: Question, metric: Metric, period: Period) -> Chart | None:
    """The figure day by day, for the eye."""
    frame = metrics.sums(question.at_hand, metric, question.scope, period.first, period.last)
    if frame is None or frame.height < FEWEST_POINTS:
        return None
    rows = list(frame.sort("date_day").iter_rows(named=True))
    found = {row["date_day"]: metric.value(row["top"], row["bottom"]) for row in rows}
    days = tuple(period.first + timedelta(days=n) for n in range(period.length))
    values = tuple(found.get(day) for day in days)
    percent = metric.unit == "share"
    unit = "%" if percent else currency(question) if metric.unit == "money" else ""
    none = tuple(None for _ in days)
    where = place(question)
    series = Series(
        title=f"{metric.short}, {where}",
        metric=metric.name,
        unit=unit,
        days=days,
        observed=tuple(value * 100 if percent and value is not None else value for value in values),
        low=none,
        high=none,
    )
    first, last = (metric.text(found[day], currency(question)) for day in (min(found), max(found)))
    alt = f"{metric.short} of {where} by day {when(period)}: {first} on the first day, {last} on the last."
    # since lies behind the last day: no incident is marked
    return Chart(title=f"{metric.short} of {where}", series=(series,), since=period.last + timedelta(days=1), alt=alt)


def _stretches(period: Period, length: int) -> Sequence[Period]:
    """The period cut into stretches counted from its end; the first one may be shorter."""
    spans: list[Period] = []
    last = period.last
    while last >= period.first:
        first = max(period.first, last - timedelta(days=length - 1))
        spans.append(Period(first, last))
        last = first - timedelta(days=1)
    whole = spans[::-1]
    return whole if whole[0].length * 2 >= length or len(whole) < 3 else [
        Period(whole[0].first, whole[1].last), *whole[2:]
    ]  # fmt: skip


def day_by_day(question: Question, metric: Metric) -> Answer:
    """The figure of each day, with what it comes to in all."""
    period = question.time.period
    if period.length > 31:
        return question.unknown(
            f"{wording.plural(period.length, 'day')} are too many to list; ask for a month at most."
        )
    frame = metrics.sums(question.at_hand, metric, question.scope, period.first, period.last)
    whole = metrics.total(question.at_hand, metric, question.scope, period.first, period.last)
    value = metric.value(*whole) if whole else None
    if frame is None or frame.is_empty() or value is None:
        return question.unknown(missing(question, metric, period))
    days = [
        f"{wording.day(row['date_day'])}: {metric.text(metric.value(row['top'], row['bottom']), currency(question))}"
        for row in frame.sort("date_day").iter_rows(named=True)
    ]
    total = f"{metric.short} of {place(question)} {when(period)}: *{metric.text(value, currency(question))}* in all."
    text = f"{total}\n" + "\n".join(days) + notes(question, [metric])
    told = question.answer(text, cited(metric, question, period))
    return told.model_copy(update={"chart": _drawn(question, metric, period)})
