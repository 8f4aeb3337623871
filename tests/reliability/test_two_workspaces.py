"""One company in two workspaces, with its real runner and database: whose press decides, and what is kept of it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from slack_bolt.async_app import AsyncApp

from bot import names
from bot.client import SlackClient
from bot.listeners import connect
from domain.operating_model import Person
from graph.runner import Runner
from memory.database import Database
from tests.bot import test_listeners as payloads
from tests.bot.fakes import FakeSlack
from tests.bot.two_workspaces import AGENCY, HOME, Tokens, of
from tests.graph.fakes import MARA
from tests.reliability import clicking
from tests.reliability.clicking import prop
from tests.reliability.desk import Desk, slack_on_loopback

JUNE, LOCAL = f"{AGENCY}/U0JUNE0001", "U0JUNE0001"
BOTH = prop(0, 4)
"""A question for two people."""


class Company:
    """A bot at work, with what both workspaces gave it."""

    def __init__(self, desk: Desk, slack: FakeSlack, tokens: Tokens, address: str) -> None:
        self.desk, self.slack, self.tokens, self._address = desk, slack, tokens, address

    async def press(self, team: str, user: str, question: str, *, through: str = "") -> str:
        """Approve; answers with what the presser was told alone."""
        before = len(self.slack.responses)
        await self.desk.take(
            of(team, payloads.press(self.slack, names.APPROVE, user, f"{question}:1"), user, through=through)
        )
        return " ".join(str(one.get("text")) for one in self.slack.responses[before:])

    def decided(self, table: str = "decision") -> list[tuple[Any, ...]]:
        with psycopg.connect(self._address) as connection:
            return connection.execute(f"SELECT proposal_id FROM {table}").fetchall()  # type: ignore[arg-type]


@pytest.fixture
async def company(address: str) -> AsyncIterator[Company]:
    async with slack_on_loopback() as slack:
        services = clicking.company(Database(address), clicking.told(1), clicking.account(1))
        june = Person(name="June Ray", slack=JUNE, roles=frozenset({"media_lead"}))
        people = (*services.file.people, june)
        services = replace(services, file=services.file.model_copy(update={"people": people}))
        runner, tokens = await Runner(services).open(), Tokens()
        client = SlackClient(token="xoxb-home", base_url=f"{slack.address}/api/", timeout=5)
        client.token_of, client.is_installed = tokens.token_of, tokens.is_installed
        app: AsyncApp = connect(runner, client)
        try:
            await runner.sweep(clicking.day(0))
            yield Company(Desk(runner, app), slack, tokens, address)
        finally:
            await runner.close()


async def test_an_owner_elsewhere_decides_and_nobody_with_an_owners_id_does(company: Company):
    for team, user in ((AGENCY, MARA), (HOME, LOCAL), ("T0STRANGE1", LOCAL), ("T0STRANGE1", MARA)):
        for through in (HOME, AGENCY, "T0STRANGE1"):
            assert await company.press(team, user, prop(0, 0), through=through)
    assert company.decided() == []
    assert await company.press(AGENCY, LOCAL, prop(0, 0)) == ""
    assert company.decided() == [(prop(0, 0),)]
    assert (await company.desk.runner.verify()).problems == ()


async def test_of_two_who_must_agree_one_may_be_elsewhere_but_no_one_counts_twice(company: Company):
    assert await company.press(AGENCY, LOCAL, BOTH) == ""
    await company.press(AGENCY, LOCAL, BOTH, through=HOME)
    await company.press(HOME, LOCAL, BOTH)
    assert company.decided() == []
    assert await company.press(HOME, clicking.CORA, BOTH) == ""
    assert company.decided() == [(BOTH,)]


async def test_once_the_app_is_taken_out_of_a_workspace_nobody_there_decides(company: Company):
    company.tokens.given.clear()
    for through in (AGENCY, HOME):
        assert "another workspace" in await company.press(AGENCY, LOCAL, prop(0, 0), through=through)
    assert company.decided() == []


async def test_somebody_elsewhere_is_forgotten_like_anybody(company: Company, address: str):
    await company.press(AGENCY, LOCAL, prop(0, 0))
    runner = company.desk.runner
    erased = await runner.records.erase(JUNE, names=["June Ray"], own_server=False)
    assert erased is not None
    assert (await runner.verify()).problems == ()
    assert company.decided() == [(prop(0, 0),)]
    with psycopg.connect(address) as connection:
        kept = str(connection.execute("SELECT * FROM decision").fetchall())
    assert "JUNE" not in kept
