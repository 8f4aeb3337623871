"""A real demo process is killed at random moments of its story; nothing acknowledged is lost, nothing happens twice.

What is checked is read from the database and the control API, not from the process that wrote it. Moments come from a
seed that is printed; a second seed tries others.
"""

import os
import random
import signal
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.sql import SQL, Identifier

from app import embedded
from memory.ledger.verify_ledger import FIRST, hash_of
from tests.e2e import story
from tests.e2e.process import Demo

KILLS = 3
LONGEST_SECONDS = 2.5
"""A kill comes this long after people begin to press, at most: longer than a press and its execution take."""
SETTLED_SECONDS = 60


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
def test_killed_at_random_moments_nothing_is_lost_and_nothing_happens_twice(
    demo: Demo, pytestconfig: pytest.Config
) -> None:
    seed = int(os.environ.get("BATON_CRASH_SEED", str(time.time_ns() % 100_000)))
    chance, acked = random.Random(seed), list[str]()
    print(f"BATON_CRASH_SEED={seed}")  # shown where the test fails
    for number in range(KILLS * int(str(pytestconfig.getoption("--crash-rounds")))):
        demo.start()
        story.core_card(demo)
        with People(demo, acked):
            if number % KILLS == KILLS - 1:  # on a slow machine all kills before may have come too early
                demo.until(lambda: acked, SETTLED_SECONDS, "a press is taken")
            time.sleep(chance.uniform(0.05, LONGEST_SECONDS))
            if number % KILLS == 1:
                kill_the_database(demo)
                time.sleep(chance.uniform(0.1, 3))
            demo.kill()
    demo.start()
    holds_together(demo, acked)
    demo.stop()
    nothing_is_doubled_in(demo.home, acked)


def test_the_database_dies_alone_and_the_same_process_goes_on(demo: Demo) -> None:
    demo.start()
    card = story.core_card(demo)
    value = story.budget_proposal(card)
    kill_the_database(demo)
    demo.until(
        lambda: story.click(demo, story.MEDIA, card, "approve_proposal", value).get("acked"), 40, "a press is taken"
    )
    demo.until(lambda: story.executed(demo, card["ts"]), what="the budget is written and the thread says so")
    assert demo.alive
    demo.stop()
    nothing_is_doubled_in(demo.home, [value])


class People:
    """Two owners who press whatever is open, and a clock that moves, until the block ends; errors stop nobody."""

    def __init__(self, demo: Demo, acked: list[str]) -> None:
        self._demo, self._acked, self._over = demo, acked, threading.Event()
        lives = (self._press, self._press_too, self._wait)
        self._threads = [threading.Thread(target=self._live, args=(one,)) for one in lives]

    def __enter__(self) -> None:
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(60)

    def _live(self, work: Any) -> None:
        while not self._over.is_set():
            try:
                work()
            except (OSError, AssertionError, LookupError, StopIteration, ValueError):
                self._over.wait(0.1)

    def _press(self) -> None:
        self._press_as(story.MEDIA)

    def _press_too(self) -> None:
        self._press_as(story.CREATIVE)

    def _press_as(self, user: str) -> None:
        for card in story.cards(self._demo):
            for one in story.buttons(card):
                if one["action_id"] != "approve_proposal" or self._over.is_set():
                    continue
                answer = story.click(self._demo, user, card, one["action_id"], one["value"])
                if answer.get("acked") and not answer.get("ephemeral"):
                    self._acked.append(one["value"])
        self._over.wait(0.2)

    def _wait(self) -> None:
        if not self._over.wait(0.7):
            self._demo.post("/control/clock", days=2)


def kill_the_database(demo: Demo) -> None:
    """SIGKILL for the embedded server alone."""
    os.kill(int((demo.home / "postgres" / "postmaster.pid").read_text("utf-8").split()[0]), signal.SIGKILL)


def holds_together(demo: Demo, acked: list[str]) -> None:
    """Within a minute of the last start every acknowledged press shows its decision, and nothing is shown twice."""

    def open_again() -> list[str]:
        shown = {one["value"] for card in story.cards(demo) for one in story.buttons(card)}
        return [value for value in acked if value in shown]

    demo.until(lambda: not open_again(), SETTLED_SECONDS, "cards show what was decided")
    demo.until(lambda: nothing_under_way(demo), SETTLED_SECONDS, "nothing is under way any more")
    messages = [m for m in story.state(demo)["messages"] if m["channel"] == story.channel_id(demo)]
    said = Counter((m["thread_ts"], m["text"], story.words(m)) for m in messages)
    assert [what for what, times in said.items() if times > 1] == []
    changes = Counter((change["token"], change["address"]) for change in story.history(demo))
    assert [what for what, times in changes.items() if times > 1] == []
    tokens = Counter(task["token"] for task in story.tasks(demo))
    assert [token for token, times in tokens.items() if times > 1] == []


def nothing_under_way(demo: Demo) -> bool:
    with _connected(demo.home, running=True) as database:
        waiting = (
            "SELECT (SELECT count(*) FROM action WHERE state IN ('approved', 'ready', 'intent', 'written', 'unknown'))"
            " + (SELECT count(*) FROM signal WHERE drawn < revision) AS n"
        )
        found = database.execute(waiting).fetchone()
    return found is not None and found["n"] == 0


def nothing_is_doubled_in(home: Path, acked: list[str]) -> None:
    """The tables, read after everything stopped."""
    try:
        with _connected(home, running=False) as database:
            rows = {name: list(database.execute(SQL("SELECT * FROM {}").format(Identifier(name)))) for name in TABLES}
    finally:
        embedded.stop(home)
    decided = {row["proposal_id"]: row for row in rows["decision"]}
    for value in acked:
        proposal, _, version = value.rpartition(":")
        assert proposal in decided, f"the acknowledged press on {proposal} is lost"
        assert decided[proposal]["version"] == int(version)
    approved = {ident for ident, row in decided.items() if row["kind"] in {"approved", "overridden"}}
    assert Counter(row["proposal_id"] for row in rows["action"]) == Counter(approved)
    done = Counter(row["proposal_id"] for row in rows["receipt"] if row["status"] in {"done", "handed_over"})
    assert [ident for ident, times in done.items() if times > 1] == []
    assert {row["proposal_id"] for row in rows["outcome"]} <= set(done)
    sources = Counter(row["source"] for row in rows["lesson"] if row["source"].startswith("prop_"))
    assert [ident for ident, times in sources.items() if times > 1] == []
    chain_is_whole(rows["ledger"])
    lines = Counter((row["kind"], row["subject"]) for row in rows["ledger"])
    for ident, row in decided.items():
        assert lines[f"decision.{row['kind']}", ident] == 1


def chain_is_whole(rows: list[dict[str, Any]]) -> None:
    """Every link follows the one before, without gaps."""
    prev = FIRST
    for place, row in enumerate(sorted(rows, key=lambda one: one["seq"]), start=1):
        assert row["seq"] == place
        assert row["prev_hash"] == prev
        prev = hash_of(row)
        assert row["hash"] == prev


TABLES = ("decision", "action", "receipt", "outcome", "lesson", "ledger")


def _connected(home: Path, *, running: bool) -> "psycopg.Connection[dict[str, Any]]":
    """The demo's database: beside the running demo, or started for reading once that has ended."""
    where = f"postgresql://postgres@/postgres?host={home.resolve() / 'postgres'}" if running else embedded.start(home)
    return psycopg.Connection[dict[str, Any]].connect(where, row_factory=dict_row)
