"""Where the proposal graph keeps its threads: the same Postgres. A projection; the tables know better."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver  # pyright: ignore[reportMissingTypeStubs]
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text

from memory.database import Database
from memory.failpoints import Failpoint
from memory.patience import Heard


class _Saver(AsyncPostgresSaver):
    """LangGraph's saver, with the steps a crash could fall into."""

    failpoint: Callable[[str], None]

    async def aput(self, *what: Any, **how: Any) -> Any:
        self.failpoint(Failpoint.CHECKPOINT_UNSAVED)
        saved: Any = await super().aput(*what, **how)
        self.failpoint(Failpoint.CHECKPOINT_SAVED)
        return saved

    async def aput_writes(self, *what: Any, **how: Any) -> None:
        self.failpoint(Failpoint.RESULT_UNSAVED)
        await super().aput_writes(*what, **how)
        self.failpoint(Failpoint.RESULT_SAVED)


class Checkpoints:
    """LangGraph's Postgres saver with its connections, and nothing but plain JSON inside."""

    def __init__(self, database: Database) -> None:
        self._database = database
        kwargs = database.arguments | {"autocommit": True, "row_factory": dict_row, "prepare_threshold": 0}
        self._pool: Any = AsyncConnectionPool(
            database.address,
            min_size=1,
            max_size=4,
            open=False,
            connection_class=Heard,
            kwargs=kwargs,
            check=AsyncConnectionPool.check_connection,  # or a database that was away is met as it was before
        )
        self._saver: Any = None

    @property
    def saver(self) -> object:
        """What graphs are compiled with."""
        assert self._saver is not None, "the checkpoints are not open"
        return self._saver

    async def open(self) -> None:
        """Connect and create the tables where they are missing."""
        await self._pool.open(wait=True)
        serializer: Any = JsonPlusSerializer(allowed_msgpack_modules=())
        self._saver = _Saver(self._pool, serde=serializer)
        self._saver.failpoint = self._database.failpoint
        async with self._database.exclusively("baton/checkpoints"):
            await self._saver.setup()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._pool.close()

    async def forget(self, threads: Sequence[str], quiet_for: timedelta) -> int:
        """Drop those of these threads that nothing was written to for so long. Returns how many there were."""
        old = text(
            "SELECT thread_id FROM checkpoints WHERE thread_id = ANY(:threads)"
            " GROUP BY thread_id HAVING max(checkpoint->>'ts') < :before"
        )
        before = (datetime.now(UTC) - quiet_for).isoformat()
        async with self._database.read() as tx:
            found: list[str] = list(await tx.scalars(old, {"threads": list(threads), "before": before}))
        for thread in found:
            async with self._database.exclusively(f"proposal/{thread}"):
                await self._saver.aprune([thread], strategy="delete")
        return len(found)

    async def shrink(self) -> int:
        """Keep the newest state of every thread only. Returns how many were shortened."""
        long = text("SELECT thread_id FROM checkpoints GROUP BY thread_id HAVING count(*) > 1")
        async with self._database.read() as tx:
            threads: list[str] = list(await tx.scalars(long))
        for thread in threads:
            async with self._database.exclusively(f"proposal/{thread}"):
                await self._saver.aprune([thread], strategy="keep_latest")
        return len(threads)
