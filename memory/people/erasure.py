"""Erasing a person: what they decided still stands, who they were and what they wrote is gone for good."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, ColumnElement, Text, delete, func, select, text, union, update
from sqlalchemy import cast as cast_to
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from memory import operating_models, people
from memory.database import Database
from memory.people import SYSTEM, mentions, places
from memory.people.mentions import Mentions
from memory.people.vault import ERASED, Key
from memory.schema import ACTION, APPROVAL, BADGE, DECISION, PERSON, PROPOSAL, RECEIPT, SNOOZE

logger = logging.getLogger(__name__)

_MOST_SEGMENTS = 200
"""Of the write-ahead log, 16 MB each: three times as many as a server keeps for later, unless it is told otherwise."""
_USED_AGAIN = text(
    "SELECT count(*) FROM pg_ls_waldir()"
    " WHERE length(name) = 24 AND name > pg_walfile_name(pg_current_wal_insert_lsn())"
)
"""Segments kept for later hold what was in them. The checkpoint removes them as soon as the server has read that it
should, and each that comes to be the current one is emptied before."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done to forget somebody."""

    pseudonym: str
    """The name they keep in the ledger, behind which nobody is any more."""
    cases: tuple[str, ...]
    """Signals whose cards named or quoted them: they are drawn anew."""
    tables: tuple[str, ...]
    """Where something was taken out."""
    mentions: int = 0
    """So many times they were taken out of what others wrote."""
    possible: tuple[str, ...] = ()
    """Where a part of their name still stands in what others wrote, who may mean them: "decision of prop_…"."""


async def erase(
    database: Database, slack: str, *, names: Sequence[str] = (), own_server: bool = False
) -> Erased | None:
    """Forget a Slack user, in one transaction with its ledger row. None where nothing is recorded of them.

    What others wrote stays, without their id and the names they are known by; `names` are more of those. Afterwards the
    tables are rewritten, so that nothing is left in the database's files either; with `own_server` its log as well.
    Safe to repeat.
    """
    async with database.write() as writing:
        key = await people.known(writing.tx, slack)
        found = await _mentions(writing.tx, slack, key, names)
        if key is None:
            if not found.certain:
                return None
            key = await people.key_of(writing.tx, slack)  # others wrote about them, who never did anything themselves
        cases = await _cases(writing.tx, key, found.proposals)
        for signal_id in cases:
            await writing.touch(signal_id)
        tables = await mentions.take_out(writing, found, key.pseudonym)
        tables += await _emptied(writing.tx, key)
        await writing.tx.execute(update(DECISION).where(DECISION.c.by == key.pseudonym).values(salt=None))
        await writing.tx.execute(delete(PERSON).where(PERSON.c.pseudonym == key.pseudonym))
        await writing.record("erased", SYSTEM, key.pseudonym, cases=len(cases))
    await rewrite(database, ("person", "person_key", "decision", *tables), own_server=own_server)
    return Erased(key.pseudonym, cases, tuple(dict.fromkeys(tables)), len(found.certain), found.possible)


async def rewrite(database: Database, tables: Sequence[str], *, own_server: bool = False) -> None:
    """Have the database's files hold only what its tables hold: deleted rows stay there until their space is reused.

    With `own_server` the write-ahead log goes too, which on somebody else's server is theirs to keep.
    """
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for table in dict.fromkeys(tables):
            await _tried(connection, f"VACUUM (FULL, ANALYZE) {table}")
        if own_server:
            await _tried(connection, "ALTER SYSTEM SET wal_recycle = off", "SELECT pg_reload_conf()")
            for _ in range(_MOST_SEGMENTS):
                await _tried(connection, "SELECT pg_switch_wal()", "CHECKPOINT")
                if not await connection.scalar(_USED_AGAIN):
                    break
            else:
                logger.warning("the database's log may keep what was deleted for a while: it keeps segments for later")
            await _tried(connection, "ALTER SYSTEM RESET wal_recycle", "SELECT pg_reload_conf()")


async def _tried(connection: AsyncConnection, *steps: str) -> None:
    """Tell the server to do something it may refuse us."""
    for step in steps:
        try:
            await connection.execute(text(step))
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0]
            logger.warning("deleted rows may stay in the database's files for a while: %s: %s", step, reason)


async def names_of(database: Database, slack: str) -> tuple[str, ...]:
    """The names a Slack user has or had, to be asked before they are erased; none where nothing is recorded of them."""
    async with database.read() as tx:
        key = await people.known(tx, slack)
        return await _names(tx, key) if key else ()


async def still_named(database: Database, words: Sequence[str]) -> tuple[str, ...]:
    """Tables, ours and the job engine's and the graphs', in which any of the words still stands somewhere."""
    columns = text(
        "SELECT format('%I.%I', table_schema, table_name) AS place, format('%I', column_name) AS name,"
        " data_type = 'bytea' AS is_bytes FROM information_schema.columns JOIN information_schema.tables"
        " USING (table_schema, table_name)"
        " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'"
        " AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'USER-DEFINED', 'ARRAY')"
    )
    found: dict[str, None] = {}
    async with database.read() as tx:
        for row in (await tx.execute(columns)).all():
            has = f"position(convert_to(:word, 'UTF8') IN {row.name}) > 0" if row.is_bytes else None
            has = has or f"position(:word IN {row.name}::text) > 0"
            asked = text(f"SELECT EXISTS (SELECT 1 FROM {row.place} WHERE {has})")  # noqa: S608 - names quoted by Postgres
            for word in words:
                if await tx.scalar(asked, {"word": word}):
                    found[row.place.removeprefix("public.")] = None
    return tuple(found)


async def _names(tx: AsyncConnection, key: Key) -> tuple[str, ...]:
    """Every name they have or had, in the company and in Slack."""
    names = set(await operating_models.names_of(tx, key))
    badge = await tx.scalar(select(BADGE.c.body["name"].astext).where(BADGE.c.slack == key.pseudonym))
    return tuple(sorted((names | {key.open(badge)} if badge else names) - {ERASED, ""}))


async def _mentions(tx: AsyncConnection, slack: str, key: Key | None, names: Sequence[str]) -> Mentions:
    """Where others wrote about them."""
    everybody = await people.everybody(tx)
    others = {name: one for name, one in everybody.keys.items() if key is None or name != key.pseudonym}
    known = await _names(tx, key) if key else ()
    return await mentions.find(tx, slack, tuple(dict.fromkeys((*names, *known))), others)


async def _cases(tx: AsyncConnection, key: Key, mentioned: Collection[str]) -> tuple[str, ...]:
    """Signals whose cards name them as who decided or agreed, or quote them, and those of proposals `mentioned`."""
    me = key.pseudonym
    theirs = union(
        select(DECISION.c.proposal_id).where(DECISION.c.by == me),
        select(APPROVAL.c.proposal_id).where(APPROVAL.c.by == me),
        select(ACTION.c.proposal_id).where(ACTION.c.by == me),
        select(SNOOZE.c.proposal_id).where(SNOOZE.c.body["by"].astext == me),
        select(RECEIPT.c.proposal_id).where(RECEIPT.c.body["said"]["by"].astext == me),
        select(PROPOSAL.c.id).where(_holds(PROPOSAL.c.body, key) | PROPOSAL.c.id.in_(mentioned)),
    )
    found = select(PROPOSAL.c.signal_id).where(PROPOSAL.c.id.in_(theirs)).distinct().order_by(PROPOSAL.c.signal_id)
    return tuple(await tx.scalars(found))


async def _emptied(tx: AsyncConnection, key: Key) -> tuple[str, ...]:
    """Take their sealed words out of every table, the keyed digests stay. Returns where there were any."""
    found: dict[str, None] = {}
    for table, column in places.columns():
        without = func.regexp_replace(cast_to(column, Text), _sealed(key) + "[A-Za-z0-9+/=]*", r"\1", "g")
        emptied = update(table).where(_holds(column, key)).values({column: cast_to(without, column.type)})
        if (await tx.execute(emptied)).rowcount:
            found[table.name] = None
    return tuple(found)


def _holds(column: Column[object], key: Key) -> ColumnElement[bool]:
    """Whether sealed words of theirs, not yet emptied, stand in a column."""
    return cast_to(column, Text).regexp_match(_sealed(key) + "[A-Za-z0-9+/]")


def _sealed(key: Key) -> str:
    return f"(sealed:{key.pseudonym}:[0-9a-f]{{64}}:)"
