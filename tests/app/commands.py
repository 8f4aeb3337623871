"""A small company in a folder, as somebody has it after `baton init`, and a home with a short path."""

import os
import shutil
import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app import starting
from app.demo.big import big_world
from app.demo.export import export
from tests.app.process import end_started
from tests.postgres import short_folder

FIRST, LAST = date(2025, 9, 1), date(2025, 12, 29)


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with baton.yaml and 120 days of tables. Read only."""
    folder = tmp_path_factory.mktemp("company")
    starting.run(folder=folder, answers=starting.Answers(company="Small & Co"))
    world = big_world(accounts=1, campaigns=2, ads=2, segments=1, days=120, seed=7)
    (folder / "tables").mkdir()
    export(world, 7, 120, folder / "tables")
    return folder


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that does not exist yet; afterwards nothing runs in it any more."""
    folder = short_folder()
    yield folder / "home"
    end_started()
    if pid := postmaster(folder / "home"):
        os.kill(pid, signal.SIGINT)
    shutil.rmtree(folder, ignore_errors=True)


def postmaster(home: Path) -> int | None:
    """The embedded server that runs in a home, if any."""
    try:
        return int((home / "postgres" / "postmaster.pid").read_text("utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return None
