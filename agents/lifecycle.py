"""Watches what people do on the channels we own."""

from datetime import date
from typing import Final

from agents.claims import claims, findings, object_scope
from agents.measures import engagement, retention
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
            lost = claims(retention(readings), FindingKind.RETENTION_DECLINE, down=True)
            found += findings(AGENT, lost, object_scope, _kept)
        return found


def _clicks(events: float, exposure: float, expected: float, days: int) -> str:
    return f"{events:,.0f} people clicked of {exposure:,.0f} reached against {expected * exposure:,.0f} expected"


def _leaves(events: float, exposure: float, expected: float, days: int) -> str:
    return f"{events:,.0f} unsubscribed of {exposure:,.0f} reached against {expected * exposure:,.0f} expected"


def _kept(events: float, exposure: float, expected: float, days: int) -> str:
    return f"{events:,.0f} of {exposure:,.0f} came back against {expected * exposure:,.0f} expected"
