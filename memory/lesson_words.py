"""Finds texts by their words (BM25), added to one at a time: nothing is ever built anew for one more lesson.

bm25s, which ranks the same (tests/memory/test_lesson_words.py holds the two together), has to index all texts again.
"""

import re
from array import array
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
_K1, _B = 1.5, 0.75
"""How soon a word said again counts no more, and how much a long text is held against it: Lucene's and bm25s's own."""
_END = "\x00"
_TOKEN = re.compile(rf"{_END}|\w\w+")
_PASSED_OVER = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "me",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "s",
        "she",
        "should",
        "so",
        "such",
        "t",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "why",
        "will",
        "with",
        "would",
        "you",
        "your",
        "us",
        "about",
        "any",
    ]
)
"""Words of English that every question has and no lesson is about."""


class Words:
    """Which texts hold which words, by place: the first text added is 0."""

    def __init__(self) -> None:
        self._places: dict[str, array[int]] = defaultdict(lambda: array("i"))
        self._counts: dict[str, array[int]] = defaultdict(lambda: array("i"))
        self._lengths = array("i")
        self._total = 0
        self._stems = _Stems()

    def __len__(self) -> int:
        return len(self._lengths)

    def add(self, texts: Sequence[str]) -> None:
        """Texts get the next places, in order. What was added before is not touched."""
        said = _END.join(text.replace(_END, " ").casefold() for text in texts)
        counted: dict[str, int] = {}
        for stem in [*map(self._stems.__getitem__, _TOKEN.findall(said)), _END] if texts else ():
            if stem == _END:
                self._note(counted)
                counted = {}
            elif stem:
                counted[stem] = counted.get(stem, 0) + 1

    def scores(self, question: str) -> Scores:
        """How well each text fits a question, by place; 0 where no word is shared."""
        size = len(self._lengths)
        scores = np.zeros(size, dtype=np.float32)
        if not size:
            return scores
        damping = _K1 * (
            1 - _B + _B * np.frombuffer(self._lengths, dtype=np.int32) * np.float32(size / max(self._total, 1))
        )
        for token in _TOKEN.findall(question.casefold()):
            stem = self._stems[token]
            if stem and stem in self._places:
                places = np.frombuffer(self._places[stem], dtype=np.int32)
                counts = np.frombuffer(self._counts[stem], dtype=np.int32).astype(np.float32)
                rarity = np.float32(self._rarity(len(places)))
                scores[places] += rarity * counts / (counts + damping[places])
        return scores

    def ceiling(self, question: str) -> float:
        """What a text of usual length would score that has each word of a question once, known or not."""
        stems = [stem for token in _TOKEN.findall(question.casefold()) if (stem := self._stems[token])]
        return sum(self._rarity(len(self._places[stem]) if stem in self._places else 0) for stem in stems) / (1 + _K1)

    def _rarity(self, holding: int) -> float:
        return float(np.log1p((len(self._lengths) - holding + 0.5) / (holding + 0.5)))

    def _note(self, counted: dict[str, int]) -> None:
        place = len(self._lengths)
        for stem, count in counted.items():
            self._places[stem].append(place)
            self._counts[stem].append(count)
        length = sum(counted.values())
        self._lengths.append(length)
        self._total += length


class _Stems(dict[str, str]):
    """The stem of each word met, worked out once; nothing for a word passed over."""

    def __init__(self) -> None:
        import Stemmer  # noqa: PLC0415 - compiled, and only who searches needs it

        snowball: Any = Stemmer  # it ships no types
        super().__init__({_END: _END} | dict.fromkeys(_PASSED_OVER, ""))
        self._stemmer = snowball.Stemmer("english")

    def __missing__(self, word: str) -> str:
        stem: str = self._stemmer.stemWord(word)
        self[word] = stem
        return stem
