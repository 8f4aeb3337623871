"""What people think of answers: once each, the newest counts, forgotten with them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from domain.summaries import Opinions
from memory import opinions
from memory.database import Database
from memory.people import erasure

MARA, CLEO = "U0MARA0001", "U0CLEO0001"
NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


async def said(database: Database, answer: str, slack: str, helpful: bool, minutes: int = 0) -> None:
    async with database.engine.begin() as tx:
        await opinions.keep(tx, answer, slack, NOON + timedelta(minutes=minutes), is_helpful=helpful)


async def counted(database: Database, since: datetime = NOON, until: datetime = NOON + timedelta(hours=1)) -> Opinions:
    async with database.read() as tx:
        return await opinions.tally(tx, since, until)


async def test_one_person_has_one_opinion_of_one_answer_and_the_newest_counts(database: Database):
    await said(database, "first", MARA, helpful=True)
    await said(database, "first", MARA, helpful=False, minutes=5)
    await said(database, "first", CLEO, helpful=True)
    await said(database, "second", MARA, helpful=True)
    assert await counted(database) == Opinions(helpful=2, not_helpful=1)
    assert await counted(database, NOON + timedelta(minutes=1)) == Opinions(not_helpful=1)
    assert await counted(database, until=NOON + timedelta(minutes=5)) == Opinions(helpful=2)


async def test_an_opinion_is_no_line_of_the_ledger_and_names_nobody(database: Database):
    async with database.read() as tx:
        lines = await tx.scalar(text("SELECT count(*) FROM ledger"))
    await said(database, "first", MARA, helpful=True)
    async with database.read() as tx:
        assert await tx.scalar(text("SELECT count(*) FROM ledger")) == lines
        row = (await tx.execute(text("SELECT * FROM opinion"))).one()
    assert MARA not in str(row)


async def test_who_is_erased_takes_their_opinions_along(database: Database):
    await said(database, "first", MARA, helpful=True)
    await said(database, "first", CLEO, helpful=False)
    await erasure.erase(database, MARA)
    assert await counted(database) == Opinions(helpful=0, not_helpful=1)
