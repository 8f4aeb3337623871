"""What people can press, choose and fill in, and how it reads in the payloads an app receives."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workspace.elements import Unusable, complaints, find, pressed, setting, state_of
from app.workspace.payloads import with_block_ids


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(value: str) -> dict[str, Any]:
    return {"text": plain(value.title()), "value": value}


def button(value: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": "approve", "value": value, "text": plain("Approve"), **more}


def field(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    name = element["action_id"]
    return {"type": "input", "block_id": f"{name}_block", "label": plain(name), "element": element, **more}


HOURS = {
    "type": "static_select",
    "action_id": "hours",
    "options": [option("4"), option("24")],
    "initial_option": option("4"),
}
WHO = {"type": "checkboxes", "action_id": "who", "options": [option("media"), option("crm")]}
AMOUNT = {
    "type": "number_input",
    "action_id": "to",
    "is_decimal_allowed": True,
    "min_value": "0.5",
    "max_value": "99.99",
}
DAY = {"type": "datepicker", "action_id": "day"}
GROUPED = {
    "type": "multi_static_select",
    "action_id": "where",
    "option_groups": [{"label": plain("Paid"), "options": [option("meta"), option("google")]}],
}
FORM = [
    field(HOURS),
    field(WHO, optional=True),
    field(AMOUNT),
    field(DAY, optional=True),
    field(GROUPED, optional=True),
]


def test_the_button_of_one_proposal_is_found_among_many() -> None:
    blocks = with_block_ids([{"type": "actions", "elements": [button(f"prop_{number}:1")]} for number in range(3)])
    block, element = find(blocks, "approve", value="prop_1:1")
    assert (block["block_id"], element["value"]) == (blocks[1]["block_id"], "prop_1:1")
    assert find(blocks, "approve", block_id=blocks[2]["block_id"])[1]["value"] == "prop_2:1"
    with pytest.raises(Unusable, match="3 elements have the action_id 'approve'"):
        find(blocks, "approve")
    with pytest.raises(Unusable, match="no button 'approve' has the value 'prop_9:1'"):
        find(blocks, "approve", value="prop_9:1")


def test_buttons_are_found_wherever_they_sit() -> None:
    card = {"type": "card", "title": {"type": "mrkdwn", "text": "A"}, "actions": [button("card", action_id="card")]}
    inner = {"type": "section", "text": plain("x"), "accessory": button("inner", action_id="inner")}
    blocks = with_block_ids(
        [
            {"type": "carousel", "elements": [card]},
            {"type": "container", "title": plain("x"), "child_blocks": [inner]},
            {"type": "section", "text": plain("x"), "accessory": {**HOURS, "action_id": "accessory"}},
        ]
    )
    for name in ("card", "inner", "accessory"):
        assert find(blocks, name)[1]["action_id"] == name


def test_a_button_for_others_cannot_be_pressed() -> None:
    blocks = with_block_ids([{"type": "actions", "elements": [button("1", visible_to_user_ids=["U0OLA00001"])]}])
    assert find(blocks, "approve", user="U0OLA00001")
    with pytest.raises(Unusable, match="U0MARA0001 does not see the button"):
        find(blocks, "approve", user="U0MARA0001")


def test_a_menu_sends_the_whole_option() -> None:
    block = {"type": "actions", "block_id": "b", "elements": [HOURS]}
    action = pressed(block, HOURS, "24", "1.2")
    assert action == {
        "type": "static_select",
        "action_id": "hours",
        "block_id": "b",
        "action_ts": "1.2",
        "selected_option": option("24"),
    }
    with pytest.raises(Unusable, match="'25' is not among the choices of 'hours'"):
        pressed(block, HOURS, "25", "1.2")


def test_a_thumb_sends_its_own_value() -> None:
    rate = {
        "type": "feedback_buttons",
        "action_id": "rate",
        "positive_button": {"text": plain("Good"), "value": "up"},
        "negative_button": {"text": plain("Bad"), "value": "down"},
    }
    assert pressed({"block_id": "b"}, rate, "down", "1.2")["value"] == "down"
    with pytest.raises(Unusable):
        pressed({"block_id": "b"}, rate, "sideways", "1.2")


def test_a_form_reads_by_block_and_action_however_it_was_given() -> None:
    flat = state_of(FORM, {"hours": "24", "who": ["crm"], "to": 12.5, "where": ["meta", "google"]})
    nested = state_of(
        FORM,
        {
            "hours_block": {"hours": option("24")},
            "who_block": {"who": ["crm"]},
            "to_block": {"to": "12.5"},
            "where_block": {"where": ["Meta", "Google"]},
        },
    )
    assert flat == nested
    assert flat["hours_block"]["hours"] == {"type": "static_select", "selected_option": option("24")}
    assert flat["day_block"]["day"] == {"type": "datepicker", "selected_date": None}
    assert [one["value"] for one in flat["where_block"]["where"]["selected_options"]] == ["meta", "google"]


def test_untouched_fields_keep_what_they_first_showed() -> None:
    assert state_of(FORM, {})["hours_block"]["hours"]["selected_option"] == option("4")
    with pytest.raises(Unusable, match="the view has no field reason"):
        state_of(FORM, {"reason": "typo"})


def test_only_what_is_required_is_asked_for() -> None:
    assert complaints(FORM, state_of(FORM, {})) == {"to_block": "Please complete this required field."}
    assert complaints(FORM, state_of(FORM, {"to": "1"})) == {}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-1000, max_value=1000))
def test_a_number_must_lie_within_its_bounds(amount: Decimal) -> None:
    said = complaints([field(AMOUNT)], state_of([field(AMOUNT)], {"to": str(amount)}))
    assert (said == {}) == (Decimal("0.5") <= amount <= Decimal("99.99"))


@pytest.mark.parametrize("words", ["ten", "1,5", "NaN", "Infinity", "--1"])
def test_words_are_no_number(words: str) -> None:
    assert complaints([field(AMOUNT)], state_of([field(AMOUNT)], {"to": words})) == {
        "to_block": "Please enter a number."
    }


def test_a_whole_number_is_asked_for_where_decimals_are_not_allowed() -> None:
    whole = field({**AMOUNT, "is_decimal_allowed": False})
    assert complaints([whole], state_of([whole], {"to": "1.5"})) == {"to_block": "Please enter a whole number."}
    assert complaints([whole], state_of([whole], {"to": "2"})) == {}


@given(st.sampled_from(FORM), st.text(min_size=1, max_size=5))
def test_a_setting_always_names_its_kind(block: dict[str, Any], words: str) -> None:
    element = block["element"]
    try:
        kept = setting(element, words)
    except Unusable:
        return
    assert kept["type"] == element["type"]
    assert len(kept) == 2


def test_every_block_and_every_element_gets_an_id() -> None:
    nameless = {"type": "button", "text": plain("Go")}
    (block,) = with_block_ids([{"type": "actions", "elements": [nameless, nameless]}])
    first, second = block["elements"]
    assert block["block_id"]
    assert first["action_id"] != second["action_id"]
