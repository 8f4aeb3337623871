"""When something got worse with an action, its owner is asked to take it back: once, with the reason, and no more."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from agents import guarding, needs
from domain.action import PauseAd
from domain.case import ProposalStatus, ProposalView
from domain.reading import Gap, Reading
from domain.signal import Signal
from domain.standing import Grant, Level
from domain.verdict import Ask
from graph.runner import Runner
from graph.services import Services
from memory import standing
from memory.database import Database
from tests.agents.world import FIRST as BEGIN
from tests.agents.world import Blow
from tests.agents.world import company as market
from tests.graph.fakes import (
    BUDGET,
    CLEO,
    CORA,
    FIRST,
    MARA,
    HandClock,
    Platform,
    Script,
    Wall,
    Watcher,
    closing,
    cut,
    opened,
    proposal,
    services,
)

AD = "meta/a1/ad/ad9/status"
PROP, SIG = "prop_00000000000a", "sig_000000000001"
SAID = "Since 16 March the conversions of Spring prospecting are 41 % lower than they would be."


@dataclass(frozen=True)
class Worse:
    metric: str = "conversions"
    says: str = SAID


@dataclass
class Guards:
    """What the guards say from a day on."""

    since: date | None = None
    looked: list[date] = field(default_factory=list[date])

    def worsened(self, view: ProposalView, about: Signal, readings: object, today: date) -> Worse | None:
        del view, about, readings
        self.looked.append(today)
        return Worse() if self.since is not None and today >= self.since else None


@dataclass
class World:
    services: Services
    runner: Runner
    platform: Platform
    clock: HandClock
    guards: Guards

    async def back(self) -> list[ProposalView]:
        return [view for view in (await self.runner.case(SIG)).proposals if view.proposal.undoes == PROP]

    async def pass_days(self, days: int) -> None:
        for _ in range(days):
            self.clock.pass_days(1)
            await self.runner.sweep(self.clock.day)
            await self.runner.settle()


@pytest.fixture
async def company(address: str) -> AsyncIterator[Callable[..., object]]:
    made: list[Runner] = []

    async def make(
        since: date | None, script: Script | None = None, agent: Watcher | None = None, *, unasked: bool = False
    ) -> World:
        platform, clock, guards = Platform({BUDGET: "450.00", AD: "active"}), HandClock(), Guards(since)
        known = proposal().model_copy(update={"agents": ("performance",)})
        stood = services(Database(address), script or opened(known), platform, clock, board=Wall())
        desk = replace(stood.desk, worsened=guards.worsened, specialists=(agent or Watcher(),))
        stood = replace(stood, desk=desk)
        runner = await Runner(stood).open()
        made.append(runner)
        if unasked:
            may = {"agent": "performance", "action": "pause_ad", "level": Level.AUTOMATIC}
            async with stood.database.write() as writing:
                await standing.grant(writing, Grant(**may, by=CORA, at=clock.now(), because="Measured."))
        await runner.sweep(FIRST)
        if not unasked:
            await runner.approve(PROP, 1, MARA)
        await runner.settle()
        return World(stood, runner, platform, clock, guards)

    yield make
    for runner in made:
        await runner.close()


async def test_the_owner_is_asked_with_the_reason_and_nothing_happens_by_itself(company):
    world = await company(FIRST + timedelta(days=3))
    await world.pass_days(2)
    assert await world.back() == []
    await world.pass_days(2)
    (back,) = await world.back()
    assert (back.status, back.proposal.owner, back.proposal.why) == (ProposalStatus.PENDING, "media_lead", SAID)
    assert isinstance(back.verdict, Ask)
    assert (world.platform.values[BUDGET], len(world.platform.effects)) == ("360.00", 1)
    await world.runner.approve(back.proposal.id, 1, MARA)
    await world.runner.settle()
    assert world.platform.values[BUDGET] == "450.00"
    (undone, _) = (await world.runner.case(SIG)).proposals
    assert undone.outcome
    assert "undone" in undone.outcome.method


async def test_it_is_asked_once_whatever_the_answer_was(company):
    world = await company(FIRST + timedelta(days=2))
    await world.pass_days(2)
    (back,) = await world.back()
    await world.runner.reject(back.proposal.id, 1, MARA, "It was the holiday")
    await world.pass_days(4)
    assert [view.status for view in await world.back()] == [ProposalStatus.REJECTED]
    assert [line["kind"] for line in await world.runner.ledger()].count("guard.worsened") == 1


async def test_what_a_person_asked_already_is_not_asked_again(company):
    world = await company(FIRST + timedelta(days=2))
    await world.runner.undo(PROP, CLEO, "My launch depends on it")
    await world.pass_days(3)
    assert len(await world.back()) == 1


async def test_guards_look_once_a_day_while_it_can_be_taken_back(company):
    world = await company(None)
    await world.pass_days(10)
    for _ in range(3):
        await world.runner.settle()
    assert world.guards.looked == [FIRST + timedelta(days=n) for n in range(1, 7)]


async def test_a_restart_asks_nothing_twice(company, address):
    world = await company(FIRST + timedelta(days=1))
    await world.pass_days(1)
    again = await Runner(replace(world.services, database=Database(address))).open()
    await again.settle()
    assert len(await world.back()) == 1
    await again.close()


async def test_on_a_closed_card_it_is_asked_as_well(company):
    script = closing(opened(), FIRST + timedelta(days=1))
    world = await company(FIRST + timedelta(days=3), script)
    await world.pass_days(3)
    assert not (await world.runner.case(SIG)).is_open
    (back,) = await world.back()
    assert back.status is ProposalStatus.PENDING


class Bold(Watcher):
    """An agent that may have ads paused."""

    mandate = Watcher.mandate.model_copy(update={"suggests": frozenset({"pause_ad"})})


async def test_an_agent_that_acts_unasked_has_to_ask_again_and_its_undo_still_asks(company):
    """It paused an ad by itself; conversions fell by more than the ad; from now on it asks, and so does the undo."""
    pause = PauseAd(
        platform="meta", account_id="a1", currency="EUR", campaign_id="c3", ad_id="ad9", spend_per_day=Decimal(80)
    )
    script = opened(proposal(pause).model_copy(update={"agents": ("performance",)}))
    world = await company(FIRST + timedelta(days=1), script, agent=Bold(), unasked=True)
    assert world.platform.values[AD] == "paused", "nobody was asked"
    await world.pass_days(1)
    async with world.services.database.read() as tx:
        _, stands = await world.services.stands(tx)
    grant = stands.grant("performance", "pause_ad")
    assert grant
    assert (grant.level, grant.by) == (Level.ASK, "baton")
    await world.runner.settle()
    (back,) = await world.back()
    assert (back.status, isinstance(back.verdict, Ask)) == (ProposalStatus.PENDING, True)
    assert world.platform.values[AD] == "paused", "going back is never done unasked"


class Market:
    """The agents' own test market as a source: the cut takes effect, and then something goes wrong."""

    def __init__(self, *blows: Blow) -> None:
        self.world = market(3, *blows)

    async def read(self, table: str, as_of: date, days: int) -> Reading | Gap:
        del days
        tables = self.world.tables((as_of - BEGIN).days)
        status = tables["campaign_status"].with_columns(daily_budget=pl.lit(400.0))
        known = {**tables, "campaign_status": status}
        return Reading(table, as_of, known[table]) if table in known else Gap(table, f"no {table}")

    async def days(self) -> tuple[date, date]:
        return BEGIN, BEGIN + timedelta(days=129)


@pytest.mark.parametrize("harmful", [True, False], ids=["it hurts", "it does what it should"])
async def test_the_real_guards_over_real_tables(address: str, harmful: bool):
    """A cut by a fifth of a campaign of four: its conversions fall by a fifth, or by far more."""
    done = BEGIN + timedelta(days=100)
    here = {"campaign_id": "c11"}
    blows = [Blow("demand", 0.8, 102, where=here)] + [Blow("cvr", 0.4, 102, where=here)] * harmful
    action = cut("320.00", "400.00").model_copy(update={"campaign_id": "c11"})
    place = "meta/a1/campaign/c11/daily_budget"
    platform, clock = Platform({place: "400.00"}), HandClock(done)
    stood = services(Database(address), opened(proposal(action), day=done), platform, clock)
    desk = replace(stood.desk, needs=needs.DAYS, worsened=guarding.worsened)
    runner = await Runner(replace(stood, source=Market(*blows), desk=desk)).open()
    await runner.sweep(done)
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    for _ in range(6):
        clock.pass_days(1)
        await runner.sweep(clock.day)
        await runner.settle()
    asked = [view for view in (await runner.case(SIG)).proposals if view.proposal.undoes == PROP]
    assert len(asked) == int(harmful)
    if harmful:
        assert asked[0].proposal.why.startswith("Since 17 April the conversions of c11 are ")
        assert "and the cut explains −20 %" in asked[0].proposal.why
    assert len(platform.effects) == 1
    await runner.close()
