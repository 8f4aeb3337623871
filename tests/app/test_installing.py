"""Somebody installs the app through the pages it shows, over loopback, with a stand-in for Slack's side of it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from app.http_door import HttpDoor
from app.http_server import Address, answering
from app.installing import Installing
from app.settings import from_environment
from bot.client import SlackClient
from bot.manifest import EVENTS_PATH as EVENTS
from bot.manifest import INSTALL_PATH as INSTALL
from bot.manifest import REDIRECT_PATH as REDIRECT
from domain.errors import ConfigurationError
from memory.database import Database
from tests.bot import test_listeners as payloads
from tests.postgres import address, server, template
from tests.reliability.signing import SECRET, encoded, signed

__all__ = ["address", "server", "template"]
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")
"""slack_sdk's own use of aiohttp, for the app's id and secret."""
HOME, AGENCY, STRANGE = "T0HALDEN01", "T0AGENCY01", "T0STRANGE1"


@dataclass
class SlackSide:
    """oauth.v2.access, auth.test and auth.revoke as Slack answers them."""

    team: str = HOME
    expires_in: int | None = None
    refreshed: int = 0
    revoked: list[str] = field(default_factory=list[str])
    codes: set[str] = field(default_factory=lambda: {"good"})

    async def answer(self, request: web.Request) -> web.Response:
        given = {**request.query, **dict(await request.post())}
        match request.match_info["method"]:
            case "oauth.v2.access" if given.get("grant_type") == "refresh_token":
                await asyncio.sleep(0.02)  # long enough for another process to ask as well
                self.refreshed += 1
                token = {
                    "access_token": f"xoxe.xoxb-{self.refreshed + 1}",
                    "refresh_token": f"xoxe-{self.refreshed + 1}",
                }
                return web.json_response({"ok": True, "token_type": "bot", "expires_in": 43_200, **token})
            case "oauth.v2.access":
                if given.get("code") not in self.codes:
                    return web.json_response({"ok": False, "error": "invalid_code"})
                self.codes.discard(str(given["code"]))
                more = {"expires_in": self.expires_in, "refresh_token": "xoxe-1"} if self.expires_in else {}
                team = {"id": self.team, "name": "Halden Outdoor"}
                return web.json_response(
                    {"ok": True, "app_id": "A1", "access_token": f"xoxb-{self.team}", "token_type": "bot", "team": team,
                     "scope": "chat:write", "bot_user_id": "U0BATON0001", "authed_user": {"id": "U0MARA0001"}, **more}
                )  # fmt: skip
            case "auth.test":
                return web.json_response({"ok": True, "bot_id": "B1", "team_id": self.team, "url": "https://x"})
            case "auth.revoke":
                self.revoked.append(str(given.get("token") or request.headers.get("Authorization")))
                return web.json_response({"ok": True, "revoked": True})
            case other:
                return web.json_response({"ok": False, "error": f"unknown {other}"})


class Unused:
    """A bot behind the door that nothing here needs."""

    async def async_dispatch(self, request: object) -> Any:
        raise AssertionError(request)

    async def finished(self) -> None:
        return


class Arriving:
    """Everything is new."""

    def __getattr__(self, name: str) -> Any:
        from memory.requests import Arrival

        async def answered(*_: object, **__: object) -> Any:
            return Arrival.NEW

        return answered


@dataclass
class Site:
    side: SlackSide
    installing: Installing
    http: aiohttp.ClientSession
    url: str

    async def begin(self) -> tuple[str, str]:
        """Open the page: the state in Slack's address, and the cookie."""
        async with self.http.get(self.url + INSTALL) as answer:
            page, cookie = await answer.text(), answer.headers["Set-Cookie"]
            assert answer.status == 200
        (state,) = set(re.findall(r"state=([\w-]+)", page))
        return state, cookie.partition(";")[0]

    async def come_back(self, cookie: str = "", **query: str) -> tuple[int, str]:
        headers = {"Cookie": cookie} if cookie else {}
        async with self.http.get(self.url + REDIRECT, params=query, headers=headers) as answer:
            assert answer.headers["Referrer-Policy"] == "no-referrer"
            assert "script" not in answer.headers["Content-Security-Policy"]
            return answer.status, await answer.text()

    async def install(self, team: str = HOME) -> int:
        self.side.team = team
        self.side.codes.add("good")
        state, cookie = await self.begin()
        return (await self.come_back(cookie, code="good", state=state))[0]

    async def event(self, team: str, **event: Any) -> int:
        sent = payloads.event(**event) | {"team_id": team}
        body, kind = encoded(sent)
        async with self.http.post(self.url + EVENTS, data=body, headers=signed(body, kind)) as answer:
            return answer.status


@pytest.fixture
async def site(address: str) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        side, application = SlackSide(), web.Application()
        application.router.add_route("*", "/api/{method}", side.answer)
        slack = await stack.enter_async_context(TestServer(application))
        database = Database(address)
        stack.push_async_callback(database.close)
        installing = Installing(
            database,
            client_id="1.2",
            client_secret="secret",
            workspaces=(HOME, AGENCY),
            api=str(slack.make_url("/api/")),
        )
        door = HttpDoor(SECRET, pages=installing.pages, removed=installing.removed)
        door.open(Unused(), Arriving())  # type: ignore[arg-type]
        front = await stack.enter_async_context(answering(door, Address("127.0.0.1", 0)))
        http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        yield Site(side, installing, http, f"http://127.0.0.1:{front.port}")


async def test_whoever_comes_back_from_slack_has_installed_the_app(site: Site):
    assert await site.installing.token() is None
    assert await site.install() == 200
    assert await site.installing.token() == f"xoxb-{HOME}"


async def test_the_page_asks_slack_for_what_the_bot_uses_and_keeps_to_itself(site: Site):
    async with site.http.get(site.url + INSTALL) as answer:
        page = await answer.text()
        assert answer.headers["X-Frame-Options"] == "DENY"
    assert "https://slack.com/oauth/v2/authorize?" in page
    assert "chat:write" in page
    assert "client_id=1.2" in page


async def test_without_the_state_and_the_browser_it_was_begun_with_nothing_is_installed(site: Site):
    state, cookie = await site.begin()
    assert (await site.come_back(cookie, code="good"))[0] == 400
    assert (await site.come_back(cookie, code="good", state="guessed"))[0] == 400
    assert (await site.come_back("", code="good", state=state))[0] == 400
    assert (await site.come_back("slack-app-oauth-state=other", code="good", state=state))[0] == 400
    assert (await site.come_back(cookie, state=state))[0] == 401, "no code"
    assert (await site.come_back(cookie, code="good", state=state))[0] == 401, "the state is used up"
    assert await site.installing.token() is None


async def test_a_state_is_good_once(site: Site):
    state, cookie = await site.begin()
    answers = [await site.come_back(cookie, code="good", state=state) for _ in range(2)]
    assert [status for status, _ in answers] == [200, 401]


async def test_a_code_slack_does_not_know_installs_nothing(site: Site):
    state, cookie = await site.begin()
    assert (await site.come_back(cookie, code="stolen", state=state))[0] == 401
    assert await site.installing.token() is None


async def test_what_the_address_says_is_not_shown_as_it_is(site: Site):
    _, page = await site.come_back(error="<script>alert(1)</script>")
    assert "<script>" not in page


async def test_a_workspace_it_is_not_for_gets_its_token_back(site: Site):
    assert await site.install(STRANGE) == 500
    assert await site.installing.token(STRANGE) is None
    assert len(site.side.revoked) == 1
    assert f"xoxb-{STRANGE}" in site.side.revoked[0]


async def test_several_workspaces_have_tokens_of_their_own(site: Site):
    assert [await site.install(HOME), await site.install(AGENCY)] == [200, 200]
    assert [await site.installing.token(team) for team in (HOME, AGENCY)] == [f"xoxb-{HOME}", f"xoxb-{AGENCY}"]


async def test_another_workspace_counts_as_long_as_the_app_is_installed_there_and_it_is_listed(site: Site):
    await site.install(HOME)
    assert not await site.installing.is_installed(AGENCY)
    assert await site.installing.token_of(AGENCY) is None
    await site.install(AGENCY)
    assert await site.installing.is_installed(AGENCY)
    assert await site.installing.token_of(AGENCY) == f"xoxb-{AGENCY}"
    await site.event(AGENCY, kind="app_uninstalled")
    assert not await site.installing.is_installed(AGENCY)
    assert await site.installing.token_of(AGENCY) is None
    for not_beside_home in (HOME, STRANGE):
        assert not await site.installing.is_installed(not_beside_home)
        assert await site.installing.token_of(not_beside_home) is None


async def test_another_process_hears_at_once_that_a_workspace_may_decide_nothing_any_more(site: Site, address: str):
    await site.install(AGENCY)
    database = Database(address)
    other = Installing(
        database, client_id="1.2", client_secret="secret", workspaces=(HOME, AGENCY), api="http://127.0.0.1:1/"
    )
    try:
        assert await other.is_installed(AGENCY)
        await site.event(AGENCY, kind="app_uninstalled")
        assert not await other.is_installed(AGENCY)
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("event", "is_gone"),
    [
        ({"kind": "app_uninstalled"}, True),
        ({"kind": "tokens_revoked", "tokens": {"bot": ["U0BATON0001"]}}, True),
        ({"kind": "tokens_revoked", "tokens": {"oauth": ["U0MARA0001"]}}, False),
        ({"kind": "tokens_revoked", "tokens": None}, False),
    ],
)
async def test_a_workspace_that_removes_the_app_is_let_go_of(site: Site, event: dict[str, Any], is_gone: bool):
    await site.install(HOME)
    await site.install(AGENCY)
    assert await site.event(AGENCY, **event) == 200
    assert (await site.installing.token(AGENCY) is None) is is_gone
    assert await site.installing.token(HOME)


async def test_a_token_about_to_run_out_is_replaced_once_by_whichever_process_looks_first(site: Site):
    site.side.expires_in = 60 * 60
    await site.install()
    tokens = await asyncio.gather(*(site.installing.token() for _ in range(6)))
    assert set(tokens) == {"xoxe.xoxb-2"}
    assert site.side.refreshed == 1


async def test_one_that_is_good_for_hours_stays(site: Site):
    site.side.expires_in = 12 * 60 * 60
    await site.install()
    assert await site.installing.token() == f"xoxb-{HOME}"
    assert site.side.refreshed == 0


async def test_the_bot_waits_for_its_installation_and_then_has_its_token(site: Site, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("app.installing.WAITING_SECONDS", 0.01)
    client = SlackClient(token="", base_url="http://127.0.0.1:1/", timeout=1)
    waiting = asyncio.create_task(site.installing.ready(client))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await site.install()
    await asyncio.wait_for(waiting, 10)
    assert client.token == f"xoxb-{HOME}"


def test_workspaces_are_named_by_their_ids():
    assert from_environment({"SLACK_WORKSPACES": "T0HALDEN01, T0AGENCY01"}).slack_workspaces == (HOME, AGENCY)
    assert from_environment({}).slack_workspaces == ()
    with pytest.raises(ConfigurationError, match="'halden' is not the id of a workspace"):
        from_environment({"SLACK_WORKSPACES": "halden"})


def test_secrets_of_the_app_stay_out_of_what_settings_print():
    said = repr(from_environment({"SLACK_CLIENT_SECRET": "s3cret", "SLACK_SIGNING_SECRET": "s1gned"}))
    assert "s3cret" not in said
    assert "s1gned" not in said
