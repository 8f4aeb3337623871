"""Finding lessons again: by word, by meaning and by both, on questions in other words than the lessons.

`python -m tests.bench.memory weights` prints what the choice of weights stands on: the tuning half of the questions.
"""

import asyncio
import json
import os
import sys
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from unittest import mock

import numpy as np

from domain.lesson import Lesson, LessonKind
from domain.scope import Scope
from memory import lesson_index
from memory.embedding import StaticEmbedder
from memory.lesson_index import ChromaIndex
from tests.bench.report import Measure, Range, Row, Section

DATA = Path(__file__).parent / "data"
LOCOMO = Path(__file__).parents[2].parent / "shared" / "data" / "locomo" / "locomo10.json"
LOCOMO_ADDRESS = "LOCOMO_ADDRESS"
"""Environment variable: where the public file is, if not in that folder. CC BY-NC: measured with, never kept here."""
LEARNED = date(2026, 3, 14)
RECALLED, RANKED = 5, 10
RESAMPLES, SEED = 2_000, 7
FUSED, BY_WORD, BY_MEANING = "fused", "words alone (BM25)", "meaning alone"
METHODS: Mapping[str, tuple[float, float]] = {
    FUSED: (lesson_index.WORDS, lesson_index.MEANING),
    BY_WORD: (1.0, 0.0),
    BY_MEANING: (0.0, 1.0),
}
RATIOS = ((4.0, 1.0), (3.0, 1.0), (2.0, 1.0), (1.5, 1.0), (1.0, 1.0), (1.0, 1.5), (1.0, 2.0), (1.0, 3.0))


@dataclass(frozen=True)
class Question:
    """A question and the lessons that answer it."""

    text: str
    answers: frozenset[str]


@dataclass(frozen=True)
class Quality:
    """Per question: the share of its answers among the first five, and nDCG of the first ten."""

    recall: tuple[float, ...]
    gain: tuple[float, ...]

    def __add__(self, other: "Quality") -> "Quality":
        return Quality(self.recall + other.recall, self.gain + other.gain)


def section(pictures: Path) -> Section:
    """Quality on both sets of questions."""
    del pictures
    questions = marketing_questions()
    tuning, reported = questions[::2], questions[1::2]
    lessons = marketing_lessons()
    rows, measures = _rows("marketing", asyncio.run(qualities([(lessons, reported)], METHODS)), 0.0)
    remarks = [
        f"Marketing: {len(lessons)} lessons and {len(questions)} questions in other words, all written by hand "
        f"(tests/bench/data). Weights were chosen on {len(tuning)} questions (every other one); the figures are of the "
        f"other {len(reported)}. In brackets 95 % intervals of the mean, by resampling questions; after “fused is "
        "better by”, of the difference on the same questions.",
    ]
    if conversations := locomo():
        more, held = _rows("LoCoMo", asyncio.run(qualities(conversations, METHODS)), 0.50)
        rows, measures = [*rows, *more], [*measures, *held]
        remarks.append("LoCoMo: ten conversations, questions of categories 1 to 4 with evidence, one turn a lesson.")
    else:
        remarks.append(f"LoCoMo: not measured; {LOCOMO.name} is neither beside this checkout nor at {LOCOMO_ADDRESS}.")
    return Section(
        "Memory: finding lessons again",
        ("set", "method", "recall@5", "nDCG@10", "fused is better by (recall@5; nDCG@10)"),
        rows,
        remarks,
        measures=measures,
    )


def marketing_lessons() -> list[Lesson]:
    """The lessons written by hand, with the kind of the heading they stand under."""
    found: list[Lesson] = []
    kind = ""
    for line in (DATA / "lessons.md").read_text(encoding="utf-8").splitlines():
        code, colon, text = line.partition(": ")
        if line.startswith("## "):
            kind = line.split()[-1]
        elif colon and code.isalnum():
            found.append(_lesson(code, text, LessonKind(kind)))
    return found


def marketing_questions() -> list[Question]:
    """The questions written by hand."""
    lines = (DATA / "questions.md").read_text(encoding="utf-8").splitlines()
    split = (line.partition(": ") for line in lines if line and not line.startswith("#"))
    return [Question(text, frozenset(codes.split())) for codes, _, text in split]


def locomo() -> list[tuple[list[Lesson], list[Question]]]:
    """Each conversation of LoCoMo with its questions; empty where the file is not there."""
    address = os.environ.get(LOCOMO_ADDRESS)
    if not address and not LOCOMO.is_file():
        return []
    if address:
        with urllib.request.urlopen(address, timeout=60) as answer:
            told = json.load(answer)
    else:
        told = json.loads(LOCOMO.read_text(encoding="utf-8"))
    return [_conversation(one) for one in told]


def _conversation(told: Mapping[str, object]) -> tuple[list[Lesson], list[Question]]:
    sessions = [
        turns for name, turns in told["conversation"].items() if name.startswith("session_") and isinstance(turns, list)
    ]  # type: ignore[attr-defined]
    lessons = [
        _lesson(turn["dia_id"], f"{turn['speaker']}: {turn['text']}", LessonKind.AUDIENCE_INSIGHT)
        for turns in sessions
        for turn in turns
    ]
    known = {lesson.id for lesson in lessons}
    questions = [
        Question(str(one["question"]), frozenset(one["evidence"]) & known)
        for one in told["qa"]  # type: ignore[attr-defined]
        if one.get("category") in (1, 2, 3, 4) and known & set(one.get("evidence", ()))
    ]
    return lessons, questions


def _lesson(ident: str, text: str, kind: LessonKind) -> Lesson:
    return Lesson(
        id=ident, kind=kind, text=text, scope=Scope(), learned_on=LEARNED,
        expires_on=LEARNED + timedelta(days=365), source="person",
    )  # fmt: skip


async def qualities(
    sets: Sequence[tuple[Sequence[Lesson], Sequence[Question]]], methods: Mapping[str, tuple[float, float]]
) -> dict[str, Quality]:
    """Each method on all sets, through the product's own index."""
    found = dict.fromkeys(methods, Quality((), ()))
    for lessons, questions in sets:
        with tempfile.TemporaryDirectory(prefix="baton-") as folder:
            index = ChromaIndex(StaticEmbedder(), folder=Path(folder))
            await index.open(_giving(lessons))
            await index.settled()
            for name, (words, meaning) in methods.items():
                with mock.patch.multiple(lesson_index, WORDS=words, MEANING=meaning):
                    ranked = [await index.search(one.text, limit=RANKED) for one in questions]
                found[name] += Quality(
                    tuple(recall(ids, one.answers) for ids, one in zip(ranked, questions, strict=True)),
                    tuple(gain(ids, one.answers) for ids, one in zip(ranked, questions, strict=True)),
                )
            await index.close()
    return found


def _giving(lessons: Sequence[Lesson]):
    async def every() -> Sequence[Lesson]:
        return lessons

    return every


def recall(ranked: Sequence[str], answers: frozenset[str]) -> float:
    """The share of the answers among the first five."""
    return len(answers & set(ranked[:RECALLED])) / len(answers)


def gain(ranked: Sequence[str], answers: frozenset[str]) -> float:
    """nDCG of the first ten, an answer being worth 1 (Järvelin and Kekäläinen, 2002)."""
    won = sum(1 / np.log2(place + 2) for place, ident in enumerate(ranked[:RANKED]) if ident in answers)
    return float(won / sum(1 / np.log2(place + 2) for place in range(min(len(answers), RANKED))))


def interval(values: Sequence[float]) -> tuple[float, float, float]:
    """The mean with its 95 % bootstrap interval."""
    seen = np.asarray(values)
    means = seen[np.random.default_rng(SEED).integers(0, len(seen), (RESAMPLES, len(seen)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(seen.mean()), float(low), float(high)


def _rows(name: str, found: Mapping[str, Quality], least: float) -> tuple[list[Row], list[Measure]]:
    ours = found[FUSED]
    rows = [
        (name, method, _said(interval(one.recall)), _said(interval(one.gain)), "" if one is ours else _ahead(ours, one))
        for method, one in found.items()
    ]
    measures: list[Measure] = []
    for figure, part in (("recall@5", "recall"), ("nDCG@10", "gain")):
        mean = float(np.mean(getattr(ours, part)))
        best, value = max(
            ((method, float(np.mean(getattr(one, part)))) for method, one in found.items() if method != FUSED),
            key=lambda each: each[1],
        )
        must = max(value, least if part == "recall" else 0.0)
        measures.append(
            Measure(f"Memory, {name}: {figure} of the fused search, against the best single one", mean, Range(must),
                    None, "{:.3f}", f"{best}: {value:.3f}")
        )  # fmt: skip
    return rows, measures


def _ahead(ours: Quality, one: Quality) -> str:
    parts = ((ours.recall, one.recall), (ours.gain, one.gain))
    return "; ".join(_said(interval([a - b for a, b in zip(*pair, strict=True)])) for pair in parts)


def _said(found: tuple[float, float, float]) -> str:
    mean, low, high = found
    return f"{mean:.3f} [{low:.3f}, {high:.3f}]"


def weights() -> None:
    """Print the tuning half of the marketing questions for every ratio of weights."""
    ratios = {f"words {words:g} : meaning {meaning:g}": (words, meaning) for words, meaning in RATIOS} | METHODS
    found = asyncio.run(qualities([(marketing_lessons(), marketing_questions()[::2])], ratios))
    for name, one in found.items():
        print(f"{name:<30} recall@5 {_said(interval(one.recall))}  nDCG@10 {_said(interval(one.gain))}")


if __name__ == "__main__":
    if sys.argv[1:] == ["weights"]:
        weights()
    else:
        print(section(Path()))
