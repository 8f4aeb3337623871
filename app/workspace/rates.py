"""How often each Web API method may be called, as token buckets."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from app.workspace.wire import Refused

TIERS = {1: 1.0, 2: 20.0, 3: 50.0, 4: 100.0}
"""Calls per minute by Slack's tier numbers."""
SPECIAL = 600.0
"""Calls per minute of methods Slack only says to "allow hundreds" of."""


@dataclass
class _Bucket:
    tokens: float
    filled: float


@dataclass
class Rates:
    """One bucket per method, and one per channel for chat.postMessage. A whole minute's worth may be used at once."""

    scale: float = 1.0
    """Multiplies every rate; 10 makes a test ten times more patient, 0 turns limits off."""
    post_per_second: float = 1.0
    """chat.postMessage per channel, sustained."""
    post_burst: float = 30.0
    """chat.postMessage per channel, at once."""
    clock: Callable[[], float] = time.monotonic
    """Seconds; a test may hand in its own."""
    _buckets: dict[str, _Bucket] = field(default_factory=dict[str, _Bucket])

    def take(self, method: str, tier: int | None, channel: str | None = None) -> None:
        """Count one call. Raises Refused (429 with Retry-After, seconds) when there were too many."""
        if self.scale <= 0:
            return
        if method == "chat.postMessage":
            self._draw(f"{method}:{channel}", self.post_burst * self.scale, self.post_per_second * self.scale)
            return
        per_minute = (SPECIAL if tier is None else TIERS[tier]) * self.scale
        self._draw(method, per_minute, per_minute / 60)

    def _draw(self, name: str, size: float, per_second: float) -> None:
        now = self.clock()
        bucket = self._buckets.setdefault(name, _Bucket(size, now))
        bucket.tokens = min(size, bucket.tokens + (now - bucket.filled) * per_second)
        bucket.filled = now
        if bucket.tokens < 1:
            wait = max(1, math.ceil((1 - bucket.tokens) / per_second))
            raise Refused("ratelimited", status=429, headers={"Retry-After": str(wait)})
        bucket.tokens -= 1
