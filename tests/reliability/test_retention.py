"""What is over leaves what must be kept, and nothing else: threads and jobs of finished proposals go."""

from collections.abc import Mapping
from datetime import timedelta

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from domain.case import ProposalStatus
from graph import work
from graph.runner import Runner
from graph.services import Services
from memory.database import Database
from tests.graph.test_worker import until, working
from tests.reliability import clicking
from tests.reliability.clicking import CORA, NOOR, PROPOSALS, TWO_PEOPLE, prop

THREADS = ("checkpoints", "checkpoint_blobs", "checkpoint_writes")
JOBS = ("procrastinate_jobs", "procrastinate_events")
SEASONS = 1
"""Each brings 25 proposals, decided, executed and measured."""


pytestmark = pytest.mark.timeout(900)
PATIENCE_SECONDS = 300.0
"""How long any single thing may take on a busy machine."""


async def lived(address: str, seasons: int, seconds: float = PATIENCE_SECONDS) -> Services:
    """Proposals are asked, approved by whoever must, executed and measured; a worker does its jobs."""
    company = clicking.company(Database(address), clicking.told(seasons), clicking.account(seasons))
    runner = await Runner(company).open()
    for one in range(seasons):
        company.clock.day = clicking.day(one)  # type: ignore[attr-defined]
        await runner.sweep(clicking.day(one))
        for number in range(PROPOSALS):
            await runner.approve(prop(one, number), 1, NOOR)
            if number in TWO_PEOPLE:
                await runner.approve(prop(one, number), 1, CORA)
        await runner.settle()
    company.clock.day = clicking.day(seasons) + timedelta(days=30)  # type: ignore[attr-defined]
    async with working(runner):
        await until(lambda: nothing_waits(address), seconds)
    assert {view.status for view in await runner.proposals()} == {ProposalStatus.MEASURED}
    await runner.close()
    return company


async def nothing_waits(address: str) -> bool:
    async with await psycopg.AsyncConnection.connect(address) as connection:
        waiting = await connection.execute(
            "SELECT (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing'))"
            " + (SELECT count(*) FROM action WHERE proposal_id NOT IN (SELECT proposal_id FROM outcome))"
        )
        return await waiting.fetchone() == (0,)


def rows(address: str, *tables: str) -> Mapping[str, int]:
    with psycopg.connect(address) as connection:
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}  # type: ignore[arg-type, index]


def sizes(address: str) -> Mapping[str, int]:
    """Bytes of every table with its indexes, without what deleted rows left."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("VACUUM FULL")
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        asked = SQL("SELECT pg_total_relation_size({})")
        return {
            name: connection.execute(asked.format(Identifier(name).as_string(connection))).fetchone()[0]  # type: ignore[index]
            for (name,) in found
        }


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_finished_threads_go_and_stay_finished(address: str, monkeypatch: pytest.MonkeyPatch):
    company = await lived(address, SEASONS)
    assert rows(address, "checkpoints")["checkpoints"] >= SEASONS * PROPOSALS
    runner = await Runner(company).open()
    await runner.work.prune()
    kept = rows(address, "checkpoints")["checkpoints"]
    assert kept == SEASONS * PROPOSALS, "for a week a finished thread can be looked at, in its newest state"
    monkeypatch.setattr(work, "THREADS_STAY", timedelta())
    await runner.work.prune()
    assert set(rows(address, *THREADS, *JOBS).values()) == {0}
    before = await runner.proposals()
    for view in before[:10]:
        await runner.work.advance(view.proposal.id)
    await runner.settle()
    assert await runner.proposals() == before
    assert set(rows(address, *THREADS).values()) == {0}, (
        "what is over is known from the tables, and begins no new thread"
    )
    assert (await runner.verify()).problems == ()
    await runner.close()


async def test_threads_of_what_goes_on_stay(address: str, monkeypatch: pytest.MonkeyPatch):
    """One waits, one is withdrawn and may be asked again, one waits for its window; only the rejected one goes."""
    monkeypatch.setattr(work, "THREADS_STAY", timedelta())
    company = clicking.company(Database(address), clicking.told(1), clicking.account(1))
    runner = await Runner(company).open()
    await runner.sweep(clicking.day(0))
    async with working(runner):
        await until(lambda: is_empty(address), PATIENCE_SECONDS)
    await runner.approve(prop(0, 0), 1, NOOR)
    await runner.reject(prop(0, 1), 1, NOOR, "It carries the brand search")
    async with working(runner):
        await until(lambda: is_empty(address), PATIENCE_SECONDS)
    assert rows(address, "(SELECT DISTINCT thread_id FROM checkpoints)") == {
        "(SELECT DISTINCT thread_id FROM checkpoints)": PROPOSALS
    }
    await runner.work.prune()
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT thread_id FROM checkpoints").fetchall()
    assert {thread for (thread,) in found} == {prop(0, number) for number in range(PROPOSALS)} - {prop(0, 1)}
    await runner.close()


async def is_empty(address: str) -> bool:
    return rows(address, "procrastinate_jobs WHERE status IN ('todo', 'doing')").popitem()[1] == 0  # type: ignore[attr-defined]
