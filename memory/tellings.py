"""What each person was told regularly, once each, and mentions that wait until somebody's rest is over."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from memory import people
from memory.schema_own import HELD_MENTION, TELLING

Kind = Literal["daily", "weekly"]


@dataclass(frozen=True, slots=True)
class Telling:
    """The last time somebody was told."""

    day: date
    """On their own clock."""
    as_of: date
    """The last complete day it told of."""


@dataclass(frozen=True, slots=True)
class HeldMention:
    """Somebody who was at rest when something was shown to them."""

    signal_id: str
    pseudonym: str
    slack: str
    about: str
    """"card", or a question with its version."""


async def last(tx: AsyncConnection, kind: Kind) -> Mapping[str, Telling]:
    """The last one of a kind of everybody who was told, by Slack user id."""
    newest = (
        select(TELLING.c.pseudonym, TELLING.c.day, TELLING.c.as_of)
        .where(TELLING.c.kind == kind)
        .ext(distinct_on(TELLING.c.pseudonym))
        .order_by(TELLING.c.pseudonym, TELLING.c.day.desc())
    )
    rows = (await tx.execute(newest)).all()
    if not rows:
        return {}
    names = (await people.everybody(tx, {row.pseudonym for row in rows})).names
    return {names[row.pseudonym]: Telling(row.day, row.as_of) for row in rows if row.pseudonym in names}


async def keep(
    tx: AsyncConnection, slack: str, kind: Kind, told: Telling, at: datetime, *, was_sent: bool = True
) -> None:
    """Note that somebody was told, or that there was nothing to tell them. Noting it again changes nothing."""
    pseudonym = (await people.key_of(tx, slack)).pseudonym
    row = {"day": told.day, "as_of": told.as_of, "was_sent": was_sent, "at": at}
    await tx.execute(insert(TELLING).values(pseudonym=pseudonym, kind=kind, **row).on_conflict_do_nothing())


async def hold(tx: AsyncConnection, signal_id: str, slacks: Collection[str], about: str, at: datetime) -> None:
    """Note that people are to be mentioned once their rest is over. Noting it again changes nothing."""
    for slack in sorted(slacks):
        pseudonym = (await people.key_of(tx, slack)).pseudonym
        row = {"signal_id": signal_id, "pseudonym": pseudonym, "about": about, "held_at": at}
        await tx.execute(insert(HELD_MENTION).values(row).on_conflict_do_nothing())


async def held(tx: AsyncConnection) -> tuple[HeldMention, ...]:
    """Mentions that wait, the oldest first."""
    waiting = select(HELD_MENTION).where(HELD_MENTION.c.told_at.is_(None))
    order = (HELD_MENTION.c.held_at, HELD_MENTION.c.signal_id, HELD_MENTION.c.pseudonym, HELD_MENTION.c.about)
    rows = (await tx.execute(waiting.order_by(*order))).all()
    if not rows:
        return ()
    names = (await people.everybody(tx, {row.pseudonym for row in rows})).names
    return tuple(
        HeldMention(row.signal_id, row.pseudonym, names[row.pseudonym], row.about)
        for row in rows
        if row.pseudonym in names
    )


async def settle(tx: AsyncConnection, mentions: Collection[HeldMention], at: datetime) -> None:
    """Note that people were mentioned, or that nothing waits for them any more."""
    for one in mentions:
        this = (
            (HELD_MENTION.c.signal_id == one.signal_id)
            & (HELD_MENTION.c.pseudonym == one.pseudonym)
            & (HELD_MENTION.c.about == one.about)
        )
        await tx.execute(update(HELD_MENTION).where(this).values(told_at=at))
