"""What people mean when they ask for a summary: which days, and which place."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.answering import days_meant
from domain.case import Case
from domain.scope import Scope
from graph.summing import scope_of, span_of
from tests.graph.fakes import SCOPE, signal

LAST = date(2026, 3, 18)
"""A Wednesday; today is Thursday the 19th."""


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("", "2026-03-12", "2026-03-18"),
        ("for Meta", "2026-03-12", "2026-03-18"),
        ("yesterday", "2026-03-18", "2026-03-18"),
        ("last week for Meta", "2026-03-09", "2026-03-15"),
        ("Last  Week", "2026-03-09", "2026-03-15"),
        ("this week", "2026-03-16", "2026-03-18"),
        ("last 3 days", "2026-03-16", "2026-03-18"),
        ("past 2 weeks", "2026-03-05", "2026-03-18"),
        ("fortnight", "2026-03-05", "2026-03-18"),
        ("last month", "2026-02-01", "2026-02-28"),
        ("this month", "2026-03-01", "2026-03-18"),
        ("month", "2026-02-17", "2026-03-18"),
        ("last quarter", "2025-10-01", "2025-12-31"),
        ("this quarter", "2026-01-01", "2026-03-18"),
        ("february", "2026-02-01", "2026-02-28"),
        ("December for Meta", "2025-12-01", "2025-12-31"),
        ("what may I see", "2026-03-12", "2026-03-18"),
        ("in May", "2025-05-01", "2025-05-31"),
        ("last 100000 days", "2025-03-18", "2026-03-18"),
        ("last 999 days", "2025-03-18", "2026-03-18"),
    ],
)
def test_a_period_is_the_one_people_mean(words: str, first: str, last: str):
    assert span_of(words, LAST, days_meant) == (date.fromisoformat(first), date.fromisoformat(last))


def test_on_a_monday_this_week_has_no_day_yet_and_is_the_day_before():
    assert span_of("this week", date(2026, 3, 15), days_meant) == (date(2026, 3, 15), date(2026, 3, 15))
    assert span_of("last week", date(2026, 3, 15), days_meant) == (date(2026, 3, 9), date(2026, 3, 15))


@given(
    st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    st.sampled_from(["", "last week", "this week", "last month", "this month", "last quarter", "this quarter", "march",
                     "in may", "december", "last 40 days", "yesterday", "month"]),
)  # fmt: skip
def test_a_period_is_never_empty_never_in_the_future_and_a_year_long_at_most(last: date, words: str):
    first, end = span_of(words, last, days_meant)
    assert first <= end <= last
    assert end - first <= timedelta(days=366)


def case(number: int, campaign: str, name: str, platform: str) -> Case:
    scope = SCOPE.model_copy(update={"campaign_id": campaign, "platform": platform})
    about = signal(f"sig_{number:012x}").model_copy(update={"scope": scope, "names": {campaign: name}})
    return Case(signal=about, is_open=True)


def test_a_place_is_found_by_name_the_longest_first_and_never_inside_another_word():
    known = (case(1, "c1", "Trail", "meta"), case(2, "c2", "Trail shoes", "google_ads"))
    assert scope_of("last week for trail shoes", known) == Scope(
        platform="google_ads", account_id="a1", campaign_id="c2"
    )
    assert scope_of("last week for Google Ads", known) == Scope(platform="google_ads")
    assert scope_of("last week for meta", known) == Scope(platform="meta")
    assert scope_of("metadata of trailers", known) is None
