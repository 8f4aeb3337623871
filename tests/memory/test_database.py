"""Opening the database: migrated once, and every problem is one clear sentence."""

import asyncio

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, text

from domain.errors import ConfigurationError, StartupError
from memory.database import Database, _alembic
from memory.schema import METADATA


async def test_the_tables_in_the_code_are_the_tables_in_the_database(database: Database):
    engine = create_engine(database.url)
    ours = set(METADATA.tables)

    def compare() -> list[object]:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"include_name": lambda name, kind, _: kind != "table" or name in ours}
            )
            return compare_metadata(context, METADATA)

    differences = await asyncio.to_thread(compare)
    engine.dispose()
    assert differences == []


async def test_processes_that_start_at_once_migrate_once(server: str):
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE at_once")
    databases = [Database(server.replace("/postgres?", "/at_once?")) for _ in range(4)]
    await asyncio.gather(*(database.open() for database in databases))
    async with databases[0].read() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    for database in databases:
        await database.close()


async def test_history_written_by_the_first_schema_keeps_its_lines_and_gets_their_versions(server: str):
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE grown")
    database = Database(server.replace("/postgres?", "/grown?"))
    line = "('2026-03-14', 'sig_1', 'updated', '{\"signal\": {\"version\": 3}}'::jsonb)"

    def first_schema() -> None:
        engine = create_engine(database.url)
        with engine.connect() as connection:
            command.upgrade(_alembic(connection), "0001")
            connection.execute(text(f"INSERT INTO signal_event (as_of, signal_id, event, body) VALUES {line}"))
            connection.commit()
        engine.dispose()

    await asyncio.to_thread(first_schema)
    await database.open()
    async with database.read() as tx:
        assert (await tx.execute(text("SELECT signal_id, version FROM signal_event"))).all() == [("sig_1", 3)]
    await database.close()


async def test_a_newer_schema_is_refused_with_what_to_do(database: Database):
    async with database.engine.begin() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StartupError, match=r"newer Baton \(schema 9999\).*Upgrade Baton"):
        await database.open()


async def test_an_unreachable_database_is_one_sentence_without_the_password():
    database = Database("postgresql://baton:s3cret@127.0.0.1:1/baton")
    with pytest.raises(StartupError, match="cannot be used") as caught:
        await database.open()
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    await database.close()


async def test_a_missing_database_is_named(server: str):
    database = Database(server.replace("/postgres?", "/nowhere?"))
    with pytest.raises(StartupError, match="nowhere"):
        await database.open()
    await database.close()


@pytest.mark.parametrize("address", ["mysql://host/name", "not an address", ""])
def test_only_a_postgres_address_is_taken(address: str):
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        Database(address)


async def test_a_lock_is_free_again_when_its_process_is_gone(database: Database):
    async with database.exclusively("card/sig_1"):
        async with database.by_one("card/sig_1") as is_ours:
            assert not is_ours
        async with database.by_one("card/sig_2") as is_ours:
            assert is_ours
    async with database.by_one("card/sig_1") as is_ours:
        assert is_ours


async def test_a_process_that_stands_still_inside_a_transaction_gives_its_case_free(database: Database):
    shown = text("SHOW idle_in_transaction_session_timeout")
    async with database.read() as tx:
        assert await tx.scalar(shown) == "30s"


async def test_what_the_address_asks_of_the_server_stays(address: str):
    database = Database(
        f"{address}&options=-c%20work_mem%3D5MB" if "?" in address else f"{address}?options=-c%20work_mem%3D5MB"
    )
    async with database.engine.connect() as tx:
        assert await tx.scalar(text("SHOW work_mem")) == "5MB"
        assert await tx.scalar(text("SHOW idle_in_transaction_session_timeout")) == "30s"
    await database.close()


def test_no_spelling_of_an_address_shows_its_password():
    for address in ("postgresql://u:s3cret@127.0.0.1/x", "postgresql://127.0.0.1/x?user=u&password=s3cret"):
        assert "s3cret" not in Database(address).name
