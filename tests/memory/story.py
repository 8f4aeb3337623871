"""A ledger with a life behind it: two signals asked, decided in every way, executed, measured; sealed as it went.

The company was changed meanwhile, something stopped, somebody alone in an emergency, and agents let further and back.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from domain.amendment import Amendment, Replay
from domain.standing import Emergency, Grant, Level, Stop
from graph.jobs import QUEUE, engine
from graph.runner import Runner
from memory import amendments, operating_models, standing
from memory.database import Database
from memory.ledger.seals import Seals
from memory.people import SYSTEM
from tests.graph.fakes import CLEO, CORA, MARA, HandClock, Wall, services
from tests.upgrades import past

IN_FORCE, REJECTED, OUTDATED, PENDING = (f"amd_00000000000{number}" for number in range(1, 5))
LIFTED, STANDING = "stop_000000000001", "stop_000000000002"
CLOSED, RUN_OUT = "emg_000000000001", "emg_000000000002"


async def lived(address: str, folder: Path, point: str = past.MEASURING) -> Runner:
    """An open runner after all that."""
    clock, told, seals = HandClock(), past.script(), Seals(folder)
    company = services(Database(address), told, past.platform(), clock, board=Wall(), policy=past.POLICY)
    company = replace(company, seals=seals)
    runner = await Runner(company).open()

    async def work() -> None:
        await runner.settle()
        app = engine(runner.work, address)
        async with app.open_async():
            await app.run_worker_async(
                queues=[QUEUE], wait=False, install_signal_handlers=False, delete_jobs="successful", listen_notify=False
            )
        await seals.seal(company.database, at_once=True)

    await past.until(point, runner, told, clock, work, lambda: None)
    await governed(company.database, clock.now())
    clock.pass_days(20)
    await work()
    return runner


async def governed(database: Database, now: datetime) -> None:
    """Everything that can become of a change, of a stop, of an emergency and of a level."""
    async with database.write() as writing:
        await operating_models.lock(writing)
        before = await operating_models.current(writing.tx)
        assert before
        stricter = before.model.model_copy(update={"company": "Kork & Sons"})
        common = {
            "by": CORA,
            "at": now,
            "reason": "a quiet quarter",
            "changes": ("All is new.",),
            "replay": Replay(of=0),
        }
        first, second, third = (
            Amendment.model_validate({"id": ident, "base": before.version, "model": stricter, **common})
            for ident in (IN_FORCE, REJECTED, OUTDATED)
        )
        for one in (first, second, third):
            await amendments.draft(writing, one)
        for who in (MARA, CORA):
            await amendments.agree(writing, first, who, now)
        await amendments.reject(writing, second, MARA, "too strict for spring", now)
        after = await amendments.enact(writing, first, before, CORA, now)
        fourth = third.model_copy(update={"id": PENDING, "base": after.version})
        await amendments.draft(writing, fourth)
        await amendments.agree(writing, fourth, MARA, now)
    async with database.write() as writing:
        for ident, name in ((LIFTED, "content"), (STANDING, "growth")):
            stop = Stop(id=ident, of="agent", name=name, reason="it sees ghosts", by=MARA, at=now)
            await standing.pull(writing, stop)
        assert await standing.lift(writing, LIFTED, CLEO, "it was the weather", now + timedelta(minutes=2))
        for ident in (CLOSED, RUN_OUT):
            until = now + timedelta(minutes=30)
            one = Emergency(id=ident, by=MARA, reason="the shop is down", since=now, until=until)
            await standing.open_emergency(writing, one)
        assert await standing.close_emergency(writing, CLOSED, MARA, now + timedelta(minutes=9))
        assert await standing.review_emergency(writing, CLOSED, CORA, "all well", now + timedelta(hours=3))
        for level, by in ((Level.AUTOMATIC, CORA), (Level.ASK, SYSTEM), (Level.RECOMMEND, CORA)):
            await standing.grant(
                writing, Grant(agent="content", action="write_brief", level=level, by=by, at=now, because="as measured")
            )
