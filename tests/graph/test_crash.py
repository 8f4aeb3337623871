"""Killed anywhere, the story ends the same: nothing lost, nothing twice."""

from pathlib import Path

import pytest

from domain.case import ProposalStatus
from graph.runner import Runner
from memory.database import Database
from tests.graph import story
from tests.graph.fakes import BUDGET, HandClock, services


@pytest.mark.parametrize("failpoint", story.STEPS)
async def test_killed_at_any_step_the_story_ends_the_same(address: str, tmp_path: Path, failpoint: str):
    path = tmp_path / "platform.json"
    assert story.run(address, path, failpoint) == -9, f"{failpoint} was never reached"
    assert story.run(address, path, "") == 0
    runner = Runner(services(Database(address), clock=HandClock()))
    await runner.open()
    (view,) = (await runner.case(story.SIG)).proposals
    platform = story.LastingPlatform(path)
    assert view.status is ProposalStatus.MEASURED
    assert (platform.values[BUDGET], len(platform.effects)) == ("360.00", 1)
    assert (await runner.verify()).problems == ()
    await runner.close()
