"""What stands at the moment beside the operating model: stops, an emergency, levels of autonomy, what was moved today.

The operating model says what shall be so; this says what is so now. Governance is asked with both.
"""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.base import Frozen
from domain.operating_model import Freeze


class Stop(Frozen):
    """A kill switch that was pulled: nothing of what it names is done, or noticed, until a person lifts it."""

    id: str
    """`stop_` and 12 hex digits."""
    of: Literal["everything", "agent", "action"]
    name: str = ""
    """The agent or the action kind; empty for everything."""
    reason: str
    by: str
    """Slack user id."""
    at: datetime


class Emergency(Frozen):
    """Break-glass: one named person decides alone for a short while. Hard caps, stops and bans stay."""

    id: str
    """`emg_` and 12 hex digits."""
    by: str
    reason: str
    since: datetime
    until: datetime
    reviewed_by: str | None = None
    """Who looked at what was done in it, afterwards: somebody else."""

    def covers(self, user: str, now: datetime) -> bool:
        """Whether this user may decide alone now."""
        return self.by == user and self.since <= now < self.until


class Level(StrEnum):
    """How far one agent may go with one kind of action, least first."""

    OBSERVE = "observe"
    """What it would propose is noted, and nobody is asked."""
    RECOMMEND = "recommend"
    """It is shown; people do it themselves."""
    ASK = "ask"
    """Owners approve, Baton executes."""
    AUTOMATIC = "automatic"
    """Baton executes and says so. Never in the six categories that stay with people."""


class Grant(Frozen):
    """The level of one agent for one kind of action. Only a person raises it; it may fall by itself."""

    agent: str
    action: str
    level: Level
    by: str
    """Slack user id, or "baton" where it fell by itself."""
    at: datetime
    because: str


class Move(Frozen):
    """A value that a decision of today moves, so that many small steps count as the one they add up to."""

    proposal_id: str
    role: str
    """The role that owned the question."""
    action: str = ""
    """The action kind; where it is not known, every limit of the role counts it."""
    address: str
    """Like meta/a1/campaign/c3/daily_budget."""
    was: Decimal
    to: Decimal
    currency: str
    money: Annotated[Decimal, Field(ge=0)] | None
    """Money per day it moves or risks, in `currency`; counted once per decision (0 for its further addresses).

    None where nobody knows: then what the day comes to is not known either.
    """


class CalendarFreeze(Freeze):
    """Days on which nothing is executed, as the source's calendar names them: everywhere or in one ad account."""

    account_id: str = ""
    """The ad account it holds for; empty for all of them."""


class Standing(Frozen):
    """Everything that stands now."""

    stops: tuple[Stop, ...] = ()
    """Those in force."""
    emergency: Emergency | None = None
    """The newest, also when it is over: what was decided in it is checked again when it is executed."""
    unreviewed: tuple[Emergency, ...] = ()
    """Those nobody has looked at yet, oldest first; no other begins before somebody has."""
    grants: tuple[Grant, ...] = ()
    """The newest per agent and kind."""
    moves: tuple[Move, ...] = ()
    """Of decisions made on the company's present day, in order. Whoever asks about a proposal that has been decided
    need not leave out its own: what came after it never counts against it."""
    freezes: tuple[CalendarFreeze, ...] = ()
    """From the source's calendar."""

    def stopped(self, of: str, name: str = "") -> Stop | None:
        """The stop that covers an agent or an action kind; one of everything covers all."""
        return next((one for one in self.stops if one.of == "everything" or (one.of, one.name) == (of, name)), None)

    def grant(self, agent: str, action: str) -> Grant | None:
        """What was last said about an agent and a kind."""
        return next((one for one in self.grants if (one.agent, one.action) == (agent, action)), None)
