"""One column of a table: how it is read as the contract's type, and what makes its values refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from domain.tables import COUNT, DAY, FLAG, HOUR, MONEY, POLARS_TYPES, SHARE, TEXT, Table

KNOWN_ON = "known_on"
"""The day on which a row's version became known. Any table may carry it."""

SIGNED = frozenset({("market", "value")})
"""Numbers that may be below zero: a category trend falls as well as rises."""

WHOLE = frozenset({COUNT, HOUR})
"""Kinds that are whole numbers."""
LAST_HOUR = 23

_NOUN = {
    DAY: "days",
    HOUR: "hours",
    TEXT: "text",
    COUNT: "whole numbers",
    MONEY: "amounts",
    SHARE: "numbers",
    FLAG: "true or false",
}
_FORM = {
    DAY: "Write days as YYYY-MM-DD, without a time of day, and run again.",
    HOUR: "Write the hour in which it happened as a whole number from 0 to 23 and run again.",
    TEXT: "Write ids and names as text and run again.",
    COUNT: "Write whole numbers without units or thousands separators and run again.",
    MONEY: "Write amounts with a decimal point, without currency signs or thousands separators, and run again.",
    SHARE: "Write numbers with a decimal point, without units or thousands separators, and run again.",
    FLAG: "Write true or false and run again.",
}
_LARGEST_EXACT = 2.0**53
_ISO_MIDNIGHT = r"^\d{4}-\d{2}-\d{2}([T ]00:00(:00(\.0+)?)?(Z|[+-]\d{2}:?\d{2})?)?$"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that must not be in a column. `mask` is true on the offending rows of the raw table."""

    column: str
    mask: pl.Expr
    one: str
    many: str
    remedy: str

    def said(self, count: int) -> str:
        """How many, in words: "3 negative values"."""
        return self.one if count == 1 else self.many.format(count=f"{count:,}")


@dataclass(frozen=True, slots=True)
class Column:
    """A contract column as a file holds it."""

    table: Table
    name: str
    dtype: pl.DataType
    """As stored; always text in a CSV file."""
    from_text: bool
    """Whether values are spelled out, as in CSV, so that text is parsed rather than refused."""

    @property
    def kind(self) -> str:
        """The contract's kind of value."""
        return DAY if self.name == KNOWN_ON else self.table.columns[self.name]

    @property
    def is_measured(self) -> bool:
        """Whether it is required and holds figures, so that a column without a single value is a gap worth naming."""
        return self.name in self.table.columns.keys() - self.table.optional and self.kind in {COUNT, MONEY, SHARE, FLAG}

    @property
    def in_key(self) -> bool:
        """Whether every row must have it, because it identifies the row."""
        return self.name in self.table.key

    @property
    def may_be_empty(self) -> bool:
        """Whether single rows may leave it empty. Counts and amounts may not: a sum would read them as zero.

        Descriptions may be lacking, and a campaign may have no daily budget of its own.
        """
        optional = self.name in self.table.optional or self.name in self.table.optional_key
        described = self.kind in {TEXT, DAY} and not self.in_key and self.name != self.table.day
        return optional or described or self.name in {KNOWN_ON, "daily_budget", "ai_generated"}

    @property
    def raw(self) -> pl.Expr:
        """The value as stored; blank text counts as empty."""
        value = pl.col(self.name)
        if isinstance(self.dtype, pl.Categorical | pl.Enum):
            value = value.cast(pl.String)
        if not self.is_text:
            return value
        stripped = value.str.strip_chars() if self.from_text else value
        return pl.when(stripped.str.len_bytes() > 0).then(stripped)

    @property
    def is_text(self) -> bool:
        """Whether values are stored as text."""
        return isinstance(self.dtype, pl.String | pl.Categorical | pl.Enum)

    @property
    def value(self) -> pl.Expr:
        """The value in the contract's type; null where it cannot be one. Reads the column as `raw` left it."""
        typed = self._read()
        typed = pl.lit(None) if typed is None else typed
        if self.table.name == "calendar" and self.name == "account_id":
            typed = typed.fill_null("")
        return typed.cast(POLARS_TYPES[self.kind]).alias(self.name)

    def _read(self) -> pl.Expr | None:
        """The value as far as it can be read; None where the stored type can never be."""
        if not self.is_text:
            return self._converted()
        if self.kind == TEXT:
            # No database keeps a zero byte in a text: one in a campaign's name must not end every sweep.
            return pl.col(self.name).str.replace_all("\0", "", literal=True)
        return self._parsed() if self.from_text else None

    def _parsed(self) -> pl.Expr:
        raw, kind = pl.col(self.name), self.kind
        if kind == DAY:
            midnight = pl.when(raw.str.contains(_ISO_MIDNIGHT)).then(raw)
            return midnight.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
        if kind == FLAG:
            lower = raw.str.to_lowercase()
            return pl.when(lower.is_in(["true", "1"])).then(True).when(lower.is_in(["false", "0"])).then(False)
        if kind in WHOLE:
            return pl.coalesce(raw.cast(pl.Int64, strict=False), _whole(raw.cast(pl.Float64, strict=False)))
        return raw.cast(pl.Float64, strict=False)

    def _converted(self) -> pl.Expr | None:
        raw, kind, dtype = pl.col(self.name), self.kind, self.dtype
        midnight = pl.when(raw.dt.time() == pl.time(0, 0, 0)).then(raw.dt.date())
        ways = (
            (kind == TEXT and dtype.is_integer(), raw.cast(pl.String)),
            (kind == DAY and isinstance(dtype, pl.Date), raw),
            (kind == DAY and isinstance(dtype, pl.Datetime), midnight),
            (kind == FLAG and isinstance(dtype, pl.Boolean), raw),
            (kind == FLAG and dtype.is_integer(), pl.when(raw == 1).then(True).when(raw == 0).then(False)),
            (kind in WHOLE and dtype.is_integer(), raw.cast(pl.Int64, strict=False)),
            (kind in WHOLE and (dtype.is_float() or dtype.is_decimal()), _whole(raw.cast(pl.Float64))),
            (kind in {MONEY, SHARE} and dtype.is_numeric(), raw.cast(pl.Float64)),
        )
        return next((converted for fits, converted in ways if fits), None)

    def problems(self, today: date) -> Iterator[Problem]:
        """Everything that refuses the column, in the order in which it is said."""
        raw, value = pl.col(self.name), self.value
        form, noun = f"{_FORM[self.kind]}{self._type_remark()}", _NOUN[self.kind]
        one = {
            DAY: "not a day",
            HOUR: "not an hour",
            COUNT: "not a whole number",
            MONEY: "not an amount",
            SHARE: "not a number",
        }
        yield self._problem(
            raw.is_not_null() & value.is_null(),
            f"1 value is {one.get(self.kind, f'not {noun}')}",
            f"{{count}} values are not {noun}",
            form,
        )
        if self.in_key:
            remedy = "Every row needs its whole key; fill it in or leave the row out, and run again."
            yield self._problem(value.is_null(), "1 row without a value", "{count} rows without a value", remedy)
        if self.kind in {MONEY, SHARE}:
            remedy = "Only finite numbers can be added up; correct the export and run again."
            mask = value.is_nan() | value.is_infinite()
            yield self._problem(mask, "1 value is not finite", "{count} values are not finite", remedy)
        if self.kind in {COUNT, MONEY, SHARE} and (self.table.name, self.name) not in SIGNED:
            what = {COUNT: "Counts", MONEY: "Amounts", SHARE: "These numbers"}[self.kind]
            remedy = f"{what} cannot be negative; correct the export and run again."
            yield self._problem(value < 0, "1 negative value", "{count} negative values", remedy)
        if self.kind == HOUR:
            mask = ~value.is_between(0, LAST_HOUR)
            yield self._problem(mask, "1 hour that no day has", "{count} hours that no day has", form)
        if self.name == self.table.day and not self.table.has_future:
            remedy = f"No row may be dated after today, {today}; remove these rows or correct their day, and run again."
            yield self._problem(value > today, "1 day from the future", "{count} days from the future", remedy)

    def _type_remark(self) -> str:
        """For those who set the types of an export, where the stored type as a whole is the trouble."""
        if self.from_text or not (isinstance(self.dtype, pl.Datetime) or self._read() is None):
            return ""
        return f" The Parquet column is {self.dtype.base_type()}; it should be {POLARS_TYPES[self.kind]}."

    @property
    def unit(self) -> list[str]:
        """What reports a figure for all of its rows or for none: a platform's account, a channel."""
        return [name for name in ("platform", "account_id", "channel") if name in self.table.key]

    def emptiness(self) -> Problem:
        """Rows that lack what other rows of the same account have. An account without any value is a gap instead."""
        mask = pl.col(self.name).is_null()
        filled = pl.col(self.name).is_not_null().any()
        if self.is_measured:
            mask &= filled.over(self.unit) if self.unit else filled
        remedy = "Fill in every row, or leave the column empty for the whole account, and run again."
        return self._problem(mask, "1 row without a value", "{count} rows without a value", remedy)

    def _problem(self, mask: pl.Expr, one: str, many: str, remedy: str) -> Problem:
        return Problem(self.name, mask, one, many, remedy)


def _whole(number: pl.Expr) -> pl.Expr:
    """Whole numbers written with a decimal point, as exports that know empty cells do: 1200.0."""
    exact = (number == number.floor()) & (number.abs() <= _LARGEST_EXACT)
    return pl.when(exact).then(number.cast(pl.Int64, strict=False))
