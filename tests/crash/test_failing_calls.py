"""Every call fails: to the database, to the ad account, to Slack. The story ends the same.

To the database each different statement, and the commit after each, fails once on its way, with its connection; to the
account and to Slack the n-th call fails for every n, in every way.
"""

import json

import pytest

from tests.crash import invariants
from tests.crash.company import TRIM
from tests.crash.failing import KINDS
from tests.crash.harness import Seasons
from tests.crash.life import whole_story
from tests.crash.outside import EVERYTHING

OUTSIDE_KINDS = ("refused", "lost", "500")
EVERY = 5
RESTS = ((0, 2), (1, 3), (4,))
"""Of five calls outside these fail in one run: never two in a row, so that what is tried again at once succeeds."""


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
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
@pytest.mark.parametrize("kind", OUTSIDE_KINDS)
async def test_whichever_call_to_the_account_or_to_slack_fails_the_story_ends_the_same(seasons: Seasons, kind: str):
    account, slack = set[int](), set[int]()
    for rests in RESTS:
        with seasons.season(only=TRIM) as season:
            faults, slack_faults = season.outside.account_faults, season.outside.slack_faults
            season.outside.account.recognises = EVERYTHING if 0 in rests else frozenset()
            for one in (faults, slack_faults):
                one.start(lambda number, rests=rests: kind if number % EVERY in rests else "")
            assert season.start(whole_story).end() == 0
            await invariants.hold(season.place, season.outside)
            account |= {number for number, _ in faults.failed}
            slack |= {number for number, _ in slack_faults.failed}
    print(f"calls to the account that failed: {sorted(account)}, to Slack: {sorted(slack)}")
    assert account >= {1, 2, 3}, "a value is read, written and read back"
    assert slack >= set(range(1, 9))
