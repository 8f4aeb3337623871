"""Watches what people search and ask for, where our pages answer badly."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from agents import wording
from agents.claims import claims, findings
from agents.derivation import derived
from agents.measures import Measure
from agents.statistics.moves import moves
from agents.statistics.panel import panel
from agents.thresholds import HISTORY_DAYS, POOR_POSITION, QUERY_IMPRESSIONS
from domain.finding import Finding, FindingKind
from domain.mandate import Mandate
from domain.reading import Readings
from domain.scope import Scope

AGENT: Final = "content"
_WORD = re.compile(r"[\w-]{3,}")
SHARED: Final = 0.5
"""Share of words two queries must have in common to be one theme (of the shorter one)."""


class Content:
    """Finds themes people search more while our page is placed badly."""

    mandate = Mandate(
        agent=AGENT,
        job="Watches search demand and customer questions for themes our pages answer badly.",
        reads=frozenset({"search_report", "questions"}),
        finds=frozenset({FindingKind.DEMAND_RISE}),
        suggests=frozenset({"write_brief"}),
        hands_to=("content_lead",),
    )

    def look(self, readings: Readings, today: date) -> list[Finding]:
        """Search impressions per theme, where the average position is poor."""
        rows = readings.get("search_report")
        if rows is None or not rows.height:
            return []
        measure, place = demand(readings)
        poor = (place >= POOR_POSITION) & (measure.exposure[:, -14:].sum(1) > 0)
        seen = measure.events[:, -14:].sum(1) >= QUERY_IMPRESSIONS
        rising = claims(measure, FindingKind.DEMAND_RISE, down=False, among=poor & seen)
        asked = _asked(readings.get("questions"), today)

        def scope(key: Mapping[str, str]) -> Scope:
            return Scope(query=key["query"])

        found = findings(AGENT, rising, scope, lambda events, exposure, expected, days: "")
        return [self._worded(one, measure, place, asked) for one in found]

    def _worded(self, one: Finding, measure: Measure, place: np.ndarray, asked: Sequence[frozenset[str]]) -> Finding:
        theme = one.scope.query or ""
        row = measure.keys["query"].to_list().index(theme)
        days = one.window_days
        shown = float(measure.events[row, -days:].sum())
        words = _words(theme)
        questions = sum(1 for text in asked if words and len(words & text) >= min(2, len(words)))
        wanted = one.baseline * days
        evidence = f"{shown:,.0f} searches in {wording.plural(days, 'day')} against {wanted:,.0f} expected"
        evidence += f", our page at position {place[row]:.0f}"
        if questions:
            evidence += f"; {questions} customer question{'s' if questions > 1 else ''} on the same words in four weeks"
        return one.model_copy(update={"evidence": evidence})


def demand(readings: Readings) -> tuple[Measure, np.ndarray]:
    """Daily search impressions per theme with their moves, and the theme's average position over two weeks."""

    def make() -> tuple[Measure, np.ndarray]:
        rows = readings.get("search_report")
        assert rows is not None
        themes = themes_of(rows)
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


def themes_of(rows: pl.DataFrame) -> Mapping[str, str]:
    """Each query's theme: the most searched query that shares most of its words."""
    totals = rows.filter(pl.col("query") != "").group_by("query").agg(pl.col("impressions").sum())
    ordered = totals.sort(["impressions", "query"], descending=[True, False])["query"].to_list()[:2000]
    heads: list[tuple[str, frozenset[str]]] = []
    by_word: dict[str, list[int]] = {}
    out: dict[str, str] = {}
    for query in ordered:
        words = _words(query)
        near = {at for word in words for at in by_word.get(word, ())}
        best = next(
            (at for at in sorted(near) if len(words & heads[at][1]) > SHARED * min(len(words), len(heads[at][1]))), None
        )
        if best is None:
            for word in words:
                by_word.setdefault(word, []).append(len(heads))
            heads.append((query, words))
            out[query] = query
        else:
            out[query] = heads[best][0]
    return out


def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def _asked(rows: pl.DataFrame | None, today: date) -> Sequence[frozenset[str]]:
    if rows is None or not rows.height:
        return ()
    recent = rows.filter(pl.col("date_day") > today - timedelta(days=28))
    return [_words(text or "") for text in recent["text"].to_list()]
