"""The real bolt app over the real runner, with a Slack on loopback: payloads in, messages out, all in one process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp.test_utils import TestServer
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.board import SlackBoard
from bot.listeners import connect
from graph.runner import Runner
from graph.services import Services
from tests.bot.fakes import FakeSlack


class Desk:
    """A bot at work. Payloads are taken one after another; what a listener does after its ack is waited for."""

    def __init__(self, runner: Runner, app: AsyncApp) -> None:
        self.runner, self.app = runner, app

    async def take(self, payload: dict[str, Any]) -> BoltResponse:
        """Deliver as a socket would."""
        before = asyncio.all_tasks()
        response = await self.app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=payload))
        while rest := asyncio.all_tasks() - before - {asyncio.current_task()}:
            await asyncio.wait(rest, timeout=10)
        return response


@asynccontextmanager
async def slack_on_loopback() -> AsyncIterator[FakeSlack]:
    fake = FakeSlack()
    async with TestServer(fake.app) as server:
        fake.address = str(server.make_url("")).rstrip("/")
        yield fake


@asynccontextmanager
async def at_work(slack: FakeSlack, services: Callable[[], Services], secret: str = "") -> AsyncIterator[Desk]:
    """A process of its own, as far as memory goes: what it knows is in the database."""
    runner = await Runner(services()).open()
    client = AsyncWebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
    board = SlackBoard(runner, client)
    runner.show_on(board)
    try:
        yield Desk(runner, connect(runner, client, board=board, signing_secret=secret))
    finally:
        await runner.close()
