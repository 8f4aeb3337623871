"""Questions about what came of things: outcomes, forecasts, and what was learnt."""

import re

from agents import metrics, naming, wording
from agents.answering import language
from agents.answering.context import Question
from agents.answering.matters import asked_role, cite, names_none, people, views_in
from agents.answering.vocabulary import COMMON
from agents.reporting import outcome_words
from domain.case import Answer, Case, Citation, ProposalView
from domain.lesson import Lesson
from domain.receipt import Outcome

_SAYS_NOTHING = language.listed(
    """decision decisions action actions learn learned learnt learning learnings lesson lessons tried try remember
    know history worked work experience results result effect before past time times happened think cause outcome
    raise raises raised rise rises memory about with our ever tests finding findings insight insights takeaway
    takeaways"""
)
MOST_TOLD = 5
_SAME_THING = 2
"""Words in common from which on a lesson is what is asked for, whatever place a name in the question belongs to."""


def outcomes(question: Question) -> Answer:
    """What was measured after what was done."""
    views = views_in(question)
    found = [(case, view, view.outcome) for case, view in views if view.outcome is not None]
    if question.time.named and names_none(question):
        span = question.time.period
        found = [one for one in found if span.first <= one[2].measured_on <= span.last]
    if question.says("wrong", "missed", "off", "mistaken", "failed") and not question.says("far off"):
        found = [one for one in found if _was_wrong(one[2])]
        if not found:
            return question.answer(
                "No forecast measured so far was outside what was measured.", [cite("outcomes", "all")]
            )
    if not found:
        none, learnt = _not_measured(question, views), lessons(question)  # what was measured before may be remembered
        if not learnt.known or (names_none(question) and views):
            return none
        if not views:
            return learnt
        text = f"{none.text.replace('yet', 'about that yet', 1)} What was learnt before:\n{learnt.text}"
        return question.answer(text, [*none.citations, *learnt.citations])
    found.sort(key=lambda item: item[2].measured_on, reverse=True)
    lines = [
        f"• {naming.action_title(view.proposal.action)} for {naming.place(case.signal.scope, case.signal.names)}: "
        f"{outcome_words(outcome)}{f' ({outcome.method})' if outcome.measurable else ''}"
        for case, view, outcome in found[:6]
    ]
    sources = [Citation(table="outcomes", window=one.window, filter=view.proposal.id) for _, view, one in found[:6]]
    return question.answer("\n".join(lines), sources)


def _was_wrong(outcome: Outcome) -> bool:
    """Whether the forecast lies outside what was measured."""
    if outcome.forecast is None or outcome.interval is None:
        return False
    return not outcome.interval[0] <= outcome.forecast <= outcome.interval[1]


def _not_measured(question: Question, views: list[tuple[Case, ProposalView]]) -> Answer:
    due = sorted((view.measured_after, view.proposal.id, case, view) for case, view in views if view.measured_after)
    if due:
        when, _, case, view = due[0]
        what = f"{naming.action_title(view.proposal.action)} for {naming.place(case.signal.scope, case.signal.names)}"
        text = f"{what[0].upper()}{what[1:]} is due on {wording.day(when, question.today)}."
        return question.answer(f"No outcome has been measured yet. {text}", [cite("outcomes", view.proposal.id)])
    return question.answer("No outcome has been measured yet.", [cite("outcomes", "all")])


def when_known(question: Question) -> Answer:
    """When an outcome is due; what it was, where it is known."""
    views = views_in(question)
    due = [(case, view) for case, view in views if view.measured_after and view.outcome is None]
    return _not_measured(question, due) if due else outcomes(question)


def forecasts(question: Question) -> Answer:
    """What is expected of what is proposed."""
    views = [(case, view) for case, view in views_in(question) if view.proposal.undoes is None]
    waiting = [one for one in views if one[1].decision is None] or views
    told = [(case, view) for case, view in waiting if view.proposal.forecast is not None]
    if not told and any(view.outcome is not None for _, view in views):
        return outcomes(question)
    if not told:
        because = "no proposal about that has a forecast: there was too little to go by."
        if not views:
            because = "I forecast only what a proposed action would do, and none is proposed about that."
        return question.unknown(because)
    lines = [f"• {_forecast(question, case, view)}" for case, view in told[:MOST_TOLD]]
    text = lines[0][2:] if len(lines) == 1 else "\n".join(lines)
    return question.answer(text, [cite("proposals", view.proposal.id) for _, view in told[:MOST_TOLD]])


def _forecast(question: Question, case: Case, view: ProposalView) -> str:
    forecast = view.proposal.forecast
    assert forecast is not None
    action = view.proposal.action
    title = naming.action_title(action)
    days = f" over {wording.plural(forecast.days, 'day')}" if forecast.days else ""
    return (
        f"{title[0].upper()}{title[1:]} for {naming.place(case.signal.scope, case.signal.names)}: "
        f"{metrics.short(forecast.metric)} *{wording.percent(forecast.change)}*"
        f" {wording.bounds(forecast.interval)}{days} "
        f"against doing nothing, 80 % sure; {wording.quote(forecast.basis, 160)}. "
        f"{people(question.model, asked_role(view), action)} decides."
    )


def lessons(question: Question) -> Answer:
    """What was learnt and still holds, what fits the question best first."""
    alive = [one for one in question.lessons if one.learned_on <= question.today <= one.expires_on]
    if question.time.named:
        span = question.time.period
        alive = [one for one in alive if span.first <= one.learned_on <= span.last]
    named = [phrase.split() for phrase, _ in question.found.said]
    words = [
        word for word in question.text.split() if word in question.rest.split() or any(word in one for one in named)
    ]
    asked = {language.stem(word) for word in words if len(word) > 2 and word not in COMMON | _SAYS_NOTHING}
    placed = [one for one in question.subjects if one.scope.ids()]
    scored = [(_fits(question, one, asked), one) for one in alive]
    best = max((score for score, _ in scored), default=0)
    if asked or placed:
        least = best if best >= 2 else 1
        mine = [one for score, one in scored if score >= least]
    else:
        mine = alive
    if not mine:
        about = question.subject.name if question.subject else "that"
        return question.unknown(f"no lesson about {about} has been recorded.")
    lines = [f"• {wording.quote(one.text, 300)}" for one in mine[:MOST_TOLD]]
    return question.answer(
        "\n".join(lines), [cite("lessons", f"{one.id}, from {one.source}") for one in mine[:MOST_TOLD]]
    )


def _fits(question: Question, lesson: Lesson, asked: set[str]) -> int:
    """How many words of the question a lesson has; what contradicts its place does not fit."""
    own = _words(lesson)
    inside = any(
        lesson.scope != type(lesson.scope)() and (one.scope.contains(lesson.scope) or lesson.scope.contains(one.scope))
        for one in question.subjects
    )
    shared = len(asked & own)
    elsewhere = bool(question.subjects) and not any(lesson.scope.touches(one.scope) for one in question.subjects)
    if elsewhere and shared < _SAME_THING:
        return 0
    return shared + inside


def _words(lesson: Lesson) -> frozenset[str]:
    """Beginnings of the words a lesson is known by."""
    texts = (lesson.text, lesson.kind.value, lesson.action_kind or "", lesson.cause.value if lesson.cause else "",
             lesson.scope.platform or "")  # fmt: skip
    return frozenset(language.stem(word) for word in re.split(r"[\s_]+", language.plain(" ".join(texts))))


def lessons_reads(question: Question) -> frozenset[str]:
    """Words by which lessons are looked up."""
    return _SAYS_NOTHING.union(*(_words(one) for one in question.lessons))
