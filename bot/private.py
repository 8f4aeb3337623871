"""Saying something to one person alone, wherever they pressed: in a channel, in App Home or in a modal."""

import logging
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import aiohttp
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.blocks import Message
from bot.modals import notice
from bot.slack import Slack
from bot.words import escape
from domain.errors import MarketingError, SlackUnavailable
from domain.operating_model import OperatingModel
from domain.slack_id import TEAM, is_person, is_same_workspace

_log = logging.getLogger(__name__)
_USER = re.compile(rf"(?:&lt;@)?(?<![\w/])((?:{TEAM}/)?[UW][A-Z0-9]{{6,}})\b(?:&gt;)?")

Body = Mapping[str, Any]
"""A Slack payload as bolt hands it over."""


def said(error: MarketingError, model: OperatingModel) -> str:
    """An error's own sentence as mrkdwn, with people's names instead of ids."""

    def name(found: re.Match[str]) -> str:
        person = model.person(found[1])
        return escape(person.name) if person else found[0]

    return _USER.sub(name, escape(str(error))) or "That is not possible right now."


async def tell(slack: Slack, respond: AsyncRespond, body: Body, words: str, heading: str = "Not possible") -> None:
    """Say something to whoever sent `body`, seen by nobody else. A failure to say it is logged, never raised."""
    user = user_of(body)
    with unheard(user):
        if body.get("response_url"):
            await _answer(slack, respond, words)
        elif body.get("trigger_id"):
            await slack.open_modal(str(body["trigger_id"]), notice(heading, words))
        else:
            await _whisper(slack, body, user, words)


async def _answer(slack: Slack, respond: AsyncRespond, words: str) -> None:
    """Over a connection that is open already, where calls to Slack share one; bolt itself connects for each answer."""
    session: aiohttp.ClientSession | None = slack.client.session
    if session is None or not respond.response_url:
        await respond(text=words, response_type="ephemeral", replace_original=False)
        return
    hook = AsyncWebhookClient(respond.response_url, session=session, proxy=respond.proxy, ssl=respond.ssl)
    await hook.send(text=words, response_type="ephemeral", replace_original=False)


@contextmanager
def unheard(user: str) -> Generator[None]:
    """What could not be said to somebody is logged: nothing depends on it."""
    try:
        yield
    except (SlackUnavailable, aiohttp.ClientError, TimeoutError, OSError) as problem:
        _log.warning("Could not tell %s: %s", user, problem)


async def write_to(slack: Slack, user: str, message: Message) -> None:
    """A direct message from the bot. A failure is logged, never raised."""
    try:
        await slack.post(user, message)
    except SlackUnavailable as problem:
        _log.warning("Could not write to %s: %s", user, problem)


def user_of(body: Body) -> str:
    """Who sent a payload, whichever of Slack's shapes it has."""
    user: Any = body.get("user") or body.get("user_id") or body.get("event", {}).get("user") or ""
    return user if isinstance(user, str) else str(user.get("id", ""))


async def _whisper(slack: Slack, body: Body, user: str, words: str) -> None:
    event: Body = body.get("event", {})
    channel = str(event.get("channel", ""))
    if is_person(user) and channel and not is_same_workspace(channel, user):
        await slack.post(user, Message(words, ()))  # a channel that two workspaces share: neither token is for both
    elif channel and not channel.rpartition("/")[2].startswith("D"):
        await slack.whisper(channel, user, words, thread_ts=event.get("thread_ts"))
    elif user:
        await slack.post(channel or user, Message(words, ()), thread_ts=event.get("thread_ts"))
