"""Trigger ids: one press buys one modal, for three seconds."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.workspace.wire import Refused


@dataclass
class _Trigger:
    user: str
    issued: float
    spent: bool = False


class Triggers:
    """Issues trigger ids and exchanges each of them once."""

    def __init__(self, lifetime: float = 3.0, clock: Callable[[], float] = time.monotonic) -> None:
        """`lifetime` in seconds."""
        self._lifetime, self._clock = lifetime, clock
        self._issued: dict[str, _Trigger] = {}

    def issue(self, user: str) -> str:
        """A new trigger id for something `user` just did."""
        now = self._clock()
        # Spent and expired ones are kept for a while, so that a late exchange is told why it is refused.
        while self._issued and now - next(iter(self._issued.values())).issued >= 300:  # the oldest comes first
            del self._issued[next(iter(self._issued))]
        name = f"{secrets.randbelow(10**13):013d}.{secrets.randbelow(10**12):012d}.{secrets.token_hex(16)}"
        self._issued[name] = _Trigger(user, now)
        return name

    def exchange(self, name: object) -> str:
        """The user a trigger belongs to. Raises Refused when it is unknown, expired or spent."""
        if not isinstance(name, str) or not name:
            missing = ["[ERROR] missing required field: trigger_id"]
            raise Refused("invalid_arguments", response_metadata={"messages": missing})
        trigger = self._issued.get(name)
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.spent:
            raise Refused("exchanged_trigger_id")
        if self._clock() - trigger.issued > self._lifetime:
            raise Refused("expired_trigger_id")
        return trigger.user

    def spend(self, name: str) -> None:
        """A view was opened with it: it opens no second one."""
        self._issued[name].spent = True
