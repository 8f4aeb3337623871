"""Talking with the bot: mentions, direct messages and the assistant pane. One answer per message, in its thread."""

import hashlib
import logging
import re
import uuid
from collections import OrderedDict

from bot.answer import answer, closing, streamed
from bot.blocks import Message, section
from bot.charts import draw
from bot.commands import Commands
from bot.earlier import Earlier
from bot.private import Body, said
from bot.prompts import prompts_for
from bot.slack import Reader, Slack, SlackRefused
from bot.stream import Asked, Spoken, Streams, Told
from domain.case import Answer
from domain.errors import MarketingError, SlackUnavailable
from domain.slack_id import team_of
from graph.runner import Runner

_log = logging.getLogger(__name__)

_MENTION = re.compile(r"<@[UW][A-Z0-9]+(?:\|[^<>]*)?>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_REMEMBERED = 2000
"""How many recent events are remembered, so that a redelivered one is answered once."""
MOST_ASKED = 2000
"""Characters of a question that are read."""

GREETING = (
    "Ask me about your marketing: *why did CTR fall on Meta last week?*, *what waits for me?*, "
    "*what did we learn about video?* Every number in my answers names its source. "
    "I am a piece of software: I propose, people decide. `/baton help` lists what else I do."
)
_WHOLE = frozenset({"pending", "status", "help", "design"})
"""Words that are a command where nothing else is typed; "pending for Jonas" is a question."""
_LEADING = frozenset({"signal", "summary", "ask"})
"""Words that are a command with what follows them."""
_ADDS_TO = re.compile(
    r"(?:and|but|also|what about|how about|why|who|when|same|vs|versus|compared|only|how sure)\b", re.IGNORECASE
)
"""How a direct message outside threads begins that adds to the one before."""


class Conversation:
    """The listeners of messages."""

    def __init__(self, runner: Runner, slack: Slack, commands: Commands | None = None) -> None:
        """`commands` answers command words in direct messages."""
        self._runner, self._slack = runner, slack
        self._commands, self._earlier = commands or Commands(runner), Earlier(slack, _words)
        self._streams = Streams(runner, slack)
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._silent: set[str] = set()
        """Kinds of places where the workspace shows no status."""

    async def mentioned(self, event: Body, body: Body) -> None:
        """Answer a mention in a channel."""
        await self._answer(event, body)

    async def message(self, event: Body, body: Body) -> None:
        """Answer a direct message; everything else that arrives as a message is not for us."""
        if event.get("channel_type") == "im" and event.get("subtype") in (None, "file_share"):
            await self._answer(event, body)

    async def pane_opened(self, event: Body) -> None:
        """Suggest prompts in the assistant pane, where the workspace lets us."""
        opened: Body = event.get("assistant_thread", {})
        try:
            await self._slack.suggest(
                str(opened.get("channel_id", "")),
                str(opened.get("thread_ts", "")),
                "Ask about your marketing",
                prompts_for(str(opened.get("user_id", "")), self._runner.model),
            )
        except SlackUnavailable as problem:
            _log.info("No prompts were suggested: %s", problem)

    async def pane_moved(self) -> None:
        """The pane is shown beside another channel: nothing of ours depends on it."""

    async def _answer(self, event: Body, body: Body) -> None:
        user, channel, ts = str(event.get("user", "")), str(event.get("channel", "")), str(event.get("ts", ""))
        if event.get("bot_id") or not user or not self._is_new(str(body.get("event_id", "")), f"{channel}/{ts}"):
            return
        question, direct = _words(str(event.get("text", "")))[:MOST_ASKED], event.get("channel_type") == "im"
        once = str(uuid.uuid5(uuid.NAMESPACE_URL, f"baton:answer:{channel}:{ts}"))
        thread_ts = str(event.get("thread_ts") or ts)
        typed = _command(question) if direct else ""
        if not question or typed:
            message = await self._commands.reply(typed, user) if typed else Message(GREETING, (section(GREETING),))
            await self._slack.post(channel, message, thread_ts=thread_ts, once=once)
            return
        team = team_of(user) or str(event.get("user_team") or event.get("team") or body.get("team_id") or "")
        asked = Asked(channel, thread_ts, ts, Reader(user.rpartition("/")[2], team), direct, once)
        is_shown = await self._say_working(asked)
        try:
            await self._streams.tell(asked, self._reply(question, user, event, once))
        except Exception:
            if is_shown:  # else it is said until Slack's own patience ends
                await self._say(asked, "")
            raise

    async def _reply(self, question: str, user: str, event: Body, answer_id: str) -> Spoken:
        """The answer to a question, where it was asked."""
        try:
            earlier = await self._before(question, event)
            signal_id = await self._signal_of(str(event["channel"]), str(event.get("thread_ts") or ""))
            given = await self._runner.ask(question, user, signal_id, earlier=earlier)
            for words in streamed(given):
                yield words
            drawn = await self._drawn(given, str(event["channel"]))
        except MarketingError as error:
            words = f"I could not answer that: {said(error, self._runner.model)}"
            yield Told(Message(words, (section(words),)), None)
            return
        yield Told(answer(given, answer_id=answer_id, drawn=drawn), closing(given, answer_id, drawn))

    async def _drawn(self, given: Answer, place: str) -> str:
        """The Slack file of an answer's chart, where `place` is; empty where it has none, or Slack does not take it."""
        if given.chart is None:
            return ""
        name, team = hashlib.sha256(given.chart.model_dump_json().encode()).hexdigest()[:16], team_of(place)
        key = f"answer/{name}/{team}" if team else f"answer/{name}"
        if known := await self._runner.upload(key):
            return known
        try:
            file_id = await self._slack.upload(
                "answer.png", await draw(given.chart), given.chart.title, given.chart.alt, place=place
            )
        except SlackUnavailable as problem:  # the figures are in words as well
            _log.info("An answer's chart is not shown: %s", problem)
            return ""
        await self._runner.uploaded(key, file_id)
        return file_id

    async def _before(self, question: str, event: Body) -> tuple[str, ...]:
        """What was asked before it in its thread; in a direct message without one, a moment ago."""
        channel, ts, direct = str(event["channel"]), str(event["ts"]), event.get("channel_type") == "im"
        thread_ts = str(event.get("thread_ts") or "")
        if thread_ts:
            found = await self._earlier.of(channel, thread_ts, ts, direct=direct)
            self._earlier.keep(channel, thread_ts, question)
            return found
        found = self._earlier.just_now(channel) if direct and _ADDS_TO.match(question) else ()
        if direct:
            self._earlier.keep(channel, "", question)
        self._earlier.keep(channel, ts, question)
        return found

    async def _signal_of(self, channel: str, thread_ts: str) -> str | None:
        """The open signal whose card heads a thread; None outside one."""
        if not thread_ts:
            return None
        for case in await self._runner.open_cases():
            post = (await self._runner.posts(case.signal.id)).get(f"{case.signal.id}/card")
            if post and (post.channel, post.ts) == (channel, thread_ts):
                return case.signal.id
        return None

    async def _say_working(self, asked: Asked) -> bool:
        """Show in the thread that the answer is on its way; what is answered there takes it away."""
        return _kind(asked) not in self._silent and await self._say(asked, "is looking into your question…")

    async def _say(self, asked: Asked, status: str) -> bool:
        try:
            await self._slack.set_status(asked.channel, asked.thread_ts, status)
        except SlackRefused as problem:  # what a kind of channel refuses once is not tried again
            self._silent.add(_kind(asked))
            _log.info("No status is shown in %s: %s", _kind(asked), problem)
            return False
        except SlackUnavailable as problem:
            _log.info("No status was shown: %s", problem)
            return False
        return True

    def _is_new(self, *names: str) -> bool:
        """Whether none of these names was seen before. Slack delivers at least once."""
        known = any(name in self._seen for name in names if name)
        for name in filter(None, names):
            self._seen[name] = None
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return not known


def _kind(asked: Asked) -> str:
    """Where a status is shown, or is not: the assistant pane is a thread of a direct message."""
    return f"{asked.kind} {'message' if asked.thread_ts == asked.ts else 'thread'}"


def _words(text: str) -> str:
    """What a person typed, without mentions and Slack's escapes."""
    typed = _MENTION.sub(" ", text)
    for entity, sign in _ENTITIES:
        typed = typed.replace(entity, sign)
    return " ".join(typed.split())


def _command(question: str) -> str:
    """What would be typed behind `/baton`, where a direct message says just that; empty where it is a question."""
    typed = question.removeprefix("/").strip()
    typed = typed[len("baton ") :].strip() if typed.casefold().startswith("baton ") else typed
    verb, _, rest = typed.partition(" ")
    is_command = verb.casefold() in (_LEADING if rest.strip() else _WHOLE | _LEADING)
    return typed if is_command and not (verb.casefold() == "signal" and rest.rstrip().endswith("?")) else ""
