"""The `baton` command. Every heavy import waits until its command runs, so that `--help` answers at once."""

import sys
from datetime import date
from pathlib import Path

import click

from domain.errors import ConfigurationError, MarketingError
from domain.slack_id import is_person

CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("baton.yaml"),
    show_default=True,
    help="The operating model.",
)


class Day(click.ParamType[date]):
    """A calendar day, written 2026-03-14."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a usage error that shows the form."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day; write it like 2026-03-14.", param, ctx)


class SlackUser(click.ParamType[str]):
    """A Slack user id, written U0MARA0001, or T0AGENCY01/U0MARA0001 for somebody of another workspace."""

    name = "slack id"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id, or a usage error that shows the form."""
        if not is_person(str(value)):
            self.fail(f"{value!r} is not a Slack user id; it looks like U0MARA0001.", param, ctx)
        return str(value)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="baton")
def cli() -> None:
    """Baton joins what marketing agents notice into one signal, asks its owners in Slack, acts once, and measures."""


@cli.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8321,
    show_default=True,
    help="Where the local workspace page is served; 0 takes a free one.",
)
@click.option("--open/--no-open", "open_page", default=True, help="Open the page in a browser.")
@click.option("--seed", default=7, show_default=True, help="Which demo company.")
def demo(port: int, open_page: bool, seed: int) -> None:
    """Run everything here, with a demo company and a local workspace page."""
    from app.demo_run import run

    run(port=port, open_page=open_page, seed=seed)


@cli.command()
@click.option("--role", type=click.Choice(["all", "bot", "worker"]), default="all", show_default=True)
@click.option("--http", metavar="HOST:PORT", default="", help="Hear from Slack over HTTP instead of Socket Mode.")
@CONFIG
def serve(role: str, http: str, config: Path) -> None:
    """Run the system: the Slack bot, the worker, or both."""
    from app.serving import run

    run(role=role, config=config, http=http)


@cli.command()
@click.option("--as-of", type=Day(), required=True, help="The day to report on.")
@click.option("--hour", type=click.IntRange(0, 23), help="Look at a day under way, as far as this hour.")
@click.option("--json", "as_json", is_flag=True, help="Events as JSON lines.")
@CONFIG
def sweep(as_of: date, hour: int | None, as_json: bool, config: Path) -> None:
    """Run one sweep now."""
    from app.sweeping import run

    run(as_of=as_of, hour=hour, as_json=as_json, config=config)


@cli.command()
@click.option("--source", type=click.Path(path_type=Path, file_okay=False, exists=True), required=True)
@click.option("--from", "first", type=Day(), required=True, help="First day to sweep.")
@click.option("--to", "last", type=Day(), required=True, help="Last day to sweep.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="JSON lines; standard output otherwise.")
@click.option("--config", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="The operating model.")
def replay(source: Path, first: date, last: date, out: Path | None, config: Path | None) -> None:
    """Run the daily sweep over history as it would have happened."""
    from app.replaying import run

    run(source=source, first=first, last=last, out=out, config=config)


@cli.command()
@click.argument("question")
@click.option("--as-of", type=Day(), help="Answer as known on this day; the newest day otherwise.")
@CONFIG
def ask(question: str, as_of: date | None, config: Path) -> None:
    """Answer a question as Slack would."""
    from app.asking import run

    run(question=question, as_of=as_of, config=config)


@cli.group()
def ledger() -> None:
    """The record of everything that was decided and done."""


@ledger.command("verify")
@click.option(
    "--seal",
    "seals",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    multiple=True,
    help="A file with seals kept elsewhere, one a line: from the thread of the pinned message, or an earlier export.",
)
@CONFIG
def ledger_verify(seals: tuple[Path, ...], config: Path) -> None:
    """Check that no record was changed, removed or put in between, against facts and seals.

    Exit code 0: everything holds; 1: something does not, and is named; 2: it could not be checked.
    """
    from app.ledger import verify

    verify(config, seals)


@ledger.command("export")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for records, seals, keys and a verifier of one file; standard output and records only otherwise.",
)
@CONFIG
def ledger_export(out: Path | None, config: Path) -> None:
    """Give the ledger to an auditor."""
    from app.ledger import export

    export(config, out)


@ledger.command("rotate")
@CONFIG
def ledger_rotate(config: Path) -> None:
    """Sign seals with a new key from now on; the old one endorses it and is deleted."""
    from app.ledger import rotate

    rotate(config)


@cli.command()
@click.argument("subject", type=SlackUser())
@click.option("--yes", "is_sure", is_flag=True, help="Do not ask.")
@CONFIG
def erase(subject: str, is_sure: bool, config: Path) -> None:
    """Forget the person with the Slack id SUBJECT: their name and words, not what they decided."""
    from app.erasing import run

    run(subject=subject, config=config, is_sure=is_sure)


@cli.group()
def memory() -> None:
    """What was learned."""


@memory.command("rebuild")
@CONFIG
def memory_rebuild(config: Path) -> None:
    """Build the lesson index anew from the database."""
    from app.keeping import rebuild

    rebuild(config)


@memory.command("search")
@click.argument("words")
@CONFIG
def memory_search(words: str, config: Path) -> None:
    """Find lessons."""
    from app.keeping import search

    search(words, config)


@cli.group()
def policy() -> None:
    """May we?"""


@policy.command("test")
@CONFIG
@click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Another operating model to compare with; without it, what past proposals were answered.",
)
def policy_test(config: Path, against: Path | None) -> None:
    """Show what a policy says to typical situations and to past proposals. Changes nothing."""
    from app.policy import test

    test(config=config, against=against)


@policy.command("adopt")
@CONFIG
def policy_adopt(config: Path) -> None:
    """Put baton.yaml in force where nobody in the company could agree to it."""
    from app.policy import adopt

    adopt(config)


@cli.command()
@CONFIG
def check(config: Path) -> None:
    """Test configuration, source, database and Slack."""
    from app.checking import run

    run(config)


@cli.command()
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), show_default=True)
@click.option("--company", help="Its name.")
@click.option("--tables", help="Folder of CSV or Parquet files, seen from --to.")
@click.option("--currency", help="Of the company: EUR.")
@click.option("--timezone", help="Of the company: Europe/Berlin.")
@click.option("--channel", help="Slack channel for cards, without #.")
@click.option("--name", help="Your name: you design the system.")
@click.option("--slack", help="Your Slack member ID.")
@click.option("--ad-account", help="Address of an ad account bridge; without one, approved changes become tasks.")
@click.option("--url", default="", help="Public https address of `baton serve --http`; without one, Socket Mode.")
@click.option(
    "--yes", is_flag=True, help="Ask nothing: defaults for whatever is not given. So it is without a terminal."
)
def init(folder: Path, url: str, yes: bool, **given: str | None) -> None:
    """Ask a few questions and write baton.yaml, slack-manifest.yaml, .env.example."""
    from app.starting import Answers, ask, has_somebody, run

    said = {name: value for name, value in given.items() if value is not None}
    answers = Answers(**said) if yes or not has_somebody() else ask(folder, said)
    run(folder=folder, answers=answers, url=url)


def main() -> None:
    """Run the command; whatever stands in its way ends as one sentence on standard error, without a traceback.

    Exit code 2 for usage and configuration, 1 for what is out of reach, 130 after Ctrl-C.
    """
    sys.exit(_outcome())


def _outcome() -> int:
    try:
        return cli.main(prog_name="baton", standalone_mode=False) or 0
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return 2
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "baton"
        return _ended(f"{error.format_message()} `{command} --help` says more.", 2)
    except click.Abort:
        return _ended("stopped.", 130)
    except MarketingError as error:
        return _ended(str(error), 2 if isinstance(error, ConfigurationError) else 1)
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        return _ended(f"{named}{error.strerror or error}.", 1)


def _ended(sentence: str, code: int) -> int:
    click.echo(f"baton: {sentence}", err=True)
    return code
