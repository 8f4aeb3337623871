"""Whether people found answers helpful: once per person and answer, under their pseudonym, gone when they are erased.

No fact of governance, so it is not in the ledger; and neither question nor answer is kept with it.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.summaries import Opinions
from memory import people
from memory.schema_own import OPINION


async def keep(tx: AsyncConnection, answer: str, slack: str, at: datetime, *, is_helpful: bool) -> None:
    """Remember what a person thinks of an answer; their newest opinion of it counts."""
    pseudonym = (await people.key_of(tx, slack)).pseudonym
    row = {"is_helpful": is_helpful, "at": at}
    kept = insert(OPINION).values(answer=answer, pseudonym=pseudonym, **row)
    await tx.execute(kept.on_conflict_do_update(index_elements=["answer", "pseudonym"], set_=row))


async def tally(tx: AsyncConnection, since: datetime, until: datetime) -> Opinions:
    """The opinions from `since` until before `until`, counted."""
    asked = (
        select(OPINION.c.is_helpful, func.count())
        .where(OPINION.c.at >= since, OPINION.c.at < until)
        .group_by(OPINION.c.is_helpful)
    )
    counted = {bool(row[0]): int(row[1]) for row in await tx.execute(asked)}
    return Opinions(helpful=counted.get(True, 0), not_helpful=counted.get(False, 0))
