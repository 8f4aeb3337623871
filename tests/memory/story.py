"""A ledger with a life behind it: two signals asked, decided in every way, executed, measured; sealed as it went."""

from dataclasses import replace
from pathlib import Path

from graph.jobs import QUEUE, engine
from graph.runner import Runner
from memory.database import Database
from memory.ledger.seals import Seals
from tests.graph.fakes import HandClock, Wall, services
from tests.upgrades import past


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
    clock.pass_days(20)
    await work()
    return runner
