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


@asynccontextmanager
async def answering(door: HttpDoor, address: Address) -> AsyncGenerator[int]:
    """Answer requests until the block ends; then no new ones, and those under way to their end. Yields the port.

    Several processes may share one address; the system shares requests out among them. Raises StartupError.
    """
    bound = _bound(address)
    port = int(bound.getsockname()[1])
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
    task = asyncio.create_task(server.serve(sockets=[bound]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn tells nobody when it has started
            await asyncio.sleep(_LOOK_SECONDS)
        yield port
    finally:
        door.drain()
        server.should_exit = True
        await asyncio.shield(_drained(task, door))


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
