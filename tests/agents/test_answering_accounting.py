"""No word of a question is silently left out: it is read, says nothing, is spoken of in the answer, or is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.answering import language
from agents.answering.accounting import LOADED, SAYS_NOTHING
from agents.answering.courtesy import bare
from agents.answering.words import KNOWN, REAL, STRANGE, USUAL
from tests.agents.test_answering import ask

ANSWERED = (
    "CTR of Trail Shoe video last 7 days",
    "how much did we spend last week",
    "which campaign has the highest CPA",
    "what is open",
    "who approved the budget shift?",
    "what have we learned about creatives",
    "who may approve a 30 % budget rise",
    "did the budget shift work?",
)


@given(st.sampled_from(ANSWERED), st.permutations("bcdfghjk").map("".join))
def test_with_a_word_nobody_knows_it_is_not_answered_as_if_the_word_were_not_there(question: str, word: str):
    assert ask(question).known
    said = ask(f"{question.rstrip('?')} {word}")
    assert not said.known
    assert word in said.text


@pytest.mark.parametrize(
    ("question", "unread"),
    [
        ("CTR of Trail Shoe video after the 4th of March", "after"),
        ("how much did we not spend last week", "not"),
        ("should we spend last week", "should"),
        ("is the CTR of Trail Shoe video good", "good"),
        ("CTR of Trail Shoe video on mobile", "mobile"),
        ("what did Cleo learn about creatives", "cleo"),
        ("who approved the budget shift longest", "longest"),
    ],
)
def test_a_word_that_changes_the_question_is_named(question: str, unread: str):
    said = ask(question)
    assert not said.known
    assert unread in said.text


def test_what_could_be_answered_without_the_word_is_offered_and_is_answered():
    offered = ask("spend last week on mobile").text.partition('Without it I could answer: "')[2].partition('"')[0]
    assert ask(offered).known


def test_no_word_says_nothing_and_changes_a_question():
    assert not LOADED & SAYS_NOTHING


@pytest.mark.parametrize("word", sorted(REAL | STRANGE))
def test_a_word_of_everyday_english_is_no_typo(word: str):
    assert language.mended(word, KNOWN, USUAL) == word


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Could you please tell me what we spent last week?", "what we spent last week?"),
        ("Good morning! May I ask which campaign is best?", "which campaign is best?"),
        ("Before our call this afternoon, what is open?", "what is open?"),
        ("Sorry to bother you again, but who approved it?", "who approved it?"),
        ("spend last week, thanks so much", "spend last week"),
        ("Thanks!", "thanks!"),
        ("can I approve this", "can i approve this"),
        ("Before the freeze, who decides?", "before the freeze, who decides?"),
    ],
)
def test_courtesy_is_peeled_off_and_nothing_else(said: str, left: str):
    assert bare(said) == left


@given(st.text(max_size=120), st.sampled_from(("spend", "ctr?", "7")))
def test_something_is_always_left_of_a_question(text: str, word: str):
    assert any(letter.isalnum() for letter in bare(f"{text} {word}"))
