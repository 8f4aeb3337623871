"""What the tables are cut down to before a figure is made: a format, a channel, one's own, all but one campaign."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from agents import wording
from agents.answering import language
from agents.answering.subjects import Named
from agents.answering.vocabulary import CHANNELS, FORMATS
from domain.operating_model import Person
from domain.reading import Readings
from domain.scope import Scope

_MINE = (
    r"\bmy (?:own )?(?:campaigns?|spend|ads?|accounts?|numbers|kpis|platforms?|channels?|performance|figures"
    r"|budgets?)\b"
)


@dataclass(frozen=True, slots=True)
class Cut:
    """Rows kept, or left out, by one column."""

    column: str
    values: tuple[str, ...]
    label: str
    """As an answer says it: "video ads", "without Brand search"."""
    out: bool = False
    said: str = ""
    """The words that asked for it."""

    @property
    def filter(self) -> str:
        """As a citation says it: "format=video"."""
        sign = "!=" if self.out else "="
        return f"{self.column}{sign}{'|'.join(self.values)}"


def marked(readings: Readings, today: date) -> Mapping[str, tuple[date, date]]:
    """Days of the calendar with a name of their own, the latest time they came."""
    rows = readings.get("calendar")
    if rows is None or rows.is_empty():
        return {}
    found: dict[str, tuple[date, date]] = {}
    past = rows.filter(pl.col("date_day") <= today).select("name", "date_day").drop_nulls().unique().sort("date_day")
    for name, day in past.iter_rows():
        plain = language.plain(name)
        first, last = found.get(plain, (day, day))
        found[plain] = (first if (day - last).days <= 1 else day, day)
    return {name: days for name, days in found.items() if len(name) > 3}


def left_out(named: Named) -> list[Cut]:
    """Objects the question asks to leave out."""
    found: list[Cut] = []
    for word, subject in named.out:
        column, value = list(subject.scope.ids())[-1]
        found.append(Cut(column, (value,), f"without {subject.name}", out=True, said=word))
    return found


def cuts(text: str, named: Named, asker: Person | None) -> tuple[tuple[Cut, ...], ...]:
    """The cuts a question names, one after the other where it names several of a kind."""
    out = tuple(left_out(named))
    mine = _mine(text, asker)
    formats = [
        Cut("format", (value,), f"{value} ads", said=said) for said, value in language.find_all(named.left, FORMATS)
    ]
    channels = [Cut("channel", (value,), value, said=said) for said, value in language.find_all(named.left, CHANNELS)]
    first = {cut.values: cut for cut in reversed([*formats, *channels])}
    kinds = [cut for cut in [*formats, *channels] if first[cut.values] is cut]
    return tuple((*out, *mine, cut) for cut in kinds) or ((*out, *mine),)


def _mine(text: str, asker: Person | None) -> tuple[Cut, ...]:
    if asker is None or not re.search(_MINE, text) or not (asker.platforms or asker.accounts):
        return ()
    found: list[Cut] = []
    if asker.platforms:
        platforms = tuple(sorted(asker.platforms))
        label = wording.listing([wording.platform(one) for one in platforms])
        found.append(Cut("platform", platforms, f"yours: {label}", said="my"))
    if asker.accounts:
        accounts = tuple(sorted(asker.accounts))
        found.append(Cut("account_id", accounts, f"yours: {wording.listing(accounts)}", said="my"))
    return tuple(found)


def less(text: str, every: Sequence[Sequence[Cut]]) -> str:
    """The text without the words that asked for cuts."""
    for cut in (cut for each in every for cut in each):
        text = language.without(text, cut.said)
    return text


def at_hand(readings: Readings, scope: Scope, chosen: Sequence[Cut]) -> Readings:
    """The tables cut down. One that cannot tell what is asked apart is left out, so that it is not asked for all."""
    named = [(name, (value,), False) for name, value in scope.ids()]
    wanted = [(cut.column, cut.values, cut.out) for cut in chosen]
    if not named and not wanted:
        return readings
    tables: dict[str, pl.DataFrame] = {}
    for name, rows in readings.tables.items():
        kept: pl.DataFrame | None = rows
        # an id that a table has narrows each figure by itself
        others = [one for one in named if one[0] not in rows.columns or rows[one[0]].null_count() == rows.height]
        for column, values, out in (*others, *wanted):
            kept = _kept(readings, kept, column, values, out) if kept is not None else None
        if kept is not None:
            tables[name] = kept
    return Readings(readings.as_of, tables, readings.gaps, arrival=readings.arrival)


def _kept(
    readings: Readings, rows: pl.DataFrame, column: str, values: tuple[str, ...], out: bool
) -> pl.DataFrame | None:
    if column in {"query", "test_id"}:
        return rows if column in rows.columns else None
    if column in rows.columns and (rows.is_empty() or rows[column].null_count() < rows.height):
        inside = pl.col(column).is_in(values)
        return rows.filter(~inside if out else inside)
    finer = "ad_id" if column == "format" else "campaign_id" if column in {"platform", "account_id"} else None
    if finer is None or finer not in rows.columns or rows[finer].null_count() == rows.height:
        return None
    ids = _ids(readings, column, values, finer)
    inside = pl.col(finer).is_in(ids)
    return rows.filter(~inside if out else inside)


def _ids(readings: Readings, column: str, values: tuple[str, ...], finer: str) -> list[str]:
    """The finer ids inside some coarser ones."""
    table = readings.get("creative" if column == "format" else "ad_report")
    if table is None or column not in table.columns:
        return []
    return table.filter(pl.col(column).is_in(values))[finer].drop_nulls().unique().to_list()
