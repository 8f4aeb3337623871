"""What the kill tests share: a demo process per test, or seasons of a small company."""

from pathlib import Path

import pytest

from tests.crash.harness import Seasons
from tests.e2e.conftest import demo
from tests.postgres import server, template

__all__ = ["demo", "rounds", "seasons", "server", "template"]


@pytest.fixture
def seasons(server: str, template: str, tmp_path: Path) -> Seasons:
    return Seasons(server, template, tmp_path)


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    """How often each kill test is repeated: once in `make test`, ten times in `make crash`."""
    return int(str(pytestconfig.getoption("--crash-rounds")))
