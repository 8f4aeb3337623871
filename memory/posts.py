"""Which Slack messages and files show what, so that the same ones are edited and never a second posted."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case import Post
from memory import facts
from memory.schema import DIGEST, POST, UPLOAD


async def of(tx: AsyncConnection, signal_id: str) -> Mapping[str, Post]:
    """The messages about one signal, by key."""
    found = await tx.scalars(select(POST.c.body).where(POST.c.signal_id == signal_id).order_by(POST.c.key))
    posts = [Post.model_validate(row) for row in found]
    return {post.key: post for post in posts}


async def keep(tx: AsyncConnection, signal_id: str, post: Post) -> None:
    """Remember a message, or what it says now."""
    row = {"signal_id": signal_id, "body": facts.body(post)}
    kept = insert(POST).values(key=post.key, **row)
    await tx.execute(kept.on_conflict_do_update(index_elements=["key"], set_=row))


async def drop(tx: AsyncConnection, key: str) -> None:
    """Forget a message nobody has to find again."""
    await tx.execute(delete(POST).where(POST.c.key == key))


async def upload(tx: AsyncConnection, key: str) -> str | None:
    """The Slack file of a chart, once uploaded."""
    return await tx.scalar(select(UPLOAD.c.file_id).where(UPLOAD.c.key == key))


async def keep_upload(tx: AsyncConnection, key: str, file_id: str) -> None:
    """Remember an uploaded file."""
    kept = insert(UPLOAD).values(key=key, file_id=file_id)
    await tx.execute(kept.on_conflict_do_update(index_elements=["key"], set_={"file_id": file_id}))


async def has_digest(tx: AsyncConnection, day: date) -> bool:
    """Whether a day's digest was posted."""
    return await tx.scalar(select(DIGEST.c.day).where(DIGEST.c.day == day)) is not None


async def keep_digest(tx: AsyncConnection, day: date, at: datetime) -> None:
    """Note that a day's digest was posted."""
    await tx.execute(insert(DIGEST).values(day=day, at=at).on_conflict_do_nothing())
