"""Lessons found by meaning and by word, in an index that can always be rebuilt."""

import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from connectors.embeddings import HashingEmbedder
from domain.errors import StartupError
from domain.lesson import Lesson, LessonKind
from domain.scope import Scope
from domain.signal import Cause
from memory.lesson_index import ChromaIndex

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # Chroma's own


def lesson(number: int, text: str, campaign: str = "c3") -> Lesson:
    return Lesson(
        id=f"les_{number:012x}", kind=LessonKind.CREATIVE_FINDING, text=text,
        scope=Scope(platform="meta", account_id="a1", campaign_id=campaign), cause=Cause.CREATIVE_FATIGUE,
        learned_on=date(2026, 3, 14), expires_on=date(2026, 3, 14) + timedelta(days=365), source="prop_1",
    )  # fmt: skip


LESSONS = (
    lesson(1, "A fresh video for the trail shoe brought the click-through rate back: CTR +31 %"),
    lesson(2, "Moving budget from prospecting to retargeting lowered the acquisition cost"),
    lesson(3, "The win-back e-mail reached lapsed customers: click rate +12 %", "c7"),
)


def giving(*lessons: Lesson):
    async def every() -> Sequence[Lesson]:
        return lessons

    return every


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[ChromaIndex]:
    opened = ChromaIndex(HashingEmbedder(), folder=tmp_path / "chroma")
    await opened.open(giving())
    yield opened
    await opened.close()


@pytest.mark.parametrize(
    ("words", "best"),
    [
        ("worn out video of the trail shoe", 1),
        ("shift budgets between campaigns", 2),
        ("e-mail to lapsed customers", 3),
    ],
)
async def test_the_lesson_that_fits_comes_first(index: ChromaIndex, words: str, best: int):
    await index.add(LESSONS)
    assert (await index.search(words))[0] == f"les_{best:012x}"


async def test_adding_twice_changes_nothing_and_an_empty_index_finds_nothing(index: ChromaIndex):
    assert await index.search("anything") == []
    await index.add(LESSONS)
    await index.add(LESSONS)
    assert len(await index.search("video budget e-mail", limit=10)) == 3


async def test_of_two_equal_lessons_the_one_about_the_same_object_comes_first(index: ChromaIndex):
    text = "A fresh concept brought the click-through rate back"
    await index.add([lesson(1, text, "c1"), lesson(2, text, "c9")])
    assert (await index.search("fresh concept", scope=Scope(platform="meta", campaign_id="c9")))[0] == f"les_{2:012x}"


async def test_after_a_rebuild_exactly_the_given_lessons_are_found(index: ChromaIndex):
    await index.add(LESSONS)
    await index.rebuild(LESSONS[:1])
    assert await index.search("budget e-mail video", limit=10) == [LESSONS[0].id]


async def test_opening_catches_up_with_the_database(tmp_path: Path):
    first = ChromaIndex(HashingEmbedder(), folder=tmp_path)
    await first.open(giving(LESSONS[0]))
    await first.close()
    second = ChromaIndex(HashingEmbedder(), folder=tmp_path)
    await second.open(giving(*LESSONS))
    assert len(await second.search("video budget e-mail", limit=10)) == 3
    await second.close()


async def test_a_second_user_of_the_folder_is_refused(index: ChromaIndex, tmp_path: Path):
    second = ChromaIndex(HashingEmbedder(), folder=tmp_path / "chroma")
    with pytest.raises(StartupError, match="Another process is using the lesson index"):
        await second.open(giving())


async def test_a_server_out_of_reach_is_one_sentence():
    index = ChromaIndex(HashingEmbedder(), url="http://127.0.0.1:1")
    with pytest.raises(StartupError, match="cannot be reached"):
        await index.open(giving())


def _add_and_die(folder: Path) -> None:
    import asyncio

    async def add() -> None:
        index = ChromaIndex(HashingEmbedder(), folder=folder)
        await index.open(giving())
        await index.add(LESSONS)
        os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(add())


async def test_what_was_added_before_a_kill_is_found_after_it(tmp_path: Path):
    process = multiprocessing.get_context("spawn").Process(target=_add_and_die, args=(tmp_path,))
    process.start()
    process.join(60)
    assert process.exitcode == -9
    index = ChromaIndex(HashingEmbedder(), folder=tmp_path)
    await index.open(giving(*LESSONS))
    assert (await index.search("trail shoe video"))[0] == LESSONS[0].id
    await index.close()
