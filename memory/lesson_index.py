"""Finds lessons by meaning (Chroma) and by word (BM25). A projection: it can be thrown away and rebuilt at any time."""

import asyncio
import fcntl
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO
from urllib.parse import urlsplit

from domain.errors import StartupError
from domain.lesson import Lesson
from domain.scope import Scope

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection  # pyright: ignore[reportMissingTypeStubs]

logger = logging.getLogger(__name__)

_WEIGHTS = (2.0, 1.0, 1.0)
"""Of meaning, of words, and of being about the same object, when ranks are fused."""
_DAMPING = 60
_BATCH = 1000
Every = Callable[[], Awaitable[Sequence[Lesson]]]
"""Gives all lessons there are: the database's own list."""


class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """Which model, in letters and digits: vectors of two models never share a collection."""
        ...

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector per text."""
        ...


class ChromaIndex:
    """The index of lessons, in a folder of its own or on a Chroma server."""

    def __init__(self, embedder: Embedder, *, folder: Path | None = None, url: str | None = None) -> None:
        """Give `folder` for one process, or the `url` of a server for several."""
        self._embedder, self._folder, self._url = embedder, folder, url
        self._lock: TextIO | None = None
        self._client: ClientAPI | None = None
        self._lessons: dict[str, Lesson] = {}
        self._one_at_a_time = asyncio.Lock()

    async def open(self, every: Every) -> None:
        """Reach the index and bring it up to date with the lessons there are. Raises StartupError."""
        lessons = await every()
        async with self._one_at_a_time:
            await asyncio.to_thread(self._open)
            known = await asyncio.to_thread(lambda: set(self._collection().get(include=[])["ids"]))
        self._lessons = {lesson.id: lesson for lesson in lessons}
        await self.add([lesson for lesson in lessons if lesson.id not in known])

    async def close(self) -> None:
        """Let go of the folder."""
        if self._client:
            self._client.close()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - both have it
            self._client = None
        if self._lock:
            self._lock.close()
            self._lock = None

    async def add(self, lessons: Sequence[Lesson]) -> None:
        """Make lessons findable; adding one twice changes nothing."""
        if lessons:
            async with self._one_at_a_time:
                await asyncio.to_thread(self._add, lessons)

    async def rebuild(self, lessons: Sequence[Lesson]) -> None:
        """Throw everything away and index exactly these."""
        async with self._one_at_a_time:
            await asyncio.to_thread(self._drop)
            self._lessons = {}
        await self.add(lessons)

    async def search(self, words: str, *, scope: Scope | None = None, limit: int = 5) -> list[str]:
        """Ids of the lessons that fit best, best first."""
        if not self._lessons:
            return []
        async with self._one_at_a_time:
            return await asyncio.to_thread(self._search, words, scope, limit)

    def _open(self) -> None:
        import chromadb  # noqa: PLC0415 - takes seconds to load
        from chromadb.config import Settings  # noqa: PLC0415

        settings = Settings(anonymized_telemetry=False)
        if self._url:
            where = urlsplit(self._url)
            tls = where.scheme == "https"
            try:
                self._client = chromadb.HttpClient(
                    host=where.hostname or "localhost", port=where.port or 8000, ssl=tls, settings=settings
                )
            except ValueError as error:
                raise StartupError(f"The Chroma server at {self._url} cannot be reached.") from error
            return
        assert self._folder is not None
        self._claim(self._folder)
        self._client = chromadb.PersistentClient(path=str(self._folder / "index"), settings=settings)

    def _claim(self, folder: Path) -> None:
        """Two processes on one folder would ruin its files without any error."""
        if self._lock:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise StartupError(
                f"Another process is using the lesson index in {folder}: stop it, or set CHROMA_URL to a Chroma server."
            ) from error
        self._lock = lock

    def _collection(self) -> "Collection":
        assert self._client is not None, "the index is not open"
        name = f"lessons_{self._embedder.name}"
        return self._client.get_or_create_collection(name, embedding_function=None)

    def _drop(self) -> None:
        assert self._client is not None, "the index is not open"
        self._client.delete_collection(self._collection().name)

    def _add(self, lessons: Sequence[Lesson]) -> None:
        collection = self._collection()
        for start in range(0, len(lessons), _BATCH):
            some = lessons[start : start + _BATCH]
            vectors = [[float(x) for x in vector] for vector in self._embedder.embed([lesson.text for lesson in some])]
            collection.upsert(
                ids=[lesson.id for lesson in some],
                embeddings=vectors,  # pyright: ignore[reportArgumentType] - lists of floats are accepted
                documents=[lesson.text for lesson in some],
                metadatas=[{"kind": lesson.kind.value, "learned_on": lesson.learned_on.isoformat()} for lesson in some],
            )
        self._lessons.update({lesson.id: lesson for lesson in lessons})

    def _search(self, words: str, scope: Scope | None, limit: int) -> list[str]:
        rankings = (self._by_meaning(words, limit * 4), self._by_word(words, limit * 4))
        scores: dict[str, float] = defaultdict(float)
        for weight, ranking in zip(_WEIGHTS, rankings, strict=False):
            for rank, ident in enumerate(ranking):
                scores[ident] += weight / (_DAMPING + rank + 1)
        for ident in scores:
            if scope is not None and self._lessons[ident].scope.touches(scope):
                scores[ident] += _WEIGHTS[2] / (_DAMPING + 1)
        return sorted(scores, key=lambda ident: (-scores[ident], ident))[:limit]

    def _by_meaning(self, words: str, limit: int) -> list[str]:
        (vector,) = self._embedder.embed([words])
        found = self._collection().query(
            query_embeddings=[[float(x) for x in vector]],  # pyright: ignore[reportArgumentType] - as above
            n_results=min(limit, len(self._lessons)),
            include=[],
        )
        return [ident for ident in found["ids"][0] if ident in self._lessons]

    def _by_word(self, words: str, limit: int) -> list[str]:
        import bm25s  # noqa: PLC0415 - loads numpy and scipy  # pyright: ignore[reportMissingTypeStubs]
        import Stemmer  # noqa: PLC0415

        ids = sorted(self._lessons)
        engine: Any = bm25s  # neither library ships complete types
        snowball: Any = Stemmer
        texts = [self._lessons[ident].text for ident in ids]
        stemmer = snowball.Stemmer("english")
        tokens: list[list[str]] = engine.tokenize(
            [*texts, words], stemmer=stemmer, show_progress=False, return_ids=False
        )
        *documents, query = tokens
        if not query or not any(documents):
            return []
        ranker = engine.BM25()
        ranker.index(documents, show_progress=False)
        found, scores = ranker.retrieve([query], k=min(limit, len(ids)), show_progress=False)
        places: list[int] = found[0].tolist()
        return [ids[place] for place, score in zip(places, scores[0].tolist(), strict=True) if score > 0]
