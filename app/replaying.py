"""`baton replay`: what Baton would have said, day by day."""

import asyncio
import json
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app import config as configuration
from connectors.sources.folder import FolderSource
from domain.errors import ConfigurationError
from domain.operating_model import OperatingModel, SourceSettings
from graph.desk import staffed
from graph.replay import replay

_PLAIN_EVERY_DAYS = 30


def run(*, source: Path, first: date, last: date, out: Path | None, config: Path | None) -> None:
    """Replay and write the events; a file is only put in place once it is whole."""
    if last < first:
        raise ConfigurationError(f"--to {last} lies before --from {first}.")
    if config:
        model = configuration.load(config)
    else:
        model = OperatingModel(company=source.resolve().name, source=SourceSettings(path=str(source)))
    if out is None:
        asyncio.run(_replay(source, model, first, last, sys.stdout))
        return
    with _put_in_place(out) as file:
        asyncio.run(_replay(source, model, first, last, file))


@contextmanager
def _put_in_place(out: Path) -> Generator[TextIO]:
    """A file to write to that takes its place once it is whole; after an error nothing of it is left."""
    if not out.parent.is_dir():
        raise ConfigurationError(f"--out: the folder {out.parent} does not exist.")
    if out.exists() and not os.access(out, os.W_OK):
        raise ConfigurationError(f"--out: {out} cannot be written to.")
    is_device = out.exists() and not out.is_file()
    partial = out if is_device else out.with_name(f"{out.name}.part")
    try:
        file = partial.open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"--out: {out} cannot be written: {error.strerror}.") from error
    try:
        with file:
            yield file
        if not is_device:
            partial.replace(out)
    except BaseException:
        if not is_device:
            partial.unlink(missing_ok=True)
        raise


async def _replay(folder: Path, model: OperatingModel, first: date, last: date, out: TextIO) -> None:
    source = FolderSource(folder, today=lambda: max(last, date.today()))
    begins, ends = await source.days()
    if last < begins or first > ends:
        raise ConfigurationError(f"{folder} has data from {begins} to {ends}, nothing between {first} and {last}.")
    days, counts = (last - first).days + 1, dict[str, int]()
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("replay"), BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console
    )
    with bar if console.is_terminal else nullcontext():
        task = bar.add_task("", total=days)
        async for day, events in replay(source, model, staffed(), first, last):
            for event in events:
                counts[event["event"]] = counts.get(event["event"], 0) + 1
                out.write(json.dumps(event, ensure_ascii=False) + "\n")
                if event["event"] == "opened" and out is not sys.stdout:
                    console.print(f"{day} {event['headline']}", markup=False, highlight=False, soft_wrap=True)
            bar.update(task, advance=1, description=f"{day}: {_spoken(counts)}")
            if not console.is_terminal and (day - first + timedelta(days=1)).days % _PLAIN_EVERY_DAYS == 0:
                click.echo(f"{day}: {_spoken(counts)}", err=True)
    click.echo(f"{days} days: {_spoken(counts)}", err=True)


def _spoken(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items())) or "nothing yet"
