"""A real Postgres for the tests: one server per run, one database per test, copied from a migrated template."""

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app import embedded
from graph.checkpoints import Checkpoints
from memory.database import Database

_numbers = itertools.count(1)
_MEMORY = Path("/dev/shm")
_ENOUGH_BYTES = 4 << 30
"""What all the servers of a run may come to need, several times over."""


def short_folder() -> Path:
    """A new folder for a database server, or for a Baton's home: its path short, as a socket's must be.

    In memory where there is room: nobody cuts the power here, and each new database is some four hundred files, which a
    disk's file system makes ten times as slowly while others are being deleted.
    """
    has_room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES
    return Path(tempfile.mkdtemp(prefix="baton-", dir=_MEMORY if has_room else None))


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The server's address."""
    folder = short_folder()
    address = embedded.start(folder / "home")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # processes are killed here, never the machine
        connection.execute("ALTER SYSTEM SET max_wal_size = '128MB'")
        connection.execute("SELECT pg_reload_conf()")
    yield address
    embedded.stop(folder / "home")
    shutil.rmtree(folder)


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
