"""Which roles own the answer to a cause."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from domain.finding import Finding
from domain.operating_model import OperatingModel
from domain.signal import Cause

OWNERS: Mapping[Cause, tuple[str, ...]] = MappingProxyType(
    {
        Cause.CREATIVE_FATIGUE: ("creative_lead", "media_lead"),
        Cause.AUDIENCE_SATURATION: ("media_lead",),
        Cause.AUDIENCE_DECLINE: ("media_lead", "creative_lead", "crm_lead"),
        Cause.AUCTION_PRESSURE: ("media_lead",),
        Cause.BUDGET_CAP: ("media_lead",),
        Cause.TRACKING_OUTAGE: ("web_lead", "media_lead"),
        Cause.LANDING_PAGE_BREAK: ("web_lead", "media_lead"),
        Cause.OFFER_DECAY: ("creative_lead", "media_lead"),
        Cause.RETENTION_DROP: ("crm_lead",),
        Cause.ENGAGEMENT_DROP: ("crm_lead",),
        Cause.CONTENT_OPPORTUNITY: ("content_lead",),
        Cause.COMPETITOR_MOVE: ("media_lead", "cmo"),
        Cause.TEST_READY: ("media_lead",),
        Cause.PACING_DRIFT: ("media_lead",),
        Cause.UNEXPLAINED: ("media_lead",),
    }
)
"""Roles per cause unless `baton.yaml` says otherwise; the first leads."""


def owners_of(cause: Cause, findings: Sequence[Finding], model: OperatingModel) -> tuple[str, ...]:
    """The roles a signal goes to. An unexplained move of owned channels goes to those who run them."""
    routed = model.routes.owners.get(cause)
    if routed:
        return routed
    if cause is Cause.UNEXPLAINED and {one.agent for one in findings} == {"lifecycle"}:
        return ("crm_lead",)
    return OWNERS[cause]
