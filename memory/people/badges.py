"""Badges: what Slack last said about somebody, for when it does not answer."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.badge import GOOD_FOR, Badge
from memory import facts, people
from memory.schema import BADGE


async def keep(tx: AsyncConnection, badge: Badge, at: datetime) -> None:
    """Remember what Slack said; kept under the pseudonym, the name sealed."""
    key = await people.key_of(tx, badge.slack)
    body = facts.body(badge) | {"slack": key.pseudonym, "name": key.seal(badge.name)}
    row: dict[str, Any] = {"body": body, "seen_at": at}
    kept = insert(BADGE).values(slack=key.pseudonym, **row)
    await tx.execute(kept.on_conflict_do_update(index_elements=["slack"], set_=row))


async def last(tx: AsyncConnection, slack: str, now: datetime) -> Badge | None:
    """What Slack said the last time it answered, as far as that still counts; None where it does not, or never did.

    See `domain.badge.GOOD_FOR`.
    """
    key = await people.known(tx, slack)
    if key is None:
        return None
    found = select(BADGE.c.body, BADGE.c.seen_at).where(BADGE.c.slack == key.pseudonym)
    row = (await tx.execute(found)).one_or_none()
    if row is None:
        return None
    stored = cast("dict[str, Any]", row.body)
    badge = Badge.model_validate(stored | {"slack": slack, "name": key.open(stored["name"])})
    return badge if badge.flaw is not None or now - row.seen_at < GOOD_FOR else None
