"""A small company to decide for: a source, a platform and a board that keep their ports' promises."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import ClassVar

import polars as pl

from domain.action import Action, RefreshCreative, SetBudget, SetTarget
from domain.action_base import amount_of
from domain.badge import Badge
from domain.case import Case, ProposalView
from domain.effect import Effect, HandOver, Repeat
from domain.errors import Drifted, OutcomeUnknown, PlatformUnavailable
from domain.finding import Finding, FindingKind
from domain.lesson import Lesson, LessonKind
from domain.mandate import Mandate
from domain.operating_model import OperatingModel, Person, Policy, SourceSettings
from domain.ports import Directory
from domain.proposal import Forecast, Proposal
from domain.reading import Gap, Reading, Readings
from domain.receipt import Outcome
from domain.rhythm import DigestSettings, Rest, WeeklySettings
from domain.scope import Scope
from domain.signal import Cause, CloseReason, EventKind, Signal, SignalEvent
from graph.desk import Desk, staffed
from graph.services import Services
from memory.database import Database
from memory.ledger.seals import Seals
from tests.graph.wall import Wall

FIRST = date(2026, 3, 14)
MARA, CLEO, CORA, STRANGER = "U0MARA0001", "U0CLEO0001", "U0CORA0001", "U0NOBODY01"
BUDGET = "meta/a1/campaign/c3/daily_budget"


NO_REST = Rest(days=frozenset(), since=None, until=None)
CHANNEL_ONLY = DigestSettings(personal=False, rest=NO_REST, weekly=WeeklySettings(on=None))
"""A company that never rests, and reads the channel's digest alone."""


def model(**policy: object) -> OperatingModel:
    return OperatingModel(
        company="Kork",
        digest=CHANNEL_ONLY,
        source=SourceSettings(path="data"),
        people=(
            Person(name="Mara Lind", slack=MARA, roles=frozenset({"media_lead"})),
            Person(name="Cleo Park", slack=CLEO, roles=frozenset({"creative_lead"})),
            Person(name="Cora Main", slack=CORA, roles=frozenset({"cmo"})),
        ),
        policy=Policy.model_validate(policy),
    )


class HandClock:
    """A clock moved by hand: the morning after the last complete day."""

    def __init__(self, day: date = FIRST) -> None:
        self.day, self.hour = day, time(9, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return datetime.combine(self.day + timedelta(days=1), self.hour)

    def last_day(self) -> date:
        return self.day

    def pass_days(self, days: int) -> None:
        self.day += timedelta(days=days)


class OneTable:
    """A source with a few rows of ad_report, and nothing else."""

    async def read(self, table: str, as_of: date, days: int) -> Reading | Gap:
        del days
        if table != "ad_report":
            return Gap(table, f"no {table}")
        rows = pl.DataFrame({"date_day": [as_of], "campaign_id": ["c3"], "clicks": [61], "spend": [2787.7]})
        return Reading(table, as_of, rows)

    async def days(self) -> tuple[date, date]:
        return FIRST, FIRST


@dataclass
class Platform:
    """An ad account in memory. Counts effects; can fail, lose answers, and be changed by somebody else."""

    name: ClassVar[str] = "platform"
    values: dict[str, str] = field(default_factory=lambda: {BUDGET: "450.00"})
    tasks: dict[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    effects: list[str] = field(default_factory=list[str])
    answered: dict[str, str] = field(default_factory=dict[str, str])
    faults: list[str] = field(default_factory=list[str])
    """Consumed one per write: "down", "lost", "lost before"."""
    unreadable: int = 0

    def takes(self, effect: Effect) -> bool:
        del effect
        return True

    def repeats(self, effect: Effect) -> Repeat:
        return Repeat.CREATE if isinstance(effect, HandOver) else Repeat.SET

    async def read(self, effect: Effect, token: str) -> Mapping[str, str]:
        if self.unreadable:
            self.unreadable -= 1
            raise PlatformUnavailable("The ad account could not be asked.")
        if isinstance(effect, HandOver):
            return {effect.entity: "open"} if token in self.tasks else {}
        return {setting.address: self.values[setting.address] for setting in effect.settings}

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        del fence
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "down":
            raise PlatformUnavailable("The ad account could not be reached.")
        if fault == "lost before":
            raise OutcomeUnknown("No answer came.")
        if token not in self.answered:
            self._apply(effect, token)
        if fault == "lost":
            raise OutcomeUnknown("No answer came.")
        return self.answered[token]

    async def bar(self, effect: Effect, token: str, fence: int) -> None:
        del effect, token, fence

    def _apply(self, effect: Effect, token: str) -> None:
        if isinstance(effect, HandOver):
            self.tasks[token] = effect.details
        else:
            if any(_plain(self.values[s.address]) != _plain(s.was) for s in effect.settings):
                raise Drifted("It changed meanwhile.", self.values)
            self.values.update({s.address: s.to for s in effect.settings})
        self.effects.append(token)
        self.answered[token] = "set"


def _plain(value: str) -> Decimal | str:
    """ "450" and "450.00" are one amount; a status is itself."""
    amount = amount_of(value)
    return value if amount is None else amount


@dataclass(frozen=True)
class Look:
    """What one agent said."""

    kept: tuple[Finding, ...]
    discarded: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Joined:
    """What combining made of it."""

    signals: tuple[Signal, ...]
    held: tuple[SignalEvent, ...] = ()
    faint: tuple[Signal, ...] = ()


class Watcher:
    """A specialist that always sees the same thing."""

    mandate = Mandate(
        agent="performance", job="Watches cost.", reads=frozenset({"ad_report"}),
        finds=frozenset({FindingKind.CPA_RISE}), hands_to=("media_lead",),
        suggests=frozenset({"set_budget", "set_target", "shift_budget", "refresh_creative", "fix_tracking"}),
    )  # fmt: skip


SCOPE = Scope(platform="meta", account_id="a1", campaign_id="c3")


def finding() -> Finding:
    return Finding(
        agent="performance", kind=FindingKind.CPA_RISE, metric="cpa", scope=SCOPE, baseline=30.1, observed=45.7,
        change=0.5183, interval=(0.31, 0.77), q_value=0.0004, since=FIRST, evidence="61 conversions for EUR 2,787.70",
    )  # fmt: skip


def signal(ident: str = "sig_000000000001", as_of: date = FIRST, stake: str = "118.40", version: int = 1) -> Signal:
    return Signal(
        id=ident, version=version, cause=Cause.AUCTION_PRESSURE, confidence=0.93, scope=SCOPE, as_of=as_of,
        headline="Spring prospecting on Meta costs more", why="The auction got dearer.", since=FIRST, opened_on=FIRST,
        at_stake_per_day=Decimal(stake), currency="EUR", findings=(finding(),), owners=("media_lead",),
        names={"c3": "Spring prospecting"},
    )  # fmt: skip


def cut(to: str = "360.00", was: str = "450.00") -> SetBudget:
    return SetBudget(
        platform="meta", account_id="a1", currency="EUR", campaign_id="c3", daily_budget=Decimal(to), was=Decimal(was)
    )


def refresh() -> RefreshCreative:
    return RefreshCreative(
        platform="meta", account_id="a1", currency="EUR", campaign_id="c3", ad_id="ad9", brief="Keep the trail."
    )


def target() -> SetTarget:
    return SetTarget(
        platform="meta", account_id="a1", currency="EUR", campaign_id="c3", metric="target_cpa", target=Decimal(30),
        was=Decimal(35),
    )  # fmt: skip


def proposal(
    action: Action | None = None, ident: str = "prop_00000000000a", signal_id: str = "sig_000000000001",
    owner: str = "media_lead",
) -> Proposal:  # fmt: skip
    return Proposal(
        id=ident, signal_id=signal_id, action=action or cut(), owner=owner, why="Spend less where it costs more.",
        forecast=Forecast(metric="cpa", change=-0.12, interval=(-0.2, -0.03), basis="a prior for this kind of action"),
        proposed_on=FIRST,
    )  # fmt: skip


@dataclass
class Script:
    """What agents will say on each day: events to make of it, and proposals per signal."""

    events: dict[date, tuple[SignalEvent, ...]]
    plans: dict[str, tuple[Proposal, ...]]
    discarded: bool = False

    def look(self, agent: object, readings: Readings, today: date) -> Look:
        del agent, readings, today
        return Look((finding(),), (finding(),) if self.discarded else ())

    def combine(self, findings: Sequence[Finding], readings: Readings, today: date, model: OperatingModel) -> Joined:
        del readings, model
        assert findings
        return Joined(tuple(event.signal for event in self.events.get(today, ())))

    def match(
        self, combined: object, before: Sequence[Signal], readings: Readings, today: date
    ) -> tuple[SignalEvent, ...]:
        del combined, readings
        known = {one.id for one in before}
        events = self.events.get(today, ())
        return tuple(event for event in events if event.event is not EventKind.OPENED or event.signal.id not in known)

    def plan(
        self, about: Signal, readings: Readings, lessons: Sequence[Lesson], today: date, model: OperatingModel
    ) -> tuple[Proposal, ...]:
        del readings, today, model
        quotes = tuple(lesson.text for lesson in lessons)
        return tuple(one.model_copy(update={"remembered": quotes}) for one in self.plans.get(about.id, ()))


def measure(view: ProposalView, about: Signal, readings: Readings, today: date) -> Outcome:
    del about, readings
    return Outcome(
        proposal_id=view.proposal.id, metric="cpa", measurable=True, effect=-0.11, interval=(-0.19, -0.02),
        forecast=-0.12, window=(FIRST, today), method="difference to 3 untouched sibling campaigns", measured_on=today,
    )  # fmt: skip


def lesson_from(case: Case, view: ProposalView) -> Lesson:
    learned = view.outcome.measured_on if view.outcome else FIRST
    return Lesson(
        id=f"les_{view.proposal.id[5:]}", kind=LessonKind.CHANNEL_LESSON, text="last time: CPA -11 % [-19, -2]",
        scope=case.signal.scope, cause=case.signal.cause, action_kind=view.proposal.action.kind, metric="cpa",
        effect=-0.11, interval=(-0.19, -0.02), learned_on=learned, expires_on=learned + timedelta(days=365),
        source=view.proposal.id,
    )  # fmt: skip


def opened(*proposals: Proposal, signal_id: str = "sig_000000000001", day: date = FIRST) -> Script:
    event = SignalEvent(as_of=day, event=EventKind.OPENED, signal=signal(signal_id, day))
    return Script({day: (event,)}, {signal_id: proposals or (proposal(),)})


def closing(script: Script, day: date) -> Script:
    """The same, and the signal goes away on `day`."""
    (first,) = script.events[FIRST]
    ended = SignalEvent(as_of=day, event=EventKind.CLOSED, signal=first.signal, reason=CloseReason.RECOVERED)
    return Script({**script.events, day: (ended,)}, script.plans)


def desk(script: Script) -> Desk:
    return replace(
        staffed(),
        needs={"ad_report": 90, "web_report": 90},
        specialists=(Watcher(),),
        findings_of=script.look,
        combine=script.combine,
        match=script.match,
        plan=script.plan,
        measure=measure,
        lesson_from=lesson_from,
    )


class Reception:
    """Who Slack says people are: members without a flaw, unless it was told something else, or None for no answer."""

    def __init__(self) -> None:
        self.said: dict[str, Badge | None] = {}

    async def badge(self, slack: str) -> Badge | None:
        return self.said.get(slack, Badge(slack=slack))


def services(
    database: Database,
    script: Script | None = None,
    platform: Platform | None = None,
    clock: HandClock | None = None,
    *,
    board: Wall | None = None,
    failpoint: Callable[[str], None] = lambda _: None,
    worker: str = "worker",
    lease_seconds: float = 60,
    pause_seconds: float = 0.05,
    policy: dict[str, object] | None = None,
    directory: Directory | None = None,
    seals: Seals | None = None,
    keeps_time: bool = False,
) -> Services:
    return Services(
        file=model(**(policy or {})),
        source=OneTable(),
        executors=(platform or Platform(),),
        database=database,
        clock=clock or HandClock(),
        board=board,
        directory=directory or Reception(),
        seals=seals,
        keeps_time=keeps_time,
        desk=desk(script or opened()),
        failpoint=failpoint,
        worker=worker,
        lease_seconds=lease_seconds,
        pause_seconds=pause_seconds,
    )
