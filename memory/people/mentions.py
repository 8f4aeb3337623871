"""Where somebody is named in what others wrote, and taking them out of it.

Others' words are sealed with others' keys, so deleting a person's own key leaves what was written about them. Their
Slack id and their whole names are replaced in it. A part of a name alone ("Mark") may be somebody else or a word of the
language: it stays, and is reported.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, func, update
from sqlalchemy.ext.asyncio import AsyncConnection

from memory.ledger.words import REDACTED
from memory.people import SYSTEM, places
from memory.people.places import Place
from memory.people.vault import ERASED, Key
from memory.writing import Writing

_PART_LETTERS = 3
"""Shorter parts of a name ("de", "J.") are in everybody's sentences."""
_MOST_LETTERS = 1000
"""Of a reason, as people may type it: what stands for a short name may not make it longer than can be read back."""
_SHORT = "…"
_NAMES = frozenset({"name", "slack", "changes", "loosens"})
"""Fields in which what is sealed is the name of whose it is: another's name may hold this one."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody in another's words."""

    place: Place
    key: Key
    """Of who wrote them."""
    left: str
    """The words without them."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """What others wrote about somebody."""

    certain: tuple[Mention, ...]
    """Their id or a whole name of theirs stands there."""
    possible: tuple[str, ...]
    """Where only a part of their name does: "decision of prop_0123456789ab"."""

    @property
    def proposals(self) -> frozenset[str]:
        """Proposals whose cards may show what changes."""
        return frozenset(one.place.subject for one in self.certain)


async def find(tx: AsyncConnection, slack: str, names: Sequence[str], others: Mapping[str, Key]) -> Mentions:
    """Every mention of a Slack user, who had these names, in words that `others` can open."""
    whole, part = _whole(slack, names), _part(names)
    certain: list[Mention] = []
    possible: dict[str, None] = {}
    async for place in places.readable(tx):
        key = others.get(place.sealed.whose)
        if key and place.field not in _NAMES:
            words = key.open(place.sealed.text)
            left = whole.sub(ERASED, words)
            if len(left) > max(len(words), _MOST_LETTERS):
                left = whole.sub(_SHORT, words)
            if left != words:
                certain.append(Mention(place, key, left))
            if part and part.search(left):
                possible[place.spoken] = None
    return Mentions(tuple(certain), tuple(possible))


async def take_out(writing: Writing, found: Mentions, pseudonym: str) -> tuple[str, ...]:
    """Take somebody out of others' words, each with a line of the ledger. Returns the tables in which they were."""
    told: set[tuple[str, str]] = set()
    for one in found.certain:
        sealed, column = one.place.sealed, one.place.column
        held = cast(column, Text)
        less = func.replace(held, sealed.text, one.key.seal(one.left, sealed.digest))
        changed = update(column.table).where(held.contains(sealed.text, autoescape=True))
        await writing.tx.execute(changed.values({column: cast(less, column.type)}))
        if (sealed.whose, sealed.digest) not in told:
            told.add((sealed.whose, sealed.digest))
            digests = {"was": sealed.digest, "now": one.key.digest(one.left)}
            await writing.record(REDACTED, SYSTEM, pseudonym, whose=sealed.whose, **digests)
    return tuple(dict.fromkeys(one.place.column.table.name for one in found.certain))


def _whole(slack: str, names: Sequence[str]) -> re.Pattern[str]:
    """Their id, as Slack spells mentions and bare, and their names, however they are spaced and capitalised."""
    ident = re.escape(slack)
    spaced = [r"\s+".join(map(re.escape, name.split())) for name in sorted(names, key=len, reverse=True)]
    either = "|".join([rf"<@{ident}(?:\|[^>]*)?>", *(rf"(?<!\w){one}(?!\w)" for one in (ident, *spaced) if one)])
    return re.compile(either, re.IGNORECASE)


def _part(names: Sequence[str]) -> re.Pattern[str] | None:
    """Any single word of their names."""
    found = {one for name in names for one in re.findall(r"\w+", name) if len(one) >= _PART_LETTERS}
    either = "|".join(map(re.escape, sorted(found)))
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE) if found else None
