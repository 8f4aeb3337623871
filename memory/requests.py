"""What Slack sent over HTTP, noted so that nothing is taken twice: by any process, however often it arrives."""

from datetime import timedelta
from enum import Enum

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from memory.schema import SLACK_REQUEST


class Arrival(Enum):
    """What is known of a request that has just arrived."""

    NEW = "new"
    """Ours to answer: nobody else does."""
    UNDER_WAY = "under way"
    """Somebody has taken it and not finished."""
    DONE = "done"


async def take(tx: AsyncConnection, key: str, *, keep: timedelta, patience: timedelta | None = None) -> Arrival:
    """Note a request, and say whether it is ours.

    `patience`: after this long, one that somebody took and never finished may be taken again; None: never. Moments are
    the database's, so that processes with different clocks agree.
    """
    now = func.now()
    row = {"key": key, "taken_at": now, "keep_until": now + keep}
    noted = insert(SLACK_REQUEST).values(row)
    if patience is None:
        noted = noted.on_conflict_do_nothing()
    else:
        abandoned = SLACK_REQUEST.c.done_at.is_(None) & (SLACK_REQUEST.c.taken_at < now - patience)
        noted = noted.on_conflict_do_update(index_elements=["key"], set_={"taken_at": now}, where=abandoned)
    if await tx.scalar(noted.returning(SLACK_REQUEST.c.key)) is not None:
        return Arrival.NEW
    done_at = await tx.scalar(select(SLACK_REQUEST.c.done_at).where(SLACK_REQUEST.c.key == key))
    return Arrival.DONE if done_at is not None else Arrival.UNDER_WAY


async def done(tx: AsyncConnection, key: str) -> None:
    """Note that a request was answered: what arrives under the same key is a repeat."""
    await tx.execute(update(SLACK_REQUEST).where(SLACK_REQUEST.c.key == key).values(done_at=func.now()))


async def put_back(tx: AsyncConnection, key: str) -> None:
    """Forget that a request was taken: it could not be answered, and may be sent again."""
    await tx.execute(delete(SLACK_REQUEST).where(SLACK_REQUEST.c.key == key))


async def forget(tx: AsyncConnection) -> int:
    """Drop what can no longer be repeated. The number of rows dropped."""
    return (await tx.execute(delete(SLACK_REQUEST).where(SLACK_REQUEST.c.keep_until < func.now()))).rowcount
