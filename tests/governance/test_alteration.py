"""What owners type into the override modal."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.action import Action, RefreshCreative, RetentionFlow, RotateAudience, SetBudget, ShiftBudget, StartTest
from domain.errors import InvalidChange
from governance.alteration import alter, amount
from tests.governance.company import budget

WHERE = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
SHIFT = ShiftBudget.model_validate(
    WHERE | {"from_campaign": "c3", "to_campaign": "c1", "amount": "90", "from_was": "450", "to_was": "200"}
)
TEST = StartTest(**WHERE, hypothesis="h", metric="cvr", share=0.2)
FLOW = RetentionFlow(**WHERE, segment_id="s1", message="Come back.")
REFRESH = RefreshCreative(**WHERE, campaign_id="c3", ad_id="ad9", brief="New.")
ROTATE = RotateAudience(**WHERE, campaign_id="c3", from_segment="s1", to_segment="s2")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("400", "400"), ("400.5", "400.5"), ("400,50", "400.50"), ("1.234,50", "1234.50"), ("1,234.50", "1234.50"),
        ("1.234", "1234"), ("1,234", "1234"), ("12.345.678", "12345678"), ("1 234,50", "1234.50"), ("€ 400", "400"),
        ("400 €", "400"), ("EUR 400", "400"), ("400eur", "400"), (" 400 ", "400"), ("1'234.50", "1234.50"),
        ("1’234,50", "1234.50"), ("450,-", "450"), ("0,5", "0.5"), ("0.50", "0.50"), ("1\u00a0234,50", "1234.50"),
    ],
)  # fmt: skip
def test_amounts_are_read_as_germans_and_english_write_them(typed: str, meant: str):
    assert amount(typed, "EUR") == Decimal(meant)


@pytest.mark.parametrize(
    "typed", ["", "abc", "1.2.3", "1,23,45", "12e3", "1.234,567", "4 hundred", "٤٠٠", "1..2", "NaN", "--5"]
)
def test_what_is_not_an_amount_is_not_guessed_at(typed: str):
    with pytest.raises(InvalidChange) as refused:
        alter(budget(), {"daily_budget": typed})
    assert refused.value.field == "daily_budget"
    assert str(refused.value).startswith("Daily budget must be an amount such as 1234.50 or 1.234,50")


@given(st.decimals(0, 9_999_999, places=2))
def test_any_amount_written_either_way_reads_back(value: Decimal):
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert amount(english, "EUR") == amount(german, "EUR") == amount(f"€ {german}", "EUR") == value


@given(st.text(max_size=20))
def test_nothing_typed_ever_breaks_it(typed: str):
    try:
        changed = alter(budget(), {"daily_budget": typed})
    except InvalidChange as refused:
        assert refused.field == "daily_budget"
    else:
        assert isinstance(changed, SetBudget)
        assert changed.daily_budget >= 0


def test_another_currency_is_not_converted_in_secret():
    with pytest.raises(InvalidChange, match="Daily budget is in EUR, not in USD"):
        alter(budget(), {"daily_budget": "400 USD"})


def test_everything_but_the_typed_value_stays():
    changed = alter(budget(), {"daily_budget": "1.000,00"})
    assert changed == budget("1000.00")


@pytest.mark.parametrize(
    ("action", "values", "field", "sentence"),
    [
        (budget(), {"campaign_id": "c9"}, "campaign_id", "cannot be changed here"),
        (budget(), {"was": "1"}, "was", "cannot be changed here"),
        (budget(), {"daily_budget": "-5"}, "daily_budget", "cannot be negative"),
        (budget(), {"daily_budget": "360"}, "daily_budget", "press Approve"),
        (budget(), {}, "daily_budget", "press Approve"),
        (budget(), {"daily_budget": "9" * 15}, "daily_budget", "too large"),
        (SHIFT, {"amount": "0"}, "amount", "greater than 0"),
        (SHIFT, {"amount": "451"}, "amount", "only 450.00 a day can be moved"),
        (TEST, {"share": "0.9"}, "share", "less than or equal to 0.5"),
        (TEST, {"share": "many"}, "share", "such as 0.2 or 20 %"),
        (REFRESH, {"variants": "7"}, "variants", "less than or equal to 6"),
        (REFRESH, {"variants": "two"}, "variants", "whole number"),
        (REFRESH, {"brief": "  "}, "brief", "cannot be empty"),
        (REFRESH, {"brief": "x" * 601}, "brief", "too long"),
        (FLOW, {"channel": "pigeon"}, "channel", "email, push or sms"),
        (ROTATE, {"to_segment": "s1"}, "to_segment", "reaches now"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(action: Action, values: dict[str, str], field: str, sentence: str):
    with pytest.raises(InvalidChange, match=sentence) as refused:
        alter(action, values)
    assert refused.value.field == field


@pytest.mark.parametrize(("typed", "meant"), [("0.3", 0.3), ("0,3", 0.3), ("30 %", 0.3), ("30%", 0.3)])
def test_shares_may_be_typed_as_per_cent(typed: str, meant: float):
    changed = alter(TEST, {"share": typed})
    assert isinstance(changed, StartTest)
    assert changed.share == pytest.approx(meant)


def test_several_values_change_together():
    changed = alter(REFRESH, {"brief": "Show the sole.", "variants": "5"})
    assert isinstance(changed, RefreshCreative)
    assert (changed.brief, changed.variants) == ("Show the sole.", 5)
