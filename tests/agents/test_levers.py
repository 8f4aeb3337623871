"""What the agents know of each kind of action, and that everything asks the one record of it."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest

from agents import forecasting
from agents.accounts import Books
from agents.comparison import Comparison, compare
from agents.forecasting import forecast
from agents.learning import measure
from agents.levers import LEVERS, Guard, guards
from agents.situation import Situation
from domain.action import Action
from domain.catalogue import example
from domain.proposal import Forecast, Overridden
from domain.reading import Readings
from domain.signal import Cause
from tests.agents.test_guarding import CALM, DONE, after, view
from tests.agents.world import on

DAY = on(DONE)
HERE: dict[str, object] = {"campaign_id": "c11"}
REFRESH = example("refresh_creative", **HERE, ad_id="ad111")
PAUSE = example("pause_ad", **HERE, ad_id="ad111")


@pytest.fixture(scope="module")
def known() -> Readings:
    """A company to which nothing happened, twelve days later."""
    return after(12)


def compared(action: Action, known: Readings, cause: Cause = Cause.AUCTION_PRESSURE) -> Comparison | str:
    return compare(action, CALM.model_copy(update={"cause": cause}), known, DAY, known.as_of)


def test_what_are_ways_to_do_the_same_thing_teach_each_other():
    families = defaultdict[str, set[str]](set)
    for kind, lever in LEVERS.items():
        families[lever.family].add(kind)
    shared = [kinds for kinds in families.values() if len(kinds) > 1]
    assert shared == [{"set_budget", "shift_budget"}, {"pause_ad", "resume_ad"}]


@pytest.mark.parametrize(
    ("kind", "watched"),
    [
        ("set_budget", {("cpa", 1)}),
        ("shift_budget", {("conversions", -1)}),
        ("pause_ad", {("conversions", -1)}),
        ("resume_ad", {("cpa", 1)}),
        ("set_target", {("cpa", 1)}),
        ("refresh_creative", {("cvr", -1), ("cpa", 1)}),
        ("rotate_audience", {("conversions", -1), ("cpa", 1)}),
        ("update_promise", {("ctr", -1), ("cpa", 1)}),
        ("retention_flow", {("unsubscribe_rate", 1)}),
    ],
)
def test_what_must_not_suffer_from_an_action(known: Readings, kind: str, watched: set[tuple[str, int]]):
    found: tuple[Guard, ...] = guards(example(kind), known, DAY)
    assert {(guard.metric, guard.worse) for guard in found} == watched


@pytest.mark.parametrize("kind", ["set_budget", "shift_budget"])
@pytest.mark.parametrize("cause", [Cause.LANDING_PAGE_BREAK, Cause.TRACKING_OUTAGE])
def test_a_budget_moved_beside_a_repair_cannot_be_told_from_it(known: Readings, kind: str, cause: Cause):
    ends = {"from_campaign": "c11", "to_campaign": "c12"} if kind == "shift_budget" else HERE
    action = example(kind, **ends)
    assert compared(action, known, cause) == "the repair in the same days cannot be told apart from it"
    assert isinstance(compared(action, known), Comparison)


@pytest.mark.parametrize("cause", Cause)
def test_days_left_out_of_bidding_are_judged_by_nothing(known: Readings, cause: Cause):
    said = compared(example("exclude_data", **HERE), known, cause)
    assert said == "the repaired tracking itself changes every figure it would be judged by"


def test_a_repair_of_the_whole_account_is_held_against_the_other_accounts(known: Readings):
    whole, one = (compared(example("fix_tracking", **place), known) for place in ({}, HERE))
    assert isinstance(whole, Comparison)
    assert isinstance(one, Comparison)
    assert "1 untouched account" in whole.method
    assert "campaign" in one.method


def test_a_smaller_shift_is_held_against_as_much_less(known: Readings):
    asked = example("shift_budget", from_campaign="c11", to_campaign="c12")
    half = asked.model_copy(update={"amount": asked.model_dump()["amount"] / 2})
    foreseen = Forecast(metric="cpa", change=-0.19, interval=(-0.3, -0.1), basis="a prior")
    seen = view(asked)
    seen = seen.model_copy(update={"proposal": seen.proposal.model_copy(update={"forecast": foreseen})})
    assert seen.receipt is not None
    said = Overridden(proposal_id=seen.proposal.id, version=1, by="U1", at=seen.receipt.at, action=half, reason="Half.")
    assert measure(seen, CALM, known, known.as_of).forecast == -0.19
    assert measure(seen.model_copy(update={"decision": said}), CALM, known, known.as_of).forecast == pytest.approx(-0.1)


def test_a_forecast_stands_on_the_figures_of_the_ad_it_is_about(known: Readings):
    situation = Situation(CALM, Books(known, known.as_of), None)
    worn, paused, promise = (situation.ground(one) for one in (REFRESH, PAUSE, example("update_promise", **HERE)))
    assert worn.ad_fall is not None
    assert worn.ad is None
    assert paused.ad is not None
    assert paused.ad_outlook is not None
    assert paused.ad_fall is None
    assert (promise.ad, promise.ad_fall) == (None, None)


def test_what_an_action_does_besides_makes_its_forecast_less_sure(known: Readings, monkeypatch: pytest.MonkeyPatch):
    """A new creative may please more or less than the first one did, which nothing else does."""
    besides = {kind: lever.expects.beside for kind, lever in LEVERS.items() if lever.expects}
    assert max(besides, key=besides.__getitem__) == "refresh_creative"
    assert len(set(besides.values())) == 2
    worn = replace(Situation(CALM, Books(known, known.as_of), None).ground(REFRESH), ad_fall=-0.4, outlook=None)
    usual = _width(worn, known.as_of)
    lever = LEVERS["refresh_creative"]
    assert lever.expects is not None
    wilder = replace(lever, expects=replace(lever.expects, beside=0.4))
    monkeypatch.setattr(forecasting, "LEVERS", {**LEVERS, "refresh_creative": wilder})
    assert _width(worn, known.as_of) > usual


def _width(ground: object, today: date) -> float:
    found = forecast(REFRESH, CALM, (), ground, today)  # type: ignore[arg-type]
    assert found is not None
    return found.interval[1] - found.interval[0]
