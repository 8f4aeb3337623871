"""A change of the operating model on its way: drafted, held against the past, agreed to, in force."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from domain.base import Frozen
from domain.mandate import Mandate
from domain.operating_model import OperatingModel
from domain.standing import Emergency, Grant, Level, Stop


class ChangedVerdict(Frozen):
    """A past proposal that the new policy would have answered differently."""

    proposal_id: str
    title: str
    """As people call it: "Shift budget: Trail shoes to Run Club"."""
    proposed_on: date
    before: str
    """The verdict in words: "asks the media lead"."""
    after: str
    loosens: bool
    """Whether fewer people, or nobody, would have been asked."""


class Replay(Frozen):
    """The past under a new policy: "this would have changed 14 of 212 verdicts"."""

    of: int
    """Past proposals held against it."""
    changed: tuple[ChangedVerdict, ...] = ()


class AmendmentStatus(StrEnum):
    """Where a change stands."""

    PENDING = "pending"
    IN_FORCE = "in_force"
    REJECTED = "rejected"
    OUTDATED = "outdated"
    """Another change came into force first; draft it again on what holds now."""


class Amendment(Frozen):
    """One proposed change of the operating model."""

    id: str
    """`amd_` and 12 hex digits."""
    base: int
    """The version it changes."""
    model: OperatingModel
    """The whole operating model as it would be."""
    by: str
    """Slack user id of who drafted it; "baton.yaml" where the file was changed."""
    at: datetime
    reason: str
    changes: tuple[str, ...]
    """What changes, one sentence each."""
    loosens: tuple[str, ...] = ()
    """Those of `changes` that let more happen with fewer people; then two people must agree."""
    replay: Replay


class AmendmentView(Frozen):
    """An amendment as it stands."""

    amendment: Amendment
    status: AmendmentStatus
    quorum: int
    """How many different people must agree. Where it loosens, only a drafter who is an architect is one of them."""
    agreed: tuple[str, ...] = ()
    """Slack users who agreed so far."""
    decided_by: str | None = None


class TrackRecord(Frozen):
    """What an agent's proposals of one kind came to: what a person looks at before letting it go further."""

    agent: str
    action: str
    level: Level
    measured: int
    """Outcomes with a forecast that could be held against it."""
    right_way: float | None = None
    """Share of them that moved the figure the way the forecast said."""
    covered: float | None = None
    """Share of the measured effects that lay in the forecast's 80 % interval."""
    worst: float | None = None
    """The largest miss: measured less forecast effect, as a fraction."""
    not_measurable: int = 0
    may_rise: str | None = None
    """Why it may not go further yet; None where a person may raise it."""


class Design(Frozen):
    """What the architect sees: the operating model in force and everything that stands beside it."""

    version: int
    since: datetime
    by: str
    model: OperatingModel
    pending: tuple[AmendmentView, ...] = ()
    recent: tuple[AmendmentView, ...] = ()
    """The last few that were decided, newest first."""
    stops: tuple[Stop, ...] = ()
    emergency: Emergency | None = None
    to_review: tuple[Emergency, ...] = ()
    """Emergencies that ended and nobody has looked at yet."""
    grants: tuple[Grant, ...] = ()
    records: tuple[TrackRecord, ...] = ()
    mandates: Mapping[str, Mandate] = Field(default_factory=dict[str, Mandate])
    """Every agent's mandate as the code gives it, by agent; what is taken out of it stands in `model.mandates`."""
