"""Answers questions from the tables, the cases, the lessons and the operating model; never from anything else.

Deterministic: the same question over the same facts gets the same words, and every number says where it comes from.
Nothing here can act: an order is answered with who decides, and where.
"""

import re
from collections.abc import Sequence
from datetime import date

from agents import wording
from agents.answering import language, refusals
from agents.answering.accounting import Kind, accounted
from agents.answering.asked import FIGURES
from agents.answering.context import Question
from agents.answering.figures import (
    USUAL,
    ask_back,
    asks_how,
    drivers,
    in_each_currency,
    several,
    told_together,
)
from agents.answering.followups import followed
from agents.answering.matters import ASKED_WITH as MATTER_WORDS
from agents.answering.matters import told_apart_by
from agents.answering.periods import periods
from agents.answering.policy import ASKED_WITH as POLICY_WORDS
from agents.answering.policy import answer_policy
from agents.answering.policy import reads as policy_reads
from agents.answering.rankings import how_many, ranked, ranking, share
from agents.answering.records import KINDS as RECORDS
from agents.answering.records import explain_place, speaks_of_records
from agents.answering.trends import day_by_day, trend
from agents.answering.trials import answer_trials
from agents.answering.vocabulary import TREND
from agents.answering.wanted import ASKED_WITH, metrics_in, reads
from agents.answering.words import KNOWN
from agents.answering.words import USUAL as USUAL_WORDS
from agents.metrics import Metric
from domain.case import Answer, Case, Citation
from domain.lesson import Lesson
from domain.operating_model import OperatingModel
from domain.reading import Readings

__all__ = ["answer", "days_meant"]

_EXAMPLES = (
    '"CTR of a campaign last week compared to the week before", "which ad has the highest CPA", "what is open", '
    '"what waits for me", "how are our tests going", '
    '"who approved the last budget shift", "what have we learned about creatives", '
    '"who may approve a 30 % budget rise"'
)
_WHO_ARE_YOU = (
    r"\b(?:help|what can (?:you|i) (?:do|ask)|what can i ask|how do you work|who are you|what are you|what do you do)\b"
    r"|^(?:hi|hello|hey|hallo|moin|good morning|thanks|thank you)(?: baton)?$"
)
_SOURCES = (
    r"\b(?:missing data|data is missing|data gaps|gaps|how (?:fresh|old|recent|current|up to date)"
    r"|data up to date|data sources?"
    r"|which (?:data|tables)|what (?:data|tables)|freshness|latest data|data as of)\b"
)
_DEFINED = r"\b(?:defined|definition|define|calculated|calculate|computed|formula|stands? for|what do you mean by)\b"
_DAILY = r"\b(?:day by day|daily|each day|every day|by day|per day)\b"


MOST_CHARACTERS = 600
"""Of a question: several times the longest that was tried. Each word is held against every name there is, so
what somebody pastes in would keep all others waiting."""


def answer(
    question: str,
    readings: Readings,
    cases: Sequence[Case],
    lessons: Sequence[Lesson],
    model: OperatingModel,
    today: date,
    by: str = "",
    earlier: Sequence[str] = (),
) -> Answer:
    """The answer to a question in plain words, or an honest "I don't know, because …".

    `today` is the last complete day, `by` the Slack user who asks, `earlier` what was asked before in the same thread,
    oldest first: what the new question leaves out is taken from there.
    """
    asked = Question(question[:MOST_CHARACTERS], readings, cases, lessons, model, today, by)
    if len(question) > MOST_CHARACTERS:
        return asked.unknown("that is longer than a question I can read. Please ask in a sentence or two.")
    return _answered(followed(asked, [one[:MOST_CHARACTERS] for one in earlier], _answered))


def days_meant(words: str, today: date) -> tuple[date, date]:
    """First and last day that words like "last week" or "KW 9" mean; the last seven days where they name none.

    Of days that are not complete yet, the newest one that is.
    """
    text = language.mended(language.plain(words), KNOWN, USUAL_WORDS)
    # "March" or "two weeks" alone say no more than that
    asked = next((one for lead in ("", "in ", "last ") if (one := periods(lead + text, today)).named), None)
    asked = asked or periods(text, today)
    return (today, today) if asked.ahead else (asked.period.first, asked.period.last)


def _answered(asked: Question) -> Answer:
    if not asked.text:
        return asked.unknown("nothing was asked.")
    if told := refusals.order(asked):
        return told
    wanted, records = metrics_in(asked), speaks_of_records(asked)
    asks_figure = bool(wanted) and not asked.says("forecast", "forecasts")
    if told := refusals.future(asked, asks_figure=asks_figure):
        return told
    figures_first = bool(wanted) and not records
    kinds = (*_FIRST, *((_BACK, _FIGURES) if figures_first else (_TRIALS, *RECORDS, _HOW_MANY, _BACK, _FIGURES)))
    return accounted(asked, kinds) or _not_understood(asked)


def _about_itself(asked: Question) -> Answer | None:
    """Who answers, from what, and how its figures are made."""
    if re.search(_WHO_ARE_YOU, asked.text):
        return asked.answer(
            "I am Baton, a piece of software. I answer from the company's tables, signals, decisions, lessons and "
            f"policy. I change nothing by answering. I propose, people decide. You can ask: {_EXAMPLES}."
        )
    if re.search(_SOURCES, asked.text):
        return _sources(asked)
    if re.search(_DEFINED, asked.text) and (wanted := metrics_in(asked)):
        return _definitions(asked, wanted)
    return None


def _not_as_asked(asked: Question) -> Answer | None:
    """The question back where a name is not unique, and the reason where figures are not made in such a way."""
    because = refusals.untold(asked) if metrics_in(asked) or asks_how(asked) else None
    return ask_back(asked) or (asked.unknown(because) if because else None)


def _figures(asked: Question) -> Answer | None:
    """The answer, where the question is about figures."""
    wanted = metrics_in(asked)
    if not wanted and not asks_how(asked):
        return None
    shown = wanted or [FIGURES[name] for name in USUAL]
    parts = [one for place in asked.each() for one in in_each_currency(place, shown)]
    if wanted and (part := share(asked, wanted[0], parts)):
        return part
    told = told_together(asked, parts, [_figure(one, wanted) for one in parts])
    if asked.says("why") and told.known and "Most of it is" not in told.text:
        told = told.model_copy(update={"text": f"{told.text} No open signal explains it."})
    return _not_over(told, asked.time.ahead) if asked.time.ahead else told


def _figure(asked: Question, wanted: Sequence[Metric]) -> Answer:
    """The answer for one place in one currency."""
    if not wanted:
        return several(asked, [FIGURES[name] for name in USUAL])
    first, names = wanted[0], {one.name for one in wanted}
    if asked.says(*_CAUSES) and (first.name == "cpa" or {"cpa", "ctr", "cvr"} <= names):
        return drivers(asked)
    if order := ranking(asked, first):
        return ranked(asked, first, order)
    if _in_course(asked):
        return trend(asked, first)
    listed = (
        re.search(_DAILY, asked.text)
        and not asked.says("average")
        and asked.time.period.length > 1
        and len(wanted) == 1
    )
    return day_by_day(asked, first) if listed and first.name not in _OF_A_DAY else several(asked, wanted[:4])


def _in_course(asked: Question) -> bool:
    """Whether it asks where a figure is going."""
    lasting = _LASTING.search(asked.text) is not None and asked.time.named and asked.time.period.length >= _LONG
    return asked.says(*TREND) or lasting


_CAUSES = ("why", "what drove", "driver", "drivers", "cause", "reason")
_OF_A_DAY = frozenset({"daily_budget", "hours_served"})
"""Figures that are one day's anyway."""
_LONG = 14
"""Days from which on "over the last … days" asks for a course and not for one figure."""
_LASTING = re.compile(
    r"\b(?:move[ds]?|improved?|worsened|gone|changed?|evolved?|behaved?|rise|risen|fallen|grown)\b.*\b(?:over"
    r"|since|through|across|this)\b"
)


def _not_over(told: Answer, ahead: str) -> Answer:
    """What is known of days that are not over: that they are not, and the last days that are."""
    because = "today is not complete" if ahead == "today" else f"of {ahead} no day is complete yet"
    text = f"I don't know, because {because}. What I have: {told.text}"
    return told.model_copy(update={"text": text, "known": False}) if told.known else told


def _definitions(asked: Question, wanted: Sequence[Metric]) -> Answer:
    """How figures are made."""
    lines: list[str] = []
    for metric in wanted[:4]:
        made = metric.top.replace("_", " ")
        if metric.bottom:
            times = f", times {metric.scale:g}" if metric.scale != 1 else ""
            made = f"{made} divided by {metric.bottom.replace('_', ' ')}{times}, each summed over the days first"
        lines.append(f"{metric.short} is {metric.words}: {made}.")
    sources = [Citation(table=table, window=None, filter="all rows") for one in wanted[:4] for table in one.tables]
    return asked.answer("\n".join(lines), sources)


def _sources(asked: Question) -> Answer:
    """What was read, up to when, and what is not there."""
    lines, citations = list[str](), list[Citation]()
    for name, rows in sorted(asked.readings.tables.items()):
        last = rows["date_day"].max() if "date_day" in rows.columns and not rows.is_empty() else None
        until = f", up to {wording.day(last, asked.today)}" if isinstance(last, date) else ""
        lines.append(f"• {name}: {wording.plural(rows.height, 'row')}{until}")
        citations.append(Citation(table=name, window=None, filter="all rows"))
    lines += [f"• missing: {gap.because}" for gap in asked.readings.gaps]
    return asked.answer("\n".join(lines) or "No table was read.", citations)


def _not_understood(asked: Question) -> Answer:
    if strange := refusals.foreign(asked):
        return asked.unknown(f'none of my tables or records speaks of "{wording.quote(strange, 60)}".')
    return asked.unknown(
        "I could not match the question to a metric, a signal, a decision, a lesson or a rule. "
        f"You could ask: {_EXAMPLES}."
    )


def _why_there(asked: Question) -> Answer | None:
    return (
        explain_place(asked) if re.search(r"^(?:\w+ ){0,3}why\b", asked.text) and not speaks_of_records(asked) else None
    )


_ITSELF_WORDS = language.listed(
    """help hi hello hey moin good morning who what how which baton do can ask work you i thanks thank tables table
    data source sources missing gaps fresh freshness old recent current latest updated defined definition define
    calculated calculate computed compute formula stands stand mean for is last until when lol"""
)
_FIRST = (
    Kind(_about_itself, "", _ITSELF_WORDS | {"can"}, figures=True, places=False),
    Kind(_why_there, "", MATTER_WORDS, told_apart_by, figures=True, days=True),
    Kind(answer_policy, "", POLICY_WORDS, policy_reads, people=True),
)
_TRIALS = Kind(answer_trials, "", language.listed("test tests experiment experiments trial trials results result"))
_HOW_MANY = Kind(how_many, "", ASKED_WITH | {"run", "runs", "running"}, reads, figures=True, days=True)
_BACK = Kind(_not_as_asked)
_FIGURES = Kind(_figures, "", ASKED_WITH, reads, figures=True, whole=True, days=True)
