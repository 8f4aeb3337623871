"""Locks by name across all processes. They end with their process, however it dies, and soon after it stands still.

Whoever holds one gives a sign of life on the connection it belongs to. A process that stands still gives none; then
whoever needs the lock ends that connection. The other finds that out as the first thing when it goes on, before it has
done more than the step it stood in, and stops what it was at, as if it had been killed there.
"""

import asyncio
import logging
import os
import socket
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import NullPool, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from memory.patience import Patience

logger = logging.getLogger(__name__)

_NAME = "baton lock"
"""How a connection that gives signs of life is told from one of an earlier Baton, which is never ended."""
_LOOK_SECONDS = 1.0
"""Between two looks at who holds what is waited for."""
_REMARK_SECONDS = 10.0
"""After so long it is said who is waited for: what is done under a lock takes a second or two, a sweep more."""
_SHORTEST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.005, 0.1
_TRIES_AFTER_ENDING = 20
"""An ended connection gives its locks free within milliseconds."""

_ASK = text("SELECT pg_try_advisory_lock(hashtextextended(:what, 0))")
_GIVE_BACK = text("SELECT pg_advisory_unlock(hashtextextended(:what, 0))")
_HOLDER = text(
    "SELECT pid, application_name, extract(epoch FROM clock_timestamp() - state_change)::float AS silent"
    " FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 1"
    " AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (classid::bigint << 32 | objid::bigint) = hashtextextended(:what, 0)"
)
_END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid"
    " AND state_change < clock_timestamp() - make_interval(secs => :silent)"
)


Held = TypeVar("Held")
Take = Callable[[AsyncConnection], Awaitable[Held | None]]


class LockLost(Exception):
    """The lock was taken away, or its connection broke: what was done under it stopped where it was."""


class Locks:
    """Each lock has a connection of its own: waiting for one cannot starve the pool."""

    def __init__(self, url: URL, arguments: Mapping[str, Any], patience: Patience) -> None:
        """`arguments`: what a connection is made with."""
        self._name = f"{_NAME} {socket.gethostname()[:30]}/{os.getpid()}"
        named = {**arguments, "application_name": self._name}
        self._engine: AsyncEngine = create_async_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args=named
        )
        self._patience = patience

    async def close(self) -> None:
        """Let go of every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def exclusively(self, what: str) -> AsyncGenerator[None]:
        """Hold a lock to the end of the block, waiting for whoever is at work under it. Raises LockLost.

        It is asked for again and again: a waiting statement would hold up index builds.
        """
        pause, began, looked, is_said = _SHORTEST_PAUSE_SECONDS, time.monotonic(), 0.0, False
        async with self._engine.connect() as connection:
            while not await connection.scalar(_ASK, {"what": what}):
                await asyncio.sleep(pause)
                pause, now = min(pause * 2, _LONGEST_PAUSE_SECONDS), time.monotonic()
                if now - max(began, looked) > _LOOK_SECONDS:
                    looked, holder = now, await self._watched(connection, what)
                    if holder and not is_said and now - began > _REMARK_SECONDS:
                        logger.warning("%s is waited for: %s", what, holder)
                        is_said = True
            async with self._beating(connection, what):
                yield

    @asynccontextmanager
    async def by_one(self, what: str) -> AsyncGenerator[bool]:
        """Hold a lock to the end of the block, or yield False and say who holds it. Raises LockLost.

        For what is done again in a minute: who waited for it would only be one more to wait. Whoever stands still
        with it loses it here.
        """
        async with self._engine.connect() as connection:
            if not await connection.scalar(_ASK, {"what": what}):
                holder = await self._watched(connection, what)
                if holder or not await self._taken(connection, what):
                    is_ours = holder.startswith(f"{self._name} ")  # it is only slow today
                    level = logging.INFO if is_ours else logging.WARNING
                    logger.log(level, "%s is left out: %s", what, holder or "somebody else was faster")
                    yield False
                    return
            async with self._beating(connection, what):
                yield True

    @asynccontextmanager
    async def leased(self, what: str, seconds: float, take: Take[Held]) -> AsyncGenerator[Held | None]:
        """Hold a lock to the end of the block, with the lease `take` gets on its own connection. Raises LockLost.

        None: somebody is at work under it, or there is nothing to take. Whoever was silent for `seconds`, as long as a
        lease is good, loses the lock. A free lock therefore says that no lease is good any more, whatever the table
        says: whoever had it ended, or stood still for longer than that, and can take none on the connection they lost.
        """
        async with self._engine.connect() as connection:
            if not await self._asked(connection, what, seconds):
                yield None
                return
            try:
                held = await take(connection)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                raise LockLost(f"The lock {what} was lost before anything was done under it.") from error
            if held is None:
                yield None
                return
            async with self._beating(connection, what):
                yield held
            with suppress(DBAPIError):  # it would end with the connection as well, but only when the server sees that
                await connection.execute(_GIVE_BACK, {"what": what})

    async def _asked(self, connection: AsyncConnection, what: str, seconds: float) -> bool:
        """Whether a lock is ours now: it was free, or whoever was silent for so long lost it."""
        if await connection.scalar(_ASK, {"what": what}):
            return True
        return not await self._watched(connection, what, seconds) and await self._taken(connection, what)

    async def _taken(self, connection: AsyncConnection, what: str) -> bool:
        for _ in range(_TRIES_AFTER_ENDING):
            if await connection.scalar(_ASK, {"what": what}):
                return True
            await asyncio.sleep(_LONGEST_PAUSE_SECONDS)
        return False

    async def _watched(self, connection: AsyncConnection, what: str, seconds: float | None = None) -> str:
        """Who holds a lock, in words, ended where it stands still; empty where nobody does any more."""
        still = self._patience.standstill_seconds if seconds is None else seconds
        holder = (await connection.execute(_HOLDER, {"what": what})).first()
        if holder is None:
            return ""
        pid, name, silent = int(holder.pid), str(holder.application_name), holder.silent
        if not name.startswith(_NAME) or silent is None or silent < still:
            return f"{name or 'somebody'} (connection {pid}) is at work under it"
        if await connection.scalar(_END, {"pid": pid, "silent": still}):
            logger.error("%s stands still (no sign of life for %.0f s): %s is taken from it", name, silent, what)
            return ""
        return f"{name} (connection {pid}) went on"

    @asynccontextmanager
    async def _beating(self, connection: AsyncConnection, what: str) -> AsyncGenerator[None]:
        """Give signs of life; when none can be given the lock may be somebody else's, and the block is stopped."""

        async def beat(stopped: asyncio.Timeout) -> None:
            while True:
                await asyncio.sleep(self._patience.beat_seconds)
                try:
                    await connection.execute(text("SELECT 1"))
                except DBAPIError:
                    stopped.reschedule(asyncio.get_running_loop().time())
                    return

        stopped = asyncio.timeout(None)
        try:
            async with stopped:
                beats = asyncio.create_task(beat(stopped))
                try:
                    yield
                finally:
                    beats.cancel()
                    await asyncio.wait([beats])  # unlike awaiting it, this eats no request to end that comes meanwhile
        except TimeoutError as error:
            if not stopped.expired():
                raise
            raise LockLost(f"The lock {what} was lost: what was done under it stopped there.") from error
