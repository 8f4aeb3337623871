"""The database: opened, migrated, and written to in transactions that end with the ledger."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from domain.errors import ConfigurationError, DatabaseSilent, StartupError
from memory import patience
from memory.failpoints import Failpoint, nothing_happens
from memory.locks import Held, Locks, Take
from memory.patience import Heard, Patience
from memory.writing import Writing

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger(__name__)

_MIGRATING = 0x6261746F6E  # "baton": the key of the lock held while tables change
_PATIENCE_SECONDS = 60.0
_HOLD_UP_SECONDS = 60
"""For a table that is to change: all who come after it wait as well, so a busy one is rather tried again."""

_GRACE_SECONDS = 2.0
"""What gives a press up by itself at its time can still say why."""
_SET = text(
    "SELECT set_config('lock_timeout', :lock_timeout, true), set_config('statement_timeout', :statement_timeout, true),"
    " set_config('idle_in_transaction_session_timeout', :idle_in_transaction_session_timeout, true)"
)


class Database:
    """One Postgres. Everything Baton knows is here; all else can be rebuilt from it."""

    def __init__(self, address: str, *, pool_size: int = 10, waits: Patience | None = None) -> None:
        """`address` as libpq spells it: "postgresql://user@host/name"."""
        self.url = _url(address)
        self.arguments: dict[str, Any] = _arguments(self.url)
        """What every connection is made with, whoever makes it: how long the server and the network may be silent."""
        heard = self.arguments | {"async_creator_fn": Heard.connect}
        self.engine: AsyncEngine = create_async_engine(
            self.url, pool_size=pool_size, max_overflow=10, pool_pre_ping=True, connect_args=heard
        )
        self._locks = Locks(self.url, heard, waits or Patience())
        self._is_silent = False
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
        await self._locks.close()

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
            if patience.is_hurried():
                await tx.execute(_SET, patience.press_settings())
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
    async def in_time(self) -> AsyncGenerator[None]:
        """A press: what is not committed within `PRESS_SECONDS` is given up, never done later. Raises DatabaseSilent.

        That the database does not answer is logged once, until it does again.
        """
        try:
            async with asyncio.timeout(patience.PRESS_SECONDS + _GRACE_SECONDS):  # queues before the database count
                with patience.hurried(patience.PRESS_SECONDS):
                    yield
        except (DBAPIError, TimeoutError) as error:
            if isinstance(error, DBAPIError) and not patience.is_late(error.orig):
                raise
            if not self._is_silent:
                # without a traceback: the sentence says it all, once, and each press raises what follows
                logger.error("the database does not answer: presses are given up until it does")  # noqa: TRY400
            self._is_silent = True
            raise DatabaseSilent from error
        if self._is_silent:
            self._is_silent = False
            logger.warning("the database answers again")

    def exclusively(self, what: str) -> AbstractAsyncContextManager[None]:
        """Hold a lock by name across all processes, waiting for whoever is at work under it. Raises LockLost."""
        return self._locks.exclusively(what)

    def by_one(self, what: str) -> AbstractAsyncContextManager[bool]:
        """The same without waiting, for what is done again soon: False where somebody is at work under it."""
        return self._locks.by_one(what)

    def leased(self, what: str, seconds: float, take: Take[Held]) -> AbstractAsyncContextManager[Held | None]:
        """The same without waiting, together with the lease `take` gets; only who is silent for `seconds` loses it."""
        return self._locks.leased(what, seconds, take)


def _arguments(url: URL) -> dict[str, Any]:
    """What a connection is made with, unless the address itself says otherwise."""
    asked = url.query.get("options", "")
    options = [patience.server_settings(), *([asked] if isinstance(asked, str) else asked)]
    network = {name: value for name, value in patience.network_settings().items() if name not in url.query}
    return network | {"options": " ".join(options).strip()}


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
    engine = create_engine(url, poolclass=NullPool, connect_args=patience.network_settings())
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
        connection.execute(text(f"SET lock_timeout = '{_HOLD_UP_SECONDS}s'"))
        connection.commit()
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
