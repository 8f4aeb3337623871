"""A process whose clock is wrong ends nobody's question; a database that forgot what was sealed does nothing more."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from domain.case import ProposalStatus
from domain.errors import Refusal, StartupError
from graph import fitness
from graph.runner import Runner
from memory.ledger.seals import Seals
from tests.graph.fakes import CORA, FIRST, MARA, Wall
from tests.graph.governed import PROP, Start, companies


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


class Wrist:
    """This machine's clock, so far ahead of the real time."""

    def __init__(self, off: timedelta) -> None:
        self.off = off

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off

    def last_day(self) -> date:
        return FIRST


@pytest.mark.parametrize("off", [timedelta(days=4), timedelta(minutes=-3)])
async def test_a_worker_whose_clock_is_wrong_neither_starts_nor_ends_a_question(
    start: Start, off: timedelta, caplog: pytest.LogCaptureFixture
):
    right = await start(clock=Wrist(timedelta()), keeps_time=True)
    await right.check()
    await right.sweep(FIRST)
    wrong = await start(clock=Wrist(off), keeps_time=True)
    with pytest.raises(StartupError, match="This machine's clock is"):
        await wrong.check()
    await wrong.work.tick()
    await wrong.settle()
    (view,) = (await right.open_cases())[0].proposals
    assert view.status is ProposalStatus.PENDING
    assert "nothing that goes by the clock is done" in caplog.text


async def test_a_demo_that_lets_weeks_pass_is_not_told_off_for_it(start: Start):
    await (await start(clock=Wrist(timedelta(days=400)))).check()


@given(st.integers(1, 10**7))
def test_how_far_a_clock_is_off_is_said_in_a_unit_that_fits(seconds: int):
    number, unit = fitness._long(timedelta(seconds=seconds)).split()
    said = int(number) * {"days": 86_400, "hours": 3_600, "minutes": 60}[unit]
    assert said <= max(seconds, 60)
    assert said > seconds / 2


async def restored(runner: Runner, seals: Seals) -> None:
    """As an older backup looks: the ledger ends before what was sealed."""
    await seals.seal(runner._services.database, at_once=True)
    async with runner._services.database.engine.begin() as tx:
        await tx.execute(text("SET LOCAL session_replication_role = replica"))
        await tx.execute(text("DELETE FROM ledger WHERE seq > 3"))
        head = "UPDATE ledger_head SET seq = 3, hash = (SELECT hash FROM ledger WHERE seq = 3)"
        await tx.execute(text(head))


async def test_after_an_older_backup_was_restored_nothing_is_decided_or_done_until_the_architect_has_looked(
    start: Start, tmp_path: Path
):
    wall, seals = Wall(), Seals(tmp_path / "ledger")
    runner = await start(seals=seals, board=wall)
    await runner.sweep(FIRST)
    await restored(runner, seals)
    again = await start(seals=seals, board=wall)
    await again.check()
    with pytest.raises(Refusal):
        await again.approve(PROP, 1, MARA)
    await again.work.tick()
    await again.work.tick()
    (told,) = wall.announced.values()
    assert "The ledger ends at row " in told
    assert "an older backup was restored, or its end was cut off" in told
    (stop,) = (await again.governing.design(CORA)).stops
    await again.governing.lift(stop.id, CORA, "restored after the disk failed; looked through")
    await again.check()
    await again.work.tick()
    assert (await again.governing.design(CORA)).stops == (), "once looked at, it is not stopped for the same seal again"


async def test_a_database_that_was_never_sealed_here_and_one_that_is_as_sealed_go_on(start: Start, tmp_path: Path):
    seals = Seals(tmp_path / "ledger")
    runner = await start(seals=seals)
    await runner.check()
    await runner.sweep(FIRST)
    await seals.seal(runner._services.database, at_once=True)
    await runner.check()
    await runner.approve(PROP, 1, MARA)
    await runner.check()
    assert (await runner.governing.design(CORA)).stops == ()


async def test_the_database_of_another_company_is_not_taken_for_ours(
    start: Start, tmp_path: Path, server: str, template: str
):
    seals = Seals(tmp_path / "ledger")
    runner = await start(seals=seals)
    await runner.sweep(FIRST)
    await seals.seal(runner._services.database, at_once=True)
    async with runner._services.database.engine.begin() as tx:
        await tx.execute(text("UPDATE ledger_identity SET ledger = 'led_another'"))
    assert "is of another ledger" in str(await seals.broken(runner._services.database))
