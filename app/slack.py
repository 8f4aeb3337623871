"""The Slack connection: one client, two sockets, and clear words when it does not come about."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import cast

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from app.settings import Settings
from bot.board import SlackBoard
from bot.client import SlackClient
from bot.door import Sockets
from bot.listeners import connect
from bot.slack import Slack
from bot.stream import Streams
from bot.troubles import Troubles
from domain.errors import ConfigurationError, StartupError
from graph.runner import Runner

_SLACK = "https://slack.com/api/"
_TIMEOUT_SECONDS = 10
"""For one call."""


def client_of(settings: Settings, *, by_socket: bool = True) -> SlackClient:
    """The one Web API client. Raises ConfigurationError where a token is missing; `by_socket`: for Socket Mode too."""
    needed: list[tuple[str, str, str]] = []
    if not is_installed_by_pages(settings):
        needed.append(("SLACK_BOT_TOKEN", settings.slack_bot_token.get_secret_value(), "xoxb-"))
    if by_socket:
        needed.append(("SLACK_APP_TOKEN", settings.slack_app_token.get_secret_value(), "xapp-"))
    for name, token, starts in needed:
        if not token:
            raise ConfigurationError(f"{name} is not set; the README says where Slack shows it.")
        if not token.startswith(starts):
            raise ConfigurationError(f"{name} should start with {starts}; another token was put in its place.")
    token = settings.slack_bot_token.get_secret_value()
    return SlackClient(token=token, base_url=address_of(settings), timeout=_TIMEOUT_SECONDS)


def is_installed_by_pages(settings: Settings) -> bool:
    """Whether the token comes from /slack/install instead of the environment."""
    return bool(settings.slack_client_id) and not settings.slack_bot_token.get_secret_value()


def is_by_socket(settings: Settings) -> bool:
    """Whether these settings are meant for Socket Mode: an app token is there, or nothing that HTTP would need."""
    return bool(settings.slack_app_token.get_secret_value()) or not settings.slack_signing_secret.get_secret_value()


def address_of(settings: Settings) -> str:
    """The Web API's address, with its slash at the end."""
    address = settings.slack_api_url or _SLACK
    return address if address.endswith("/") else f"{address}/"


async def greet(client: AsyncWebClient) -> str:
    """Who we are in Slack: "Baton in Halden Outdoor". Raises ConfigurationError or StartupError."""
    try:
        answer = await client.api_call("auth.test")  # pyright: ignore[reportUnknownMemberType] - slack_sdk's dicts are bare
    except SlackApiError as error:
        raise ConfigurationError(f"Slack refused SLACK_BOT_TOKEN: {_word(error, 'error')}.") from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise StartupError(f"Slack cannot be reached at {client.base_url}: {error}.") from error
    return f"{_word(answer, 'user')} in {_word(answer, 'team')}"


@asynccontextmanager
async def talking(client: AsyncWebClient) -> AsyncGenerator[str]:
    """Keep connections to Slack open from call to call until the block ends. Yields who we are; raises as `greet`."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=client.timeout)) as session:
        client.session = session
        try:
            yield await greet(client)
        finally:
            client.session = None


@asynccontextmanager
async def watching(runner: Runner, client: SlackClient) -> AsyncGenerator[None]:
    """Notice what Slack refuses, and what was left half written; have people told of both, until the block ends."""
    tasks = [asyncio.create_task(one.watch()) for one in (Troubles(runner, client), Streams(runner, Slack(client)))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def listening(
    runner: Runner, settings: Settings, client: AsyncWebClient, board: SlackBoard
) -> AsyncGenerator[None]:
    """Answer presses, commands and questions over Socket Mode until the block ends."""
    app = connect(runner, client, board=board)
    handler = Sockets(app, settings.slack_app_token.get_secret_value())
    try:
        # Asked for here: the library itself would ask again and again with a token that Slack refuses.
        opened = await client.apps_connections_open(app_token=handler.app_token)  # pyright: ignore[reportUnknownMemberType] - bare dicts
        handler.client.wss_uri = _word(opened, "url")
        await handler.connect_async()
    except SlackApiError as error:
        raise ConfigurationError(f"Slack refused SLACK_APP_TOKEN: {_word(error, 'error')}.") from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise StartupError(f"Slack's socket cannot be opened: {error}.") from error
    try:
        yield
    finally:
        await asyncio.shield(handler.close_async())


def signing_secret(settings: Settings) -> str:
    """What Slack signs its requests with. Raises ConfigurationError where it is missing."""
    if not (secret := settings.slack_signing_secret.get_secret_value().strip()):
        raise ConfigurationError(
            "SLACK_SIGNING_SECRET is not set; Slack shows it on the app's page “Basic Information”, "
            "and without it nobody could tell Slack's requests from anybody else's."
        )
    return secret


def _word(answer: object, name: str) -> str:
    """One word of Slack's answer, or of the error that carries it."""
    data: object = getattr(getattr(answer, "response", answer), "data", answer)
    return str(cast("dict[str, object]", data).get(name, f"no {name} given")) if isinstance(data, dict) else str(data)
