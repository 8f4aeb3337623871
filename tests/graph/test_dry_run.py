"""The first days on a real account: everything is decided, read and compared as usual, and nothing is written."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import ProposalStatus
from domain.operating_model import ExecutorSettings
from domain.receipt import ReceiptStatus
from domain.signal import EventKind, SignalEvent
from graph.runner import Runner
from graph.services import Services
from memory import actions
from memory.database import Database
from tests.graph.fakes import (
    BUDGET,
    CLEO,
    FIRST,
    MARA,
    HandClock,
    Platform,
    Script,
    opened,
    proposal,
    refresh,
    services,
    signal,
)

PROP, SIG = "prop_00000000000a", "sig_000000000001"


def rehearsing(stood: Services, *, dry_run: bool = True) -> Services:
    """The same company in dry-run."""
    model = stood.file.model_copy(update={"executor": ExecutorSettings(dry_run=dry_run)})
    return replace(stood, file=model)


@pytest.fixture
async def company(address: str) -> AsyncIterator[Callable[..., object]]:
    made: list[Runner] = []

    async def make(script: Script | None = None, platform: Platform | None = None, *, dry_run: bool = True) -> Runner:
        stood = services(Database(address), script or opened(), platform or Platform(), HandClock())
        runner = await Runner(rehearsing(stood, dry_run=dry_run)).open()
        made.append(runner)
        return runner

    yield make
    for runner in made:
        await runner.close()


async def test_an_approved_cut_is_rehearsed_and_the_budget_stays(company):
    platform = Platform()
    runner = await company(platform=platform)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert view.status is ProposalStatus.REHEARSED
    assert view.receipt
    assert view.receipt.status is ReceiptStatus.REHEARSED
    assert view.receipt.answer == f"Dry-run: would have set {BUDGET} from 450.00 to 360.00. Nothing was written."
    assert (view.receipt.before, view.receipt.after) == ({BUDGET: "450.00"}, {})
    assert (platform.effects, platform.values[BUDGET]) == ([], "450.00")
    assert view.measured_after is None, "what was not done is not measured"
    assert view.undo_until is None, "and not taken back"


async def test_a_rehearsal_is_over_at_once_and_never_measured(company):
    runner = await company()
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    for _ in range(3):
        await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert view.outcome is None
    kinds = [line["kind"] for line in await runner.ledger()]
    assert kinds.count("receipt.rehearsed") == 1
    assert "outcome" not in kinds


async def test_a_task_is_not_handed_over_either(company):
    platform = Platform()
    runner = await company(opened(proposal(refresh(), owner="creative_lead")), platform)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, CLEO)
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, platform.tasks) == (ProposalStatus.REHEARSED, {})
    assert view.receipt
    assert view.receipt.answer.startswith("Dry-run: would have handed over refresh creative for meta/a1/ad/ad9.")


async def test_drift_goes_back_to_a_person_as_ever(company):
    platform = Platform()
    runner = await company(platform=platform)
    await runner.sweep(FIRST)
    platform.values[BUDGET] = "480.00"
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    states = {view.status for view in (await runner.case(SIG)).proposals}
    assert states == {ProposalStatus.DRIFTED, ProposalStatus.PENDING}
    assert platform.effects == []


async def test_it_is_asked_again_once_its_signal_changes_and_then_really_done(company, address):
    script, platform = opened(), Platform()
    first = await company(script, platform)
    await first.sweep(FIRST)
    await first.approve(PROP, 1, MARA)
    await first.settle()
    day = FIRST + timedelta(days=1)
    worse = SignalEvent(as_of=day, event=EventKind.UPDATED, signal=signal(as_of=day, version=2))
    stood = services(
        Database(address), Script({**script.events, day: (worse,)}, script.plans), platform, HandClock(day)
    )
    later = await Runner(stood).open()
    await later.sweep(day)
    (asked,) = [view for view in (await later.case(SIG)).proposals if view.status is ProposalStatus.PENDING]
    await later.approve(asked.proposal.id, asked.proposal.version, MARA)
    await later.settle()
    assert (len(platform.effects), platform.values[BUDGET]) == (1, "360.00")
    await later.close()


async def test_a_write_that_was_under_way_is_only_read(company, address):
    """Switched on while nobody knew what an earlier write had done: it is not tried again."""
    platform = Platform(faults=["lost before"])
    stood = services(Database(address), opened(), platform)
    runner = await Runner(stood).open()
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.work.advance(PROP)
    async with stood.database.read() as tx:
        (action,) = await actions.due(tx)
    await runner.work.execute(action)
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.UNKNOWN
    dry = await Runner(rehearsing(stood)).open()
    for _ in range(2):
        await _again(dry)
    assert (await dry.case(SIG)).proposals[0].status is ProposalStatus.UNKNOWN
    assert platform.effects == []
    await dry.close()
    await runner.close()


async def _again(runner: Runner) -> None:
    await asyncio.sleep(0.1)
    await runner.settle()
