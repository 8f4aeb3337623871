"""A request is somebody's once, whichever process hears of it first."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from memory import requests
from memory.database import Database
from memory.requests import Arrival

KEEP, PATIENCE = timedelta(minutes=15), timedelta(seconds=10)


async def take(database: Database, key: str, patience: timedelta | None = None) -> Arrival:
    async with database.engine.begin() as tx:
        return await requests.take(tx, key, keep=KEEP, patience=patience)


async def later(database: Database, by: str) -> None:
    async with database.engine.begin() as tx:
        moved = f"taken_at = taken_at - interval '{by}', keep_until = keep_until - interval '{by}'"
        await tx.execute(text(f"UPDATE slack_request SET {moved}"))


async def test_of_twenty_processes_that_hear_of_a_request_one_takes_it(database: Database):
    heard = await asyncio.gather(*(take(database, "event/Ev1", PATIENCE) for _ in range(20)))
    assert sorted(one.value for one in heard) == ["new"] + ["under way"] * 19


async def test_a_repeat_of_what_was_answered_is_known_as_one(database: Database):
    assert await take(database, "event/Ev1", PATIENCE) is Arrival.NEW
    async with database.engine.begin() as tx:
        await requests.done(tx, "event/Ev1")
    await later(database, "1 minute")
    assert await take(database, "event/Ev1", PATIENCE) is Arrival.DONE


async def test_what_somebody_took_and_never_finished_may_be_taken_again_after_a_while(database: Database):
    assert await take(database, "event/Ev1", PATIENCE) is Arrival.NEW
    await later(database, "9 seconds")
    assert await take(database, "event/Ev1", PATIENCE) is Arrival.UNDER_WAY
    await later(database, "2 seconds")
    assert await take(database, "event/Ev1", PATIENCE) is Arrival.NEW
    assert await take(database, "event/Ev1", PATIENCE) is Arrival.UNDER_WAY


async def test_without_patience_it_never_may(database: Database):
    assert await take(database, "signature/a") is Arrival.NEW
    await later(database, "10 minutes")
    assert await take(database, "signature/a") is Arrival.UNDER_WAY


async def test_what_was_put_back_may_come_again(database: Database):
    assert await take(database, "event/Ev1", PATIENCE) is Arrival.NEW
    async with database.engine.begin() as tx:
        await requests.put_back(tx, "event/Ev1")
    assert await take(database, "event/Ev1", PATIENCE) is Arrival.NEW


async def test_only_what_can_no_longer_be_repeated_is_forgotten(database: Database):
    await take(database, "signature/old")
    await later(database, "16 minutes")
    await take(database, "signature/new")
    async with database.engine.begin() as tx:
        assert await requests.forget(tx) == 1
    assert await take(database, "signature/new") is Arrival.UNDER_WAY
