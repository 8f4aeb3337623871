"""Presses on one proposal in this process take turns: fifty at once do not hold fifty connections on one row."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary


class _Queue:
    """Those who press on one thing now."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.served = 0


class Turns:
    """One at a time per name, in the order they came. What must happen once is claimed in the database all the same."""

    def __init__(self) -> None:
        self._queues: WeakValueDictionary[str, _Queue] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, name: str) -> AsyncGenerator[bool]:
        """Wait for the turn. True for whoever had to let somebody else go first. What nobody waits for is forgotten."""
        queue = self._queues.setdefault(name, _Queue())
        served = queue.served
        async with queue.lock:
            try:
                yield queue.served > served
            finally:
                queue.served += 1
