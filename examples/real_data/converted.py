"""What a converter hands back."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Converted:
    """Tables by name, and what a reader must know about how they came about."""

    tables: Mapping[str, pl.DataFrame]
    remarks: tuple[str, ...]
    """What was left out, added up or moved, and why: one sentence each."""


def unknown(*columns: str) -> list[pl.Expr]:
    """Figures the data set does not have: empty, never zero."""
    return [pl.lit(None, pl.Float64).alias(column) for column in columns]
