"""Who is behind the names in the ledger, so that a person can be forgotten and the chain still verifies."""

import secrets

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from memory.schema import PERSON

SYSTEM = "baton"
"""Who decides what time or policy decides."""


async def pseudonym(tx: AsyncConnection, slack: str) -> str:
    """The name a Slack user has in the ledger: random, the same every time."""
    known = select(PERSON.c.pseudonym).where(PERSON.c.slack == slack)
    if (found := await tx.scalar(known)) is None:
        new = insert(PERSON).values(slack=slack, pseudonym=f"person_{secrets.token_hex(6)}")
        await tx.execute(new.on_conflict_do_nothing())
        found = await tx.scalar(known)
    assert found is not None
    return found


async def names(tx: AsyncConnection) -> dict[str, str]:
    """Slack user ids by pseudonym, of everybody not forgotten."""
    return {row.pseudonym: row.slack for row in await tx.execute(select(PERSON))}
