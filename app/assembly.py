"""The one place where the rooms are put together."""

import asyncio
import logging
import os
import signal
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from app import embedded
from app.clock import SystemClock
from app.settings import Settings
from connectors.embeddings import load_embedder
from connectors.executors.ad_account import AdAccount
from connectors.executors.by_hand import ByHand
from connectors.models import load_chat_model, within
from connectors.sources.folder import FolderSource
from domain.errors import ConfigurationError, StartupError
from domain.lesson import Lesson
from domain.operating_model import OperatingModel
from domain.ports import Clock, Directory, Executor, Source
from domain.signal import Signal
from domain.worded import Worded
from graph.desk import staffed
from graph.runner import Runner
from graph.services import Services
from memory import lessons
from memory.database import Database
from memory.embedding import StaticEmbedder
from memory.ledger.seals import Seals
from memory.lesson_index import Beside, ChromaIndex, Embedder

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 20.0
"""How long a sweep waits for a chat model's words before the agents' own stand."""
_REST_SECONDS = 600.0
"""How long a chat model that did not answer in time is not asked again."""

_WATCH_SECONDS = 0.5
"""Between two looks at the embedded database's process."""


@asynccontextmanager
async def assembled(
    settings: Settings,
    model: OperatingModel,
    *,
    clock: Clock | None = None,
    source: Source | None = None,
    directory: Directory | None = None,
    is_adopting: bool = True,
    has_lessons: bool = True,
) -> AsyncGenerator[Runner]:
    """A runner with everything behind it, closed again at the end. Raises ConfigurationError and StartupError.

    Without `has_lessons` the lesson index stays closed: in its folder only one process may have it open.
    With `is_adopting` a new file becomes what is in force, or an amendment of it; otherwise it is only looked at.
    Without `DATABASE_URL` it holds the lock of the home folder until the process ends.
    """
    keeps_time, clock = clock is None, clock or SystemClock(model.timezone)
    address = settings.database_url or await asyncio.to_thread(embedded.start, settings.home)
    database = Database(address)
    index = _index(settings) if has_lessons else None
    runner = Runner(
        Services(
            file=model,
            source=source or source_of(model, clock),
            executors=_executors(model),
            database=database,
            clock=clock,
            keeps_time=keeps_time,
            directory=directory,
            lessons=index,
            seals=Seals(settings.home / "ledger", settings.ledger_key),
            desk=await asyncio.to_thread(staffed),
            failpoint=_failpoint(settings.failpoint),
            explain=_explain(settings.model),
            language=settings.model or "deterministic writer",
            worker=f"{socket.gethostname()}/{os.getpid()}",
        )
    )
    watch = None if settings.database_url else asyncio.create_task(_watch(settings.home))
    try:
        await runner.open()
        if index is not None:
            await index.open(_every(database), _beside(database) if settings.chroma_url else None)
        yield runner
    finally:
        if watch is not None:
            watch.cancel()
        if index is not None:
            await index.close()
        await runner.close()


async def _watch(home: Path) -> None:
    """Start the embedded database again whenever it dies: nobody else would."""
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        try:
            if await asyncio.to_thread(embedded.revive, home):
                logger.warning("the embedded database had died and was started again; nothing confirmed is lost")
        except StartupError as error:
            logger.warning("%s It is tried again.", error)


def source_of(model: OperatingModel, clock: Clock) -> Source:
    """Where the tables come from. A row after the company's present day is a mistake in the data.

    What is dated on that day itself is there already, unfinished: who reads as of the day before does not see it.
    """
    return FolderSource(Path(model.source.path), today=lambda: model.moment(clock.now()).day)


def _executors(model: OperatingModel) -> tuple[Executor, ...]:
    if model.executor.kind == "ad_account":
        if not model.executor.address:
            raise ConfigurationError("`executor.kind: ad_account` needs an `address`, like http://127.0.0.1:8400.")
        return (AdAccount(model.executor.address), ByHand())
    return (ByHand(),)


def _index(settings: Settings) -> ChromaIndex:
    own = StaticEmbedder()
    embedder: Embedder = load_embedder(settings.embeddings) or own
    if settings.chroma_url:
        return ChromaIndex(embedder, url=settings.chroma_url, former=(own,))
    return ChromaIndex(embedder, folder=settings.home / "chroma", former=(own,))


def _every(database: Database) -> Callable[[], Awaitable[Sequence[Lesson]]]:
    async def every() -> Sequence[Lesson]:
        async with database.read() as tx:
            return await lessons.every(tx)

    return every


def _beside(database: Database) -> Beside:
    async def beside(known: Collection[str]) -> Sequence[Lesson]:
        async with database.read() as tx:
            return await lessons.beside(tx, known)

    return beside


def _explain(name: str) -> Callable[[Signal], Worded] | None:
    """Words by the chat model of this name; whatever goes wrong there, the agents' own words stand."""
    model = load_chat_model(name)
    if model is None:
        return None
    from agents.explanation import explain  # noqa: PLC0415 - loads langchain, for those who have a model

    rests_until = 0.0

    def words(signal: Signal) -> Worded:
        nonlocal rests_until
        if time.monotonic() < rests_until:
            return Worded(text=signal.why)
        try:
            return within(_PATIENCE_SECONDS, lambda: explain(signal, model))
        except Exception as error:
            if isinstance(error, TimeoutError):  # the other signals of this sweep must not wait as long each
                rests_until = time.monotonic() + _REST_SECONDS
            logger.warning("the chat model %s did not word %s: %s", name, signal.id, error)
            return Worded(text=signal.why)

    return words


def _failpoint(target: str) -> Callable[[str], None]:
    """Where a crash test wants this process to die, it dies as a power cut would have it."""

    def reached(name: str) -> None:
        if name == target:
            os.kill(os.getpid(), signal.SIGKILL)

    return reached
