"""Our own mrkdwn as Markdown: what Slack's streamed messages are written in."""

import re
from typing import Final

_BOLD: Final = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])")
_STEERING: Final = re.compile(r"[\\*`\[\]~]|(?<!\w)_|_(?!\w)")
"""What Markdown would read as formatting; an underscore inside a word it leaves alone."""
_LEADING: Final = re.compile(r"^(\s*)([#>+|-]|\d+\)|={2,})")
"""What makes a heading, a list or a table of a line that begins with it."""
_BULLET: Final = "• "
_NUMBER: Final = re.compile(r"^\d{1,3}\. ")
_BREAK: Final = "  "
"""At the end of a line: the next one begins below it, instead of going on in it."""


def markdown(text: str) -> str:
    """Escaped mrkdwn (line breaks, *bold*, bullets) as Markdown that shows the same and nothing else.

    It ends without a line break: what goes on below it begins with one.
    """
    lines = text.split("\n")
    made: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        made.append(_line(line))
        if not line.strip() or not following.strip():
            continue
        if _is_listed(line) and not _is_listed(following):
            made.append("")  # else the line would be taken for more of the list's last entry
        elif not _is_listed(line):
            made[-1] += _BREAK
    return "\n".join(made)


def _is_listed(line: str) -> bool:
    return line.startswith(_BULLET) or bool(_NUMBER.match(line))


def _line(line: str) -> str:
    if line.startswith(_BULLET):
        return f"- {_words(line[len(_BULLET) :])}"
    if number := _NUMBER.match(line):
        return number[0] + _words(line[number.end() :])
    return _LEADING.sub(r"\1\\\2", _words(line))


def _words(line: str) -> str:
    made, at = "", 0
    for bold in _BOLD.finditer(line):
        made += _plain(line[at : bold.start()]) + f"**{_plain(bold[1])}**"
        at = bold.end()
    return made + _plain(line[at:])


def _plain(text: str) -> str:
    return _STEERING.sub(r"\\\g<0>", text)
