"""How long the database is waited for, and by whom: nobody hangs on a connection that has gone silent."""

import asyncio
import time
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.errors import ConnectionTimeout, IdleInTransactionSessionTimeout, LockNotAvailable, QueryCanceled

RV = TypeVar("RV")

CONNECT_SECONDS = 5
"""To be let in: a server that is there takes milliseconds, one that starts again is tried again anyway."""
STATEMENT_SECONDS = 60
"""One statement of ours, a sweep's or a verification's as well: they read in batches, none takes seconds."""
LOCK_SECONDS = 40
"""To wait for a row. Longer than `STANDSTILL_SECONDS`, so that whoever stands still in front has lost it by then."""
ANSWER_SECONDS = 75.0
"""After this long without a byte the connection is dead: the server would have ended the statement itself before."""
STANDSTILL_SECONDS = 30
"""No transaction of ours is idle for a second, and who holds a lock says so every five: after this long a process is
taken for stopped and loses its locks. Shorter than a lease: whoever takes over need not wait for both."""
BEAT_SECONDS = 5.0
"""Between two signs of life of whoever holds a lock: five may get lost before it counts as standing still."""
PRESS_SECONDS = 10.0
"""A press: Slack calls it failed after three seconds, and people look elsewhere soon after. A slow machine still
decides within it; what comes later would be done behind the back of somebody who was told that it failed."""
_PRESS_LOCK_SECONDS = 5
"""For one row within a press: half of its time, so that it can still be said what was in the way."""
_SILENT_FOR_KEEPALIVE_SECONDS, _KEEPALIVES_SECONDS, _KEEPALIVES = 10, 5, 3
"""The kernel asks a connection nothing was heard of for 10 s, thrice: one whose other end is gone ends within 25 s."""
_UNACKNOWLEDGED_MILLISECONDS = 20_000
"""The same for one on which something was sent: the network of a running server acknowledges in milliseconds."""

_deadline: ContextVar[tuple[float, "asyncio.Task[Any] | None"] | None] = ContextVar("deadline", default=None)
"""When somebody's time is up, and whose: what they start beside themselves has its own time."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How soon a holder of a lock that gives no sign of life is taken for stopped."""

    beat_seconds: float = BEAT_SECONDS
    standstill_seconds: float = STANDSTILL_SECONDS


class Heard(psycopg.AsyncConnection[Any]):
    """A connection that ends when nothing is heard on it, or the time of whoever asks is up.

    Timeouts of the server do not help where its answers do not arrive, nor the kernel's where something in between
    acknowledges what it does not forward.
    """

    async def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:  # noqa: ASYNC109 - as psycopg has it
        """Wait for an answer; for notifications, which may never come, as long as psycopg is asked to."""
        if timeout is not None or self._notifies_backlog is None:  # the latter while it only listens
            return await super().wait(gen, interval, timeout)
        try:
            return await super().wait(gen, interval, _left(ANSWER_SECONDS))
        except psycopg.errors._WaitTimeout as silence:  # pyright: ignore[reportPrivateUsage]
            self.pgconn.finish()  # whatever comes now comes too late: the server rolls back
            raise Silent("the database does not answer") from silence


class Silent(psycopg.OperationalError):
    """Nothing was heard from the database in time."""


@contextmanager
def hurried(seconds: float) -> Generator[None]:
    """Whatever is asked of the database inside is given up after so many seconds in all."""
    token = _deadline.set((time.monotonic() + _left(seconds), asyncio.current_task()))
    try:
        yield
    finally:
        _deadline.reset(token)


def is_hurried() -> bool:
    """Whether somebody waits who will not wait long."""
    deadline = _deadline.get()
    return deadline is not None and deadline[1] is asyncio.current_task()


def is_late(error: BaseException | None) -> bool:
    """Whether an error of the database's says no more than that it took too long."""
    return isinstance(
        error, Silent | ConnectionTimeout | LockNotAvailable | QueryCanceled | IdleInTransactionSessionTimeout
    )


def server_settings() -> str:
    """What a connection asks of the server, as libpq's `options`."""
    settings = {
        "idle_in_transaction_session_timeout": STANDSTILL_SECONDS,
        "lock_timeout": LOCK_SECONDS,
        "statement_timeout": STATEMENT_SECONDS,
    }
    return " ".join(f"-c {name}={seconds}s" for name, seconds in settings.items())


def press_settings() -> dict[str, str]:
    """What a press asks of the server for its transaction; one that is left hanging is not committed minutes later."""
    return {
        "lock_timeout": f"{_PRESS_LOCK_SECONDS}s",
        "statement_timeout": f"{_PRESS_LOCK_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{int(PRESS_SECONDS)}s",
    }


def network_settings() -> dict[str, int]:
    """What a connection asks of the network, as libpq names it."""
    return {
        "connect_timeout": CONNECT_SECONDS,
        "keepalives": 1,
        "keepalives_idle": _SILENT_FOR_KEEPALIVE_SECONDS,
        "keepalives_interval": _KEEPALIVES_SECONDS,
        "keepalives_count": _KEEPALIVES,
        "tcp_user_timeout": _UNACKNOWLEDGED_MILLISECONDS,
    }


def _left(most: float) -> float:
    deadline = _deadline.get()
    if deadline is None or not is_hurried():
        return most
    return max(min(most, deadline[0] - time.monotonic()), 0.0)
