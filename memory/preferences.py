"""What people chose for themselves: their own, kept under their pseudonym, gone when they are erased."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.rhythm import Preferences
from memory import facts, people
from memory.schema_own import PREFERENCE


async def every(tx: AsyncConnection) -> Mapping[str, Preferences]:
    """Everybody's choices, by Slack user id; who chose nothing is not there."""
    rows = (await tx.execute(select(PREFERENCE.c.pseudonym, PREFERENCE.c.body))).all()
    if not rows:
        return {}
    names = (await people.everybody(tx, {row.pseudonym for row in rows})).names
    return {names[row.pseudonym]: Preferences.model_validate(row.body) for row in rows if row.pseudonym in names}


async def of(tx: AsyncConnection, slack: str) -> Preferences | None:
    """One person's choices; None where they chose nothing."""
    key = await people.known(tx, slack)
    if key is None:
        return None
    body = await tx.scalar(select(PREFERENCE.c.body).where(PREFERENCE.c.pseudonym == key.pseudonym))
    return None if body is None else Preferences.model_validate(body)


async def keep(tx: AsyncConnection, slack: str, chosen: Preferences, at: datetime) -> None:
    """Remember what a person chose; the newest counts."""
    pseudonym = (await people.key_of(tx, slack)).pseudonym
    row = {"body": facts.body(chosen), "at": at}
    kept = insert(PREFERENCE).values(pseudonym=pseudonym, **row)
    await tx.execute(kept.on_conflict_do_update(index_elements=["pseudonym"], set_=row))
