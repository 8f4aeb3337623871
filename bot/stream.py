"""An answer read while it is written. Where Slack streams nothing, the same answer as one message.

What is being written is noted in the database, so that no answer is left half, and none is given twice: whoever
finds one begun writes the whole of it in its place, and what nobody finishes says so.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Final

from bot.allowance import Allowance
from bot.blocks import Block, Message, section
from bot.slack import Place, Reader, Slack, SlackBusy, SlackRefused
from domain.case import Post
from domain.errors import MarketingError, SlackUnavailable
from domain.slack_id import team_of
from graph.runner import Runner

_log = logging.getLogger(__name__)

ANSWERS: Final = "answers"
"""Under which the database knows the messages that are being written."""
STARTS_PER_MINUTE: Final = 15.0
"""Answers streamed by one process: Slack takes 20 a minute, and the rest is as good in one message."""
APPENDS_PER_MINUTE: Final = 80.0
"""Additions to all of them: Slack takes 100 a minute. Words that come faster are sent together."""
APPENDS_AT_ONCE: Final = 5.0
LIFE_SECONDS: Final = 330.0
"""After a question: by then Slack has ended what was begun (it gives a stream five minutes)."""
TEND_SECONDS: Final = 60.0
"""Between two looks for what was left half written."""
MENDING_SECONDS: Final = (0.0, 2.0, 8.0, 30.0, 60.0, 120.0)
"""Before each attempt to write the whole where a stream broke; after the last, the message says it was interrupted."""
MOST_AT_ONCE: Final = 11_000
"""Characters of one addition; Slack takes 12,000."""
_LACKING: Final = frozenset(
    {
        "access_denied",
        "enterprise_is_restricted",
        "feature_not_enabled",
        "method_deprecated",
        "missing_scope",
        "no_permission",
        "not_allowed",
        "not_allowed_token_type",
        "team_access_not_granted",
        "unknown_method",
    }
)
"""Slack's words for a workspace that streams nothing at all."""
_NOT_HERE: Final = frozenset({"channel_type_not_supported", "missing_recipient_team_id", "missing_recipient_user_id"})
"""The same for one kind of channel."""
_WELL_ENDED: Final = "stopped_by_user"
"""The reader had enough."""
_STILL_OPEN: Final = "streaming_state_conflict"
_CUT_SHORT: Final = "I was interrupted while I wrote an answer here. Please ask me again."
INTERRUPTED: Final = Message(_CUT_SHORT, (section(_CUT_SHORT),))


@dataclass(frozen=True, slots=True)
class Told:
    """The end of an answer."""

    whole: Message
    """What one message shows of all of it."""
    closing: tuple[Block, ...] | None
    """What stands under the words that were streamed; None where `whole` takes the place of what was said so far."""


Spoken = AsyncGenerator[str | Told]
"""An answer as it comes: its words in Markdown, piece after piece, as they are known; `Told` at last."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and where it is answered."""

    channel: str
    thread_ts: str
    ts: str
    """When it was asked, as Slack counts: seconds."""
    reader: Reader
    is_direct: bool
    once: str
    """The id of its answer, the same however often the question arrives."""

    @property
    def key(self) -> str:
        """Under which its answer is known while it is being written."""
        return f"answer/{self.ts}/{self.once}"

    @property
    def kind(self) -> str:
        """The kind of channel, and its workspace: what Slack refuses in one, it refuses in all of its kind."""
        return f"{'direct' if self.is_direct else 'channel'} {team_of(self.channel)}".strip()


@dataclass(slots=True)
class _Line:
    """One answer on its way."""

    place: Place | None = None
    waiting: str = ""
    """Words that were not sent yet."""
    is_plain: bool = False
    """It is given as one message."""
    is_unclear: bool = False
    """Nobody knows what Slack shows."""
    is_over: bool = False
    """The reader had enough of it."""


class Streams:
    """The answers of one process on their way to Slack."""

    def __init__(
        self,
        runner: Runner,
        slack: Slack,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`clock`: seconds since 1970."""
        self._runner, self._slack, self._clock, self._sleep = runner, slack, clock, sleep
        self._refused: set[str] = set()
        self._starts = Allowance(STARTS_PER_MINUTE, STARTS_PER_MINUTE)
        self._appends = Allowance(APPENDS_PER_MINUTE, APPENDS_AT_ONCE)

    async def tell(self, asked: Asked, spoken: Spoken) -> None:
        """Give one answer, as it comes where that is possible. Raises SlackUnavailable where it is not given at all.

        What `spoken` raises is raised again, when what was written so far says that it was interrupted.
        """
        begun, may_stream = await self._begun(asked)
        line = _Line(is_plain=begun is not None or not may_stream)
        told = await self._follow(asked, line, spoken)
        if begun is not None:
            await self._take_over(asked, begun, told.whole)
        else:
            await self._end(asked, line, told)

    async def tend(self) -> None:
        """Say of what is half written that it was interrupted, where nobody goes on with it: its process is no more."""
        for post in (await self._runner.posts(ANSWERS)).values():
            if self._clock() - float(post.key.split("/")[1]) > LIFE_SECONDS:
                await self._settle(post.key, Place(post.channel, post.ts), INTERRUPTED)

    async def watch(self) -> None:
        """Tend again and again, until cancelled."""
        while True:
            try:
                await self.tend()
            except MarketingError as problem:
                _log.warning("What was left half written could not be looked for: %s", problem)
            await self._sleep(TEND_SECONDS)

    async def _begun(self, asked: Asked) -> tuple[Post | None, bool]:
        """What another process began of it, and whether it may be streamed: not where that could not be noted."""
        may = asked.kind not in self._refused and bool(asked.is_direct or (asked.reader.team and asked.reader.user))
        try:
            return (await self._runner.posts(ANSWERS)).get(asked.key), may
        except MarketingError as problem:
            _log.info("Whether an answer was begun is not known: %s", problem)
            return None, False

    async def _follow(self, asked: Asked, line: _Line, spoken: Spoken) -> Told:
        """Send what is said as it is said, up to its end."""
        try:
            async with aclosing(spoken):
                async for part in spoken:
                    if isinstance(part, Told):
                        return part
                    line.waiting += part
                    await self._send(asked, line)
        except Exception:
            if line.place:
                await self._mend(asked.key, line.place, INTERRUPTED)
            raise
        raise AssertionError("an answer has an end")

    async def _send(self, asked: Asked, line: _Line) -> None:
        if line.is_plain or line.is_unclear or line.is_over or not line.waiting.strip():
            return
        if line.place is None:
            await self._start(asked, line)
        elif self._appends.take():
            words = line.waiting[:MOST_AT_ONCE]
            try:
                await self._slack.append_stream(line.place, words)
            except SlackBusy:
                self._appends.use_up()
            except SlackUnavailable as problem:
                line.is_over = _is_enough(problem)
                line.is_unclear = not line.is_over
                _log.info("An answer goes on in one piece: %s", problem)
            else:
                line.waiting = line.waiting[len(words) :]

    async def _start(self, asked: Asked, line: _Line) -> None:
        line.is_plain = True
        if not self._starts.take() or not await self._note(asked, ""):
            return
        words = line.waiting[:MOST_AT_ONCE]
        try:
            place = await self._slack.start_stream(asked.channel, asked.thread_ts, words, asked.reader, once=asked.once)
        except SlackBusy:
            self._starts.use_up()
            await self._forget(asked.key)
        except SlackRefused as problem:
            self._learn(problem, asked)
            await self._forget(asked.key)
        except SlackUnavailable as problem:
            line.is_unclear = True
            _log.info("Whether an answer was begun is not known: %s", problem)
        else:
            line.is_plain, line.place, line.waiting = False, place, line.waiting[len(words) :]
            await self._note(asked, place.ts)

    def _learn(self, problem: SlackRefused, asked: Asked) -> None:
        """What a workspace refuses once it is not asked again."""
        if problem.code in _LACKING:
            self._refused |= {replace(asked, is_direct=one).kind for one in (True, False)}
        elif problem.code in _NOT_HERE:
            self._refused.add(asked.kind)
        _log.info("Answers come in one piece here: %s", problem)

    async def _end(self, asked: Asked, line: _Line, told: Told) -> None:
        if line.place is None:
            place = await self._post(asked, told.whole)
            if line.is_unclear:  # what was posted may be what was begun: Slack knows both by one id
                await self._mend(asked.key, place, told.whole)
            return
        if not line.is_unclear and told.closing is not None and len(line.waiting) <= MOST_AT_ONCE:
            try:
                if not line.is_over:
                    await self._slack.stop_stream(line.place, line.waiting, told.closing)
                line.is_over = True
            except SlackUnavailable as problem:
                line.is_over = _is_enough(problem)
                _log.info("A streamed answer did not end as it should: %s", problem)
        if line.is_over:
            await self._forget(asked.key)
        else:
            await self._mend(asked.key, line.place, told.whole)

    async def _take_over(self, asked: Asked, begun: Post, whole: Message) -> None:
        """Give an answer where another process began it, and ended."""
        place = Place(begun.channel, begun.ts)
        if not begun.ts:
            place = await self._post(asked, whole)
        await self._mend(asked.key, place, whole)

    async def _post(self, asked: Asked, whole: Message) -> Place:
        posted = await self._slack.post(asked.channel, whole, thread_ts=asked.thread_ts, once=asked.once)
        return Place(asked.channel, posted.ts)

    async def _mend(self, key: str, place: Place, whole: Message) -> None:
        """Write the whole in the place of what was begun."""
        for seconds in MENDING_SECONDS:
            await self._sleep(seconds)
            if await self._settle(key, place, whole):
                return
        _log.warning("An answer in %s is not finished yet: Slack does not take it", place.channel)

    async def _settle(self, key: str, place: Place, whole: Message) -> bool:
        if place.ts and not await self._written(place, whole):
            return False
        await self._forget(key)
        return True

    async def _written(self, place: Place, whole: Message) -> bool:
        """Whether a message now shows the whole, or nobody can change it any more."""
        try:
            try:
                await self._slack.stop_stream(place)
            except SlackRefused as problem:
                _log.debug("It was not open any more: %s", problem)
            await self._slack.edit(place, whole)
        except SlackRefused as problem:
            if problem.code == _STILL_OPEN:
                return False
            _log.warning("An answer in %s could not be finished: %s", place.channel, problem)
        except SlackUnavailable as problem:
            _log.info("An answer is not finished yet: %s", problem)
            return False
        return True

    async def _note(self, asked: Asked, ts: str) -> bool:
        """Note that an answer is begun; where that is not possible it is not begun."""
        try:
            await self._runner.posted(ANSWERS, Post(key=asked.key, channel=asked.channel, ts=ts, digest=""))
        except MarketingError as problem:
            _log.info("An answer that is being written could not be noted: %s", problem)
            return False
        return True

    async def _forget(self, key: str) -> None:
        try:
            await self._runner.unposted(key)
        except MarketingError as problem:
            _log.info("An answer is finished, and could not be forgotten: %s", problem)


def _is_enough(problem: SlackUnavailable) -> bool:
    return isinstance(problem, SlackRefused) and problem.code == _WELL_ENDED
