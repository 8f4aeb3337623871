"""A storm of presses: `python -m tests.bench.clicks` or as a part of `make bench`.

Two real processes, `baton serve --role bot` and `--role worker`, on one Postgres, over the local workspace's Socket
Mode. People press a hundred times a second for a minute on 25 open proposals. Once more with a chat model that hangs.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import psutil
import psycopg
import yaml

from app import embedded
from app.clock import SystemClock
from app.workspace.interactions import Interactions
from app.workspace.people import WorkspaceUser
from app.workspace.rates import Rates
from app.workspace.server import Workspace
from app.workspace.wire import walk
from graph.runner import Runner
from memory.database import Database
from tests.agents import world
from tests.app import hanging
from tests.bench.report import Measure, Range, Row, Section, markdown
from tests.graph.fakes import Script
from tests.reliability import clicking
from tests.reliability.clicking import NOOR, OLU, PROPOSALS, SIGNALS, prop, sig

PER_SECOND, SECONDS = 100, 60
FIRST_PRESSES = 20
"""On each proposal in turn, while it is decided: five seconds for all. After that on all of them, round and round."""
START_SECONDS = 120
REST_SHARE = 0.1
"""Of a processor, at most, in a process that has come to rest."""
CHANNEL = "marketing-signals"
OWNERS = (clicking.MARA, NOOR, OLU, clicking.CORA)
ACK_SECONDS, SHOWN_SECONDS = 0.5, 2.0
"""What must hold: the 99th percentile of acks, and a card showing its decision."""
ZONE = "UTC"
SEED, BROKEN_DAYS = 3, 5
NOTES = "asked"
HANGING = "tests.app.hanging:hanging"


@dataclass
class Storm:
    """What was seen."""

    acks: list[float] = field(default_factory=list[float])
    """Seconds until each press was acknowledged, or given up after three."""
    later: list[float] = field(default_factory=list[float])
    """The same of the presses after all had been decided."""
    unanswered: int = 0
    """Presses the app did not acknowledge within Slack's three seconds."""
    said: Counter[str] = field(default_factory=Counter[str])
    """What the people saw instead."""
    shown: list[float] = field(default_factory=list[float])
    """Seconds from a decision until its card said so."""
    told: int = 0
    """Presses after which the presser saw words for them alone."""
    decisions: int = 0
    doubled: int = 0
    refusals: int = 0
    """Lines of the ledger about refused presses."""
    asked: int = 0
    """Questions to the model that hangs."""
    took: float = 0
    cpu: Mapping[str, float] = field(default_factory=dict[str, float])
    """Processor seconds by process."""


def section(pictures: Path) -> Section:
    """Both storms, one after the other."""
    del pictures
    plain, hung = asyncio.run(storm("")), asyncio.run(storm(HANGING))
    rows = [_row("as it is", plain), _row("with a chat model that hangs", hung)]
    header = ("a hundred presses a second", "presses", "not acknowledged", "ack p50", "p99",
              "p50 after the decisions", "p99", "decisions", "doubled", "card shows it p50", "p99")  # fmt: skip
    each = {name: 1000 * seconds / len(plain.acks) for name, seconds in plain.cpu.items()}
    used = ", ".join(f"{name} {spent:.1f} ms" for name, spent in each.items())
    return Section(
        "Presses: one bot and one worker process",
        header,
        rows,
        remarks=(
            f"{PER_SECOND} presses a second for {SECONDS} s over {PROPOSALS} proposals on {SIGNALS} cards, by four "
            f"people; a fifth of the proposals needs two of them. {FIRST_PRESSES} on each proposal in turn, so that "
            f"all are decided within {FIRST_PRESSES * PROPOSALS // PER_SECOND} s, then round and round. At a "
            f"full minute yesterday is swept. It took {plain.took:.0f} s. {os.cpu_count()} processors, "
            f"{os.getloadavg()[0]:.1f} programs wanting one at the end. The workspace's own rate limits are off.",
            f"Processor time per press, all that was decided included: {used} (this process is Slack and the people); "
            f"{sum(each.values()):.1f} ms of the {1000 * (os.cpu_count() or 1) / PER_SECOND:.0f} ms there are. Each "
            f"refusal is a line of the ledger: {plain.refusals:,}. Questions to the model that hangs: {hung.asked}.",
        ),
        measures=(
            Measure("Presses, 100 a second: ack, 99th percentile", percentile(plain.acks, 0.99),
                    Range(most=ACK_SECONDS), None, "{:.2f} s"),
            Measure("– the card shows the decision, 99th percentile", percentile(plain.shown, 0.99),
                    Range(most=SHOWN_SECONDS), None, "{:.2f} s"),
            Measure("– presses not acknowledged", float(plain.unanswered), Range(most=0), None, "{:.0f}"),
            Measure("– ack with a chat model that hangs, 99th percentile", percentile(hung.acks, 0.99),
                    Range(most=ACK_SECONDS), None, "{:.2f} s"),
            Measure("– the card, with a chat model that hangs, 99th percentile", percentile(hung.shown, 0.99),
                    Range(most=SHOWN_SECONDS), None, "{:.2f} s"),
        ),
    )  # fmt: skip


def _row(name: str, seen: Storm) -> Row:
    acks = [f"{1000 * percentile(of, share):.0f} ms" for of in (seen.acks, seen.later) for share in (0.5, 0.99)]
    shown = [f"{percentile(seen.shown, share):.2f} s" for share in (0.5, 0.99)]
    counts = (f"{len(seen.acks):,}", f"{seen.unanswered}")
    return (name, *counts, *acks, f"{seen.decisions} of {PROPOSALS}", f"{seen.doubled}", *shown)


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values) or [float("nan")]
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


async def storm(model: str) -> Storm:
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        home = Path(folder)
        address = await asyncio.to_thread(embedded.start, home / "db")
        try:
            await opened(address)
            async with company(home, address, model) as (workspace, pids):
                postgres = int((home / "db" / "postgres" / "postmaster.pid").read_text().split()[0])
                with psycopg.connect(address) as connection:  # now yesterday is to be swept: at the next full minute
                    connection.execute("UPDATE sweep SET as_of = as_of - 1")
                seen = await pressed(workspace, address, {**pids, "Postgres": postgres})
                seen.asked = _asked(home)
                return seen
        finally:
            await asyncio.to_thread(embedded.stop, home / "db")


async def opened(address: str) -> None:
    """The proposals, as a sweep of yesterday would have left them."""
    day = yesterday()
    services = clicking.company(Database(address), _told_on(day))
    services.clock.day = day  # type: ignore[attr-defined]
    runner = await Runner(services).open()
    await runner.sweep(day)
    async with runner._services.database.engine.begin() as tx:  # pyright: ignore[reportPrivateUsage]
        from sqlalchemy import text

        await tx.execute(text("UPDATE proposal SET asked_at = now(), expires_at = now() + interval '3 days'"))
    await runner.close()


def yesterday() -> date:
    """The last complete day, as the processes see it."""
    return SystemClock(ZONE).last_day()


def _told_on(day: date) -> Script:
    """What `clicking` tells of its first day, on another one."""
    told = clicking.told(1)
    moved = {"as_of": day, "since": day, "opened_on": day}
    events = [
        event.model_copy(update={"as_of": day, "signal": event.signal.model_copy(update=moved)})
        for event in told.events[clicking.day(0)]
    ]
    return Script({day: tuple(events)}, told.plans)


def tables(folder: Path) -> None:
    """A company up to yesterday in which something broke: the next sweep has a new signal, and words it."""
    folder.mkdir()
    until = world.LENGTH - 20
    broken = world.Blow("cvr", 0.5, until - BROKEN_DAYS + 1, where={"campaign_id": "c11"})
    later = yesterday() - world.on(until)
    for name, rows in world.company(SEED, broken).tables(until).items():
        moved = rows.with_columns(pl.col("date_day") + later) if "date_day" in rows.columns else rows
        moved.write_csv(folder / f"{name}.csv")


@asynccontextmanager
async def company(home: Path, database: str, model: str) -> AsyncIterator[tuple[Workspace, dict[str, int]]]:
    people = [WorkspaceUser(slack, slack, ("media_lead",)) for slack in OWNERS]
    workspace = Workspace(home / "slack", people, [CHANNEL], rates=Rates(scale=0))
    address = await workspace.serve(port=0)
    tables(home / "tables")
    file = clicking.company(Database(database), clicking.told(0)).model.model_dump(mode="json", exclude_defaults=True)
    file |= {"source": {"kind": "folder", "path": str(home / "tables")}, "timezone": ZONE, "sweep_at": "00:00"}
    (home / "baton.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(file, default=sorted))), encoding="utf-8")
    environment = {
        **os.environ, "DATABASE_URL": database, "SLACK_BOT_TOKEN": workspace.bot_token, "BATON_MODEL": model,
        "SLACK_APP_TOKEN": workspace.app_token, "SLACK_API_URL": f"{address}/api/", "BATON_HOME": str(home / "baton"),
        hanging.NOTED: str(home / NOTES),
    }  # fmt: skip
    baton = [Path(sys.executable).with_name("baton"), "serve", "--config", str(home / "baton.yaml"), "--role"]
    logs = {role: (home / f"{role}.log").open("wb") for role in ("bot", "worker")}
    started: dict[str, asyncio.subprocess.Process] = {}
    try:
        for role in ("worker", "bot"):
            begun = {**environment, "BATON_HOME": str(home / role)}
            started[role] = await asyncio.create_subprocess_exec(
                *baton, role, env=begun, stdout=logs[role], stderr=subprocess.STDOUT,
                start_new_session=True,  # as services are: Linux shares a busy machine out by sessions
            )  # fmt: skip
        await until(lambda: workspace.office.sockets.connected, started)
        await until(lambda: len(cards(workspace)) == SIGNALS, started)
        await at_rest(started["worker"].pid)
        yield workspace, {role: process.pid for role, process in started.items()}
    except TimeoutError:
        sys.stderr.write("".join((home / f"{role}.log").read_text()[-3000:] for role in started))
        raise
    finally:
        for process in started.values():
            with suppress(ProcessLookupError):  # it has ended by itself; its log says why
                process.send_signal(signal.SIGTERM)
        for process in started.values():
            await process.wait()
        for log in logs.values():
            log.close()
        await workspace.close()


def cards(workspace: Workspace) -> dict[str, dict[str, Any]]:
    """The cards by signal."""
    found: dict[str, dict[str, Any]] = {}
    for channel, message in workspace.office.store.messages():
        words = json.dumps(message.get("blocks") or [])
        for number in range(SIGNALS):
            if sig(0, number) in words and not message.get("thread_ts"):
                found[sig(0, number)] = {**message, "channel": channel}
    return found


async def pressed(
    workspace: Workspace, address: str, pids: Mapping[str, int], *, per_second: int = PER_SECOND, seconds: int = SECONDS
) -> Storm:
    """People press for so long, so often; then a moment for what they decided to be shown."""
    seen, on = Storm(), cards(workspace)
    shown: dict[str, float] = {}
    before, began = _used(pids), time.monotonic()
    with workspace.office.feed.listen(lambda event: event["type"] == "message") as told:
        asking = {card["ts"]: _asks(card) for card in on.values()}
        watch = asyncio.create_task(_watch(told, asking, shown))
        presses: list[asyncio.Task[None]] = []
        for number in range(per_second * seconds):
            await asyncio.sleep(max(began + number / per_second - time.monotonic(), 0))
            is_first = number < FIRST_PRESSES * PROPOSALS
            at = number // FIRST_PRESSES if is_first else number % PROPOSALS
            card, user = on[sig(0, at // clicking.PER_SIGNAL)], OWNERS[number % len(OWNERS)]
            into = [seen.acks] if is_first else [seen.acks, seen.later]
            presses.append(asyncio.create_task(_press(workspace, user, card, prop(0, at), seen, into)))
        await asyncio.gather(*presses)
        seen.took = time.monotonic() - began
        seen.cpu = {name: seconds - before[name] for name, seconds in _used(pids).items()}
        await asyncio.sleep(SHOWN_SECONDS * 2)
        watch.cancel()
    with psycopg.connect(address) as connection:
        rows = connection.execute("SELECT subject, at FROM ledger WHERE kind LIKE 'decision.%'").fetchall()
        (seen.refusals,) = connection.execute("SELECT count(*) FROM ledger WHERE kind = 'refusal'").fetchone() or (0,)
    decided = {subject: datetime.fromisoformat(at).timestamp() for subject, at in rows}
    seen.decisions, seen.doubled = len(decided), len(rows) - len(decided)
    seen.shown = [shown.get(ident, float("inf")) - at for ident, at in decided.items()]
    return seen


async def _press(
    workspace: Workspace, user: str, card: dict[str, Any], ident: str, seen: Storm, into: Sequence[list[float]]
) -> None:
    office = workspace.office
    person, channel = office.people.user(user), office.people.channel(card["channel"])
    assert person
    assert channel
    click = {"value": f"{ident}:1"}
    answer = await Interactions(office).click_message(person, channel, card["ts"], "approve_proposal", click)
    for acks in into:
        acks.append(answer["after_ms"] / 1000)
    if not answer["acked"]:
        seen.unanswered += 1
        seen.said[str(answer.get("warning"))] += 1
        return
    seen.told += "ephemeral" in answer


async def _watch(
    told: asyncio.Queue[dict[str, Any] | None], asking: dict[str, set[str]], shown: dict[str, float]
) -> None:
    """Note when a card first no longer asks a proposal: seconds since 1970, as the ledger's."""
    while (event := await told.get()) is not None:
        message, now = event["message"], time.time()
        if message["ts"] in asking:
            asks = _asks(message)
            for ident in asking[message["ts"]] - asks:
                shown.setdefault(ident, now)
            asking[message["ts"]] = asks


def _asks(message: dict[str, Any]) -> set[str]:
    """The proposals whose buttons a card shows."""
    buttons = (part for part in walk(message.get("blocks")) if part.get("action_id") == "approve_proposal")
    return {str(button["value"]).partition(":")[0] for button in buttons}


def _asked(home: Path) -> int:
    """How often the model that hangs was asked so far."""
    notes = home / NOTES
    return len(notes.read_text().splitlines()) if notes.exists() else 0


def _used(pids: Mapping[str, int]) -> dict[str, float]:
    """Processor seconds so far, children included, by process; this one is Slack and the people."""
    return {name: _cpu(pid) for name, pid in pids.items()} | {"Slack and people": time.process_time()}


def _cpu(pid: int) -> float:
    """Of a process, of its children, and of those that have ended."""
    known = (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))
    total = 0.0
    for process in known:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system + times.children_user + times.children_system
    return total


async def until(true: Callable[[], bool], processes: Mapping[str, asyncio.subprocess.Process]) -> None:
    async with asyncio.timeout(START_SECONDS):
        while not true():  # another process brings it about
            if any(process.returncode is not None for process in processes.values()):
                raise TimeoutError
            await asyncio.sleep(0.05)


async def at_rest(pid: int) -> None:
    """Until a process has nothing more to do from its start."""
    async with asyncio.timeout(START_SECONDS):
        before, now = -1.0, _cpu(pid)
        while now - before > REST_SHARE:
            await asyncio.sleep(1)
            before, now = now, _cpu(pid)


if __name__ == "__main__":
    print(markdown([section(Path())], Path()))
