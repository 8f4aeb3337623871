"""The work of the other rooms as the graphs call it: what is seen, what follows, what is allowed, what came of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from domain.action import Action
from domain.amendment import Amendment, Replay, TrackRecord
from domain.badge import Badge
from domain.case import Answer, Case, Digest, ProposalView
from domain.chart import Chart
from domain.finding import Finding
from domain.lesson import Lesson
from domain.mandate import Mandate
from domain.operating_model import OperatingModel, Person, Restriction
from domain.proposal import Decision, Forecast, Proposal
from domain.reading import Readings
from domain.receipt import Outcome
from domain.scope import Scope
from domain.signal import Signal, SignalEvent
from domain.standing import Emergency, Level, Move, Standing
from domain.verdict import Verdict


class Specialist(Protocol):
    """One agent, known to the graph by its mandate only."""

    @property
    def mandate(self) -> Mandate:
        """What it is for."""
        ...


class Combined(Protocol):
    """Findings that belong together."""

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What is wrong today."""
        ...

    @property
    def held(self) -> tuple[SignalEvent, ...]:
        """What was noticed but has a reason to wait."""
        ...

    @property
    def faint(self) -> tuple[Signal, ...]:
        """Too little to open a signal, enough to keep an open one from closing."""
        ...


class Looked(Protocol):
    """What one agent said, and what of it was outside its mandate."""

    @property
    def kept(self) -> tuple[Finding, ...]:
        """Findings inside the mandate."""
        ...

    @property
    def discarded(self) -> tuple[Finding, ...]:
        """Findings outside it."""
        ...


class Change(Protocol):
    """One difference between two operating models."""

    @property
    def sentence(self) -> str:
        """What it is."""
        ...

    @property
    def loosens(self) -> bool:
        """Whether it lets more happen, or with fewer or other people."""
        ...


class Review(Protocol):
    """May we? What policy says to a proposal on a day."""

    def __call__(self, proposal: Proposal, model: OperatingModel, today: date, standing: Standing = ..., /) -> Verdict:
        """The strictest verdict any rule gives."""
        ...


class Allow(Protocol):
    """May this person decide this, now? Raises the refusal where not."""

    def __call__(
        self,
        decision: Decision,
        view: ProposalView,
        case: Case,
        model: OperatingModel,
        now: datetime,
        *,
        standing: Standing,
        badge: Badge | None,
    ) -> None:
        """Returns where the decision may be made."""
        ...


class Worsened(Protocol):
    """A guard figure that got worse since an action was carried out."""

    @property
    def metric(self) -> str:
        """Which figure."""
        ...

    @property
    def says(self) -> str:
        """What was seen, in one sentence."""
        ...


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The functions of `agents` and `governance` that the graphs call, by the names they have there."""

    needs: Mapping[str, int]
    specialists: tuple[Specialist, ...]
    findings_of: Callable[[Any, Readings, date], Looked]
    combine: Callable[[Sequence[Finding], Readings, date, OperatingModel], Combined]
    match: Callable[[Any, Sequence[Signal], Readings, date], tuple[SignalEvent, ...]]
    plan: Callable[[Signal, Readings, Sequence[Lesson], date, OperatingModel], tuple[Proposal, ...]]
    review: Review
    allow: Allow
    still_valid: Callable[[ProposalView, Case, OperatingModel, datetime, Standing], str | None]
    asked_now: Callable[[ProposalView, OperatingModel, datetime, Standing], Verdict]
    """What a question asks by now, never less than its card says."""
    approvals_needed: Callable[[str, ProposalView, OperatingModel, datetime, Standing], int]
    answering: Callable[[str, Action, OperatingModel], tuple[Person, ...]]
    title: Callable[[Proposal], str]
    moved: Callable[[Proposal, Action], Sequence[Move]]
    refusals: Callable[[OperatingModel], tuple[str, ...]]
    known: Callable[[str, OperatingModel, Badge | None], Person]
    """Who is behind a Slack user. Raises NotYours for everybody who can decide nothing at all."""
    may_stop: Callable[[str, OperatingModel, Badge | None], None]
    may_lift: Callable[[str, OperatingModel, Badge | None], None]
    may_declare: Callable[[str, int, OperatingModel, datetime, Standing, Badge | None], None]
    may_review: Callable[[str, Emergency, OperatingModel, datetime, Badge | None], None]
    changes: Callable[[OperatingModel, OperatingModel], Sequence[Change]]
    replay: Callable[[OperatingModel, Sequence[tuple[Proposal, Verdict]], OperatingModel | None], Replay]
    """Past proposals under a new model, held against another one or against what they were answered."""
    quorum: Callable[[Amendment], int]
    may_draft: Callable[[str, OperatingModel, Badge | None], None]
    may_agree: Callable[[str, Amendment, Collection[str], OperatingModel, Badge | None], None]
    stuck: Callable[[Amendment, OperatingModel], str | None]
    """Why nobody can bring a change in force; None where somebody can."""
    is_agreed: Callable[[Amendment, Collection[str], OperatingModel], bool]
    level: Callable[[str, str, OperatingModel, Standing], Level]
    """How far an agent may go with a kind of action."""
    record: Callable[[str, str, Level, Sequence[tuple[Forecast | None, Outcome]]], TrackRecord]
    may_grant: Callable[[str, TrackRecord, Level, OperatingModel, Badge | None], None]
    falls: Callable[[TrackRecord, Level, bool], str | None]
    below: Callable[[Level], Level]
    edit: Callable[[OperatingModel, str, Mapping[str, str]], OperatingModel]
    measure: Callable[[ProposalView, Signal, Readings, date], Outcome]
    lesson_from: Callable[[Case, ProposalView], Lesson]
    worsened: Callable[[ProposalView, Signal, Readings, date], Worsened | None]
    alter: Callable[[Action, Mapping[str, str]], Action]
    answer: Callable[[str, Readings, Sequence[Case], Sequence[Lesson], OperatingModel, date], Answer]
    chart: Callable[[Signal, Readings, Sequence[Case]], Chart | None]
    evidence: Callable[[Signal], tuple[tuple[str, ...], ...]]
    digest: Callable[[Sequence[SignalEvent], Sequence[Case], date, OperatingModel], Digest]
    summary: Callable[[Sequence[Case], date, date, Scope | None], str]

    def mandate(self, agent: str) -> frozenset[str]:
        """The kinds of action that may follow from an agent's findings; none for one nobody knows."""
        return next((one.mandate.suggests for one in self.specialists if one.mandate.agent == agent), frozenset[str]())

    def behind(self, kind: str, agents: Collection[str], model: OperatingModel) -> tuple[str, ...]:
        """Those of these agents who may let a kind of action follow from their findings, by name."""
        nothing = Restriction()
        return tuple(
            sorted(
                one.mandate.agent
                for one in self.specialists
                if one.mandate.agent in agents
                and kind in one.mandate.suggests
                and kind not in model.mandates.get(one.mandate.agent, nothing).without
            )
        )


def staffed() -> Desk:
    """The desk with everybody at their place.

    The one place where the graphs load the agents, and only when somebody gets to work: it takes a second.
    """
    from agents import answering, combine, guarding, learning, matching, needs, planning, reporting, roster  # noqa: PLC0415
    from governance import (  # noqa: PLC0415
        alteration,
        amendments,
        authority,
        autonomy,
        drafting,
        emergencies,
        mandates,
        moves,
        people,
        review,
        terms,
    )

    return Desk(
        needs=needs.DAYS,
        specialists=roster.SPECIALISTS,
        findings_of=roster.findings_of,
        combine=combine.combine,
        match=matching.match,
        plan=planning.plan,
        review=review.review,
        allow=authority.allow,
        still_valid=authority.still_valid,
        asked_now=authority.asked_now,
        refusals=review.refusals,
        known=people.known,
        may_stop=emergencies.may_stop,
        may_lift=emergencies.may_lift,
        may_declare=emergencies.may_declare,
        may_review=emergencies.may_review,
        changes=amendments.changes,
        replay=_replay,
        quorum=amendments.quorum,
        may_draft=amendments.may_draft,
        may_agree=amendments.may_agree,
        stuck=amendments.stuck,
        is_agreed=amendments.is_agreed,
        level=mandates.level,
        record=autonomy.record,
        may_grant=autonomy.may_grant,
        falls=autonomy.falls,
        below=autonomy.below,
        approvals_needed=authority.approvals_needed,
        answering=people.answering,
        title=terms.title,
        moved=moves.of_decision,
        edit=drafting.edit,
        measure=learning.measure,
        lesson_from=learning.lesson_from,
        worsened=guarding.worsened,
        alter=alteration.alter,
        answer=answering.answer,
        chart=reporting.chart,
        evidence=reporting.evidence,
        digest=reporting.digest,
        summary=reporting.summary,
    )


def _replay(
    after: OperatingModel, past: Sequence[tuple[Proposal, Verdict]], before: OperatingModel | None = None
) -> Replay:
    from governance.amendments import Past, replay  # noqa: PLC0415 - like everything of governance

    return replay(after, [Past(proposal, verdict) for proposal, verdict in past], before)
