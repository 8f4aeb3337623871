"""Findings that belong together, with a cause, the alternatives ruled out, money at stake and owners."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from domain.base import Frozen
from domain.finding import Finding
from domain.scope import Scope


class Cause(StrEnum):
    """What a signal may name."""

    CREATIVE_FATIGUE = "creative_fatigue"
    AUDIENCE_SATURATION = "audience_saturation"
    AUDIENCE_DECLINE = "audience_decline"
    AUCTION_PRESSURE = "auction_pressure"
    BUDGET_CAP = "budget_cap"
    TRACKING_OUTAGE = "tracking_outage"
    LANDING_PAGE_BREAK = "landing_page_break"
    OFFER_DECAY = "offer_decay"
    RETENTION_DROP = "retention_drop"
    ENGAGEMENT_DROP = "engagement_drop"
    CONTENT_OPPORTUNITY = "content_opportunity"
    COMPETITOR_MOVE = "competitor_move"
    TEST_READY = "test_ready"
    PACING_DRIFT = "pacing_drift"
    UNEXPLAINED = "unexplained"


class HoldReason(StrEnum):
    """Why something noticed is not (yet) a signal. Not causes: reasons to wait."""

    HOLIDAY = "holiday"
    PROMO = "promo"
    REPORTING_LAG = "reporting_lag"
    LEARNING_PHASE = "learning_phase"
    THIN_DATA = "thin_data"


class CloseReason(StrEnum):
    """Why a signal ended."""

    RECOVERED = "recovered"
    ACTED = "acted"
    EXPIRED = "expired"


class RuledOut(Frozen):
    """A cause considered and set aside."""

    cause: Cause
    because: str
    """One clause with the number that speaks against it: "CPM moved only +2 % [-3, 7]"."""


class Candidate(Frozen):
    """A cause still standing, with its share of belief."""

    cause: Cause
    probability: float = Field(ge=0, le=1)


class Signal(Frozen):
    """One incident as the owners see it. A later sweep makes a new version with the same id; nothing is edited."""

    id: str
    """`sig_` and 12 hex digits."""
    version: int = Field(default=1, ge=1)
    """Counts up with every update that owners are shown."""
    cause: Cause
    confidence: float = Field(ge=0, le=1)
    """Probability of `cause` among those considered."""
    scope: Scope
    headline: str = Field(max_length=150)
    """The verdict in one line, as the card's header: "Trail Shoe video on Meta is wearing out: CTR -36 %"."""
    why: str
    """One or two sentences a busy lead understands."""
    at_stake_per_day: Decimal
    """Expected loss (or missed gain) per day, in `currency`."""
    stake_is: str = "wasted spend"
    """What `at_stake_per_day` consists of, in two words."""
    currency: str
    """ISO 4217: "EUR"."""
    since: date
    opened_on: date
    as_of: date
    """The day of the sweep this version comes from."""
    findings: tuple[Finding, ...]
    candidates: tuple[Candidate, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    owners: tuple[str, ...]
    """Roles, the first one leads: ("media_lead", "creative_lead", "crm_lead")."""
    names: Mapping[str, str] = Field(default_factory=dict)
    """What people call the ids in `scope` and `findings`: {"c3": "Spring prospecting"}."""
    gaps: tuple[str, ...] = ()
    """What was missing and therefore weakens this signal, one clause each."""


class EventKind(StrEnum):
    """What happened to a signal in one sweep."""

    OPENED = "opened"
    UPDATED = "updated"
    HELD = "held"
    CLOSED = "closed"


class SignalEvent(Frozen):
    """One line of history. `held` speaks of something noticed that is not a signal (yet)."""

    as_of: date
    event: EventKind
    signal: Signal
    reason: HoldReason | CloseReason | None = None
