"""The daily digest, as a message."""

from collections.abc import Sequence

from bot.blocks import Block, Message, context, divider, header, section, shorten
from bot.words import day, outside, plain
from domain.case import Digest

_MOST_LINES = 12


def digest(written: Digest) -> Message:
    """What everybody should read once a day."""
    blocks = [header(f"{day(written.day)}: {plain(written.headline, 120)}")]
    blocks += _list("Waits for a decision", written.waiting)
    blocks += _list("Changed", written.changed)
    blocks += _list("Decided", written.decided)
    blocks += _list("Measured", written.measured)
    if len(blocks) == 1:
        blocks.append(section("Nothing changed, nothing waits, nothing was measured."))
    if written.held:
        blocks += [divider(), context(shorten(_lines("Noticed, but put to nobody yet", written.held), 2000))]
    return Message(text=f"{day(written.day)}: {outside(written.headline, 300)}", blocks=tuple(blocks))


def pieces(text: str) -> list[str]:
    """The text in parts a section can hold, broken between lines."""
    parts = [""]
    for line in text.split("\n"):
        kept = shorten(line, 2900)
        if len(parts[-1]) + len(kept) + 1 > 2950:
            parts.append("")
        parts[-1] += ("\n" if parts[-1] else "") + kept
    return [part for part in parts if part.strip()] or ["–"]


def _list(name: str, entries: Sequence[str]) -> list[Block]:
    return [section(shorten(_lines(name, entries), 2900))] if entries else []


def _lines(name: str, entries: Sequence[str]) -> str:
    shown = [f"• {outside(entry, 220)}" for entry in entries[:_MOST_LINES]]
    rest = [f"• and {len(entries) - _MOST_LINES} more"] if len(entries) > _MOST_LINES else []
    return "\n".join([f"*{name}*", *shown, *rest])
