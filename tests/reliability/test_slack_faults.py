"""Slack fails while a company works: 429, 500, silence, done and never said. No card is lost or doubled, no decision.

Each method the bot calls goes wrong in each way, once and for longer, on the local workspace, over a real socket.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from slack_sdk.http_retry.builtin_interval_calculators import FixedValueRetryIntervalCalculator

from app.settings import Settings
from app.slack import client_of, listening, talking
from app.workspace.faults import FaultKind
from app.workspace.interactions import Interactions
from app.workspace.office import SCOPES
from app.workspace.people import WorkspaceUser
from app.workspace.rates import Rates
from app.workspace.server import Workspace
from app.workspace.sockets import Timing
from bot import board as boards
from bot import buttons, names
from bot import directory as directories
from bot import stream as streams
from bot.board import SlackBoard
from bot.directory import SlackDirectory
from bot.slack import Slack
from domain.action import SetBudget
from domain.case import Answer, ProposalStatus
from domain.errors import SlackUnavailable
from domain.signal import EventKind, SignalEvent
from graph.runner import Runner
from memory.database import Database
from memory.ledger.seals import Seals
from tests.bot.samples import chart
from tests.bot.test_manifest import methods_called
from tests.graph.fakes import CLEO, FIRST, MARA, Platform, Script, proposal, services, signal

CHANNEL = "marketing-signals"
LASTING = 4
"""More often than a call is tried again: what failed is then mended by the work that comes later."""
FAULTS: tuple[tuple[FaultKind, int], ...] = (
    ("429", LASTING),
    ("500", LASTING),
    ("timeout", 2),
    ("applied_then_lost", 2),
)
"""Which, and how many calls in a row. One day each."""
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000154a24f5f0000000049454e44ae426082"
)
ANSWER = "Nothing new.\nThe cards show what is open."
"""Long enough to be told in two pieces."""
SAID = " ".join(ANSWER.split())
BY_THEMSELVES = {"apps.connections.open", "auth.test", "oauth.v2.access", "auth.revoke"}
"""Called once, when a process starts or is installed: nothing has been drawn or decided then."""
METHODS = sorted(set(methods_called()) - BY_THEMSELVES)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def sig(number: int) -> str:
    return f"sig_{number:012x}"


def prop(number: int) -> str:
    return f"prop_{number:012x}"


def story(days: int) -> Script:
    """A signal a day, with one question about a budget."""
    events: dict[date, tuple[SignalEvent, ...]] = {}
    plans: dict[str, Any] = {}
    for number in range(days):
        about = signal(sig(number), day(number))
        events[day(number)] = (SignalEvent(as_of=day(number), event=EventKind.OPENED, signal=about),)
        cut = SetBudget(platform="meta", account_id="a1", currency="EUR", campaign_id=f"c{number}",
                        daily_budget=Decimal(360), was=Decimal(450))  # fmt: skip
        plans[about.id] = (proposal(cut, prop(number), about.id),)
    return Script(events, plans)


class Office:
    """A company at work in the local workspace."""

    def __init__(self, workspace: Workspace, runner: Runner, platform: Platform) -> None:
        self.workspace, self.runner, self.platform = workspace, runner, platform
        self.people = Interactions(workspace.office)

    def cards(self, number: int) -> list[dict[str, Any]]:
        return [
            {**message, "channel": channel}
            for channel, message in self.workspace.office.store.messages()
            if not message.get("thread_ts") and sig(number) in json.dumps(message.get("blocks"))
        ]

    def under(self, card: dict[str, Any]) -> list[str]:
        """The texts in a card's thread."""
        return [
            message["text"]
            for channel, message in self.workspace.office.store.messages()
            if message.get("thread_ts") == card["ts"] and channel == card["channel"]
        ]

    def answers(self, question: str) -> list[str]:
        """What was said to a question, in its thread."""
        told = self.workspace.office.store.messages()
        (asked,) = (message for _, message in told if message["text"] == question)
        place = asked.get("thread_ts") or asked["ts"]
        return [
            " ".join(message["text"].split()) + (" …" if message.get("streaming") else "")
            for _, message in told
            if message.get("bot_id") and message.get("thread_ts") == place and message["ts"] > asked["ts"]
        ]

    def user(self, slack: str) -> dict[str, Any]:
        found = self.workspace.office.people.user(slack)
        assert found
        return found

    async def press(self, number: int, user: str, action: str) -> dict[str, Any]:
        (card,) = self.cards(number)
        channel = self.workspace.office.people.channel(card["channel"])
        assert channel
        click = {"value": f"{prop(number)}:1"}
        return await self.people.click_message(self.user(user), channel, card["ts"], action, click)

    async def answered(self, question: str) -> list[str]:
        """The same, as soon as it is whole: a stream that broke is mended after a while."""
        for _ in range(100):
            if self.answers(question) == [SAID] and not await self.is_owed(question):
                break
            await asyncio.sleep(0.03)
        return self.answers(question)

    async def is_owed(self, question: str) -> bool:
        """Whether somebody still has to look after the answer to a question."""
        (ts,) = (message["ts"] for _, message in self.workspace.office.store.messages() if message["text"] == question)
        return any(f"/{ts}/" in key for key in await self.runner.posts(streams.ANSWERS))

    async def drawn(self, number: int) -> None:
        """What the queue does: draw, and again a moment later where Slack did not answer."""
        for _ in range(3):
            await self.runner.work.refresh(sig(number))

    async def sealed(self) -> None:
        """What a quarter of an hour brings: the ledger is sealed, and the seal shown."""
        services = self.runner._services  # pyright: ignore[reportPrivateUsage]
        assert services.seals
        assert self.runner.work.board
        newest = await services.seals.seal(services.database, at_once=True)
        assert newest
        with suppress(SlackUnavailable):
            await self.runner.work.board.show_seal(newest)

    async def quiet(self) -> None:
        """Wait until the app has done what it heard of."""
        sockets = self.workspace.office.sockets
        while sockets._deliveries:  # noqa: ASYNC110  # pyright: ignore[reportPrivateUsage]
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)


@asynccontextmanager
async def office(address: str, folder: Path, days: int) -> AsyncIterator[Office]:
    people = [WorkspaceUser(MARA, "Mara Lind", ("media_lead",)), WorkspaceUser(CLEO, "Cleo Park", ("creative_lead",))]
    workspace = Workspace(
        folder,
        people,
        [CHANNEL],
        scopes=(*SCOPES, "assistant:write"),
        rates=Rates(scale=0),
        timing=Timing(lost=0.25, effect=0.2, retries=(0.0, 0.1, 0.2)),
    )
    api = f"{await workspace.serve(port=0)}/api/"
    tokens = {"slack_bot_token": SecretStr(workspace.bot_token), "slack_app_token": SecretStr(workspace.app_token)}
    settings = Settings(slack_api_url=api, **tokens)
    client = client_of(settings)
    client.timeout = 0.15  # type: ignore[assignment] - whole seconds would make these tests long
    client._pace._sleep = briefly  # pyright: ignore[reportPrivateUsage]
    for handler in client.retry_handlers:
        handler.interval_calculator = FixedValueRetryIntervalCalculator(0.01)  # type: ignore[arg-type]
    platform = Platform(values={f"meta/a1/campaign/c{number}/daily_budget": "450.00" for number in range(days)})
    made = services(Database(address), story(days), platform, directory=SlackDirectory(Slack(client)))
    made = replace(made, seals=Seals(folder / "ledger", None))
    told = {"answer": lambda question, *_: Answer(question=question, text=ANSWER), "chart": lambda *_: chart()}
    async with talking(client):
        runner = await Runner(replace(made, desk=replace(made.desk, **told))).open()  # type: ignore[arg-type]
        board = SlackBoard(runner, client)
        runner.show_on(board)
        try:
            async with listening(runner, settings, client, board):
                yield Office(workspace, runner, platform)
        finally:
            await runner.close()
            await workspace.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures nobody looks at, and no waiting for more presses."""

    async def picture(_: object) -> bytes:
        return PNG

    monkeypatch.setattr(boards, "draw", picture)
    monkeypatch.setattr(boards, "REDRAW_SECONDS", 0.01)
    monkeypatch.setattr(buttons, "SLOW", 0.0)  # every form opens empty and is filled
    monkeypatch.setattr(streams, "MENDING_SECONDS", (0.0, 0.01, 0.02, 0.05, 0.1))
    monkeypatch.setattr(streams, "STARTS_PER_MINUTE", 6000.0)
    monkeypatch.setattr(directories, "FRESH_SECONDS", 0.0)  # Slack is asked who it is at each press


async def briefly(seconds: float) -> None:
    await asyncio.sleep(seconds / 100)


@pytest.mark.parametrize("method", METHODS)
async def test_whatever_slack_does_to_a_call_no_card_and_no_decision_is_lost_or_doubled(
    method: str, address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    reached = 0
    async with office(address, tmp_path, len(FAULTS)) as company:
        for number, (kind, times) in enumerate(FAULTS):
            coming = company.workspace.office.faults._coming  # pyright: ignore[reportPrivateUsage]
            company.workspace.office.faults.plan(method, kind, times)
            await morning(company, number, is_whispering=method == "chat.postEphemeral")
            reached += len(coming[method]) < times
            coming.clear()  # what was never reached must not spill over
            await settled(company, number, f"{method}: {kind}, {times} times")
    assert reached == len(FAULTS), "the company works without this method, or not always with it"
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def morning(company: Office, number: int, *, is_whispering: bool) -> None:
    """A signal opens; people press, fill in, look, open the pane and ask, while Slack fails."""
    runner, people, mara = company.runner, company.people, company.user(MARA)
    await runner.sweep(day(number))
    await company.drawn(number)
    await company.press(number, CLEO, names.APPROVE)
    await company.press(number, MARA, names.OVERRIDE)
    looking = asyncio.create_task(people.home(mara))
    pane = people.open(mara)
    direct = company.workspace.office.people.direct(MARA)
    people.say(mara, direct, f"What changed? {number}", str(pane["thread_ts"]))
    pressed = await company.press(number, MARA, names.APPROVE)
    assert pressed["acked"], pressed
    if is_whispering:  # it is what remains where nothing can be posted
        await company.answered(f"What changed? {number}")
        company.workspace.office.faults.plan("chat.startStream", "500", LASTING)
        company.workspace.office.faults.plan("chat.postMessage", "500", LASTING)
        channel = company.workspace.office.people.channel(CHANNEL)
        assert channel
        people.say(mara, channel, f"@Baton what changed? {number}", None)
    await company.sealed()
    await looking
    await company.quiet()
    await runner.work.tick()


async def settled(company: Office, number: int, how: str) -> None:
    """Slack is well again, whoever was told to try again has, and what comes every minute has come."""
    assert await company.answered(f"What changed? {number}") == [SAID], how
    assert not await company.is_owed(f"What changed? {number}"), how
    (view,) = (await company.runner.case(sig(number))).proposals
    if view.decision is None:  # where Slack does not say who somebody is, nobody is taken for who they may not be
        assert how.startswith("users.info"), how
        await company.press(number, MARA, names.APPROVE)
    await company.quiet()
    await company.runner.work.tick()
    await company.drawn(number)
    (card,) = company.cards(number)
    assert "Approved by Mara Lind" in json.dumps(card["blocks"]), how
    (view,) = (await company.runner.case(sig(number))).proposals
    assert view.status in {ProposalStatus.EXECUTED, ProposalStatus.APPROVED}, how
    thread = company.under(card)
    assert len(thread) == len(set(thread)), (how, thread)
    with_lines = [line for line in await company.runner.ledger() if line["subject"] == prop(number)]
    assert [line["kind"] for line in with_lines if line["kind"].startswith("decision.")] == ["decision.approved"], how
    assert company.platform.values[f"meta/a1/campaign/c{number}/daily_budget"] == "360.00", how
