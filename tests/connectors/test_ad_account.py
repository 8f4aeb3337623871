"""What an ad account is told, and what is believed when it answers badly or not at all."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port

from connectors.executors.ad_account import AdAccount
from connectors.executors.by_hand import ByHand
from domain.effect import HandOver, Setting, SetValues
from domain.errors import Drifted, OutcomeUnknown, PlatformUnavailable

CAMPAIGN = "meta/a1/campaign/c3"
BUDGET = f"{CAMPAIGN}/daily_budget"


def budget(was: str = "450.00", to: str = "500.00") -> SetValues:
    return SetValues(settings=(Setting(entity=CAMPAIGN, field="daily_budget", was=was, to=to),))


REFRESH = HandOver(
    entity="meta/a1/ad/ad9", task="refresh_creative", details={"brief": "Show the sole", "variants": "3"}
)


@dataclass
class Account:
    """A real server that speaks the protocol, and can fail before or after it acted."""

    values: dict[str, str] = field(default_factory=lambda: {BUDGET: "450.00"})
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)
    fault: str | None = None

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/values", self.show)
        app.router.add_post("/values", self.set)
        app.router.add_get("/tasks", self.show_tasks)
        app.router.add_post("/tasks", self.create)
        return app

    async def show(self, request: web.Request) -> web.Response:
        if self.fault == "html":
            return web.Response(text="<html>maintenance</html>")
        asked = request.query.getall("address")
        if unknown := [address for address in asked if address not in self.values]:
            return web.json_response({"error": f"no such object: {unknown[0]}"}, status=404)
        return web.json_response({"values": {address: self.values[address] for address in asked}})

    async def show_tasks(self, request: web.Request) -> web.Response:
        task = self.tasks.get(request.query["token"])
        return web.json_response({"tasks": [task] if task else []})

    async def set(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.heard.append(body)
        if self.fault == "refuse":
            return web.json_response({"error": "budget above the account's limit"}, status=422)
        if known := self.answers.get(body["token"]):
            return web.json_response(known)
        live = {one["address"]: self.values[one["address"]] for one in body["set"]}
        if any(live[one["address"]] != one["was"] for one in body["set"]):
            return web.json_response({"error": "precondition", "values": live}, status=409)
        self.values |= {one["address"]: one["to"] for one in body["set"]}
        self.answers[body["token"]] = {"answer": "ok, change 17\n", "values": self.values}
        return await self.answered(request, self.answers[body["token"]])

    async def create(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.heard.append(body)
        task = {name: body[name] for name in ("token", "entity", "task", "details")}
        known = self.tasks.get(body["token"])
        if known and {name: known[name] for name in task} != task:
            return web.json_response({"error": "this token names another task"}, status=409)
        self.tasks.setdefault(body["token"], {**task, "created_on": "2026-03-14", "done_on": None})
        return await self.answered(request, {"answer": "task created"})

    async def answered(self, request: web.Request, answer: dict[str, Any]) -> web.StreamResponse:
        if self.fault == "dropped":
            assert request.transport
            request.transport.abort()
        if self.fault == "slow":
            await asyncio.sleep(0.5)
        if self.fault == "500":
            return web.json_response({"error": "internal"}, status=500)
        if self.fault == "garbled":
            return web.Response(text="done!")
        return web.json_response(answer)


@dataclass
class Connected:
    server: Account
    client: AdAccount


@pytest.fixture
async def account() -> AsyncIterator[Connected]:
    account = Account()
    async with TestServer(account.application(), host="127.0.0.1") as server:
        yield Connected(account, AdAccount(str(server.make_url("/")), timeout=0.2))


async def test_the_live_budget_is_read(account):
    assert await account.client.read(budget(), "t1") == {BUDGET: "450.00"}


async def test_an_approved_budget_is_set_with_what_the_owner_was_shown(account):
    assert await account.client.write(budget(), "t1", 1) == "ok, change 17"
    assert account.server.values == {BUDGET: "500.00"}
    change = {"address": BUDGET, "was": "450.00", "to": "500.00"}
    assert account.server.heard == [{"token": "t1", "fence": 1, "by": "baton", "set": [change]}]


async def test_amounts_are_written_with_two_places_whatever_the_owner_typed(account):
    await account.client.write(budget(was="450", to="5E+2"), "t1", 1)
    assert account.server.values == {BUDGET: "500.00"}


async def test_the_same_token_again_changes_nothing_and_is_answered_the_same(account):
    first = await account.client.write(budget(), "t1", 1)
    account.server.values[BUDGET] = "510.00"
    assert await account.client.write(budget(), "t1", 1) == first
    assert account.server.values == {BUDGET: "510.00"}


async def test_a_value_changed_meanwhile_is_drift_and_nothing_is_written(account):
    account.server.values[BUDGET] = "480.00"
    with pytest.raises(Drifted) as refused:
        await account.client.write(budget(), "t1", 1)
    assert str(refused.value) == (
        "The ad account was changed meanwhile: meta/a1/campaign/c3/daily_budget is 480.00, not 450.00 as approved. "
        "Nothing was written."
    )
    assert refused.value.live == {BUDGET: "480.00"}
    assert account.server.values == {BUDGET: "480.00"}


async def test_a_refusal_says_why_and_that_nothing_was_written(account):
    account.server.fault = "refuse"
    with pytest.raises(PlatformUnavailable) as refused:
        await account.client.write(budget(), "t1", 1)
    assert str(refused.value) == (
        "The ad account refused with 422 (budget above the account's limit). Nothing was written."
    )


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            "dropped",
            "The ad account was asked but no answer came (Server disconnected); whether it acted is not known.",
        ),
        ("slow", "The ad account was asked but no answer came (no answer in time); whether it acted is not known."),
        ("500", "The ad account answered 500; whether it acted is not known."),
        ("garbled", "The ad account answered unreadably; whether it acted is not known."),
    ],
)
@pytest.mark.parametrize("effect", [budget(), REFRESH], ids=["budget", "task"])
async def test_applied_but_not_confirmed_is_unknown_and_found_out_by_reading(account, effect, fault, said):
    account.server.fault = fault
    with pytest.raises(OutcomeUnknown) as unknown:
        await account.client.write(effect, "t1", 1)
    assert str(unknown.value) == said
    assert len(account.server.heard) == 1, "an unconfirmed write is never repeated by the client"
    account.server.fault = None
    assert list((await account.client.read(effect, "t1")).values()) == ["500.00" if effect is not REFRESH else "open"]


async def test_an_account_that_is_down_certainly_did_nothing():
    client = AdAccount(f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(PlatformUnavailable, match=r"^The ad account could not be reached \("):
        await client.write(budget(), "t1", 1)
    with pytest.raises(PlatformUnavailable, match=r"^The ad account could not be asked \("):
        await client.read(budget(), "t1")


async def test_an_unknown_campaign_is_said(account):
    unknown = SetValues(settings=(Setting(entity="meta/a1/campaign/c9", field="status", was="active", to="paused"),))
    with pytest.raises(PlatformUnavailable) as refused:
        await account.client.read(unknown, "t1")
    assert str(refused.value) == "The ad account answered 404 (no such object: meta/a1/campaign/c9/status)."


async def test_a_maintenance_page_is_no_answer(account):
    account.server.fault = "html"
    with pytest.raises(PlatformUnavailable, match="answered unreadably"):
        await account.client.read(budget(), "t1")


async def test_a_task_is_looked_for_by_its_token_and_created_once(account):
    client = account.client
    assert await client.read(REFRESH, "t2") == {}
    assert await client.write(REFRESH, "t2", 1) == "task created"
    assert await client.write(REFRESH, "t2", 1) == "task created"
    assert len(account.server.tasks) == 1
    assert await client.read(REFRESH, "t2") == {"meta/a1/ad/ad9/refresh_creative": "open"}
    account.server.tasks["t2"]["done_on"] = "2026-03-16"
    assert await client.read(REFRESH, "t2") == {"meta/a1/ad/ad9/refresh_creative": "done on 2026-03-16"}


async def test_a_token_of_another_task_is_refused(account):
    await account.client.write(REFRESH, "t2", 1)
    with pytest.raises(PlatformUnavailable, match="this token names another task") as refused:
        await account.client.write(REFRESH.model_copy(update={"details": {}}), "t2", 1)
    assert not isinstance(refused.value, Drifted)


def test_an_ad_account_takes_what_has_an_address_there():
    client = AdAccount("http://127.0.0.1:1")
    own = HandOver(entity="goal/cpa", task="change_goal", details={})
    nowhere = SetValues(settings=(Setting(entity="c3", field="status", was="active", to="paused"),))
    assert [client.takes(effect) for effect in (budget(), REFRESH, own, nowhere)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (REFRESH, "Handed to people: refresh creative for meta/a1/ad/ad9"),
        (budget(), "Handed to people: set meta/a1/campaign/c3/daily_budget from 450.00 to 500.00"),
    ],
)
async def test_without_an_ad_account_people_are_told_what_to_do(effect, said):
    hands = ByHand()
    assert hands.takes(effect)
    assert await hands.read(effect, "t1") == {}
    assert await hands.write(effect, "t1", 1) == said
    assert await hands.write(effect, "t1", 1) == said
