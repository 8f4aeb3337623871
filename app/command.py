"""What the one-off commands share: a runner without Slack, for as long as one question takes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from app import config as configuration
from app.assembly import assembled, source_of
from app.clock import SystemClock
from app.serving import quieten
from app.settings import from_environment
from domain.errors import ConfigurationError
from graph.runner import Runner

Answer = TypeVar("Answer")


def with_runner(config: Path, work: Callable[[Runner], Awaitable[Answer]], *, has_lessons: bool = True) -> Answer:
    """Open everything but Slack, do one thing, close. Shown cards are redrawn by whoever serves.

    Without `has_lessons` it runs beside whoever serves on the same `DATABASE_URL`, in the same folder too.
    """
    _quiet()
    settings, model = from_environment(), configuration.load(config)

    async def once() -> Answer:
        async with assembled(settings, model, has_lessons=has_lessons) as runner:
            return await work(runner)

    return asyncio.run(once())


def as_known_on(day: date | None, config: Path, work: Callable[[Runner, date], Awaitable[Answer]]) -> Answer:
    """The same about one day, the newest there are data for without one.

    Raises ConfigurationError for a day before the data or after today, TableRefused and SourceUnavailable before
    anything is opened.
    """
    _quiet()
    settings, model = from_environment(), configuration.load(config)
    clock = SystemClock(model.timezone)
    source = source_of(model, clock)

    async def once() -> Answer:
        first, last = await source.days()
        newest = min(last, clock.last_day())  # the day under way has no totals yet
        if day and not first <= day <= max(newest, clock.last_day()):
            raise ConfigurationError(f"{model.source.path} has data from {first} to {newest}; {day} is not among it.")
        async with assembled(settings, model, clock=clock, source=source) as runner:
            return await work(runner, day or newest)

    return asyncio.run(once())


def _quiet() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    quieten()
