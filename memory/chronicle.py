"""Who did what about the design, and when: counted from the records, by the company's clock."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from memory import people
from memory.schema import AGREEMENT, AMENDMENT, AUTONOMY, STOP

_ACTS = union_all(
    select(AMENDMENT.c.by.label("by"), AMENDMENT.c.at.label("at")),
    select(AGREEMENT.c.by, AGREEMENT.c.at),
    select(AMENDMENT.c.decided_by, AMENDMENT.c.decided_at).where(AMENDMENT.c.status == literal("rejected")),
    select(STOP.c.body["by"].astext, STOP.c.at),
    select(STOP.c.lifted_by, STOP.c.lifted_at),
    select(AUTONOMY.c.body["by"].astext, AUTONOMY.c.at),
).subquery()


async def acts_of_design(tx: AsyncConnection, by: Collection[str], since: datetime, until: datetime) -> int:
    """How often these Slack users designed, from one moment up to another.

    A change drafted, agreed to or rejected, a stop pulled or lifted, a level of autonomy set.
    """
    names = (await people.pseudonyms(tx, by)).values()
    counted = select(func.count()).where(_ACTS.c.by.in_(list(names)), _ACTS.c.at >= since, _ACTS.c.at < until)
    return await tx.scalar(counted) or 0
