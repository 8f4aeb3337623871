"""Somebody is erased in the middle of the story: it goes on without them, and says so wherever they were named."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from domain.case import ProposalStatus
from domain.errors import AlreadyDecided
from domain.proposal import is_erased
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import CORA, FIRST, MARA, Platform, Wall, services

PROP, SIG = "prop_00000000000a", "sig_000000000001"


@pytest.fixture
async def company(address: str) -> AsyncIterator[tuple[Runner, Platform]]:
    platform = Platform()
    runner = await Runner(services(Database(address), platform=platform, board=Wall())).open()
    await runner.sweep(FIRST)
    yield runner, platform
    await runner.close()


async def test_what_they_approved_is_not_done_once_they_are_erased(company: tuple[Runner, Platform]):
    """Whoever decided must still be somebody when it is carried out."""
    runner, platform = company
    await runner.approve(PROP, 1, MARA)
    assert await runner.records.erase(MARA)
    await runner.settle()
    (view,) = [view for view in await runner.proposals() if view.proposal.id == PROP]
    assert view.status is ProposalStatus.FAILED
    assert view.decision
    assert is_erased(view.decision.by)
    assert view.receipt
    assert "no longer among the people" in view.receipt.answer
    assert platform.effects == []
    assert (await runner.records.verify()).problems == ()


async def test_whoever_asks_who_it_was_is_told_that_they_were_erased(company: tuple[Runner, Platform]):
    runner, platform = company
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    assert await runner.records.erase(MARA)
    with pytest.raises(AlreadyDecided, match=r"^Somebody who was erased has approved this already, on"):
        await runner.approve(PROP, 1, CORA)
    assert len(platform.effects) == 1
    async with runner._services.database.read() as tx:
        blobs = await tx.scalar(text("SELECT count(*) FROM checkpoints"))
    assert blobs, "the graph's own tables are looked through as well"
    assert await runner.records.still_named((MARA, "Mara Lind")) == ()
    assert (await runner.records.verify()).problems == ()


async def test_a_card_that_named_them_is_drawn_anew(company: tuple[Runner, Platform]):
    runner, _ = company
    await runner.reject(PROP, 1, MARA, "not in the sale")
    await runner.settle()
    wall = runner.work.board
    assert isinstance(wall, Wall)
    wall.shown.clear()
    await runner.settle()
    assert wall.shown == []
    assert await runner.records.erase(MARA)
    await runner.settle()
    assert wall.shown == [SIG]
