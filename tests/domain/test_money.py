"""An amount is written one way, on cards as in digests, answers and rules."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import wording
from bot import words
from domain.money import written


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (Decimal("118.4"), "EUR", "€118.40"), (118.40, "SEK", "118.40 SEK"), (Decimal(1240), "USD", "$1,240"),
        (-5, "GBP", "−£5"), (Decimal("-0.001"), "EUR", "€0"), (Decimal("0.005"), "EUR", "€0.01"),
    ],
)  # fmt: skip
def test_an_amount_has_its_sign_or_code_and_cents_where_there_are_any(amount, currency, said):
    assert written(amount, currency) == said


@given(
    amount=st.decimals(Decimal("-999.99"), Decimal("999.99"), places=2),
    currency=st.sampled_from(["EUR", "USD", "CHF"]),
)
def test_a_card_and_a_sentence_of_an_agent_say_the_same_amount_alike(amount: Decimal, currency: str):
    assert words.money(amount, currency) == wording.money(amount, currency) == written(amount, currency)
