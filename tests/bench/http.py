"""The HTTP door under load: `python -m tests.bench.http` or as a part of `make bench`.

Two real processes, `baton serve --role bot --http` and `--role worker`, on one Postgres. People press fifty times a
second for a minute; each press is a signed request over HTTP on loopback. Beside them a third process sweeps all the
time, at the same priority: day after day of a company's history, as the worker's own sweep does.
"""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import yaml

from app import embedded
from app.workspace.people import WorkspaceUser
from app.workspace.rates import Rates
from app.workspace.server import Workspace
from app.workspace.sockets import Ack
from memory.database import Database
from tests.bench import clicks
from tests.bench.report import Measure, Range, Section, markdown
from tests.reliability import clicking
from tests.reliability.clicking import PROPOSALS, SIGNALS
from tests.reliability.signing import SECRET, encoded, signed

PER_SECOND, SECONDS = 50, 60
ACK_SECONDS = 0.5
"""What must hold: the 99th percentile of acks."""
SLACKS_PATIENCE_SECONDS = 3.0
DAYS_SWEPT = 40
"""Per round of the sweeps beside; it goes round until the presses are over."""


class Requests:
    """Slack's side: every envelope becomes a signed request, as for an app without Socket Mode."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url, self._http = url, http

    async def send(self, kind: str, payload: dict[str, Any], *, answerable: bool, **extra: object) -> Ack:
        """Stands for `app.workspace.sockets.Sockets.send`."""
        del kind, answerable, extra
        body, form = encoded(payload)
        began = time.monotonic()
        try:
            async with self._http.post(self._url, data=body, headers=signed(body, form)) as answer:
                said = await answer.read()
                took = round((time.monotonic() - began) * 1000)
                payload = json.loads(said) if said.startswith(b"{") else {}
                return Ack(acked=answer.status == 200, after_ms=took, payload=payload)
        except (TimeoutError, aiohttp.ClientError):
            return Ack(acked=False, after_ms=round((time.monotonic() - began) * 1000), reason="timeout")


def section(pictures: Path) -> Section:
    """The minute, and what it must hold to."""
    del pictures
    seen, swept = asyncio.run(storm())
    spent = ", ".join(f"{name} {1000 * used / len(seen.acks):.1f} ms" for name, used in seen.cpu.items())
    ack50, ack99 = (clicks.percentile(seen.acks, share) for share in (0.5, 0.99))
    shown50, shown99 = (clicks.percentile(seen.shown, share) for share in (0.5, 0.99))
    row = (
        f"{PER_SECOND} a second for {SECONDS} s", f"{len(seen.acks):,}", f"{seen.unanswered}",
        f"{1000 * ack50:.0f} ms", f"{1000 * ack99:.0f} ms", f"{1000 * max(seen.acks):.0f} ms",
        f"{seen.decisions} of {PROPOSALS}", f"{seen.doubled}", f"{shown50:.2f} s", f"{shown99:.2f} s", f"{swept}",
    )  # fmt: skip
    return Section(
        "Presses over HTTP, beside sweeps",
        ("signed requests", "presses", "not acknowledged", "ack p50", "p99", "longest", "decisions", "doubled",
         "card shows it p50", "p99", "days swept beside"),
        [row],
        remarks=(
            f"One `baton serve --role bot --http`, one worker, Postgres, Slack and the people, and a process that "
            f"sweeps without a pause, on {os.cpu_count()} processors ({os.getloadavg()[0]:.1f} programs wanting one "
            f"at the end). Each press is a signed request, noted in the database so that nobody takes it twice. "
            f"Processor time per press, with all that was decided: {spent}. It took {seen.took:.0f} s.",
        ),
        measures=(
            Measure("Presses over HTTP, 50 a second beside sweeps: ack, 99th percentile", ack99,
                    Range(most=ACK_SECONDS), None, "{:.2f} s"),
            Measure("– presses not acknowledged", float(seen.unanswered), Range(most=0), None, "{:.0f}"),
        ),
    )  # fmt: skip


async def storm() -> tuple[clicks.Storm, int]:
    """What was seen, and how many days were swept beside it."""
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        home = Path(folder)
        address = await asyncio.to_thread(embedded.start, home / "db")
        try:
            await clicks.opened(address)
            async with company(home, address) as (workspace, pids):
                postgres = int((home / "db" / "postgres" / "postmaster.pid").read_text().split()[0])
                with psycopg.connect(address) as connection:  # the worker's own sweep comes at the next full minute
                    connection.execute("UPDATE sweep SET as_of = as_of - 1")
                async with sweeping(home) as days:
                    seen = await clicks.pressed(
                        workspace, address, {**pids, "Postgres": postgres}, per_second=PER_SECOND, seconds=SECONDS
                    )
                    return seen, days()
        finally:
            await asyncio.to_thread(embedded.stop, home / "db")


@asynccontextmanager
async def company(home: Path, database: str) -> AsyncIterator[tuple[Workspace, dict[str, int]]]:
    """A bot behind an address, a worker, and a workspace whose people's presses go there."""
    people = [WorkspaceUser(slack, slack, ("media_lead",)) for slack in clicks.OWNERS]
    workspace = Workspace(home / "slack", people, [clicks.CHANNEL], rates=Rates(scale=0))
    address = await workspace.serve(port=0)
    clicks.tables(home / "tables")
    file = clicking.company(Database(database), clicking.told(0)).model.model_dump(mode="json", exclude_defaults=True)
    file |= {"source": {"kind": "folder", "path": str(home / "tables")}, "timezone": clicks.ZONE, "sweep_at": "00:00"}
    (home / "baton.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(file, default=sorted))), encoding="utf-8")
    environment = {
        **os.environ, "DATABASE_URL": database, "SLACK_BOT_TOKEN": workspace.bot_token, "BATON_MODEL": "",
        "SLACK_SIGNING_SECRET": SECRET, "SLACK_API_URL": f"{address}/api/",
    }  # fmt: skip
    port = _free_port()
    commands = {"worker": ["--role", "worker"], "bot": ["--role", "bot", "--http", f"127.0.0.1:{port}"]}
    baton = [Path(sys.executable).with_name("baton"), "serve", "--config", str(home / "baton.yaml")]
    started: dict[str, asyncio.subprocess.Process] = {}
    logs = {role: (home / f"{role}.log").open("wb") for role in commands}
    timeout = aiohttp.ClientTimeout(total=SLACKS_PATIENCE_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0)) as http:
        try:
            for role, arguments in commands.items():
                started[role] = await asyncio.create_subprocess_exec(
                    *baton, *arguments, env={**environment, "BATON_HOME": str(home / role)}, stdout=logs[role],
                    stderr=subprocess.STDOUT, start_new_session=True,
                )  # fmt: skip
            await _answering(http, port, started)
            await clicks.until(lambda: len(clicks.cards(workspace)) == SIGNALS, started)
            await clicks.at_rest(started["worker"].pid)
            sender = Requests(f"http://127.0.0.1:{port}/slack/events", http)
            workspace.office.sockets.send = sender.send  # type: ignore[method-assign]
            yield workspace, {role: process.pid for role, process in started.items()}
        except TimeoutError:
            sys.stderr.write("".join((home / f"{role}.log").read_text()[-3000:] for role in started))
            raise
        finally:
            for process in started.values():
                with suppress(ProcessLookupError):
                    process.send_signal(signal.SIGTERM)
            for process in started.values():
                await process.wait()
            for log in logs.values():
                log.close()
            await workspace.close()


@asynccontextmanager
async def sweeping(home: Path) -> AsyncIterator[Any]:
    """Sweep all the time in a process of its own. Yields how to ask for the days swept so far."""
    last = clicks.yesterday()
    first = last.fromordinal(last.toordinal() - DAYS_SWEPT + 1)
    out = home / "replayed.jsonl"
    swept = 0

    async def round_and_round() -> None:
        nonlocal swept
        while True:
            process = await asyncio.create_subprocess_exec(
                Path(sys.executable).with_name("baton"), "replay", "--source", str(home / "tables"),
                "--from", str(first), "--to", str(last), "--out", str(out), "--config", str(home / "baton.yaml"),
                env={**os.environ, "BATON_HOME": str(home / "replay")}, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            try:
                code = await process.wait()
                assert code == 0, code
                swept += DAYS_SWEPT
            finally:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()

    task = asyncio.create_task(round_and_round())
    await asyncio.sleep(5)  # until it has loaded what it needs, and sweeps
    try:
        yield lambda: f"{swept} or more"
        assert not task.done(), "the sweeps beside it ended early"
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _answering(http: aiohttp.ClientSession, port: int, started: dict[str, asyncio.subprocess.Process]) -> None:
    async with asyncio.timeout(clicks.START_SECONDS):
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                async with http.get(f"http://127.0.0.1:{port}/healthz") as answer:
                    if answer.status == 200:
                        return
            if any(process.returncode is not None for process in started.values()):
                raise TimeoutError
            await asyncio.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


if __name__ == "__main__":
    print(markdown([section(Path())], Path()))
