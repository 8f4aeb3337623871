"""What people call the places, causes, claims and actions a signal speaks of."""

from collections.abc import Mapping
from types import MappingProxyType

from agents import wording
from agents.causes import PROFILES
from agents.kinds import KINDS
from domain.action import Action
from domain.catalogue import CATALOGUE
from domain.finding import FindingKind
from domain.scope import Grain, Scope
from domain.signal import Cause, CloseReason, HoldReason

CAUSES: Mapping[Cause, str] = MappingProxyType({cause: profile.name for cause, profile in PROFILES.items()})
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
    return KINDS[kind].claim
