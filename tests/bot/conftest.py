"""Every message and view the bot sends in these tests is checked against Slack's own rules."""

import importlib.util
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace.blocks import message_problems, view_problems
from bot.blocks import Message
from tests.bot.fakes import FakeRunner, FakeSlack

ORACLE = Path(__file__).parents[3] / "shared" / "oracles" / "blockkit.py"


@pytest.fixture(scope="session")
def oracle() -> ModuleType:
    if not ORACLE.exists():
        pytest.skip("the Block Kit oracle is not on this machine")
    spec = importlib.util.spec_from_file_location("blockkit", ORACLE)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["blockkit"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def valid(oracle: ModuleType) -> Callable[[Any], None]:
    """Fails unless Slack would take a message or a view."""

    def check(made: Any) -> None:
        if isinstance(made, Message):
            problems = oracle.check_message({"text": made.text, "blocks": list(made.blocks)})
            problems += message_problems(list(made.blocks), None)
        elif "type" in made:
            problems = oracle.check_view(made) + view_problems(made)
        else:
            problems = oracle.check_message(made)
        assert problems == []

    return check


@pytest.fixture
def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
async def slack(oracle: ModuleType) -> AsyncIterator[FakeSlack]:
    """A Slack on loopback; at the end, everything it was sent is checked."""
    fake = FakeSlack()
    async with TestServer(fake.app) as server:
        fake.address = str(server.make_url("")).rstrip("/")
        yield fake
    for method, sent in fake.sent:
        if method in ("chat.postMessage", "chat.update", "chat.postEphemeral"):
            assert oracle.check_message({"text": sent.get("text"), "blocks": sent.get("blocks", [])}) == []
        if method.endswith("Stream"):
            words = sent.get("markdown_text")
            grown = [*([{"type": "markdown", "text": words}] if words else []), *sent.get("blocks", [])]
            assert not grown or oracle.check_message({"text": "grown", "blocks": grown}) == []
            assert not grown or message_problems(grown, None) == []
        if method in ("views.open", "views.update", "views.publish"):
            assert oracle.check_view(sent["view"]) == []
    for sent in fake.responses:
        assert oracle.check_message({"text": sent.get("text"), "blocks": sent.get("blocks", [])}) == []


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token="xoxb-test", base_url=f"{slack.address}/api/")
