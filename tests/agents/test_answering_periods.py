"""Which days people mean: weeks and months by the calendar, on a Saturday and on a Monday; and how much is read."""

from datetime import date, timedelta

import pytest

from agents.answering import MOST_CHARACTERS, days_meant
from agents.answering.periods import periods
from domain.operating_model import Freeze
from tests.agents.company import TODAY
from tests.agents.test_answering import MODEL, ask


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("last week", (3, 2), (3, 8)), ("this month", (3, 1), (3, 14)), ("last month", (2, 1), (2, 28)),
        ("in february", (2, 1), (2, 28)), ("last two weeks", (3, 1), (3, 14)), ("past fortnight", (3, 1), (3, 14)),
        ("the day before yesterday", (3, 13), (3, 13)), ("on the 3rd of march", (3, 3), (3, 3)),
        ("march 3", (3, 3), (3, 3)), ("from 28 february to 3 march", (2, 28), (3, 3)), ("ctr", (3, 8), (3, 14)),
        ("this year", (1, 1), (3, 14)), ("2026-02-30", (3, 8), (3, 14)), ("last 30 days", (2, 13), (3, 14)),
    ],
)  # fmt: skip
def test_periods_are_understood(text: str, first: tuple[int, int], last: tuple[int, int]):
    found = periods(text, TODAY).period
    assert (found.first, found.last) == (date(2026, *first), date(2026, *last))


def test_a_month_is_compared_with_the_month_before():
    asked = periods("spend in february compared to the month before", TODAY)
    assert asked.against
    assert (asked.against.first, asked.against.last) == (date(2026, 1, 1), date(2026, 1, 31))
    assert timedelta(days=27) == asked.period.last - asked.period.first


def test_on_a_monday_last_week_is_the_one_that_ended_yesterday():
    sunday = date(2026, 3, 15)
    asked = periods("last week", sunday).period
    assert (asked.first, asked.last) == (date(2026, 3, 9), sunday)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("last week for Meta", (3, 2), (3, 8)), ("KW 9", (2, 23), (3, 1)), ("March", (3, 1), (3, 14)),
        ("two weeks", (3, 1), (3, 14)), ("this year", (1, 1), (3, 14)), ("yesterday", (3, 14), (3, 14)),
        ("", (3, 8), (3, 14)), ("today", (3, 14), (3, 14)), ("monday to wednesday", (3, 9), (3, 11)),
    ],
)  # fmt: skip
def test_words_for_days_mean_one_thing_for_summaries_and_answers(words, first, last):
    assert days_meant(words, TODAY) == (date(2026, *first), date(2026, *last))


def test_the_same_week_a_year_ago_is_52_weeks_back():
    asked = periods("conversions last week same period last year", TODAY).period
    assert (asked.first, asked.last) == (date(2025, 3, 3), date(2025, 3, 9))


@pytest.mark.parametrize(
    ("first", "last", "is_now"), [(14, 14, False), (15, 15, True), (15, 16, True), (16, 16, False)]
)
def test_what_is_frozen_is_asked_of_the_present_day_and_not_of_the_last_complete_one(first, last, is_now):
    audit = Freeze(name="audit", first_day=date(2026, 3, first), last_day=date(2026, 3, last))
    frozen = MODEL.model_copy(update={"freezes": (audit,)})
    assert ("Nothing is executed before" in ask("who may approve a budget cut", model=frozen).text) == is_now
    assert ("No freeze is planned" in ask("when is the next freeze", model=frozen).text) == (last < 15)


def test_what_is_longer_than_a_question_is_not_searched_for_one():
    said = ask(f"what was spend last week? {'Spring prospecting ' * 2000}")
    assert not said.known
    assert "Please ask in a sentence or two" in said.text
    assert len(said.question) <= MOST_CHARACTERS
