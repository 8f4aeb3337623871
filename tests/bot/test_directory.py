"""Slack knows who somebody is: guests, bots, strangers and people who left decide nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace.people import BOT_USER, WorkspaceUser
from app.workspace.server import Workspace
from bot.directory import SlackDirectory
from bot.slack import Slack
from tests.bot.fakes import FakeSlack

MARA, GUEST, STRANGER, GONE = "U0MARA0001", "U0GUEST001", "U0STRANGE1", "U0GONE0001"


@dataclass
class Company:
    """A workspace with all sorts of people."""

    workspace: Workspace
    directory: SlackDirectory


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    people = [
        WorkspaceUser(MARA, "Mara Lind", ("media_lead",)),
        WorkspaceUser(GUEST, "Gil Agency", kind="guest"),
        WorkspaceUser(STRANGER, "Stan Elsewhere", kind="stranger"),
        WorkspaceUser(GONE, "Gone Girl", kind="deactivated"),
    ]
    workspace = Workspace(tmp_path, people, ["marketing-signals"])
    address = await workspace.serve(port=0)
    client = AsyncWebClient(token=workspace.bot_token, base_url=f"{address}/api/")
    yield Company(workspace, SlackDirectory(Slack(client)))
    await workspace.close()


async def test_a_member_of_the_workspace_has_a_badge_without_a_flaw(company: Company):
    badge = await company.directory.badge(MARA)
    assert badge is not None
    assert (badge.name, badge.flaw) == ("Mara Lind", None)


@pytest.mark.parametrize(
    ("user", "flaw"),
    [
        (GUEST, "Guests of the workspace decide nothing"),
        (STRANGER, "People from another workspace decide nothing here"),
        (GONE, "This Slack account is deactivated"),
        (BOT_USER, "Bots decide nothing"),
    ],
)
async def test_guests_strangers_bots_and_people_who_left_have_a_flaw(company: Company, user: str, flaw: str):
    badge = await company.directory.badge(user)
    assert badge is not None
    assert badge.flaw == flaw


async def test_what_slack_never_knew_has_no_badge(company: Company):
    assert await company.directory.badge("U0NOBODY01") is None
    assert await company.directory.badge("not an id") is None


async def test_when_slack_is_away_the_last_answer_stands_and_a_newcomer_has_none(company: Company):
    await company.directory.warm([MARA])
    await company.workspace.close()
    badge = await company.directory.badge(MARA)
    assert badge is not None
    assert badge.slack == MARA
    assert await company.directory.badge(GUEST) is None


async def test_an_old_answer_is_no_answer_once_slack_is_silent(company: Company, monkeypatch: pytest.MonkeyPatch):
    assert await company.directory.badge(MARA) is not None
    await company.workspace.close()
    monkeypatch.setattr("bot.directory.FRESH_SECONDS", 0.0)
    assert await company.directory.badge(MARA) is None


async def test_the_same_person_is_looked_up_once_in_a_while(slack: FakeSlack, client: AsyncWebClient):
    directory = SlackDirectory(Slack(client))
    await directory.warm([MARA, MARA, MARA])
    assert len(slack.calls("users.info")) == 1
