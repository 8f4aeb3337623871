"""What is said to one person alone goes over connections that are open already."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.private import tell
from bot.slack import Slack


class Ear:
    """Hears what is sent to a response address, and over which connection."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.connections: set[object] = set()

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        self.connections.add(request.transport and request.transport.get_extra_info("peername"))
        return web.json_response({"ok": True})


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Ear, str]]:
    ear, app = Ear(), web.Application()
    app.router.add_post("/response/1", ear.hear)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield ear, f"http://127.0.0.1:{runner.addresses[0][1]}/response/1"
    finally:
        await runner.cleanup()


async def said_twice(session: aiohttp.ClientSession | None) -> Ear:
    async with listening() as (ear, url):
        slack = Slack(AsyncWebClient(token="xoxb-1", session=session))
        for _ in range(2):
            body = {"user": {"id": "U0MARA0001"}, "response_url": url}
            await tell(slack, AsyncRespond(response_url=url), body, "Mara Lind has approved this already.")
    return ear


async def test_a_refusal_reaches_the_presser_alone_and_leaves_the_card():
    expected = {
        "text": "Mara Lind has approved this already.",
        "response_type": "ephemeral",
        "replace_original": False,
    }
    async with aiohttp.ClientSession() as session:
        for ear in (await said_twice(session), await said_twice(None)):
            assert ear.heard == [expected] * 2


async def test_two_refusals_share_a_connection_where_calls_to_slack_do():
    async with aiohttp.ClientSession() as session:
        assert len((await said_twice(session)).connections) == 1


async def test_an_answer_nobody_takes_is_no_error():
    async with aiohttp.ClientSession() as session:
        slack = Slack(AsyncWebClient(token="xoxb-1", session=session))
        url = "http://127.0.0.1:9/response/1"
        await tell(slack, AsyncRespond(response_url=url), {"user": {"id": "U0MARA0001"}, "response_url": url}, "No.")
