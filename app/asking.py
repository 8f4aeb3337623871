"""`baton ask`: the answer Slack would give."""

from datetime import date
from pathlib import Path

import click

from app.command import as_known_on
from domain.case import Answer
from graph.runner import Runner


def run(*, question: str, as_of: date | None, config: Path) -> None:
    """Answer and print, with what each number rests on."""

    async def ask(runner: Runner, day: date) -> Answer:
        return await runner.ask(question, "", as_of=day)

    answer = as_known_on(as_of, config, ask)
    click.echo(answer.text)
    for citation in answer.citations:
        window = f", {citation.window[0]} to {citation.window[1]}" if citation.window else ""
        click.echo(f"  from {citation.table}{window}, {citation.filter}")
