"""Questions about figures: a metric, a place, a period, a comparison, a ranking, a trend, what drove it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from agents import metrics, naming, wording
from agents.answering import language
from agents.answering.clarity import clarity
from agents.answering.context import Question
from agents.answering.periods import Period
from agents.answering.vocabulary import (
    BEST,
    COMMON,
    DIMENSIONS,
    ENOUGH,
    LATE,
    LEAST,
    METRIC_WORDS,
    MONEY,
    MOST,
    TREND,
    WORST,
)
from agents.metrics import METRICS, Metric
from agents.statistics.drivers import split
from domain.case import Answer, Citation
from domain.scope import Scope


@dataclass(frozen=True, slots=True)
class Ranking:
    """Which groups to name, in what order."""

    column: str
    highest: bool
    count: int
    ordered: bool
    """Whether the question asks for an order at all, or just for each."""


def metrics_in(question: Question) -> list[Metric]:
    """The metrics a question names."""
    found = language.find_all(question.rest, METRIC_WORDS)
    exact = list(dict.fromkeys(name for _, name in found))
    return [METRICS[name] for name in exact]


def answer_figures(question: Question) -> Answer | None:
    """The answer, where the question is about figures."""
    wanted = metrics_in(question)
    if question.candidates:
        places = wording.listing([_described(one.scope, one.name) for one in question.candidates[:5]], "or")
        return question.unknown(f"the name fits several: {places}. Which one do you mean?")
    if not wanted and not _asks_how(question):
        return None
    if stranger := unknown_name(question):
        return question.unknown(f'I find nothing called "{wording.quote(stranger, 60)}".')
    asked = [one.within_currency(code) for one in question.each() for code in _split(one, wanted)]
    answers = [_figures(one, wanted) for one in asked]
    known = [one for one in answers if one.known]
    if not known or len(answers) == 1:
        return answers[0]
    apart = len({one.only for one in asked}) > 1 and len(question.each()) == 1
    told = (f"In {one.only}: {said.text}" if apart else said.text for one, said in zip(asked, answers, strict=True))
    text = "\n".join(dict.fromkeys(told))
    return question.answer(text, [citation for one in known for citation in one.citations])


def _figures(question: Question, wanted: list[Metric]) -> Answer:
    """The answer for one object in one currency."""
    if not wanted:
        return _several(question, [METRICS[name] for name in ("spend", "conversions", "cpa", "ctr")])
    if question.says("why", "what drove", "driver", "drivers", "cause", "reason") and wanted[0].name == "cpa":
        return _drivers(question)
    if ranking := _ranking(question, wanted[0]):
        return _ranked(question, wanted[0], ranking)
    if question.says(*TREND):
        return _trend(question, wanted[0])
    return _several(question, wanted[:4])


def _split(question: Question, wanted: list[Metric]) -> tuple[str, ...]:
    """The currencies to answer in: amounts in two currencies are never added up."""
    money = not wanted or any({one.top, one.bottom} & MONEY for one in wanted)
    return question.currencies if money else question.currencies[:1] if len(question.currencies) == 1 else ("",)


def unknown_name(question: Question) -> str | None:
    """A name in the question that is nobody's, so that it is not silently answered for everybody."""
    text = question.rest
    for phrase, _ in [*language.find_all(text, METRIC_WORDS), *language.find_all(text, DIMENSIONS)]:
        text = language.without(text, phrase)
    for match in re.finditer(
        r"\b(?:of|for|in|on|about|at|from)\s+((?:(?!of |for |in |on |about |at |from )[\w-]+ ?)+)", text
    ):
        strange = [word for word in match[1].split() if word not in COMMON and not word.isdigit() and len(word) > 2]
        if strange:
            return " ".join(strange)
    return None


def cited(metric: Metric, question: Question, period: Period) -> list[Citation]:
    """Where a figure comes from."""
    named = [f"{name}={value}" for name, value in question.scope.ids()]
    filters = ", ".join([*named, f"currency={question.only}"] if question.only else named) or "all rows"
    return [Citation(table=table, window=(period.first, period.last), filter=filters) for table in metric.tables]


def _several(question: Question, wanted: list[Metric]) -> Answer:
    parts, brief, citations = list[str](), list[str](), list[Citation]()
    for metric in wanted:
        period = _latest(question, metric)
        sums = metrics.total(question.readings, metric, question.scope, period.first, period.last)
        value = metric.value(*sums) if sums else None
        if sums is None or value is None:
            if len(wanted) == 1:
                return question.unknown(_missing(question, metric, period))
            parts.append(f"{metric.words} cannot be told")
            brief.append(parts[-1])
            continue
        figure = metric.text(value, _currency(question))
        brief.append(f"{metric.short} *{figure}*{_basis(metric, sums, question)}")
        parts.append(_stated(question, metric, period, value, sums))
        citations += cited(metric, question, period)
        if question.time.against and metric.name != "daily_budget":
            text, more = _compared(question, metric, value)
            parts[-1] += text
            citations += more
    if not citations:
        return question.unknown(_missing(question, wanted[0], question.time.period))
    text = " ".join(wording.sentence(part) for part in parts)
    if len(wanted) > 1 and not question.time.against:
        text = f"{_place(question)} {_when(question.time.period)}: {'; '.join(brief)}."
    return question.answer(text[:1].upper() + text[1:] + _notes(question, wanted), citations)


def _stated(question: Question, metric: Metric, period: Period, value: float, sums: tuple[float, float]) -> str:
    """One figure in a sentence."""
    where, figure = _place(question), metric.text(value, _currency(question))
    when = _when(period)
    if metric.name == "daily_budget":
        return f"the daily budget of {where} is *{figure}*, as of {wording.day(period.last)}"
    name = "media-only CAC (spend per conversion)" if question.says("cac") and metric.name == "cpa" else metric.short
    verb = "were" if name[-1] == "s" else "was"
    return f"{name} of {where} {verb} *{figure}* {when}{_basis(metric, sums, question)}"


def _basis(metric: Metric, sums: tuple[float, float], question: Question) -> str:
    if metric.bottom is None or metric.name in {"frequency", "position", "hours_served"}:
        return ""
    top, bottom = (_sum_text(name, value, question) for name, value in zip(
        (metric.top, metric.bottom), sums, strict=True
    ))  # fmt: skip
    return f" ({top} from {bottom})" if metric.unit == "share" else f" ({top} for {bottom})"


def _sum_text(column: str, value: float, question: Question) -> str:
    money = column in {"spend", "revenue", "conversions_value"}
    words = column.replace("unique_", "").replace("cohort_size", "people").replace("_", " ")
    figure = wording.money(value, _currency(question)) if money else wording.count(value)
    return f"{figure} {words}" if column != "delivered" else f"{figure} delivered messages"


def _compared(question: Question, metric: Metric, value: float) -> tuple[str, list[Citation]]:
    against = question.time.against
    assert against is not None
    sums = metrics.total(question.readings, metric, question.scope, against.first, against.last)
    before = metric.value(*sums) if sums else None
    if not before:
        return f"; there is nothing to compare with {_when(against)}", []
    figure = metric.text(before, _currency(question))
    word = "up" if value > before else "down" if value < before else "the same as"
    change = "" if value == before else f" {wording.size(value / before - 1)} from"
    sure = clarity(question, metric, question.time.period, against)
    return f", {word}{change} {figure} {_when(against)}{sure}", cited(metric, question, against)


def _trend(question: Question, metric: Metric) -> Answer:
    """The last four weeks, or the weeks of the period asked about."""
    last = question.time.period.last if question.time.named else question.today
    weeks = max(2, min(8, round(question.time.period.length / 7))) if question.time.named else 4
    values: list[tuple[Period, float | None]] = []
    for back in range(weeks - 1, -1, -1):
        week = Period(last - timedelta(days=7 * back + 6), last - timedelta(days=7 * back))
        sums = metrics.total(question.readings, metric, question.scope, week.first, week.last)
        values.append((week, metric.value(*sums) if sums else None))
    known = [(week, value) for week, value in values if value is not None]
    if len(known) < 2 or not known[0][1]:
        return question.unknown(_missing(question, metric, question.time.period))
    first, now = known[0][1], known[-1][1]
    change = now / first - 1
    direction = "is about flat" if abs(change) < 0.05 else "is rising" if change > 0 else "is falling"
    listed = ", ".join(metric.text(value, _currency(question)) for _, value in known)
    text = (
        f"{metric.short} of {_place(question)} {direction}: {listed} in the {len(known)} weeks to {wording.day(last)} "
        f"({wording.percent(change)} from the first to the last)."
    )
    return question.answer(text + _notes(question, [metric]), cited(metric, question, Period(known[0][0].first, last)))


def _ranking(question: Question, metric: Metric) -> Ranking | None:
    text = question.rest
    words = language.find_all(text, DIMENSIONS)
    most, least = (any(language.said(text, word) for word in group) for group in (MOST, LEAST))
    best, worst = (any(language.said(text, word) for word in group) for group in (BEST, WORST))
    each = re.search(r"\b(by|per|each|every|which|what|split|break ?down)\b", text) is not None
    ordered = most or least or best or worst
    if not words or not (ordered or each):
        return None
    plural = words[0][0].endswith("s") or (each and not ordered and not language.said(text, "which"))
    number = re.search(r"\b(?:top|bottom|best|worst|highest|lowest) (\d{1,2})\b|\b(\d{1,2}) (?:best|worst|top)\b", text)
    count = int(number[1] or number[2]) if number else 5 if plural else 1
    highest = most or (best and metric.wanted >= 0) or (worst and metric.wanted < 0)
    if not ordered:
        highest = True
    return Ranking(words[0][1], highest, max(1, min(count, 10)), ordered)


def _ranked(question: Question, metric: Metric, ranking: Ranking) -> Answer:
    period = question.time.period
    by = ("platform", "account_id", "campaign_id", ranking.column) if ranking.column == "ad_id" else (ranking.column,)
    table = metrics.sums(question.readings, metric, question.scope, period.first, period.last, by=tuple(by))
    if table is None or table.is_empty():
        return question.unknown(_missing(question, metric, period, ranking.column))
    table = table.drop_nulls(ranking.column)
    enough = table.filter(pl.col("bottom") >= (ENOUGH.get(metric.name, 1e-9) if metric.bottom else 0))
    if enough.is_empty():
        return question.unknown(f"there is too little data {_when(period)} to rank by {metric.words}.")
    rate = pl.col("top") * metric.scale / (pl.col("bottom") if metric.bottom else 1.0)
    ordered = enough.with_columns(value=rate).sort(["value", ranking.column], descending=[ranking.highest, False])
    shown = [
        (str(row[0]), float(row[1])) for row in ordered.head(ranking.count).select(ranking.column, "value").iter_rows()
    ]
    named = [
        (_named(question, ranking.column, ident), metric.text(value, _currency(question))) for ident, value in shown
    ]
    left = table.height - enough.height
    note = f" {left} with too little data {'is' if left == 1 else 'are'} left out." if left else ""
    if ranking.count == 1:
        kind = ranking.column.removesuffix("_id").replace("date_day", "day").replace("_", " ")
        text = f"*{named[0][0]}* has the {'highest' if ranking.highest else 'lowest'} {metric.words} of the "
        text += f"{wording.plural(enough.height, kind, naming_plural(kind))} {_when(period)}: {named[0][1]}."
    else:
        order = "highest first" if ranking.highest else "lowest first"
        lines = "\n".join(f"{place}. {name}: {value}" for place, (name, value) in enumerate(named, 1))
        text = f"{metric.short} {_when(period)}, {order}:\n{lines}"
        note = f"\n{note.strip()}" if note else ""
    return question.answer(text + note + _notes(question, [metric]), cited(metric, question, period))


def naming_plural(kind: str) -> str:
    """The plural of a dimension."""
    return "queries" if kind == "query" else f"{kind}s"


def _drivers(question: Question) -> Answer:
    """Which part of the cost of a conversion moved: the price of impressions, click-through or conversion."""
    now, before = question.time.period, question.time.against or question.time.period.before()
    values: dict[str, tuple[float, float]] = {}
    for name in ("cpa", "cpm", "ctr", "cvr"):
        pair = [
            METRICS[name].value(*sums)
            for period in (before, now)
            if (sums := metrics.total(question.readings, METRICS[name], question.scope, period.first, period.last))
        ]
        if len(pair) != 2 or not pair[0] or not pair[1]:
            return question.unknown(_missing(question, METRICS[name], now))
        values[name] = (pair[0], pair[1])
    whole, parts = split({name: np.log([after / start]) for name, (start, after) in values.items() if name != "cpa"})
    made = {name: float(part[0]) for name, part in parts.items()}
    driver = max(made, key=lambda name: made[name] * (1 if whole[0] >= 0 else -1))
    currency = _currency(question)
    told = wording.listing(
        [
            f"{METRICS[name].short} {wording.percent(after / start - 1)} (now {METRICS[name].text(after, currency)})"
            for name, (start, after) in values.items()
            if name != "cpa"
        ]
    )
    start, after = values["cpa"]
    text = (
        f"CPA of {_place(question)} went from {METRICS['cpa'].text(start, currency)} {_when(before)} to "
        f"*{METRICS['cpa'].text(after, currency)}* {_when(now)} ({wording.percent(after / start - 1)}). Most of it is "
        f"{METRICS[driver].words} ({metrics.made_by(after / start - 1, made)}): {told}."
    )
    both = [one for period in (now, before) for one in cited(METRICS["cpa"], question, period)]
    return question.answer(text + _notes(question, [METRICS["cpa"]]), both)


def _asks_how(question: Question) -> bool:
    """Whether it asks how a place does, without naming a metric."""
    performing = question.says("how is", "how are", "how did", "how was", "how were", "performance", "performing",
                               "perform", "doing", "numbers", "figures", "kpis", "kpi")  # fmt: skip
    return performing and (question.subject is not None or question.says("performance", "numbers", "kpis", "figures"))


def _notes(question: Question, wanted: list[Metric]) -> str:
    """What weakens the figure."""
    late = any(LATE & {metric.top, metric.bottom} for metric in wanted)
    recent = question.time.period.last > question.today - timedelta(days=2)
    horizons = any(metric.name == "retention" for metric in wanted)
    late_note = " Conversions of the last two days are still coming in." if late and recent else ""
    return late_note + (" All cohorts and horizons read in these days count together." if horizons else "")


def _latest(question: Question, metric: Metric) -> Period:
    """A budget is what it is today, not a sum over days."""
    if metric.name != "daily_budget":
        return question.time.period
    last = question.time.period.last
    frame = metrics.rows(question.readings, "campaign_status")
    if frame is not None:
        seen = metrics.within(frame, question.scope).filter(pl.col("date_day") <= last)["date_day"].max()
        last = seen if isinstance(seen, type(last)) else last
    return Period(last, last)


def _currency(question: Question) -> str:
    frame = question.readings.get("ad_report")
    if frame is not None and "currency" in frame.columns:
        known = metrics.within(frame, question.scope)["currency"].drop_nulls()
        if len(known):
            return str(known[-1])
    return question.model.currency


def _missing(question: Question, metric: Metric, period: Period, column: str = "") -> str:
    """Why a figure cannot be told."""
    for table in metric.tables:
        gap = next((gap.because for gap in question.readings.gaps if gap.table == table), None)
        if question.readings.get(table) is None:
            return f"there is no {table}, where {metric.words} comes from{f' ({gap})' if gap else ''}."
    frame = question.readings.get(metric.table)
    if column and frame is not None and column not in frame.columns:
        return f"{metric.table} does not tell {metric.words} by {column.removesuffix('_id').replace('_', ' ')}."
    days = frame["date_day"] if frame is not None and "date_day" in frame.columns else None
    if days is None or not len(days):
        return f"{metric.table} is empty."
    first, last = days.min(), days.max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    reach = f"it is read from {wording.day(first)} to {wording.day(last)}"
    return f"{metric.table} has no {metric.words} for {_place(question)} {_when(period)}; {reach}."


def _when(period: Period) -> str:
    return f"on {period.words}" if period.first == period.last else f"from {period.words}"


def _place(question: Question) -> str:
    if question.subject is None:
        return "all campaigns"
    ids = dict(question.scope.ids())
    if len(ids) > 1 and question.subject.name not in ids.values():
        return question.subject.name
    return naming.place(question.scope, dict.fromkeys(ids.values(), question.subject.name))


def _described(scope: Scope, name: str) -> str:
    parent = scope.campaign_id if scope.ad_id else scope.account_id
    label = f"{scope.grain.value} {name}"
    return f"{label} ({wording.platform(scope.platform)}, {parent})" if scope.platform else label


def _named(question: Question, column: str, ident: str) -> str:
    """What people call one group."""
    if column == "platform":
        return wording.platform(ident)
    if column == "date_day":
        return wording.day(date.fromisoformat(ident), question.today)
    found = [
        one for one in question.known.by_name.get(language.plain(ident), ()) if getattr(one.scope, column, "") == ident
    ]
    return found[0].name if found else wording.quote(ident, 60)
