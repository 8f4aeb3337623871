"""`baton sweep`: one day now."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import click

from app.command import as_known_on
from domain.case import Case
from domain.signal import SignalEvent
from graph.replay import event_json
from graph.runner import Runner


def run(*, as_of: date, hour: int | None = None, as_json: bool, config: Path) -> None:
    """Sweep and print what changed. With an hour, the day is under way and the one before is the newest whole one."""

    async def sweep(runner: Runner, day: date) -> tuple[Sequence[SignalEvent], dict[str, Case]]:
        del day
        events = await runner.sweep(as_of, hour)
        return events, {event.signal.id: await runner.case(event.signal.id) for event in events if event.reason is None}

    events, cases = as_known_on(as_of if hour is None else as_of - timedelta(days=1), config, sweep)
    for event in events:
        if as_json:
            case = cases.get(event.signal.id)
            asked = [(view.proposal, view.verdict) for view in case.proposals] if case else []
            click.echo(json.dumps(event_json(event, asked), ensure_ascii=False))
        else:
            reason = f" ({event.reason})" if event.reason else ""
            click.echo(f"{event.event}{reason}: {event.signal.headline} [{event.signal.id}]")
    if not events and not as_json:
        click.echo(f"Nothing new on {as_of}{'' if hour is None else f' up to {hour:02d}:59'}.")
