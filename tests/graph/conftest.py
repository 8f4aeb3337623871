"""What the graph's tests share."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import services
from tests.postgres import address, server, template

__all__ = ["address", "database", "server", "template"]

Start = Callable[..., Awaitable[Runner]]


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    opened = Database(address)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    """Starts processes on one database, closed at the end."""
    async with AsyncExitStack() as stack:

        async def begin(**more: object) -> Runner:
            runner = Runner(services(Database(address), **more))
            await runner.open()
            stack.push_async_callback(runner.close)
            return runner

        yield begin
