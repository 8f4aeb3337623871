"""Seals: made at their time, signed, written down outside, and refused to a ledger that no longer holds."""

import asyncio
import json
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.errors import ConfigurationError
from domain.seal import Seal
from memory import ledger
from memory.database import Database
from memory.ledger import keys, seals, verify_ledger
from memory.ledger.seals import LedgerBroken, Seals


@pytest.fixture
def kept(tmp_path: Path) -> Seals:
    return Seals(tmp_path / "ledger")


async def filled(database: Database, lines: int) -> None:
    async with database.write() as writing:
        for number in range(lines):
            await writing.record("refusal", "U0MARA0001", f"prop_{number}", version=1)


def back_by(kept: Seals, minutes: int) -> None:
    """As if the newest seal had been made earlier, by whoever holds the key."""
    newest, key = kept.newest(), keys.load(kept.key_file)
    assert newest
    earlier = (newest.moment - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    bare = newest.model_copy(update={"at": earlier})
    kept.file.write_text(bare.model_copy(update={"signature": key.sign(bare.signed)}).line + "\n")


async def test_a_ledger_is_sealed_at_once_then_a_quarter_of_an_hour_or_a_thousand_rows_later(
    database: Database, kept: Seals
):
    first = await kept.seal(database)
    assert first
    assert first.size == 1, "the first row of an empty ledger says which key seals it"
    await filled(database, 10)
    assert await kept.seal(database) == first, "not yet"
    back_by(kept, minutes=14)
    assert (await kept.seal(database) or first).size == 1
    back_by(kept, minutes=2)
    second = await kept.seal(database)
    assert second
    assert second.size == 12, "ten, and the line of whom they name"
    await filled(database, seals.ROWS_PER_SEAL - 1)
    assert await kept.seal(database) == second
    await filled(database, 1)
    third = await kept.seal(database)
    assert third
    assert (third.size, third.prev) == (12 + seals.ROWS_PER_SEAL, verify_ledger.sha256(second.line))
    assert await kept.seal(database, at_once=True) == third, "nothing was recorded since"


async def test_a_seal_is_signed_and_says_where_the_ledger_stood(database: Database, kept: Seals):
    await filled(database, 3)
    seal = await kept.seal(database)
    assert seal
    async with database.read() as tx:
        rows = [row async for row in ledger.lines(tx)]
        assert await seals.public_keys(tx) == [keys.load(kept.key_file).public]
        found = await ledger.verify(tx, kept.every(), await seals.public_keys(tx))
    assert (seal.size, seal.head) == (len(rows), rows[-1]["hash"])
    assert (found.problems, found.seals, found.sealed) == ((), 1, 5)
    assert kept.file.read_text() == seal.line + "\n"
    assert seal.line == verify_ledger.spelled(json.loads(seal.line))
    assert abs(datetime.fromisoformat(rows[-1]["at"]) - seal.moment) < timedelta(minutes=1)


async def test_two_processes_at_once_use_one_key_and_write_one_chain_of_seals(address: str, tmp_path: Path):
    databases = [Database(address) for _ in range(4)]
    await databases[0].open()
    folder = tmp_path / "ledger"

    async def busy(database: Database) -> None:
        for _ in range(5):
            await filled(database, 3)
            await Seals(folder).seal(database, at_once=True)

    await asyncio.gather(*(busy(database) for database in databases))
    kept = Seals(folder)
    assert list(verify_ledger.in_order([seal.model_dump() for seal in kept.every()])) == []
    async with databases[0].read() as tx:
        known = await seals.public_keys(tx)
        assert (await ledger.verify(tx, kept.every(), known)).problems == ()
    assert len(known) == 1
    for database in databases:
        await database.close()


async def test_what_a_crash_left_half_written_does_not_count_and_does_not_stay(database: Database, kept: Seals):
    await filled(database, 3)
    first = await kept.seal(database)
    assert first
    with kept.file.open("a") as file:
        file.write(first.line[:200])
    assert kept.newest() == first
    assert kept.every() == (first,)
    await filled(database, 1)
    second = await kept.seal(database, at_once=True)
    assert kept.every() == (first, second)


@pytest.mark.parametrize("damage", [b"not a seal\n", b'{"size": 3}\n', b"\xff\xfe\n"])
async def test_a_damaged_file_of_seals_is_named_and_nothing_is_added_to_it(
    database: Database, kept: Seals, damage: bytes
):
    await filled(database, 3)
    await kept.seal(database)
    with kept.file.open("ab") as file:
        file.write(damage)
    before = kept.file.read_bytes()
    await filled(database, 3)
    with pytest.raises(LedgerBroken, match="holds a line that is no seal"):
        await kept.seal(database, at_once=True)
    with pytest.raises(LedgerBroken, match="holds a line that is no seal"):
        kept.every()
    assert kept.file.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("UPDATE ledger SET actor = 'x' WHERE seq = 2", None),  # before the seal: found by verifying, not by sealing
        ("UPDATE ledger SET hash = repeat('0', 64) WHERE seq = 5", "Row 5 of the ledger is not the one sealed at"),
        ("DELETE FROM ledger WHERE seq >= 5", "Row 5 of the ledger is not the one sealed at"),
        ("UPDATE ledger SET actor = 'x' WHERE seq = 7", "row 7 has been changed"),
        ("DELETE FROM ledger WHERE seq = 6", "row 6 is missing"),
    ],
)
async def test_a_tampered_ledger_is_not_sealed(database: Database, kept: Seals, change: str, why: str | None):
    await filled(database, 3)
    first = await kept.seal(database)
    await filled(database, 3)
    async with database.engine.begin() as tx:
        await tx.execute(text("ALTER TABLE ledger DISABLE TRIGGER USER"))
        await tx.execute(text(change))
    if why is None:
        assert await kept.seal(database, at_once=True) != first
        async with database.read() as tx:
            found = await ledger.verify(tx, kept.every(), await seals.public_keys(tx))
        assert found.problems == ("row 2 has been changed",)
        return
    with pytest.raises(LedgerBroken, match=why):
        await kept.seal(database, at_once=True)
    assert kept.newest() == first


async def test_an_old_backup_is_not_sealed_as_if_nothing_had_happened(database: Database, kept: Seals, tmp_path: Path):
    await filled(database, 3)
    assert await kept.seal(database)
    other = Seals(tmp_path / "other", kept.key_file)
    newest = kept.newest()
    assert newest
    later = newest.model_copy(update={"size": 9})
    other.file.parent.mkdir()
    other.file.write_text(later.line + "\n")
    with pytest.raises(LedgerBroken, match="an older backup was restored"):
        await other.seal(database, at_once=True)


async def test_the_key_is_its_owners_alone_and_another_one_is_endorsed_by_it(database: Database, kept: Seals):
    await filled(database, 2)
    await kept.seal(database)
    old = keys.load(kept.key_file)
    assert stat.S_IMODE(kept.key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.key_file.parent.stat().st_mode) == 0o700
    new = await kept.rotate(database)
    assert keys.load(kept.key_file).public == new.public != old.public
    assert stat.S_IMODE(kept.key_file.stat().st_mode) == 0o600
    await filled(database, 2)
    last = await kept.seal(database, at_once=True)
    assert last
    assert last.key == new.id
    async with database.read() as tx:
        assert (await ledger.verify(tx, kept.every(), [old.public])).problems == (), "the old key vouches for the new"
        backwards = (await ledger.verify(tx, kept.every(), [new.public])).problems
    assert backwards
    assert "signed with an unknown key" in backwards[0], "the new one cannot vouch for what came before it"


async def test_a_key_nobody_endorsed_is_known_but_vouched_for_by_nobody(database: Database, kept: Seals):
    await filled(database, 2)
    await kept.seal(database)
    old = keys.load(kept.key_file)
    kept.key_file.unlink()
    await filled(database, 2)
    await kept.seal(database, at_once=True)
    async with database.read() as tx:
        assert len(await seals.public_keys(tx)) == 2
        assert len((await ledger.verify(tx, kept.every(), [old.public])).problems) == 1
        assert (await ledger.verify(tx, kept.every(), await seals.public_keys(tx))).problems == ()


async def test_a_key_looked_after_elsewhere_must_be_there_and_be_one(tmp_path: Path, database: Database):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        await Seals(tmp_path, tmp_path / "nowhere.pem").seal(database)
    (tmp_path / "words.pem").write_text("let me in")
    with pytest.raises(ConfigurationError, match="does not hold a private key"):
        await Seals(tmp_path, tmp_path / "words.pem").seal(database)


async def test_a_seal_of_another_ledger_is_named_as_such(database: Database, kept: Seals):
    seal = await kept.seal(database)
    assert seal
    other = seal.model_copy(update={"ledger": "led_0000000000000000"})
    async with database.read() as tx:
        found = await ledger.verify(tx, [other], await seals.public_keys(tx))
    assert found.problems == (f"the seal of {seal.at} is of another ledger, led_0000000000000000",)


def test_a_seal_is_spelled_one_way():
    seal = Seal(ledger="led_1", size=3, head="ab", at="2026-03-14T09:12:00.000000Z", key="k", prev="0")
    assert seal.signed == verify_ledger.spelled(json.loads(seal.signed))
    assert "signature" not in seal.signed


def test_a_seal_over_fewer_rows_than_the_one_before_it_is_out_of_order():
    first = Seal(ledger="led_1", size=9, head="ab", at="2026-03-14T09:12:00.000000Z", key="k", prev=verify_ledger.FIRST)
    after = first.model_copy(update={"size": 8, "prev": verify_ledger.sha256(first.line)})
    assert list(verify_ledger.in_order([first.model_dump(), after.model_dump()])) == [
        "seal 2, over row 8, does not follow the seal before it"
    ]
