"""The inputs of a form, each with what it holds already."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bot.blocks import Block
from bot.names import REASON
from bot.words import cut, plain
from domain.slack_id import team_of

Option = tuple[str, str]
"""Label and value."""
LEAST_REASON, MOST_REASON = 3, 1000
MOST_OPTIONS = 100
NOTHING = "-"
"""What stands for an empty value in a choice: Slack takes no empty one."""


def _input(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = False) -> Block:
    made: Block = {"type": "input", "block_id": block_id, "label": label_of(label), "optional": optional}
    return {**made, "element": {**element, "action_id": block_id}, **({"hint": label_of(hint)} if hint else {})}


def text(
    block_id: str,
    label: str,
    *,
    hint: str = "",
    value: str = "",
    most: int = 40,
    least: int | None = None,
    optional: bool = False,
    is_long: bool = False,
    example: str = "",
) -> Block:
    """A line or, where `is_long`, a paragraph to type."""
    fewest = least if least is not None else LEAST_REASON if is_long else 0 if optional else 1
    element: Block = {"type": "plain_text_input", "multiline": is_long, "min_length": fewest, "max_length": most}
    held = {"initial_value": cut(value, most)} if value.strip() else {}
    shown = {"placeholder": label_of(example)} if example else {}
    return _input(block_id, label, {**element, **held, **shown}, hint=hint, optional=optional)


def reason(label: str, *, hint: str = "") -> Block:
    """Why somebody does something: a paragraph nobody may leave out."""
    return text(REASON, label, hint=hint, most=MOST_REASON, is_long=True)


def one_of(block_id: str, label: str, options: Sequence[Option], chosen: str) -> Block:
    """One of a few, all in sight."""
    made = _options(options, {chosen})
    first = next(one for one in made if one["value"] == chosen)
    return _input(block_id, label, {"type": "radio_buttons", "options": made, "initial_option": first})


def select(
    block_id: str, label: str, options: Sequence[Option], chosen: str | None, *, optional: bool = False
) -> Block:
    """One of several; `chosen` is the value chosen already, None for none."""
    made = _options(options, {chosen or ""})
    first = next((one for one in made if one["value"] == (NOTHING if chosen == "" else chosen)), None)
    element: Block = {"type": "static_select", "options": made}
    return _input(block_id, label, {**element, **({"initial_option": first} if first else {})}, optional=optional)


def several(block_id: str, label: str, options: Sequence[Option], chosen: Iterable[str], *, hint: str = "") -> Block:
    """Any number of several."""
    wanted = set(chosen)
    made = _options(options, wanted)
    first = [one for one in made if one["value"] in wanted]
    element: Block = {"type": "multi_static_select", "options": made}
    held: Mapping[str, object] = {"initial_options": first} if first else {}
    return _input(block_id, label, {**element, **held}, hint=hint, optional=True)


def ticks(block_id: str, label: str, options: Sequence[Option], chosen: Iterable[str]) -> Block:
    """Boxes to tick."""
    wanted = set(chosen)
    made = _options(options, wanted)
    first = [one for one in made if one["value"] in wanted]
    element: Block = {"type": "checkboxes", "options": made}
    return _input(block_id, label, {**element, **({"initial_options": first} if first else {})}, optional=True)


def day(block_id: str, label: str, value: date | None) -> Block:
    """A day."""
    element: Block = {"type": "datepicker", **({"initial_date": value.isoformat()} if value else {})}
    return _input(block_id, label, element)


def person(block_id: str, label: str, chosen: str | None) -> Block:
    """Somebody in the workspace; of another one, whose people Slack does not offer here, by their written id."""
    if chosen and team_of(chosen):
        return text(block_id, label, value=chosen)
    element: Block = {"type": "users_select", **({"initial_user": chosen} if chosen else {})}
    return _input(block_id, label, element)


def typed(view: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, by block id; several choices with commas between."""
    held: Mapping[str, Mapping[str, Mapping[str, Any]]] = view["state"]["values"]
    found = {block: _entered(entry) for block, inputs in held.items() for entry in inputs.values()}
    return {block: "" if value == NOTHING else value for block, value in found.items()}


def _entered(entry: Mapping[str, Any]) -> str:
    if "selected_options" in entry:
        return ",".join(str(one.get("value", "")) for one in entry["selected_options"] or ())
    chosen: Mapping[str, Any] = entry.get("selected_option") or {}
    plain = entry.get("selected_date") or entry.get("selected_user") or entry.get("value")
    return str(chosen.get("value") or plain or "").strip()


def _options(options: Sequence[Option], chosen: Collection[str]) -> list[Block]:
    """As many as Slack takes, those chosen already among them."""
    kept = options if len(options) <= MOST_OPTIONS else sorted(options, key=lambda one: one[1] not in chosen)
    return [_option(option) for option in kept[:MOST_OPTIONS]]


def _option(option: Option) -> Block:
    label, value = option
    return {"text": label_of(plain(label, 75) or "–"), "value": value or NOTHING}


def label_of(text: str) -> Block:
    """A plain text object."""
    return {"type": "plain_text", "text": text, "emoji": True}
