"""A demo process per test, in a folder with a short path, gone afterwards."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.process import Demo


@pytest.fixture
def demo() -> Iterator[Demo]:
    """A demo that is not started yet. Afterwards neither it nor its database runs any more."""
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    process = Demo(folder / "home")
    yield process
    process.stop()
    end_database(folder / "home")
    shutil.rmtree(folder, ignore_errors=True)


def end_database(home: Path) -> None:
    """Stop the embedded server that a killed process left behind."""
    try:
        pid = int((home / "postgres" / "postmaster.pid").read_text("utf-8").split()[0])
        os.kill(pid, signal.SIGINT)
    except (OSError, ValueError, IndexError):
        return
