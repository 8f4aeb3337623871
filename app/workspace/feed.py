"""What happens in the workspace, told to whoever listens: open pages, and presses waiting for their effect."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from app.workspace.wire import Json

_PATIENCE = 10_000
"""Events a listener may lag behind before it is dropped; a page then opens its stream again."""


class Feed:
    """A broadcast without memory."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Json | None]] = set()

    def tell(self, kind: str, **what: object) -> None:
        """Tell every listener one thing that happened."""
        event: Json = {"type": kind, **what}
        for listener in tuple(self._listeners):
            if listener.qsize() >= _PATIENCE:
                self._listeners.discard(listener)
                listener.put_nowait(None)
            else:
                listener.put_nowait(event)

    def close(self) -> None:
        """Let every listener go."""
        for listener in self._listeners:
            listener.put_nowait(None)
        self._listeners.clear()

    @contextmanager
    def listen(self) -> Generator[asyncio.Queue[Json | None]]:
        """A queue of what happens from now on; None means there will be nothing more."""
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)
