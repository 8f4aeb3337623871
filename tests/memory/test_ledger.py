"""The ledger: append-only, and any change of history is found and named."""

import asyncio

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from memory import decisions, ledger
from memory.database import Database
from tests.memory.test_decisions import PROP, approved, asked


async def filled(database: Database, lines: int = 8) -> None:
    for number in range(lines):
        async with database.write() as writing:
            await writing.record("refusal", "U0MARA0001", f"prop_{number}", version=1, amount="12.50")


async def problems(database: Database) -> tuple[str, ...]:
    async with database.read() as tx:
        return (await ledger.verify(tx)).problems


async def unlocked(database: Database, *statements: str) -> None:
    """What somebody with all rights could do behind our back."""
    async with database.engine.begin() as tx:
        await tx.execute(text("ALTER TABLE ledger DISABLE TRIGGER USER"))
        for statement in statements:
            await tx.execute(text(statement))
        await tx.execute(text("ALTER TABLE ledger ENABLE TRIGGER USER"))


CHANGES = (
    "UPDATE ledger SET kind = 'x'",
    "UPDATE ledger SET payload = payload WHERE seq = 1",
    "DELETE FROM ledger",
    "DELETE FROM ledger WHERE seq = 2",
    "TRUNCATE ledger",
    "DELETE FROM ledger_head",
    "TRUNCATE ledger_head",
    "UPDATE ledger_head SET seq = seq - 1",
    "UPDATE ledger_head SET hash = repeat('0', 64)",
)


@pytest.fixture(scope="module")
def roles(server: str) -> None:
    """Two roles that are no superusers, as a company's database has them."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE ROLE baton_owner")
        connection.execute("CREATE ROLE baton_ordinary")


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("who", ["superuser", "owner of the tables", "ordinary role with every right"])
async def test_the_database_itself_refuses_to_change_history(database: Database, roles: None, who: str, statement: str):
    await filled(database, 2)
    async with database.engine.begin() as tx:
        await tx.execute(text("ALTER TABLE ledger OWNER TO baton_owner"))
        await tx.execute(text("ALTER TABLE ledger_head OWNER TO baton_owner"))
        await tx.execute(text("GRANT ALL ON ledger, ledger_head TO baton_ordinary"))
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.engine.begin() as tx:
            if who != "superuser":
                await tx.execute(text(f"SET ROLE {'baton_owner' if who.startswith('owner') else 'baton_ordinary'}"))
            await tx.execute(text(statement))
    assert await problems(database) == ()


async def test_there_is_one_head(database: Database):
    with pytest.raises(DBAPIError, match="ledger_head_is_one"):
        async with database.engine.begin() as tx:
            await tx.execute(text("INSERT INTO ledger_head VALUES (2, 0, repeat('0', 64))"))


async def test_a_line_break_in_a_name_cannot_move_words_from_one_field_to_another(database: Database):
    """What is hashed is parted by line breaks."""
    async with database.write() as writing:
        await writing.record("refusal", "U0MARA0001", "prop_x\nprop_y", press="approved")
    async with database.read() as tx:
        met, row = [row async for row in ledger.lines(tx)]
    assert met["kind"] == "person.met", "whoever is met has a line before those that name them"
    assert row["subject"] == "prop_x prop_y"
    assert await problems(database) == ()


@pytest.mark.parametrize("column", ["kind", "actor", "subject", "at", "payload", "payload_hash", "prev_hash", "hash"])
async def test_every_changed_field_is_found_and_its_row_named(database: Database, column: str):
    await filled(database)
    await unlocked(database, f"UPDATE ledger SET {column} = {column} || ' ' WHERE seq = 5")
    found = await problems(database)
    assert any("row 5" in problem for problem in found), found


async def test_a_removed_a_swapped_and_a_cut_off_row_are_found(database: Database):
    await filled(database)
    await unlocked(database, "DELETE FROM ledger WHERE seq = 4")
    assert "row 4 is missing" in (await problems(database))[0]
    await unlocked(database, "DELETE FROM ledger WHERE seq = 8")
    assert any("row 8 is missing" in problem for problem in await problems(database))


async def test_swapped_rows_are_found(database: Database):
    await filled(database)
    await unlocked(
        database,
        "UPDATE ledger SET seq = 100 WHERE seq = 3",
        "UPDATE ledger SET seq = 3 WHERE seq = 6",
        "UPDATE ledger SET seq = 6 WHERE seq = 100",
    )
    found = await problems(database)
    assert any("row 3" in problem for problem in found)
    assert any("row 6" in problem for problem in found)


async def test_a_decision_without_its_line_is_found(database: Database):
    await filled(database)
    async with database.engine.begin() as tx:
        await tx.execute(text("ALTER TABLE decision DISABLE TRIGGER ALL"))
        await tx.execute(
            text(
                "INSERT INTO decision (proposal_id, version, kind, by, at, body) "
                "VALUES ('prop_smuggled', 1, 'approved', 'U1', now(), '{}')"
            )
        )
    assert "prop_smuggled" in (await problems(database))[0]


async def test_an_action_said_to_have_ended_without_a_receipt_is_found(database: Database):
    """It would never be carried out, and nobody would be told."""
    await asked(database)
    assert await decisions.claim(database, approved()) is None
    assert await problems(database) == ()
    async with database.engine.begin() as tx:
        await tx.execute(text("UPDATE action SET state = 'failed'"))
    (problem,) = await problems(database)
    assert problem == f"the action of {PROP} has no line receipt that says how it ended, or was changed"


async def test_writers_at_once_leave_one_chain_without_gaps(database: Database):
    await asyncio.gather(*(filled(database, 10) for _ in range(6)))
    async with database.read() as tx:
        found = await ledger.verify(tx)
    assert (found.rows, found.problems) == (61, ()), "whom all of them name is met once"


async def test_a_rolled_back_fact_leaves_no_line_and_no_gap(database: Database):
    await filled(database, 2)
    with pytest.raises(ZeroDivisionError):
        async with database.write() as writing:
            await writing.record("refusal", "U0MARA0001", "prop_x")
            raise ZeroDivisionError
    await filled(database, 2)
    assert await problems(database) == ()


def test_a_float_never_gets_into_the_chain():
    with pytest.raises(TypeError, match="amount"):
        ledger.canonical({"amount": 12.5})  # pyright: ignore[reportArgumentType] - the point of the test


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20) | st.integers() | st.booleans() | st.none()))
def test_a_payload_is_spelled_the_same_in_whatever_order_it_was_made(payload: ledger.Payload):
    shuffled = dict(reversed(payload.items()))
    assert ledger.canonical(shuffled) == ledger.canonical(payload)
