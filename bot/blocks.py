"""Block Kit pieces that keep Slack's limits by themselves: too long is cut visibly, never refused."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from slack_sdk.models import JsonObject
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.words import ESCAPES, NO_BREAK, cut, isolated, plain, typeset

Block = dict[str, object]
"""One block or element as it travels."""

MOST_BLOCKS = 50
MOST_CHARACTERS = 11_000
"""All visible characters of one message; Slack refuses from about 13,000."""
MOST_TEXT = 3000
_SEEN = frozenset({"text", "title", "caption", "label", "name"})


@dataclass(frozen=True, slots=True)
class Message:
    """What one Slack message shows."""

    text: str
    """For notifications and screen readers; escaped mrkdwn."""
    blocks: tuple[Block, ...]


def header(text: str) -> Block:
    """A headline, at most 150 characters."""
    fitting = (isolated(plain(text, most)) for most in (150, 130, 100, 75, 50))
    shown = next((one for one in fitting if len(one) <= 150), "") or plain(text, 150) or "–"
    return _dict(HeaderBlock(text=PlainTextObject(text=typeset(shown), emoji=True)))


def section(text: str) -> Block:
    """A paragraph of mrkdwn; longer than Slack allows is cut at a line."""
    return _dict(SectionBlock(text=_mrkdwn(text)))


def fields(texts: Sequence[str]) -> Block:
    """Up to ten short cells, two in a row (one below the other on a phone)."""
    return _dict(SectionBlock(fields=[_mrkdwn(text, 2000) for text in texts[:10]]))


def context(*texts: str) -> Block:
    """Small print: up to ten pieces of mrkdwn."""
    return _dict(ContextBlock(elements=[_mrkdwn(text) for text in texts[:10]]))


def divider() -> Block:
    """A line."""
    return _dict(DividerBlock())


def actions(block_id: str, buttons: Sequence[Block]) -> Block:
    """A row of buttons."""
    return {**_dict(ActionsBlock(elements=[], block_id=block_id)), "elements": list(buttons)}


def button(label: str, action_id: str, value: str, style: str | None = None, hint: str = "") -> Block:
    """One button; `hint` is what a screen reader says, and begins with what is to be read where it lacks that.

    Whoever steers by voice says the words they see.
    """
    seen = label.removesuffix("…")
    if hint and seen.casefold() not in hint.casefold():
        hint = f"{seen}: {hint}"
    made = ButtonElement(text=PlainTextObject(text=label, emoji=True), action_id=action_id, value=value, style=style)
    return {**_dict(made), **({"accessibility_label": plain(hint, 75)} if hint else {})}


def menu(action_id: str, entries: Sequence[tuple[str, str]]) -> Block:
    """What a row has no room for, behind "⋯": up to five labels with their values."""
    options = [
        {"text": {"type": "plain_text", "text": plain(label, 75), "emoji": True}, "value": value}
        for label, value in entries[:5]
    ]
    return {"type": "overflow", "action_id": action_id, "options": options}


def table(rows: Sequence[Sequence[str]]) -> Block:
    """Slack's table block: at most 100 rows of 20 cells and 10,000 characters; the first row heads it."""
    width = min(max([1, *map(len, rows)]), 20)
    kept: list[list[Block]] = []
    room = MOST_CHARACTERS - 2000
    for row in rows[:100]:
        cells = [plain(cell, 300) or "–" for cell in [*row, *[""] * width][:width]]
        room -= sum(map(len, cells))
        if room < 0:
            break
        kept.append([{"type": "raw_text", "text": typeset(isolated(cell))} for cell in cells])
    return {"type": "table", "rows": kept, "column_settings": [{"is_wrapped": True}] * width}


def picture(file_id: str, alt: str) -> Block:
    """An image that lies in Slack's own file store."""
    return {"type": "image", "slack_file": {"id": file_id}, "alt_text": plain(alt, 1900) or "Chart"}


def aloud(blocks: Iterable[Block], most: int = 3500) -> str:
    """Everything a message says, line by line, for those who hear it instead of seeing it."""
    lines = [line.replace(NO_BREAK, " ") for block in blocks if block["type"] != "actions" for line in _said(block)]
    return shorten("\n".join(line for line in lines if line.strip()), most) or "–"


def weight(blocks: Iterable[Block]) -> int:
    """Visible characters in blocks, counted as Slack's own total is."""
    return sum(_weight(block) for block in blocks)


def _said(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, object]", value)
        if isinstance(text := parts.get("text"), str):
            yield text.translate(ESCAPES) if parts.get("type") == "plain_text" else text
        else:
            yield from (line for part in parts.values() for line in _said(part))
    elif isinstance(value, list | tuple):
        yield from (line for part in cast("Sequence[object]", value) for line in _said(part))


def _weight(value: object) -> int:
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, object]", value)
        own = sum(len(text) for name, text in parts.items() if name in _SEEN and isinstance(text, str))
        return own + sum(_weight(part) for part in parts.values())
    if isinstance(value, list | tuple):
        return sum(_weight(part) for part in cast("Sequence[object]", value))
    return 0


def _mrkdwn(text: str, most: int = MOST_TEXT) -> MarkdownTextObject:
    # A character less: a cut may have to close what keeps a name in order.
    # verbatim: bare addresses, #names and @names in the text stay text.
    return MarkdownTextObject(text=typeset(shorten(text, most - 1)) or "–", verbatim=True)


def shorten(text: str, most: int) -> str:
    """Mrkdwn cut between lines where possible, so that no mention, date or entity is cut in two."""
    if len(text) <= most:
        return text
    lines = text[: most - 2].split("\n")
    if len(lines) > 1:
        return "\n".join([*lines[:-1], "…"])
    head = lines[0]
    for opening, closing in (("<", ">"), ("&", ";")):
        start = head.rfind(opening)
        if start > head.rfind(closing):
            head = head[:start]
    return cut(head + " …", most)


def _dict(block: JsonObject) -> Block:
    made: Block = block.to_dict()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - untyped
    return made
