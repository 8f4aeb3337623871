"""Lessons found by meaning and by word, in an index that can always be rebuilt."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from domain.errors import StartupError
from domain.lesson import Lesson, LessonKind, Wanted
from domain.scope import Scope
from domain.signal import Cause
from memory import lesson_index
from memory.embedding import StaticEmbedder
from memory.lesson_index import ChromaIndex

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")  # Chroma's own


EMBEDDER = StaticEmbedder()
LEARNED = date(2026, 3, 14)


def lesson(number: int, text: str, campaign: str = "c3", **changes: object) -> Lesson:
    plain = Lesson(
        id=f"les_{number:012x}", kind=LessonKind.CREATIVE_FINDING, text=text,
        scope=Scope(platform="meta", account_id="a1", campaign_id=campaign), cause=Cause.CREATIVE_FATIGUE,
        learned_on=LEARNED, expires_on=LEARNED + timedelta(days=365), source="prop_1",
    )  # fmt: skip
    return plain.model_copy(update=changes)


class Slow:
    """Another model, which answers only while it is allowed to; what it is asked is kept."""

    name = "slow_v1"

    def __init__(self) -> None:
        self.answers, self.asked = True, []

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if not self.answers:
            raise ConnectionError("no answer")
        self.asked += texts
        return [[float("tent" in text), float("tent" not in text)] for text in texts]


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
    opened = ChromaIndex(EMBEDDER, folder=tmp_path / "chroma")
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
    first = ChromaIndex(EMBEDDER, folder=tmp_path)
    await first.open(giving(LESSONS[0]))
    await first.close()
    second = ChromaIndex(EMBEDDER, folder=tmp_path)
    await second.open(giving(*LESSONS))
    assert len(await second.search("video budget e-mail", limit=10)) == 3
    await second.close()


async def test_a_second_user_of_the_folder_is_refused(index: ChromaIndex, tmp_path: Path):
    second = ChromaIndex(EMBEDDER, folder=tmp_path / "chroma")
    with pytest.raises(StartupError, match="Another process is using the lesson index"):
        await second.open(giving())


async def test_a_server_out_of_reach_is_one_sentence():
    index = ChromaIndex(EMBEDDER, url="http://127.0.0.1:1")
    with pytest.raises(StartupError, match="cannot be reached"):
        await index.open(giving())


def _add_and_die(folder: Path) -> None:
    async def add() -> None:
        index = ChromaIndex(EMBEDDER, folder=folder)
        await index.open(giving())
        await index.add(LESSONS)
        os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(add())


async def test_what_was_added_before_a_kill_is_found_after_it(tmp_path: Path):
    process = multiprocessing.get_context("spawn").Process(target=_add_and_die, args=(tmp_path,))
    process.start()
    process.join(60)
    assert process.exitcode == -9
    index = ChromaIndex(EMBEDDER, folder=tmp_path)
    await index.open(giving(*LESSONS))
    assert (await index.search("trail shoe video"))[0] == LESSONS[0].id
    await index.close()


ALIKE = "A fresh concept brought the click-through rate back"


async def test_of_two_equal_lessons_the_newer_one_comes_first(index: ChromaIndex):
    old = lesson(1, ALIKE, learned_on=LEARNED - timedelta(days=700))
    await index.add([old, lesson(2, ALIKE)])
    assert await index.search("fresh concept", today=LEARNED) == [f"les_{2:012x}", old.id]
    assert await index.search("fresh concept") == [old.id, f"les_{2:012x}"], "without a day nothing is old"


async def test_of_two_equal_lessons_the_surer_one_comes_first(index: ChromaIndex):
    sure = lesson(2, ALIKE, effect=0.2, interval=(0.19, 0.21))
    await index.add([lesson(1, ALIKE, effect=0.2, interval=(-1.0, 1.4)), sure])
    assert (await index.search("fresh concept"))[0] == sure.id


async def test_an_old_lesson_that_fits_beats_a_new_one_that_does_not(index: ChromaIndex):
    old = lesson(1, "Free shipping raised the basket", learned_on=LEARNED - timedelta(days=3000))
    await index.add([old, *[lesson(n, f"Podcast {n} sold backpacks with a code") for n in range(2, 30)]])
    assert (await index.search("free shipping and the basket", today=LEARNED))[0] == old.id


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(scope=Scope(platform="meta", account_id="a1", campaign_id="c7")), {3}),
        (Wanted(scope=Scope(platform="meta", account_id="a1")), {1, 2, 3}),
        (Wanted(scope=Scope(account_id="a2")), set()),
        (Wanted(kinds=(LessonKind.TEST_RESULT,)), set()),
        (Wanted(holds_on=LEARNED), {1, 2, 3}),
        (Wanted(holds_on=LEARNED - timedelta(days=1)), set()),
        (Wanted(holds_on=LEARNED + timedelta(days=366)), set()),
    ],
)
async def test_only_what_is_wanted_is_found(index: ChromaIndex, wanted: Wanted, found: set[int]):
    await index.add(LESSONS)
    ids = await index.search("video budget e-mail", wanted=wanted, limit=10)
    assert set(ids) == {f"les_{number:012x}" for number in found}


@pytest.mark.parametrize("few", [1, 1000])
async def test_the_meaning_of_what_is_wanted_is_found_however_much_else_there_is(
    index: ChromaIndex, monkeypatch: pytest.MonkeyPatch, few: int
):
    monkeypatch.setattr(lesson_index, "_FEW", few)  # both ways of leaving the rest out
    others = [lesson(n, f"Fresh footage number {n} for the footwear film", "c1") for n in range(100, 160)]
    await index.add([*others, *LESSONS])
    wanted = Wanted(scope=Scope(campaign_id="c7"))
    assert await index.search("footage of footwear", wanted=wanted) == [LESSONS[2].id]


async def test_a_lesson_whose_words_changed_is_found_by_the_new_ones_only(index: ChromaIndex):
    await index.add([*LESSONS, lesson(1, "Nothing to do with it: wholesale")])
    assert (await index.search("wholesale"))[0] == LESSONS[0].id
    assert await index.search("trail", wanted=Wanted(scope=Scope(campaign_id="c3"))) != [LESSONS[0].id]
    assert len(await index.search("trail wholesale budget e-mail", limit=10)) == 3


async def test_vectors_of_another_model_are_made_while_the_old_ones_serve_and_then_forgotten(tmp_path: Path):
    first = ChromaIndex(EMBEDDER, folder=tmp_path)
    await first.open(giving(*LESSONS))
    await first.close()
    slow = Slow()
    slow.answers = False
    index = ChromaIndex(slow, folder=tmp_path, former=(EMBEDDER,))
    await index.open(giving(*LESSONS))
    assert (await index.search("footage of footwear"))[0] == LESSONS[0].id, "by the meaning the old vectors know"
    assert slow.asked == []
    await index.close()
    slow.answers = True
    index = ChromaIndex(slow, folder=tmp_path, former=(EMBEDDER,))
    await index.open(giving(*LESSONS))
    await index.settled()
    assert sorted(slow.asked) == sorted(one.text for one in LESSONS)
    await index.search("anything")
    assert slow.asked[-1] == "anything", "questions go to the new model now"
    await index.close()
    again = ChromaIndex(EMBEDDER, folder=tmp_path)
    await again.open(giving())
    assert await asyncio.to_thread(again._store.size, "slow_v1") == 0
    await again.close()


async def test_while_a_model_does_not_answer_lessons_are_found_by_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lesson_index, "_REST_SECONDS", 0.01)
    slow = Slow()
    slow.answers = False
    index = ChromaIndex(slow, folder=tmp_path)
    await index.open(giving())
    await index.add(LESSONS)
    assert await index.search("lapsed customers") == [LESSONS[2].id]
    slow.answers = True
    await index.settled()
    assert sorted(slow.asked) == sorted(one.text for one in LESSONS), "made up for later"
    await index.close()


async def test_what_another_process_wrote_is_found(index: ChromaIndex, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lesson_index, "_LOOK_SECONDS", 0.0)
    written = list(LESSONS[:2])

    async def beside(known: Collection[str]) -> Sequence[Lesson]:
        return [one for one in written if one.id not in known]

    await index.close()
    await index.open(giving(), beside)
    assert len(await index.search("video budget e-mail", limit=10)) == 2
    written.append(LESSONS[2])
    assert (await index.search("lapsed customers"))[0] == LESSONS[2].id


async def test_what_the_database_no_longer_has_loses_its_vector_at_the_next_start(tmp_path: Path):
    first = ChromaIndex(EMBEDDER, folder=tmp_path)
    await first.open(giving(*LESSONS))
    await first.close()
    second = ChromaIndex(EMBEDDER, folder=tmp_path)
    await second.open(giving(*LESSONS[:1]))
    assert await asyncio.to_thread(second._store.ids, EMBEDDER.name) == {LESSONS[0].id}
    await second.close()
