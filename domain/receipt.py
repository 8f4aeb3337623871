"""What an executor did, and what came of it."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from domain.base import Fraction, Frozen, Interval


class ReceiptStatus(StrEnum):
    """How an execution ended."""

    DONE = "done"
    """Written and read back: the platform shows what was approved."""
    HANDED_OVER = "handed_over"
    """A task was created for the people who do this by hand."""
    DRIFTED = "drifted"
    """The live value was no longer the one the owner saw. Nothing was written; back to a person."""
    FAILED = "failed"
    """The platform refused. Nothing was written."""
    REHEARSED = "rehearsed"
    """The company is in dry-run: everything was checked as usual, and nothing was written."""
    UNKNOWN = "unknown"
    """The platform may or may not have acted. Shown to a person, settled by reading."""


class Said(Frozen):
    """A person's word for what came of an execution that reading never told."""

    by: str
    """Slack user id of somebody who may decide the proposal. See `domain.proposal.is_erased`."""
    at: datetime
    reason: str = Field(min_length=3, max_length=1000)
    """How they know."""


class Receipt(Frozen):
    """Proof of one execution; where `said` is there, somebody's word for it instead."""

    action_id: str
    proposal_id: str
    status: ReceiptStatus
    before: Mapping[str, str]
    """Live values read just before the write: {"campaign/c3/daily_budget": "450.00"}."""
    after: Mapping[str, str]
    """Live values read back after it; empty when nothing was written."""
    answer: str
    """What the platform said, in one line."""
    at: datetime
    """When it ended; of what a person says was done: when it was tried."""
    said: Said | None = None
    """Who closed it by hand, and why. None: `status` is what reading the platform showed."""


class Outcome(Frozen):
    """The measured effect of one executed action, against what would have happened anyway."""

    proposal_id: str
    metric: str
    measurable: bool
    """Whether the interval is narrow enough to hold the effect against the forecast."""
    effect: Fraction | None
    """Relative change against the counterfactual: 0.31 means 31 % more. None where nothing could be compared."""
    interval: Interval | None
    """95 % interval of `effect`."""
    forecast: Fraction | None
    """What was forecast before approval."""
    window: tuple[date, date]
    """First and last day measured."""
    method: str
    """"difference to 3 untouched sibling campaigns" or why it could not be measured."""
    measured_on: date
