"""What the kill tests share: a demo process per test, or seasons of a small company."""

from collections import Counter
from pathlib import Path

import pytest

from tests.crash.harness import Seasons, coverage
from tests.e2e.conftest import demo
from tests.postgres import server, template

__all__ = ["demo", "rounds", "seasons", "server", "template"]

FALLEN = pytest.StashKey[Counter[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """How many kills fell in each step, of all tests together. Where tests run in several processes nothing is told."""
    if fallen := config.stash.get(FALLEN, None):
        terminalreporter.section("kills in all tests together")
        terminalreporter.write_line(coverage(fallen))


@pytest.fixture
def seasons(server: str, template: str, tmp_path: Path, pytestconfig: pytest.Config) -> Seasons:
    return Seasons(server, template, tmp_path, pytestconfig.stash.setdefault(FALLEN, Counter()))


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    """How often each kill test is repeated: once in `make test`, ten times in `make crash`."""
    return int(str(pytestconfig.getoption("--crash-rounds")))
