"""Questions about figures: a metric, a place, a period, a comparison, what drove it. Rankings and trends: see there."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import polars as pl

from agents import metrics, naming, wording
from agents.answering.asked import FIGURES
from agents.answering.clarity import clarity
from agents.answering.context import Question
from agents.answering.periods import Period
from agents.answering.vocabulary import (
    LATE,
    MONEY,
)
from agents.metrics import Metric
from agents.statistics.drivers import split
from domain.case import Answer, Citation
from domain.scope import Scope

USUAL = ("spend", "conversions", "cpa", "ctr")
"""What is told of a place where no figure is named."""


def ask_back(question: Question) -> Answer | None:
    """The question back, where a name fits several objects."""
    if not question.candidates:
        return None
    places = wording.listing([described(one.scope, one.name) for one in question.candidates[:5]], "or")
    return question.unknown(f"the name fits several: {places}. Which one do you mean?")


def cited(metric: Metric, question: Question, period: Period) -> list[Citation]:
    """Where a figure comes from."""
    named = [f"{name}={value}" for name, value in question.scope.ids()]
    named += [cut.filter for cut in question.cutting]
    filters = ", ".join([*named, f"currency={question.only}"] if question.only else named) or "all rows"
    return [Citation(table=table, window=(period.first, period.last), filter=filters) for table in metric.tables]


def in_each_currency(question: Question, wanted: Sequence[Metric]) -> list[Question]:
    """The question once per currency, where it is about money: amounts in two currencies are never added up."""
    money = not wanted or any({one.top, one.bottom} & MONEY for one in wanted)
    codes = question.currencies if money or len(question.currencies) == 1 else ("",)
    return [question.within_currency(code) for code in codes]


def told_together(question: Question, asked: Sequence[Question], answers: Sequence[Answer]) -> Answer:
    """Several answers as one: of several places, or of several currencies."""
    known = [(one, said) for one, said in zip(asked, answers, strict=True) if said.known]
    if not known or len(answers) == 1:
        return answers[0]
    apart = len({one.only for one in asked}) > 1
    if apart and len({(one.scope.key, one.cutting) for one in asked}) == 1:
        asked, answers = [one for one, _ in known], [said for _, said in known]
        apart = len(known) > 1
    places = len({(one.scope.key, one.cutting) for one in asked}) > 1
    lines = [
        f"In {one.only}: {said.text}" if apart and not places else said.text
        for one, said in zip(asked, answers, strict=True)
    ]
    text = "\n".join(dict.fromkeys(lines))
    return question.answer(text, [citation for _, said in known for citation in said.citations])


def several(question: Question, wanted: Sequence[Metric]) -> Answer:
    """One figure in a sentence, or some in a line."""
    parts, brief, citations = list[str](), list[str](), list[Citation]()
    for metric in wanted:
        period = _latest(question, metric)
        sums = metrics.total(question.at_hand, metric, question.scope, period.first, period.last)
        value = metric.value(*sums) if sums else None
        if sums is None or value is None:
            if len(wanted) == 1:
                return question.unknown(missing(question, metric, period))
            parts.append(f"{metric.words} cannot be told")
            brief.append(parts[-1])
            continue
        figure = metric.text(value, currency(question))
        brief.append(f"{metric.short} *{figure}*{_basis(metric, sums, question)}")
        parts.append(_stated(question, metric, period, value, sums))
        citations += cited(metric, question, period)
        if question.time.against and metric.name != "daily_budget":
            text, more = _compared(question, metric, value)
            parts[-1] += text
            citations += more
    if not citations:
        return question.unknown(missing(question, wanted[0], question.time.period))
    text = " ".join(wording.sentence(part) for part in parts)
    if len(wanted) > 1 and not question.time.against:
        text = f"{place(question)} {when(question.time.period)}: {'; '.join(brief)}."
    return question.answer(text[:1].upper() + text[1:] + notes(question, wanted), citations)


def _stated(question: Question, metric: Metric, period: Period, value: float, sums: tuple[float, float]) -> str:
    """One figure in a sentence."""
    where, figure = place(question), metric.text(value, currency(question))
    at = when(period)
    if metric.name == "daily_budget":
        return f"the daily budget of {where} is *{figure}*, as of {wording.day(period.last)}"
    name = "media-only CAC (spend per conversion)" if question.says("cac") and metric.name == "cpa" else metric.short
    verb = "were" if name[-1] == "s" else "was"
    return f"{name} of {where} {verb} *{figure}* {at}{_basis(metric, sums, question)}{_a_day(question, metric, value)}"


def _a_day(question: Question, metric: Metric, value: float) -> str:
    """What a sum comes to a day, where it is asked for or periods of different lengths are compared."""
    period, against = _latest(question, metric), question.time.against
    uneven = against is not None and against.length != period.length
    if metric.bottom is not None or period.length == 1 or not (uneven or question.says("per day", "a day", "daily")):
        return ""
    return f" ({metric.text(value / period.length, currency(question))} a day)"


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
    figure = wording.money(value, currency(question)) if money else wording.count(value)
    return f"{figure} {words}" if column != "delivered" else f"{figure} delivered messages"


def _compared(question: Question, metric: Metric, value: float) -> tuple[str, list[Citation]]:
    assert question.time.against is not None
    against = covered(question, metric, question.time.against)
    sums = metrics.total(question.at_hand, metric, question.scope, against.first, against.last)
    before = metric.value(*sums) if sums else None
    if not before:
        return f"; there is nothing to compare with {when(against)}", []
    figure = metric.text(before, currency(question))
    word = "up" if value > before else "down" if value < before else "the same as"
    change = "" if value == before else f" {wording.size(value / before - 1)} from"
    length = _latest(question, metric).length
    if metric.bottom is None and against.length != length:
        daily = (value / length) / (before / against.length) - 1
        daily_words = f"{wording.percent(daily)} a day" if daily else "the same a day"
        told = f", against {figure} {when(against)} ({daily_words}: {wording.plural(length, 'day')} against "
        return f"{told}{against.length})", cited(metric, question, against)
    sure = clarity(question, metric, question.time.period, against)
    return f", {word}{change} {figure} {when(against)}{sure}", cited(metric, question, against)


def drivers(question: Question) -> Answer:
    """Which part of the cost of a conversion moved: the price of impressions, click-through or conversion."""
    now, before = question.time.period, question.time.against or question.time.period.before()
    values: dict[str, tuple[float, float]] = {}
    for name in ("cpa", "cpm", "ctr", "cvr"):
        pair = [
            FIGURES[name].value(*sums)
            for period in (before, now)
            if (sums := metrics.total(question.at_hand, FIGURES[name], question.scope, period.first, period.last))
        ]
        if len(pair) != 2 or not pair[0] or not pair[1]:
            return question.unknown(missing(question, FIGURES[name], now))
        values[name] = (pair[0], pair[1])
    whole, parts = split({name: np.log([after / start]) for name, (start, after) in values.items() if name != "cpa"})
    made = {name: float(part[0]) for name, part in parts.items()}
    driver = max(made, key=lambda name: made[name] * (1 if whole[0] >= 0 else -1))
    code = currency(question)
    told = wording.listing(
        [
            f"{FIGURES[name].short} {wording.percent(after / start - 1)} (now {FIGURES[name].text(after, code)})"
            for name, (start, after) in values.items()
            if name != "cpa"
        ]
    )
    start, after = values["cpa"]
    text = (
        f"CPA of {place(question)} went from {FIGURES['cpa'].text(start, code)} {when(before)} to "
        f"*{FIGURES['cpa'].text(after, code)}* {when(now)} ({wording.percent(after / start - 1)}). Most of it is "
        f"{FIGURES[driver].words} ({metrics.made_by(after / start - 1, made)}): {told}."
    )
    both = [one for period in (now, before) for one in cited(FIGURES["cpa"], question, period)]
    return question.answer(text + notes(question, [FIGURES["cpa"]]), both)


def asks_how(question: Question) -> bool:
    """Whether it asks how a place, or everything, does, without naming a metric."""
    overall = question.says("performance", "numbers", "kpis", "figures", "overview", "key figures")
    performing = overall or question.says(
        "how is", "how are", "how did", "how was", "how were", "how has", "how have", "how had", "performing",
        "perform", "performed", "doing", "kpi", "effective", "good", "look", "compare", "better", "beat",
        "beats", "worse", "cheaper", "dearer", "status",
    )  # fmt: skip
    placed = question.subject is not None or any(question.every_cut) or question.time.named
    return overall or (performing and placed)


def notes(question: Question, wanted: Sequence[Metric]) -> str:
    """What weakens the figure."""
    late = any(LATE & {metric.top, metric.bottom} for metric in wanted)
    recent = question.time.period.last > question.today - timedelta(days=2)
    horizons = any(metric.name == "retention" for metric in wanted)
    late_note = _begins(question, wanted) + (
        " Conversions of the last two days are still coming in." if late and recent else ""
    )
    return late_note + (" All cohorts and horizons read in these days count together." if horizons else "")


def _begins(question: Question, wanted: Sequence[Metric]) -> str:
    """That days asked about lie before the first there is, where they do."""
    first = _first_day(question, wanted[0])
    asked = [one for one in (question.time.period, question.time.against) if one is not None]
    if first is None or all(first <= one.first for one in asked):
        return ""
    return f" The data starts on {wording.day(first, question.today)}: earlier days are not in it."


def covered(question: Question, metric: Metric, period: Period) -> Period:
    """The part of a period the table has days of; all of it where it has none."""
    first = _first_day(question, metric)
    return Period(first, period.last) if first and period.first < first <= period.last else period


def _first_day(question: Question, metric: Metric) -> date | None:
    table = question.readings.get(metric.table)
    first = table["date_day"].min() if table is not None and "date_day" in table.columns else None
    return first if isinstance(first, date) else None


def _latest(question: Question, metric: Metric) -> Period:
    """The days a figure is of. A budget is what it is today, not a sum over days."""
    if metric.name != "daily_budget":
        return covered(question, metric, question.time.period)
    last = question.time.period.last
    frame = metrics.rows(question.at_hand, "campaign_status")
    if frame is not None:
        seen = metrics.within(frame, question.scope).filter(pl.col("date_day") <= last)["date_day"].max()
        last = seen if isinstance(seen, type(last)) else last
    return Period(last, last)


def currency(question: Question) -> str:
    """The currency its amounts are in."""
    frame = question.at_hand.get("ad_report")
    if frame is not None and "currency" in frame.columns:
        known = metrics.within(frame, question.scope)["currency"].drop_nulls()
        if len(known):
            return str(known[-1])
    return question.only or question.model.currency


def missing(question: Question, metric: Metric, period: Period, column: str = "") -> str:
    """Why a figure cannot be told."""
    for table in metric.tables:
        gap = next((gap.because for gap in question.readings.gaps if gap.table == table), None)
        if question.readings.get(table) is None:
            return f"there is no {table}, where {metric.words} comes from{f' ({gap})' if gap else ''}."
        if question.at_hand.get(table) is None:
            return f"{table} does not tell {metric.words} of {place(question)} apart."
    frame = question.at_hand.get(metric.table)
    if column and frame is not None and column not in frame.columns:
        return f"{metric.table} does not tell {metric.words} by {column.removesuffix('_id').replace('_', ' ')}."
    whole = question.readings.get(metric.table)
    days = whole["date_day"] if whole is not None and "date_day" in whole.columns else None
    if days is None or not len(days):
        return f"{metric.table} is empty."
    first, last = days.min(), days.max()
    assert isinstance(first, date)
    assert isinstance(last, date)
    reach = f"it is read from {wording.day(first, period.last)} to {wording.day(last, period.last)}"
    return f"{metric.table} has no {metric.words} for {place(question)} {when(period)}; {reach}."


def when(period: Period) -> str:
    """The days in words: "on 12 March", "from 8 to 14 March"."""
    return f"on {period.words}" if period.first == period.last else f"from {period.words}"


def place(question: Question) -> str:
    """Where a figure is of: "Meta", "Trail Shoe video", "all campaigns", with what it is cut down to."""
    labels = [cut.label for cut in question.cutting]
    if question.subject is None:
        if len(labels) == 1 and not question.cutting[0].out:
            return (
                f"your campaigns ({labels[0].removeprefix('yours: ')})" if labels[0].startswith("yours") else labels[0]
            )
        return f"all campaigns{''.join(f', {one}' for one in labels)}"
    ids = dict(question.scope.ids())
    name = question.subject.name
    if not (len(ids) > 1 and name not in ids.values()):
        name = naming.place(question.scope, dict.fromkeys(ids.values(), name))
    return f"{name}{''.join(f', {one}' for one in labels)}"


def described(scope: Scope, name: str) -> str:
    """An object told from others of its name."""
    parent = scope.campaign_id if scope.ad_id else scope.account_id
    label = f"{scope.grain.value} {name}"
    return f"{label} ({wording.platform(scope.platform)}, {parent})" if scope.platform else label
