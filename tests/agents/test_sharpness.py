"""Whether an effect can be seen at all is said before anyone approves the action."""

from datetime import timedelta

import pytest

from agents import sharpness
from agents.comparison import Comparison
from agents.planning import plan
from agents.sharpness import unseen
from domain.action import Action
from domain.proposal import Forecast
from domain.signal import Cause
from tests.agents.company import TODAY, account, readings
from tests.agents.test_planning import core_case

CASE, TABLES = core_case(), readings(account())
GUESS = Forecast(metric="cpa", change=-0.06, interval=(-0.12, 0.0), basis="a first guess", days=7)
FOUND = Comparison(
    effect=0.0, low=-0.2, high=0.25, reach=0.22, days=7, events=300.0, event_words="conversions", method="siblings"
)


def shift() -> Action:
    return plan(CASE, TABLES, (), TODAY)[0].action


def test_a_small_step_of_a_budget_says_that_nobody_will_see_what_it_did():
    forecasts = [one.forecast for one in plan(CASE, TABLES, (), TODAY)]
    said = [one.unseen for one in forecasts if one]
    assert said == ["too small to be seen within 7 days: here only about 35 % or more would show", None, None]


@pytest.mark.parametrize(
    ("change", "reach", "said"),
    [
        (-0.06, 0.22, "too small to be seen within 7 days: here only about 20 % or more would show"),
        (0.06, 0.22, "too small to be seen within 7 days: here only about 25 % or more would show"),
        (-0.06, 0.71, "too little happens here for any effect to be seen within 7 days"),
        (-0.06, 0.061, None),
        (-0.30, 0.22, None),
        (0.30, 0.22, None),
    ],
)
def test_what_shows_is_held_against_what_is_forecast_as_the_outcome_will_be(
    monkeypatch: pytest.MonkeyPatch, change: float, reach: float, said: str | None
):
    found = Comparison(**{**{name: getattr(FOUND, name) for name in FOUND.__slots__}, "reach": reach})
    monkeypatch.setattr(sharpness, "compare", lambda *_: found)
    assert unseen(shift(), CASE, GUESS.model_copy(update={"change": change}), TABLES, TODAY) == said


def test_it_is_looked_at_on_days_before_the_incident_on_which_nothing_was_done(monkeypatch: pytest.MonkeyPatch):
    action, asked = shift(), list[object]()
    monkeypatch.setattr(sharpness, "compare", lambda *given: asked.append(given[-2:]) or "no past")
    assert unseen(action, CASE, GUESS, TABLES, TODAY) is None, "where nobody can tell nothing is claimed"
    assert asked == [(CASE.since - timedelta(days=8), CASE.since - timedelta(days=1))]


def test_what_can_never_be_told_apart_is_said_as_such():
    broken = CASE.model_copy(update={"cause": Cause.LANDING_PAGE_BREAK})
    assert unseen(shift(), broken, GUESS, TABLES, TODAY) == "the repair in the same days cannot be told apart from it"
