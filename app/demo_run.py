"""`baton demo`: the whole product on one machine, the way production puts it together."""

import asyncio
import logging
import time
import webbrowser
from datetime import date
from pathlib import Path
from typing import Any

import aiohttp
import click
import yaml
from pydantic import SecretStr

from app import config as configuration
from app import embedded
from app.assembly import assembled
from app.clock import DemoClock
from app.demo.company import DemoCompany
from app.serving import live, quieten, until_stopped
from app.settings import Settings, from_environment
from app.slack import client_of, greet, listening
from app.workspace.people import WorkspaceUser
from app.workspace.server import Workspace
from bot.board import SlackBoard
from bot.directory import SlackDirectory
from bot.slack import Slack
from domain.operating_model import OperatingModel
from graph.jobs import CONNECTION_ERRORS
from graph.runner import Runner

logger = logging.getLogger(__name__)

TEMPLATE = Path(__file__).parent / "demo" / "baton.yaml"


def run(*, port: int, open_page: bool, seed: int) -> None:
    """Run the demo until SIGINT or SIGTERM."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    quieten()
    live(_run(port, open_page, seed, time.monotonic()))
    click.echo("Stopped. Everything is kept; `make demo` goes on from here.")


class Passing:
    """Lets days pass in the demo company, with the morning's work after each: the workspace's demo hooks."""

    def __init__(self, company: DemoCompany, account: str) -> None:
        self._company, self._account = company, account
        self._one_at_a_time = asyncio.Lock()
        self.runner: Runner | None = None

    async def advance(self, days: int) -> date:
        """Let days pass, one by one: the market lives the day, then Baton sweeps it and does what is due."""
        async with self._one_at_a_time:
            for _ in range(days):
                await asyncio.to_thread(self._company.advance, 1)
                if self.runner:
                    await self.runner.work.tick()
            return self._company.today

    async def ads(self) -> dict[str, Any]:
        """The ad account as it stands, asked over HTTP like everybody else."""
        async with aiohttp.ClientSession() as http, http.get(f"{self._account}/ads") as answer:
            return await answer.json()

    async def fault(self, kind: str, times: int) -> None:
        """Make the next calls of the ad account fail."""
        content = {"kind": kind, "times": times}
        async with aiohttp.ClientSession() as http, http.post(f"{self._account}/faults", json=content) as answer:
            answer.raise_for_status()

    def today(self) -> date:
        """The company's day."""
        return self._company.today


async def _run(port: int, open_page: bool, seed: int, started: float) -> None:
    settings = from_environment()
    home = settings.home.expanduser().resolve()
    if not settings.database_url:
        embedded.check_length(home)
    embedded.claim(home)
    company = await asyncio.to_thread(DemoCompany, settings.home / "demo", seed)
    account = await company.serve()
    passing = Passing(company, account.address)
    model = _model(settings.home / "demo", account.address)
    people = [WorkspaceUser(p.slack, p.name, tuple(sorted(p.roles)), p.timezone) for p in model.people]
    workspace = Workspace(settings.home, people, [model.routes.channel], demo=passing)
    try:
        address = await workspace.serve(port=port)
        local = settings.model_copy(
            update={
                "slack_api_url": f"{address}/api/",
                "slack_bot_token": SecretStr(workspace.bot_token),
                "slack_app_token": SecretStr(workspace.app_token),
            }
        )
        click.echo(f"{model.company} opens at {address}")
        await _live(local, model, company, passing, address, open_page=open_page, started=started)
    finally:
        await workspace.close()
        await account.close()


async def _live(
    settings: Settings,
    model: OperatingModel,
    company: DemoCompany,
    passing: Passing,
    address: str,
    *,
    open_page: bool,
    started: float,
) -> None:
    client = client_of(settings)
    await greet(client)
    directory = SlackDirectory(Slack(client))
    async with assembled(settings, model, clock=DemoClock(company, model.timezone), directory=directory) as runner:
        board = SlackBoard(runner, client)
        runner.show_on(board)
        async with listening(runner, settings, client, board):
            passing.runner = runner
            try:
                await runner.work.tick()  # the first sweep, or whatever days a crash left unswept
            except CONNECTION_ERRORS as error:  # whoever serves waits for the database, and goes on
                logger.warning("the first look is cut short: %s", str(error).strip().splitlines()[0])
            click.echo(f"The first signals are there after {time.monotonic() - started:.1f} s. Stop with Ctrl-C.")
            if open_page:
                await asyncio.to_thread(webbrowser.open, address)
            await until_stopped(runner.work.serve())


def _model(folder: Path, account: str) -> OperatingModel:
    """The demo's `baton.yaml`, written where people can look at it and read back like anybody's."""
    content = yaml.safe_load(TEMPLATE.read_text("utf-8"))
    content |= {"source": {"kind": "folder", "path": "tables"}, "executor": {"kind": "ad_account", "address": account}}
    content["digest"]["at"], content["sweep_at"] = "00:00", "00:00"  # a day passes when the button says so
    # whoever looks at the demo, and at whatever hour, is at work
    content["digest"] |= {"rest": {"days": [], "since": None, "until": None}, "weekly": {"at": "00:00"}}
    path = folder / "baton.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return configuration.load(path)
