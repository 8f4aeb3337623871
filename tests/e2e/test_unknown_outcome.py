"""An ad account that takes a write and never answers again: whoever may decide it says what came of it, in Slack."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace.people import WorkspaceUser
from app.workspace.server import Workspace
from bot.board import SlackBoard
from bot.listeners import connect
from connectors.executors.ad_account import AdAccount
from graph.runner import Runner
from memory.database import Database
from tests.conftest import load_blockkit
from tests.e2e.story import buttons, words
from tests.graph.fakes import BUDGET, CLEO, CORA, FIRST, MARA, HandClock, services
from tests.postgres import address, server, template

__all__ = ["address", "server", "template"]
PROP, SIG = "prop_00000000000a", "sig_000000000001"
PATIENCE_SECONDS = 0.2


class NeverAnswers:
    """An ad account whose line goes dead with the first write."""

    def __init__(self) -> None:
        self.writes: list[dict[str, Any]] = []
        self.app = web.Application()
        self.app.router.add_get("/values", self._read)
        self.app.router.add_post("/{call}", self._take)

    async def _read(self, request: web.Request) -> web.Response:
        if self.writes:
            await asyncio.sleep(60)
        return web.json_response({"values": dict.fromkeys(request.query.getall("address"), "450.00")})

    async def _take(self, request: web.Request) -> web.Response:
        if request.match_info["call"] == "values":
            self.writes.append(await request.json())
        await asyncio.sleep(60)
        return web.Response()


@dataclass
class Office:
    """The workspace as people use it, with Baton at work behind it."""

    workspace: str
    http: aiohttp.ClientSession
    runner: Runner
    clock: HandClock
    account: NeverAnswers

    async def do(self, call: str, **content: Any) -> dict[str, Any]:
        async with self.http.post(f"{self.workspace}/control/{call}", json=content) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def messages(self) -> list[dict[str, Any]]:
        async with self.http.get(f"{self.workspace}/control/state") as answer:
            return (await answer.json())["messages"]

    async def card(self) -> dict[str, Any]:
        return next(one for one in await self.messages() if not one["thread_ts"])

    async def press(self, user: str, action: str, value: str = f"{PROP}:1") -> dict[str, Any]:
        card = await self.card()
        return await self.do("click", user=user, channel=card["channel"], ts=card["ts"], action_id=action, value=value)

    async def send(self, user: str, form: dict[str, Any], reason: str) -> dict[str, Any]:
        return await self.do("submit", user=user, view_id=form["id"], values={"reason": {"reason": reason}})

    async def pass_days(self, days: int) -> None:
        self.clock.pass_days(days)
        await self.runner.settle()


@pytest.fixture
async def office(address: str, tmp_path: Path) -> AsyncIterator[Office]:
    """A budget was cut by its owner's press, the account took it, and nobody heard of it again."""
    account, clock = NeverAnswers(), HandClock()
    async with TestServer(account.app) as platform, aiohttp.ClientSession() as http:
        executor = AdAccount(str(platform.make_url("")), timeout=PATIENCE_SECONDS)
        stood = replace(services(Database(address), clock=clock), executors=(executor,))
        runner = await Runner(stood).open()
        people = [WorkspaceUser(one.slack, one.name, tuple(sorted(one.roles))) for one in runner.model.people]
        workspace = Workspace(tmp_path, people, [runner.model.routes.channel])
        home = await workspace.serve(port=0)
        client = AsyncWebClient(token=workspace.bot_token, base_url=f"{home}/api/")
        board = SlackBoard(runner, client)
        runner.show_on(board)
        sockets = AsyncSocketModeHandler(connect(runner, client, board=board), workspace.app_token)
        await sockets.connect_async()
        try:
            one = Office(home, http, runner, clock, account)
            await runner.sweep(FIRST)
            await runner.settle()
            assert (await one.press(MARA, "approve_proposal"))["acked"]
            await runner.settle()
            yield one
        finally:
            await sockets.close_async()
            await workspace.close()
            await runner.close()


def slack_takes(*things: dict[str, Any]) -> None:
    if oracle := load_blockkit():
        for thing in things:
            shown = {key: thing[key] for key in ("type", "title", "submit", "close", "blocks", "text") if key in thing}
            refused = oracle.check_view(shown) if thing.get("type") == "modal" else oracle.check_message(shown)
            assert refused == []


async def test_the_owner_says_that_it_was_done_and_its_effect_is_measured(office: Office):
    assert "Result unknown" in words(await office.card())
    assert [one["action_id"] for one in buttons(await office.card())] == ["say_done", "say_not_done"]
    refused = await office.press(CLEO, "say_done")
    assert refused["ephemeral"] == "Only Mara Lind (media lead) can decide this; you are the creative lead."
    form = (await office.press(MARA, "say_done"))["view"]
    other = (await office.press(CORA, "say_not_done"))["view"]
    slack_takes(form, other)
    assert (await office.send(MARA, form, "no"))["errors"]
    assert (await office.send(MARA, form, "I see 360 in the ads manager"))["closed"]
    card = await office.card()
    assert "*Done, says Mara Lind*" in words(card)
    assert "“I see 360 in the ads manager”" in words(card)
    assert buttons(card) == []
    late = (await office.send(CORA, other, "Or rather not"))["view"]
    assert "Mara Lind said that it was done on 15 March at 09:12" in words(late)
    await office.pass_days(7)
    assert "📏 *Measured:*" in words(await office.card())
    slack_takes(*await office.messages())
    assert len(office.account.writes) == 1
    assert office.account.writes[0]["set"] == [{"address": BUDGET, "was": "450.00", "to": "360.00"}]
    assert (await office.runner.verify()).problems == ()


async def test_the_owner_says_that_it_was_not_done_and_nothing_further_happens(office: Office):
    form = (await office.press(MARA, "say_not_done"))["view"]
    assert (await office.send(MARA, form, "The history there is empty"))["closed"]
    for _ in range(3):
        await office.pass_days(5)
    card = await office.card()
    assert "*Not done, says Mara Lind*" in words(card)
    assert "Nothing further happens." in words(card)
    assert buttons(card) == []
    (told,) = [one for one in await office.messages() if "on somebody's word" in one["text"]]
    assert "“The history there is empty”" in words(told)
    slack_takes(*await office.messages())
    assert len(office.account.writes) == 1
    assert (await office.runner.verify()).problems == ()
