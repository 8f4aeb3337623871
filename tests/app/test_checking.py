"""What is wrong with several workspaces and their installation is said before anybody waits for a card in vain."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from app.checking_install import MANIFEST, Looked, is_meant, look_at_installing
from app.checking_slack import look
from app.settings import Settings
from app.ways_in import wired
from bot.client import SlackClient
from bot.manifest import INSTALL_PATH, manifest
from domain.errors import ConfigurationError
from domain.operating_model import OperatingModel, Person, Routes, SourceSettings
from tests.bot.fakes import FakeSlack
from tests.postgres import address, server, template

__all__ = ["address", "server", "template"]
HOME, AGENCY = "T1HALDEN", "T0AGENCY01"
GOOD = Settings(
    slack_client_id="1234.5678",
    slack_client_secret=SecretStr("c1ient"),
    slack_signing_secret=SecretStr("s1gning"),
    slack_workspaces=(HOME, AGENCY),
)
MARA = Person(name="Mara Lind", slack="U0MARA0001", roles=frozenset({"cmo"}))
JUNE = Person(name="June Ray", slack=f"{AGENCY}/U0JUNE0001", roles=frozenset({"media_lead"}))


def model(*people: Person, channel: str = "C0SIGNALS1") -> OperatingModel:
    return OperatingModel(
        company="Halden", source=SourceSettings(path="tables"), people=people, routes=Routes(channel=channel)
    )


def wrong(looked: list[Looked]) -> list[str]:
    return [one.sentence for one in looked if not one.fine]


# --- how the app is installed


@pytest.fixture
async def public(tmp_path: Path) -> AsyncIterator[str]:
    """An address at which the install page answers as slack_bolt's does, with the manifest that names it."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text='<a href="https://slack.com/oauth/v2/authorize?state=x&client_id=1234.5678&scope=y">')

    application = web.Application()
    application.router.add_get(INSTALL_PATH, page)
    async with TestServer(application) as answering:
        address = str(answering.make_url("")).rstrip("/")
        (tmp_path / MANIFEST).write_text(yaml.safe_dump(manifest(url=address)), "utf-8")
        yield address


async def looked_at(settings: Settings, folder: Path) -> list[Looked]:
    return [one async for one in look_at_installing(settings, folder)]


async def test_an_app_that_can_be_installed_is_said_to_be(public: str, tmp_path: Path):
    found = await looked_at(GOOD, tmp_path)
    assert wrong(found) == []
    assert found[-1].sentence == f"The app can be installed at {public}{INSTALL_PATH}."


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"slack_client_id": ""}, "SLACK_CLIENT_ID is not set"),
        ({"slack_client_id": "A0APP"}, "SLACK_CLIENT_ID is not a client id"),
        ({"slack_client_secret": SecretStr("")}, "SLACK_CLIENT_SECRET is not set"),
        ({"slack_signing_secret": SecretStr("")}, "SLACK_SIGNING_SECRET is not set"),
        ({"slack_signing_secret": SecretStr("c1ient")}, "one was put in the other's place"),
        ({"slack_workspaces": ()}, "SLACK_WORKSPACES is not set"),
    ],
)
async def test_a_setting_that_is_missing_or_in_anothers_place_is_named(
    change: dict[str, Any], words: str, tmp_path: Path
):
    assert words in wrong(await looked_at(GOOD.model_copy(update=change), tmp_path))[0]
    assert not any("c1ient" in one.sentence for one in await looked_at(GOOD.model_copy(update=change), tmp_path))


@pytest.mark.parametrize(
    ("at", "value", "words"),
    [
        (("oauth_config", "redirect_urls"), [], "no address under `redirect_urls`"),
        (("oauth_config", "redirect_urls"), ["http://baton.example.com/slack/oauth_redirect"], "is no https address"),
        (("settings", "event_subscriptions", "request_url"), "https://old.example.com/slack/events", "is https://old"),
        (("settings", "interactivity", "request_url"), None, "`interactivity.request_url` is not there"),
        (("settings", "event_subscriptions", "bot_events"), ["app_mention"], "lacks app_uninstalled, tokens_revoked"),
        (("settings", "org_deploy_enabled"), True, "not in an organisation"),
    ],
)  # fmt: skip
async def test_addresses_that_do_not_fit_together_are_named(
    public: str, tmp_path: Path, at: tuple[str, ...], value: object, words: str
):
    held = yaml.safe_load((tmp_path / MANIFEST).read_text("utf-8"))
    inside = held
    for name in at[:-1]:
        inside = inside[name]
    inside[at[-1]] = value
    (tmp_path / MANIFEST).write_text(yaml.safe_dump(held), "utf-8")
    assert any(words in one for one in wrong(await looked_at(GOOD, tmp_path)))


async def test_another_app_at_the_address_and_nobody_there_are_told_apart(public: str, tmp_path: Path):
    other = GOOD.model_copy(update={"slack_client_id": "9.9"})
    assert "answers for another app" in wrong(await looked_at(other, tmp_path))[0]
    (tmp_path / MANIFEST).write_text(yaml.safe_dump(manifest(url=f"{public}/elsewhere")), "utf-8")
    assert "answers 404" in wrong(await looked_at(GOOD, tmp_path))[0]
    (tmp_path / MANIFEST).write_text(yaml.safe_dump(manifest(url="http://127.0.0.1:9")), "utf-8")
    assert "does not answer" in wrong(await looked_at(GOOD, tmp_path))[0]


@pytest.mark.parametrize("content", ["[]", "oauth_config: 5", "oauth_config: {redirect_urls: 5}", "{", "settings: []"])
async def test_a_manifest_of_any_shape_is_no_reason_to_fall_over(content: str, tmp_path: Path):
    (tmp_path / MANIFEST).write_text(content, "utf-8")
    assert "no address under `redirect_urls`" in wrong(await looked_at(GOOD, tmp_path))[0]


async def test_without_a_manifest_nothing_is_claimed_about_addresses(tmp_path: Path):
    found = await looked_at(GOOD, tmp_path)
    assert wrong(found) == []
    assert "nothing is known about the addresses" in found[-1].sentence


def test_a_token_in_the_settings_needs_none_of_it():
    assert not is_meant(Settings(slack_bot_token=SecretStr("xoxb-1")))
    assert is_meant(Settings(slack_workspaces=(HOME,)))


async def test_before_home_has_installed_the_app_the_next_step_is_said(address: str):
    client = SlackClient(token="", base_url="http://127.0.0.1:1/", timeout=1)
    with pytest.raises(ConfigurationError, match=f"not installed in the home workspace {HOME} yet"):
        async with wired(GOOD.model_copy(update={"database_url": address}), client):
            raise AssertionError


# --- who and what is named where


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = FakeSlack()
    async with TestServer(fake.app) as answering:
        fake.address = str(answering.make_url("")).rstrip("/")
        yield fake


async def found_in(slack: FakeSlack, named: OperatingModel, *installed: str, home: str = "T1") -> list[Looked]:
    async def token_of(team: str) -> str | None:
        return f"xoxb-{team}" if team in installed else None

    async def is_installed(team: str) -> bool:
        return team in installed

    client = SlackClient(token="xoxb-home", base_url=f"{slack.address}/api/", timeout=5)
    client.token_of, client.is_installed = token_of, is_installed
    settings = GOOD.model_copy(update={"slack_workspaces": (home, AGENCY)})
    return [one async for one in look(client, settings, named)]


async def test_people_and_a_channel_of_an_installed_workspace_are_found_there(slack: FakeSlack):
    found = await found_in(slack, model(MARA, JUNE, channel=f"{AGENCY}/C0THEIRS01"), AGENCY)
    assert wrong(found) == []
    assert ("users.info", f"xoxb-{AGENCY}") in slack.tokens
    assert ("users.info", "xoxb-home") in slack.tokens
    assert [sent["user"] for sent in slack.calls("chat.postEphemeral")] == ["U0JUNE0001"]


async def test_people_and_a_channel_of_a_workspace_that_is_not_installed_are_named(slack: FakeSlack):
    problems = wrong(await found_in(slack, model(MARA, JUNE, channel=f"{AGENCY}/C0THEIRS01")))
    assert [one.partition(", where Baton is not installed")[0] for one in problems] == [
        f"June Ray ({AGENCY}/U0JUNE0001) is of {AGENCY}",
        f"#{AGENCY}/C0THEIRS01 is in {AGENCY}",
    ]
    assert slack.calls("chat.postEphemeral") == []


async def test_a_listed_workspace_where_nobody_is_named_may_be_installed_later(slack: FakeSlack):
    found = await found_in(slack, model(MARA))
    assert wrong(found) == []
    assert any(f"not installed in {AGENCY} yet" in one.sentence for one in found)


async def test_a_workspace_that_took_its_token_back_is_named(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch):
    answered = slack._call  # pyright: ignore[reportPrivateUsage]

    async def revoked(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") == f"Bearer xoxb-{AGENCY}":
            return web.json_response({"ok": False, "error": "token_revoked"})
        return await answered(request)

    application = web.Application()
    application.router.add_route("*", "/api/{method}", revoked)
    async with TestServer(application) as answering:
        monkeypatch.setattr(slack, "address", str(answering.make_url("")).rstrip("/"))
        problems = wrong(await found_in(slack, model(MARA, JUNE), AGENCY))
    assert f"{AGENCY} no longer takes its token (token_revoked)" in problems[0]
    assert "June Ray" in problems[1]


async def test_a_token_of_a_whole_organisation_is_not_taken(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch):
    answer = slack._answer  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(slack, "_answer", lambda method, sent: answer(method, sent) | {"is_enterprise_install": True})
    assert "is of a whole organisation" in wrong(await found_in(slack, model(MARA)))[0]


async def test_cards_in_a_workspace_where_nobody_decides_reach_nobody(slack: FakeSlack):
    problems = wrong(await found_in(slack, model(MARA, channel=f"{AGENCY}/C0THEIRS01"), AGENCY))
    assert "nobody of `people` who may decide is in its workspace" in problems[0]


async def test_home_written_like_another_workspace_is_named(slack: FakeSlack, monkeypatch: pytest.MonkeyPatch):
    answer = slack._answer  # pyright: ignore[reportPrivateUsage]
    home = {"team_id": "T0HALDEN01"}
    monkeypatch.setattr(slack, "_answer", lambda method, sent: answer(method, sent) | home)
    alike = MARA.model_copy(update={"slack": "T0HALDEN01/U0MARA0001"})
    problems = wrong(await found_in(slack, model(MARA, alike, channel="T0HALDEN01/C0SIGNALS1"), home="T0HALDEN01"))
    assert "is of the home workspace: write the id alone" in problems[0]
    assert "is of the home workspace: write the channel alone" in problems[1]


async def test_a_home_that_is_not_the_tokens_is_named(slack: FakeSlack):
    assert "SLACK_WORKSPACES names another home" in wrong(await found_in(slack, model(MARA), home="T0OTHER001"))[0]


async def test_a_stranger_where_they_are_decides_nothing_and_a_member_there_is_none(
    slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
):
    answer, teams = slack._answer, {"U0MARA0001": "T1", "U0JUNE0001": AGENCY}  # pyright: ignore[reportPrivateUsage]

    def described(method: str, sent: dict[str, Any]) -> dict[str, Any]:
        user = {"id": sent.get("user"), "team_id": teams.get(str(sent.get("user")))}
        return answer(method, sent) | ({"user": user} if method == "users.info" else {})

    monkeypatch.setattr(slack, "_answer", described)
    assert wrong(await found_in(slack, model(MARA, JUNE), AGENCY)) == []
    teams["U0JUNE0001"] = "T0STRANGE1"
    assert "is of another workspace, and decides nothing" in wrong(await found_in(slack, model(MARA, JUNE), AGENCY))[0]
