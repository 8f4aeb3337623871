"""Jobs that a dead worker had taken are given back, by whichever worker's minute sees them first."""

import asyncio
from collections.abc import Iterable
from typing import Any

from sqlalchemy import text

from graph.jobs import _retry_stalled, engine
from graph.work import Work
from memory.database import Database
from tests.graph.fakes import services
from tests.postgres import address, server, template

__all__ = ["address", "server", "template"]

TAKEN_BY_THE_DEAD = """
    WITH dead AS (
        INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute') RETURNING id
    )
    INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id)
    SELECT 'baton', 'advance', '{"about": "prop_00000000000a"}', 'doing', id FROM dead
"""


async def test_two_workers_that_see_the_same_job_of_a_dead_one_give_it_back_once(address: str):
    database = Database(address)
    async with database.engine.begin() as tx:
        await tx.execute(text(TAKEN_BY_THE_DEAD))
    jobs = [engine(Work(services(database)), address) for _ in range(2)]
    async with jobs[0].open_async(), jobs[1].open_async():
        seen = [list(await one.job_manager.get_stalled_jobs(seconds_since_heartbeat=30)) for one in jobs]
        assert [len(found) for found in seen] == [1, 1]
        for one, found in zip(jobs, seen, strict=True):
            one.job_manager.get_stalled_jobs = _answering(found)  # type: ignore[method-assign]
        await asyncio.gather(*(_retry_stalled(one) for one in jobs))
    async with database.read() as tx:
        assert list(await tx.scalars(text("SELECT status FROM procrastinate_jobs"))) == ["todo"]
    await database.close()


def _answering(found: Iterable[Any]) -> Any:
    async def stalled(**_: object) -> Iterable[Any]:
        return found

    return stalled
