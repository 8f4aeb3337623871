"""Somebody is erased in the middle of the story: it goes on without them, and says so wherever they were named."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.case import ProposalStatus
from domain.errors import AlreadyDecided
from domain.proposal import is_erased
from domain.receipt import ReceiptStatus
from graph.runner import Runner
from memory import amendments
from memory.database import Database
from tests.graph.fakes import CORA, FIRST, MARA, HandClock, Platform, Wall, opened, services
from tests.graph.governed import companies, enact
from tests.graph.test_standing import Quiet

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


async def test_nothing_that_is_kept_for_good_names_whom_it_is_about(address: str, server: str):
    """Somebody joins while it runs, decides, may no longer, stops an agent and goes: not a byte is left of them."""
    berta, name = "U0BERTA0099", "Berta Quillfeather"
    clock, platform = HandClock(), Platform()
    async with companies(address) as start:
        runner = await start(clock=clock, platform=platform, script=Quiet(**vars(opened())))
        new = {"key": "new", "name": name, "slack": berta, "roles": "media_lead"}
        await enact(runner, "people", new)
        await runner.sweep(FIRST)
        await runner.approve(PROP, 1, berta)
        joined = await enact(runner, "people", new | {"key": berta, "roles": "web_lead"})
        await runner.settle()
        (view,) = [view for view in await runner.proposals() if view.proposal.id == PROP]
        assert view.receipt
        assert (view.receipt.status, platform.effects) == (ReceiptStatus.FAILED, [])
        assert view.receipt.answer == "Whoever decided this may no longer decide it."
        await runner.governing.stop(berta, "agent", "performance", "it sees ghosts")
        clock.pass_days(1)
        await runner.sweep(FIRST + timedelta(days=1))
        assert "stopped" in (await runner.health()).agents[0]
        left = await runner.governing.draft(CORA, "people", {"key": berta, "remove": "yes"}, "moved on")
        assert left.amendment.changes == (f"{name} is taken out.",)

        assert await runner.records.names_of(berta) == (name,)
        assert await runner.records.erase(berta)
        assert await runner.records.still_named((berta, name, "Quillfeather")) == ()
        assert (await runner.records.verify()).problems == ()
        async with runner._services.database.read() as tx:
            one = await amendments.of(tx, left.amendment.id, lambda _: 1)
            changed = await amendments.of(tx, joined.amendment.id, lambda _: 1)
        assert one
        assert changed
        assert one.amendment.changes == ("(erased) is taken out.",)
        assert all(sentence.startswith("(erased) ") for sentence in changed.amendment.changes)
        async with runner._services.database.engine.connect() as connection:
            await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("CHECKPOINT"))
        files = [path for path in Path(server.partition("host=")[2]).rglob("*") if path.is_file()]
        assert [path for path in files if b"Quillfeather" in path.read_bytes()] == []


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
