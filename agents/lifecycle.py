"""Watches what people do on the channels we own."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from agents import wording
from agents.claims import Claims, claims, findings, object_scope
from agents.measures import Cohorts, cohorts, engagement, retention
from agents.statistics.moves import WINDOWS
from agents.thresholds import COHORT_RATE
from domain.finding import Finding, FindingKind
from domain.mandate import Mandate
from domain.reading import Readings

AGENT: Final = "lifecycle"


class Lifecycle:
    """Finds segments that click less, leave more or come back less."""

    mandate = Mandate(
        agent=AGENT,
        job="Watches owned channels and cohorts: clicks per message, unsubscribes, and how many come back.",
        reads=frozenset({"lifecycle_report", "cohort_report", "segment", "calendar"}),
        finds=frozenset({FindingKind.ENGAGEMENT_DECLINE, FindingKind.UNSUBSCRIBE_RISE, FindingKind.RETENTION_DECLINE}),
        suggests=frozenset({"retention_flow", "update_promise"}),
        hands_to=("crm_lead",),
    )

    def look(self, readings: Readings, today: date) -> list[Finding]:
        """Click and unsubscribe rates and retention of every segment."""
        found: list[Finding] = []
        if readings.get("lifecycle_report") is not None:
            falling = claims(engagement(readings), FindingKind.ENGAGEMENT_DECLINE, down=True)
            found += findings(AGENT, falling, object_scope, _clicks)
            leaving = claims(engagement(readings, "unsubscribe_rate"), FindingKind.UNSUBSCRIBE_RISE, down=False)
            found += findings(AGENT, leaving, object_scope, _leaves)
        if readings.get("cohort_report") is not None:
            lost = _seen_in_cohorts(claims(retention(readings), FindingKind.RETENTION_DECLINE, down=True), readings)
            found += findings(AGENT, lost, object_scope, _kept, detail=_by_age(readings, lost))
        return found


def _cohorts(lost: Claims, row: int, window: int, readings: Readings) -> Cohorts | None:
    key = lost.measure.keys.row(row, named=True)
    return cohorts(readings, key["account_id"], key["segment_id"], WINDOWS[window])


def _seen_in_cohorts(lost: Claims, readings: Readings) -> Claims:
    """Without segments whose cohorts, each age at its own level, are within what cohorts vary."""
    clear = lost.clear.copy()
    for row in np.flatnonzero(clear):
        seen = _cohorts(lost, int(row), int(lost.window[row]), readings)
        clear[row] = seen is None or seen.p_value <= COHORT_RATE
    return replace(lost, clear=clear)


def _by_age(readings: Readings, lost: Claims) -> Callable[[int, int], str]:
    """What every age shows, where the segment has a curve: "; D30 31 % against 36 % expected [34, 38]"."""

    def words(row: int, window: int) -> str:
        found = _cohorts(lost, row, window, readings)
        if found is None:
            return ""
        told = (
            f"D{age.days} {wording.share(age.observed)} against {wording.share(age.expected)} expected "
            f"{wording.bounds(age.interval)}"
            for age in found.ages
        )
        return f"; {wording.listing(list(told))}"

    return words


def _clicks(events: float, exposure: float, expected: float, days: int) -> str:
    return f"{events:,.0f} people clicked of {exposure:,.0f} reached against {expected * exposure:,.0f} expected"


def _leaves(events: float, exposure: float, expected: float, days: int) -> str:
    return f"{events:,.0f} unsubscribed of {exposure:,.0f} reached against {expected * exposure:,.0f} expected"


def _kept(events: float, exposure: float, expected: float, days: int) -> str:
    return f"{events:,.0f} of {exposure:,.0f} came back against {expected * exposure:,.0f} expected"
