"""Where sealed words stand: every column of text or JSON, except where there are pseudonyms and digests only."""

from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass
from typing import Any
from typing import cast as as_type

from sqlalchemy import Column, Select, Table, Text, cast, func, literal, select, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from memory.people import vault
from memory.people.vault import Sealed
from memory.schema import METADATA

_NAMELESS = frozenset({"ledger", "ledger_head", "ledger_identity", "person", "person_key"})
"""The ledger knows pseudonyms and digests only; the others go by rows when somebody is erased."""


@dataclass(frozen=True, slots=True)
class Place:
    """Sealed words with where they stand."""

    column: Column[Any]
    field: str
    """What the words are called there: "reason"."""
    subject: str
    """The proposal they are about, or else the row's own id."""
    sealed: Sealed

    @property
    def spoken(self) -> str:
        """For people: "decision of prop_0123456789ab"."""
        return f"{self.column.table.name} of {self.subject}"


def columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column that can hold sealed words."""
    for table in METADATA.sorted_tables:
        if table.name not in _NAMELESS:
            yield from ((table, column) for column in table.columns if isinstance(column.type, JSONB | Text))


async def readable(tx: AsyncConnection) -> AsyncGenerator[Place]:
    """All sealed words that were not emptied. Nothing may be written to these tables before all were read."""
    found = await tx.stream(_SEALED.execution_options(yield_per=1000))
    try:
        async for name, subject, row in found:
            for column in METADATA.tables[name].columns:
                for field, text in _texts(row.get(column.name), column.name):
                    for sealed in vault.sealed_words(text):
                        yield Place(column, field, subject, sealed)
    finally:
        await found.close()


def _rows(table: Table) -> Select[str, str, dict[str, object]]:
    """The rows of a table that hold sealed words, each as one JSON."""
    about = table.columns.get("proposal_id", table.primary_key.columns[0])
    row = table.table_valued()
    found = select(
        literal(table.name).label("name"), cast(about, Text).label("subject"), func.to_jsonb(row).label("row")
    )
    return found.where(cast(row, Text).contains("sealed:person_"))


def _texts(value: object, field: str) -> Iterator[tuple[str, str]]:
    """Every text in a value, with the name of the field it is in."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for name, one in as_type("dict[str, object]", value).items():
            yield from _texts(one, name)
    elif isinstance(value, list):
        for one in as_type("list[object]", value):
            yield from _texts(one, field)


_SEALED = union_all(*(_rows(table) for table in dict.fromkeys(table for table, _ in columns())))
