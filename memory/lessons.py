"""Outcomes and lessons."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, Text, all_, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.lesson import Lesson, LessonKind
from domain.receipt import Outcome
from domain.signal import Cause
from memory import facts, people
from memory.people import SYSTEM, vault
from memory.people.vault import Key
from memory.schema import DECISION, LESSON, OUTCOME
from memory.writing import Writing


async def keep_outcome(writing: Writing, outcome: Outcome, lesson: Lesson) -> bool:
    """Record what came of an action with what it teaches, and the job that ends its story. The case must be locked.

    False: already there.
    """
    row = {"measured_on": outcome.measured_on, "body": facts.body(outcome)}
    added = insert(OUTCOME).values(proposal_id=outcome.proposal_id, **row).on_conflict_do_nothing()
    if await writing.tx.scalar(added.returning(OUTCOME.c.proposal_id)) is None:
        return False
    digest = facts.digest(outcome)
    await writing.record("outcome", SYSTEM, outcome.proposal_id, measurable=outcome.measurable, digest=digest)
    await keep(writing, lesson)
    await writing.defer("advance", outcome.proposal_id)  # whoever dies now has nobody else look at the thread again
    return True


async def keep(writing: Writing, lesson: Lesson) -> None:
    """Record a lesson; the same one a second time changes nothing. One that quotes somebody is sealed as theirs."""
    body = facts.body(lesson)
    if key := await _quoted(writing.tx, lesson):
        body["text"] = key.seal(lesson.text)
    row = {
        "id": lesson.id,
        "kind": lesson.kind.value,
        "cause": lesson.cause.value if lesson.cause else None,
        "learned_on": lesson.learned_on,
        "expires_on": lesson.expires_on,
        "source": lesson.source,
        "body": body,
    }
    if await writing.tx.scalar(insert(LESSON).values(row).on_conflict_do_nothing().returning(LESSON.c.id)):
        await writing.record("lesson", SYSTEM, lesson.id, source=lesson.source, digest=facts.digest_of(body))


async def about(tx: AsyncConnection, cause: Cause, today: date, limit: int = 20) -> tuple[Lesson, ...]:
    """What was learnt about a cause and still holds, newest first."""
    found = select(LESSON.c.body).where(LESSON.c.cause == cause.value, LESSON.c.expires_on >= today)
    newest = found.order_by(LESSON.c.learned_on.desc(), LESSON.c.id).limit(limit)
    return await _read(tx, newest)


async def by_ids(tx: AsyncConnection, ids: Sequence[str]) -> tuple[Lesson, ...]:
    """Lessons in the order asked; unknown ids are left out."""
    found = {les.id: les for les in await _read(tx, select(LESSON.c.body).where(LESSON.c.id.in_(ids)))}
    return tuple(found[ident] for ident in ids if ident in found)


async def every(tx: AsyncConnection) -> tuple[Lesson, ...]:
    """All lessons, oldest first."""
    return await _read(tx, select(LESSON.c.body).order_by(LESSON.c.learned_on, LESSON.c.id))


async def beside(tx: AsyncConnection, known: Collection[str]) -> tuple[Lesson, ...]:
    """Lessons there are beside those of these ids. Counted first: a look that finds nothing new is cheap."""
    if await count(tx) == len(known):
        return ()
    return await _read(tx, select(LESSON.c.body).where(LESSON.c.id != all_(literal(list(known), ARRAY(Text)))))


async def count(tx: AsyncConnection) -> int:
    """How many lessons there are."""
    return await tx.scalar(select(func.count()).select_from(LESSON)) or 0


async def unindexed(tx: AsyncConnection) -> tuple[Lesson, ...]:
    """Lessons the index may not have yet."""
    return await _read(tx, select(LESSON.c.body).where(~LESSON.c.indexed).order_by(LESSON.c.id))


async def indexed(tx: AsyncConnection, ids: Sequence[str]) -> None:
    """Note that the index has these lessons."""
    await tx.execute(update(LESSON).where(LESSON.c.id.in_(ids)).values(indexed=True))


async def quoted(tx: AsyncConnection, sentences: Sequence[str]) -> list[str]:
    """Sentences as they are stored: one that quotes a lesson with somebody's words in it is sealed as theirs."""
    if not sentences:
        return []
    sealed = LESSON.c.body["text"].astext
    found: list[str] = list(await tx.scalars(select(sealed).where(sealed.startswith("sealed:"))))
    everybody = await people.everybody(tx)
    owners = [(key.open(text), key) for text in found if (key := everybody.keys.get(vault.whose(text) or ""))]
    return [next((key.seal(said) for words, key in owners if words in said), said) for said in sentences]


async def _quoted(tx: AsyncConnection, lesson: Lesson) -> Key | None:
    """Whose words a lesson quotes: a correction gives the reason of whoever decided."""
    if lesson.kind is not LessonKind.CORRECTION:
        return None
    who = await tx.scalar(select(DECISION.c.by).where(DECISION.c.proposal_id == lesson.source))
    return (await people.everybody(tx)).keys.get(who) if who else None


async def _read(tx: AsyncConnection, found: Select[Any]) -> tuple[Lesson, ...]:
    """Lessons as people know them. Of one that quoted somebody who was erased nothing is left to learn from."""
    bodies = list(await tx.scalars(found))
    if not bodies:
        return ()
    everybody = await people.everybody(tx)
    shown = [body | {"text": everybody.shown(body["text"])} for body in bodies]
    return tuple([Lesson.model_validate(body) for body in shown if body["text"] != vault.ERASED])
