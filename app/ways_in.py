"""The two ways in: a websocket we open, or an address Slack sends to; and where the token comes from."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import click

from app import embedded
from app.http_door import HttpDoor
from app.http_server import Address, Answering, answering
from app.installing import Installing
from app.settings import Settings
from app.slack import address_of, is_installed_by_pages, listening, signing_secret
from bot.board import SlackBoard
from bot.client import SlackClient
from bot.listeners import connect
from bot.manifest import EVENTS_PATH, INSTALL_PATH
from domain.errors import ConfigurationError
from graph.runner import Runner
from memory.database import Database


@dataclass(frozen=True)
class Front:
    """The address Slack sends to, before and while there is something behind it."""

    door: HttpDoor
    answering: Answering


@asynccontextmanager
async def reachable(settings: Settings, client: SlackClient, http: Address | None) -> AsyncGenerator[Front | None]:
    """Answer at an address, if there is one, until the block ends, which begins once there is a token."""
    async with AsyncExitStack() as stack:
        installing = await stack.enter_async_context(_installing(settings)) if settings.slack_client_id else None
        front = None
        if http:
            door = HttpDoor(
                signing_secret(settings),
                pages=installing.pages if installing else None,
                removed=installing.removed if installing else None,
            )
            front = Front(door, await stack.enter_async_context(answering(door, http)))
            click.echo(f"Slack's requests are answered at {http.host}:{front.answering.port}{EVENTS_PATH}.")
        if installing:
            client.token_of, client.is_installed = installing.token_of, installing.is_installed
        if installing and is_installed_by_pages(settings):
            await installing.ready(client)
            await stack.enter_async_context(_kept_fresh(installing, client))
        yield front


@asynccontextmanager
async def wired(settings: Settings, client: SlackClient) -> AsyncGenerator[None]:
    """Give a client the tokens there are, without waiting for any. Raises ConfigurationError where home gave none."""
    async with AsyncExitStack() as stack:
        if settings.slack_client_id:
            installing = await stack.enter_async_context(_installing(settings))
            client.token_of, client.is_installed = installing.token_of, installing.is_installed
            if is_installed_by_pages(settings):
                client.token = await installing.token()
                if not client.token:
                    raise ConfigurationError(
                        f"Baton is not installed in the home workspace {settings.slack_workspaces[0]} yet: start "
                        f"`baton serve --http`, then open {INSTALL_PATH} at its public address."
                    )
        yield


@asynccontextmanager
async def hearing(
    runner: Runner, settings: Settings, client: SlackClient, board: SlackBoard, front: Front | None
) -> AsyncGenerator[None]:
    """Hear from Slack until the block ends, in one of the two ways."""
    if front is None:
        async with listening(runner, settings, client, board):
            yield
        return
    secret = signing_secret(settings)
    front.door.open(connect(runner, client, board=board, signing_secret=secret), runner.arrivals)
    try:
        yield
    finally:
        await front.answering.drain()  # before anything behind the door is closed


@asynccontextmanager
async def _installing(settings: Settings) -> AsyncGenerator[Installing]:
    if not settings.slack_client_secret.get_secret_value():
        raise ConfigurationError("SLACK_CLIENT_SECRET is not set; it stands beside the client id in Slack.")
    if not settings.slack_workspaces:
        raise ConfigurationError(
            f"SLACK_WORKSPACES is not set: anybody could install Baton at {INSTALL_PATH}. "
            "Name the workspaces it is for by their team ids, home first, like T0HALDEN01."
        )
    address = settings.database_url or await asyncio.to_thread(embedded.start, settings.home)
    database = Database(address, pool_size=2)
    try:
        await database.open()
        yield Installing(
            database,
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            workspaces=settings.slack_workspaces,
            api=address_of(settings),
        )
    finally:
        await database.close()


@asynccontextmanager
async def _kept_fresh(installing: Installing, client: SlackClient) -> AsyncGenerator[None]:
    task = asyncio.create_task(installing.keep_fresh(client))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
