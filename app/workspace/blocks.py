"""Whether Slack would show a message or a view: shapes, lengths, counts, surfaces, ids and words."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeGuard

from app.workspace.grammar import PARTS, SHAPES, Kind, Shape, kind, shape
from app.workspace.wire import Json, as_list, as_object, as_text, is_list, is_object, objects, walk

TOTAL_CHARACTERS = 12_000
"""In all blocks of a message; refusals were seen from about 13,200."""
TABLE_CHARACTERS = 10_000
"""In the tables of a message."""
MOST_BLOCKS, MOST_TABLES, MOST_CHARTS, MOST_NAMED = 50, 1, 2, 255
"""Per message."""
LONGEST_TEXT = 4000

_MESSAGE_ONLY = frozenset({"message"})
_EVERYWHERE = frozenset({"message", "modal", "home"})
SURFACES = {
    **dict.fromkeys(("actions", "auth_provider", "context", "divider", "header", "input", "rich_text"), _EVERYWHERE),
    **dict.fromkeys(("section", "video"), _EVERYWHERE),
    **dict.fromkeys(("call", "container", "context_actions", "data_visualization", "file"), _MESSAGE_ONLY),
    **dict.fromkeys(("markdown", "plan", "table", "task_card"), _MESSAGE_ONLY),
    **dict.fromkeys(("card", "carousel", "data_table"), frozenset({"message", "home"})),
    **dict.fromkeys(("alert", "file_input"), frozenset({"modal"})),
}
"""Where a block renders; an image is an element too, and renders everywhere."""

ONE_OF = {
    "card": ("hero_image", "title", "actions", "body"),
    "container": ("title", "rich_text_title"),
    "section": ("text", "fields"),
    "static_select": ("options", "option_groups"),
    "multi_static_select": ("options", "option_groups"),
}
EXACTLY_ONE_OF = {
    "image": ("image_url", "slack_file"),
    "image@element": ("image_url", "slack_file"),
    "slack_file": ("id", "url"),
}
_WORDED = {"plain_text", "mrkdwn", "markdown", "raw_text", "raw_number", "text"}
_READ_ALOUD = ("text", "title", "caption", "label", "name")

_LINK = r"(?:https?://|mailto:)[^\s<>|]+"
_TOKENS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:@[UW][A-Z0-9]+|#[CG][A-Z0-9]+|!here|!channel|!everyone|!subteam\^S[A-Z0-9]+|{_LINK})(?:\|[^<>\n]*)?",
        r"!date\^\d+\^[^<>^|\n]+(?:\^https?://[^\s<>|]+)?\|[^<>\n]+",
    )
)


def message_problems(blocks: object, attachments: object) -> list[str]:
    """Why Slack would refuse the blocks and attachments of a message; one sentence each."""
    found: list[str] = []
    if blocks is not None:
        found += _list_problems(blocks, "blocks")
    if attachments is not None and not is_list(attachments):
        found.append("attachments: must be a list")
    for at, part in enumerate(as_list(attachments)):
        path = f"attachments[{at}]"
        if not is_object(part):
            found.append(f"{path}: must be an object")
            continue
        if "blocks" in part:
            found += _list_problems(part["blocks"], f"{path}.blocks")
        if len(as_text(part.get("text"))) > LONGEST_TEXT:
            found.append(f"{path}.text: longer than {LONGEST_TEXT} characters")
        if part.get("mrkdwn") is not False:
            found += text_problems(as_text(part.get("text")), f"{path}.text")
    shown = [*as_list(blocks), *as_list(attachments)]
    return [*found, *_common_problems(shown, "message"), *_total_problems(shown)]


def view_problems(view: Json) -> list[str]:
    """Why Slack would refuse a modal or an App Home; one sentence each."""
    surface = as_text(view.get("type"))
    found = list(_shape_problems(view, Kind(names=("modal", "home")), "view"))
    found += _common_problems(view, surface)
    if surface == "modal" and not view.get("submit") and any(part.get("type") == "input" for part in walk(view)):
        found.append("view.submit: missing, and there is an input")
    return found


def text_problems(text: str, path: str) -> list[str]:
    """What in a formatted text would be taken for markup that is none."""
    for at in (found.start() for found in re.finditer("<", text)):
        inside, closing, _ = text[at + 1 :].partition(">")
        if not closing or not any(token.fullmatch(inside) for token in _TOKENS):
            return [f"{path}: '<' before {text[at + 1 : at + 21]!r} starts no mention, link or date; write &lt;"]
    return []


def _list_problems(blocks: object, path: str) -> Iterator[str]:
    yield from _shape_problems(blocks, kind(f"[block]#0-{MOST_BLOCKS}"), path)


# Shapes ------------------------------------------------------------------------------------------------------------


@cache
def _shape(name: str) -> Shape:
    written = SHAPES.get(name) or PARTS[name]
    read = shape(written)
    if name in SHAPES:
        read.fields["type"] = Kind(words=(name.partition("@")[0],))
    return read


def _shape_problems(value: Any, wanted: Kind, path: str) -> Iterator[str]:
    if wanted.item is not None:
        yield from _array_problems(value, wanted.item, wanted, path)
    elif wanted.words:
        if value not in wanted.words:
            yield f"{path}: must be one of {', '.join(wanted.words)}"
    elif is_object(value) and (name := _named(value, wanted)):
        yield from _object_problems(value, name, path)
        yield from _length_problems(value, wanted, path)
    elif (scalar := next((name for name in wanted.names if name in _SCALARS), None)) is not None:
        if not _SCALARS[scalar](value):
            yield f"{path}: must be {_SPOKEN[scalar]}"
        else:
            yield from _length_problems(value, wanted, path)
            if _is_number(value) and wanted.most is not None and not wanted.least <= value <= wanted.most:
                yield f"{path}: {value} is not between {wanted.least} and {wanted.most}"
    else:
        said = value.get("type") if is_object(value) else value
        yield f"{path}: {str(said)[:40]!r} has no place here; {', '.join(wanted.names[:8])} would"


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_SCALARS: dict[str, Callable[[object], bool]] = {
    "str": lambda value: isinstance(value, str),
    "bool": lambda value: isinstance(value, bool),
    "num": _is_number,
    "any": is_object,
    "null": lambda value: value is None,
}
_SPOKEN = {"str": "a string", "bool": "true or false", "num": "a number", "any": "an object", "null": "null"}


def _named(value: Json, wanted: Kind) -> str | None:
    """The shape an object claims to be, among those that may stand here."""
    said = value.get("type")
    for name in wanted.names:
        if name in PARTS or (name in SHAPES and said == name.partition("@")[0]):
            return name
    return None


def _array_problems(value: Any, item: Kind, wanted: Kind, path: str) -> Iterator[str]:
    if not is_list(value):
        yield f"{path}: must be a list"
        return
    if len(value) < wanted.least or (wanted.most is not None and len(value) > wanted.most):
        yield f"{path}: {len(value)} items, {wanted.least} to {wanted.most} allowed"
    for at, one in enumerate(value):
        yield from _shape_problems(one, item, f"{path}[{at}]")


def _object_problems(value: Json, name: str, path: str) -> Iterator[str]:
    wanted = _shape(name)
    for field in sorted(wanted.required - value.keys()):
        yield f"{path}.{field}: missing"
    for field, inner in value.items():
        if field in wanted.fields:
            yield from _shape_problems(inner, wanted.fields[field], f"{path}.{field}")
        elif not wanted.open:
            yield f"{path}.{field}: unknown field"
    if name in ONE_OF and not any(value.get(field) for field in ONE_OF[name]):
        yield f"{path}: needs {' or '.join(ONE_OF[name])}"
    if name in EXACTLY_ONE_OF and len(value.keys() & set(EXACTLY_ONE_OF[name])) != 1:
        yield f"{path}: needs {' or '.join(EXACTLY_ONE_OF[name])}, and not both"
    if name == "task_card" and value.get("status") == "pending":
        yield f"{path}: a pending task_card must sit in a plan"
    yield from _word_problems(value, name, path)
    yield from _choice_problems(value, name, path)
    yield from _grid_problems(value, path)


def _length_problems(value: Any, wanted: Kind, path: str) -> Iterator[str]:
    words = as_text(value.get("text") if is_object(value) else value)
    if wanted.longest is not None and len(words) > wanted.longest:
        yield f"{path}: {len(words)} characters, at most {wanted.longest} allowed"


def _word_problems(value: Json, name: str, path: str) -> Iterator[str]:
    if name in _WORDED and value.get("text") == "":
        yield f"{path}.text: empty"
    if name == "mrkdwn":
        yield from text_problems(as_text(value.get("text")), f"{path}.text")


def _choice_problems(value: Json, name: str, path: str) -> Iterator[str]:
    formats = [as_object(value.get(field)).get("type") for field in ("text", "description")]
    if name == "option" and formats == ["plain_text", "mrkdwn"]:
        yield f"{path}.description: must be plain_text like the text"
    if "options" in value and "option_groups" in value:
        yield f"{path}: has both options and option_groups"
    offered = objects(value.get("options"))
    for group in objects(value.get("option_groups")):
        offered += objects(group.get("options"))
    chosen = [*objects(value.get("initial_options")), *objects([value.get("initial_option")])]
    if offered and any(option not in offered for option in chosen):
        yield f"{path}: the initial choice is not among the options"


def _grid_problems(value: Json, path: str) -> Iterator[str]:
    if len({len(row) for row in as_list(value.get("rows")) if is_list(row)}) > 1:
        yield f"{path}.rows: differ in length"
    for at, segment in enumerate(objects(value.get("segments"))):
        if _is_number(segment.get("value")) and segment["value"] <= 0:
            yield f"{path}.segments[{at}].value: must be above 0"
    series = objects(value.get("series"))
    if len({str(one.get("name")) for one in series}) < len(series):
        yield f"{path}.series: names repeat"
    if is_object(axis := value.get("axis_config")):
        categories = axis.get("categories")
        if any([point.get("label") for point in objects(one.get("data"))] != categories for one in series):
            yield f"{path}.series: points do not follow the categories"


# What holds for the whole ------------------------------------------------------------------------------------------


def _common_problems(value: Any, surface: str) -> list[str]:
    parts = list(walk(value))
    said = list(
        dict.fromkeys(
            f"{part['type']} does not work in a {surface}"
            for part in parts
            if surface not in SURFACES.get(as_text(part.get("type")), {surface})
        )
    )
    said += [
        f"block_id: {MOST_NAMED} characters at most"
        for part in parts
        if len(as_text(part.get("block_id"))) > MOST_NAMED
    ]
    blocks = Counter(repr(part["block_id"]) for part in parts if "block_id" in part)
    said += [f"block_id {name} is used {uses} times" for name, uses in blocks.items() if uses > 1]
    actions = Counter(_action_ids(value, 0, Counter()))
    said += [f"action_id {name} is used {uses} times in a block" for (_, name), uses in actions.items() if uses > 1]
    return said


def _action_ids(value: Any, block: int, numbers: Counter[str]) -> Iterator[tuple[int, str]]:
    """(block, action_id) of every element; blocks are numbered as they come."""
    if is_object(value):
        if (as_text(value.get("type")) or "none") in {*SURFACES, "image"}:
            numbers["blocks"] += 1
            block = numbers["blocks"]
        if "action_id" in value:
            yield block, repr(value["action_id"])
        for inner in value.values():
            yield from _action_ids(inner, block, numbers)
    for inner in as_list(value):
        yield from _action_ids(inner, block, numbers)


def _total_problems(shown: list[Any]) -> Iterator[str]:
    parts = list(walk(shown))
    tables = [part for part in parts if part.get("type") == "table"]
    charts = sum(part.get("type") == "data_visualization" for part in parts)
    if len(tables) > MOST_TABLES:
        yield f"{len(tables)} tables, at most {MOST_TABLES} allowed"
    if charts > MOST_CHARTS:
        yield f"{charts} charts, at most {MOST_CHARTS} allowed"
    if (size := _characters(parts)) > TOTAL_CHARACTERS:
        yield f"{size} characters in all blocks, at most {TOTAL_CHARACTERS} allowed"
    if (size := _characters(list(walk(tables)))) > TABLE_CHARACTERS:
        yield f"{size} characters in tables, at most {TABLE_CHARACTERS} allowed"


def _characters(parts: list[Json]) -> int:
    return sum(len(as_text(part.get(field))) for part in parts for field in _READ_ALOUD)
