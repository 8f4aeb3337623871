"""100,000 lessons: `python -m tests.bench.memory_size`. Searching, adding, starting and the memory it takes."""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from domain.lesson import Lesson, LessonKind, Wanted
from domain.scope import Scope
from memory.embedding import StaticEmbedder
from memory.lesson_index import ChromaIndex
from tests.bench.memory import LEARNED, marketing_lessons, marketing_questions
from tests.bench.report import Measure, Range, Row, Section
from tests.bench.throughput import peak_megabytes

LESSONS, CAMPAIGNS, ACCOUNTS = 100_000, 2_000, 50
ADDED, SEED = 100, 7
KINDS = tuple(LessonKind)


def section(pictures: Path) -> Section:
    """Built in one process, opened and searched in another."""
    del pictures
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        built, seen = (_apart(step, folder) for step in ("build", "search"))
    load = os.getloadavg()[0]
    names = ("searched", "searched in an account", "searched in a campaign")
    rows: list[Row] = [(name, f"{seen[name][0]:.1f} ms", f"{seen[name][1]:.1f} ms") for name in names]
    rows.append(("added one by one", f"{seen['added'][0]:.1f} ms", f"{seen['added'][1]:.1f} ms"))
    worst = (max(seen[name][0] for name in names), max(seen[name][1] for name in names))
    return Section(
        f"Memory: {LESSONS:,} lessons",
        ("what", "median", "99 of 100 within"),
        rows,
        (
            f"Lessons recombined from those written by hand, in {ACCOUNTS} accounts with {CAMPAIGNS:,} campaigns; "
            f"vectors of all of them took {built['seconds']:.0f} s to make. Started from lessons in memory: reading "
            f"them from the database comes on top. {load:.1f} programs wanted a processor while it ran.",
        ),
        measures=(
            Measure(f"Memory, {LESSONS:,} lessons: search, median", worst[0], Range(most=50), None, "{:.0f} ms"),
            Measure("– 99 of 100 searches", worst[1], Range(most=200), None, "{:.0f} ms"),
            Measure("– adding one, mean", seen["mean"], Range(most=50), None, "{:.0f} ms"),
            Measure("– start", seen["start"], Range(most=3), None, "{:.2f} s"),
            Measure("– peak memory", seen["megabytes"] / 1000, Range(most=1), None, "{:.2f} GB"),
        ),
    )


def _apart(step: str, folder: str) -> dict:
    command = [sys.executable, "-m", "tests.bench.memory_size", step, folder]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def lessons(size: int, first: int = 0) -> list[Lesson]:
    """Halves of lessons put together with numbers of their own: as many words as real ones, as unevenly used."""
    halves = [part for one in marketing_lessons() for part in _halves(one.text)]
    chance = random.Random(SEED + first)
    found: list[Lesson] = []
    for number in range(first, first + size):
        campaign = chance.randrange(CAMPAIGNS)
        text = f"{chance.choice(halves)} {chance.choice(halves)} campaign{campaign} {chance.randrange(10_000)}"
        scope = Scope(platform="meta", account_id=f"a{campaign % ACCOUNTS}", campaign_id=f"c{campaign}")
        learned = LEARNED - timedelta(days=chance.randrange(1500))
        found.append(
            Lesson(id=f"les_{number:012x}", kind=chance.choice(KINDS), text=text, scope=scope, learned_on=learned,
                   expires_on=learned + timedelta(days=2000), source="prop_1")
        )  # fmt: skip
    return found


def _halves(text: str) -> tuple[str, str]:
    words = text.split()
    return " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])


def _giving(known: Sequence[Lesson]):
    async def every() -> Sequence[Lesson]:
        return known

    return every


async def build(folder: Path) -> dict[str, float]:
    """Seconds until every lesson has its vector."""
    index = ChromaIndex(StaticEmbedder(), folder=folder)
    started = time.perf_counter()
    await index.open(_giving(lessons(LESSONS)))
    await index.settled()
    seconds = time.perf_counter() - started
    await index.close()
    return {"seconds": seconds}


async def search(folder: Path) -> dict[str, object]:
    """Times in ms (median, 99th percentile), the start in seconds, and the most memory."""
    import chromadb  # noqa: F401 - whoever serves has loaded it by then, and the start is not to be blamed for it

    known = lessons(LESSONS)
    started = time.perf_counter()
    index = ChromaIndex(StaticEmbedder(), folder=folder)
    await index.open(_giving(known))
    await index.search("boots in the rain")
    start = time.perf_counter() - started
    questions = [one.text for one in marketing_questions()]
    scopes = {
        "searched": None,
        "searched in an account": Scope(platform="meta", account_id="a7"),
        "searched in a campaign": Scope(platform="meta", campaign_id="c107"),
    }
    seen: dict[str, object] = {"start": start}
    for name, scope in scopes.items():
        wanted = Wanted(scope=scope, holds_on=LEARNED)
        seen[name] = _times([await _timed(index.search(one, wanted=wanted, today=LEARNED)) for one in questions])
    added = [await _timed(index.add([one])) for one in lessons(ADDED, LESSONS)]
    seen |= {"added": _times(added), "mean": float(np.mean(added)), "megabytes": peak_megabytes()}
    await index.close()
    return seen


async def _timed(work) -> float:
    started = time.perf_counter()
    await work
    return (time.perf_counter() - started) * 1000


def _times(milliseconds: Sequence[float]) -> tuple[float, float]:
    middle, late = np.quantile(milliseconds, (0.5, 0.99))
    return float(middle), float(late)


if __name__ == "__main__":
    step = {"build": build, "search": search}[sys.argv[1]]
    print(json.dumps(asyncio.run(step(Path(sys.argv[2])))))
