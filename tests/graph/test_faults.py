"""Whatever a platform does wrong: at most one effect, and the card never says what is not so."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestServer

from bot import thread
from bot.card import card
from connectors.executors.ad_account import AdAccount
from domain.case import Case, ProposalStatus
from domain.proposal import Proposal
from graph.runner import Runner
from memory import actions
from memory.database import Database
from tests.graph.fakes import CLEO, FIRST, MARA, HandClock, cut, opened, proposal, refresh, services
from tests.graph.faulty import FAULTS, FaultyAccount, trouble

VARIATIONS = 20
"""Of each kind of fault, and as often again with every further of --crash-rounds, each time others."""
PATIENCE_SECONDS = 60
CERTAIN = {"429"}
"""Faults after which it is certain that nothing happened."""
CLAIMS = {ProposalStatus.EXECUTED: 1, ProposalStatus.FAILED: 0, ProposalStatus.DRIFTED: 0}
"""What a final state says about the number of effects."""


@dataclass
class Story:
    """What the cards of one run said, as it went on."""

    account: FaultyAccount
    runner: Runner
    signal_id: str
    seen: dict[str, list[ProposalStatus]] = field(default_factory=dict[str, list[ProposalStatus]])
    told: set[str] = field(default_factory=set[str])
    """Proposals whose card said that the result is unknown."""

    async def look(self) -> Case:
        """Every card as it stands, held against what was really done."""
        before = dict(self.account.effects)
        case = await self.runner.case(self.signal_id)
        for view in case.proposals:
            states = self.seen.setdefault(view.proposal.id, [])
            if not states or states[-1] is not view.status:
                states.append(view.status)
            name = _object(view.proposal)
            done = self.account.effects[name]
            assert done <= 1, f"{name} was acted on {done} times: {states}"
            if done == before.get(name, 0):  # nothing happened while we looked
                assert CLAIMS.get(view.status, done) == done, f"{name} says {states} of {done} effects"
        self._read(case)
        return case

    def _read(self, case: Case) -> None:
        """An unknown result is said in both places where people look."""
        for view in case.proposals:
            if view.status is ProposalStatus.UNKNOWN and view.proposal.id not in self.told:
                alone = case.model_copy(update={"proposals": (view,)})
                shown = (
                    card(alone, self.runner.model),
                    thread.receipt(alone, view, self.runner.model, self.runner.now),
                )
                assert all(message and "Result unknown" in str(message.blocks) for message in shown)
                self.told.add(view.proposal.id)

    async def is_open(self) -> bool:
        """Whether anything is still under way."""
        views = (await self.look()).proposals
        return any(view.status in {ProposalStatus.APPROVED, ProposalStatus.UNKNOWN} for view in views)


def plan(number: int, round_: int) -> Proposal:
    """One proposal of twenty: every fourth is a task, the others cut a budget."""
    ident, signal_id = f"prop_{round_:04x}{number:08x}", f"sig_{round_:012x}"
    if number % 4 == 3:
        return proposal(refresh().model_copy(update={"ad_id": f"ad{number}"}), ident, signal_id, "creative_lead")
    return proposal(cut().model_copy(update={"campaign_id": f"c{number}"}), ident, signal_id)


def _object(one: Proposal) -> str:
    return getattr(one.action, "ad_id", None) or getattr(one.action, "campaign_id", "")


@asynccontextmanager
async def played(address: str, kind: str, round_: int) -> AsyncIterator[Story]:
    """Twenty approved actions on a troubled platform, worked on until nothing is under way any more."""
    plans = [plan(number, round_) for number in range(VARIATIONS)]
    troubles = {_object(one): trouble(kind, round_ * VARIATIONS + number) for number, one in enumerate(plans)}
    values = {f"meta/a1/campaign/c{number}/daily_budget": "450.00" for number in range(VARIATIONS)}
    account, day = FaultyAccount(values, troubles), FIRST + timedelta(days=round_)
    async with TestServer(account.application(), host="127.0.0.1") as server:
        script = opened(*plans, signal_id=plans[0].signal_id, day=day)
        stood = services(Database(address), script, clock=HandClock(day), pause_seconds=0.05)
        executor = AdAccount(str(server.make_url("/")), timeout=0.25)
        runner = await Runner(replace(stood, executors=(executor,))).open()
        await runner.sweep(day)
        for one in plans:
            await runner.approve(one.id, 1, CLEO if one.owner == "creative_lead" else MARA)
            await actions.release(stood.database, one.id)
        story, until = Story(account, runner, plans[0].signal_id), time.monotonic() + PATIENCE_SECONDS
        while await story.is_open() and time.monotonic() < until:
            async with stood.database.read() as tx:
                due = await actions.due(tx)
            await asyncio.gather(*(runner.work.execute(action) for action in due))
            await asyncio.sleep(0.05)
        yield story
        await runner.close()


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_fault_of_the_platform_doubles_nothing_and_is_told_as_it_is(
    kind: str, address: str, pytestconfig: pytest.Config
):
    for round_ in range(int(str(pytestconfig.getoption("--crash-rounds")))):
        async with played(address, kind, round_) as story:
            case = await story.look()
            ended = {view.proposal.id: story.seen[view.proposal.id] for view in case.proposals}
            assert {view.status for view in case.proposals} == {ProposalStatus.EXECUTED}, ended
            assert all(story.account.effects[_object(view.proposal)] == 1 for view in case.proposals)
            assert story.told or kind in CERTAIN, "among twenty lost answers some result is unknown, and shown"
