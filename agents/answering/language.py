"""Reading a question: plain words, known phrases found in it, a few typos forgiven."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

Meaning = TypeVar("Meaning")
CLOSE_ENOUGH, LEAST_LETTERS = 0.84, 5
"""How alike a mistyped phrase must be, and how long, before it is taken for a known one."""


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation but what numbers, ids and dates need: "ctr of trail shoe video"."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("ß", "ss")
    kept = re.sub(r"(?<=\d)\s*%", " percent", kept)
    kept = re.sub(r"'s\b|’s\b", " ", kept)
    return " ".join(re.sub(r"[^a-z0-9_.€$-]+|(?<!\d)\.|\.(?!\d)|(?<![a-z0-9])-|-(?![a-z0-9])", " ", kept).split())


def has(text: str, *phrases: str) -> bool:
    """Whether any of the phrases stands in the text as whole words; close misspellings of longer words count."""
    return any(find(text, {phrase: phrase}) is not None for phrase in phrases)


def said(text: str, *phrases: str) -> bool:
    """Whether any of the phrases stands in the text word for word."""
    padded = f" {text} "
    return any(f" {phrase} " in padded for phrase in phrases)


def find(text: str, phrases: Mapping[str, Meaning]) -> Meaning | None:
    """What the longest known phrase in the text means; None where there is none."""
    found = find_all(text, phrases)
    return found[0][1] if found else None


def find_all(text: str, phrases: Mapping[str, Meaning]) -> list[tuple[str, Meaning]]:
    """Every known phrase as it stands in the text, with its meaning; typos where nothing fits exactly."""
    padded, exact = f" {text} ", list[tuple[str, Meaning]]()
    for phrase in sorted(phrases, key=lambda one: (-len(one), one)):
        if f" {phrase} " in padded:
            exact.append((phrase, phrases[phrase]))
            padded = padded.replace(f" {phrase} ", " ", 1)  # a shorter phrase inside a longer one is not meant
    return exact or list(_nearly(text.split(), phrases))


def without(text: str, phrase: str) -> str:
    """The text less a phrase that has been understood."""
    return " ".join(f" {text} ".replace(f" {phrase} ", " ", 1).split())


def _nearly(words: list[str], phrases: Mapping[str, Meaning]) -> Iterable[tuple[str, Meaning]]:
    """The phrase most like some run of words, if any is close enough."""
    best: tuple[float, str, str] | None = None
    for phrase in phrases:
        size = len(phrase.split())
        if len(phrase) < LEAST_LETTERS:
            continue
        for start in range(len(words) - size + 1):
            run = " ".join(words[start : start + size])
            if abs(len(run) - len(phrase)) > 2 or run[:1] != phrase[:1]:
                continue
            likeness = SequenceMatcher(None, run, phrase).ratio()
            if likeness >= CLOSE_ENOUGH and (best is None or (likeness, phrase, run) > best):
                best = (likeness, phrase, run)
    return [(best[2], phrases[best[1]])] if best else []
