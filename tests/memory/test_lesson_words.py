"""Words found one text at a time rank as an index of all texts does."""

import bm25s
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from memory.lesson_words import Words

VOCABULARY = ("boots", "tents", "rain", "jackets", "video", "clicks", "budget", "spring")
TEXTS = st.lists(st.lists(st.sampled_from(VOCABULARY), max_size=12).map(" ".join), min_size=1, max_size=20)
QUESTION = st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=4, unique=True).map(" ".join)
STEMS = {"boots": "boot", "tents": "tent", "jackets": "jacket", "clicks": "click"}


def found(texts: list[str], question: str) -> list[float]:
    words = Words()
    words.add(texts)
    return words.scores(question).tolist()


@given(TEXTS, QUESTION)
def test_it_scores_as_an_index_of_all_texts_at_once(texts: list[str], question: str):
    split = [[STEMS.get(word, word) for word in text.split()] for text in texts]
    ours = found(texts, question)
    if not any(split):
        assert not any(ours)
        return
    ranker = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    ranker.index(split, show_progress=False)
    asked = [STEMS.get(word, word) for word in question.split() if any(STEMS.get(word, word) in one for one in split)]
    theirs = ranker.get_scores(asked) if asked else np.zeros(len(texts))
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


@given(TEXTS, TEXTS, QUESTION)
def test_lessons_added_later_are_worth_the_same_as_those_added_at_once(
    first: list[str], then: list[str], question: str
):
    words = Words()
    words.add(first)
    words.scores(question)
    words.add(then)
    assert words.scores(question).tolist() == found([*first, *then], question)


def test_another_form_of_the_word_is_the_same_word():
    assert found(["Refreshing worn videos", "the weather"], "a refreshed VIDEO")[0] > 0


def test_words_every_question_has_find_nothing():
    assert found(["what did we have about it"], "what did we learn about it") == [0.0]


def test_no_text_can_be_taken_for_two():
    words = Words()
    words.add(["boots\x00tents", "rain"])
    assert len(words) == 2
    assert words.scores("rain").tolist()[0] == 0


def test_without_lessons_or_words_there_is_nothing_to_find():
    assert found([], "boots") == []
    assert found(["", "boots"], "boots")[0] == 0
    assert found(["boots"], "") == [0.0]
