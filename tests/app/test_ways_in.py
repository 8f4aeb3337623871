"""The command as people run it: over HTTP, with the sentences for what is missing, and an end in good order."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import aiohttp
import pytest
import yaml
from aiohttp.test_utils import TestServer
from click.testing import CliRunner

from app import serving
from app.cli import cli
from app.http_server import Address
from app.serving import checked
from bot.manifest import EVENTS_PATH
from domain.errors import ConfigurationError
from tests.app.commands import company, home
from tests.app.process import OURS, ended, environment, said, start
from tests.bot import test_listeners as payloads
from tests.bot.fakes import FakeSlack
from tests.reliability.signing import SECRET, encoded, signed

__all__ = ["company", "home"]


PAGES = {"SLACK_SIGNING_SECRET": SECRET, "SLACK_CLIENT_ID": "1.2"}


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET is not set"),
        ({"SLACK_SIGNING_SECRET": SECRET}, "SLACK_BOT_TOKEN is not set"),
        (PAGES, "SLACK_CLIENT_SECRET is not set"),
        (PAGES | {"SLACK_CLIENT_SECRET": "s"}, "SLACK_WORKSPACES is not set: anybody could install"),
    ],
)
async def test_what_is_missing_for_http_is_said_before_anything_is_opened(
    env: dict[str, str], words: str, company: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    for name in [name for name in os.environ if name.startswith(OURS)]:
        monkeypatch.delenv(name)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=words):
        await serving._serve("bot", checked(company / "baton.yaml"), Address("127.0.0.1", 0))  # pyright: ignore[reportPrivateUsage]
    assert list(tmp_path.iterdir()) == []


def test_a_worker_hears_nothing_from_slack(company: Path):
    with pytest.raises(ConfigurationError, match="for a role that hears from Slack"):
        serving.run(role="worker", config=company / "baton.yaml", http="127.0.0.1:3000")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.mark.slow
async def test_a_bot_over_http_answers_needs_no_app_token_and_ends_in_good_order(company: Path, home: Path):
    slack = FakeSlack()
    async with TestServer(slack.app) as server, aiohttp.ClientSession() as http:
        slack.address = str(server.make_url("")).rstrip("/")
        env = environment(
            home, SLACK_BOT_TOKEN="xoxb-1", SLACK_SIGNING_SECRET=SECRET, SLACK_API_URL=f"{slack.address}/api/"
        )
        port = free_port()
        process = await start("serve", "--role", "bot", "--http", f"127.0.0.1:{port}", env=env, cwd=company)
        await said(process, "Baton is")
        url = f"http://127.0.0.1:{port}"
        for _ in range(100):
            async with http.get(f"{url}/healthz") as answer:
                if answer.status == 200:
                    break
            await asyncio.sleep(0.1)
        body, kind = encoded(payloads.command(slack, "help"))
        async with http.post(url + EVENTS_PATH, data=body, headers=signed(body, kind)) as answer:
            assert answer.status == 200
        process.send_signal(signal.SIGTERM)
        done = await ended(process)
        assert done.code == 0, done.err
        assert "Traceback" not in done.err
    assert "/baton" in str(slack.responses), "what followed the answer was done before the end"


def test_a_company_with_an_address_gets_a_manifest_for_it(tmp_path: Path):
    made = CliRunner().invoke(cli, ["init", "--yes", "--to", str(tmp_path), "--url", "https://baton.example.com/"])
    assert made.exit_code == 0, made.output
    manifest = yaml.safe_load((tmp_path / "slack-manifest.yaml").read_text("utf-8"))
    assert manifest["settings"]["interactivity"]["request_url"] == f"https://baton.example.com{EVENTS_PATH}"
    assert "SLACK_SIGNING_SECRET=" in (tmp_path / ".env.example").read_text("utf-8")


@pytest.mark.parametrize("url", ["http://baton.example.com", "baton.example.com", "https://baton.example.com/here?x"])
def test_slack_sends_to_https_only(url: str, tmp_path: Path):
    made = CliRunner().invoke(cli, ["init", "--yes", "--to", str(tmp_path), "--url", url])
    assert made.exit_code != 0
    assert "https" in str(made.exception)
    assert list(tmp_path.iterdir()) == []
