"""How fast Slack is written to: about a message a second per channel, and not at all while Slack says to wait."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Final

from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState

PER_SECOND: Final = 1.0
"""Messages posted to one channel, sustained: what Slack allows."""
BURST: Final = 20
"""Messages to one channel at once: what a morning shows. Where Slack takes fewer, it says so and is waited for."""
LONGEST_WAIT_SECONDS: Final = 30.0
"""What has to wait longer than this is left to be drawn later: the database remembers what is missing."""
PRESSER_SECONDS: Final = 1.5
"""The same where somebody waits for a form: what Slack gave us to open it with lives for three seconds."""
IN_A_HURRY: Final = frozenset({"views.open", "views.push"})
_MOST_RETRIES = 3
_JITTER_SECONDS = 0.3
"""Those who waited for the same moment do not all come at it."""


class Pace:
    """One for all calls of a process."""

    def __init__(
        self,
        *,
        per_second: float = PER_SECOND,
        burst: int = BURST,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._interval, self._burst, self._clock, self._sleep = 1 / per_second, burst, clock, sleep
        self._due: dict[str, float] = {}
        """By channel: when the last message taken on would have been posted, one by one."""
        self._closed: dict[tuple[str, str], float] = {}
        """By method and token: until when Slack takes no more calls. It counts each workspace for itself."""

    async def turn(self, channel: str) -> None:
        """Wait until a message may be posted to a channel. Those who ask are let through in their order."""
        now = self._clock()
        due = max(self._due.get(channel, 0.0), now) + self._interval
        self._due[channel] = due
        if (wait := due - now - self._burst * self._interval) > 0:
            await self._sleep(wait)

    async def open(self, method: str, token: str = "") -> None:
        """Wait until Slack takes calls of a method with a token again, as far as is worth waiting."""
        left = self._closed.get((method, token), 0.0) - self._clock()
        if 0 < left <= longest(method):
            await self._sleep(left + random.uniform(0, _JITTER_SECONDS))  # noqa: S311 - no secret

    def close(self, method: str, seconds: float, token: str = "") -> None:
        """Slack said to wait."""
        key = (method, token)
        self._closed[key] = max(self._closed.get(key, 0.0), self._clock() + seconds)


class RetryAfter(AsyncRateLimitErrorRetryHandler):
    """Waits as long as Slack says, with everybody else who calls the same method."""

    def __init__(self, pace: Pace) -> None:
        super().__init__(_MOST_RETRIES)
        self._pace = pace

    async def _can_retry_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        del state, error
        if response is None or response.status_code != 429:
            return False
        method, seconds = _method(request), _seconds(response)
        self._pace.close(method, seconds, _token(request))
        return seconds <= longest(method)

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        """Wait."""
        del response, error
        state.next_attempt_requested = True
        await self._pace.open(_method(request), _token(request))
        state.increment_current_attempt()


def longest(method: str) -> float:
    """How long a call may wait, in seconds."""
    return PRESSER_SECONDS if method in IN_A_HURRY else LONGEST_WAIT_SECONDS


def _method(request: HttpRequest) -> str:
    return request.url.rpartition("/")[2]


def _token(request: HttpRequest) -> str:
    sent = next((value for name, value in request.headers.items() if name.lower() == "authorization"), "")
    return (sent if isinstance(sent, str) else "".join(sent)).removeprefix("Bearer ")


def _seconds(response: HttpResponse) -> float:
    """What Retry-After says; a second where it says nothing that can be read."""
    said = next((value for name, value in response.headers.items() if name.lower() == "retry-after"), None)
    words = said[0] if isinstance(said, list) and said else said
    return float(words) if isinstance(words, str) and words.isascii() and words.isdecimal() else 1.0
