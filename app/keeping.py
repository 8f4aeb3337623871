"""`baton ledger` and `baton memory`: looking after what is kept."""

import json
import sys
from pathlib import Path

import click

from app.command import with_runner
from domain.lesson import Lesson
from graph.runner import Runner


def verify(config: Path) -> None:
    """Check the ledger's chain; exit code 1 where it does not hold."""

    async def read(runner: Runner) -> tuple[int, tuple[str, ...]]:
        found = await runner.verify()
        return found.rows, found.problems

    rows, problems = with_runner(config, read)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    click.echo(f"The ledger holds: {rows:,} record{'' if rows == 1 else 's'}, none changed, removed or put in between.")


def export(config: Path) -> None:
    """Print the ledger, a record a line."""

    async def read(runner: Runner) -> list[dict[str, object]]:
        return [dict(row) for row in await runner.ledger()]

    for row in with_runner(config, read):
        click.echo(json.dumps(row, ensure_ascii=False, default=str))


def rebuild(config: Path) -> None:
    """Throw the lesson index away and build it from the database."""
    count = with_runner(config, lambda runner: runner.rebuild_lessons())
    click.echo(f"The index knows {count:,} lesson{'' if count == 1 else 's'}.")


def search(words: str, config: Path) -> None:
    """Print the lessons that fit best."""

    async def look(runner: Runner) -> tuple[Lesson, ...]:
        return await runner.lessons(words)

    found = with_runner(config, look)
    for lesson in found:
        click.echo(f"{lesson.learned_on}  {lesson.text}  [{lesson.id}, from {lesson.source}]")
    if not found:
        click.echo("Nothing was learned about that yet.")
