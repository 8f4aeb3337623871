"""Two workers and a bot on one database: each is killed now and then, and one stands still beyond its lease.

A worker that stood still goes on where it was, in the middle of a call or a transaction, and must do no harm: its lease
is gone, somebody else went on. The clock is never asked how long that takes; the database says when a lease is over.
"""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable

import pytest

from memory.failpoints import Failpoint
from tests.crash import invariants
from tests.crash.company import TRIM
from tests.crash.harness import (
    PATIENCE_SECONDS,
    Process,
    Season,
    Seasons,
    coverage,
    has_a_lease,
    short_lease_seconds,
    until,
)
from tests.crash.life import STEPS, Doom, Life, attending, half_a_minute_later, living_by_the_minute, working

KILLS = 25
MOST_AIMS = 8
"""Steps a process is to die at, whichever it passes first."""
STILL_AT = (
    Failpoint.LEASE_TAKEN,
    Failpoint.PLATFORM_READ,
    Failpoint.INTENT_WRITTEN,
    Failpoint.LEASE_CHECKED,
    Failpoint.PLATFORM_WRITTEN,
    Failpoint.ANSWER_NOTED,
    Failpoint.READ_BACK,
    Failpoint.RECEIPT_UNCOMMITTED,
    Failpoint.CARD_POSTED,
    Failpoint.RESULT_SAVED,
    Failpoint.CHECKPOINT_UNSAVED,
    Failpoint.OUTCOME_UNCOMMITTED,
)
"""Steps a worker stands still at."""
HELD_UP_SECONDS = 0.4
"""Others that passed no step for so long wait for the one that stands still."""


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
async def test_two_workers_killed_and_standing_still_lose_nothing_and_do_nothing_twice(seasons: Seasons, rounds: int):
    seed = int(os.environ.get("BATON_CRASH_SEED", str(time.time_ns() % 100_000)))
    print(f"BATON_CRASH_SEED={seed}")  # shown where the test fails
    chance, fallen, still = random.Random(seed), Counter[str](), Counter[str]()
    while fallen.total() < KILLS * rounds:
        with seasons.season(lease_seconds=short_lease_seconds()) as season:
            season.outside.account.recognises = frozenset({chance.choice(("tasks", "fences"))})
            shift = Shift(season, chance, KILLS * rounds - fallen.total())
            shift.to_the_end()
            assert season.start(half_a_minute_later).end() == 0
            await invariants.hold(season.place, season.outside)
            fallen += season.fallen
            still += shift.still
    print(f"stood still beyond the lease: {dict(still)}\n{coverage(fallen)}")
    assert still.total() > 0


LOCKED_AT = (Failpoint.THREAD_LOCKED, Failpoint.SWEEP_UNCOMMITTED, Failpoint.ACTION_LOCKED, Failpoint.LEASE_TAKEN)
"""Steps with a lock by name in hand: of a proposal, of the sweep, and of an action without its lease and with it."""


@pytest.mark.parametrize("step", LOCKED_AT)
async def test_one_that_stands_still_for_good_with_a_lock_keeps_nobody_from_carrying_out_an_approval(
    seasons: Seasons, step: Failpoint
):
    """Neither its lock nor the minutes behind it hold anybody up; let go on at the end, it does no harm."""
    with seasons.season(only=TRIM, lease_seconds=short_lease_seconds(), standstill_seconds=1.5) as season:
        still = season.start(living_by_the_minute, Doom(step, "stop"))
        bot = season.start(attending)
        until(lambda: still.is_stopped, f"somebody stands still at {step}")
        season.start(living_by_the_minute)
        until(lambda: season.outside.account.effects or not bot.is_alive, "the approval is carried out, or refused")
        assert still.is_stopped
        assert bot.end() == 0
        still.go_on()
        await asyncio.sleep(0.5)
        for life in (still, season.lives[-1]):
            assert life.is_alive
            life.kill()
            assert life.end() == -9
        assert season.start(half_a_minute_later).end() == 0
        await invariants.hold(season.place, season.outside)


class Shift:
    """Who is at work in one season. Whoever dies is followed by another, until the bot has seen the story's end."""

    def __init__(self, season: Season, chance: random.Random, kills: int) -> None:
        self.still = Counter[str]()
        """How often somebody stood still, by the step."""
        self._season, self._chance, self._left = season, chance, kills
        self._workers = [self._begun(working), self._begun(working)]
        self._bot = self._begun(attending)

    def to_the_end(self) -> None:
        began = time.monotonic()
        while self._bot_goes_on():
            assert time.monotonic() < began + PATIENCE_SECONDS * 2, "the story does not end"
            for place, worker in enumerate(self._workers):
                if worker.is_stopped:
                    self._stands_still(worker, self._workers[1 - place])
                elif not worker.is_alive:
                    self._fell(worker)
                    self._workers[place] = self._begun(working)
            time.sleep(0.005)
        for worker in self._workers:
            worker.kill()
            assert worker.end() == -9

    def _bot_goes_on(self) -> bool:
        if self._bot.is_alive:
            return True
        if self._fell(self._bot) == 0:
            return False
        self._bot = self._begun(attending)
        return True

    def _begun(self, live: Callable[[Life], None]) -> Process:
        dooms = [Doom(step, nth=self._chance.randint(1, 2)) for step in self._chance.sample(STEPS, MOST_AIMS)]
        if self._left <= 0:
            dooms = []
        if live is working:
            dooms.append(Doom(self._chance.choice(STILL_AT), "stop"))
        return self._season.start(live, *dooms, seed=self._chance.randrange(1_000_000))

    def _fell(self, process: Process) -> int:
        code = process.end()
        if code != 0:
            self._season.count(process)
            self._left -= 1
        return code

    def _stands_still(self, worker: Process, other: Process) -> None:
        """Until its lease has run out and the other one went round, or is held up, is still itself, or is dead."""
        self.still[worker.trace.step] += 1
        until(lambda: not has_a_lease(self._season, worker), "its lease runs out")
        rounds, seen, since = other.trace.rounds, other.trace.count, time.monotonic()
        while other.is_alive and not other.is_stopped and other.trace.rounds < rounds + 2:
            if other.trace.count != seen:
                seen, since = other.trace.count, time.monotonic()
            if time.monotonic() > since + HELD_UP_SECONDS:
                break
            time.sleep(0.005)
        worker.go_on()
