"""The sweep graph: collect, one branch per agent, combine, match, explain, recall, plan, review, save. Never waits."""

import asyncio
import logging
import operator
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, TypedDict

from langgraph.constants import END, START
from langgraph.runtime import Runtime
from langgraph.types import Send
from pydantic import TypeAdapter

from domain.finding import Finding
from domain.lesson import Lesson
from domain.operating_model import OperatingModel
from domain.ports import Source
from domain.proposal import Proposal
from domain.reading import Readings
from domain.signal import CloseReason, EventKind, Signal, SignalEvent
from domain.standing import Standing
from domain.verdict import Ask, Verdict
from domain.worded import Worded
from graph import counsel
from graph import readings as tables
from graph.desk import Combined, Desk
from graph.drawing import Graph, new_graph
from graph.services import Book
from memory.proposals import Asked
from memory.sweeps import Swept

logger = logging.getLogger(__name__)

Json = dict[str, Any]
NOTHING_STANDS = Standing()
_VERDICT: TypeAdapter[Verdict] = TypeAdapter(Verdict)


class SweepState(TypedDict, total=False):
    """What flows from node to node: frozen facts as JSON. Tables stay in the context, they are never state."""

    as_of: str
    findings: Annotated[list[Json], operator.add]
    agents: Annotated[list[str], operator.add]
    discarded: Annotated[list[str], operator.add]
    signals: list[Json]
    held: list[Json]
    faint: list[Json]
    events: list[Json]
    lessons: dict[str, list[Json]]
    proposals: list[Json]
    verdicts: dict[str, Json]


class Branch(TypedDict):
    """What one agent's branch is handed."""

    agent: int
    as_of: str


@dataclass(kw_only=True)
class Sweep:
    """One run: what it works with, and the tables it has read."""

    model: OperatingModel
    source: Source
    desk: Desk
    book: Book
    now: datetime
    """When the questions it raises are asked."""
    standing: Standing = NOTHING_STANDS
    """What stands beside the model: who is stopped, what was moved today."""
    explain: Callable[[Signal], Worded] | None = None
    """Words a new signal; None: as the agents worded it."""
    hour: int | None = None
    """The newest complete hour of a day still under way, where one is looked at; None: the day is over."""
    readings: Readings | None = None
    started: float = field(default_factory=time.monotonic)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Agents look one after the other: each finds what those before it derived, and none waits for the interpreter."""
    failed: dict[str, Exception] = field(default_factory=dict[str, Exception])
    """The agents that raised when asked, and what."""

    @property
    def tables(self) -> Readings:
        """What `collect` read."""
        assert self.readings is not None, "nothing was collected"
        return self.readings

    def silence(self, agent: str) -> str | None:
        """Why an agent is not asked to look; None where it is."""
        if stop := self.standing.stopped("agent", agent):
            return f"stopped on {stop.at.day} {stop.at:%B}"  # kept with the sweep, so nobody's name is in it
        restriction = self.model.mandates.get(agent)
        return "switched off in the operating model" if restriction and restriction.off else None

    @property
    def silent(self) -> frozenset[str]:
        """The agents who are not asked."""
        names = (one.mandate.agent for one in self.desk.specialists)
        return frozenset(name for name in names if self.silence(name) is not None)


@dataclass(frozen=True)
class _Found:
    """Combined signals on their way from one node to the next."""

    signals: tuple[Signal, ...]
    held: tuple[SignalEvent, ...]
    faint: tuple[Signal, ...]


async def run(sweep: Sweep, as_of: date) -> tuple[SignalEvent, ...]:
    """Sweep one day, or look at one under way.

    Raises SourceUnavailable or TableRefused when the one required table cannot be read.
    """
    state: SweepState = {"as_of": as_of.isoformat()}
    done = await graph().ainvoke(state, context=sweep)
    return tuple(SignalEvent.model_validate(event) for event in done["events"])


@cache
def graph() -> Graph:
    """The compiled graph. Without a checkpointer: a sweep that dies is simply run again."""
    drawn = new_graph(SweepState, Sweep)
    for step in (collect, look, combine, match, explain, recall, plan, review, save):
        drawn.add_node(step.__name__, step)
    drawn.add_edge(START, "collect")
    drawn.add_conditional_edges("collect", fan_out, ["look", "combine"])
    for before, after in pairwise(("look", "combine", "match", "explain", "recall", "plan", "review", "save", END)):
        drawn.add_edge(before, after)
    return drawn.compile()


async def collect(state: SweepState, runtime: Runtime[Sweep]) -> SweepState:
    """Read the tables once, for all agents."""
    sweep = runtime.context
    sweep.readings = await tables.collect(sweep.source, sweep.desk.needs, _day(state), sweep.hour)
    return {"agents": [f"{name}: not asked, {sweep.silence(name)}" for name in sorted(sweep.silent)]}


def fan_out(state: SweepState, runtime: Runtime[Sweep]) -> list[Send | str]:
    """One branch per agent who is asked."""
    day, silent = _day(state).isoformat(), runtime.context.silent
    asked = [
        Send("look", Branch(agent=place, as_of=day))
        for place, one in enumerate(runtime.context.desk.specialists)
        if one.mandate.agent not in silent
    ]
    return [*asked] or ["combine"]


async def look(state: Branch, runtime: Runtime[Sweep]) -> SweepState:
    """Let one agent look at what its mandate grants. One that raises finds nothing, and the others go on."""
    desk, readings, today = runtime.context.desk, runtime.context.tables, runtime.context.tables.as_of
    agent = desk.specialists[state["agent"]]
    name = agent.mandate.agent
    async with runtime.context.turn:
        try:
            looked = await asyncio.to_thread(desk.findings_of, agent, readings, today)
        except Exception as error:
            logger.exception("%s failed when it looked at %s", name, today)
            runtime.context.failed[name] = error
            kind = type(error).__name__  # no more than its kind: what it says may quote people
            return {"agents": [f"{name}: failed on {today.day} {today:%B}, {kind}"]}
    many = len(looked.kept)
    return {
        "findings": [finding.model_dump(mode="json") for finding in looked.kept],
        "agents": [f"{name}: {many or 'no'} finding{'' if many == 1 else 's'} on {today.day} {today:%B}"],
        "discarded": [f"{name} claimed {finding.kind.value} of {finding.scope.key}" for finding in looked.discarded],
    }


async def combine(state: SweepState, runtime: Runtime[Sweep]) -> SweepState:
    """Join what the agents noticed into signals. Where all who were asked failed, the day counts as not swept."""
    sweep = runtime.context
    if sweep.failed and len(sweep.failed) == len(sweep.desk.specialists) - len(sweep.silent):
        raise next(iter(sweep.failed.values()))
    findings = tuple(Finding.model_validate(finding) for finding in state.get("findings", []))
    combined = await asyncio.to_thread(sweep.desk.combine, findings, sweep.tables, _day(state), sweep.model)
    held = combined.held if sweep.hour is None else ()  # what waits is told by the day
    return {
        "signals": [signal.model_dump(mode="json") for signal in combined.signals],
        "held": [event.model_dump(mode="json") for event in held],
        "faint": [signal.model_dump(mode="json") for signal in combined.faint],
    }


async def match(state: SweepState, runtime: Runtime[Sweep]) -> SweepState:
    """Find for each signal the one already open, so that one incident stays one card."""
    sweep = runtime.context
    before = await sweep.book.open_signals()
    events = await asyncio.to_thread(sweep.desk.match, _combined(state), before, sweep.tables, _day(state))
    if sweep.hour is not None:
        events = tuple(event for event in events if _is_of_hours(event))
    stopped = [stop.name for stop in sweep.standing.stops if stop.of == "agent"]
    events = tuple(event for event in events if not _ended_unseen(event, stopped, sweep.failed))
    return {"events": [event.model_dump(mode="json") for event in events]}


def _is_of_hours(event: SignalEvent) -> bool:
    """Whether hours say it. Everything else is the day's to say, and only a whole day ends a signal."""
    told = event.event in {EventKind.OPENED, EventKind.UPDATED}
    return told and any(finding.table == tables.HOURLY for finding in event.signal.findings)


def _ended_unseen(event: SignalEvent, stopped: Collection[str], failed: Collection[str]) -> bool:
    """Whether a signal would end only because who saw it is stopped, or could be ended by one who failed today.

    What was measured to be over is over, but not on a day on which nobody could say that it goes on.
    """
    seen_by = {finding.agent for finding in event.signal.findings}
    if event.event is not EventKind.CLOSED:
        return False
    return bool(seen_by & set(failed)) or (event.reason is CloseReason.EXPIRED and bool(seen_by & set(stopped)))


async def explain(state: SweepState, runtime: Runtime[Sweep]) -> SweepState:
    """Have what is new worded by a chat model, where there is one. A quiet day asks it nothing."""
    words = runtime.context.explain
    if words is None:
        return {}
    events, discarded = list[Json](), list[str]()
    for event in _events(state):
        if event.event is EventKind.OPENED:
            worded = await asyncio.to_thread(words, event.signal)
            signal = event.signal.model_copy(update={"why": worded.text})
            events.append(event.model_copy(update={"signal": signal}).model_dump(mode="json"))
            discarded += [f"the chat model's words for {signal.id}: {why}" for why in worded.refused]
        else:
            events.append(event.model_dump(mode="json"))
    return {"events": events, "discarded": discarded}


async def recall(state: SweepState, runtime: Runtime[Sweep]) -> SweepState:
    """Look up what was learnt about each signal that asks for an answer."""
    found: dict[str, list[Json]] = {}
    for signal in _asking(state):
        lessons = await runtime.context.book.recall(signal, _day(state))
        found[signal.id] = [lesson.model_dump(mode="json") for lesson in lessons]
    return {"lessons": found}


async def plan(state: SweepState, runtime: Runtime[Sweep]) -> SweepState:
    """Propose what could be done, of the kinds that the agents behind a signal may suggest."""
    sweep, planned, discarded = runtime.context, list[Json](), list[str]()
    for signal in _asking(state):
        lessons = [Lesson.model_validate(lesson) for lesson in state.get("lessons", {}).get(signal.id, [])]
        proposals = await asyncio.to_thread(
            sweep.desk.plan, signal, sweep.tables, lessons, sweep.tables.as_of, sweep.model
        )
        agents = {finding.agent for finding in signal.findings} - sweep.silent
        for proposal in proposals:
            kind = proposal.action.kind
            if behind := sweep.desk.behind(kind, agents, sweep.model):
                planned.append(proposal.model_copy(update={"agents": behind}).model_dump(mode="json"))
            else:
                discarded.append(f"nobody behind {signal.id} may suggest {kind}")
    return {"proposals": planned, "discarded": discarded}


async def review(state: SweepState, runtime: Runtime[Sweep]) -> SweepState:
    """Ask governance about every proposal."""
    sweep, now = runtime.context, runtime.context.model.moment(runtime.context.now)
    verdicts = {
        proposal.id: counsel.review(proposal, sweep.model, now, sweep.standing).model_dump(mode="json")
        for proposal in _proposals(state)
    }
    return {"verdicts": verdicts}


async def save(state: SweepState, runtime: Runtime[Sweep]) -> SweepState:
    """Keep everything in one transaction; it also queues the drawing of the cards that changed."""
    sweep = runtime.context
    asked: dict[str, tuple[Asked, ...]] = {signal.id: () for signal in _asking(state)}
    for proposal in _proposals(state):
        verdict = _VERDICT.validate_python(state.get("verdicts", {})[proposal.id])
        until = sweep.now + timedelta(hours=verdict.within_hours) if isinstance(verdict, Ask) else None
        asked[proposal.signal_id] = (*asked[proposal.signal_id], Asked(proposal, verdict, until, asked_at=sweep.now))
    swept = Swept(
        as_of=_day(state),
        hour=sweep.hour,
        events=_events(state),
        asked=asked,
        sources=tables.described(sweep.tables),
        gaps=tuple(f"{gap.table}: {gap.because}" for gap in sweep.tables.gaps),
        agents=tuple(sorted(state.get("agents", []))),
        discarded=tuple(sorted(state.get("discarded", []))),
        took_seconds=round(time.monotonic() - sweep.started, 3),
        freezes=tables.freezes(sweep.tables) if sweep.hour is None else None,
    )
    return {"events": [event.model_dump(mode="json") for event in await sweep.book.save(swept)]}


def _day(state: SweepState) -> date:
    return date.fromisoformat(state.get("as_of", ""))


def _events(state: SweepState) -> tuple[SignalEvent, ...]:
    return tuple(SignalEvent.model_validate(event) for event in state.get("events", []))


def _asking(state: SweepState) -> list[Signal]:
    """Signals that changed and so need an answer from their owners."""
    return [event.signal for event in _events(state) if event.event in {EventKind.OPENED, EventKind.UPDATED}]


def _proposals(state: SweepState) -> list[Proposal]:
    return [Proposal.model_validate(proposal) for proposal in state.get("proposals", [])]


def _combined(state: SweepState) -> Combined:
    return _Found(
        signals=tuple(Signal.model_validate(signal) for signal in state.get("signals", [])),
        held=tuple(SignalEvent.model_validate(event) for event in state.get("held", [])),
        faint=tuple(Signal.model_validate(signal) for signal in state.get("faint", [])),
    )
