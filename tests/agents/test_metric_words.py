"""Every figure has one name and one unit wherever it is said, and people can ask for it by some word."""

import pytest

from agents.answering.vocabulary import METRIC_WORDS
from agents.metrics import METRICS
from bot import words

NOT_ASKED_FOR = {
    "conversions_per_click": "asked for as the conversion rate, of which it is the pixel's side",
    "visit_rate": "tells a tracking outage from a broken page; nobody asks for it",
    "visits": "the same by day",
}
"""Figures nobody can ask for by a word of their own, and why."""
AS_SAID = 1234.5678
AS_A_SHARE = 0.1234


@pytest.mark.parametrize("name", METRICS)
def test_a_card_names_a_figure(name: str):
    """In words of its own, or in those its name is made of where they say the same."""
    plainly = name.replace("_", " ")
    own_words = words.metric_name(name).casefold() != plainly or words.metric_short(name).casefold() != plainly
    assert own_words or plainly in METRICS[name].words.casefold(), f"bot/words.py would call it “{plainly}”"


@pytest.mark.parametrize("name", METRICS)
def test_a_card_and_an_answer_give_a_figure_the_same_unit(name: str):
    metric = METRICS[name]
    said = words.figure(name, AS_A_SHARE if metric.unit == "share" else AS_SAID, "EUR")
    signs = {"share": "%" in said, "money": "€" in said, "hours": said.endswith(" h")}
    assert [unit for unit, is_there in signs.items() if is_there] == [unit for unit in signs if unit == metric.unit]
    if metric.unit == "ratio":
        assert "." in said, "a ratio has decimals"


@pytest.mark.parametrize("name", METRICS)
def test_people_can_ask_for_a_figure(name: str):
    assert (name in METRIC_WORDS.values()) != (name in NOT_ASKED_FOR)


def test_every_word_people_ask_by_means_a_figure_there_is():
    assert {word: name for word, name in METRIC_WORDS.items() if name not in METRICS} == {}
