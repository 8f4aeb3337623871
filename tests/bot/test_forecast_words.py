"""A forecast in plain words: the change, how sure, and the figure itself where the past tells it."""

import pytest

from bot.question import forecast_words, whose
from domain.proposal import Forecast
from tests.bot.samples import REFRESHING, SHIFTING

CPA = Forecast(
    metric="cpa", change=-0.08, interval=(-0.15, 0.01),
    basis="from 3 measured outcomes here and a cautious first guess",
    days=7, now=38.2, baseline=39.1, baseline_interval=(36.0, 42.4), expected=35.97, expected_interval=(32.5, 39.8),
)  # fmt: skip


def test_the_figure_is_told_now_with_the_action_and_without():
    change, figures = forecast_words(CPA, "EUR").splitlines()
    assert change == (
        "Forecast: CPA *−8 %* against doing nothing (80 % sure: −15 to +1 %); "
        "from 3 measured outcomes here and a cautious first guess"
    )
    assert figures == (
        "CPA is €38.20 now; over 7 days about *€35.97* with this (80 % sure: €32.50 to €39.80), about €39.10 without"
    )


def test_a_share_is_told_as_a_share_and_money_in_its_own_currency():
    rate = CPA.model_copy(
        update={"metric": "ctr", "now": 0.0084, "expected": 0.0105, "expected_interval": (0.009, 0.012)}
    )
    assert "CTR is 0.84 % now; over 7 days about *1.05 %* with this (80 % sure: 0.90 % to 1.20 %)" in forecast_words(
        rate, "EUR"
    )
    assert "CPA is 38.20 SEK now" in forecast_words(CPA, "SEK")


def test_it_says_whose_figure_it_is_as_an_account_has_many():
    assert "\nThe two campaigns' CPA is €38.20 now;" in forecast_words(CPA, "EUR", whose(SHIFTING.action))
    assert whose(REFRESHING.action) == "the ad's"


@pytest.mark.parametrize("unknown", ["now", "expected", "expected_interval"])
def test_where_the_past_does_not_tell_the_figure_only_the_change_is_told(unknown: str):
    assert "\n" not in forecast_words(CPA.model_copy(update={unknown: None}), "EUR")


def test_no_forecast_rather_than_a_guess():
    assert forecast_words(None, "EUR") == "Forecast: none; there is too little to go by"
