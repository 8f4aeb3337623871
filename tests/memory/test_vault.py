"""Words are sealed with a key of their person, and nothing can be made of them once that key is gone."""

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from memory import facts
from memory.people import vault
from memory.people.vault import ERASED, Key

MINE, THEIRS = Key("person_00000000000a", b"a" * 32), Key("person_00000000000b", b"b" * 32)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(words)
def test_words_come_back_as_they_were_typed(typed: str):
    assert MINE.open(MINE.seal(typed)) == typed


@given(words)
def test_nothing_of_the_words_shows_and_sealing_them_twice_looks_different(typed: str):
    typed = f"a reason: {typed}"
    once, again = MINE.seal(typed), MINE.seal(typed)
    assert "reason" not in once
    assert once != again
    assert vault.emptied(once) == vault.emptied(again)


@given(words, words)
def test_the_digest_tells_words_apart_for_whoever_has_the_key_and_says_nothing_without(typed: str, other: str):
    assert (MINE.digest(typed) == MINE.digest(other)) == (typed == other)
    assert MINE.digest(typed) != THEIRS.digest(typed)


def test_words_under_anothers_name_are_not_opened_even_with_the_key_they_were_sealed_with():
    """Else somebody who can write to the database could put one person's words into another's mouth."""
    assert MINE.open(MINE.seal("fine by me").replace(MINE.pseudonym, THEIRS.pseudonym)) == ERASED


@pytest.mark.parametrize("place", [-1, 2, 10, 100, 150])
def test_sealed_words_that_were_tampered_with_read_as_erased(place: int):
    sealed = MINE.seal("not in the sale, ask again after Easter")
    changed = sealed[:place] + ("1" if sealed[place] != "1" else "2") + sealed[place + 1 or len(sealed) :]
    assert MINE.open(changed) == ERASED
    assert THEIRS.open(sealed) == ERASED
    assert MINE.open(vault.emptied(sealed)) == ERASED


def test_a_body_is_shown_with_names_and_words_of_those_who_are_known_and_pseudonyms_of_those_who_are_not():
    body = {"by": MINE.pseudonym, "reason": MINE.seal("too early"), "also": [THEIRS.pseudonym, THEIRS.seal("no"), 3]}
    shown: Any = vault.opened(body, {MINE.pseudonym: MINE}, {MINE.pseudonym: "U0MARA0001"})
    assert shown == {"by": "U0MARA0001", "reason": "too early", "also": [THEIRS.pseudonym, ERASED, 3]}


@given(words)
def test_somebody_may_type_what_looks_like_sealed_words(typed: str):
    cunning = f"sealed:{THEIRS.pseudonym}:{'0' * 64}:{typed}"
    assert MINE.open(MINE.seal(cunning)) == cunning


@given(words)
def test_a_fact_keeps_its_fingerprint_when_its_words_are_erased(typed: str):
    body = {"by": MINE.pseudonym, "reason": MINE.seal(typed)}
    assert facts.digest_of(json.loads(vault.emptied(json.dumps(body)))) == facts.digest_of(body)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_fact_keeps_its_fingerprint_through_a_database(number: float):
    """Postgres keeps numbers as decimals: 12.0 and 1.2e1 are the same to it, and there is no -0.0."""
    spelled = f"{number:f}" if abs(number) > 1e16 else repr(number)
    back = json.loads(spelled.removeprefix("-") if number == 0 else spelled)
    assert facts.digest_of({"change": back}) == facts.digest_of({"change": number})


def test_amid_a_sentence_only_whole_names_are_sealed_each_for_whose_it_is():
    known = {"Ann": MINE, "Ann Lee": THEIRS, " ": MINE}
    sealed = vault.sealed_in("Ann Lee stands in for Ann, and Anna stays.", known)
    assert sealed.startswith(f"sealed:{THEIRS.pseudonym}:")
    assert sealed.endswith(", and Anna stays.")
    assert "Ann " not in sealed
    both = {MINE.pseudonym: MINE, THEIRS.pseudonym: THEIRS}
    assert vault.opened(sealed, both, {}) == "Ann Lee stands in for Ann, and Anna stays."
    assert vault.opened(sealed, {MINE.pseudonym: MINE}, {}) == "(erased) stands in for Ann, and Anna stays."
    assert vault.opened(vault.emptied(sealed), both, {}) == "(erased) stands in for (erased), and Anna stays."


@given(words, st.sampled_from(["Ann", "Zoë", "J.-P. (Jo)"]))
def test_a_sentence_with_sealed_names_reads_as_it_did(typed: str, name: str):
    sentence = f"{name} joins. {typed}"
    assume(f"sealed:{MINE.pseudonym}" not in typed)
    sealed = vault.sealed_in(sentence, {name: MINE})
    assert not sealed.startswith(name)
    assert vault.opened(sealed, {MINE.pseudonym: MINE}, {}) == sentence
