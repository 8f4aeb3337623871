"""What all tests share."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

settings.register_profile("baton", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("baton")  # a busy machine is no failure
SHARED = Path(__file__).parents[2] / "shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--crash-rounds", type=int, default=1, help="how often each kill test is repeated")
    parser.addoption("--any-states", type=int, default=40, help="random states of the domain each renderer is given")


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile(
        "any states",
        parent=settings.get_profile("baton"),
        max_examples=config.getoption("--any-states"),
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate),  # a state of forty proposals takes too long to make smaller
    )


@pytest.fixture(scope="session")
def blockkit() -> Any:
    """The Block Kit oracle: `check_message(payload)` and `check_view(view)` list what Slack would refuse."""
    oracle = load_blockkit()
    if oracle is None:
        pytest.skip("the Block Kit oracle is not beside this checkout")
    return oracle


def load_blockkit() -> Any:
    """The oracle's module, or None where it is not there."""
    path = SHARED / "oracles" / "blockkit.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location("blockkit", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["blockkit"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """The folder of one public data set; skips where it is not there."""

    def folder(name: str) -> Path:
        path = SHARED / "data" / name
        if not path.is_dir():
            pytest.skip(f"the {name} data set is not beside this checkout")
        return path

    return folder
