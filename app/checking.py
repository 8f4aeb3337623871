"""`baton check`: does it all hang together, before it has to."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import click

from app import config as configuration
from app.assembly import assembled, source_of
from app.checking_install import is_meant, look_at_installing
from app.checking_slack import look
from app.clock import SystemClock
from app.serving import quieten
from app.settings import Settings, from_environment
from app.slack import client_of, is_by_socket, talking
from app.ways_in import wired
from connectors.executors.ad_account import AdAccount
from connectors.models import load_chat_model, within
from connectors.sources.folder import FolderSource
from domain.case import Health
from domain.errors import ConfigurationError, MarketingError
from domain.operating_model import OperatingModel
from governance import review

_MODEL_SECONDS = 30.0
"""How long a chat model may take for one word before it counts as not answering."""


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
    pages = (partial(_installing, config.parent),) if is_meant(settings) else ()
    for what in (_source, _database, _words, _account, *pages, _slack):
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
        return f"The database answers; last sweep: {health.last_sweep or 'none yet'}. {_at_work(health)} {governed}"


def _at_work(health: Health) -> str:
    """Who carries out what is approved: a check comes before a start as well, so nobody at work is no fault."""
    felt, stops = health.pulse, ", ".join(f"{one.of} {one.name}".strip() for one in health.stops)
    silent = felt.silent_seconds
    seen = "no worker has been at work yet" if silent is None else f"a worker was at work {silent:.0f} s ago"
    waits = f"{felt.approved} approved actions wait, {felt.under_way} are under way"
    oldest = f"; the oldest job has waited {felt.oldest_job_seconds:.0f} s" if felt.oldest_job_seconds else ""
    return f"Workers: {seen}; {waits}{oldest}.{f' Stopped: {stops}.' if stops else ''}"


async def _words(settings: Settings, model: OperatingModel) -> str:
    """A chat model is asked for one word: keys and addresses are wrong as often as names."""
    del model
    chat = await asyncio.to_thread(load_chat_model, settings.model)
    if chat is None:
        return "No chat model is set: words are put together by rule, and nothing leaves for one."
    try:
        await asyncio.to_thread(within, _MODEL_SECONDS, lambda: chat.invoke("Answer with the word: ready"))
    except Exception as error:  # a provider's own complaint, of whatever class
        raise ConfigurationError(f"The chat model {settings.model} did not answer: {error}") from error
    return f"The chat model {settings.model} answers."


async def _account(settings: Settings, model: OperatingModel) -> str:
    del settings
    if model.executor.kind == "by_hand":
        return "Approved actions become tasks for their owners; no ad platform is written to."
    await AdAccount(model.executor.address).try_out()
    dry = " Nothing is written there: dry_run is on." if model.executor.dry_run else ""
    return f"The ad account at {model.executor.address} answers.{dry}"


async def _installing(folder: Path, settings: Settings, model: OperatingModel) -> str:
    """Where the app is installed by its own pages."""
    del model
    looked = [one async for one in look_at_installing(settings, folder)]
    for one in looked:
        _said(one.fine, one.sentence)
    if not all(one.fine for one in looked):
        raise ConfigurationError("What is marked above keeps the app from being installed.")
    return "The app can be installed by its own pages."


async def _slack(settings: Settings, model: OperatingModel) -> str:
    client = client_of(settings, by_socket=is_by_socket(settings))
    async with wired(settings, client), talking(client) as name:
        looked = [one async for one in look(client, settings, model)]
    for one in looked:
        _said(one.fine, one.sentence)
    if not all(one.fine for one in looked):
        raise ConfigurationError(f"Slack answers as {name}, and what is marked above needs mending there.")
    return f"Slack answers: {name}."


def _said(fine: bool, sentence: str) -> None:
    click.echo(f"{'✓' if fine else '✗'} {sentence}", err=not fine)
