"""A demo process per test, in a folder with a short path, gone afterwards."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import load_blockkit
from tests.e2e.process import Demo
from tests.postgres import short_folder


@pytest.fixture
def demo() -> Iterator[Demo]:
    """A demo that is not started yet. Afterwards neither it nor its database runs any more."""
    folder = short_folder()
    process = Demo(folder / "home")
    yield process
    try:
        assert (all_refused(process) if process.alive else []) == []
    finally:
        process.stop()
        end_database(folder / "home")
        shutil.rmtree(folder, ignore_errors=True)


def all_refused(process: Demo) -> list[str]:
    """What Slack would refuse of everything on screen at the end of a test: messages, private notes, every App Home."""
    oracle = load_blockkit()
    if oracle is None:
        return []
    state = process.get("/control/state")
    people = [user["id"] for user in state["users"] if user["id"] != state["app"]["user"]]
    messages = [*state["messages"], *state["ephemerals"]]
    said = [oracle.check_message({"text": m["text"], "blocks": m.get("blocks") or []}) for m in messages]
    views = [process.post("/control/home", user=user) for user in people]
    homes = [oracle.check_view({key: view[key] for key in ("type", "blocks")}) for view in views]
    return [problem for problems in (*said, *homes) for problem in problems]


def end_database(home: Path) -> None:
    """Stop the embedded server that a killed process left behind."""
    try:
        pid = int((home / "postgres" / "postmaster.pid").read_text("utf-8").split()[0])
        os.kill(pid, signal.SIGINT)
    except (OSError, ValueError, IndexError):
        return
