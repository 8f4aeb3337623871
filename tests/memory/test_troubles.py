"""Troubles are noted once, told by one process, and name nobody in the database."""

import asyncio

from sqlalchemy import text

from domain.trouble import TroubleKind
from memory import troubles
from memory.database import Database

MARA, CHANNEL = "U0MARA0001", "C0SIGNALS01"
ARCHIVED, GONE = TroubleKind.CHANNEL_ARCHIVED, TroubleKind.PERSON_GONE


async def note(database: Database, kind: TroubleKind = ARCHIVED, about: str = CHANNEL) -> bool:
    async with database.engine.begin() as tx:
        return await troubles.note(tx, kind, about)


async def test_of_ten_who_notice_one_is_the_first_and_one_tells(database: Database):
    assert sorted(await asyncio.gather(*(note(database) for _ in range(10)))) == [False] * 9 + [True]

    async def tell() -> bool:
        async with database.engine.begin() as tx:
            return await troubles.take_telling(tx, ARCHIVED, CHANNEL)

    assert sorted(await asyncio.gather(*(tell() for _ in range(10)))) == [False] * 9 + [True]
    async with database.engine.begin() as tx:
        await troubles.put_telling_back(tx, ARCHIVED, CHANNEL)
    assert await tell()


async def test_what_is_mended_is_forgotten_and_news_when_it_comes_again(database: Database):
    await note(database)
    async with database.engine.begin() as tx:
        assert await troubles.take_telling(tx, ARCHIVED, CHANNEL)
        assert await troubles.over(tx, ARCHIVED, CHANNEL)
        assert not await troubles.over(tx, ARCHIVED, CHANNEL)
        assert not await troubles.take_telling(tx, ARCHIVED, CHANNEL)
    assert await note(database)
    async with database.read() as tx:
        (one,) = await troubles.known(tx)
    assert (one.kind, one.about, one.is_told) == (ARCHIVED, CHANNEL, False)


async def test_a_person_is_kept_by_pseudonym_and_shown_by_their_id(database: Database):
    await note(database, GONE, MARA)
    async with database.read() as tx:
        assert [one.about for one in await troubles.known(tx)] == [MARA]
        assert MARA not in str((await tx.execute(text("SELECT * FROM slack_trouble"))).all())
    async with database.engine.begin() as tx:
        assert await troubles.over(tx, GONE, MARA)
