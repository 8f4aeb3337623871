"""Every change of history is found and its row named: in the database, and in an export by a verifier of one file."""

import asyncio
import json
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.seal import Seal
from memory import ledger, people
from memory.database import Database
from memory.ledger import keys, seals, verify_ledger
from memory.ledger.seals import Seals
from memory.ledger.verify_ledger import Chain
from memory.schema import LEDGER, LEDGER_HEAD
from tests.memory.altered import FACTS
from tests.memory.mutations import MUTATIONS, Row, cut_off, put, relinked, rewritten
from tests.memory.story import lived

IN_DATABASE, IN_EXPORT = 500, 500
SEED = 20261122


@dataclass(frozen=True)
class Life:
    """A real ledger, as it is in Postgres and as it was exported."""

    address: str
    folder: Path
    export: Path
    rows: list[Row]
    seals: tuple[Seal, ...]
    publics: Sequence[str]


@pytest.fixture(scope="module")
def life(server: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Life:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE baton_mutated TEMPLATE {template}")
    folder = tmp_path_factory.mktemp("life")
    address = server.replace("/postgres?", "/baton_mutated?")

    async def live() -> Life:
        runner = await lived(address, folder / "ledger")
        await runner.records.export(folder / "export")
        async with runner._services.database.read() as tx:
            rows, publics = [row async for row in ledger.lines(tx)], await seals.public_keys(tx)
        async with runner._services.database.engine.begin() as tx:
            await tx.execute(text("ALTER TABLE ledger DROP CONSTRAINT ledger_pkey"))  # which would refuse a row twice
        await runner.close()
        return Life(address, folder, folder / "export", rows, Seals(folder / "ledger").every(), publics)

    return asyncio.run(live())


@pytest.fixture
async def database(life: Life) -> AsyncIterator[Database]:
    opened = Database(life.address)
    yield opened
    await opened.close()


def rounds(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--crash-rounds"))


def rows_named(problems: Sequence[str]) -> set[int]:
    return {int(number) for problem in problems for number in re.findall(r"\brow (-?\d+)\b", problem)}


async def replaced(tx: AsyncConnection, rows: Sequence[Row], *, is_head_moved: bool) -> None:
    """What a superuser can do: no triggers, other rows."""
    await tx.execute(text("SET LOCAL session_replication_role = replica"))
    await tx.execute(delete(LEDGER))
    if rows:
        await tx.execute(insert(LEDGER), list(rows))
    if is_head_moved:
        last = rows[-1] if rows else {"seq": 0, "hash": verify_ledger.FIRST}
        await tx.execute(update(LEDGER_HEAD).values(seq=last["seq"], hash=last["hash"]))


async def test_the_true_ledger_holds(life: Life, database: Database):
    async with database.read() as tx:
        found = await ledger.verify(tx, life.seals, life.publics)
    assert (found.rows, found.sealed, found.problems) == (len(life.rows), len(life.rows), ())
    assert len(life.seals) > 5
    kinds = {row["kind"] for row in life.rows}
    assert kinds > {
        "signal.opened", "signal.updated", "signal.closed", "proposal.asked", "proposal.withdrawn", "approval",
        "decision.approved", "decision.overridden", "decision.rejected", "decision.expired", "decision.snoozed",
        "intent", "receipt.done", "receipt.handed_over", "outcome", "lesson", "sweep", "ledger.key",
        "policy.changed", "amendment.drafted", "amendment.agreed", "amendment.rejected", "amendment.outdated",
        "stop.pulled", "stop.lifted", "emergency.opened", "emergency.closed", "emergency.reviewed",
        "autonomy.granted", "autonomy.fell",
    }  # fmt: skip


async def test_every_mutation_in_the_database_is_found_and_a_row_named(
    life: Life, database: Database, request: pytest.FixtureRequest
):
    rng, missed, tried = random.Random(SEED), list[str](), Counter[str]()
    for number in range(IN_DATABASE * rounds(request)):
        mutation = MUTATIONS[number % len(MUTATIONS)](life.rows, rng)
        tried[mutation.kind] += 1
        async with database.engine.connect() as tx:
            await replaced(tx, mutation.rows, is_head_moved=mutation.is_head_moved)
            found = await ledger.verify(tx, life.seals, life.publics)
            await tx.rollback()
        if not rows_named(found.problems) & mutation.named:
            missed.append(f"{mutation.kind}, not named: {sorted(mutation.named)[:3]} in {found.problems[:3]}")
    assert missed == []
    assert {f"edit {column}" for column in verify_ledger.COLUMNS} <= set(tried), tried
    async with database.read() as tx:
        assert (await ledger.verify(tx, life.seals, life.publics)).problems == (), "nothing was left behind"


def test_every_mutation_of_an_export_is_found_and_a_row_named(
    life: Life, tmp_path: Path, request: pytest.FixtureRequest
):
    rng, missed, path = random.Random(SEED + 1), list[str](), tmp_path / "ledger.jsonl"
    outside = [seal.model_dump() for seal in life.seals]
    for number in range(IN_EXPORT * rounds(request)):
        mutation = MUTATIONS[number % len(MUTATIONS)](life.rows, rng)
        path.write_text("".join(verify_ledger.spelled(row) + "\n" for row in mutation.rows))
        problems = list(verify_ledger.checked(Chain(outside, life.publics), path))
        if not rows_named(problems) & mutation.named:
            missed.append(f"{mutation.kind}, not named: {sorted(mutation.named)[:3]} in {problems[:3]}")
    assert missed == []


@pytest.mark.parametrize("change", FACTS.values(), ids=FACTS.keys())
async def test_a_fact_that_is_no_longer_what_the_ledger_says_is_found(life: Life, database: Database, change: str):
    async with database.engine.connect() as tx:
        await tx.execute(text("SET LOCAL session_replication_role = replica"))  # as somebody who knows how
        changed = (await tx.execute(text(change))).rowcount
        found = await ledger.verify(tx, life.seals, life.publics)
        await tx.rollback()
    assert changed, "there was something to change"
    assert found.problems
    assert all(re.search(r"row \d+: the \w+ of|the \w+ of \S+ has no line", problem) for problem in found.problems)


async def test_who_rewrites_ledger_facts_keys_and_seals_is_found_by_a_seal_kept_elsewhere(
    life: Life, database: Database
):
    """The strongest operator there is. Only what lies outside their reach tells."""
    forged, kept_elsewhere = keys.new(), life.seals[3]
    of = life.rows[11]
    other = next(row["actor"] for row in life.rows if row["actor"] not in {of["actor"], people.SYSTEM})
    lie = put(life.rows, 12, **{**of, "actor": other})
    key_row = next(row for row in lie if row["kind"] == "ledger.key")
    said = json.dumps({"endorsed": None, "previous": None, "public": forged.public}, sort_keys=True)
    lie = relinked(put(lie, key_row["seq"], **{**key_row, "subject": forged.id, "payload": said}), 1)
    own: list[Seal] = []
    for seal in life.seals:
        prev = verify_ledger.sha256(own[-1].line) if own else verify_ledger.FIRST
        bare = seal.model_copy(update={"head": lie[seal.size - 1]["hash"], "key": forged.id, "prev": prev})
        own.append(bare.model_copy(update={"signature": forged.sign(bare.signed)}))
    async with database.engine.connect() as tx:
        await replaced(tx, lie, is_head_moved=True)
        assert (await ledger.verify(tx, own, [forged.public])).problems == (), "by itself it looks whole"
        found = await ledger.verify(tx, [*own, kept_elsewhere], await seals.public_keys(tx))
        await tx.rollback()
    assert f"row {kept_elsewhere.size} is not the row sealed at {kept_elsewhere.at}" in found.problems[0]


def verified(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The exported verifier as an auditor runs it: isolated, without an environment, from elsewhere."""
    command = [sys.executable, "-I", str(folder / "verify_ledger.py"), str(folder), *more]
    return subprocess.run(command, env={}, cwd="/", capture_output=True, text=True, check=False)


def copied(life: Life, folder: Path, rows: Sequence[Row] | None = None) -> Path:
    folder.mkdir()
    for path in life.export.iterdir():
        (folder / path.name).write_text(path.read_text())
    if rows is not None:
        (folder / "ledger.jsonl").write_text("".join(verify_ledger.spelled(row) + "\n" for row in rows))
    return folder


def with_more_in_the_first_row(said: str) -> str:
    first, *rest = said.splitlines(keepends=True)
    return verify_ledger.spelled({**json.loads(first), "note": "and not hashed"}) + "\n" + "".join(rest)


def with_every_seal_in_another_year(said: str) -> str:
    changed = re.sub(r'"at":"\d{4}', '"at":"1999', said)
    assert changed != said
    return changed


def test_the_verifier_can_be_read_in_ten_minutes_and_needs_nothing_of_ours():
    source = Path(verify_ledger.__file__).read_text()
    assert len(source.splitlines()) <= 150
    imports = set(re.findall(r"^(?:from|import) (\w+)", source, re.MULTILINE))
    assert imports == {"argparse", "collections", "cryptography", "hashlib", "json", "pathlib", "sys", "typing"}


def test_an_auditor_verifies_an_export_with_nothing_but_its_one_file(life: Life):
    done = verified(life.export)
    assert (done.returncode, done.stderr) == (0, "")
    count, sealed = len(life.rows), len(life.seals)
    assert done.stdout == f"{count} rows; {sealed} seals, the last over row {count}; 0 faults.\n"


def test_an_auditor_is_told_which_row_was_changed(life: Life, tmp_path: Path):
    rng = random.Random(SEED + 2)
    for number, mutate in enumerate(dict.fromkeys(MUTATIONS)):
        mutation = mutate(life.rows, rng)
        done = verified(copied(life, tmp_path / str(number), mutation.rows))
        assert done.returncode == 1, mutation.kind
        assert rows_named(done.stdout.splitlines()[:-1]) & mutation.named, (mutation.kind, done.stdout)


def test_an_auditor_holds_an_export_against_what_they_kept(life: Life, tmp_path: Path):
    """A rewritten export with seals left out holds by itself; the pinned seal does not fit it."""
    rng = random.Random(SEED + 3)
    pinned = tmp_path / "pinned.jsonl"
    pinned.write_text(life.seals[-1].line + "\n")
    folder = copied(life, tmp_path / "export", cut_off(rewritten(life.rows, rng).rows, rng).rows)
    (folder / "seals.jsonl").write_text("")
    assert verified(folder).returncode == 2, "nothing to hold it against"
    done = verified(folder, "--seal", str(pinned))
    assert done.returncode == 1
    assert verified(copied(life, tmp_path / "true"), "--seal", str(pinned)).returncode == 0


@pytest.mark.parametrize(
    ("file", "change", "code"),
    [
        ("seals.jsonl", lambda said: said.replace('"size":', '"size":1', 1), 1),
        ("seals.jsonl", lambda said: "\n".join(said.splitlines()[1:]) + "\n", 1),
        ("seals.jsonl", with_every_seal_in_another_year, 1),
        ("seals.jsonl", lambda said: "not a seal\n", 2),
        ("public_keys.txt", lambda said: "00" * 32, 1),
        ("public_keys.txt", lambda said: "no key", 2),
        ("ledger.jsonl", lambda said: said.replace('"kind"', '"note":"x","kind"', 1), 1),
        ("ledger.jsonl", with_more_in_the_first_row, 1),
        ("ledger.jsonl", lambda said: said.replace("{", '{"actor":"baton",', 1), 1),
        ("ledger.jsonl", lambda said: said.replace('"seq":3', '"seq":"3"', 1), 1),
        ("ledger.jsonl", lambda said: "[]\n" + said, 1),
        ("ledger.jsonl", lambda said: said[:-40], 1),
    ],
)
def test_a_tampered_file_of_an_export_is_found(life: Life, tmp_path: Path, file: str, change: Any, code: int):
    folder = copied(life, tmp_path / "export")
    (folder / file).write_text(change((folder / file).read_text()))
    done = verified(folder)
    assert done.returncode == code, done
    assert "Traceback" not in done.stderr


def test_an_export_that_is_not_there_could_not_be_checked(tmp_path: Path):
    (tmp_path / "verify_ledger.py").write_text(Path(verify_ledger.__file__).read_text())
    done = verified(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("It could not be checked: FileNotFoundError")
