"""The append-only log of everything done to the demo company: one JSON line each, on disk before anyone is answered.

State is a function of (seed, this log), so a process killed at any moment starts again exactly where it was.
"""

import os
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from domain.base import Frozen
from domain.errors import StartupError


class ValueChange(Frozen):
    """One value before and after."""

    address: str
    """"meta/a1/campaign/c3/daily_budget"."""
    was: str
    to: str


class ValuesSet(Frozen):
    """Values set together, in force from the next day on."""

    kind: Literal["set"] = "set"
    token: str
    by: str
    day: date
    """The company's day when it was done."""
    changes: tuple[ValueChange, ...]

    def says_the_same(self, other: object) -> bool:
        """Whether a repeat of the token asks for the same thing."""
        return isinstance(other, ValuesSet) and (self.by, self.changes) == (other.by, other.changes)


class TaskCreated(Frozen):
    """A piece of work handed to people."""

    kind: Literal["task"] = "task"
    token: str
    by: str
    day: date
    entity: str
    task: str
    details: Mapping[str, str]
    done_on: date
    """The day it takes effect."""

    def says_the_same(self, other: object) -> bool:
        """Whether a repeat of the token asks for the same thing."""
        mine = (self.by, self.entity, self.task, dict(self.details))
        return isinstance(other, TaskCreated) and mine == (other.by, other.entity, other.task, dict(other.details))


class DaysPassed(Frozen):
    """Time went by."""

    kind: Literal["clock"] = "clock"
    days: int = Field(ge=1)


class FenceHeard(Frozen):
    """A later holder of a token came by: whoever holds it with a smaller number is too late."""

    kind: Literal["fence"] = "fence"
    token: str
    fence: int


Entry = Annotated[ValuesSet | TaskCreated | DaysPassed | FenceHeard, Field(discriminator="kind")]
_ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)


class ChangeLog:
    """The file. One process writes it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.entries: list[Entry] = []
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        intact = 0
        for line in self._lines():
            try:
                self.entries.append(_ENTRY.validate_json(line))
            except ValidationError:
                break
            intact += len(line)
        self._drop_torn_tail(intact)

    def append(self, entry: Entry) -> None:
        """Write one entry; it is on disk when this returns."""
        with self._path.open("ab") as file:
            file.write(entry.model_dump_json().encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        self.entries.append(entry)

    def _lines(self) -> Iterator[bytes]:
        if self._path.exists():
            yield from (line for line in self._path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n"))

    def _drop_torn_tail(self, intact: int) -> None:
        """Forget a last line torn by a kill: nobody was answered for it. A whole line that cannot be read is damage."""
        rest = self._path.read_bytes()[intact:] if self._path.exists() else b""
        if b"\n" in rest:
            raise StartupError(
                f"{self._path.name} is damaged at line {len(self.entries) + 1}; move the file away to start afresh."
            )
        if rest:
            os.truncate(self._path, intact)
