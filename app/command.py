"""What the one-off commands share: a runner without Slack, for as long as one question takes."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from app.assembly import assembled
from app.serving import checked, quieten
from app.settings import from_environment
from graph.runner import Runner

Answer = TypeVar("Answer")


def with_runner(config: Path, work: Callable[[Runner], Awaitable[Answer]]) -> Answer:
    """Open everything but Slack, do one thing, close. Shown cards are redrawn by whoever serves."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    quieten()
    model = checked(config)

    async def once() -> Answer:
        async with assembled(from_environment(), model) as runner:
            return await work(runner)

    return asyncio.run(once())
