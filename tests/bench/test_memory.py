"""The questions about lessons and how answers to them are scored."""

from collections import Counter

import pytest

from tests.bench.memory import gain, marketing_lessons, marketing_questions, recall


def test_there_are_enough_lessons_and_every_question_names_some_of_them():
    lessons = marketing_lessons()
    known = Counter(one.id for one in lessons)
    assert len(known) == len(lessons) >= 300
    questions = marketing_questions()
    assert len({one.text for one in questions}) == len(questions) >= 150
    assert all(one.answers and one.answers <= known.keys() for one in questions)


@pytest.mark.parametrize(
    ("ranked", "found", "gained"),
    [
        (["a", "x", "y"], 1.0, 1.0),
        (["x", "a", "y"], 1.0, 0.63093),
        (["x", "y", "z", "v", "w", "a"], 0.0, 0.35621),
        ([], 0.0, 0.0),
    ],
)
def test_an_answer_is_worth_less_the_later_it_comes(ranked: list[str], found: float, gained: float):
    assert recall(ranked, frozenset("a")) == found
    assert gain(ranked, frozenset("a")) == pytest.approx(gained, abs=1e-5)


def test_of_two_answers_one_found_is_half():
    assert recall(["a", "x"], frozenset("ab")) == 0.5
    assert gain(["a", "b"], frozenset("ab")) == pytest.approx(1)
    assert gain(["a"] + ["x"] * 12 + ["b"], frozenset("ab")) == pytest.approx(1 / 1.63093, abs=1e-5)
