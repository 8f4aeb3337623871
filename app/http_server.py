"""The address Slack's requests arrive at: opened, shared by several processes, and closed without losing any."""

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, NamedTuple

import uvicorn

from app.http_door import HttpDoor
from domain.errors import ConfigurationError, StartupError

_log = logging.getLogger(__name__)

DRAIN_SECONDS: Final = 10
"""How long requests under way, and what follows their answers, may take once the end was asked for."""
MOST_CONNECTIONS: Final = 500
"""At once; more are answered 503. Slack itself opens a few dozen, and each may hold a body of a megabyte."""
_LOOK_SECONDS = 0.01


class Address(NamedTuple):
    """Where to listen."""

    host: str
    port: int

    @classmethod
    def parsed(cls, words: str) -> "Address":
        """Read "127.0.0.1:3000" or "[::1]:3000". Raises ConfigurationError."""
        host, colon, port = words.rpartition(":")
        host = host.removeprefix("[").removesuffix("]")
        if not colon or not host or not (port.isascii() and port.isdecimal()) or int(port) > 65535:
            raise ConfigurationError(f"--http {words} is not HOST:PORT; write it like 127.0.0.1:3000.")
        return cls(host, int(port))


class _Server(uvicorn.Server):
    """Signals are ours: everything behind the door is to be closed in order."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class Answering:
    """An address that is being answered."""

    def __init__(self, door: HttpDoor, server: _Server, bound: socket.socket) -> None:
        self.port = int(bound.getsockname()[1])
        self._door, self._server = door, server
        self._task = asyncio.create_task(server.serve(sockets=[bound]))

    async def started(self) -> None:
        """Wait until requests are taken."""
        while not self._server.started and not self._task.done():  # noqa: ASYNC110 - uvicorn tells nobody
            await asyncio.sleep(_LOOK_SECONDS)

    async def drain(self) -> None:
        """Take no more requests, and see those under way to their end, with all that follows them. Safe to repeat."""
        self._door.drain()
        self._server.should_exit = True
        await asyncio.shield(_drained(self._task, self._door))


@asynccontextmanager
async def answering(door: HttpDoor, address: Address) -> AsyncGenerator[Answering]:
    """Answer requests until the block ends, drained at the latest then.

    Several processes may share one address; the system shares requests out among them. Raises StartupError.
    """
    bound = _bound(address)
    server = _Server(
        uvicorn.Config(
            door,
            lifespan="off",
            ws="none",
            http="h11",  # bounds what a header may be; speed is no matter at Slack's rates
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
    )
    listening = Answering(door, server, bound)
    try:
        await listening.started()
        yield listening
    finally:
        await listening.drain()


async def _drained(task: asyncio.Task[None], door: HttpDoor) -> None:
    await task
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            await door.finished()
    except TimeoutError:
        _log.warning(
            "What followed some answers took longer than %d s and was left; cards are drawn later", DRAIN_SECONDS
        )


def _bound(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "SO_REUSEPORT"):  # several processes, one address
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((address.host, address.port))
    except OSError as error:
        bound.close()
        raise StartupError(f"Baton cannot listen on {address.host}:{address.port}: {error.strerror}.") from error
    bound.setblocking(False)
    return bound
