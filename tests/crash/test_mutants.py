"""The tests are tested: four ways to build it wrong, and each is caught by the test that is there for it."""

import pytest

from memory.failpoints import Failpoint
from tests.crash import invariants
from tests.crash.company import REFRESH, TRIM
from tests.crash.harness import Seasons
from tests.crash.life import Doom, whole_story
from tests.crash.mutants import EFFECT_IN_A_NODE, EMPTY_IS_DONE, NO_LEASE, POSTED_ANEW
from tests.crash.test_failpoints import goes_to_the_end, race_for_every_action

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


async def test_an_effect_inside_a_graph_node_is_caught_by_a_kill_right_after_it(seasons: Seasons):
    with seasons.season(EFFECT_IN_A_NODE, only=REFRESH) as season:
        season.outside.account.recognises = frozenset()
        left = [str(Failpoint.PLATFORM_WRITTEN)]
        while not goes_to_the_end(season, left, nth=1):
            continue
        with pytest.raises(AssertionError, match="an effect came twice"):
            await invariants.hold(season.place, season.outside)


async def test_taking_an_empty_next_for_done_is_caught_by_a_kill_between_result_and_checkpoint(seasons: Seasons):
    with seasons.season(EMPTY_IS_DONE, only=TRIM) as season:
        assert season.start(whole_story, Doom(Failpoint.RESULT_SAVED)).end() == -9
        assert season.start(whole_story, most_rounds=10).end() == 1, (
            "what was approved is never done: the day does not come to rest"
        )
        with pytest.raises(AssertionError, match="something is still under way"):
            await invariants.hold(season.place, season.outside)


async def test_actions_without_a_lease_are_caught_by_two_workers_after_the_same_one(seasons: Seasons):
    with seasons.season(NO_LEASE) as season, pytest.raises(AssertionError, match="an effect came twice"):
        await race_for_every_action(season)


async def test_a_message_that_slack_cannot_recognise_is_caught_by_a_kill_before_it_is_noted(seasons: Seasons):
    with seasons.season(POSTED_ANEW, only=TRIM) as season:
        left = [str(Failpoint.MESSAGE_POSTED)]
        while not goes_to_the_end(season, left, nth=1):
            continue
        with pytest.raises(AssertionError, match="there is a second message of the same"):
            await invariants.hold(season.place, season.outside)
