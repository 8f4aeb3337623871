"""Presses that come at the same time share one look at the database; each hears what came of its own."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from graph.gathering import PAUSE_SECONDS, STORM, Gathering


class Clerk:
    """Does what was gathered, and remembers each go."""

    def __init__(self) -> None:
        self.goes: list[list[int]] = []
        self.began: list[float] = []
        self.broken = False

    async def go(self, asked: Sequence[int]) -> Sequence[int]:
        self.goes.append(list(asked))
        self.began.append(time.monotonic())
        await asyncio.sleep(0.01)
        if self.broken:
            self.broken = False
            raise ConnectionError("the database is away")
        return [-one for one in asked]


async def test_those_who_come_while_one_go_is_under_way_share_the_next_and_each_hears_its_own():
    clerk = Clerk()
    gathering = Gathering(clerk.go)
    assert await asyncio.gather(*(gathering.ask(one) for one in range(40))) == [-one for one in range(40)]
    assert sorted(one for go in clerk.goes for one in go) == list(range(40)), "each exactly once"
    assert len(clerk.goes) <= 3


async def test_whoever_comes_alone_is_served_alone():
    clerk = Clerk()
    gathering = Gathering(clerk.go)
    for one in range(3):
        await gathering.ask(one)
    assert clerk.goes == [[0], [1], [2]]


async def test_in_a_storm_the_next_go_waits_for_more_and_a_quiet_one_does_not():
    clerk = Clerk()
    gathering = Gathering(clerk.go)
    first = asyncio.create_task(gathering.ask(0))
    await asyncio.sleep(0)
    await asyncio.gather(first, *(gathering.ask(one) for one in range(1, 2 * STORM)))
    assert [len(go) for go in clerk.goes] == [1, 2 * STORM - 1]
    assert clerk.began[1] - clerk.began[0] >= PAUSE_SECONDS * 0.99


async def test_a_go_that_fails_is_the_failure_of_one_and_the_others_try_again():
    clerk = Clerk()
    gathering = Gathering(clerk.go)
    clerk.broken = True
    said = await asyncio.gather(*(gathering.ask(one) for one in range(5)), return_exceptions=True)
    assert [type(one) for one in said].count(ConnectionError) == 1
    assert sorted(one for one in said if isinstance(one, int)) == sorted(-one for one in range(5) if said[one] == -one)
    assert len([one for one in said if isinstance(one, int)]) == 4


async def test_whoever_gives_up_waiting_is_not_done_and_holds_nobody_up():
    clerk = Clerk()
    gathering = Gathering(clerk.go)
    first = asyncio.create_task(gathering.ask(1))
    await asyncio.sleep(0)
    gone, stays = asyncio.create_task(gathering.ask(2)), asyncio.create_task(gathering.ask(3))
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert (await first, await stays) == (-1, -3)
    assert 2 not in [one for go in clerk.goes[1:] for one in go]
