"""What people search for: demand per theme, and where our pages stand."""

import re
from collections.abc import Mapping, Set
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from agents.derivation import derived
from agents.measures.measure import Measure
from agents.statistics.moves import moves
from agents.statistics.panel import panel
from agents.thresholds import HISTORY_DAYS, QUERY_IMPRESSIONS, SHARED_WORDS
from domain.reading import Readings

FORTNIGHT: Final = 14
"""Days over which QUERY_IMPRESSIONS are counted."""
_WORD: Final = re.compile(r"[\w-]{3,}")


def demand(readings: Readings) -> tuple[Measure, np.ndarray]:
    """Daily search impressions per theme with their moves, and the theme's average position over two weeks.

    A query searched enough to be judged is a theme by itself: added up with its neighbours it would rise less than it
    does and stand where their pages stand. Rarer ones are judged together.
    """

    def make() -> tuple[Measure, np.ndarray]:
        rows = readings.get("search_report")
        assert rows is not None
        themes = themes_of(rows, _judged(rows, readings.as_of))
        rows = rows.filter(pl.col("query") != "").with_columns(
            query=pl.col("query").replace_strict(themes, default=pl.col("query")),
            ranked=pl.col("position") * pl.col("impressions"),
        )
        source = panel(rows, ("query",), ("impressions", "clicks", "ranked"), readings.as_of, HISTORY_DAYS)
        shown = source.values["impressions"]
        found = moves(
            shown,
            np.ones_like(shown),
            source.present,
            weekday=source.first_day.weekday(),
            stale_days=5,
            adverse=1,
            min_base_days=14,
        )
        recent = shown[:, -14:].sum(1)
        place = source.values["ranked"][:, -14:].sum(1) / np.maximum(recent, 1)
        measure = Measure(
            "search_impressions", "search_report", source.keys, source.first_day, found, shown, np.ones_like(shown)
        )
        return measure, place

    return derived(readings, ("search_report",), "demand", make)


def _judged(rows: pl.DataFrame, as_of: date) -> frozenset[str]:
    """Queries searched enough to be judged by themselves in any fortnight up to `as_of`."""
    fortnight = (pl.lit(as_of) - pl.col("date_day")).dt.total_days() // FORTNIGHT
    searched = rows.group_by("query", fortnight.alias("fortnight")).agg(pl.col("impressions").sum())
    return frozenset(searched.filter(pl.col("impressions") >= QUERY_IMPRESSIONS)["query"].to_list())


def themes_of(rows: pl.DataFrame, alone: Set[str] = frozenset()) -> Mapping[str, str]:
    """Each query's theme: the most searched query that shares most of its words, for those `alone` all of them."""
    totals = rows.filter(pl.col("query") != "").group_by("query").agg(pl.col("impressions").sum())
    ordered = totals.sort(["impressions", "query"], descending=[True, False])["query"].to_list()[:2000]
    heads: list[tuple[str, frozenset[str]]] = []
    by_word: dict[str, list[int]] = {}
    out: dict[str, str] = {}
    for query in ordered:
        words = words_of(query)
        near = {at for word in words for at in by_word.get(word, ())}
        best = next(
            (
                at
                for at in sorted(near)
                if (
                    words == heads[at][1]
                    if query in alone
                    else len(words & heads[at][1]) > SHARED_WORDS * min(len(words), len(heads[at][1]))
                )
            ),
            None,
        )
        if best is None:
            for word in words:
                by_word.setdefault(word, []).append(len(heads))
            heads.append((query, words))
            out[query] = query
        else:
            out[query] = heads[best][0]
    return out


def words_of(text: str) -> frozenset[str]:
    """The words of a text that mean something by themselves."""
    return frozenset(_WORD.findall(text.lower()))
