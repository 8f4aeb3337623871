"""Questions about figures: a metric, a place, a period, a comparison, a ranking, a trend, what drove it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import polars as pl

from agents import metrics, naming, wording
from agents.answering import language
from agents.answering.context import Question
from agents.answering.periods import Period
from agents.metrics import METRICS, Metric
from domain.case import Answer, Citation
from domain.scope import Scope

METRIC_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "ctr": "ctr", "click through rate": "ctr", "click-through rate": "ctr", "clickthrough rate": "ctr",
        "click-through": "ctr", "cpc": "cpc", "cost per click": "cpc", "click price": "cpc", "cpm": "cpm",
        "cost per mille": "cpm", "cost per thousand": "cpm", "cost per thousand impressions": "cpm", "cvr": "cvr",
        "conversion rate": "cvr", "cpa": "cpa", "cost per acquisition": "cpa", "cost per conversion": "cpa",
        "cost per order": "cpa", "acquisition cost": "cpa", "acquisition costs": "cpa", "cac": "cpa", "cpo": "cpa",
        "roas": "roas", "return on ad spend": "roas", "spend": "spend", "spent": "spend", "ad spend": "spend",
        "cost": "spend", "costs": "spend", "spending": "spend", "expenses": "spend", "clicks": "clicks",
        "impressions": "impressions", "views": "impressions", "conversions": "conversions", "sales": "conversions",
        "conversion value": "conversions_value", "frequency": "frequency", "reach": "reach", "orders": "orders",
        "backend orders": "orders", "revenue": "revenue", "turnover": "revenue", "visits": "sessions",
        "sessions": "sessions", "traffic": "sessions", "site visits": "sessions", "order rate": "order_rate",
        "orders per visit": "order_rate", "click rate": "click_rate", "email click rate": "click_rate",
        "newsletter click rate": "click_rate", "engagement": "click_rate", "open rate": "open_rate",
        "unsubscribe rate": "unsubscribe_rate", "unsubscribes": "unsubscribe_rate", "retention": "retention",
        "retention rate": "retention", "pixel ratio": "pixel_ratio", "tracking ratio": "pixel_ratio",
        "budget": "daily_budget", "daily budget": "daily_budget", "budgets": "daily_budget",
        "search clicks": "search_clicks", "organic clicks": "search_clicks", "searches": "search_impressions",
        "search impressions": "search_impressions", "position": "position", "ranking": "position",
        "hours served": "hours_served",
    }
)  # fmt: skip
DIMENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "campaign": "campaign_id", "campaigns": "campaign_id", "ad": "ad_id", "ads": "ad_id", "creative": "ad_id",
        "creatives": "ad_id", "platform": "platform", "platforms": "platform", "channel": "platform",
        "channels": "platform", "account": "account_id", "accounts": "account_id", "segment": "segment_id",
        "segments": "segment_id", "audience": "segment_id", "audiences": "segment_id", "day": "date_day",
        "days": "date_day", "landing page": "landing_page", "landing pages": "landing_page", "query": "query",
        "queries": "query", "search term": "query",
    }
)  # fmt: skip
_MOST = ("highest", "most", "top", "largest", "biggest", "dearest", "most expensive")
_LEAST = ("lowest", "least", "bottom", "smallest", "cheapest", "fewest")
_BEST, _WORST = ("best", "strongest", "better"), ("worst", "weakest", "poorest")
_ENOUGH = {"ctr": 1000.0, "cpm": 1000.0, "cpc": 50.0, "cvr": 50.0, "cpa": 5.0, "roas": 1.0, "click_rate": 500.0}
"""Below this many in the denominator a group is not ranked: a rate of little is luck."""
_LATE = frozenset({"conversions", "conversions_value"})


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
    exact = list(dict.fromkeys(METRIC_WORDS[phrase] for phrase, _ in found))
    return [METRICS[name] for name in exact]


def answer_figures(question: Question) -> Answer | None:
    """The answer, where the question is about figures."""
    wanted = metrics_in(question)
    if question.candidates:
        places = wording.listing([_described(one.scope, one.name, question) for one in question.candidates[:5]], "or")
        return question.unknown(f"the name fits several: {places}. Which one do you mean?")
    if not wanted:
        return _how_is(question)
    if question.says("why", "what drove", "driver", "drivers", "cause", "reason") and wanted[0].name == "cpa":
        return _drivers(question)
    ranking = _ranking(question, wanted[0])
    if ranking:
        return _ranked(question, wanted[0], ranking)
    if question.says("trend", "trending", "develop", "developing", "developed", "over time", "rising", "falling",
                     "going up", "going down", "increasing", "decreasing", "week by week", "weekly"):  # fmt: skip
        return _trend(question, wanted[0])
    return _several(question, wanted[:4])


def cited(metric: Metric, scope: Scope, period: Period) -> list[Citation]:
    """Where a figure comes from."""
    filters = ", ".join(f"{name}={value}" for name, value in scope.ids()) or "all rows"
    return [Citation(table=table, window=(period.first, period.last), filter=filters) for table in metric.tables]


def _several(question: Question, wanted: list[Metric]) -> Answer:
    parts, citations = list[str](), list[Citation]()
    for metric in wanted:
        if problem := _mixed_money(question, metric):
            return question.unknown(problem)
        period = _latest(question, metric)
        sums = metrics.total(question.readings, metric, question.scope, period.first, period.last)
        value = metric.value(*sums) if sums else None
        if sums is None or value is None:
            if len(wanted) == 1:
                return question.unknown(_missing(question, metric, period))
            parts.append(f"{metric.words} cannot be told")
            continue
        parts.append(_stated(question, metric, period, value, sums))
        citations += cited(metric, question.scope, period)
        if question.time.against and metric.name != "daily_budget":
            text, more = _compared(question, metric, value)
            parts[-1] += text
            citations += more
    if not citations:
        return question.unknown(_missing(question, wanted[0], question.time.period))
    return question.answer(" ".join(wording.sentence(part) for part in parts) + _notes(question, wanted), citations)


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
    change = "" if value == before else f" {wording.percent(value / before - 1).lstrip('+-')} from"
    return f", {word}{change} {figure} {_when(against)}", cited(metric, question.scope, against)


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
    return question.answer(
        text + _notes(question, [metric]), cited(metric, question.scope, Period(known[0][0].first, last))
    )


def _ranking(question: Question, metric: Metric) -> Ranking | None:
    text = question.rest
    words = language.find_all(text, DIMENSIONS)
    most, least = (any(language.said(text, word) for word in group) for group in (_MOST, _LEAST))
    best, worst = (any(language.said(text, word) for word in group) for group in (_BEST, _WORST))
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
    return Ranking(DIMENSIONS[words[0][0]], highest, max(1, min(count, 10)), ordered)


def _ranked(question: Question, metric: Metric, ranking: Ranking) -> Answer:
    period = question.time.period
    if problem := _mixed_money(question, metric):
        return question.unknown(problem)
    by = ("platform", "account_id", "campaign_id", ranking.column) if ranking.column == "ad_id" else (ranking.column,)
    table = metrics.sums(question.readings, metric, question.scope, period.first, period.last, by=tuple(by))
    if table is None or table.is_empty():
        return question.unknown(_missing(question, metric, period, ranking.column))
    table = table.drop_nulls(ranking.column)
    enough = table.filter(pl.col("bottom") >= (_ENOUGH.get(metric.name, 1e-9) if metric.bottom else 0))
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
    return question.answer(text + note + _notes(question, [metric]), cited(metric, question.scope, period))


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
    moves = {name: math.log(after / start) for name, (start, after) in values.items()}
    parts = {"cpm": moves["cpm"], "ctr": -moves["ctr"], "cvr": -moves["cvr"]}
    driver = max(parts, key=lambda name: parts[name] * math.copysign(1, moves["cpa"] or 1))
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
        f"{METRICS[driver].words}: {told}."
    )
    both = [one for period in (now, before) for one in cited(METRICS["cpa"], question.scope, period)]
    return question.answer(text + _notes(question, [METRICS["cpa"]]), both)


def _how_is(question: Question) -> Answer | None:
    """A place without a metric: the few figures that say how it does."""
    performing = question.says("how is", "how are", "how did", "how was", "how were", "performance", "performing",
                               "perform", "doing", "numbers", "figures", "kpis", "kpi")  # fmt: skip
    if not performing or (question.subject is None and not question.says("performance", "numbers", "kpis", "figures")):
        return None
    return _several(question, [METRICS[name] for name in ("spend", "conversions", "cpa", "ctr")])


def _notes(question: Question, wanted: list[Metric]) -> str:
    """What weakens the figure."""
    late = any(_LATE & {metric.top, metric.bottom} for metric in wanted)
    recent = question.time.period.last > question.today - timedelta(days=2)
    return " Conversions of the last two days are still coming in." if late and recent else ""


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


def _mixed_money(question: Question, metric: Metric) -> str | None:
    """Why amounts cannot be added up here, if they cannot."""
    frame = question.readings.get("ad_report")
    if metric.unit != "money" or frame is None or "currency" not in frame.columns:
        return None
    found = sorted(
        str(one) for one in metrics.within(frame, question.scope)["currency"].drop_nulls().unique().to_list()
    )
    if len(found) < 2:
        return None
    return f"amounts in {wording.listing(found)} cannot be added up. Ask for one account."


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


def _described(scope: Scope, name: str, question: Question) -> str:
    parent = scope.campaign_id if scope.ad_id else scope.account_id
    label = f"{scope.grain.value} {name}"
    return f"{label} ({wording.platform(scope.platform)}, {parent})" if scope.platform else label


def _named(question: Question, column: str, ident: str) -> str:
    """What people call one group."""
    if column == "platform":
        return wording.platform(ident)
    found = [
        one for one in question.known.by_name.get(language.plain(ident), ()) if getattr(one.scope, column, "") == ident
    ]
    return found[0].name if found else wording.quote(ident, 60)
