"""What no agent of ours proposes, an agent of a company's own may: asked, changed by its owner, done and undone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from decimal import Decimal

import pytest

from domain.action import Action, ChangeGoal
from domain.case import ProposalStatus, ProposalView
from domain.errors import NotYours
from domain.receipt import ReceiptStatus
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import CORA, FIRST, MARA, Platform, Watcher, opened, proposal, services, target

SIG, PROP, TARGET = "sig_000000000001", "prop_00000000000a", "meta/a1/campaign/c3/target_cpa"
GOAL = ChangeGoal(
    platform="meta", account_id="a1", currency="EUR", goal="acquisition cost", was=Decimal(40), target=Decimal(36)
)


class Strategist(Watcher):
    """An agent of the company's own."""

    mandate = Watcher.mandate.model_copy(update={"suggests": frozenset({"set_target", "change_goal"})})


class Company:
    """A bot whose desk has this agent, and its ad account."""

    def __init__(self, address: str) -> None:
        self.address, self.platform = address, Platform(values={TARGET: "35.00"})
        self.runner: Runner

    async def asks(self, action: Action, owner: str) -> None:
        script = opened(proposal(action, owner=owner))
        made = services(Database(self.address), script, self.platform)
        staff = replace(made.desk, specialists=(Strategist(),), findings_of=script.look)
        self.runner = await Runner(replace(made, desk=staff)).open()
        await self.runner.sweep(FIRST)

    async def view(self) -> ProposalView:
        await self.runner.settle()
        return (await self.runner.case(SIG)).proposals[0]


@pytest.fixture
async def company(address: str) -> AsyncIterator[Company]:
    made = Company(address)
    yield made
    await made.runner.close()


async def test_a_bid_target_is_set_as_its_owner_changed_it_and_set_back(company: Company):
    await company.asks(target(), "media_lead")
    assert (await company.view()).verdict.kind == "ask"
    await company.runner.override(PROP, 1, MARA, {"target": "28"}, "A bolder test")
    view = await company.view()
    assert (view.status, company.platform.values[TARGET]) == (ProposalStatus.EXECUTED, "28.00")
    assert (view.done.undone(view.receipt.before), view.undo_until is None) == (  # type: ignore[union-attr]
        target().model_copy(update={"target": Decimal("35.00"), "was": Decimal(28)}), False,
    )  # fmt: skip


async def test_a_goal_is_for_the_architect_alone_and_becomes_a_task_that_changes_no_design(company: Company):
    await company.asks(GOAL, "cmo")
    with pytest.raises(NotYours, match="Only Cora Main"):
        await company.runner.approve(PROP, 1, MARA)
    before = company.runner.model
    await company.runner.approve(PROP, 1, CORA)
    receipt = (await company.view()).receipt
    assert receipt is not None
    assert receipt.status is ReceiptStatus.HANDED_OVER
    assert [(task["was"], task["target"]) for task in company.platform.tasks.values()] == [("40", "36")]
    assert company.runner.model == before, "a design changes by an amendment only"
