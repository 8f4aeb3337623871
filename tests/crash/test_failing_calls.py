"""Every call fails: to the database, to the ad account, to Slack. The story ends the same.

To the database each different statement, and the commit after each, fails once on its way, with its connection; to the
account and to Slack the n-th call fails for every n, in every way.
"""

import json
from collections.abc import Callable

import pytest

from tests.crash import invariants
from tests.crash.company import TRIM
from tests.crash.failing import KINDS
from tests.crash.harness import Season, Seasons
from tests.crash.life import whole_story
from tests.crash.outside import EVERYTHING

OUTSIDE_KINDS = ("refused", "lost", "500")
EVERY = 5
"""Of the calls outside every fifth fails in one run, so that what is tried again at once succeeds."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
async def test_whichever_call_to_the_database_fails_the_story_ends_the_same(seasons: Seasons, rounds: int, kind: str):
    for nth in range(1, rounds + 1):
        with seasons.season(only=TRIM) as season:
            assert season.start(whole_story, failing=(kind, nth)).end() == 0
            await invariants.hold(season.place, season.outside)
            told = json.loads((season.place.folder / "life-1.calls").read_text())
            due = {call for call, times in told["made"].items() if times >= nth}
            print(f"{len(told['failed'])} different calls of {sum(told['made'].values())} failed at time {nth}")
            assert set(told["failed"]) == due


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_whichever_call_to_the_account_or_to_slack_fails_the_story_ends_the_same(seasons: Seasons):
    account, slack = set[int](), set[int]()
    for run in range(EVERY * len(OUTSIDE_KINDS)):
        kind = OUTSIDE_KINDS[run // EVERY]
        with seasons.season(only=TRIM) as season:
            season.outside.account.recognises = EVERYTHING if run % 2 else frozenset()
            season.outside.account_faults.start(every_fifth(run % EVERY, kind))
            season.outside.slack_faults.start(every_fifth(run % EVERY, kind))
            assert season.start(whole_story).end() == 0
            await invariants.hold(season.place, season.outside)
            account |= failed(season, season.outside.account_faults.calls, run)
            slack |= failed(season, season.outside.slack_faults.calls, run)
    print(f"calls to the account that failed: {sorted(account)}, to Slack: {sorted(slack)}")
    assert account >= set(range(1, max(account) + 1))
    assert slack >= set(range(1, max(slack) + 1))


def every_fifth(rest: int, kind: str) -> Callable[[int], str]:
    return lambda number: kind if number % EVERY == rest else ""


def failed(season: Season, calls: list[str], run: int) -> set[int]:
    return {number for number in range(1, len(calls) + 1) if number % EVERY == run % EVERY}
