"""Killed at random moments of the whole path, by one kill after another, and started again until the story is over.

Moments are counted in steps passed, not in seconds, so that a slow machine is killed all along the path as well. Some
fall anywhere on it; the others just after one of the steps that fewest kills fell in so far, or quick steps would
hardly ever be hit.
"""

import os
import random
import time
from collections import Counter

import pytest

from tests.crash import invariants
from tests.crash.harness import PATIENCE_SECONDS, Season, Seasons, coverage
from tests.crash.life import STEPS, Doom, half_a_minute_later, serving
from tests.crash.outside import EVERYTHING

KILLS = 50
"""Per part; there are two, so that two cores can share them."""
ANYWHERE = 0.15
"""Share of the kills that fall anywhere on the path."""
LONGEST_PATH = 600
"""Steps: more than the whole path has."""
AIMS = 20
"""Steps a life is to die at, whichever it passes first."""
LONGEST_AFTER_SECONDS = 0.02
"""A kill comes so long after its step at most: in the commit or the call that follows."""


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
@pytest.mark.parametrize("part", [1, 2])
async def test_killed_at_random_moments_nothing_is_lost_and_nothing_is_doubled(
    seasons: Seasons, rounds: int, part: int
):
    seed = int(os.environ.get("BATON_CRASH_SEED", str(time.time_ns() % 100_000)))
    print(f"BATON_CRASH_SEED={seed}")  # shown where the test fails
    chance, fallen, acked = random.Random(seed + part), Counter[str](), 0
    while fallen.total() < KILLS * rounds:
        with seasons.season() as season:
            season.outside.account.recognises = chance.choice((frozenset(), EVERYTHING))
            season.outside.account.thinks_seconds = chance.choice((0, 0.02))
            while dies(season, chance, fallen):
                continue
            assert season.start(half_a_minute_later).end() == 0
            await invariants.hold(season.place, season.outside)
            acked += len(invariants.noted(season.place.acked))
            fallen += season.fallen
    print(f"{acked} acknowledged presses\n{coverage(fallen)}")


def dies(season: Season, chance: random.Random, fallen: Counter[str]) -> bool:
    """One life and its end. False where it was the story's end."""
    seed, anywhere = chance.randrange(1_000_000), chance.random() < ANYWHERE
    dooms = [] if anywhere else aims(chance, fallen + season.fallen)
    process = season.start(serving, *dooms, seed=seed)
    if anywhere:
        steps, began = LONGEST_PATH * chance.random() ** 3, time.monotonic()
        while process.is_alive and process.trace.count < steps and time.monotonic() < began + PATIENCE_SECONDS:
            time.sleep(0.002)
        time.sleep(moment(chance))
        process.kill()
    if process.end() == 0:
        return False
    season.count(process)
    return True


def aims(chance: random.Random, fallen: Counter[str]) -> list[Doom]:
    """A moment after some of the steps that fewest kills fell in; where some are far behind, at those and no others."""
    if behind := [step for step in STEPS if fallen[step] < fallen.total() / len(STEPS) / 2 - 1]:
        return [Doom(step) for step in behind]
    rare = sorted(STEPS, key=lambda step: (fallen[step], chance.random()))[:AIMS]
    return [Doom(step, nth=chance.randint(1, 2), after_seconds=moment(chance)) for step in rare]


def moment(chance: random.Random) -> float:
    return chance.choice((0, chance.uniform(0, LONGEST_AFTER_SECONDS)))
