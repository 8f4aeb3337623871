"""Calls to the database that fail, counted at psycopg: whoever makes them, ours, LangGraph's or the job engine's."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

KINDS = ("refused", "lost")
"""The connection is gone before the server did what was asked, or after it did and before it could say so."""


@dataclass
class DatabaseCalls:
    """Every statement and every commit of one process. Each different one fails once, with its connection.

    A commit is told from another by the statement before it.
    """

    kind: str = ""
    """One of KINDS; "": nothing fails."""
    nth: int = 1
    """The time it fails: the first time it is made, or a later one."""
    made: Counter[str] = field(default_factory=Counter[str])
    failed: list[str] = field(default_factory=list[str])
    _last: dict[int, str] = field(default_factory=dict[int, str])

    def watch(self) -> None:
        """From now on, in this process, for good."""
        execute, commit = psycopg.AsyncCursor.execute, psycopg.AsyncConnection.commit
        calls = self

        async def counted_execute(cursor: Any, query: Any, *rest: Any, **more: Any) -> Any:
            async def real() -> Any:
                return await execute(cursor, query, *rest, **more)

            return await calls.one(cursor.connection, _kind_of(query), real)

        async def counted_commit(connection: Any) -> None:
            async def real() -> None:
                await commit(connection)

            await calls.one(connection, f"COMMIT after {calls._last.get(id(connection))}", real)

        psycopg.AsyncCursor.execute = counted_execute  # type: ignore[method-assign]
        psycopg.AsyncConnection.commit = counted_commit  # type: ignore[method-assign]

    async def one(self, connection: Any, what: str, real: Callable[[], Awaitable[Any]]) -> Any:
        self._last[id(connection)] = what
        self.made[what] += 1
        if not self.kind or self.made[what] != self.nth:
            return await real()
        self.failed.append(what)
        if self.kind == "lost":
            await real()
        await connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    def tell(self, path: Path) -> None:
        """Write down what was called and what failed."""
        path.write_text(json.dumps({"made": self.made, "failed": self.failed}))


def _kind_of(query: Any) -> str:
    """A statement without its values: enough to tell one from another."""
    words = query.decode() if isinstance(query, bytes) else str(query)
    return " ".join(words.split())[:120]
