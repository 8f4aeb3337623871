"""Every action in the catalogue says what it brings about, and which of them can be asked anew on live values."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.action import ACTION, Action, ActionBase, PauseAd, SetBudget, SetTarget, ShiftBudget
from domain.effect import SetValues

PLACE = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
CUT = SetBudget(**PLACE, campaign_id="c3", daily_budget=Decimal(640), was=Decimal(720))
SHIFT = ShiftBudget(
    **PLACE, from_campaign="c3", to_campaign="c1", amount=Decimal(80), from_was=Decimal(720), to_was=Decimal(900)
)
TARGET = SetTarget(**PLACE, campaign_id="c3", metric="target_cpa", target=Decimal(20), was=Decimal(18))
amounts = st.decimals(min_value=0, max_value=10**9, places=2)


def live(action: Action, *values: str) -> Mapping[str, str]:
    effect = action.effect()
    assert isinstance(effect, SetValues)
    return dict(zip((setting.address for setting in effect.settings), values, strict=True))


@pytest.mark.parametrize("action", [CUT, TARGET])
@given(now=amounts)
def test_a_drifted_value_is_asked_about_as_it_is_now(action: SetBudget | SetTarget, now: Decimal):
    rebased = action.rebased(live(action, f"{now:.2f}"))
    assert rebased is not None
    assert rebased == action.model_copy(update={"was": now})
    assert ACTION.validate_python(rebased.model_dump()) == rebased


@given(given_from=amounts, given_to=amounts)
def test_a_drifted_shift_moves_the_same_amount_or_is_not_asked_again(given_from: Decimal, given_to: Decimal):
    rebased = SHIFT.rebased(live(SHIFT, f"{given_from:.2f}", f"{given_to:.2f}"))
    if given_from <= SHIFT.amount:
        assert rebased is None
    else:
        assert rebased is not None
        assert (rebased.amount, rebased.from_was, rebased.to_was) == (SHIFT.amount, given_from, given_to)


@pytest.mark.parametrize("gone", ["", "gone", "NaN", "Infinity"])
def test_what_is_no_amount_any_more_is_not_asked_again(gone: str):
    assert CUT.rebased(live(CUT, gone)) is None
    assert SHIFT.rebased(live(SHIFT, gone, "900.00")) is None


def test_an_ad_whose_status_is_something_else_is_not_asked_about_again():
    pause = PauseAd(**PLACE, campaign_id="c3", ad_id="ad9")
    assert pause.rebased(live(pause, "archived")) is None


def test_an_action_that_does_not_say_what_it_brings_about_cannot_exist():
    with pytest.raises(TypeError, match="abstract"):
        ActionBase(currency="EUR")


def test_no_more_can_be_moved_than_there_is():
    with pytest.raises(ValidationError, match=r"only 50\.00 a day can be moved"):
        ShiftBudget(
            **PLACE, from_campaign="c3", to_campaign="c1", amount=Decimal(80), from_was=Decimal(50), to_was=Decimal(900)
        )
