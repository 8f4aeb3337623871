"""A company in two workspaces: who is named in each, and what each gave us."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest

from bot.client import SlackClient
from bot.listeners import connect
from bot.people import name_of
from domain.operating_model import Person
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import MARA, MODEL

HOME, AGENCY, STRANGE = "T1", "T0AGENCY01", "T0STRANGE1"
JUNE = f"{AGENCY}/U0JUNE0001"
LOOK_ALIKE = f"{AGENCY}/{MARA}"
JUNES = Person(name="June Ray", slack=JUNE, roles=frozenset({"media_lead"}))
ALIKE = Person(name="Other Mara", slack=LOOK_ALIKE, roles=frozenset({"analyst"}))
THEIRS = {"team_id": AGENCY, "authorizations": [{"team_id": AGENCY, "user_id": "U0BATON0002", "is_bot": True}]}
Send = Callable[[dict[str, Any]], Awaitable[Any]]


class Tokens:
    """What other workspaces gave us."""

    def __init__(self) -> None:
        self.given = {AGENCY: "xoxb-agency"}

    async def token_of(self, team: str) -> str | None:
        return self.given.get(team)

    async def is_installed(self, team: str) -> bool:
        return team in self.given


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner(model=MODEL.model_copy(update={"people": (*MODEL.people, JUNES, ALIKE)}))


@pytest.fixture
def client(slack: FakeSlack, tokens: Tokens, runner: FakeRunner) -> SlackClient:
    made = SlackClient(token="xoxb-home", base_url=f"{slack.address}/api/", timeout=5)
    made.token_of, made.is_installed = tokens.token_of, tokens.is_installed
    made.named = lambda written: name_of(written, runner.model)
    return made


@pytest.fixture
def send(runner: FakeRunner, client: SlackClient) -> Send:
    app = connect(runner, client)  # type: ignore[arg-type]

    async def deliver(payload: dict[str, Any]) -> Any:
        before = asyncio.all_tasks()
        response = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=payload))
        while rest := asyncio.all_tasks() - before - {asyncio.current_task()}:
            await asyncio.wait(rest, timeout=10)
        return response

    return deliver


def of(team: str, payload: dict[str, Any], user: str, *, through: str = "") -> dict[str, Any]:
    """The same press or form by a user of a team."""
    there = {"id": through or team, "domain": "x"}
    return payload | {"user": {"id": user, "team_id": team}, "team": there}


def told(payload: dict[str, Any], user: str, **more: Any) -> dict[str, Any]:
    """The same event by another user, as their installation tells it."""
    return payload | THEIRS | {"event": payload["event"] | {"user": user} | more}


def by_token(slack: FakeSlack, method: str) -> list[str]:
    return [token for name, token in slack.tokens if name == method]
