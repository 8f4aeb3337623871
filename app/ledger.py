"""`baton ledger`: verify it, export it, sign its seals with another key."""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click
from pydantic import ValidationError

from app.command import with_runner
from domain.errors import ConfigurationError, MarketingError
from domain.seal import Seal
from graph.records import VERIFIER, Exported
from graph.runner import Runner
from memory.ledger import Verification
from memory.ledger.seals import LedgerBroken


def verify(config: Path, elsewhere: Sequence[Path]) -> None:
    """Check chain, contents, facts and seals. Exit code 1 where anything does not hold, 2 where nothing was checked."""
    others = [seal for path in elsewhere for seal in _seals(path)]

    async def read(runner: Runner) -> Verification:
        return await runner.records.verify(others, _progress("read"))

    try:
        found = with_runner(config, read, has_lessons=False)
    except LedgerBroken:
        raise
    except (MarketingError, OSError) as error:
        click.echo(f"baton: nothing was checked: {error}", err=True)
        sys.exit(2)
    for problem in found.problems:
        click.echo(problem, err=True)
    if found.problems:
        sys.exit(1)
    click.echo(f"The ledger holds: {_records(found.rows)}, none changed, removed or put in between.")
    if found.is_sealed_elsewhere:
        click.echo(
            "This ledger is sealed, and none of its seals is here: whoever runs the database could have rewritten "
            "all of it. Run this with the BATON_HOME of whoever serves, or give the seals with --seal.",
            err=True,
        )
        sys.exit(2)
    click.echo(_sealed(found))
    if found.uncompared:
        click.echo(
            f"{_records(found.uncompared)} of an earlier version: counted, and not compared in all they are about."
        )


def export(config: Path, out: Path | None) -> None:
    """Write the ledger and everything an auditor needs into a folder; without one, print the records."""
    if out is None:
        for row in with_runner(config, lambda runner: runner.ledger(), has_lessons=False):
            click.echo(json.dumps(row, ensure_ascii=False))
        return

    async def write(runner: Runner) -> Exported:
        return await runner.records.export(out, _progress("written"))

    done = with_runner(config, write, has_lessons=False)
    seals = f"{done.seals:,} seal{'' if done.seals == 1 else 's'}"
    click.echo(f"{_records(done.rows)} and {seals} are in {out}; `python -I {out / VERIFIER} {out}` verifies them.")


def rotate(config: Path) -> None:
    """Sign seals with a new key from now on."""
    public = with_runner(config, lambda runner: runner.records.rotate(), has_lessons=False)
    click.echo(f"Seals are signed with a new key from now on; the old one endorsed it. Its public half:\n{public}")


def _progress(verb: str) -> Callable[[int, int], None]:
    """Says on a terminal how far a long reading is."""

    def told(done: int, size: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"{done:,} of {size:,} records {verb} …", err=True)

    return told


def _seals(path: Path) -> list[Seal]:
    """Seals kept elsewhere, one a line; the quotes of a Slack message do not matter."""
    try:
        lines = [line.strip(" `\t") for line in path.read_text("utf-8").splitlines()]
        return [Seal.model_validate_json(line) for line in lines if line]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}.") from error
    except ValidationError as error:
        raise ConfigurationError(f"{path} holds a line that is no seal of a ledger.") from error


def _sealed(found: Verification) -> str:
    if not found.seals:
        return "No seal is kept of it yet: whoever runs the database could still rewrite all of it."
    after = found.rows - found.sealed
    rest = f"; {_records(after)} after the newest one could still be rewritten" if after else ""
    return f"{found.seals:,} seal{'' if found.seals == 1 else 's'} over it hold{'s' if found.seals == 1 else ''}{rest}."


def _records(count: int) -> str:
    return f"{count:,} record{'' if count == 1 else 's'}"
