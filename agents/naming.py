"""What people call the places, causes, claims and actions a signal speaks of."""

from collections.abc import Mapping
from types import MappingProxyType

from agents import wording
from domain.action import Action
from domain.catalogue import CATALOGUE
from domain.finding import FindingKind
from domain.scope import Grain, Scope
from domain.signal import Cause, CloseReason, HoldReason

CAUSES: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.CREATIVE_FATIGUE: "creative fatigue",
        Cause.AUDIENCE_SATURATION: "audience saturation",
        Cause.AUDIENCE_DECLINE: "audience decline",
        Cause.AUCTION_PRESSURE: "auction pressure",
        Cause.BUDGET_CAP: "a budget cap",
        Cause.TRACKING_OUTAGE: "a tracking outage",
        Cause.LANDING_PAGE_BREAK: "a broken landing page",
        Cause.OFFER_DECAY: "offer decay",
        Cause.RETENTION_DROP: "a retention drop",
        Cause.ENGAGEMENT_DROP: "an engagement drop",
        Cause.CONTENT_OPPORTUNITY: "a content opportunity",
        Cause.COMPETITOR_MOVE: "a competitor's move",
        Cause.TEST_READY: "a decided test",
        Cause.PACING_DRIFT: "pacing drift",
        Cause.UNEXPLAINED: "no known cause",
    }
)
CLAIMS: Mapping[FindingKind, str] = MappingProxyType(
    {
        FindingKind.CPA_RISE: "Cost per conversion up",
        FindingKind.CPM_RISE: "Impressions dearer",
        FindingKind.CPC_RISE: "Clicks dearer",
        FindingKind.CVR_DECLINE: "Fewer clicks convert",
        FindingKind.CONVERSIONS_DROP: "Fewer conversions",
        FindingKind.SPEND_DROP: "Spend down",
        FindingKind.SPEND_RISE: "Spend up",
        FindingKind.HOURS_SERVED_DROP: "Served fewer hours",
        FindingKind.PIXEL_GAP: "Pixel misses orders",
        FindingKind.VISIT_LOSS: "Clicks do not arrive",
        FindingKind.CTR_DECLINE: "Fewer people click",
        FindingKind.FREQUENCY_RISE: "Shown more often",
        FindingKind.RESPONSE_DECLINE: "Segment responds less",
        FindingKind.ENGAGEMENT_DECLINE: "Segment engages less",
        FindingKind.UNSUBSCRIBE_RISE: "More unsubscribe",
        FindingKind.RETENTION_DECLINE: "Fewer stay",
        FindingKind.DEMAND_RISE: "Demand grows",
        FindingKind.PRICE_MOVE: "A price moved",
        FindingKind.TEST_DECIDED: "Test decided",
    }
)
HOLDS: Mapping[HoldReason, str] = MappingProxyType(
    {
        HoldReason.HOLIDAY: "a holiday explains it",
        HoldReason.PROMO: "a promotion explains it",
        HoldReason.REPORTING_LAG: "the figures are still coming in",
        HoldReason.LEARNING_PHASE: "the campaign is in its learning phase",
        HoldReason.THIN_DATA: "there is too little data",
    }
)
CLOSES: Mapping[CloseReason, str] = MappingProxyType(
    {
        CloseReason.RECOVERED: "it recovered",
        CloseReason.ACTED: "it was acted on",
        CloseReason.EXPIRED: "nobody acted in time",
    }
)
_FINEST = {
    Grain.ACCOUNT: "account_id",
    Grain.CAMPAIGN: "campaign_id",
    Grain.AD: "ad_id",
    Grain.SEGMENT: "segment_id",
    Grain.QUERY: "query",
    Grain.EXPERIMENT: "test_id",
}


def place(scope: Scope, names: Mapping[str, str]) -> str:
    """A scope by the name of its finest object: "Trail Shoe video", "Returning customers", "the company"."""
    if scope.grain is Grain.COMPANY:
        return wording.platform(scope.platform) if scope.platform else "the company"
    ident = str(getattr(scope, _FINEST[scope.grain]))
    name = wording.quote(names.get(ident, ident), 60)
    if scope.grain is Grain.SEGMENT and scope.campaign_id:
        return f"{name} in {wording.quote(names.get(scope.campaign_id, scope.campaign_id), 60)}"
    if scope.grain is Grain.ACCOUNT and scope.platform:
        return f"{wording.platform(scope.platform)} account {name}"
    return name


def action_title(action: Action) -> str:
    """An action in a sentence: "refresh creative"."""
    title = CATALOGUE[action.kind].title
    return title[0].lower() + title[1:]


def claim(kind: FindingKind) -> str:
    """What an agent claims, in a table cell."""
    return CLAIMS.get(kind, kind.value.replace("_", " ").capitalize())
