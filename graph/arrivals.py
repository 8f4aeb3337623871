"""Requests that come over HTTP, each taken once: by whichever process hears of it first."""

from datetime import timedelta

from sqlalchemy import text

from graph.services import Services
from memory import requests
from memory.requests import Arrival

__all__ = ["Arrival", "Arrivals"]


class Arrivals:
    """The list of what has arrived, shared by all processes on one database."""

    def __init__(self, services: Services) -> None:
        self._database = services.database

    async def take(self, key: str, *, keep: timedelta, patience: timedelta | None = None) -> Arrival:
        """Note a request, and say whether it is ours to answer. See `memory.requests.take`."""
        async with self._database.engine.begin() as tx:
            return await requests.take(tx, key, keep=keep, patience=patience)

    async def done(self, key: str) -> None:
        """Note that it was answered."""
        async with self._database.engine.begin() as tx:
            await requests.done(tx, key)

    async def put_back(self, key: str) -> None:
        """Note that it could not be answered, and may come again."""
        async with self._database.engine.begin() as tx:
            await requests.put_back(tx, key)

    async def reached(self) -> None:
        """Ask the database for anything at all. Raises what its driver raises where it does not answer."""
        async with self._database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def forget(self) -> int:
        """Drop what can no longer be repeated. The number dropped."""
        async with self._database.engine.begin() as tx:
            return await requests.forget(tx)
