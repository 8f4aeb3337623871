"""The work of the agents as the graphs call it: what is seen, what follows from it, what came of it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from domain.case import Answer, Case, Digest, ProposalView
from domain.chart import Chart
from domain.finding import Finding
from domain.lesson import Lesson
from domain.mandate import Mandate
from domain.operating_model import OperatingModel, Restriction
from domain.proposal import Proposal
from domain.reading import Readings
from domain.receipt import Outcome
from domain.scope import Scope
from domain.signal import Signal, SignalEvent
from domain.summaries import OwnDigest, Summary


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
    """The functions of `agents` that the graphs call, by the names they have there."""

    needs: Mapping[str, int]
    specialists: tuple[Specialist, ...]
    findings_of: Callable[[Any, Readings, date], Looked]
    combine: Callable[[Sequence[Finding], Readings, date, OperatingModel], Combined]
    match: Callable[[Any, Sequence[Signal], Readings, date], tuple[SignalEvent, ...]]
    plan: Callable[[Signal, Readings, Sequence[Lesson], date, OperatingModel], tuple[Proposal, ...]]
    measure: Callable[[ProposalView, Signal, Readings, date], Outcome]
    lesson_from: Callable[[Case, ProposalView], Lesson]
    worsened: Callable[[ProposalView, Signal, Readings, date], Worsened | None]
    answer: Callable[
        [str, Readings, Sequence[Case], Sequence[Lesson], OperatingModel, date, str, Sequence[str]], Answer
    ]
    days_meant: Callable[[str, date], tuple[date, date]]
    """The days words like "last week" mean, for summaries as for answers; the date is the last complete day."""
    chart: Callable[[Signal, Readings, Sequence[Case]], Chart | None]
    evidence: Callable[[Signal], tuple[tuple[str, ...], ...]]
    digest: Callable[[Sequence[SignalEvent], Sequence[Case], date, OperatingModel], Digest]
    own_digest: Callable[..., OwnDigest]
    action_words: Callable[[Case, ProposalView], str]
    weekly: Callable[[Sequence[Case], Any, OperatingModel, Readings | None, Any, Scope | None], Summary]
    period: Callable[[date, date, ZoneInfo], Any]
    acts: Callable[[int, int], Any]

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
    from agents import (  # noqa: PLC0415
        answering,
        combine,
        guarding,
        learning,
        matching,
        needs,
        own_digest,
        planning,
        reporting,
        roster,
        weekly,
    )

    return Desk(
        needs=needs.DAYS,
        specialists=roster.SPECIALISTS,
        findings_of=roster.findings_of,
        combine=combine.combine,
        match=matching.match,
        plan=planning.plan,
        measure=learning.measure,
        lesson_from=learning.lesson_from,
        worsened=guarding.worsened,
        answer=answering.answer,
        days_meant=answering.days_meant,
        chart=reporting.chart,
        evidence=reporting.evidence,
        digest=reporting.digest,
        own_digest=own_digest.own_digest,
        action_words=own_digest.action_words,
        weekly=weekly.summary,
        period=weekly.Period,
        acts=weekly.Acts,
    )
