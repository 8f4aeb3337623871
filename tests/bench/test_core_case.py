"""The worlds of the core case hold that case once per account and nothing else, and one signal is judged strictly."""

from typing import Any

import pytest

from tests.bench.core_case import LEAST_Z, judged, world
from tests.bench.scoring import Event
from tests.bench.world.visibility import cost_z, z_score


@pytest.fixture(scope="module")
def company() -> Any:
    return world(21)


def said(
    company: Any, *agents: str, signal: str = "sig_1", cause: str = "audience_decline", event: str = "opened"
) -> Event:
    """An event at the first story's own segment."""
    story = company.happenings[0]
    scope = {
        "account_id": company.company.account_id(story.account),
        "segment_id": company.company.segment_id(story.segment),
    }
    found = [{"agent": agent} for agent in agents]
    day = company.company.shape.day(story.start + 5).isoformat()
    return {"as_of": day, "event": event, "signal_id": signal, "cause": cause, "scope": scope, "findings": found}


def test_every_account_has_its_one_story_clear_in_each_part(company: Any):
    assert [one.account for one in company.happenings] == list(range(company.company.shape.accounts))
    for one in company.happenings:
        assert min(z_score(one, company.company), cost_z(one, company.company)) >= LEAST_Z


def test_the_same_seed_tells_the_same_stories(company: Any):
    assert world(21).truth == company.truth != world(22).truth


def test_three_findings_on_one_signal_are_the_core_case(company: Any):
    case = judged(company.happenings[0], company.company, [said(company, "performance", "creative", "lifecycle")])
    assert case.is_one
    assert case.is_named
    assert case.days == 5


@pytest.mark.parametrize(
    "agents", [("performance", "lifecycle"), ("creative", "lifecycle"), ("performance", "creative", "audience")]
)
def test_a_signal_that_lacks_a_part_is_not(company: Any, agents: tuple[str, ...]):
    assert not judged(company.happenings[0], company.company, [said(company, *agents)]).is_one


def test_parts_that_never_stand_together_are_not_one_story(company: Any):
    events = [said(company, "performance", "creative"), said(company, "lifecycle", event="updated")]
    assert not judged(company.happenings[0], company.company, events).is_one


def test_a_second_signal_in_the_account_spoils_it(company: Any):
    whole = said(company, "performance", "creative", "lifecycle")
    case = judged(company.happenings[0], company.company, [whole, {**whole, "signal_id": "sig_2"}])
    assert (case.signals, case.is_one) == (2, False)


def test_silence_and_another_account_are_no_signal(company: Any):
    whole = said(company, "performance", "creative", "lifecycle")
    assert judged(company.happenings[0], company.company, []).signals == 0
    assert judged(company.happenings[1], company.company, [whole]).signals == 0


def test_one_signal_with_the_wrong_name_is_one_and_not_named(company: Any):
    case = judged(
        company.happenings[0],
        company.company,
        [said(company, "performance", "audience", "lifecycle", cause="creative_fatigue")],
    )
    assert (case.is_one, case.is_named) == (True, False)
