"""What was asked before in a thread, so that a question may leave out what was said already."""

import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

from bot.slack import Slack
from domain.errors import SlackUnavailable

_log = logging.getLogger(__name__)

MOST_THREADS: Final = 2000
"""Threads whose questions are remembered; older ones are read from Slack again, where it lets us."""
MOST_QUESTIONS: Final = 6
"""Questions of a thread that a new one can go back to."""
SPELL_SECONDS: Final = 1800.0
"""How long somebody in a direct message is taken to go on about one thing, where they open no thread: half an hour."""


class Earlier:
    """The questions of each thread, oldest first. Kept in memory: Slack is where they stand."""

    def __init__(self, slack: Slack, words: Callable[[str], str], clock: Callable[[], float] = time.monotonic) -> None:
        """`words` makes what a person typed of a message's text; `clock` counts seconds."""
        self._slack, self._words, self._clock = slack, words, clock
        self._asked: OrderedDict[tuple[str, str], deque[tuple[float, str]]] = OrderedDict()

    def keep(self, channel: str, thread_ts: str, question: str) -> None:
        """Remember a question; an empty `thread_ts` is a direct message outside threads."""
        key = (channel, thread_ts)
        self._asked.setdefault(key, deque(maxlen=MOST_QUESTIONS)).append((self._clock(), question))
        self._asked.move_to_end(key)
        while len(self._asked) > MOST_THREADS:
            self._asked.popitem(last=False)

    async def of(self, channel: str, thread_ts: str, before: str, *, direct: bool) -> tuple[str, ...]:
        """What was asked in a thread before the message `before`. A direct message's thread can be read again."""
        held = self._asked.get((channel, thread_ts))
        if held is not None:
            return tuple(question for _, question in held)
        return await self._read(channel, thread_ts, before) if direct else ()

    def just_now(self, channel: str) -> tuple[str, ...]:
        """What was asked in a direct message a moment ago, outside threads."""
        held = self._asked.get((channel, ""), deque())
        now = self._clock()
        return tuple(question for at, question in held if now - at <= SPELL_SECONDS)

    async def _read(self, channel: str, thread_ts: str, before: str) -> tuple[str, ...]:
        try:
            written = await self._slack.replies(channel, thread_ts)
        except SlackUnavailable as problem:
            _log.info("What was asked before could not be read: %s", problem)
            return ()
        questions = [self._words(text) for ts, text in written if ts < before]
        return tuple(question for question in questions if question)[-MOST_QUESTIONS:]
