"""Slack's Web API as far as the bot uses it, with typed answers and our own error."""

# slack_sdk leaves every **kwargs and every answer untyped.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false, reportUnknownVariableType=false

import copy
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import Block, Message
from bot.client import SlackClient
from bot.words import plain
from domain.errors import SlackUnavailable
from domain.slack_id import beside, team_of

_log = logging.getLogger(__name__)


PASSING = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "request_timeout",
    }
)
"""Slack's words for what is over by itself: no answer to what was asked."""
_TOO_MANY = frozenset({"ratelimited", "rate_limited"})


class SlackRefused(SlackUnavailable):
    """Slack answered, and said no."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack refused: {code}")
        self.code = code
        """Slack's own word: "channel_not_found"."""


class SlackBusy(SlackUnavailable):
    """Slack had too much to do: what was asked was not done."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message is."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a message is streamed: Slack asks for both in channels."""

    user: str
    team: str


@dataclass(frozen=True, slots=True)
class Profile:
    """What users.info says about one user."""

    id: str
    name: str
    teams: tuple[str, ...]
    """The workspaces the user belongs to; several in an Enterprise Grid."""
    is_bot: bool
    is_restricted: bool
    is_stranger: bool
    deleted: bool


class Slack:
    """The calls the bot makes. Each raises SlackUnavailable, or SlackRefused with Slack's code."""

    def __init__(self, client: AsyncWebClient) -> None:
        """Teaches the client to wait when Slack says how long, and to try again when Slack itself fails."""
        self.client = client
        for handler in (AsyncRateLimitErrorRetryHandler(max_retry_count=4), AsyncServerErrorRetryHandler(2)):
            if not any(isinstance(held, type(handler)) for held in client.retry_handlers):
                client.retry_handlers.append(handler)

    async def post(self, channel: str, message: Message, *, thread_ts: str | None = None, once: str = "") -> Place:
        """Post a message; `once` is an id by which a server may recognise a repeat."""
        async with _answered():
            answer = await self.client.chat_postMessage(
                channel=channel,
                text=message.text,
                blocks=_blocks(message),
                thread_ts=thread_ts,
                unfurl_links=False,
                unfurl_media=False,
                client_msg_id=once or None,
            )
            return Place(beside(channel, str(answer["channel"])), str(answer["ts"]))

    async def edit(self, place: Place, message: Message) -> None:
        """Replace a message's text and blocks."""
        async with _answered():
            await self.client.chat_update(
                channel=place.channel, ts=place.ts, text=message.text, blocks=_blocks(message)
            )

    async def start_stream(self, channel: str, thread_ts: str, words: str, reader: Reader, *, once: str) -> Place:
        """Begin a message that grows, with Markdown. Tried once; `once` as in `post`, and good for both together."""
        async with _answered():
            client = self._at_first_try()
            answer = await client.chat_startStream(
                channel=channel,
                thread_ts=thread_ts,
                markdown_text=words,
                recipient_user_id=reader.user or None,
                recipient_team_id=reader.team or None,
                client_msg_id=once,
            )
            if not (ts := str(answer.get("ts") or "")):
                raise SlackRefused("no message came back")
            return Place(channel, ts)

    async def append_stream(self, place: Place, words: str) -> None:
        """Add Markdown to a growing message. Tried once: words that arrive twice are shown twice."""
        async with _answered():
            client = self._at_first_try()
            await client.chat_appendStream(channel=place.channel, ts=place.ts, markdown_text=words)

    async def stop_stream(self, place: Place, words: str = "", blocks: Sequence[Block] = ()) -> None:
        """End a growing message with its last words, and blocks under them."""
        async with _answered():
            await self.client.chat_stopStream(
                channel=place.channel, ts=place.ts, markdown_text=words or None, blocks=list(blocks) or None
            )

    async def pin(self, place: Place) -> None:
        """Keep a message at hand in its channel. Where the app may not, or it is pinned already, nothing happens."""
        try:
            async with _answered():
                await self.client.pins_add(channel=place.channel, timestamp=place.ts)
        except SlackRefused as problem:
            if problem.code != "already_pinned":
                _log.warning("The message %s in %s is not pinned: %s", place.ts, place.channel, problem)

    async def whisper(self, channel: str, user: str, words: str, *, thread_ts: str | None = None) -> None:
        """Say something to one person in a channel, seen by nobody else."""
        async with _answered():
            await self.client.chat_postEphemeral(channel=channel, user=user, text=words, thread_ts=thread_ts)

    async def upload(self, filename: str, content: bytes, title: str, alt: str, *, place: str = "") -> str:
        """Store a file without showing it anywhere; answers with its id.

        `place`: a channel or person of the workspace it is for; empty for the home workspace.
        """
        async with _answered():
            answer = await self.client.files_upload_v2(
                filename=filename,
                content=content,
                title=plain(title, 250),
                alt_txt=plain(alt, 1000),
                token=await self._token(place),
            )
            files = cast("Sequence[Mapping[str, object]]", answer.get("files") or [])
            if not files:
                raise SlackRefused("no file came back")
            return str(files[0]["id"])

    async def _token(self, place: str) -> str | None:
        """What makes a call that names no place go to another workspace."""
        there, client = team_of(place), self.client
        return await client.token_for(there) if there and isinstance(client, SlackClient) else None

    async def open_modal(self, trigger_id: str, view: Mapping[str, object]) -> str:
        """Open a modal within three seconds of a press; answers with its id."""
        async with _answered():
            answer = await self.client.views_open(trigger_id=trigger_id, view=dict(view))
            opened = str(cast("Mapping[str, object]", answer.get("view") or {}).get("id", ""))
            return beside(trigger_id, opened) if opened else ""

    async def update_modal(self, view_id: str, view: Mapping[str, object]) -> None:
        """Show another view in an open modal."""
        async with _answered():
            await self.client.views_update(view_id=view_id, view=dict(view))

    async def publish_home(self, user: str, view: Mapping[str, object]) -> None:
        """Show one person's App Home."""
        async with _answered():
            await self.client.views_publish(user_id=user, view=dict(view))

    async def team(self) -> str:
        """The workspace the bot is installed in."""
        async with _answered():
            return str((await self.client.auth_test()).get("team_id") or "")

    async def scopes(self) -> frozenset[str] | None:
        """What the token may do; None where the server does not say."""
        async with _answered():
            said = (await self.client.auth_test()).headers.get("x-oauth-scopes")
            return frozenset(one.strip() for one in str(said).split(",")) if said else None

    async def profile(self, user: str) -> Profile:
        """Who a user is."""
        async with _answered():
            answer = await self.client.users_info(user=user)
            found = cast("Mapping[str, object]", answer.get("user") or {})
            grid = cast("Mapping[str, object]", found.get("enterprise_user") or {})
            teams = [str(found.get("team_id") or ""), *map(str, cast("Sequence[object]", grid.get("teams") or ()))]
            return Profile(
                id=beside(user, str(found["id"])) if found.get("id") else user,
                name=str(found.get("real_name") or found.get("name") or ""),
                teams=tuple(dict.fromkeys(team for team in teams if team)),
                is_bot=bool(found.get("is_bot")),
                is_restricted=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
                is_stranger=bool(found.get("is_stranger")),
                deleted=bool(found.get("deleted")),
            )

    async def replies(self, channel: str, thread_ts: str) -> tuple[tuple[str, str], ...]:
        """What people wrote in a thread, oldest first: when, and the text. What apps posted is left out."""
        async with _answered():
            answer = await self.client.conversations_replies(channel=channel, ts=thread_ts, limit=100)
            found = cast("Sequence[Mapping[str, object]]", answer.get("messages") or [])
            people = (one for one in found if one.get("user") and not one.get("bot_id") and not one.get("subtype"))
            return tuple((str(one.get("ts") or ""), str(one.get("text") or "")) for one in people)

    async def suggest(self, channel: str, thread_ts: str, title: str, prompts: Mapping[str, str]) -> None:
        """Offer prompts in the assistant pane: label → what is asked."""
        offered: list[dict[str, str]] = [{"title": label, "message": words} for label, words in prompts.items()]
        async with _answered():
            await self.client.assistant_threads_setSuggestedPrompts(
                channel_id=channel, thread_ts=thread_ts, title=title, prompts=offered
            )

    async def set_status(self, channel: str, thread_ts: str, status: str) -> None:
        """Say in the assistant pane what is being done; an empty status clears it."""
        async with _answered():
            await self.client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread_ts, status=status)

    def _at_first_try(self) -> AsyncWebClient:
        """The client for what must not be repeated, nor waited for: somebody reads along."""
        client = copy.copy(self.client)
        client.retry_handlers = []
        return client


def _blocks(message: Message) -> list[dict[str, object]]:
    return list(message.blocks)


@asynccontextmanager
async def _answered() -> AsyncGenerator[None]:
    """Whatever goes wrong on the way to Slack comes out as SlackUnavailable."""
    try:
        yield
    except SlackApiError as error:
        code = _code(error)
        if code in _TOO_MANY:
            raise SlackBusy(f"Slack cannot do this just now: {code}") from error
        if not code or code in PASSING:
            raise SlackUnavailable(f"Slack cannot do this just now: {code or 'no reason given'}") from error
        raise SlackRefused(code) from error
    except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SlackUnavailable(f"Slack could not be reached: {error or type(error).__name__}") from error


def _code(error: SlackApiError) -> str:
    """Slack's own word for why not; empty where what answered was not Slack, but something on the way to it."""
    held: object = error.response
    answer = held if isinstance(held, Mapping) else getattr(held, "data", None)
    code: object = cast("Mapping[str, object]", answer).get("error") if isinstance(answer, Mapping) else None
    return code if isinstance(code, str) else ""
