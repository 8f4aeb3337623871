"""`baton memory`: looking after what was learned."""

from pathlib import Path

import click

from app.command import with_runner
from domain.lesson import Lesson
from graph.runner import Runner


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
