"""What the score of a labelled world means."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.scoring import Event, Truth, score

FIRST = date(2026, 1, 5)
KINDS = ("creative_fatigue", "tracking_outage", "auction_pressure", "retention_drop")
WEEKS = 40.0


def day(index: int) -> str:
    return (FIRST + timedelta(days=index)).isoformat()


def label(kind: str, scope: dict[str, str], start: int = 10, length: int = 14, **more: Any) -> Truth:
    felt = day(start + 2)
    return {"kind": kind, "decoy": False, "scope": scope, "start": day(start), "felt_on": felt} | {
        "end": day(start + length),
        **more,
    }


def event(
    at: int, cause: str, scope: dict[str, str], event: str = "opened", signal: str = "sig_1", **more: Any
) -> Event:
    names = ("platform", "account_id", "campaign_id", "ad_id", "segment_id")
    return {"as_of": day(at), "event": event, "signal_id": signal, "cause": cause} | {
        "scope": {name: scope.get(name) for name in names},
        **more,
    }


AD = {"account_id": "a1", "campaign_id": "c1", "ad_id": "ad1"}
CAMPAIGN = {"account_id": "a1", "campaign_id": "c1"}
ACCOUNT = {"account_id": "a1"}
SEGMENT = {"account_id": "a1", "segment_id": "s1"}
FATIGUE = label("creative_fatigue", AD)
OUTAGE = label("tracking_outage", CAMPAIGN)


@st.composite
def labels(draw: st.DrawFn) -> list[Truth]:
    """Incidents that do not overlap: each campaign has at most one."""
    many = draw(st.integers(1, 8))
    return [
        label(
            draw(st.sampled_from(KINDS)),
            {"account_id": f"a{place % 3}", "campaign_id": f"c{place}"},
            start=draw(st.integers(0, 90)),
            length=draw(st.integers(3, 30)),
        )
        for place in range(many)
    ]


def oracle(truth: Sequence[Truth]) -> list[Event]:
    """Everything said rightly on the day it is felt."""
    felt = [(date.fromisoformat(one["felt_on"]) - FIRST).days for one in truth]
    return [
        event(at, one["kind"], one["scope"], signal=f"sig_{number}")
        for number, (at, one) in enumerate(zip(felt, truth, strict=True))
    ]


@given(labels())
def test_who_knows_everything_scores_everything(truth: list[Truth]):
    result = score(oracle(truth), truth, WEEKS)
    assert (result.precision, result.recall, result.useful_recall, result.cause_accuracy) == (1, 1, 1, 1)
    assert (result.scope_accuracy, result.days_to_detect, result.days_lost, result.alerts) == (1, 0, 0, len(truth))


@given(labels())
def test_silence_finds_nothing_and_loses_every_day(truth: list[Truth]):
    result = score([], truth, WEEKS)
    assert (result.recall, result.useful_recall, result.alerts, result.precision) == (0, 0, 0, 1)
    felt = [(date.fromisoformat(one["end"]) - date.fromisoformat(one["felt_on"])).days + 1 for one in truth]
    assert result.days_lost == pytest.approx(sum(felt) / len(felt))


@given(labels())
def test_alerting_on_every_campaign_every_week_finds_all_and_is_hardly_ever_right(truth: list[Truth]):
    events = [
        event(
            at, "unexplained", {"account_id": f"a{place % 3}", "campaign_id": f"c{place}"}, signal=f"sig_{place}_{at}"
        )
        for at in range(0, 140, 7)
        for place in range(24)
    ]
    result = score(events, truth, WEEKS)
    assert result.recall == 1
    assert result.useful_recall == 0
    assert result.precision < 0.1


@given(labels(), st.lists(st.integers(0, 120), max_size=20))
def test_false_alerts_lower_precision_and_nothing_else(truth: list[Truth], days: list[int]):
    noise = [event(at, "budget_cap", {"account_id": "elsewhere"}, signal=f"n{at}") for at in days]
    quiet, loud = score(oracle(truth), truth, WEEKS), score([*oracle(truth), *noise], truth, WEEKS)
    assert loud.useful_recall == quiet.useful_recall == 1
    assert loud.alerts - quiet.alerts == len(loud.false)
    assert (loud.precision < 1) == bool(days)


@given(labels(), st.lists(st.tuples(st.integers(0, 120), st.integers(0, 9)), max_size=30), st.randoms())
def test_scores_stay_within_their_bounds_and_add_up(truth: list[Truth], said: list[tuple[int, int]], random: Any):
    events = [
        event(
            at,
            random.choice(KINDS),
            {"account_id": f"a{place % 3}", "campaign_id": f"c{place}"},
            signal=f"s{place}",
            event=random.choice(["opened", "updated", "closed", "held"]),
        )
        for at, place in said
    ]
    result = score(events, truth, WEEKS)
    for share in (result.precision, result.recall, result.useful_recall, result.cause_accuracy, result.scope_accuracy):
        assert 0 <= share <= 1
    assert result.useful <= len(result.found)
    assert result.incidents == len(truth)
    assert result.alerts == len(result.false) + sum(len(one.alerts) for one in result.found)
    twice = result + result
    assert (twice.precision, twice.useful_recall) == (result.precision, result.useful_recall)
    assert twice.days_lost == pytest.approx(result.days_lost)
    assert twice.alerts_a_week == result.alerts_a_week


def test_the_first_alert_decides_and_a_correction_is_no_second_alert():
    events = [event(13, "auction_pressure", AD), event(15, "creative_fatigue", AD, event="updated")]
    result = score(events, [FATIGUE], WEEKS)
    assert (result.recall, result.useful_recall, result.alerts, result.corrected) == (1, 0, 1, 1)


def test_an_update_that_only_grows_is_no_alert():
    events = [event(13, "creative_fatigue", AD), event(40, "creative_fatigue", AD, event="updated")]
    result = score(events, [FATIGUE], WEEKS)
    assert (result.useful_recall, result.alerts, result.false) == (1, 1, ())


def test_an_open_signal_that_turns_to_a_later_incident_alerts_for_it():
    later = label("tracking_outage", CAMPAIGN, start=60, length=5)
    events = [event(13, "creative_fatigue", AD), event(61, "tracking_outage", CAMPAIGN, event="updated")]
    result = score(events, [FATIGUE, later], WEEKS)
    assert (result.useful_recall, result.alerts, result.false) == (1, 2, ())


def test_an_open_signal_that_turns_to_something_that_never_was_is_a_false_alert():
    events = [event(13, "creative_fatigue", AD), event(61, "tracking_outage", CAMPAIGN, event="updated")]
    result = score(events, [FATIGUE], WEEKS)
    assert (result.alerts, len(result.false)) == (2, 1)


def test_repeats_within_a_week_are_one_alert():
    events = [event(at, "budget_cap", CAMPAIGN, signal=f"s{at}") for at in (40, 42, 46, 47)]
    assert len(score(events, [], WEEKS).false) == 2


def test_a_repeat_that_is_the_first_word_about_an_incident_is_not_folded_away():
    events = [event(at, "tracking_outage", CAMPAIGN, signal=f"s{at}") for at in (8, 12)]
    result = score(events, [OUTAGE], WEEKS)
    assert (len(result.false), result.useful_recall) == (1, 1)


def test_two_causes_on_one_campaign_are_two_alerts_but_one_find():
    events = [event(12, cause, CAMPAIGN, signal=cause) for cause in ("tracking_outage", "landing_page_break")]
    result = score(events, [OUTAGE], WEEKS)
    assert (result.alerts, result.precision, len(result.found)) == (2, 1, 1)


@pytest.mark.parametrize(
    ("cause", "scope", "is_found", "is_useful"),
    [
        ("creative_fatigue", AD, True, True),
        ("creative_fatigue", AD | {"platform": "meta"}, True, True),
        ("auction_pressure", AD, True, False),
        ("creative_fatigue", CAMPAIGN, True, False),
        ("auction_pressure", CAMPAIGN, True, False),
        ("creative_fatigue", CAMPAIGN | {"ad_id": "ad2"}, False, False),
        ("creative_fatigue", {"account_id": "a1", "campaign_id": "c2"}, False, False),
        ("creative_fatigue", ACCOUNT, True, False),
        ("auction_pressure", ACCOUNT, False, False),
        ("audience_decline", SEGMENT, False, False),
        ("creative_fatigue", {"account_id": "a2"}, False, False),
    ],
)
def test_what_counts_as_having_found_a_worn_ad(cause: str, scope: dict[str, str], is_found: bool, is_useful: bool):
    result = score([event(14, cause, scope)], [FATIGUE], WEEKS)
    assert bool(result.found) is is_found
    assert result.useful == is_useful
    assert len(result.false) == (not is_found)


@pytest.mark.parametrize(
    ("cause", "scope", "is_found", "is_useful"),
    [
        ("audience_decline", SEGMENT, True, True),
        ("audience_decline", SEGMENT | {"campaign_id": "c1"}, True, False),
        ("creative_fatigue", CAMPAIGN, True, False),
        ("creative_fatigue", {"account_id": "a1", "campaign_id": "c2"}, False, False),
        ("audience_decline", {"account_id": "a1", "segment_id": "s2"}, False, False),
    ],
)
def test_what_counts_as_having_found_a_declining_segment(
    cause: str, scope: dict[str, str], is_found: bool, is_useful: bool
):
    decline = label("audience_decline", SEGMENT, also_felt_in=["c1"])
    result = score([event(14, cause, scope)], [decline], WEEKS)
    assert bool(result.found) is is_found
    assert result.useful == is_useful


def test_many_campaign_alerts_are_no_account_alert():
    outage = label("tracking_outage", ACCOUNT)
    events = [
        event(12, "tracking_outage", ACCOUNT | {"campaign_id": f"c{place}"}, signal=f"s{place}") for place in range(6)
    ]
    result = score(events, [outage], WEEKS)
    assert (result.recall, result.useful_recall, result.alerts) == (1, 0, 6)


def test_an_alert_just_after_the_end_belongs_to_the_incident_and_a_later_one_to_nothing():
    assert score([event(24 + 7, "creative_fatigue", AD)], [FATIGUE], WEEKS).recall == 1
    late = score([event(24 + 8, "creative_fatigue", AD)], [FATIGUE], WEEKS)
    assert (late.recall, len(late.false)) == (0, 1)


def test_an_alert_before_the_start_is_false():
    early = score([event(9, "creative_fatigue", AD)], [FATIGUE], WEEKS)
    assert (early.recall, len(early.false)) == (0, 1)


def test_an_alert_on_a_promo_is_false_and_is_counted_as_the_promo_having_fired():
    promo = label("promo", ACCOUNT) | {"decoy": True}
    quiet = label("holiday", {"account_id": "a2"}) | {"decoy": True}
    result = score([event(12, "landing_page_break", CAMPAIGN)], [promo, quiet], WEEKS)
    assert (len(result.false), dict(result.fires), dict(result.decoys)) == (1, {"promo": 1}, {"promo": 1, "holiday": 1})


def test_held_signals_and_closings_tell_an_owner_nothing():
    events = [event(12, "tracking_outage", CAMPAIGN, event="held"), event(13, "tracking_outage", CAMPAIGN, "closed")]
    assert score(events, [OUTAGE], WEEKS).alerts == 0
