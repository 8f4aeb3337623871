"""A forecast in plain words: the change, how sure, and the figure itself where the past tells it."""

import re

from hypothesis import given
from hypothesis import strategies as st

from bot.question import forecast_words, whose
from bot.words import percent
from domain.proposal import Forecast
from tests.bot.samples import REFRESHING, SHIFTING

CPA = Forecast(
    metric="cpa", change=-0.08, interval=(-0.15, 0.01),
    basis="from 3 measured outcomes here and a cautious first guess",
    days=7, now=38.2, baseline=39.1, baseline_interval=(36.0, 42.4), expected=35.97, expected_interval=(32.5, 39.8),
)  # fmt: skip


def test_the_figure_is_told_with_the_action_and_without_over_the_days_of_the_forecast():
    change, figures = forecast_words(CPA, "EUR").splitlines()
    assert change == (
        "Forecast: CPA *−8 %* against doing nothing (80 % sure: −15 to +1 %); "
        "from 3 measured outcomes here and a cautious first guess"
    )
    assert figures == "Over 7 days CPA comes to about *€35.97* with this and €39.10 without"


def test_a_card_tells_no_third_figure_of_other_days_beside_them():
    assert "38.20" not in forecast_words(CPA, "EUR")
    assert "32.50" not in forecast_words(CPA, "EUR"), "the interval is the change's, and stands there once"


def test_a_share_is_told_as_a_share_and_money_in_its_own_currency():
    rate = CPA.model_copy(update={"metric": "ctr", "change": 0.25, "baseline": 0.0084, "expected": 0.0105})
    assert "CTR comes to about *1.05 %* with this and 0.84 % without" in forecast_words(rate, "EUR")
    assert "*35.97 SEK* with this" in forecast_words(CPA, "SEK")


def test_it_says_whose_figure_it_is_as_an_account_has_many():
    assert "\nOver 7 days the two campaigns' CPA comes to" in forecast_words(CPA, "EUR", whose(SHIFTING.action))
    assert whose(REFRESHING.action) == "the ad's"


def test_figures_get_the_places_it_takes_to_find_the_change_in_them():
    """0.33 % against 0.31 % would be +6 %, where +7 % is forecast."""
    small = CPA.model_copy(update={"metric": "ctr", "change": 0.07, "baseline": 0.0031, "expected": 0.003317})
    assert "*0.332 %* with this and 0.310 % without" in forecast_words(small, "EUR")


@given(
    metric=st.sampled_from(["cpa", "ctr", "roas", "cvr", "click_rate"]),
    change=st.floats(-0.6, 2).map(lambda value: round(value, 4)),
    baseline=st.floats(0.005, 200),
)
def test_a_reader_who_divides_the_figures_finds_the_percentage_above_them(metric: str, change: float, baseline: float):
    forecast = CPA.model_copy(
        update={"metric": metric, "change": change, "baseline": baseline, "expected": baseline * (1 + change)}
    )
    said, figures = forecast_words(forecast, "EUR").splitlines()
    with_this, *without = [float(found.replace(",", "")) for found in re.findall(r"[\d,]+\.?\d*", figures)[1:]]
    for other in without:
        assert f"*{percent(with_this / other - 1)}*" in said


def test_figures_that_say_something_else_than_the_change_are_not_held_against_each_other():
    odd = CPA.model_copy(update={"expected": 38.0})
    assert forecast_words(odd, "EUR").endswith("comes to about *€38* with this")


def test_where_the_past_does_not_tell_the_figure_only_the_change_is_told():
    assert "\n" not in forecast_words(CPA.model_copy(update={"expected": None}), "EUR")


def test_what_the_card_says_once_is_not_said_with_each_forecast():
    assert "first guess" not in forecast_words(CPA, "EUR", said=(CPA.basis,))


def test_an_effect_nobody_will_see_says_so_before_it_is_approved():
    hidden = CPA.model_copy(update={"unseen": "too small to be seen within 7 days: here only about 20 % would show"})
    *_, last = forecast_words(hidden, "EUR").splitlines()
    assert last == "⚠️ *Cannot be measured:* too small to be seen within 7 days: here only about 20 % would show"
    assert "⚠️" not in forecast_words(CPA, "EUR")


def test_no_forecast_rather_than_a_guess():
    assert forecast_words(None, "EUR") == "Forecast: none; there is too little to go by"
