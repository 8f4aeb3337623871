"""What an experiment says is the outcome of the proposal that started it, or gave everybody the winning arm."""

from datetime import timedelta

import polars as pl
import pytest

from agents.learning import measure
from domain.action import Action, FixTracking, RetentionFlow, RollOutTest, SetBudget, StartTest
from domain.attribution import told_apart
from tests.agents.company import frame, readings
from tests.agents.test_learning import CUT, EXECUTED, LATER, REFRESH, TIRED, WHERE, market, view

START = StartTest(**WHERE, campaign_id="c3", hypothesis="A shorter form converts better.", metric="cvr", share=0.2)
ROLL_OUT = RollOutTest(**WHERE, test_id="t1", arm="new")
FLOW = RetentionFlow(**WHERE, segment_id="s1", message="Back.")


def experiment(new: int, control: int = 800, exposed: int = 20_000, begun: int = 1) -> pl.DataFrame:
    """Two arms of a test that began so many days after the proposal was carried out."""
    common = {
        "test_id": "t1", "hypothesis": "A shorter form  converts better.", "metric": "cvr", "exposed": exposed,
        "started_on": EXECUTED + timedelta(days=begun),
    }  # fmt: skip
    return frame(
        "experiment",
        [common | {"arm": "control", "converted": control}, common | {"arm": "new", "converted": new}],
    )


def outcome(action: Action, table: pl.DataFrame):
    return measure(view(action, forecast=None), TIRED, readings({"experiment": table}, LATER), LATER)


def test_a_started_test_is_read_out_by_its_own_arms():
    found = outcome(START, experiment(new=1000))
    assert found.measurable
    assert found.effect == pytest.approx(0.25)
    assert found.interval
    assert 0 < found.interval[0] < 0.25 < found.interval[1]
    assert found.window == (EXECUTED + timedelta(days=1), LATER)
    assert found.method.startswith("experiment t1: arm new against control, 40,000 people")


def test_a_test_that_has_not_decided_is_no_clear_effect():
    found = outcome(START, experiment(new=810))
    assert found.measurable
    assert found.interval
    assert found.interval[0] < 0 < found.interval[1]


def test_an_older_test_of_the_same_hypothesis_is_not_the_one_that_was_asked_for():
    assert outcome(START, experiment(new=1000, begun=-30)).method == (
        "not measurable: no test with this hypothesis has begun"
    )


def test_a_handful_of_conversions_decides_nothing():
    found = outcome(START, experiment(new=12, control=9, exposed=300))
    assert found.method == "not measurable: an arm of the test has fewer than 20 conversions"


def test_a_rolled_out_arm_has_the_effect_its_test_found():
    found = outcome(ROLL_OUT, experiment(new=1000, begun=-30))
    assert found.effect == pytest.approx(0.25)
    assert outcome(ROLL_OUT.model_copy(update={"test_id": "t9"}), experiment(new=1000)).method == (
        "not measurable: there is no test t9"
    )
    assert "the control won" in outcome(ROLL_OUT.model_copy(update={"arm": "control"}), experiment(new=700)).method


ELSEWHERE = SetBudget(**WHERE, campaign_id="c5", daily_budget=CUT.daily_budget, was=CUT.was)
TRACKING = FixTracking(**WHERE, campaign_id="c3", symptom="Gone.")


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (REFRESH, CUT, False),
        (REFRESH, ELSEWHERE, True),
        (CUT, REFRESH, False),
        (CUT, TRACKING, False),
        (REFRESH, TRACKING, True),
        (FLOW, CUT, True),
        (CUT, FLOW, True),
        (FLOW, FLOW.model_copy(update={"segment_id": "s2"}), False),
        (START, CUT, True),
    ],
)
def test_effects_on_different_figures_or_campaigns_are_told_apart(one: Action, other: Action, apart: bool):
    assert told_apart(one, other) == apart


def test_an_ad_that_got_a_new_creative_in_these_days_is_no_untouched_sibling():
    renewed = {"platform": "meta", "ad_id": "other1", "launched_on": EXECUTED + timedelta(days=2)}
    tables = {"ad_report": market(lift=1.5), "creative": frame("creative", [renewed])}
    found = measure(view(REFRESH), TIRED, readings(tables, LATER), LATER)
    assert found.method.startswith("difference to 2 untouched ads")
