"""The minute seals the ledger and shows the seal; neither a broken ledger nor a silent Slack stops the minute."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from graph.runner import Runner
from memory.database import Database
from memory.ledger.seals import Seals
from tests.graph.fakes import FIRST, Wall, services


@pytest.fixture
async def sealed(address: str, tmp_path: Path):
    company = replace(services(Database(address), board=Wall()), seals=Seals(tmp_path / "ledger"))
    runner = await Runner(company).open()
    await runner.sweep(FIRST)
    yield runner, company.board, company.seals
    await runner.close()


async def test_the_minute_seals_the_ledger_and_shows_the_newest_seal(sealed: tuple[Runner, Wall, Seals]):
    runner, wall, seals = sealed
    await runner.work.tick()
    await runner.work.tick()
    (seal,) = seals.every()
    assert wall.seals == [seal, seal], "the board draws what changed, and nothing twice"
    assert (await runner.records.verify()).sealed == seal.size
    assert (await runner.records.verify()).problems == ()


async def test_a_seal_that_slack_did_not_take_is_shown_the_next_minute(sealed: tuple[Runner, Wall, Seals]):
    runner, wall, seals = sealed
    await runner.work.tick()
    wall.seals.clear()
    wall.down = 1
    await runner.work.tick()
    await runner.work.tick()
    assert wall.seals[-1] == seals.newest()


async def test_a_ledger_that_was_rewritten_is_not_sealed_and_everything_is_stopped_until_somebody_has_looked(
    sealed: tuple[Runner, Wall, Seals], caplog: pytest.LogCaptureFixture
):
    runner, wall, seals = sealed
    await runner.work.tick()
    newest = seals.newest()
    assert newest
    async with runner._services.database.engine.begin() as tx:
        await tx.execute(text("SET LOCAL session_replication_role = replica"))
        await tx.execute(text(f"UPDATE ledger SET hash = repeat('0', 64) WHERE seq = {newest.size}"))
        await tx.execute(text("UPDATE ledger_head SET seq = seq + 5000"))
    with caplog.at_level(logging.ERROR):
        await runner.work.tick()
    assert f"Row {newest.size} of the ledger is not the one sealed at {newest.at}" in caplog.text
    (told,) = wall.announced.values()
    assert told.startswith("Baton has stopped everything: “Row ")
    assert seals.newest() == newest
    problems = (await runner.records.verify()).problems
    assert any(f"row {newest.size} is not the row sealed at" in problem for problem in problems)


async def test_seals_moved_about_in_their_file_are_found(sealed: tuple[Runner, Wall, Seals]):
    runner, _, seals = sealed
    await runner.work.tick()
    async with runner._services.database.write() as writing:
        await writing.record("refusal", "U0MARA0001", "prop_x")
    await seals.seal(runner._services.database, at_once=True)
    first, second = seals.file.read_text().splitlines()
    seals.file.write_text(f"{second}\n")
    (problem,) = (await runner.records.verify()).problems
    assert problem == f"seal 1, over row {seals.every()[0].size}, does not follow the seal before it"
    seals.file.write_text(f"{first}\n")
    assert (await runner.records.verify()).problems == (), "what was cut off at the end only an outside copy can show"
