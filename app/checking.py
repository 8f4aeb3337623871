"""`baton check`: does it all hang together, before it has to."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from app import config as configuration
from app.assembly import assembled, source_of
from app.clock import SystemClock
from app.serving import quieten
from app.settings import Settings, from_environment
from app.slack import client_of, greet
from connectors.sources.folder import FolderSource
from domain.errors import ConfigurationError, MarketingError
from domain.operating_model import OperatingModel
from governance import review


def run(config: Path) -> None:
    """Try everything and say what to mend: exit code 2 for configuration, 1 for what is out of reach."""
    quieten()
    settings = from_environment()
    model = configuration.load(config)
    many = len(model.people)
    _said(True, f"{config} is well-formed: {model.company}, {many} {'person' if many == 1 else 'people'}.")
    problems = (*review.refusals(model), *review.check(model))
    for problem in problems:
        _said(False, problem)
    worst = 2 if problems else 0
    for what in (_source, _database, _slack):
        worst = max(worst, asyncio.run(_tried(what, settings, model)))
    sys.exit(worst)


async def _tried(
    what: Callable[[Settings, OperatingModel], Awaitable[str]], settings: Settings, model: OperatingModel
) -> int:
    try:
        _said(True, await what(settings, model))
    except ConfigurationError as error:
        _said(False, str(error))
        return 2
    except MarketingError as error:
        _said(False, str(error))
        return 1
    return 0


async def _source(settings: Settings, model: OperatingModel) -> str:
    del settings
    source = source_of(model, SystemClock(model.timezone))
    first, last = await source.days()
    gaps = await source.check() if isinstance(source, FolderSource) else ()
    for gap in gaps:
        click.echo(f"  – {gap.table}: {gap.because}")
    return f"The tables in {model.source.path} hold, from {first} to {last}; {len(gaps)} named gaps."


async def _database(settings: Settings, model: OperatingModel) -> str:
    async with assembled(settings, model, is_adopting=False) as runner:
        health = await runner.health()
        governed = await runner.governing.held_against_file()
        return f"The database answers; last sweep: {health.last_sweep or 'none yet'}. {governed}"


async def _slack(settings: Settings, model: OperatingModel) -> str:
    del model
    return f"Slack answers: {await greet(client_of(settings))}."


def _said(fine: bool, sentence: str) -> None:
    click.echo(f"{'✓' if fine else '✗'} {sentence}", err=not fine)
