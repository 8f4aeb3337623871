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
    undo_days: int = Field(ge=0)
    """For how many days after it was done it can be taken back with one press; 0 where it cannot."""


def _entry(
    title: str, owner: str, risk: Risk, back: Reversibility, window: int, metric: str, wanted: int, undo: int
) -> CatalogueEntry:
    return CatalogueEntry(
        title=title,
        owner=owner,
        risk=risk,
        reversibility=back,
        window_days=window,
        metric=metric,
        wanted=wanted,
        undo_days=undo,
    )


_FREE, _COSTLY = Reversibility.FREE, Reversibility.COSTLY
_WEEK, _FORTNIGHT, _THREE_WEEKS = 7, 14, 21
"""As long as an effect is watched: once it is measured, going back is a new question with that figure in it."""
_NO_UNDO = 0

CATALOGUE: Mapping[str, CatalogueEntry] = MappingProxyType(
    {
        "set_budget": _entry("Set budget", "media_lead", Risk.BUDGET_SHIFT, _FREE, 7, "cpa", -1, _WEEK),
        "shift_budget": _entry("Shift budget", "media_lead", Risk.BUDGET_SHIFT, _FREE, 7, "cpa", -1, _WEEK),
        "pause_ad": _entry("Pause ad", "media_lead", Risk.ROUTINE, _FREE, 7, "cpa", -1, _WEEK),
        "resume_ad": _entry("Resume ad", "media_lead", Risk.ROUTINE, _FREE, 7, "conversions", 1, _WEEK),
        "set_target": _entry("Set bid target", "media_lead", Risk.STRATEGY, _COSTLY, 21, "cpa", -1, _THREE_WEEKS),
        "refresh_creative": _entry(
            "Refresh creative", "creative_lead", Risk.BRAND_CRITICAL_CREATIVE, _FREE, 14, "ctr", 1, _FORTNIGHT
        ),
        "rotate_audience": _entry(
            "Rotate audience", "media_lead", Risk.AUDIENCE_DEFINITION, _COSTLY, 14, "cvr", 1, _FORTNIGHT
        ),
        # nobody wants a repair broken again
        "fix_tracking": _entry("Fix tracking", "web_lead", Risk.ROUTINE, _FREE, 7, "pixel_ratio", 1, _NO_UNDO),
        "fix_landing_page": _entry("Fix landing page", "web_lead", Risk.ROUTINE, _FREE, 7, "cvr", 1, _NO_UNDO),
        # the flow is stopped; what was sent stays sent
        "retention_flow": _entry(
            "Start retention flow", "crm_lead", Risk.PERSONAL_DATA, _COSTLY, 14, "click_rate", 1, _FORTNIGHT
        ),
        "update_promise": _entry(
            "Update promise", "creative_lead", Risk.BRAND_CRITICAL_CREATIVE, _FREE, 14, "cvr", 1, _FORTNIGHT
        ),
        # what is written is written; whether it is shown is for those who wrote it
        "write_brief": _entry("Write brief", "content_lead", Risk.ROUTINE, _FREE, 14, "search_clicks", 1, _NO_UNDO),
        "start_test": _entry("Start test", "media_lead", Risk.ROUTINE, _FREE, 14, "cvr", 1, _FORTNIGHT),
        "roll_out_test": _entry("Roll out test", "media_lead", Risk.STRATEGY, _FREE, 14, "cvr", 1, _FORTNIGHT),
        "exclude_data": _entry("Exclude days from bidding", "media_lead", Risk.ROUTINE, _COSTLY, 7, "cpa", -1, _WEEK),
        "change_goal": _entry("Change goal", "cmo", Risk.STRATEGY, _FREE, 0, "none", 0, _WEEK),
        # going back is asked of whoever owned what it takes back, and never goes by itself; once is enough
        "put_back": _entry("Put back", "media_lead", Risk.STRATEGY, _COSTLY, 0, "none", 0, _NO_UNDO),
    }
)
