"""What comes at the same time is done in one go: a hundred presses need one transaction, not a hundred."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Told = TypeVar("Told")

STORM = 3
"""So many within `PAUSE_SECONDS` are a storm: sixty a second, which no day's work brings."""
PAUSE_SECONDS = 0.05
"""Between two goes in a storm: nobody notices it, and what comes meanwhile shares the next go."""


@dataclass(slots=True, eq=False)
class _Waiting(Generic[Asked, Told]):
    asked: Asked
    told: list[Told]
    """What came of it, once it was done."""


class Gathering(Generic[Asked, Told]):
    """While one go is under way, those who come meanwhile gather for the next. A quiet one starts at once."""

    def __init__(self, go: Callable[[Sequence[Asked]], Awaitable[Sequence[Told]]]) -> None:
        """`go` is handed all who gathered, and answers each in the same order; all of it is done, or nothing."""
        self._go = go
        self._gathered: list[_Waiting[Asked, Told]] = []
        self._one_at_a_time = asyncio.Lock()
        self._came: deque[float] = deque(maxlen=STORM)
        self._began = -PAUSE_SECONDS

    async def ask(self, asked: Asked) -> Told:
        """Returns once it is done. Raises what the go raises that it took itself; the others then try theirs."""
        mine = _Waiting[Asked, Told](asked, [])
        self._gathered.append(mine)
        self._came.append(time.monotonic())
        try:
            async with self._one_at_a_time:
                if not mine.told:
                    await asyncio.sleep(self._pause())
                    await self._all()
        finally:
            if mine in self._gathered:
                self._gathered.remove(mine)
        return mine.told[0]

    async def _all(self) -> None:
        self._began = time.monotonic()
        batch = tuple(self._gathered)
        for one, told in zip(batch, await self._go([one.asked for one in batch]), strict=True):
            one.told.append(told)
        done = set(map(id, batch))
        self._gathered = [one for one in self._gathered if id(one) not in done]

    def _pause(self) -> float:
        now = time.monotonic()
        is_storm = len(self._came) == STORM and now - self._came[0] < PAUSE_SECONDS
        return max(self._began + PAUSE_SECONDS - now, 0) if is_storm else 0
