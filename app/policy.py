"""`baton policy test`: what a policy says to typical situations, and what it would have said to the past."""

import asyncio
import logging
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import click

from app import config as configuration
from app import embedded
from app.command import with_runner
from app.serving import quieten
from app.settings import Settings, from_environment
from domain.amendment import Replay
from domain.operating_model import OperatingModel
from governance import terms
from governance.amendments import Past, changes, replay
from governance.examples import Example, examples
from governance.review import check, refusals
from memory import amendments
from memory.database import Database

_MOST_REPLAYED = 5_000
"""Past proposals held against a file, the newest: some seconds of work."""


def test(*, config: Path, against: Path | None) -> None:
    """Print the table and the replay; exit code 1 where the file holds what must not be in an operating model.

    Changes nothing: not the database, and not what is in force. Raises ConfigurationError.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    quieten()
    settings, model = from_environment(), configuration.load(config)
    before = configuration.load(against) if against else None
    refused = refusals(model)
    for problem in refused:
        click.echo(f"✗ {problem}", err=True)
    for problem in check(model):
        click.echo(f"! {problem}", err=True)
    if refused:
        click.echo(f"{config} is refused: nothing starts with it.", err=True)
        sys.exit(1)
    _table(examples(model))
    if before is not None and against is not None:
        _differences(before, model, against)
    past = asyncio.run(_past(settings)) if _has_database(settings) else None
    _replayed(past, model, before, against)


def adopt(config: Path) -> None:
    """Put the file in force where the operating model has nobody who could agree to it: a company of one person.

    The ledger says so, and so does a message in the channel. Raises ConfigurationError, Refusal.
    """
    version = with_runner(config, lambda runner: runner.governing.adopt_file()).version
    click.echo(f"{config} is in force as version {version}. Everybody is told in the channel.")


def _table(rows: Sequence[Example]) -> None:
    """Each situation with its answer, and what those who press are told."""
    for (situation, verdict), group in groupby(rows, key=lambda one: (one.situation, terms.verdict(one.verdict))):
        click.echo(f"{situation}: {verdict}.")
        for one in group:
            click.echo(f"    {one.presser}: {one.answer}")
    click.echo("")


def _differences(before: OperatingModel, after: OperatingModel, against: Path) -> None:
    """What one file changes in the other, sentence by sentence."""
    found = changes(before, after)
    for one in found:
        click.echo(f"{'loosens' if one.loosens else 'changes'}: {one.sentence}")
    if not found:
        click.echo(f"Nothing changes against {against}.")
    elif any(one.loosens for one in found):
        click.echo("It loosens the policy, so two people must agree.")
    click.echo("")


def _replayed(
    past: Sequence[Past] | None, after: OperatingModel, before: OperatingModel | None, against: Path | None
) -> None:
    if past is None:
        click.echo("There is no database here yet, so there are no past proposals to hold it against.")
        return
    found: Replay = replay(after, past, before)
    for one in found.changed:
        click.echo(f"{one.proposed_on} {one.title} [{one.proposal_id}]: {one.before} → {one.after}")
    than = f" as {against} gives them" if against else ""
    click.echo(f"This policy would have changed {len(found.changed)} of {found.of} verdicts{than}.")


def _has_database(settings: Settings) -> bool:
    return bool(settings.database_url) or (settings.home / "postgres").is_dir()


async def _past(settings: Settings) -> tuple[Past, ...]:
    address = settings.database_url or await asyncio.to_thread(embedded.start, settings.home)
    database = Database(address)
    try:
        await database.open()
        async with database.read() as tx:
            found = await amendments.past(tx, _MOST_REPLAYED)
    finally:
        await database.close()
    return tuple(Past(asked, verdict, asked_at=at) for asked, verdict, at in found)
