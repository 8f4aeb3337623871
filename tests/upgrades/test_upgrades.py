"""A database that an earlier Baton wrote and left in the middle of something is opened, and everything ends well."""

import asyncio
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest

from domain.case import ProposalStatus, ProposalView
from domain.errors import AlreadyDecided, NoLongerOpen
from domain.proposal import Overridden, Rejected
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import CLEO, CORA, MARA, HandClock, Platform, Wall, services
from tests.graph.test_worker import until, working
from tests.upgrades import past

HERE = Path(__file__).parent
OLDEST, *LATER = sorted(folder.name for folder in HERE.iterdir() if (folder / "before.sql").exists())
ENDS = [(schema, point) for schema in (OLDEST, *LATER) for point in past.POINTS]
READS = [(OLDEST, point) for point in past.POINTS] + [(schema, past.MEASURING) for schema in LATER]
UPGRADES = [(OLDEST, point) for point in past.POINTS]
"""What an upgrade does to rows is done to the oldest ones in full; to later ones it does less of the same."""


class Left:
    """What an earlier version left: a database, the day, and the ad account."""

    def __init__(self, address: str, folder: Path, point: str) -> None:
        kept = json.loads((folder / f"{point}.json").read_text())
        self.address, self.point = address, point
        self.clock, self.platform = HandClock(date.fromisoformat(kept["day"])), Platform()
        vars(self.platform).update(kept["account"])
        self.wall = Wall()

    async def opened(self) -> Runner:
        """The present code on it."""
        company = services(
            Database(self.address), past.script(), self.platform, self.clock, board=self.wall, policy=past.POLICY
        )
        return await Runner(company).open()

    async def jobs_done(self, runner: Runner) -> None:
        """Do the jobs the earlier version had put in the queue, and those that follow, as a worker does."""
        async with working(runner):
            await until(self.nothing_waits, seconds=60)

    async def nothing_waits(self) -> bool:
        async with await psycopg.AsyncConnection.connect(self.address) as connection:
            left = await connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
            return await left.fetchone() == (0,)


@pytest.fixture
def left(server: str, request: pytest.FixtureRequest) -> Iterator[Left]:
    schema, point = request.param
    name = f"left_{schema}_{point}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    address = server.replace("/postgres?", f"/{name}?")
    rows = gzip.decompress((HERE / schema / f"{point}.sql.gz").read_bytes()).decode()
    for part in ((HERE / schema / "before.sql").read_text(), rows, (HERE / schema / "after.sql").read_text()):
        with psycopg.connect(address) as connection:
            connection.execute(part.encode())
    yield Left(address, HERE / schema, point)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def views(runner: Runner) -> dict[str, ProposalView]:
    return {view.proposal.id: view for view in await runner.proposals()}


@pytest.mark.parametrize("left", ENDS, ids="-".join, indirect=True)
async def test_what_an_earlier_version_left_in_the_middle_ends_well(left: Left):
    """Who has to decide decides, what was being executed settles, what was done is measured; each once."""
    runner = await left.opened()
    try:
        before = await views(runner)
        assert (
            before[past.ASKED].status
            is {
                past.WAITING: ProposalStatus.PENDING,
                past.EXECUTING: ProposalStatus.APPROVED,
                past.MEASURING: ProposalStatus.EXECUTED,
            }[left.point]
        )
        if left.point == past.WAITING:
            await runner.approve(past.ASKED, 1, MARA)
        else:
            with pytest.raises(AlreadyDecided, match="Mara Lind has approved this already"):
                await runner.approve(past.ASKED, 1, CORA)
        await runner.approve(past.HALF_AGREED, 1, CORA)
        await runner.approve(past.SNOOZED, 1, MARA)
        await runner.settle()
        await left.jobs_done(runner)
        left.clock.pass_days(20)  # longer than the longest window
        await runner.settle()
        await left.jobs_done(runner)
        await everything_ended_well(runner, left)
    finally:
        await runner.close()


async def everything_ended_well(runner: Runner, left: Left) -> None:
    found = await views(runner)
    measured = (past.MEASURED, past.ASKED, past.HANDED_OVER, past.CHANGED, past.SNOOZED, past.HALF_AGREED)
    wanted = {
        **dict.fromkeys(measured, ProposalStatus.MEASURED),
        past.EXPIRED: ProposalStatus.EXPIRED,
        past.REJECTED: ProposalStatus.REJECTED,
        past.WITHDRAWN: ProposalStatus.WITHDRAWN,
    }
    assert {ident: view.status for ident, view in found.items()} == wanted
    assert len(left.platform.effects) == len(set(left.platform.effects)) == len(measured), "each effect once"
    values = {campaign: left.platform.values[past.budget(campaign)] for campaign in ("c3", "c4", "c5", "c6", "c7")}
    assert values == {"c3": "360.00", "c4": "400.00", "c5": "450.00", "c6": "360.00", "c7": "270.00"}
    assert (await runner.verify()).problems == ()
    lines = Counter((line["kind"], line["subject"]) for line in await runner.ledger())
    assert {key: times for key, times in lines.items() if key[0].startswith("decision.") and times != 1} == {}
    async with await psycopg.AsyncConnection.connect(left.address) as connection:
        learned = await (await connection.execute("SELECT source FROM lesson")).fetchall()
    assert sorted(source for (source,) in learned) == sorted(measured)


@pytest.mark.parametrize("left", READS, ids="-".join, indirect=True)
async def test_what_people_said_and_did_back_then_reads_as_it_did(left: Left):
    runner = await left.opened()
    try:
        found = await views(runner)
        changed, rejected = found[past.CHANGED].decision, found[past.REJECTED].decision
        assert isinstance(changed, Overridden)
        assert isinstance(rejected, Rejected)
        assert (changed.reason, str(getattr(changed.action, "daily_budget", None))) == (
            "Easter week sells well",
            "400.00",
        )
        assert rejected.reason == "This one carries the brand search"
        assert found[past.HALF_AGREED].approvals == (MARA,)
        assert found[past.SNOOZED].status is ProposalStatus.SNOOZED
        outcome = found[past.MEASURED].outcome
        assert outcome
        assert (outcome.effect, outcome.interval) == (-0.11, (-0.19, -0.02))
        assert found[past.HANDED_OVER].decision.by == CLEO  # type: ignore[union-attr]
        assert (await runner.posts(past.OPEN))[f"{past.OPEN}/card"].ts == "1773480600.000001"
        with pytest.raises(NoLongerOpen):
            await runner.approve(past.WITHDRAWN, 1, MARA)
        assert (await runner.verify()).problems == ()
    finally:
        await runner.close()


@pytest.mark.parametrize("left", UPGRADES, ids="-".join, indirect=True)
async def test_two_processes_that_open_it_at_once_upgrade_it_once(left: Left):
    first, second = await asyncio.gather(left.opened(), left.opened())
    try:
        await asyncio.gather(first.settle(), second.settle())
        assert (await first.verify()).problems == ()
        assert {view.status for view in (await views(first)).values()} == {
            view.status for view in (await views(second)).values()
        }
    finally:
        await first.close()
        await second.close()


@pytest.mark.parametrize("left", UPGRADES, ids="-".join, indirect=True)
async def test_what_nobody_answers_after_the_upgrade_expires(left: Left):
    runner = await left.opened()
    try:
        left.clock.day += timedelta(days=30)
        await runner.settle()
        found = await views(runner)
        assert found[past.HALF_AGREED].status is found[past.SNOOZED].status is ProposalStatus.EXPIRED
        assert left.platform.values[past.budget("c7")] == left.platform.values[past.budget("c6")] == "450.00"
    finally:
        await runner.close()
