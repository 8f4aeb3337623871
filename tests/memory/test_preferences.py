"""What people chose and were told is kept under their pseudonym, once each, and goes with them."""

from datetime import date, time, timedelta

from sqlalchemy import func, select

from domain.rhythm import DigestSettings, usual
from domain.signal import EventKind, SignalEvent
from memory import people, preferences, tellings
from memory.database import Database
from memory.people import erasure
from memory.schema_own import HELD_MENTION, PREFERENCE, TELLING
from memory.sweeps import SweepBook, Swept
from memory.tellings import Telling
from tests.graph.fakes import CLEO, FIRST, MARA, signal
from tests.memory.test_decisions import NOW, SIG

USUAL = usual(DigestSettings())
LATE = USUAL.model_copy(update={"digest_at": time(11)})


async def test_the_newest_choice_counts_and_who_chose_nothing_is_not_there(database: Database):
    async with database.engine.begin() as tx:
        await preferences.keep(tx, MARA, USUAL, NOW)
        await preferences.keep(tx, MARA, LATE, NOW)
    async with database.read() as tx:
        assert (await preferences.of(tx, MARA), await preferences.of(tx, CLEO)) == (LATE, None)
        assert await preferences.every(tx) == {MARA: LATE}


async def test_somebody_is_told_of_a_day_once_and_the_last_time_is_known(database: Database):
    first, next_day = Telling(FIRST, FIRST), Telling(FIRST + timedelta(days=1), FIRST)
    async with database.engine.begin() as tx:
        for told in (first, Telling(FIRST, date(2026, 1, 1)), next_day):
            await tellings.keep(tx, MARA, "daily", told, NOW)
        await tellings.keep(tx, CLEO, "weekly", first, NOW, was_sent=False)
    async with database.read() as tx:
        assert await tellings.last(tx, "daily") == {MARA: next_day}
        assert await tellings.last(tx, "weekly") == {CLEO: first}
        assert (
            await tx.scalar(select(TELLING.c.as_of).where(TELLING.c.day == FIRST, TELLING.c.kind == "daily")) == FIRST
        )


async def test_a_mention_waits_until_it_is_settled(database: Database):
    await seen(database)
    async with database.engine.begin() as tx:
        for _ in range(2):
            await tellings.hold(tx, SIG, (MARA, CLEO), "card", NOW)
        held = await tellings.held(tx)
        assert {one.slack for one in held} == {MARA, CLEO}
        await tellings.settle(tx, [one for one in held if one.slack == MARA], NOW)
    async with database.engine.begin() as tx:
        assert [one.slack for one in await tellings.held(tx)] == [CLEO]
        await tellings.hold(tx, SIG, (MARA,), "card", NOW)
        assert [one.slack for one in await tellings.held(tx)] == [CLEO]  # once told, never again about the same


async def test_who_is_erased_takes_their_choices_along_and_nothing_names_them_before(database: Database):
    await seen(database)
    async with database.engine.begin() as tx:
        await preferences.keep(tx, MARA, LATE, NOW)
        await tellings.keep(tx, MARA, "daily", Telling(FIRST, FIRST), NOW)
        await tellings.hold(tx, SIG, (MARA,), "card", NOW)
        key = await people.known(tx, MARA)
    assert key
    assert await erasure.still_named(database, (MARA,)) == ()
    await erasure.erase(database, MARA)
    async with database.read() as tx:
        for table in (PREFERENCE, TELLING, HELD_MENTION):
            assert await tx.scalar(select(func.count()).select_from(table)) == 0


async def seen(database: Database) -> None:
    event = SignalEvent(as_of=FIRST, event=EventKind.OPENED, signal=signal())
    await SweepBook(database).save(Swept(FIRST, (event,), {}))
