"""What is known about each kind of action before anyone proposes one."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field

from domain.base import Frozen


class Reversibility(StrEnum):
    """What it takes to go back."""

    FREE = "free"
    """Set the old value again."""
    COSTLY = "costly"
    """Work or a learning phase is lost."""
    NEVER = "never"


class Risk(StrEnum):
    """Which promise to people an action could break. All but ROUTINE are always decided by a person."""

    STRATEGY = "strategy"
    AUDIENCE_DEFINITION = "audience_definition"
    BUDGET_SHIFT = "budget_shift"
    REGULATED_CLAIM = "regulated_claim"
    BRAND_CRITICAL_CREATIVE = "brand_critical_creative"
    PERSONAL_DATA = "personal_data"
    ROUTINE = "routine"


class CatalogueEntry(Frozen):
    """The standing facts of one action kind."""

    title: str
    """What it is called on a card: "Shift budget"."""
    owner: str
    """The role that answers for it unless the routes say otherwise."""
    risk: Risk
    reversibility: Reversibility
    window_days: int = Field(ge=0)
    """Days to wait before its effect is judged; 0 where there is nothing to measure."""
    metric: str
    """The figure it is meant to move."""
    wanted: int = Field(ge=-1, le=1)
    """+1 where more of `metric` is better, -1 where less is, 0 where there is nothing to measure."""


def _entry(
    title: str, owner: str, risk: Risk, back: Reversibility, window: int, metric: str, wanted: int
) -> CatalogueEntry:
    return CatalogueEntry(
        title=title, owner=owner, risk=risk, reversibility=back, window_days=window, metric=metric, wanted=wanted
    )


_FREE, _COSTLY = Reversibility.FREE, Reversibility.COSTLY

CATALOGUE: Mapping[str, CatalogueEntry] = MappingProxyType(
    {
        "set_budget": _entry("Set budget", "media_lead", Risk.BUDGET_SHIFT, _FREE, 7, "cpa", -1),
        "shift_budget": _entry("Shift budget", "media_lead", Risk.BUDGET_SHIFT, _FREE, 7, "cpa", -1),
        "pause_ad": _entry("Pause ad", "media_lead", Risk.ROUTINE, _FREE, 7, "cpa", -1),
        "resume_ad": _entry("Resume ad", "media_lead", Risk.ROUTINE, _FREE, 7, "conversions", 1),
        "set_target": _entry("Set bid target", "media_lead", Risk.STRATEGY, _COSTLY, 21, "cpa", -1),
        "refresh_creative": _entry(
            "Refresh creative", "creative_lead", Risk.BRAND_CRITICAL_CREATIVE, _FREE, 14, "ctr", 1
        ),
        "rotate_audience": _entry("Rotate audience", "media_lead", Risk.AUDIENCE_DEFINITION, _COSTLY, 14, "cvr", 1),
        "fix_tracking": _entry("Fix tracking", "web_lead", Risk.ROUTINE, _FREE, 7, "pixel_ratio", 1),
        "fix_landing_page": _entry("Fix landing page", "web_lead", Risk.ROUTINE, _FREE, 7, "cvr", 1),
        "retention_flow": _entry("Start retention flow", "crm_lead", Risk.PERSONAL_DATA, _COSTLY, 14, "click_rate", 1),
        "update_promise": _entry("Update promise", "creative_lead", Risk.BRAND_CRITICAL_CREATIVE, _FREE, 14, "cvr", 1),
        "write_brief": _entry("Write brief", "content_lead", Risk.ROUTINE, _FREE, 14, "search_clicks", 1),
        "start_test": _entry("Start test", "media_lead", Risk.ROUTINE, _FREE, 14, "cvr", 1),
        "roll_out_test": _entry("Roll out test", "media_lead", Risk.STRATEGY, _FREE, 14, "cvr", 1),
        "exclude_data": _entry("Exclude days from bidding", "media_lead", Risk.ROUTINE, _COSTLY, 7, "cpa", -1),
        "change_goal": _entry("Change goal", "cmo", Risk.STRATEGY, _FREE, 0, "none", 0),
    }
)
