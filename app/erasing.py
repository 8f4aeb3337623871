"""`baton erase`: a person is taken out of database, lesson index and files; what they decided still stands."""

import fcntl
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import click

from app import config as configuration
from app.command import with_runner
from app.settings import Settings, from_environment
from domain.errors import StartupError
from graph.runner import Runner
from memory.people.erasure import Erased

_OTHERS = frozenset({"demo", "workspace.sqlite", "workspace.sqlite-wal", "workspace.sqlite-shm"})
"""Files of a demo that play Slack and the ad platform: not ours to erase, as the real ones are not."""
_CHUNK_BYTES = 1 << 20


def run(*, subject: str, config: Path, is_sure: bool) -> None:
    """Erase one person, after asking. Exit code 1 where nothing is recorded of them."""
    settings, model = from_environment(), configuration.load(config)
    person = model.person(subject)
    words = [subject, *([person.name] if person else [])]
    if not is_sure:
        if not sys.stdin.isatty():
            raise click.UsageError("Nobody is there to confirm; say --yes.")
        click.confirm(f"Forget {' '.join(words)} for good? What they decided still stands, without name", abort=True)

    async def forget(runner: Runner) -> tuple[Erased | None, tuple[str, ...]]:
        words.extend(name for name in await runner.records.names_of(subject) if name not in words)
        erased = await runner.records.erase(subject, names=words[1:], own_server=not settings.database_url)
        if settings.chroma_url:
            await runner.rebuild_lessons()
        return erased, await runner.records.still_named(words)

    erased, tables = with_runner(config, forget)
    _drop_index(settings)
    files = [str(path) for path in _files_with(settings.home, words)]
    _tell(subject, erased)
    if person:
        click.echo(f"They are still in {config}: take them out there, or they will be met again.")
    if left := [*tables, *files]:
        click.echo(f"Still named in: {', '.join(left)}.", err=True)
    if erased is None or left:
        sys.exit(1)


def _tell(subject: str, erased: Erased | None) -> None:
    if erased is None:
        click.echo(f"Nothing is recorded of {subject}.", err=True)
        return
    cards = len(erased.cases)
    drawn = f"; {cards:,} card{' is' if cards == 1 else 's are'} drawn anew by whoever serves" if cards else ""
    click.echo(f"{subject} is forgotten. In the ledger they stay {erased.pseudonym}, behind which is nobody{drawn}.")
    if erased.mentions:
        times = "once" if erased.mentions == 1 else f"{erased.mentions:,} times"
        click.echo(f"They were taken out of what others wrote, {times}.")
    if erased.possible:
        where = f"{len(erased.possible):,} place{'' if len(erased.possible) == 1 else 's'}"
        click.echo(
            f"A part of their name still stands in what others wrote, who may mean somebody else, in {where}: "
            f"{', '.join(erased.possible)}.",
            err=True,
        )


def _drop_index(settings: Settings) -> None:
    """Remove the embedded lesson index with everything its files still hold; the next start builds it anew."""
    folder = settings.home / "chroma"
    if settings.chroma_url or not folder.is_dir():
        return
    with (folder / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StartupError(
                f"Another process is using the lesson index in {folder}: stop it, and erase again."
            ) from error
        shutil.rmtree(folder / "index", ignore_errors=True)


def _files_with(home: Path, words: Sequence[str]) -> Iterator[Path]:
    """Files of ours in which any of the words still stands."""
    wanted = [word.encode() for word in words]
    for path in sorted(home.rglob("*")):
        ours = path.is_file() and not path.is_symlink() and path.relative_to(home).parts[0] not in _OTHERS
        with suppress(FileNotFoundError):  # the database's own, which come and go
            if ours and _holds(path, wanted):
                yield path


def _holds(path: Path, words: Sequence[bytes]) -> bool:
    """Whether any of the words stands in a file, also across the edge of two chunks."""
    overlap, held = max(map(len, words)), b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            held = held[-overlap:] + chunk
            if any(word in held for word in words):
                return True
    return False
