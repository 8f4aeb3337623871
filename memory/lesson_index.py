"""Finds lessons by meaning (Chroma) and by word (BM25). A projection: it can be thrown away and rebuilt at any time."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from datetime import date
from math import ceil
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from domain.lesson import Lesson, Wanted
from domain.scope import Scope
from memory.lesson_shelf import Mask, Shelf
from memory.lesson_vectors import Vectors, VectorStore
from memory.lesson_words import Words

logger = logging.getLogger(__name__)

WORDS, MEANING, ABOUT = 1.0, 1.0, 1.0
"""What the ranks by word, by meaning, and being about the same object weigh; chosen on the tuning half of the questions
in tests/bench/memory.py, reported on the other half. The weight of words is multiplied by the square of how much of
the question the best lesson has: where none of its rare words is known, ranks by word are ranks of chance."""
_DAMPING = 2
"""Of reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009, who take 60 for other lists)."""
_DEPTH = 100
"""Ranks of each list that are fused."""
_FEW = 500
"""Up to so many lessons wanted, their own vectors are compared; of more, the graph is asked and the rest left out."""
_MOST = 2000
"""Neighbours the graph is asked for at most, however few of them are wanted."""
_AT_ONCE = 1000
"""Up to so many new lessons get their vectors before `add` returns; of more, in the background."""
_BATCH = 100
"""Vectors written in one go in the background: a search waits for one batch at most."""
_REST_SECONDS = 30.0
"""Between two tries of an embedder that failed."""
_LOOK_SECONDS = 5.0
"""Between two looks for lessons that another process wrote."""

_ALIKE = 1e-5
"""Two distances or scores closer than this are the same text said twice."""

Ranking = tuple[NDArray[np.int64], NDArray[np.float32]]
"""Places, best first, and their ranks from 0."""
Every = Callable[[], Awaitable[Sequence[Lesson]]]
"""Gives all lessons there are: the database's own list."""
Beside = Callable[[Collection[str]], Awaitable[Sequence[Lesson]]]
"""Gives the lessons there are beside those of these ids."""


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """Which model, in letters and digits: vectors of two models never share a collection."""
        ...

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]] | Vectors:
        """One row per text. Whatever it raises, lessons are found by word until it answers again."""
        ...


class ChromaIndex:
    """The index of lessons, in a folder of its own or on a Chroma server.

    Words and columns are in memory, read from the database at the start. Vectors are in Chroma, and made anew in the
    background where another embedder made them; until all are there, `former` embedders' vectors are searched.
    """

    def __init__(
        self,
        embedder: Embedder,
        *,
        folder: Path | None = None,
        url: str | None = None,
        former: Sequence[Embedder] = (),
    ) -> None:
        """Give `folder` for one process, or the `url` of a server for several."""
        self._embedder, self._former = embedder, former
        self._store = VectorStore(folder=folder, url=url)
        self._shelf, self._words = Shelf(), Words()
        self._waiting: dict[str, str] = {}
        self._stand_in: Embedder | None = None
        self._embedding: asyncio.Task[None] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._beside: Beside | None = None
        self._look_at = self._ask_at = 0.0

    async def open(self, every: Every, beside: Beside | None = None) -> None:
        """Reach the index and bring it up to date with the lessons there are. Raises StartupError.

        Where several processes write lessons, `beside` is asked for the others' before a search, every few seconds.
        """
        lessons = await every()
        async with self._one_at_a_time:
            await asyncio.to_thread(self._open, lessons)
        self._beside, self._look_at = beside, time.monotonic() + _LOOK_SECONDS
        await self._catch_up()

    async def close(self) -> None:
        """Let go of the folder. Vectors that wait are made at the next start."""
        await self._stop_embedding()
        self._store.close()

    async def add(self, lessons: Sequence[Lesson]) -> None:
        """Make lessons findable; adding one twice changes nothing."""
        async with self._one_at_a_time:
            new = self._shelf.new(lessons)
            if not new:
                return
            await asyncio.to_thread(self._shelve, new)
            self._waiting.update({lesson.id: lesson.text for lesson in new})
        await self._catch_up()

    async def rebuild(self, lessons: Sequence[Lesson]) -> None:
        """Throw everything away, every embedder's vectors too, and index exactly these."""
        await self._stop_embedding()
        async with self._one_at_a_time:
            await asyncio.to_thread(self._store.forget)
            self._shelf, self._words, self._waiting, self._stand_in = Shelf(), Words(), {}, None
        await self.add(lessons)
        await self.settled()

    async def settled(self) -> None:
        """Wait until every lesson has its vector, however often the embedder has to be asked."""
        if self._embedding:
            await asyncio.shield(self._embedding)

    async def search(
        self,
        words: str,
        *,
        scope: Scope | None = None,
        wanted: Wanted | None = None,
        today: date | None = None,
        limit: int = 5,
    ) -> list[str]:
        """Ids of the lessons that fit best, best first.

        What is about `scope` comes earlier; what is not `wanted` does not come; what is old on `today` comes later.
        """
        await self._look_beside()
        if not len(self._shelf):
            return []
        embedder = self._stand_in or self._embedder
        vector = await self._vector(embedder, words)
        async with self._one_at_a_time:
            return await asyncio.to_thread(
                self._search, words, embedder.name, vector, scope, wanted or Wanted(), today, limit
            )

    def _open(self, lessons: Sequence[Lesson]) -> None:
        self._store.open()
        known = self._store.ids(self._embedder.name)
        self._shelf, self._words, self._stand_in = Shelf(), Words(), None
        self._shelve(self._shelf.new(lessons))
        self._store.remove(self._embedder.name, known - self._shelf.places.keys())
        self._waiting = {lesson.id: lesson.text for lesson in lessons if lesson.id not in known}
        if self._waiting:
            older = (one for one in self._former if one.name != self._embedder.name)
            self._stand_in = next((one for one in older if self._store.size(one.name) > len(known)), None)

    def _shelve(self, lessons: Sequence[Lesson]) -> None:
        self._shelf.add(lessons)
        self._words.add([lesson.text for lesson in lessons])

    async def _look_beside(self) -> None:
        if self._beside is None or time.monotonic() < self._look_at:
            return
        self._look_at = time.monotonic() + _LOOK_SECONDS
        await self.add(await self._beside(self._shelf.places.keys()))

    async def _catch_up(self) -> None:
        """Make the vectors that wait: few at once, many in the background, and later where the embedder fails."""
        if self._embedding is not None and not self._embedding.done():
            return
        if self._waiting and (self._stand_in or len(self._waiting) > _AT_ONCE or not await self._embed_some(_AT_ONCE)):
            self._embedding = asyncio.create_task(self._embed_all())
        elif not self._waiting:
            await self._complete()

    async def _embed_all(self) -> None:
        while self._waiting:
            if not await self._embed_some(_BATCH):
                await asyncio.sleep(_REST_SECONDS)
        await self._complete()

    async def _embed_some(self, most: int) -> bool:
        """False: the embedder failed, which is logged; nothing is lost."""
        some = dict(list(self._waiting.items())[:most])
        try:
            vectors = await asyncio.to_thread(self._embedded, self._embedder, list(some.values()))
        except Exception as error:  # whatever a provider raises
            logger.warning(
                "%s made no vectors: %s; lessons are found by word until it does", self._embedder.name, error
            )
            return False
        async with self._one_at_a_time:
            await asyncio.to_thread(self._store.put, self._embedder.name, list(some), vectors)
            for ident, text in some.items():
                if self._waiting.get(ident) == text:  # else it changed meanwhile
                    del self._waiting[ident]
        return True

    async def _complete(self) -> None:
        async with self._one_at_a_time:
            self._stand_in = None
            await asyncio.to_thread(self._store.forget, but=self._embedder.name)

    async def _stop_embedding(self) -> None:
        if self._embedding is not None:
            self._embedding.cancel()
            with suppress(asyncio.CancelledError):
                await self._embedding
            self._embedding = None

    async def _vector(self, embedder: Embedder, words: str) -> Vectors | None:
        if time.monotonic() < self._ask_at:
            return None
        try:
            return (await asyncio.to_thread(self._embedded, embedder, [words]))[0]
        except Exception as error:  # as above
            self._ask_at = time.monotonic() + _REST_SECONDS
            logger.warning("%s made no vector of a question: %s; it is answered by words", embedder.name, error)
            return None

    @staticmethod
    def _embedded(embedder: Embedder, texts: Sequence[str]) -> Vectors:
        vectors = np.asarray(embedder.embed(texts), dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)

    def _search(
        self,
        words: str,
        embedder: str,
        vector: Vectors | None,
        scope: Scope | None,
        wanted: Wanted,
        today: date | None,
        limit: int,
    ) -> list[str]:
        mask = self._shelf.wanted(wanted)
        fused = np.zeros(len(mask), dtype=np.float32)
        depth = max(_DEPTH, limit)
        spoken, share = self._by_word(words, mask, depth)
        meant = self._by_meaning(embedder, vector, mask, depth)
        for weight, (places, ranks) in ((WORDS * share**2, spoken), (MEANING, meant)):
            fused[places] += weight / (_DAMPING + 1 + ranks)
        found = np.flatnonzero(fused)
        if scope is not None:
            fused[found] += np.where(self._shelf.touching(scope)[found], ABOUT / (_DAMPING + 1), 0)
        fused[found] *= self._shelf.weights(found, today)
        ordered = sorted(found.tolist(), key=lambda place: (-float(fused[place]), self._shelf.ids[place]))
        return [self._shelf.ids[place] for place in ordered[:limit]]

    def _by_word(self, words: str, mask: Mask, depth: int) -> tuple[Ranking, float]:
        """The ranking, and how much of the question the best one has: 0 to 1."""
        scores = np.where(mask, self._words.scores(words), 0)
        found = np.flatnonzero(scores)
        if len(found) > depth:
            edge = np.partition(scores[found], len(found) - depth)[len(found) - depth]
            found = found[scores[found] >= edge]
        ranked = found[np.argsort(-scores[found], kind="stable")][:depth]
        if not len(ranked):
            return _ranking((), ()), 0.0
        share = float(scores[ranked[0]]) / self._words.ceiling(words)
        return _ranking(ranked, -scores[ranked]), min(1.0, share)

    def _by_meaning(self, embedder: str, vector: Vectors | None, mask: Mask, depth: int) -> Ranking:
        wanted = int(mask.sum())
        if vector is None or not vector.any() or not wanted:
            return _ranking((), ())
        if wanted <= _FEW:
            near = self._store.nearest_of(embedder, vector, [self._shelf.ids[place] for place in np.flatnonzero(mask)])
        else:
            share = wanted / len(self._shelf)
            near = self._store.nearest(embedder, vector, min(ceil(depth / share), _MOST))
        places = [(place, apart) for ident, apart in near if (place := self._shelf.places.get(ident)) is not None]
        kept = [(place, apart) for place, apart in places if mask[place]][:depth]
        return _ranking([place for place, _ in kept], [apart for _, apart in kept])


def _ranking(places: Sequence[int] | NDArray[np.int64], apart: Sequence[float] | NDArray[np.float32]) -> Ranking:
    """Ranks from 0 by distance, which must not fall; what is as far has the same rank: age and strength order it."""
    distances = np.asarray(apart, dtype=np.float32)
    first = np.diff(distances, prepend=-np.inf) > _ALIKE
    ranks = np.maximum.accumulate(np.where(first, np.arange(len(distances)), 0)) if len(distances) else distances
    return np.asarray(places, dtype=np.int64), ranks.astype(np.float32)
