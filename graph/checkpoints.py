"""Where the proposal graph keeps its threads: the same Postgres. A projection; the tables know better."""

from typing import Any

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver  # pyright: ignore[reportMissingTypeStubs]
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from psycopg.rows import dict_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import text

from memory.database import Database


class Checkpoints:
    """LangGraph's Postgres saver with its connections, and nothing but plain JSON inside."""

    def __init__(self, database: Database) -> None:
        self._database = database
        kwargs = {"autocommit": True, "row_factory": dict_row, "prepare_threshold": 0}
        self._pool: Any = AsyncConnectionPool(
            database.address,
            min_size=1,
            max_size=4,
            open=False,
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
        self._saver = AsyncPostgresSaver(self._pool, serde=serializer)
        async with self._database.exclusively("baton/checkpoints"):
            await self._saver.setup()

    async def close(self) -> None:
        """Let go of every connection."""
        await self._pool.close()

    async def shrink(self) -> int:
        """Keep the newest state of every thread only. Returns how many were shortened."""
        long = text("SELECT thread_id FROM checkpoints GROUP BY thread_id HAVING count(*) > 1")
        async with self._database.read() as tx:
            threads: list[str] = list(await tx.scalars(long))
        for thread in threads:
            async with self._database.exclusively(f"proposal/{thread}"):
                await self._saver.aprune([thread], strategy="keep_latest")
        return len(threads)
