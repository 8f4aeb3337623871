"""Watches what people search and ask for, where our pages answer badly."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from agents import wording
from agents.claims import claims, findings
from agents.measures import Measure, demand
from agents.measures.search import words_of
from agents.thresholds import POOR_POSITION, QUERY_IMPRESSIONS
from domain.finding import Finding, FindingKind
from domain.mandate import Mandate
from domain.reading import Readings
from domain.scope import Scope

AGENT: Final = "content"


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
        words = words_of(theme)
        questions = sum(1 for text in asked if words and len(words & text) >= min(2, len(words)))
        wanted = one.baseline * days
        evidence = f"{shown:,.0f} searches in {wording.plural(days, 'day')} against {wanted:,.0f} expected"
        evidence += f", our page at position {place[row]:.0f}"
        if questions:
            evidence += f"; {questions} customer question{'s' if questions > 1 else ''} on the same words in four weeks"
        return one.model_copy(update={"evidence": evidence})


def _asked(rows: pl.DataFrame | None, today: date) -> Sequence[frozenset[str]]:
    if rows is None or not rows.height:
        return ()
    recent = rows.filter(pl.col("date_day") > today - timedelta(days=28))
    return [words_of(text or "") for text in recent["text"].to_list()]
