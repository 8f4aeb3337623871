"""The interactive parts of blocks: finding the one that was pressed, and what it was set to."""

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from app.workspace.wire import Json, as_list, as_object, is_object, objects

_PRESSED = {"button", "workflow_button", "icon_button", "feedback_buttons"}
_CHOSEN = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "overflow": ("selected_option", ""),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
}


class Unusable(ValueError):
    """Something a person could not do: no such button, no such choice."""


def interactive(blocks: object) -> Iterator[tuple[Json, Json]]:
    """(block, element) of everything that can be pressed or set."""
    for block in objects(blocks):
        yield from interactive(block.get("child_blocks"))
        if block.get("type") == "carousel":
            yield from interactive(block.get("elements"))
        inner = [block.get("accessory"), block.get("element")]
        inner += [*as_list(block.get("elements")), *as_list(block.get("actions"))]
        for element in map(as_object, inner):
            if element.get("type") in _PRESSED or element.get("type") in _CHOSEN:
                yield block, element


def find(
    blocks: object, action_id: str, *, block_id: str = "", value: object = None, user: str = ""
) -> tuple[Json, Json]:
    """The element with an action_id; among several, the one with the block_id or the value. Raises Unusable."""
    found = [
        (block, element)
        for block, element in interactive(blocks)
        if element.get("action_id") == action_id and block_id in {"", block["block_id"]}
    ]
    if not found:
        raise Unusable(f"nothing there has the action_id {action_id!r}")
    if value is not None and found[0][1]["type"] in {"button", "workflow_button", "icon_button"}:
        found = [(block, element) for block, element in found if element.get("value") == value]
        if not found:
            raise Unusable(f"no button {action_id!r} has the value {value!r}")
    if len(found) > 1:
        raise Unusable(f"{len(found)} elements have the action_id {action_id!r}; give their value or block_id")
    allowed = as_list(found[0][1].get("visible_to_user_ids"))
    if allowed and user not in allowed:
        raise Unusable(f"{user} does not see the button {action_id!r}")
    return found[0]


def pressed(block: Json, element: Json, value: Any, action_ts: str) -> Json:
    """The entry of `actions` in a block_actions payload. Raises Unusable."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": action_ts,
    }
    if element["type"] == "feedback_buttons":
        for side in ("positive_button", "negative_button"):
            if value in {element[side].get("value"), side.partition("_")[0]}:
                return action | {"text": element[side]["text"], "value": element[side].get("value")}
        raise Unusable("value must be the one of the positive or the negative button")
    if element["type"] in _PRESSED:
        shown = {key: element[key] for key in ("text", "value", "style", "url", "confirm") if key in element}
        return action | shown
    return action | {key: kept for key, kept in setting(element, value).items() if key != "type"}


def setting(element: Json, value: Any) -> Json:
    """How an element set to `value` reads in view state. None leaves it as it first shows. Raises Unusable."""
    kind = str(element["type"])
    key, initial = _CHOSEN[kind]
    if value is None:
        return {"type": kind, key: element.get(initial) if initial else ([] if key == "files" else None)}
    if key == "selected_option":
        return {"type": kind, key: option(element, value) if value != "" else None}
    if key == "selected_options":
        return {"type": kind, key: [option(element, one) for one in (as_list(value) or [value])] if value else []}
    if key == "value":
        return {"type": kind, key: str(value) if value != "" else None}
    return {"type": kind, key: value}


def option(element: Json, value: object) -> Json:
    """The option of a menu with this value or label. Raises Unusable."""
    groups = [*as_list(element.get("options"))]
    for group in objects(element.get("option_groups")):
        groups += as_list(group.get("options"))
    wanted = value.get("value") if is_object(value) else value
    for one in map(as_object, groups):
        if wanted is not None and wanted in {one.get("value"), as_object(one.get("text")).get("text")}:
            return one
    raise Unusable(f"{wanted!r} is not among the choices of {element.get('action_id')!r}")


def state_of(blocks: object, values: Mapping[str, Any], known: Mapping[str, Any] | None = None) -> dict[str, Json]:
    """state.values of a view: by block_id and action_id, from nested or flat values. Raises Unusable."""
    state: dict[str, Json] = {}
    used: set[str] = set()
    for block, element in interactive(blocks):
        if element["type"] not in _CHOSEN or element["type"] == "overflow":
            continue
        block_id, action_id = str(block["block_id"]), str(element["action_id"])
        given: Any = None
        nested = as_object(values.get(block_id))
        if action_id in nested:
            given = nested[action_id]
            used.add(block_id)
        elif action_id in values:
            given = values[action_id]
            used.add(action_id)
        elif known and (kept := as_object(known.get(block_id)).get(action_id)):
            state.setdefault(block_id, {})[action_id] = kept
            continue
        state.setdefault(block_id, {})[action_id] = setting(element, given)
    if unknown := [name for name in values if name not in used]:
        raise Unusable(f"the view has no field {', '.join(unknown)}")
    return state


def complaints(blocks: object, state: Mapping[str, Json]) -> dict[str, str]:
    """What Slack's own client says before it lets anybody submit, by block_id."""
    said: dict[str, str] = {}
    for block in objects(blocks):
        if block.get("type") != "input":
            continue
        element = as_object(block["element"])
        kept = as_object(as_object(state.get(block["block_id"])).get(element.get("action_id", "")))
        answer = kept.get(_CHOSEN[element["type"]][0])
        if answer in (None, "", []):
            if not block.get("optional"):
                said[block["block_id"]] = "Please complete this required field."
        elif problem := _problem(element, answer):
            said[block["block_id"]] = problem
    return said


def _problem(element: Json, answer: Any) -> str:
    kind = element["type"]
    if kind == "plain_text_input":
        if len(answer) < int(element.get("min_length") or 0):
            return f"Please enter at least {element['min_length']} characters."
        if len(answer) > int(element.get("max_length") or 3000):
            return f"Please enter at most {element.get('max_length') or 3000} characters."
    if kind == "number_input":
        return _number_problem(element, str(answer))
    if kind == "email_text_input" and "@" not in str(answer):
        return "Please enter a valid email address."
    if kind == "url_text_input" and "://" not in str(answer):
        return "Please enter a valid URL."
    return ""


def _number_problem(element: Json, answer: str) -> str:
    try:
        number = Decimal(answer)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite():
        return "Please enter a number."
    if not element.get("is_decimal_allowed") and number % 1:
        return "Please enter a whole number."
    if element.get("min_value") is not None and number < Decimal(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if element.get("max_value") is not None and number > Decimal(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""
