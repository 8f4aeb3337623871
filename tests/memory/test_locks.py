"""Locks by name: whoever stands still with one loses it to whoever needs it, and stops when it goes on."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from memory.database import Database
from memory.locks import LockLost
from memory.patience import Patience

STILL = Patience(beat_seconds=1.2, standstill_seconds=0.3)
"""Gives its first sign of life long after others took it for stopped, as a process does that is let go on."""
ALIVE = Patience(beat_seconds=0.05, standstill_seconds=0.3)


@pytest.fixture
async def other(address: str) -> AsyncIterator[Database]:
    """Another process on the same database."""
    opened = Database(address, waits=ALIVE)
    yield opened
    await opened.close()


@pytest.fixture
async def stopped(address: str) -> AsyncIterator[Database]:
    opened = Database(address, waits=STILL)
    yield opened
    await opened.close()


async def test_whoever_needs_the_lock_of_one_that_stands_still_gets_it_and_the_other_stops(
    other: Database, stopped: Database, caplog: pytest.LogCaptureFixture
):
    went_on = False

    async def sweep() -> None:
        nonlocal went_on
        async with stopped.exclusively("baton/sweep"):
            await asyncio.sleep(30)
            went_on = True

    one = asyncio.create_task(sweep())
    await asyncio.sleep(0.2)
    async with other.exclusively("baton/sweep"):
        with pytest.raises(LockLost, match="baton/sweep"):
            await one
        async with stopped.by_one("baton/sweep") as is_ours:
            assert not is_ours
    assert not went_on
    assert "stands still" in caplog.text
    assert "baton/sweep is taken from it" in caplog.text


async def test_the_minute_after_one_that_stands_still_is_somebody_elses(other: Database, stopped: Database):
    async def minute() -> None:
        async with stopped.by_one("baton/minute"):
            await asyncio.sleep(30)

    one = asyncio.create_task(minute())
    await asyncio.sleep(0.6)
    async with other.by_one("baton/minute") as is_ours:
        assert is_ours
    with pytest.raises(LockLost):
        await one


async def test_who_works_for_long_keeps_the_lock_and_the_next_minute_is_left_out_and_says_whose_it_is(
    address: str, other: Database, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO)  # of our own process it is no news that it is still at work
    busy = Database(address, waits=ALIVE)
    async with busy.by_one("baton/minute"):
        await asyncio.sleep(0.6)
        async with other.by_one("baton/minute") as is_ours:
            assert not is_ours
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5), other.exclusively("baton/minute"):
                pytest.fail("two had the lock")
    async with other.by_one("baton/minute") as is_ours:
        assert is_ours
    assert "baton/minute is left out: baton lock " in caplog.text
    assert "stands still" not in caplog.text
    await busy.close()


async def test_a_lock_of_an_earlier_baton_which_gives_no_signs_of_life_is_never_taken(other: Database):
    ask = text("SELECT pg_advisory_lock(hashtextextended('baton/minute', 0))")
    async with other.engine.connect() as earlier:
        await earlier.execute(ask)
        await earlier.commit()
        await asyncio.sleep(0.5)
        async with other.by_one("baton/minute") as is_ours:
            assert not is_ours
        assert await earlier.scalar(ask) is not None


async def test_whoever_waits_long_says_for_whom(
    other: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("memory.locks._LOOK_SECONDS", 0.05)
    monkeypatch.setattr("memory.locks._REMARK_SECONDS", 0.1)
    caplog.set_level(logging.WARNING)

    async def wait() -> None:
        async with other.exclusively("card/sig_1"):
            pass

    async with other.exclusively("card/sig_1"):
        waiting = asyncio.create_task(wait())
        await asyncio.sleep(0.6)
    await waiting
    assert caplog.text.count("card/sig_1 is waited for: baton lock ") == 1


async def test_a_lease_is_taken_with_the_lock_of_its_action_and_by_nobody_beside_it(other: Database):
    async with (
        other.leased("action/act_1", 60, give("first")) as first,
        other.leased("action/act_1", 60, give("second")) as second,
    ):
        assert (first, second) == ("first", None)
    async with other.leased("action/act_1", 60, give("third")) as third:
        assert third == "third"


async def test_what_is_done_is_given_back_before_the_connection_ends_which_a_server_may_notice_late(
    other: Database, address: str
):
    held_at_the_end: list[int] = []

    def look(*_: object) -> None:
        with psycopg.connect(address) as connection:
            asked = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory'"
            held = connection.execute(f"{asked} AND datname = current_database()").fetchone()
            assert held
            held_at_the_end.append(held[0])

    event.listen(other._locks._engine.sync_engine.pool, "close", look)
    async with other.leased("action/act_1", 60, give("mine")) as held:
        assert held == "mine"
    assert held_at_the_end == [0]


async def test_who_was_silent_for_a_lease_loses_the_lock_before_its_own_was_taken_and_gets_none(
    other: Database, stopped: Database
):
    """It stood still between the lock and the lease; when it goes on, the connection it would ask on is gone."""
    goes_on = asyncio.Event()

    async def late(tx: AsyncConnection) -> str:
        await goes_on.wait()
        return str(await tx.scalar(text("SELECT 'too late'")))

    async def work() -> None:
        async with stopped.leased("action/act_1", 60, late):
            pytest.fail("two were at work on one action")

    one = asyncio.create_task(work())
    await asyncio.sleep(0.2)
    async with other.leased("action/act_1", 60, give("too early")) as held:
        assert held is None
    await asyncio.sleep(0.3)
    async with other.leased("action/act_1", 0.4, give("in its place")) as held:
        assert held == "in its place"
        goes_on.set()
        with pytest.raises(LockLost, match="act_1"):
            await one


async def test_who_stands_still_with_a_lease_is_stopped_when_it_goes_on(other: Database, stopped: Database):
    async def work() -> None:
        async with stopped.leased("action/act_1", 0.3, give("mine")):
            await asyncio.sleep(30)

    one = asyncio.create_task(work())
    await asyncio.sleep(0.5)
    async with other.leased("action/act_1", 0.3, give("in its place")) as held:
        assert held == "in its place"
        with pytest.raises(LockLost, match="act_1"):
            await one


async def test_who_works_for_longer_than_a_lease_and_gives_signs_of_life_keeps_its_lock(other: Database):
    async with other.leased("action/act_1", 0.3, give("mine")):
        await asyncio.sleep(0.6)
        async with other.leased("action/act_1", 0.3, give("in its place")) as held:
            assert held is None


async def test_an_error_of_the_lease_itself_is_not_taken_for_a_lost_lock(other: Database):
    async def wrong(tx: AsyncConnection) -> object:
        return await tx.scalar(text("SELECT nonsense"))

    with pytest.raises(DBAPIError, match="nonsense"):
        async with other.leased("action/act_1", 60, wrong):
            pytest.fail("there is no lease")


def give(word: str) -> Callable[[AsyncConnection], Awaitable[str]]:
    async def take(tx: AsyncConnection) -> str:
        return str(await tx.scalar(text("SELECT CAST(:word AS text)"), {"word": word}))

    return take
