"""Who is behind a pseudonym is in the ledger: nobody is put behind another's, and nobody disappears without a line."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from memory import ledger, people
from memory.database import Database
from memory.ledger.persons import MET
from memory.people import erasure
from memory.people.vault import Key

MARA, CORA, WILMA = "U0MARA00001", "U0CORA00002", "U0WILMA0003"
RESEALED = text("UPDATE person SET slack = :slack, digest = :digest WHERE pseudonym = :name")
HER_KEY = text("UPDATE person_key SET key = :key WHERE pseudonym = :name")


@pytest.fixture
async def tx(database: Database) -> AsyncIterator[AsyncConnection]:
    """Mara and Cora have each pressed a button; what somebody who may do everything does to it then."""
    async with database.write() as writing:
        await writing.record("card.opened", MARA, "prop_000000000001")
        await writing.record("card.opened", CORA, "prop_000000000001")
    async with database.engine.connect() as connection:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        await connection.rollback()


async def key_of(tx: AsyncConnection, slack: str) -> Key:
    found = await people.known(tx, slack)
    assert found
    return found


async def put_behind(tx: AsyncConnection, key: Key, slack: str) -> None:
    await tx.execute(RESEALED, {"slack": key.seal(slack), "digest": f"kept free for {slack}", "name": key.pseudonym})


async def swap(tx: AsyncConnection, mara: Key, cora: Key) -> None:
    """Each is behind the other's pseudonym, as far as the tables of people tell."""
    await put_behind(tx, mara, CORA)
    await put_behind(tx, cora, MARA)
    for key, slack in ((mara, CORA), (cora, MARA)):
        digest = await people.digest_of(tx, slack)
        await tx.execute(RESEALED, {"slack": key.seal(slack), "digest": digest, "name": key.pseudonym})


async def lines(tx: AsyncConnection) -> list[tuple[str, str]]:
    return [(line["kind"], line["subject"]) async for line in ledger.lines(tx)]


async def problems(tx: AsyncConnection) -> tuple[str, ...]:
    return (await ledger.verify(tx)).problems


async def test_who_is_met_has_one_line_in_the_same_transaction_which_does_not_tell_who(
    tx: AsyncConnection, database: Database
):
    mara, cora = await key_of(tx, MARA), await key_of(tx, CORA)
    told = await lines(tx)
    assert sorted(told[:2]) == sorted([(MET, mara.pseudonym), (MET, cora.pseudonym)]), "before what they did"
    async with database.write() as writing:
        await writing.record("card.opened", MARA, "prop_000000000002")
    assert [kind for kind, _ in (await lines(tx))[2:]] == ["card.opened"] * 3, "met once"
    assert await problems(tx) == ()
    assert not any(MARA in line["payload"] for line in [line async for line in ledger.lines(tx)])


async def test_two_people_put_behind_each_others_pseudonym_are_found(tx: AsyncConnection):
    mara, cora = await key_of(tx, MARA), await key_of(tx, CORA)
    await swap(tx, mara, cora)
    assert (await key_of(tx, MARA)).pseudonym == cora.pseudonym, "Mara now counts as Cora"
    found = await problems(tx)
    assert len(found) == 2
    for key in (mara, cora):
        assert any(f"the person of {key.pseudonym} is another than was met" in one for one in found)


async def test_a_key_put_in_anew_with_a_person_is_found(tx: AsyncConnection):
    mara = await key_of(tx, MARA)
    forged = Key(mara.pseudonym, b"x" * 32)
    await tx.execute(HER_KEY, {"key": forged.secret, "name": mara.pseudonym})
    digest = await people.digest_of(tx, MARA)
    await tx.execute(RESEALED, {"slack": forged.seal(MARA), "digest": digest, "name": mara.pseudonym})
    (found,) = await problems(tx)
    assert f"the person of {mara.pseudonym} is another than was met, or has another key" in found


async def test_who_is_found_by_anothers_id_is_found(tx: AsyncConnection):
    mara = await key_of(tx, MARA)
    digest = await people.digest_of(tx, WILMA)
    changed = text("UPDATE person SET digest = :digest WHERE pseudonym = :name")
    await tx.execute(changed, {"digest": digest, "name": mara.pseudonym})
    (found,) = await problems(tx)
    assert found == f"the person of {mara.pseudonym} has no line {MET} in the ledger: it is found by another's id"


@pytest.mark.parametrize(
    ("tables", "how"), [(("person",), "is gone"), (("person_key",), "no key"), (("person_key", "person"), "is gone")]
)
async def test_who_disappears_without_an_erasure_is_named(tx: AsyncConnection, tables: tuple[str, ...], how: str):
    mara = await key_of(tx, MARA)
    for table in tables:
        gone = text(f"DELETE FROM {table} WHERE pseudonym = :name")
        await tx.execute(gone, {"name": mara.pseudonym})
    (found,) = await problems(tx)
    assert found == f"the person of {mara.pseudonym} has no line erased in the ledger, and {how}"


async def test_all_keys_taken_away_are_named_one_by_one(tx: AsyncConnection):
    names = {(await key_of(tx, slack)).pseudonym for slack in (MARA, CORA)}
    await tx.execute(text("DELETE FROM person_key"))
    found = await problems(tx)
    assert {one for one in names for problem in found if one in problem} == names
    assert len(found) == 2


async def test_who_was_erased_is_not_missed_and_must_not_come_back(tx: AsyncConnection, database: Database):
    mara = await key_of(tx, MARA)
    sealed, digest = mara.seal(MARA), await people.digest_of(tx, MARA)
    await tx.rollback()
    await erasure.erase(database, MARA)
    assert await problems(tx) == ()
    back = {"name": mara.pseudonym, "digest": digest, "slack": sealed}
    await tx.execute(text("INSERT INTO person (pseudonym, digest, slack) VALUES (:name, :digest, :slack)"), back)
    (found,) = await problems(tx)
    assert found.endswith(f"the person of {mara.pseudonym} was erased, and is there again")


async def test_who_did_something_before_people_were_bound_is_bound_by_the_next_transaction(database: Database):
    async with database.engine.begin() as tx:
        key = await people.key_of(tx, MARA)  # as an older version did, which wrote no such line
        await ledger.append(tx, [ledger.Entry("card.opened", key.pseudonym, "prop_000000000001", {})])
        assert await problems(tx) == ()
    async with database.write():
        pass
    async with database.engine.connect() as tx:
        assert await lines(tx) == [("card.opened", "prop_000000000001"), (MET, key.pseudonym)]
        assert await problems(tx) == ()
        await tx.execute(text("DELETE FROM person"))
        assert len(await problems(tx)) == 1


async def test_who_did_something_before_people_were_bound_does_not_disappear_unnoticed(database: Database):
    async with database.engine.begin() as tx:
        key = await people.key_of(tx, MARA)
        await ledger.append(tx, [ledger.Entry("card.opened", key.pseudonym, "prop_000000000001", {})])
    async with database.engine.connect() as tx:
        await tx.execute(text("DELETE FROM person"))
        (found,) = await problems(tx)
    assert found == f"the person of {key.pseudonym} has no line erased in the ledger, and is gone"


async def test_a_key_whose_person_was_taken_away_before_anything_was_told_of_them_is_named(database: Database):
    async with database.engine.begin() as tx:
        key = await people.key_of(tx, MARA)
    async with database.engine.connect() as tx:
        await tx.execute(text("SET LOCAL session_replication_role = replica"))
        await tx.execute(text("DELETE FROM person"))
        (found,) = await problems(tx)
    assert found == f"the person of {key.pseudonym} has no line erased in the ledger, and is gone"


@pytest.mark.parametrize("is_swapped", [False, True])
async def test_who_was_met_twice_must_be_the_same_both_times(tx: AsyncConnection, is_swapped: bool):
    """Somebody with all rights can write a second line too; it takes nothing from the first, and is not passed over."""
    mara, cora = await key_of(tx, MARA), await key_of(tx, CORA)
    if is_swapped:
        await swap(tx, mara, cora)
    lie = ledger.Entry(MET, people.SYSTEM, mara.pseudonym, {"digest": mara.digest(CORA)})
    await ledger.append(tx, [lie])
    wrong = (await lines(tx)).index((MET, mara.pseudonym)) + 1 if is_swapped else await ledger.size(tx)
    (named,) = [one for one in await problems(tx) if mara.pseudonym in one]
    assert named == f"row {wrong}: the person of {mara.pseudonym} is another than was met, or has another key"


async def test_who_was_met_and_did_nothing_yet_does_not_disappear_unnoticed(database: Database):
    """Somebody named in a role, say: their only line is that they were met."""
    async with database.write() as writing:
        key = await people.key_of(writing.tx, MARA)
    async with database.engine.connect() as tx:
        assert await lines(tx) == [(MET, key.pseudonym)]
        await tx.execute(text("DELETE FROM person"))
        (found,) = await problems(tx)
    assert found == f"the person of {key.pseudonym} has no line erased in the ledger, and is gone"


async def test_two_transactions_that_bind_somebody_at_once_leave_two_lines_that_agree(tx: AsyncConnection):
    mara = await key_of(tx, MARA)
    await ledger.append(tx, [ledger.Entry(MET, people.SYSTEM, mara.pseudonym, {"digest": mara.digest(MARA)})])
    assert await problems(tx) == ()
