"""The body of a request, read with care: no larger, no slower and in no other form than Slack sends them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

MOST_BYTES: Final = 1024 * 1024
"""Slack repeats our own message or view in a press; the largest App Home, escaped twice, stays well below."""
READ_SECONDS: Final = 5.0
"""Slack itself gives up after three."""
FORMS: Final = frozenset({"application/json", "application/x-www-form-urlencoded"})
"""What Slack sends: events, and everything else."""


class Refused(Exception):
    """A request that is turned away: with this status, and not a word more to whoever sent it."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status}, {reason}")
        self.status = status


async def body_of(headers: Mapping[str, tuple[str, ...]], receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> bytes:
    """All of it. Raises Refused: 408, 413, 415, or 400 where the sender hung up."""
    kind = headers.get("content-type", ("",))[0].partition(";")[0].strip().lower()
    if kind not in FORMS or headers.get("content-encoding", ("identity",)) != ("identity",):
        raise Refused(415, "its content type is none of Slack's")
    said = headers.get("content-length", ("0",))[0]
    if not (said.isascii() and said.isdecimal()) or int(said[:12]) > MOST_BYTES:
        raise Refused(413, "it is larger than anything Slack sends")
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _read(receive)
    except TimeoutError as error:
        raise Refused(408, "it came too slowly") from error


async def _read(receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> bytes:
    body = bytearray()
    while True:
        part = await receive()
        if part["type"] != "http.request":
            raise Refused(400, "its sender hung up")
        body += part.get("body", b"")
        if len(body) > MOST_BYTES:
            raise Refused(413, "it is larger than anything Slack sends")
        if not part.get("more_body", False):
            return bytes(body)
