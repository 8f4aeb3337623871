"""One action with its forecast and its reasons, addressed to one owner role."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.action import Action
from domain.base import Fraction, Frozen, Interval


class Forecast(Frozen):
    """The expected effect of an action, before anyone approves it."""

    metric: str
    change: Fraction
    """Expected relative change of `metric` against doing nothing, over the action's window."""
    interval: Interval
    """80 % interval of `change`."""
    basis: str
    """What it rests on: "a cautious first guess …, nothing measured here yet" or "from 3 measured outcomes here …"."""
    days: int | None = None
    """Days of the action's window: 7."""
    now: float | None = None
    """What `metric` is in recent days, in its own unit: 38.20 in the action's currency, or 0.0084. None with the rest
    where the past does not tell."""
    baseline: float | None = None
    """What it comes to over the window if nothing is done."""
    baseline_interval: Interval | None = None
    """80 % interval of `baseline`."""
    expected: float | None = None
    """What it comes to over the window with the action."""
    expected_interval: Interval | None = None
    """80 % interval of `expected`."""
    unseen: str | None = None
    """Why the effect will not be seen when it is measured: "too small to be seen within 7 days, …". None where it may
    well be, or nobody can tell."""
    size: float | None = None
    """What the action could do at most, log scale: the loss it may win back, the step of a budget."""


class Proposal(Frozen):
    """What an owner is asked. A changed proposal is a new version; the button carries id and version."""

    id: str
    """`prop_` and 12 hex digits."""
    signal_id: str
    version: int = Field(default=1, ge=1)
    action: Action
    owner: str
    """The role asked."""
    forecast: Forecast | None
    """None: "no forecast" rather than a guess."""
    why: str
    """One sentence: why this action for this cause."""
    remembered: tuple[str, ...] = ()
    """Lessons quoted word for word: "last time, 14 March: CTR +31 % [12, 52], forecast was +25 %"."""
    names: Mapping[str, str] = Field(default_factory=dict)
    """What people call the ids in `action`, also those the signal does not speak of: {"c1": "Trail shoes"}."""
    proposed_on: date
    agents: tuple[str, ...] = ()
    """The agents behind it whose mandate lets this kind follow from their findings."""
    undoes: str | None = None
    """The proposal whose effect this one takes back, if it does."""


def is_erased(by: str) -> bool:
    """Whether somebody was erased: of them only the pseudonym is left, "person_" and 12 hex digits."""
    return by.startswith("person_")


class DecisionBase(Frozen):
    """What all decisions say."""

    proposal_id: str
    version: int
    """The version that was on the card."""
    by: str
    """Slack user id; "baton" for what time decides (expired) or policy allows (automatic). See `is_erased`."""
    at: datetime


class Approved(DecisionBase):
    """Do it as proposed."""

    kind: Literal["approved"] = "approved"


class Overridden(DecisionBase):
    """Do it, changed."""

    kind: Literal["overridden"] = "overridden"
    action: Action
    """The changed action, same kind and same object."""
    reason: str = Field(min_length=3, max_length=1000)


class Rejected(DecisionBase):
    """Don't."""

    kind: Literal["rejected"] = "rejected"
    reason: str = Field(min_length=3, max_length=1000)


MOST_PUT_OFF = timedelta(days=14)
"""How far a question is put off beyond its first deadline at most, in one snooze or in many: its figures are of another
time by then, and what is put off for ever is decided by nobody."""


class Snoozed(DecisionBase):
    """Ask again later. Decides nothing; the proposal stays open and does not expire before `until`."""

    kind: Literal["snoozed"] = "snoozed"
    until: datetime


class Expired(DecisionBase):
    """Nobody answered in time. Never an approval."""

    kind: Literal["expired"] = "expired"


Decision = Annotated[Approved | Overridden | Rejected | Snoozed | Expired, Field(discriminator="kind")]
FinalDecision = Approved | Overridden | Rejected | Expired
