"""The database: opened, migrated, and written to in transactions that end with the ledger."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.errors import ConfigurationError, StartupError
from memory.failpoints import Failpoint, nothing_happens
from memory.writing import Writing

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger(__name__)

_MIGRATING = 0x6261746F6E  # "baton": the key of the lock held while tables change
_PATIENCE_SECONDS = 60.0
_STANDSTILL_SECONDS = 30
"""No transaction of ours is idle for a second; after this long its process is taken for stopped and loses its locks."""


class Database:
    """One Postgres. Everything Baton knows is here; all else can be rebuilt from it."""

    def __init__(self, address: str, *, pool_size: int = 10) -> None:
        """`address` as libpq spells it: "postgresql://user@host/name"."""
        self.url = _url(address)
        self.engine: AsyncEngine = create_async_engine(
            self.url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, connect_args=_patience(self.url)
        )
        self._locks: AsyncEngine = create_async_engine(self.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self.failpoint: Callable[[str], None] = nothing_happens
        """Called by name at each step a crash could fall into."""

    @property
    def address(self) -> str:
        """The address without SQLAlchemy's driver name, as psycopg wants it."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    @property
    def name(self) -> str:
        """The address without its password, for people."""
        shown = self.url.set(drivername="postgresql").difference_update_query(("password", "sslpassword"))
        return shown.render_as_string(hide_password=True)

    async def open(self) -> None:
        """Reach the database and bring its tables up to date. Raises StartupError."""
        try:
            await asyncio.to_thread(_migrate, self.url, self.name)
        except DBAPIError as error:
            raise StartupError(f"The database at {self.name} cannot be used: {_first_line(error)}.") from error

    async def close(self) -> None:
        """Let go of every connection."""
        await self.engine.dispose()
        await self._locks.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncGenerator[AsyncConnection]:
        """A connection for reading, with one consistent view of the data."""
        async with self.engine.connect() as connection:
            await connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @asynccontextmanager
    async def write(self, uncommitted: Failpoint | None = None) -> AsyncGenerator[Writing]:
        """One transaction, committed when the block ends without an error; then changed cards are queued.

        `uncommitted` names the step between its last statement and the commit.
        """
        async with self.engine.begin() as tx:
            writing = Writing(tx)
            yield writing
            await writing.finish()
            if uncommitted:
                self.failpoint(uncommitted)
        if writing.touched:
            self.failpoint(Failpoint.CARDS_UNQUEUED)
            try:
                async with self.engine.begin() as tx:
                    await Writing(tx).queue_cards(writing.touched)
            except DBAPIError as error:  # what is committed must not look failed; the minute draws the card
                logger.warning("the cards of %s are drawn later: %s", ", ".join(writing.touched), _first_line(error))

    @asynccontextmanager
    async def exclusively(self, what: str) -> AsyncGenerator[None]:
        """Hold a lock by name across all processes.

        It belongs to a connection of its own, so it ends with the process, however that dies; and waiting for it
        cannot starve the pool. It is asked for again and again: a waiting statement would hold up index builds.
        """
        ask, pause = text("SELECT pg_try_advisory_lock(hashtextextended(:what, 0))"), 0.005
        async with self._locks.connect() as connection:
            while not await connection.scalar(ask, {"what": what}):
                await asyncio.sleep(pause)
                pause = min(pause * 2, 0.1)
            yield

    @asynccontextmanager
    async def alone(self, what: str) -> AsyncGenerator[bool]:
        """The same lock without waiting: whether nobody else holds it now. Held to the end of the block if so."""
        ask = text("SELECT pg_try_advisory_lock(hashtextextended(:what, 0))")
        async with self._locks.connect() as connection:
            yield bool(await connection.scalar(ask, {"what": what}))


def _patience(url: URL) -> dict[str, str]:
    """What a connection asks of the server: a process that stands still inside a transaction holds a case so long."""
    asked = url.query.get("options", "")
    own = f"-c idle_in_transaction_session_timeout={_STANDSTILL_SECONDS}s"
    return {"options": " ".join([own, *([asked] if isinstance(asked, str) else asked)]).strip()}


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:  # the address itself is not repeated: it may hold a password
        raise ConfigurationError(
            "DATABASE_URL is not the address of a database; write one like postgresql://user:password@host:5432/name."
        ) from error
    if url.drivername.split("+")[0] not in {"postgresql", "postgres"}:
        raise ConfigurationError(f"DATABASE_URL must be a Postgres address (postgresql://…), not {url.drivername}://.")
    return url.set(drivername="postgresql+psycopg")


def _migrate(url: URL, name: str) -> None:
    """Apply the steps this database has not seen, while no other process does."""
    engine = create_engine(url, poolclass=NullPool)
    try:
        with engine.connect() as guard, engine.connect() as connection:
            autocommit = guard.execution_options(isolation_level="AUTOCOMMIT")
            _lock(autocommit, name)
            _warn_when_unsafe(autocommit, name)
            _upgrade(connection, name)
    finally:
        engine.dispose()


def _lock(connection: Connection, name: str) -> None:
    """Take the migration lock by asking again and again: a waiting statement would block CREATE INDEX CONCURRENTLY."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _MIGRATING}):
        if time.monotonic() > until:
            raise StartupError(f"Another process has been changing the tables of {name} for over a minute.")
        time.sleep(0.1)


def _upgrade(connection: Connection, name: str) -> None:
    from alembic import command  # noqa: PLC0415 - heavy, and needed once per start
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = _alembic(connection)
    steps = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    known = {step.revision for step in steps.walk_revisions()}
    if current is not None and current not in known:
        raise StartupError(
            f"The database {name} was written by a newer Baton (schema {current}); "
            f"this one knows schemas up to {steps.get_current_head()}. Upgrade Baton, or use another database."
        )
    if current != steps.get_current_head():
        connection.rollback()
        command.upgrade(config, "head")
        connection.commit()


def _alembic(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _warn_when_unsafe(connection: Connection, name: str) -> None:
    """Say loudly when the server may lose what it has confirmed."""
    for setting in ("fsync", "synchronous_commit", "full_page_writes"):
        if connection.scalar(text(f"SHOW {setting}")) == "off":
            logger.warning("%s has %s switched off: an approval could be lost when the machine fails.", name, setting)


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().splitlines()[0].rstrip(".")
