"""What happens in the workspace, told to whoever listens: open pages, and presses waiting for their effect."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager

from app.workspace.wire import Json

_PATIENCE = 10_000
"""Events a listener may lag behind before it is dropped; a page then opens its stream again."""


class Feed:
    """A broadcast without memory."""

    def __init__(self) -> None:
        self._listeners: dict[asyncio.Queue[Json | None], Callable[[Json], bool]] = {}

    def tell(self, kind: str, **what: object) -> None:
        """Tell every listener one thing that happened."""
        event: Json = {"type": kind, **what}
        for listener, concerns in tuple(self._listeners.items()):
            if listener.qsize() >= _PATIENCE:
                self._listeners.pop(listener, None)
                listener.put_nowait(None)
            elif concerns(event):
                listener.put_nowait(event)

    def close(self) -> None:
        """Let every listener go."""
        for listener in self._listeners:
            listener.put_nowait(None)
        self._listeners.clear()

    @contextmanager
    def listen(self, concerns: Callable[[Json], bool] = lambda event: True) -> Generator[asyncio.Queue[Json | None]]:
        """A queue of what happens from now on; None means there will be nothing more.

        What does not concern the listener does not wake them: a hundred presses a second are each waited for.
        """
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._listeners[queue] = concerns
        try:
            yield queue
        finally:
            self._listeners.pop(queue, None)
