"""Processes of the company, forked from a warm one that touched no database, to be killed, stopped and let go on."""

import multiprocessing
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from tests.crash.company import LEASE_SECONDS, SHORT_LEASE_SECONDS, VALUES, Place
from tests.crash.life import STEPS, Doom, Life, Trace
from tests.crash.outside import Outside

PATIENCE_SECONDS = 300.0
"""How long any single thing may take on a slow machine, before the test says that it did not happen."""


class Process:
    """One life being lived."""

    def __init__(self, live: Callable[[Life], None], life: Life) -> None:
        self.life, self.trace = life, Trace(life.trace)
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.crash.warm"])
        self._process: ForkServerProcess = context.Process(target=live, args=(life,))
        self._process.start()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    @property
    def is_stopped(self) -> bool:
        """Whether it stands still, in the middle of whatever it was doing."""
        try:
            return psutil.Process(self._pid).status() == psutil.STATUS_STOPPED
        except psutil.NoSuchProcess:
            return False

    def kill(self) -> None:
        self._process.kill()

    def stop(self) -> None:
        os.kill(self._pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on, and wait until it has, however soon it stands still again."""
        met = self.trace.met
        os.kill(self._pid, signal.SIGCONT)
        until(lambda: not self.is_stopped or self.trace.met != met, f"{self.life.name} goes on")

    def end(self) -> int:
        """Wait for its end. The exit code: 0, or -9 where it was killed."""
        self._process.join(PATIENCE_SECONDS)
        code = self._process.exitcode
        if code is None:
            self.kill()
            self._process.join()
            told = story_so_far(self.life.place.database)
            pytest.fail(f"{self.life.name} did not come to an end; the last step was {self.trace.step}\n{told}")
        self._process.close()
        return code

    def put_away(self) -> None:
        """Kill it where nobody waited for its end: one left standing still would keep the tests from ending."""
        with suppress(ValueError):  # it is closed
            self.kill()
            self._process.join()
            self._process.close()

    @property
    def met(self) -> tuple[Doom, ...]:
        """The dooms it met."""
        return tuple(doom for number, doom in enumerate(self.life.dooms) if self.trace.met & 1 << number)

    @property
    def _pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid


@dataclass
class Season:
    """One database with the world around it, lived in by one process after another until the story is over."""

    place: Place
    outside: Outside
    mutant: str = ""
    lives: list[Process] = field(default_factory=list[Process])
    fallen: Counter[str] = field(default_factory=Counter[str])
    """How many lives ended by a kill, by the last step they passed."""
    fallen_in_all: Counter[str] = field(default_factory=Counter[str])
    """The same of all tests together."""

    def start(self, live: Callable[[Life], None], *dooms: Doom, **more: Any) -> Process:
        """Begin a life; `more` as `Life` names it."""
        life = Life(self.place, f"life-{len(self.lives) + 1}", dooms, self.mutant, **more)
        self.lives.append(Process(live, life))
        return self.lives[-1]

    def count(self, dead: Process) -> None:
        """A life that ended by a kill."""
        self.fallen[dead.trace.step] += 1
        if not self.mutant:
            self.fallen_in_all[dead.trace.step] += 1


class Seasons:
    """Makes one after the other."""

    def __init__(self, server: str, template: str, folder: Path, fallen_in_all: Counter[str]) -> None:
        self._server, self._template, self._folder = server, template, folder
        self._fallen_in_all = fallen_in_all
        self._made = 0

    @contextmanager
    def season(
        self, mutant: str = "", only: str = "", lease_seconds: float = LEASE_SECONDS, **more: float
    ) -> Iterator[Season]:
        """A database and a world of its own, gone at the end; `more` as `Place` names it."""
        self._made += 1
        name, folder = f"baton_season_{self._made}", self._folder / str(self._made)
        folder.mkdir()
        with psycopg.connect(self._server, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE {self._template}")
        try:
            with Outside(dict(VALUES)).answering() as outside:
                address = self._server.replace("/postgres?", f"/{name}?")
                place = Place(
                    address, outside.account_address, outside.slack_address, folder, only, lease_seconds, **more
                )
                season = Season(place, outside, mutant, fallen_in_all=self._fallen_in_all)
                try:
                    yield season
                finally:
                    for life in season.lives:
                        life.put_away()
        finally:
            with psycopg.connect(self._server, autocommit=True) as server:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def short_lease_seconds() -> float:
    """A lease that runs out while the test looks on: the longer, the more programs wait for a processor at the moment.

    Workers too slow for their leases try until they may try no more, and say that nothing was done; rightly so.
    """
    return SHORT_LEASE_SECONDS * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def until(true: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something to become true, however slow the machine."""
    began = time.monotonic()
    while not true():
        if time.monotonic() - began > seconds:
            pytest.fail(f"{what}: it did not happen within {seconds:.0f} s")
        time.sleep(0.005)


def has_a_lease(season: Season, worker: Process) -> bool:
    """Whether a worker may write to a platform, by the database's clock."""
    with psycopg.connect(season.place.database) as database:
        mine = "SELECT 1 FROM action WHERE lease_owner = %s AND lease_until > clock_timestamp()"
        return database.execute(mine, (worker.life.name,)).fetchone() is not None


def story_so_far(address: str) -> str:
    """Where everything stands, for whoever has to find out why it goes no further."""
    asked = {
        "signals": "SELECT id, is_open, revision, drawn FROM signal ORDER BY id",
        "proposals": "SELECT id, version, expires_at, withdrawn_at FROM proposal ORDER BY id",
        "decisions": "SELECT proposal_id, version, kind FROM decision ORDER BY proposal_id",
        "actions": "SELECT proposal_id, state, fence, lease_owner, lease_until, not_before FROM action ORDER BY id",
        "outcomes": "SELECT proposal_id FROM outcome ORDER BY proposal_id",
        "sweeps": "SELECT max(as_of) FROM sweep",
        "ledger": "SELECT kind, subject, payload FROM ledger ORDER BY seq DESC LIMIT 8",
    }
    with psycopg.connect(address) as database:
        return "\n".join(f"{what}: {database.execute(sql).fetchall()}" for what, sql in asked.items())


def coverage(fallen: Counter[str]) -> str:
    """How many kills fell in each step, in the order of the story."""
    lines = [f"{fallen[step]:6d}  {step}" for step in ("before the first step", *STEPS)]
    return "\n".join([f"{sum(fallen.values()):6d}  kills, by the last step passed", *lines])
