"""Troubles with Slack: noted by any process, told once, and gone when they are mended."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.trouble import Trouble, TroubleKind
from memory import people
from memory.schema import SLACK_TROUBLE


async def note(tx: AsyncConnection, kind: TroubleKind, about: str) -> bool:
    """Note that something is wrong. False where that was known."""
    now = func.now()
    row = {"kind": kind.value, "about": await _kept(tx, kind, about), "since": now, "seen_at": now}
    noted = insert(SLACK_TROUBLE).values(row).on_conflict_do_nothing().returning(SLACK_TROUBLE.c.kind)
    return await tx.scalar(noted) is not None


async def over(tx: AsyncConnection, kind: TroubleKind, about: str) -> bool:
    """Note that it is mended. False where it was not known to be wrong."""
    gone = delete(SLACK_TROUBLE).where(*_is(kind, await _kept(tx, kind, about))).returning(SLACK_TROUBLE.c.kind)
    return await tx.scalar(gone) is not None


async def known(tx: AsyncConnection) -> tuple[Trouble, ...]:
    """All that is wrong, the oldest first. People are named by their Slack ids again."""
    oldest_first = select(SLACK_TROUBLE).order_by(SLACK_TROUBLE.c.since, SLACK_TROUBLE.c.about)
    rows = (await tx.execute(oldest_first)).all()
    names: Mapping[str, str] = {}
    if any(row.kind == TroubleKind.PERSON_GONE for row in rows):
        names = await people.names(tx)
    return tuple(
        Trouble(kind=TroubleKind(kind), about=names.get(about, about), since=since, is_told=told_at is not None)
        for kind, about, since, _, told_at in cast("list[tuple[str, str, datetime, datetime, datetime | None]]", rows)
    )


async def take_telling(tx: AsyncConnection, kind: TroubleKind, about: str) -> bool:
    """Take it on to tell people of it. False where somebody else has, or it is over."""
    wanted = (*_is(kind, await _kept(tx, kind, about)), SLACK_TROUBLE.c.told_at.is_(None))
    taken = update(SLACK_TROUBLE).where(*wanted).values(told_at=func.now()).returning(SLACK_TROUBLE.c.kind)
    return await tx.scalar(taken) is not None


async def put_telling_back(tx: AsyncConnection, kind: TroubleKind, about: str) -> None:
    """It could not be told after all."""
    named = await _kept(tx, kind, about)
    await tx.execute(update(SLACK_TROUBLE).where(*_is(kind, named)).values(told_at=None))


def _is(kind: TroubleKind, about: str) -> tuple[ColumnElement[bool], ...]:
    return SLACK_TROUBLE.c.kind == kind.value, SLACK_TROUBLE.c.about == about


async def _kept(tx: AsyncConnection, kind: TroubleKind, about: str) -> str:
    """People are kept by pseudonym, as everywhere."""
    return await people.pseudonym(tx, about) if kind is TroubleKind.PERSON_GONE else about
