"""What ten people ask in their own words: right, or refused with a reason; never answered wrong."""

from collections import Counter
from functools import cache

import pytest

from agents.answering import answer
from domain.case import Answer
from domain.verdict import Ask
from tests.agents.phrasings.agency import AGENCY
from tests.agents.phrasings.analyst import ANALYST
from tests.agents.phrasings.buyer import BUYER
from tests.agents.phrasings.callers import INVESTOR, LATE, MAILER, ORGANIC, WEARY
from tests.agents.phrasings.cmo import CMO
from tests.agents.phrasings.colleagues import BRIT, HANSEATIC, KEEPER, MAKER, TRADER
from tests.agents.phrasings.company import MODEL, NILS, TODAY, readings
from tests.agents.phrasings.content import CONTENT
from tests.agents.phrasings.creative import CREATIVE
from tests.agents.phrasings.crm import CRM
from tests.agents.phrasings.expected import Expected, Marked, Voice, mark
from tests.agents.phrasings.german import GERMAN
from tests.agents.phrasings.guests import CRAFT, EXEC, PLANNER, PRODUCT, RETENTION, THUMBS
from tests.agents.phrasings.junior import JUNIOR
from tests.agents.phrasings.last import LAST
from tests.agents.phrasings.later import LATER
from tests.agents.phrasings.latest import LATEST
from tests.agents.phrasings.newcomers import (
    ART_DIRECTOR,
    AUDITOR,
    BERLIN,
    DIPLOMAT,
    FOUNDER,
    GROWTH,
    INTERN,
    NEWSLETTER,
    NORTHERN,
    QUERY_WRITER,
)
from tests.agents.phrasings.nils import UK_BUYER
from tests.agents.phrasings.past import LESSONS, cases
from tests.agents.phrasings.strangers import EXACT, FROM_ABOVE, HURRIED, MAIL_DESK, POLITE
from tests.agents.phrasings.threads import THREADS
from tests.agents.phrasings.visitors import (
    BOARD,
    CFO,
    CHATTY,
    CONSULTANT,
    LOYALTY,
    SAXON,
    SCEPTIC,
    SCOT,
    SEO,
    TEAMLEAD,
)

VOICES = (
    *(CMO, BUYER, CRM, JUNIOR, GERMAN, ANALYST, CREATIVE, UK_BUYER, CONTENT, AGENCY, LATER, LATEST, LAST),
    *(HURRIED, POLITE, EXACT, FROM_ABOVE, MAIL_DESK, TRADER, MAKER, HANSEATIC, BRIT, KEEPER),
    *(FOUNDER, INTERN, QUERY_WRITER, DIPLOMAT, GROWTH, ART_DIRECTOR, NEWSLETTER, BERLIN, NORTHERN, AUDITOR),
    *(CFO, TEAMLEAD, CHATTY, CONSULTANT, SCEPTIC, LOYALTY, SEO, SAXON, SCOT, BOARD),
    *(PLANNER, THUMBS, PRODUCT, EXEC, RETENTION, CRAFT),
    *(INVESTOR, WEARY, ORGANIC, MAILER, LATE),
)
LEAST_RIGHT = 0.95


def ask(question: str, by: str, *earlier: str) -> Answer:
    return answer(question, readings(), cases(), LESSONS, MODEL, TODAY, by, earlier)


@cache
def marks() -> dict[tuple[str, str], Marked]:
    return {
        (voice.name, question): mark(expected, ask(question, voice.slack))
        for voice in VOICES
        for question, expected in voice.questions
    }


def test_there_are_enough_ways_of_asking():
    assert len(marks()) >= 240
    assert len({question for _, question in marks()}) >= 240


@pytest.mark.parametrize("voice", VOICES, ids=lambda voice: voice.name)
def test_nobody_is_told_something_wrong(voice: Voice):
    wrong = {question: marks()[voice.name, question].because for question, _ in voice.questions}
    assert not {q: why for q, why in wrong.items() if marks()[voice.name, q].mark == "wrong"}


def test_nearly_all_are_answered_right_and_the_rest_refused_with_a_reason():
    counted = Counter(one.mark for one in marks().values())
    assert counted["right"] >= LEAST_RIGHT * counted.total(), {
        key: one.because for key, one in marks().items() if one.mark != "right"
    }


@pytest.mark.parametrize(("by", "asked"), THREADS, ids=lambda part: part[0][0] if isinstance(part, tuple) else "")
def test_what_a_question_leaves_out_was_said_before_in_its_thread(by: str, asked: tuple[tuple[str, Expected], ...]):
    said: list[str] = []
    for question, expected in asked:
        found = mark(expected, ask(question, by, *said))
        assert found.mark == "right", f"{question}: {found.because}"
        said.append(question)


def test_the_same_question_gets_the_same_words_whatever_was_asked_elsewhere():
    alone = ask("CTR on Meta last week", MODEL.people[0].slack)
    after = ask("CTR on Meta last week", MODEL.people[0].slack, "How much did we spend on TikTok in February?")
    assert alone.text == after.text


def test_what_i_have_approved_already_waits_for_the_others():
    *rest, packs = cases()
    (view,) = packs.proposals
    two = view.model_copy(update={"verdict": Ask(role="media_lead", quorum=2, within_hours=72, rules=())})
    known = (*rest, packs.model_copy(update={"proposals": (two,)}))
    said = answer("What waits for me?", readings(), known, LESSONS, MODEL, TODAY, NILS)
    assert "Nothing waits for you" in said.text
    fresh = packs.model_copy(update={"proposals": (two.model_copy(update={"approvals": ()}),)})
    asked = answer("What waits for me?", readings(), (*rest, fresh), LESSONS, MODEL, TODAY, NILS)
    assert "1 decision waits for you" in asked.text
