"""Badges: what Slack last said about somebody, for when it does not answer."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.badge import Badge
from memory import facts, people
from memory.schema import BADGE


async def keep(tx: AsyncConnection, badge: Badge, at: datetime) -> None:
    """Remember what Slack said; kept under the pseudonym, the name sealed."""
    key = await people.key_of(tx, badge.slack)
    body = facts.body(badge) | {"slack": key.pseudonym, "name": key.seal(badge.name)}
    row: dict[str, Any] = {"body": body, "seen_at": at}
    kept = insert(BADGE).values(slack=key.pseudonym, **row)
    await tx.execute(kept.on_conflict_do_update(index_elements=["slack"], set_=row))


async def last(tx: AsyncConnection, slack: str) -> Badge | None:
    """What Slack said the last time it answered; None where it never did."""
    key = await people.known(tx, slack)
    if key is None:
        return None
    body = await tx.scalar(select(BADGE.c.body).where(BADGE.c.slack == key.pseudonym))
    if body is None:
        return None
    stored = cast("dict[str, Any]", body)
    return Badge.model_validate(stored | {"slack": slack, "name": key.open(stored["name"])})
