"""Vectors that need no network."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.embeddings import HashingEmbedder

EMBEDDER = HashingEmbedder()


def likeness(one: str, other: str) -> float:
    first, second = EMBEDDER.embed([one, other])
    return sum(a * b for a, b in zip(first, second, strict=True))


def test_a_lesson_is_nearer_to_a_question_about_it_than_to_another():
    lesson = "Refreshing the worn-out trail shoe video brought back click-through"
    assert likeness(lesson, "did refresh of trail shoes videos help clicks?") > 0.2
    assert likeness(lesson, "did refresh of trail shoes videos help clicks?") > 2 * likeness(
        lesson, "newsletter unsubscribes after the January sale"
    )


def test_inflected_words_are_near():
    assert (
        likeness("Frühlingskampagne", "Frühlingskampagnen")
        > likeness("Frühlingskampagne", "Winterschlussverkauf") + 0.3
    )


def test_vectors_are_the_same_on_every_machine():
    (vector,) = EMBEDDER.embed(["budget"])
    assert len(vector) == EMBEDDER.dimension == 256
    places = {place: round(value, 4) for place, value in enumerate(vector) if value}
    assert places == pytest.approx(
        {
            42: -0.2236,
            56: 0.2236,
            92: -0.2236,
            107: 0.2236,
            122: 0.2236,
            127: 0.2236,
            131: -0.2236,
            140: -0.2236,
            141: 0.5,
            171: -0.5,
            178: -0.2236,
            243: 0.2236,
        }
    )


@given(st.text(max_size=200))
def test_every_text_has_length_one_or_none(text):
    (vector,) = EMBEDDER.embed([text])
    length = math.hypot(*vector)
    assert length == pytest.approx(1) or (length == 0)


def test_no_words_no_direction():
    assert not any(EMBEDDER.embed(["  … !"])[0])
