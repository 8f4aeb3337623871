"""Every executor keeps the same promises: the ad account against the demo's server, people, and one that sends once."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from app.demo.account import AccountServer
from app.demo.company import DemoCompany
from connectors.executors.ad_account import AdAccount
from connectors.executors.by_hand import ByHand
from domain.effect import Effect, HandOver, Repeat, Setting, SetValues
from domain.errors import OutcomeUnknown, PlatformUnavailable
from tests.connectors.executor_contract import ExecutorContract, OnceContract, RepeatableContract, SetContract

CAMPAIGN = "meta/a1/campaign/c3"
BUDGET = f"{CAMPAIGN}/daily_budget"


def budget(to: str = "600.00") -> SetValues:
    return SetValues(settings=(Setting(entity=CAMPAIGN, field="daily_budget", was="720.00", to=to),))


def task(brief: str = "Show the sole") -> HandOver:
    return HandOver(entity="meta/a1/ad/ad9", task="refresh_creative", details={"brief": brief, "variants": "3"})


@dataclass
class AdAccountStage:
    """The demo company's ad account over HTTP."""

    server: AccountServer
    effect: Effect
    other: Effect
    executor: AdAccount = field(init=False)

    def __post_init__(self) -> None:
        self.executor = AdAccount(self.server.address, timeout=2)

    async def effects(self) -> int:
        told = await self._call("/ads")
        return len([one for one in told["history"] if one["by"] == "baton"]) + len(told["tasks"])

    async def lose_next_answer(self) -> None:
        await self._call("/faults", {"kind": "applied_then_lost"})

    async def go_away(self) -> None:
        self.executor = AdAccount(f"http://127.0.0.1:{unused_port()}")

    async def somebody_else(self) -> Mapping[str, str]:
        change = {"address": BUDGET, "was": "720.00", "to": "700.00"}
        await self._call("/values", {"token": "theirs", "by": "U1", "set": [change]})
        return {BUDGET: "700.00"}

    async def _call(self, path: str, body: object = None) -> dict[str, Any]:
        method = "GET" if body is None else "POST"
        async with (
            aiohttp.ClientSession(self.server.address) as session,
            session.request(method, path, json=body) as response,
        ):
            assert response.status < 300, await response.text()
            return await response.json()


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[AccountServer]:
    server = await DemoCompany(tmp_path).serve()
    yield server
    await server.close()


class TestAdAccountValues(SetContract):
    """Budgets, statuses and targets on an ad account."""

    @pytest.fixture
    def stage(self, demo: AccountServer) -> AdAccountStage:
        return AdAccountStage(demo, budget(), budget("500.00"))


class TestAdAccountTasks(RepeatableContract):
    """Tasks on an ad account."""

    @pytest.fixture
    def stage(self, demo: AccountServer) -> AdAccountStage:
        return AdAccountStage(demo, task(), task("Something else"))

    async def test_a_token_that_names_another_task_is_never_taken_for_ours(self, stage: AdAccountStage):
        await stage.executor.write(stage.other, "t1", 1)
        with pytest.raises(PlatformUnavailable, match="another task under this token"):
            await stage.executor.read(stage.effect, "t1")


@dataclass
class HandsStage:
    """People, with nothing to ask."""

    effect: Effect
    other: Effect = field(default_factory=lambda: task("Something else"))
    executor: ByHand = field(default_factory=ByHand)

    async def effects(self) -> int:
        return 0


def test_an_ad_account_is_the_same_on_another_port_and_another_at_another_place():
    name = AdAccount("https://ads.example.com/kork/").name
    assert name == AdAccount("https://ads.example.com:8443/kork").name == "ad_account ads.example.com/kork"
    others = {AdAccount(f"https://{place}").name for place in ("ads.example.com/other", "ads.example.org/kork")}
    assert len({name, ByHand().name, *others}) == 4


class TestByHand(ExecutorContract):
    """Everything is for people; saying it twice makes no second task."""

    @pytest.fixture(params=[budget(), task()], ids=["budget", "task"])
    def stage(self, request: pytest.FixtureRequest) -> HandsStage:
        return HandsStage(request.param)

    async def test_saying_it_again_says_the_same(self, stage: HandsStage):
        first = await stage.executor.write(stage.effect, "t1", 1)
        assert await stage.executor.write(stage.effect, "t1", 2) == first
        assert stage.executor.repeats(stage.effect) is Repeat.CREATE


@dataclass
class Mailer:
    """Sends to all customers at once. What was sent cannot be looked up, and a second call is a second mailing."""

    name: ClassVar[str] = "mailer"
    sent: list[str] = field(default_factory=list[str])
    loses: int = 0
    is_away: bool = False

    def takes(self, effect: Effect) -> bool:
        return isinstance(effect, HandOver)

    def repeats(self, effect: Effect) -> Repeat:
        del effect
        return Repeat.ONCE

    async def read(self, effect: Effect, token: str) -> Mapping[str, str]:
        del effect, token
        return {}

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        del effect, fence
        if self.is_away:
            raise PlatformUnavailable("The mailer could not be reached.")
        self.sent.append(token)
        if self.loses:
            self.loses -= 1
            raise OutcomeUnknown("The mailer did not answer.")
        return "sent"

    async def bar(self, effect: Effect, token: str, fence: int) -> None:
        del effect, token, fence


@dataclass
class MailerStage:
    """The mailer and its outbox."""

    executor: Mailer = field(default_factory=Mailer)
    effect: Effect = field(default_factory=task)
    other: Effect = field(default_factory=lambda: task("Something else"))

    async def effects(self) -> int:
        return len(self.executor.sent)

    async def lose_next_answer(self) -> None:
        self.executor.loses += 1

    async def go_away(self) -> None:
        self.executor.is_away = True


class TestMailer(OnceContract):
    """A stand-in for what cannot be repeated."""

    @pytest.fixture
    def stage(self) -> MailerStage:
        return MailerStage()
