"""Whether sealed words are still those that were fingerprinted, as far as they can be opened.

Taking an erased person out of what somebody else wrote changes words under the digest they had. That is a line of its
own beside that of the erasure, with both digests, so that any other change of words is found.
"""

import json
from contextlib import suppress

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from memory import people
from memory.people import places
from memory.schema import LEDGER

REDACTED = "words.redacted"
"""The line of somebody taken out of another's words. Its subject is who was taken out, `whose` who wrote them; `was` is
the digest the words were first sealed with, `now` that of what is left of them."""


async def differences(tx: AsyncConnection) -> list[str]:
    """Words that are others than their digest says, one sentence each."""
    everybody, left = await people.everybody(tx), await _left(tx)
    problems: dict[str, None] = {}
    async for place in places.readable(tx):
        sealed = place.sealed
        if key := everybody.keys.get(sealed.whose):
            now = key.digest(key.open(sealed.text))
            if now not in {sealed.digest, left.get((sealed.whose, sealed.digest))}:
                problems[f"the {place.spoken} holds other words of {sealed.whose} than those in the ledger"] = None
    return list(problems)


async def _left(tx: AsyncConnection) -> dict[tuple[str, str], str]:
    """Digests of what is left of words, by whose they are and the digest they had; only beside an erasure."""
    told = select(LEDGER.c.subject, LEDGER.c.payload).where(LEDGER.c.kind == REDACTED).order_by(LEDGER.c.seq)
    rows = (await tx.execute(told)).all()
    if not rows:
        return {}
    gone = set(await tx.scalars(select(LEDGER.c.subject).where(LEDGER.c.kind == "erased")))
    left: dict[tuple[str, str], str] = {}
    for row in rows:
        with suppress(ValueError, KeyError, TypeError):  # what cannot be read the chain finds by itself
            said = json.loads(row.payload)
            if row.subject in gone:
                left[said["whose"], said["was"]] = said["now"]
    return left
