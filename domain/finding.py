"""One agent's typed claim about one scope."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from domain.base import Fraction, Frozen, Interval
from domain.scope import Scope


class FindingKind(StrEnum):
    """What an agent may claim. Each agent's mandate lists the kinds it may emit."""

    CPA_RISE = "cpa_rise"
    CPM_RISE = "cpm_rise"
    CPC_RISE = "cpc_rise"
    CVR_DECLINE = "cvr_decline"
    CONVERSIONS_DROP = "conversions_drop"
    SPEND_DROP = "spend_drop"
    SPEND_RISE = "spend_rise"
    HOURS_SERVED_DROP = "hours_served_drop"
    PIXEL_GAP = "pixel_gap"
    """Pixel conversions fall against the backend's own orders."""
    VISIT_LOSS = "visit_loss"
    """Fewer site sessions per paid click."""
    CTR_DECLINE = "ctr_decline"
    FREQUENCY_RISE = "frequency_rise"
    RESPONSE_DECLINE = "response_decline"
    """A segment's click-through or conversion rate falls across campaigns."""
    ENGAGEMENT_DECLINE = "engagement_decline"
    """A segment clicks less on owned channels (unique clicks per delivered message)."""
    UNSUBSCRIBE_RISE = "unsubscribe_rise"
    RETENTION_DECLINE = "retention_decline"
    DEMAND_RISE = "demand_rise"
    """Search demand grows where our page ranks poorly."""
    PLAN_GAP = "plan_gap"
    """A campaign will miss what its budgets plan for the month, over or under its usual share of them."""
    PRICE_MOVE = "price_move"
    """A competitor's price moves clearly against its own past."""
    TEST_DECIDED = "test_decided"


class Finding(Frozen):
    """A claim with its evidence. Made by one specialist, never edited afterwards."""

    agent: str
    """Who says so: "performance", "creative", "lifecycle", "audience", "content"."""
    kind: FindingKind
    metric: str
    """The metric that moved: "ctr", "cpa", "click_rate"."""
    scope: Scope
    baseline: float = Field(allow_inf_nan=False)
    """What was expected today, in the metric's own unit (a CTR of 0.0131, a CPA of 38.20 in the account's currency)."""
    observed: float = Field(allow_inf_nan=False)
    """What was seen, in the same unit, over `window_days` ending on the day of the sweep."""
    change: Fraction
    """observed / baseline - 1: -0.36 means 36 % less."""
    interval: Interval
    """95 % interval of `change`."""
    q_value: float = Field(ge=0, le=1)
    """False-discovery-adjusted p-value within this agent's sweep."""
    since: date
    """First day the move is dated to."""
    window_days: int = Field(default=1, ge=1)
    """How many days `observed` covers."""
    evidence: str
    """One plain sentence with the counts behind it: "412 clicks from 48,900 impressions against 655 expected"."""
    table: str = "ad_report"
    """The table the numbers come from."""
