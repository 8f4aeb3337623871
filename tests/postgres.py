"""A real Postgres for the tests: one server per run, one database per test, copied from a migrated template."""

import asyncio
import itertools
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app import embedded
from graph.checkpoints import Checkpoints
from memory.database import Database

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The server's address."""
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        home = Path(folder) / "home"
        address = embedded.start(home)
        with psycopg.connect(address, autocommit=True) as connection:  # processes are killed here, never the machine
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        yield address
        embedded.stop(home)


@pytest.fixture(scope="session")
def template(server: str) -> str:
    """The name of a database with all tables and nothing in them."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE baton_template")

    async def migrate() -> None:
        database = Database(server.replace("/postgres?", "/baton_template?"))
        await database.open()
        checkpoints = Checkpoints(database)
        await checkpoints.open()
        await checkpoints.close()
        await database.close()

    asyncio.run(migrate())
    return "baton_template"


@pytest.fixture
def address(server: str, template: str) -> Iterator[str]:
    """The address of a database of the test's own."""
    name = f"baton_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
