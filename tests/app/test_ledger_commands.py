"""`baton ledger` and `baton erase` on a folder as `baton init` makes it, with one decision in it."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import psycopg
import pytest
from click import UsageError
from click.testing import CliRunner, Result

from app import config as configuration
from app import embedded, erasing
from app.assembly import assembled
from app.cli import cli
from app.settings import Settings
from domain.errors import ConfigurationError
from domain.lesson import Lesson, LessonKind
from memory import lessons
from memory.embedding import StaticEmbedder
from memory.ledger import keys
from memory.lesson_index import ChromaIndex
from tests.app.commands import company, home
from tests.app.process import Done, baton_again, environment
from tests.graph.fakes import Reception

__all__ = ("company", "home")

YOU, NAME = "U0000000000", "Your Name"
REASON = "the wholesale people would never forgive us"


@pytest.fixture
async def decided(company: Path, home: Path) -> Path:
    """A home in which one person rejected one proposal, with a lesson that quotes why."""
    async with assembled(
        Settings(home=home), configuration.load(company / "baton.yaml"), directory=Reception()
    ) as runner:
        await runner.sweep(date(2025, 12, 20))
        (case, *_) = await runner.open_cases()
        asked = case.proposals[0].proposal
        await runner.reject(asked.id, asked.version, YOU, REASON)
        lesson = Lesson(
            id="les_0000000000c0", kind=LessonKind.CORRECTION, text=f"The media lead rejected it: {REASON}",
            scope=case.signal.scope, learned_on=asked.proposed_on, expires_on=date(2099, 1, 1), source=asked.id,
        )  # fmt: skip
        async with runner._services.database.write() as writing:
            await lessons.keep(writing, lesson)
        await runner.settle()
        assert [lesson.text for lesson in await runner.lessons("wholesale")]
    embedded.stop(home)
    return home


async def run(company: Path, home: Path, *words: str | Path) -> Done:
    done = await baton_again(*words, env=environment(home), cwd=company)
    assert "Traceback" not in done.err
    return done


async def nothing_learned() -> Sequence[Lesson]:
    return ()


def files_with(folder: Path, *words: str) -> set[str]:
    return {
        word
        for path in folder.rglob("*")
        if path.is_file()
        for word in words
        if word.encode() in path.read_bytes()
    }  # fmt: skip


async def test_a_ledger_is_exported_verified_by_its_one_file_held_against_its_seals_and_named_where_it_was_changed(
    company: Path, decided: Path, tmp_path: Path
):
    out, pinned = tmp_path / "out", tmp_path / "pinned.txt"
    done = await run(company, decided, "ledger", "export", "--out", out)
    assert (done.code, done.err) == (0, "")
    assert {path.name for path in out.iterdir()} == {
        "ledger.jsonl", "seals.jsonl", "public_keys.txt", "README.md", "verify_ledger.py",
    }  # fmt: skip
    rows = [json.loads(line) for line in (out / "ledger.jsonl").read_text().splitlines()]
    assert f"{len(rows)} records and 1 seal are in {out}" in done.out
    assert (out / "seals.jsonl").read_text() == (decided / "ledger" / "seals.jsonl").read_text()
    old = keys.load(decided / "ledger" / "key.pem").public
    assert (out / "public_keys.txt").read_text().strip() == old
    verifier = [sys.executable, "-I", str(out / "verify_ledger.py"), str(out)]
    checked = await asyncio.to_thread(subprocess.run, verifier, env={}, cwd="/", capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert f"{len(rows)} rows; 1 seals, the last over row {len(rows)}; 0 faults" in checked.stdout
    assert files_with(out, YOU, REASON, NAME) == set()

    rotated = await run(company, decided, "ledger", "rotate")
    new = keys.load(decided / "ledger" / "key.pem").public
    assert (rotated.code, rotated.out.splitlines()[-1]) == (0, new)
    assert new != old
    pinned.write_text(f"```{(out / 'seals.jsonl').read_text().strip()}```\n")
    done = await run(company, decided, "ledger", "verify", "--seal", pinned)
    assert (done.code, done.err) == (0, "")
    assert f"{len(rows) + 1} records, none changed" in done.out
    assert "2 seals over it hold; 1 record after the newest one could still be rewritten." in done.out

    index = ChromaIndex(StaticEmbedder(), folder=decided / "chroma")
    await index.open(nothing_learned)
    kept = (decided / "ledger" / "seals.jsonl").rename(decided.with_name("kept.jsonl"))
    done = await run(company, decided, "ledger", "verify")
    assert done.code == 2, "whoever serves has the lessons open, which is no matter; where the seals are, is"
    assert "This ledger is sealed, and none of its seals is here" in done.err
    kept.rename(decided / "ledger" / "seals.jsonl")
    await index.close()

    with psycopg.connect(embedded.start(decided)) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE ledger SET subject = 'x' WHERE seq = 3")
    embedded.stop(decided)
    done = await run(company, decided, "ledger", "verify")
    assert (done.code, done.out) == (1, "")
    assert "row 3 has been changed\n" in done.err


async def test_an_erased_person_is_in_no_table_and_no_file_any_more(company: Path, decided: Path):
    assert files_with(decided, REASON) == set(), "sealed in the database, and the lesson index has numbers only"
    done = await run(company, decided, "erase", YOU, "--yes")
    assert done.code == 0, done.err
    assert done.err == ""
    assert f"{YOU} is forgotten. In the ledger they stay person_" in done.out
    assert "1 card is drawn anew by whoever serves" in done.out
    assert "They are still in baton.yaml: take them out there" in done.out
    assert files_with(decided, YOU, REASON, NAME) == set()
    async with assembled(Settings(home=decided), configuration.load(company / "baton.yaml")) as runner:
        assert (await runner.records.verify()).problems == ()
        assert await runner.lessons("wholesale") == ()
    embedded.stop(decided)
    again = await run(company, decided, "erase", "U0NOBODY01", "--yes")
    assert (again.code, again.out, again.err) == (1, "", "Nothing is recorded of U0NOBODY01.\n")


async def test_somebody_known_from_a_change_of_the_company_alone_is_looked_for_by_name_as_well(
    company: Path, home: Path
):
    berta, name = "U0BERTA0099", "Berta Quillfeather"
    async with assembled(
        Settings(home=home), configuration.load(company / "baton.yaml"), directory=Reception()
    ) as runner:
        new = {"key": "new", "name": name, "slack": berta, "roles": "media_lead"}
        await runner.governing.draft(YOU, "people", new, "a second pair of hands")
    embedded.stop(home)
    assert files_with(home, name) == set()
    (home / "handover.txt").write_text(f"Ask {name}.")
    done = await run(company, home, "erase", berta, "--yes")
    assert f"{berta} is forgotten." in done.out
    assert (done.code, done.err) == (1, f"Still named in: {home / 'handover.txt'}.\n")


def here(company: Path, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """The command in this process, for what is refused before anything is opened."""
    monkeypatch.chdir(company)
    return CliRunner().invoke(cli, words, standalone_mode=False)


@pytest.mark.parametrize("said", ["let me in\n", '{"size": 3}\n'])
def test_a_file_that_holds_no_seal_is_refused(
    company: Path, tmp_path: Path, said: str, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "seals").write_text(said)
    refused = here(company, monkeypatch, "ledger", "verify", "--seal", str(tmp_path / "seals")).exception
    assert isinstance(refused, ConfigurationError)
    assert str(refused) == f"{tmp_path / 'seals'} holds a line that is no seal of a ledger."


def test_a_ledger_nobody_can_read_is_not_one_that_does_not_hold(
    company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    monkeypatch.setenv("BATON_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(company)
    tried = CliRunner().invoke(cli, ["ledger", "verify"])
    assert (tried.exit_code, tried.stdout) == (2, "")
    assert tried.stderr.startswith("baton: nothing was checked: ")


def test_nobody_is_erased_by_a_slip(company: Path, monkeypatch: pytest.MonkeyPatch):
    alone = here(company, monkeypatch, "erase", YOU).exception
    assert isinstance(alone, UsageError)
    assert str(alone) == "Nobody is there to confirm; say --yes."
    unknown = here(company, monkeypatch, "erase", "mara", "--yes").exception
    assert isinstance(unknown, UsageError)
    assert "'mara' is not a Slack user id; it looks like U0MARA0001." in str(unknown)


def test_a_name_is_found_wherever_it_stands_in_a_file_and_what_plays_slack_is_not_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(erasing, "_CHUNK_BYTES", 64)
    (tmp_path / "demo").mkdir()
    for name, before in (("first", 0), ("across", 60), ("later", 900), ("demo/people", 5), ("workspace.sqlite", 5)):
        (tmp_path / name).write_bytes(b"-" * before + YOU.encode() + b"-" * 30)
    (tmp_path / "other").write_bytes(b"-" * 200)
    found = {path.name for path in erasing._files_with(tmp_path, [NAME, YOU])}
    assert found == {"first", "across", "later"}
