"""`baton sweep`: one day now."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from app.command import as_known_on
from domain.case import Case
from domain.signal import SignalEvent
from graph.replay import event_json
from graph.runner import Runner


def run(*, as_of: date, as_json: bool, config: Path) -> None:
    """Sweep and print what changed."""

    async def sweep(runner: Runner, day: date) -> tuple[Sequence[SignalEvent], dict[str, Case]]:
        events = await runner.sweep(day)
        return events, {event.signal.id: await runner.case(event.signal.id) for event in events if event.reason is None}

    events, cases = as_known_on(as_of, config, sweep)
    for event in events:
        if as_json:
            case = cases.get(event.signal.id)
            asked = [(view.proposal, view.verdict) for view in case.proposals] if case else []
            click.echo(json.dumps(event_json(event, asked), ensure_ascii=False))
        else:
            reason = f" ({event.reason})" if event.reason else ""
            click.echo(f"{event.event}{reason}: {event.signal.headline} [{event.signal.id}]")
    if not events and not as_json:
        click.echo(f"Nothing new on {as_of}.")
