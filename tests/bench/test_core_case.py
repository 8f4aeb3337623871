"""The worlds of the core case hold that case once per account and nothing else, and one signal is judged strictly."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.bench.core_case import LEAST_Z, SHAPE, SPENDS, judged, world
from tests.bench.scoring import Event
from tests.bench.world.company import draw
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


def test_an_account_too_small_for_a_clear_story_spends_more_and_the_others_what_they_did():
    small, shape = 436, SHAPE
    made = world(small)
    drawn = draw(
        replace(shape, spend=SPENDS[0], people=300 * (SPENDS[0] / 450) ** 0.5),
        np.random.default_rng(np.random.SeedSequence([small, 77]).spawn(4)[0]),
    )
    grown = made.company.spend / drawn.spend
    assert set(made.company.account[grown > 1].tolist()) == {3}
    assert grown[made.company.account != 3] == pytest.approx(1)
    assert [one.account for one in made.happenings] == list(range(shape.accounts))
    assert all(one.z >= LEAST_Z for one in made.happenings)


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


def places(company: Any) -> dict[str, list[dict[str, str]]]:
    """Places in the first story's account: those it is felt in, and those it has no part in."""
    story, whole = company.happenings[0], company.company
    account = {"account_id": whole.account_id(story.account)}
    buyers = set(whole.buyers(story.segment).tolist())
    mine = [one for one in range(whole.shape.all_campaigns) if whole.account[one] == story.account]
    inside: list[dict[str, str]] = [account, account | {"segment_id": whole.segment_id(story.segment)}]
    outside = [account | {"segment_id": whole.segment_id(story.segment + (-1 if story.segment else 1))}]
    for one in mine:
        campaign = account | {"campaign_id": whole.campaign_id(one)}
        (inside if one in buyers else outside).extend([campaign, campaign | {"ad_id": whole.ad_id(one, 0)}])
    return {"inside": inside, "outside": outside}


def test_a_second_signal_at_the_place_of_the_story_spoils_it_whatever_it_says_and_when(company: Any):
    whole = said(company, "performance", "creative", "lifecycle")
    for place in places(company)["inside"]:
        for cause, day in (("pacing_drift", whole["as_of"]), ("audience_decline", "2025-10-27")):
            second = {**whole, "signal_id": "sig_2", "scope": place, "cause": cause, "as_of": day, "findings": []}
            case = judged(company.happenings[0], company.company, [whole, second])
            assert (case.signals, case.elsewhere, case.is_one) == (2, 0, False), place


def test_a_signal_where_the_story_has_no_part_is_counted_apart_and_splits_no_story(company: Any):
    whole = said(company, "performance", "creative", "lifecycle")
    outside = places(company)["outside"]
    assert len(outside) > 1
    for place in outside:
        second = {**whole, "signal_id": "sig_0", "scope": place, "findings": []}
        case = judged(company.happenings[0], company.company, [second, whole])
        assert (case.signals, case.elsewhere, case.is_one, case.is_named, case.is_alone) == (1, 1, True, True, False)


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
