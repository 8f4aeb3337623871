"""A question in a thread: what it leaves out was said before."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from agents.answering import language
from agents.answering.context import Question
from agents.answering.vocabulary import BEST, DIMENSIONS, FIGURE_WORDS, LEAST, WORST
from agents.answering.vocabulary import MOST as MOST_WORDS
from domain.case import Answer, Case

MOST: Final = 6
"""Questions of a thread that are gone back through."""
_FRAGMENT = language.listed(
    """and what about how on for in the same but only just instead now please then with ok okay vs versus of by at from
    to or over during compared compare also a an is was were are it that this those these there split per each
    against than so hmm ah well yes no thanks thank you as"""
)
_ORDERS = {word: word for word in (*MOST_WORDS, *LEAST, *BEST, *WORST) if word != "rank"}
_EVERYWHERE = ("overall", "in total", "everywhere", "company wide", "all together", "all campaigns", "all platforms")
_WHEN = r"^(?:and |so )?when (?:was|is) (?:that|it|this)$"
_POINTS_BACK = (
    r"\b(?:there|here|same|it|that|this|they|them|those|these|one|he|she|its)\b|^(?:and |but |so )*(?:why|who"
    r"|when|how sure|how)\b"
)


def followed(question: Question, earlier: Sequence[str], answered: Callable[[Question], Answer]) -> Question:
    """The question as its thread makes it: scope, days and metric of the one before count where it is silent."""
    before: Question | None = None
    focus: tuple[Case, ...] = ()
    for text in earlier[-MOST:]:
        asked = _after(replace(question, asked=text, meant="", names=question.known), before, focus)
        said = answered(asked)
        if said.known:  # what was not understood is nothing to go back to
            before, focus = asked, _focus(question, said)
    return _after(question, before, focus)


def _after(question: Question, before: Question | None, focus: tuple[Case, ...]) -> Question:
    if before is None or not question.text:
        return question
    named = bool(question.found.said or question.candidates)
    if not named and question.says(*_EVERYWHERE):
        return question
    if re.search(_WHEN, question.text):
        return replace(question, meant=before.text, focus=focus, names=question.known)
    if _is_fragment(question):
        return replace(question, meant=f"{_less(before, question)} {question.text}", focus=focus, names=question.known)
    own_days = question.time.named or question.time.against is not None
    inherited = [] if named else [phrase for phrase, _ in before.found.said]
    inherited += [] if named else [cut.said for each in before.every_cut for cut in each]
    metric = _metrics(question)
    figures = bool(metric) or re.search(r"^(?:\w+ )?why\b", question.text) is not None
    if figures and not metric:
        inherited += _metrics(before)
    if figures and not own_days:
        inherited += before.time.said
    if not named and not re.search(_POINTS_BACK, question.text) and not figures:
        inherited = []
    meant = " ".join([question.text, *inherited])
    return replace(question, meant=meant, focus=() if named else focus, names=question.known)


def _is_fragment(question: Question) -> bool:
    """Whether a question only names another place, other days or another figure."""
    text = question.rest
    for phrases in (FIGURE_WORDS, DIMENSIONS, _ORDERS):
        for phrase, _ in language.find_all(text, phrases):
            text = language.without(text, phrase)
    said_something = question.found.said or question.time.named or question.time.against or text != question.rest
    cut = any(each for each in question.every_cut)
    return bool(said_something or cut) and all(word in _FRAGMENT for word in text.split())


def _less(before: Question, question: Question) -> str:
    """The question before without what the new one replaces."""
    text = before.text
    adds = re.search(r"\b(?:vs|versus|compared|against|than)\b", question.text) is not None
    if question.time.named and not adds:
        for said in before.time.said:
            text = language.without(text, said)
    if (question.found.said or any(each for each in question.every_cut)) and not adds:
        for phrase in [*(phrase for phrase, _ in before.found.said), *(c.said for e in before.every_cut for c in e)]:
            text = language.without(text, phrase)
    if _metrics(question):
        for phrase in _metrics(before):
            text = language.without(text, phrase)
    if any(phrase in question.rest.split() for phrase, _ in language.find_all(question.rest, DIMENSIONS)):
        for phrase, _ in language.find_all(before.rest, DIMENSIONS):
            text = language.without(text, phrase)
    if _ordered(question.rest):
        for phrase in _ordered(before.rest):
            text = language.without(text, phrase)
    return text


def _ordered(text: str) -> list[str]:
    """The words for an order in it: "the highest"."""
    return [phrase for phrase, _ in language.find_all(text, _ORDERS)]


def _metrics(question: Question) -> list[str]:
    return [phrase for phrase, _ in language.find_all(question.rest, FIGURE_WORDS)]


def _focus(question: Question, said: Answer) -> tuple[Case, ...]:
    """The cases the answer before was about."""
    cited = {citation.filter.split(",")[0] for citation in said.citations}
    found = [
        case
        for case in question.cases
        if case.signal.id in cited or any(view.proposal.id in cited for view in case.proposals)
    ]
    return tuple(found) if len(found) == 1 else ()
