"""Vectors of lessons in Chroma: ids and numbers only. What a lesson says stays in the database, to be erased there."""

import fcntl
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from domain.errors import StartupError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection as Kept  # pyright: ignore[reportMissingTypeStubs]

Vectors = NDArray[np.float32]
_PREFIX = "lessons_"
_BATCH = 1000
"""Ids or vectors in one call to Chroma, which refuses more than 5,461."""


class VectorStore:
    """One collection per embedder, in a folder of its own or on a Chroma server."""

    def __init__(self, *, folder: Path | None = None, url: str | None = None) -> None:
        self._folder, self._url = folder, url
        self._lock: TextIO | None = None
        self._client: ClientAPI | None = None
        self._collections: dict[str, Kept] = {}

    def open(self) -> None:
        """Reach the store. Raises StartupError."""
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

    def close(self) -> None:
        """Let go of the folder."""
        self._collections = {}
        if self._client:
            self._client.close()  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType] - both have it
            self._client = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def ids(self, embedder: str) -> set[str]:
        """All there are of an embedder's."""
        return set(self._kept(embedder).get(include=[])["ids"])

    def size(self, embedder: str) -> int:
        """How many there are; 0 where the embedder has no collection, and none is made."""
        return self._kept(embedder).count() if f"{_PREFIX}{embedder}" in self._names() else 0

    def put(self, embedder: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors, in place of those of the same ids."""
        for start in range(0, len(ids), _BATCH):
            some = slice(start, start + _BATCH)
            self._kept(embedder).upsert(ids=list(ids[some]), embeddings=vectors[some])

    def remove(self, embedder: str, ids: Collection[str]) -> None:
        """Forget vectors."""
        listed = sorted(ids)
        for start in range(0, len(listed), _BATCH):
            self._kept(embedder).delete(ids=listed[start : start + _BATCH])

    def nearest(self, embedder: str, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The nearest, nearest first, each with its distance. Approximate, as Chroma's graph is."""
        found = self._kept(embedder).query(
            query_embeddings=vector[None, :], n_results=max(limit, 1), include=["distances"]
        )
        return list(zip(found["ids"][0], (found["distances"] or [[]])[0], strict=True))

    def nearest_of(self, embedder: str, vector: Vectors, ids: Sequence[str]) -> list[tuple[str, float]]:
        """The given ids, nearest first, each with its distance: exact, for few. One without a vector is left out."""
        found: Any = self._kept(embedder).get(ids=list(ids), include=["embeddings"])
        if not found["ids"]:
            return []
        apart = 1 - np.asarray(found["embeddings"], dtype=np.float32) @ vector
        return [(found["ids"][place], float(apart[place])) for place in np.argsort(apart, kind="stable")]

    def forget(self, *, but: str = "") -> None:
        """Delete the collections of all embedders, or of all but one."""
        assert self._client is not None, "the index is not open"
        for name in self._names() - {f"{_PREFIX}{but}"}:
            self._client.delete_collection(name)
            self._collections.pop(name, None)

    def _names(self) -> set[str]:
        assert self._client is not None, "the index is not open"
        return {one.name for one in self._client.list_collections() if one.name.startswith(_PREFIX)}

    def _kept(self, embedder: str) -> "Kept":
        assert self._client is not None, "the index is not open"
        name = f"{_PREFIX}{embedder}"
        if name not in self._collections:
            self._collections[name] = self._client.get_or_create_collection(name, embedding_function=None)
        return self._collections[name]

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
