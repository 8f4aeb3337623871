"""The bot on a strict workspace of its own: Socket Mode, triggers, block rules, uploads and the control API."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import ModuleType
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace.people import WorkspaceUser
from app.workspace.server import Workspace
from bot.board import SlackBoard
from bot.listeners import connect
from tests.bot.fakes import FakeRunner
from tests.bot.samples import EVE, MARA, MODEL, SHIFT, SIG


class Office:
    """The workspace as people use it."""

    def __init__(self, address: str, http: aiohttp.ClientSession) -> None:
        self.address, self.http = address, http

    async def do(self, call: str, **content: Any) -> dict[str, Any]:
        async with self.http.post(f"{self.address}/control/{call}", json=content) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def state(self) -> dict[str, Any]:
        async with self.http.get(f"{self.address}/control/state") as answer:
            return await answer.json()

    async def messages(self) -> list[dict[str, Any]]:
        return (await self.state())["messages"]

    async def press(self, user: str, action: str) -> dict[str, Any]:
        card = next(message for message in await self.messages() if not message["thread_ts"])
        return await self.do(
            "click", user=user, channel=card["channel"], ts=card["ts"], action_id=action, value=f"{SHIFT}:1"
        )


@pytest.fixture
async def office(runner: FakeRunner, tmp_path: Path) -> AsyncIterator[Office]:
    people = [WorkspaceUser(person.slack, person.name, tuple(sorted(person.roles))) for person in MODEL.people]
    workspace = Workspace(tmp_path, people, [MODEL.routes.channel])
    address = await workspace.serve(port=0)
    client = AsyncWebClient(token=workspace.bot_token, base_url=f"{address}/api/")
    board = SlackBoard(runner, client)  # type: ignore[arg-type]
    sockets = AsyncSocketModeHandler(connect(runner, client, board=board), workspace.app_token)
    await sockets.connect_async()
    try:
        await board.show(SIG)
        async with aiohttp.ClientSession() as http:
            yield Office(address, http)
    finally:
        await sockets.close_async()
        await workspace.close()


async def test_card_evidence_and_chart_are_taken_by_a_strict_workspace(office: Office, oracle: ModuleType):
    card, evidence, chart = await office.messages()
    assert evidence["thread_ts"] == chart["thread_ts"] == card["ts"]
    assert (await office.state())["files"][0]["mimetype"] == "image/png"
    for message in (card, evidence, chart):
        assert oracle.check_message({"text": message["text"], "blocks": message["blocks"]}) == []


async def test_the_wrong_person_is_refused_in_private_within_the_three_seconds(office: Office):
    pressed = await office.press(EVE, "approve_proposal")
    assert pressed["acked"] is True
    assert "Only the media lead may decide this" in pressed["ephemeral"]


async def test_an_override_goes_through_the_form_and_lands_on_the_card(office: Office, runner: FakeRunner):
    form = (await office.press(MARA, "override_proposal"))["view"]
    wrong = await office.do(
        "submit", user=MARA, view_id=form["id"], values={"amount": "a lot", "reason": "Brand search is full"}
    )
    assert "not an amount" in wrong["errors"]["amount"]
    await office.do("submit", user=MARA, view_id=form["id"], values={"amount": "30", "reason": "Brand search is full"})
    assert runner.calls[0][2] == {"amount": "30"}
    for _ in range(50):
        card = (await office.messages())[0]
        if card["edited"]:
            break
        await asyncio.sleep(0.05)
    assert "Changed and approved by Mara Lindt" in str(card["blocks"])


async def test_home_command_and_direct_message_answer(office: Office, runner: FakeRunner):
    home = await office.do("home", user=MARA)
    assert "1 decision* waits for you, Mara Lindt" in str(home)
    typed = await office.do("command", user=MARA, channel=MODEL.routes.channel, command="/baton", text="pending")
    assert "Shift budget" in typed["ephemeral"]
