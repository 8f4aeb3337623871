"""Watches who responds: segments across all ads that reach them."""

from datetime import date
from typing import Final

from agents.claims import claims, findings, object_scope
from agents.creative import clicks, shown_more
from agents.measures import campaign_frequency, segment_leaves, segment_rate
from domain.finding import Finding, FindingKind
from domain.mandate import Mandate
from domain.reading import Readings

AGENT: Final = "audience"


class Audience:
    """Finds segments that respond less than the others, and campaigns that show the same people more and more."""

    mandate = Mandate(
        agent=AGENT,
        job="Watches who responds: each segment over all ads that reach it, and how often a campaign repeats itself.",
        reads=frozenset({"ad_report", "ad_delivery", "segment", "campaign_segment", "calendar"}),
        finds=frozenset({FindingKind.RESPONSE_DECLINE, FindingKind.FREQUENCY_RISE}),
        suggests=frozenset({"rotate_audience", "retention_flow", "start_test", "set_budget", "shift_budget"}),
        hands_to=("media_lead", "crm_lead"),
    )

    def look(self, readings: Readings, today: date) -> list[Finding]:
        """Click-through and conversion rate of segments; frequency of campaigns."""
        source, keys = segment_leaves(readings)
        if not source.size:
            return []
        found: list[Finding] = []
        if (keys["segment_id"] != "").any():
            falling = claims(segment_rate(readings, "ctr"), FindingKind.RESPONSE_DECLINE, down=True)
            found += findings(AGENT, falling, object_scope, clicks)
        if readings.get("ad_delivery") is not None:
            rising = claims(campaign_frequency(readings), FindingKind.FREQUENCY_RISE, down=False)
            found += findings(AGENT, rising, object_scope, shown_more)
        return found
