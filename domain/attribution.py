"""Whether the effects of two actions executed in the same days can be told apart."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.action import Action
from domain.catalogue import CATALOGUE

ONLY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "retention_flow": frozenset({"click_rate"}),
        "write_brief": frozenset({"search_clicks"}),
        "fix_tracking": frozenset({"pixel_ratio", "cvr", "cpa", "conversions"}),
        "fix_landing_page": frozenset({"cvr", "cpa", "conversions"}),
    }
)
"""The figures an action of a kind can move at all, where these are few; every other kind may move every paid figure."""
UNPAID = frozenset({"click_rate", "search_clicks"})
"""Figures no paid action moves."""
RANDOMISED = frozenset({"start_test", "roll_out_test"})
"""Kinds judged by an experiment: whatever else is done befalls all arms alike."""
_CAMPAIGNS = ("campaign_id", "from_campaign", "to_campaign")


def told_apart(one: Action, other: Action) -> bool:
    """Whether `other` leaves the figure and the campaigns alone by which `one` is judged.

    An ad's new creative and its campaign's budget cannot be told apart; those of two campaigns can, and so can a mail
    to customers and a budget.
    """
    metric = CATALOGUE[one.kind].metric
    if one.kind in RANDOMISED or (other.kind in ONLY and metric not in ONLY[other.kind]):
        return True
    if metric in UNPAID and other.kind not in ONLY:
        return True
    mine, theirs = _campaigns(one), _campaigns(other)
    return bool(mine and theirs) and not mine & theirs


def _campaigns(action: Action) -> frozenset[str]:
    named = (getattr(action, field, None) for field in _CAMPAIGNS)
    return frozenset(name for name in named if isinstance(name, str))
