"""Whether an answer takes in every word of its question: what was not understood is never silently left out.

Each kind of question says which words and which slots (days, people, numbers) it reads. A word is accounted for where
it says nothing, where the kind reads it, or where the answer itself speaks of it. Any other word could change what is
asked, so the answer is held back and the word is named.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agents import wording
from agents.answering import language
from agents.answering.context import Question
from agents.answering.vocabulary import COMMON, FIGURE_WORDS
from domain.case import Answer

LOADED = language.listed(
    """pay pays paying rate rates run runs running well good great fine ok okay normal strong bad often rarely say says
    order each every organic seo paid backend owned website site shop both can may must should could would will
    might average highest most top largest biggest dearest expensive priciest lowest least bottom smallest cheapest
    fewest best strongest worst weakest poorest when whose after before since until till long left never not no
    without only except again already still yet target targets share proportion percentage part portion first last
    next new double half per if near same similar under over between left far main entire own current status once
    later earlier especially started start stand standing cheap dear person people someone somebody anybody anyone
    everyone everybody company customers project taken sent send hard sure"""
)
"""Words that name nothing and yet change what is asked: each is read by some kinds of question only."""
SAYS_NOTHING = (
    COMMON.union(
        language.listed(
            """aggregate exhibits exhibit attributable attributed exist exists extent separately absolutely even haha
        omg outline simply actually like client clients side moment came come coming comes amount amounted advise
        served serve attracted attract delivered receive received flagged gimme please ta cheers"""
        )
    )
    - LOADED
)
"""Words that leave a question what it is."""


_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kind:
    """A kind of question: what it is asked with, how it is answered, and what of it is read."""

    tell: Callable[[Question], Answer | None]
    asked_with: str = ""
    """A pattern; empty where `tell` itself sees whether it is meant."""
    words: frozenset[str] = frozenset()
    reads: Callable[[Question], frozenset[str]] = lambda _: _NONE
    """More words, and beginnings of words, that it reads in this very question."""
    figures: bool = False
    """Whether metrics are read."""
    whole: bool = False
    """Whether a refusal too must have read the whole question: figures may be missing for want of a place."""
    days: bool = False
    people: bool = False
    places: bool = True

    def answer(self, question: Question) -> Answer | None:
        """The answer, where the question is of this kind."""
        return self.tell(question) if re.search(self.asked_with, question.text) else None


def accounted(question: Question, kinds: Sequence[Kind]) -> Answer | None:
    """The first answer that takes in the whole question; else what the likeliest kind could not read, or nothing.

    An honest refusal ends the search where nothing was left unread before it.
    """
    held: Answer | None = None
    for kind in kinds:
        told = kind.answer(question)
        if told is None:
            continue
        strange = unread(question, kind, told) if told.known or kind.whole else []
        if not strange:
            return told if told.known or held is None else held
        held = held or _held_back(question, strange, told, figures=kind.figures)
    return held


def unread(question: Question, kind: Kind, told: Answer) -> list[str]:
    """The words of a question that its answer does not take in."""
    text = question.rest
    if kind.figures:
        for phrase, _ in language.find_all(text, FIGURE_WORDS):
            text = language.without(text, phrase)
    people = {word for one in question.model.people for word in language.plain(one.name).split()}
    people |= {word for one in question.model.people for role in one.roles for word in role.split("_")}
    read = SAYS_NOTHING | kind.words | kind.reads(question) | (people if kind.people else _NONE)
    spoken = frozenset(_stems(told))
    left = [word for word in text.split() if not (len(word) < 2 or _among(word, read) or _among(word, spoken))]
    if question.time.named and not kind.days:
        left += [words for words in question.time.said if not all(_among(one, spoken) for one in words.split())]
    if not kind.places:
        left += [phrase for phrase, _ in question.found.said]
    return left


def _stems(told: Answer) -> set[str]:
    words = f"{told.text} {' '.join(one.filter for one in told.citations)}"
    return {
        part
        for word in language.plain(f"{words} {words.replace('_', ' ')}").split()
        for part in (language.stem(word), word)
    }


def _among(word: str, read: frozenset[str]) -> bool:
    """Whether a word or its beginning is among those read."""
    return word in read or (len(word) > 2 and language.stem(word) in read)


def _held_back(question: Question, strange: Sequence[str], told: Answer, *, figures: bool) -> Answer:
    """Which words were not read, and what could be answered without them."""
    named = _with_names(question, strange)
    less = question.text
    for word in strange:
        less = language.without(less, word)
    instead = (
        f' Without it I could answer: "{wording.quote(less, 160)}".' if told.known and len(less.split()) > 1 else ""
    )
    quoted = f'"{wording.quote(named, 60)}"'
    because = f"I find nothing called {quoted}." if figures else f"I cannot tell what {quoted} means here."
    return question.unknown(because + instead)


def _with_names(question: Question, strange: Sequence[str]) -> str:
    """The strange words with a known name's part right beside them: "Alpine Dreams" where only "Alpine" is known."""
    whole = " ".join(strange)
    for phrase, _ in question.found.said:
        if f" {phrase} {whole} " in f" {question.text} ":
            return f"{phrase} {whole}"
        if f" {whole} {phrase} " in f" {question.text} ":
            return f"{whole} {phrase}"
    return whole
