"""What these tests share: a database of their own, and how often to do everything."""

import pytest

from tests.postgres import address, server, template

__all__ = ["address", "rounds", "server", "template"]


@pytest.fixture
def rounds(pytestconfig: pytest.Config) -> int:
    """1 in `make test`, 50 in `make crash`: all of it would take `make test` over its ten minutes."""
    return int(str(pytestconfig.getoption("--crash-rounds")))
