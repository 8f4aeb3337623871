"""What the graph's tests share."""

from collections.abc import AsyncIterator

import pytest

from memory.database import Database
from tests.postgres import address, server, template

__all__ = ["address", "database", "server", "template"]


@pytest.fixture
async def database(address: str) -> AsyncIterator[Database]:
    opened = Database(address)
    await opened.open()
    yield opened
    await opened.close()
