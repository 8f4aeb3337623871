"""How much of something is left: what Slack takes so many times a minute."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Allowance:
    """So many a minute, some of them at once. Whoever gets none does without: nobody waits."""

    per_minute: float
    at_once: float
    clock: Callable[[], float] = time.monotonic
    _left: float = field(init=False)
    _seen: float = field(init=False)

    def __post_init__(self) -> None:
        self._left, self._seen = self.at_once, self.clock()

    def take(self) -> bool:
        """Whether there is one left; it is then used."""
        now = self.clock()
        self._left = min(self.at_once, self._left + (now - self._seen) * self.per_minute / 60)
        self._seen = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def use_up(self) -> None:
        """Slack counts otherwise: there is none left."""
        self._left, self._seen = 0.0, self.clock()
