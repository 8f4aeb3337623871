"""Every named step, broken in each way: the process killed there, an error raised, a second worker beside it."""

import time
from collections import Counter

import pytest

from memory.failpoints import Failpoint
from tests.crash import invariants
from tests.crash.harness import Process, Season, Seasons, coverage, has_a_lease, short_lease_seconds, until
from tests.crash.life import STEPS, Doom, helping, whole_story

pytestmark = [pytest.mark.slow, pytest.mark.timeout(6 * 3600)]

MOST_LIVES = 3 * len(STEPS)
MOST_SEASONS = 12
PER_SEASON = 13
"""Steps a worker is stopped at in one story: while it stands still the other goes on, and leaves less to stop at."""
HELD_UP_SECONDS = 0.25
"""A worker that has passed no step for so long waits for the one that stands still."""


async def test_killed_at_every_step_the_story_ends_the_same(seasons: Seasons, rounds: int):
    fallen = await killed_at_every_step(seasons, 1)
    for nth in range(2, rounds + 1):
        fallen += await killed_at_every_step(seasons, 1)
        fallen += await killed_at_every_step(seasons, nth)
    if rounds > 1:
        fallen += await killed_at_every_step(seasons, 1)
        assert min(fallen[step] for step in STEPS) >= 2 * rounds
    print(coverage(fallen))


async def killed_at_every_step(seasons: Seasons, nth: int) -> Counter[str]:
    """At the n-th time a life passes it; where none passes it so often, at the first."""
    fallen, left = Counter[str](), list(STEPS)
    for passing in dict.fromkeys((nth, 1)):
        with seasons.season() as season:
            season.outside.account.recognises = frozenset()
            while left and not goes_to_the_end(season, left, passing):
                assert len(season.lives) < MOST_LIVES
            if not left:
                assert season.start(whole_story).end() == 0
            await invariants.hold(season.place, season.outside)
            fallen += season.fallen
    assert left == [], "a step was never reached"
    return fallen


def goes_to_the_end(season: Season, left: list[str], nth: int) -> bool:
    """One life, killed when it passes one of the steps nobody was killed at yet; True when it passed none."""
    process = season.start(whole_story, *(Doom(step, nth=nth) for step in left))
    if process.end() == 0:
        return True
    for doom in process.met:
        left.remove(doom.step)
    season.count(process)
    return False


async def test_an_error_at_every_step_changes_nothing_about_the_end(seasons: Seasons, rounds: int):
    for nth in range(1, rounds + 1):
        with seasons.season() as season:
            process = season.start(whole_story, *(Doom(step, "raise", nth) for step in STEPS))
            assert process.end() == 0
            await invariants.hold(season.place, season.outside)
            assert nth > 1 or {doom.step for doom in process.met} == set(STEPS)


async def test_a_second_worker_beside_one_that_stands_still_at_every_step_does_nothing_twice(
    seasons: Seasons, rounds: int
):
    for nth in range(1, rounds + 1):
        left, made = list(STEPS), 0
        while left and made < MOST_SEASONS:
            made += 1
            with seasons.season(lease_seconds=short_lease_seconds()) as season:
                season.outside.account.recognises = frozenset({("tasks", "fences")[made % 2]})
                helper = season.start(helping)
                worker = season.start(whole_story, *(Doom(step, "stop", nth) for step in left[:PER_SEASON]))
                stand_still_and_go_on(season, worker, helper)
                await invariants.hold(season.place, season.outside)
            missed = [step for step in left[:PER_SEASON] if step not in {doom.step for doom in worker.met}]
            left = left[PER_SEASON:] + missed
        assert left == [] or nth > 1, "a step was never reached"


async def test_two_workers_after_the_same_action_on_a_platform_that_checks_before_it_sets_set_it_once(seasons: Seasons):
    with seasons.season() as season:
        await race_for_every_action(season)


async def race_for_every_action(season: Season) -> None:
    """One stands before each action in turn while the other has leave to work: if it may act, it does so now."""
    season.outside.account.recognises = frozenset({"tasks"})
    season.outside.account.thinks_seconds = 0.5
    helper = season.start(helping)
    worker = season.start(whole_story, *(Doom(Failpoint.ACTION_LOCKED, "stop", nth) for nth in range(1, 5)))
    stand_still_and_go_on(season, worker, helper)
    await invariants.hold(season.place, season.outside)


def stand_still_and_go_on(season: Season, worker: Process, helper: Process) -> None:
    """Whenever the worker stands still at a step, the other one does what it can; then the first goes on."""
    while True:
        until(lambda: worker.is_stopped or not worker.is_alive, "the worker stands still or has ended")
        if not worker.is_stopped:
            break
        does_what_it_can(season, worker, helper)
        worker.go_on()
    helper.kill()
    assert helper.end() == -9
    assert worker.end() == 0


def does_what_it_can(season: Season, worker: Process, helper: Process) -> None:
    """Two rounds after the other one's leases ran out, or until it is held up by what the other one holds."""
    helper.trace.let(work=True)
    until(lambda: not has_a_lease(season, worker), "its lease runs out")
    rounds, seen, since = helper.trace.rounds, helper.trace.count, time.monotonic()
    while helper.trace.rounds < rounds + 2 and time.monotonic() < since + HELD_UP_SECONDS:
        if helper.trace.step == Failpoint.LEASE_CHECKED and worker.trace.step == Failpoint.ACTION_LOCKED:
            break  # it is calling the platform this very moment, about what the other one is about to do
        if helper.trace.count != seen:
            seen, since = helper.trace.count, time.monotonic()
        time.sleep(0.005)
    helper.trace.let(work=False)
