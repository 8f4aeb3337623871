"""The vectors that come with Baton."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import memory.embedding
from memory.embedding import ARTEFACT, StaticEmbedder

FOLDER = Path(memory.embedding.__file__).parent
EMBEDDER = StaticEmbedder()
MOST_BYTES = 10_000_000


def likeness(one: str, other: str) -> float:
    first, second = EMBEDDER.embed([one, other])
    return float(first @ second)


@pytest.mark.parametrize(
    ("lesson", "question", "other"),
    [
        ("Refreshing the worn-out shoe video", "new film for the footwear", "newsletter unsubscribes in January"),
        ("Free shipping raised the average basket", "delivery without a fee", "podcast advertising with a code"),
        ("Parents buying for children", "family shopping for kids", "bids on competitors' names"),
    ],
)
def test_what_means_the_same_in_other_words_is_nearer(lesson: str, question: str, other: str):
    assert likeness(lesson, question) > likeness(other, question) + 0.1


@given(st.text(max_size=200))
def test_every_text_has_length_one_or_none(text: str):
    (vector,) = EMBEDDER.embed([text])
    length = float(np.linalg.norm(vector))
    assert length == pytest.approx(1, abs=1e-5) or length == 0


@given(st.lists(st.sampled_from(["boots", "", "rain jacket", "!?", "spring video " * 30]), max_size=6))
def test_a_text_has_the_same_vector_in_whatever_company(texts: list[str]):
    together = EMBEDDER.embed(texts)
    assert together.shape == (len(texts), EMBEDDER.dimension)
    for text, vector in zip(texts, together, strict=True):
        np.testing.assert_array_equal(vector, EMBEDDER.embed([text])[0])


def test_only_the_beginning_of_a_paste_is_read():
    start = "boots and tents " * 400
    np.testing.assert_array_equal(EMBEDDER.embed([start + "budget " * 100_000])[0], EMBEDDER.embed([start])[0])


def test_the_table_is_the_one_its_provenance_names_and_small():
    table = (FOLDER / ARTEFACT).read_bytes()
    assert len(table) < MOST_BYTES
    assert hashlib.sha256(table).hexdigest() in (FOLDER / "PROVENANCE.md").read_text(encoding="utf-8")
    assert "Apache License" in (FOLDER / "LICENSE").read_text(encoding="utf-8")
