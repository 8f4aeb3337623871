"""Which one is first, each one side by side, which one moved most."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from agents import metrics, wording
from agents.answering import language
from agents.answering.calendar import COUNT, numbered
from agents.answering.context import Question
from agents.answering.figures import cited, currency, missing, notes, place, when
from agents.answering.periods import Period
from agents.answering.vocabulary import BEST, DIMENSIONS, ENOUGH, LEAST, MOST, WORST
from agents.answering.wanted import SHARE
from agents.metrics import METRICS, Metric
from domain.case import Answer, Citation

MOST_SHOWN = 10
_GROUPS = "campaigns|ads|creatives|platforms|channels|segments|audiences|accounts|days|queries"
_NUMBERED = (
    rf"\b(?:top|bottom|best|worst|highest|lowest) ({COUNT})\b|\b({COUNT}) (?:best|worst|top)\b"
    rf"|\b({COUNT}) (?:{_GROUPS})\b"
)
_FALL = (
    r"\b(drops?|dropped|falls?|fell|fallen|declines?|declined|loss(?:es)?|lost|down|decreases?|decreased|worsened)\b"
)
_RISE = r"\b(rises?|rose|risen|gains?|gained|growth|grew|grown|increases?|increased|improvements?|improved|jumps?)\b"
_MOVE = r"\b(moved|moves|changed|changes|swings?)\b"


@dataclass(frozen=True, slots=True)
class Ranking:
    """Which groups to name, in what order."""

    column: str
    highest: bool
    count: int
    ordered: bool
    """Whether the question asks for an order at all, or just for each."""
    more_than: float | None = None
    """Only groups above this value."""
    less_than: float | None = None
    moved: int = 0
    """Ranked by how much they moved: +1 up, -1 down, 2 either way."""


def ranking(question: Question, metric: Metric) -> Ranking | None:
    """What is to be ranked, where the question asks for it."""
    text = re.sub(rf"\bacross (?:all|every|the) (?:\w+ )?(?:{_GROUPS})\b", "", question.rest)  # in all
    words = language.find_all(text, DIMENSIONS)
    most, least = (any(language.has(text, word) for word in group) for group in (MOST, LEAST))
    best, worst = (any(language.has(text, word) for word in group) for group in (BEST, WORST))
    each = re.search(r"\b(by|per|each|every|which|what|split|break ?down|of all|all|for all|list)\b", text) is not None
    more, less = _bound(question.text, "more than|over|above|at least"), _bound(question.text, "less than|under|below")
    if (best or worst) and not metric.wanted and not (most or least):
        return None  # of delivered messages none are the best
    ordered = most or least or best or worst or more is not None or less is not None
    if language.has(text, "per day", "each day", "a day", "day by day", "by day", "daily") or not words:
        words = [one for one in words if one[1] != "date_day"]
    if not words and re.search(r"\bwhere\b", text) and _moved(question):
        return Ranking("campaign_id", most, 1, ordered, moved=_moved(question))
    if not words or not (ordered or each) or (len(words) == 1 and _only_names(question, *words[0])):
        return None
    if len(question.every_cut) > 1 and any(each[-1].column == "channel" for each in question.every_cut if each):
        return None  # side by side already
    column = min((text.find(said), column) for said, column in words)[1]
    said = next(said for said, meant in words if meant == column)
    plural = said.endswith("s") or (each and not ordered and not language.has(text, "which"))
    number = re.search(_NUMBERED, text)
    count = (
        numbered(number[1] or number[2] or number[3])
        if number
        else MOST_SHOWN
        if each and not ordered
        else 5
        if plural
        else 1
    )
    highest = most or (best and metric.wanted >= 0) or (worst and metric.wanted < 0)
    if least:
        highest = False
    if not (most or least or best or worst):
        highest = less is None
    if more is not None or less is not None or language.has(text, "rank"):
        count = MOST_SHOWN
        highest = highest if not language.has(text, "rank") else metric.wanted >= 0
    return Ranking(column, highest, max(1, min(count, MOST_SHOWN)), ordered, more, less, _moved(question))


def _only_names(question: Question, said: str, column: str) -> bool:
    """Whether the word for a group only says what a named object is: "the campaign Tents shopping"."""
    named = [phrase for phrase, one in question.found.said if list(one.scope.ids())[-1][0] == column]
    return any(re.search(rf"\b{said} (called |named )?{re.escape(name)}\b", question.text) for name in named) or (
        bool(named) and any(re.search(rf"\b{re.escape(name)} {said}\b", question.text) for name in named)
    )


def _moved(question: Question) -> int:
    """Whether a move is asked for, and which way."""
    text = question.text
    if not any(language.has(text, word) for word in (*MOST, "largest", "strongest", "worst")):
        return 0
    return -1 if re.search(_FALL, text) else 1 if re.search(_RISE, text) else 2 if re.search(_MOVE, text) else 0


def _bound(text: str, words: str) -> float | None:
    found = re.search(rf"\b(?:{words}) [€$]?(\d+(?:\.\d+)?)(k?)\b(?! (?:days?|weeks?|months?))", text)
    return float(found[1]) * (1000 if found[2] else 1) if found else None


def ranked(question: Question, metric: Metric, asked: Ranking) -> Answer:
    """The groups in order."""
    period = question.time.period
    found = _values(question, metric, asked, period)
    if found is None or found.is_empty():
        return question.unknown(missing(question, metric, period, asked.column))
    enough = found.filter(pl.col("bottom") >= (ENOUGH.get(metric.name, 1e-9) if metric.bottom else 0))
    if enough.is_empty():
        return question.unknown(f"there is too little data {when(period)} to rank by {metric.words}.")
    left = found.height - enough.height
    if asked.moved:
        return _movers(question, metric, asked, enough)
    if asked.more_than is not None:
        enough = enough.filter(pl.col("value") > asked.more_than)
    if asked.less_than is not None:
        enough = enough.filter(pl.col("value") < asked.less_than)
    kind = _kind(asked.column)
    if enough.is_empty():
        text = f"No {kind} has such a {metric.words} {when(period)}."
        return question.answer(text, cited(metric, question, period))
    ordered = enough.sort(["value", asked.column], descending=[asked.highest, False])
    shown = [
        (str(row[0]), float(row[1])) for row in ordered.head(asked.count).select(asked.column, "value").iter_rows()
    ]
    named = [(name_of(question, asked.column, ident), metric.text(value, currency(question))) for ident, value in shown]
    note = f" {left} with too little data {'is' if left == 1 else 'are'} left out." if left else ""
    if asked.count == 1:
        text = f"*{named[0][0]}* has the {'highest' if asked.highest else 'lowest'} {metric.words} of the "
        text += f"{wording.plural(enough.height, kind, _plural(kind))} {when(period)}: {named[0][1]}."
        if len(ordered) > 1 and asked.column != "date_day":
            second = ordered.row(1, named=True)
            name = name_of(question, asked.column, str(second[asked.column]))
            text += f" Next is {name} with {metric.text(float(second['value']), currency(question))}."
    else:
        order = "highest first" if asked.highest else "lowest first"
        lines = "\n".join(f"{place}. {name}: {value}" for place, (name, value) in enumerate(named, 1))
        text = f"{metric.short} {when(period)}, {order}:\n{lines}"
        rest = enough.height - len(named)
        text += f"\nand {rest} more." if rest > 0 and not asked.ordered else ""
        note = f"\n{note.strip()}" if note else ""
    return question.answer(text + note + notes(question, [metric]), cited(metric, question, period))


def _values(question: Question, metric: Metric, asked: Ranking, period: Period) -> pl.DataFrame | None:
    """Each group with its value."""
    column = asked.column
    if column == "format":
        return _by_format(question, metric, period)
    by = ("platform", "account_id", "campaign_id", column) if column == "ad_id" else (column,)
    own = "platform" if column == "platform" else ""
    table = metrics.sums(question.at_hand, metric, question.scope, period.first, period.last, by=tuple(by))
    if table is None and own:
        return None
    return _valued(table.drop_nulls(column), metric) if table is not None else None


def _valued(table: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    rate = pl.col("top") * metric.scale / (pl.col("bottom") if metric.bottom else 1.0)
    return table.with_columns(value=rate)


def _by_format(question: Question, metric: Metric, period: Period) -> pl.DataFrame | None:
    """Ads by the format of their creative."""
    creative = question.readings.get("creative")
    keys = ("platform", "ad_id")
    table = metrics.sums(question.at_hand, metric, question.scope, period.first, period.last, by=keys)
    if creative is None or table is None:
        return None
    joined = table.join(creative.select(*keys, "format").unique(keys), on=list(keys), how="inner")
    return _valued(joined.group_by("format").agg(pl.col("top", "bottom").sum()).drop_nulls("format"), metric)


def _movers(question: Question, metric: Metric, asked: Ranking, now: pl.DataFrame) -> Answer:
    """The groups by how much they moved against the period before."""
    period, against = question.time.period, question.time.against or question.time.period.before()
    before = _values(question, metric, asked, against)
    if before is None or before.is_empty():
        return question.unknown(missing(question, metric, against, asked.column))
    keys = [name for name in now.columns if name not in {"top", "bottom", "value"}]
    both = now.join(before.select(*keys, was="value"), on=keys, how="inner").filter(pl.col("was") > 0)
    if metric.bottom is None:  # sums of periods of different lengths are compared a day
        both = both.with_columns(value=pl.col("value") / period.length, was=pl.col("was") / against.length)
    moved = both.with_columns(change=pl.col("value") / pl.col("was") - 1)
    order = pl.col("change").abs() if asked.moved == 2 else pl.col("change") * asked.moved
    moved = moved.filter(order > 0).sort([order, pl.col(asked.column)], descending=[True, False])
    if moved.is_empty():
        way = "fell" if asked.moved < 0 else "rose"
        text = f"No {_kind(asked.column)}'s {metric.words} {way} {when(period)}."
        return question.answer(text, [*cited(metric, question, period), *cited(metric, question, against)])
    lines = [
        f"{place}. {name_of(question, asked.column, str(row[asked.column]))}: {metric.short} "
        f"{wording.percent(row['change'])}, from {metric.text(row['was'], currency(question))} to "
        f"{metric.text(row['value'], currency(question))}{' a day' if metric.bottom is None else ''}"
        for place, row in enumerate(moved.head(3).iter_rows(named=True), 1)
    ]
    text = f"{metric.short} {when(period)} against {against.words}, most moved first:\n" + "\n".join(lines)
    both_cited = [*cited(metric, question, period), *cited(metric, question, against)]
    return question.answer(text + notes(question, [metric]), both_cited)


def share(question: Question, metric: Metric, asked: Sequence[Question]) -> Answer | None:
    """Which part of a sum some places make: "the share of spend that goes to Meta"."""
    if metric.bottom is not None or question.subject is None or not re.search(SHARE, question.text):
        return None
    period, lines, citations = question.time.period, list[str](), list[Citation]()
    for one in asked:
        whole = metrics.total(one.readings, metric, type(one.scope)(), period.first, period.last)
        mine = metrics.total(one.at_hand, metric, one.scope, period.first, period.last)
        if not whole or not mine or not whole[0]:
            return question.unknown(missing(one, metric, period))
        name = one.subject.name if one.subject else "everything"
        of = f"all {metric.words}" + (f" in {one.only}" if one.only else "")
        amount = metric.text(mine[0], currency(one))
        lines.append(f"{name} made *{wording.share(mine[0] / whole[0])}* of {of} {when(period)} ({amount}).")
        citations += cited(metric, one, period)
    return question.answer("\n".join(lines), citations)


def how_many(question: Question) -> Answer | None:
    """How many campaigns, ads or platforms were shown to anybody."""
    asked = re.search(
        r"\b(?:how many|number of|count of|which|what|list) (?:\w+ )?(campaigns|ads|creatives|platforms|accounts)\b",
        question.text,
    )
    metric = METRICS["impressions"]
    counted = asked is not None and re.search(
        r"\b(?:how many|number|count|runs?|running|live|active|have)\b", question.text
    )
    if not asked or not counted or question.candidates:
        return None
    column, period = DIMENSIONS[asked[1]], question.time.period
    by = ("platform", "account_id", "campaign_id", "ad_id")[: _FINENESS[column]]
    found = metrics.sums(question.at_hand, metric, question.scope, period.first, period.last, by=by)
    if found is None:
        return question.unknown(missing(question, metric, period, column))
    shown = found.filter(pl.col("top") > 0).height
    kind = _kind(column)
    live = found.filter(pl.col("top") > 0)[column].to_list()
    names = sorted(name_of(question, column, str(one)) for one in live) if shown <= MOST_SHOWN else []
    listed = f": {wording.listing(names)}" if names else ""
    text = f"*{wording.plural(shown, kind)}* of {place(question)} had impressions {when(period)}{listed}."
    return question.answer(text[:1].upper() + text[1:], cited(metric, question, period))


_FINENESS = {"platform": 1, "account_id": 2, "campaign_id": 3, "ad_id": 4}
"""How many ids tell one group from another."""


def _kind(column: str) -> str:
    return column.removesuffix("_id").replace("date_day", "day").replace("_", " ")


def _plural(kind: str) -> str:
    return "queries" if kind == "query" else f"{kind}s"


def name_of(question: Question, column: str, ident: str) -> str:
    """What people call one group."""
    if column == "platform":
        return wording.platform(ident)
    if column == "date_day":
        return wording.day(date.fromisoformat(ident), question.today)
    found = [
        one for one in question.known.by_name.get(language.plain(ident), ()) if getattr(one.scope, column, "") == ident
    ]
    return found[0].name if found else wording.quote(ident, 60)
