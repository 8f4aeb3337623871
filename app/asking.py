"""`baton ask`: the answer Slack would give."""

from datetime import date
from pathlib import Path

import click

from app.command import with_runner
from domain.case import Answer
from graph.runner import Runner


def run(*, question: str, as_of: date | None, config: Path) -> None:
    """Answer and print, with what each number rests on."""

    async def ask(runner: Runner) -> Answer:
        return await runner.ask(question, "cli", as_of=as_of)

    answer = with_runner(config, ask)
    click.echo(answer.text)
    for citation in answer.citations:
        window = f", {citation.window[0]} to {citation.window[1]}" if citation.window else ""
        click.echo(f"  from {citation.table}{window}, {citation.filter}")
