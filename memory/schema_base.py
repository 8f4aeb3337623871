"""What all our tables share: how their keys are named, and two kinds of column."""

from typing import Any

from sqlalchemy import Column, DateTime, MetaData
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

METADATA = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "ix": "%(table_name)s_%(column_0_name)s_idx",
    }
)
MOMENT = DateTime(timezone=True)


def filled(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], *more: SchemaItem) -> Column[Any]:
    """A column that is never empty."""
    return Column(name, kind, *more, nullable=False)
