"""What agents' proposals came to, and the levels that fall for it by themselves."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.amendment import TrackRecord
from domain.case import CallRecord, Case, ProposalStatus, ProposalView
from domain.catalogue import CATALOGUE
from domain.operating_model import OperatingModel
from domain.proposal import Forecast, Proposal
from domain.receipt import Outcome
from domain.standing import Grant, Level, Standing
from graph import counsel
from graph.services import Services
from memory import standing
from memory.people import SYSTEM
from memory.writing import Writing

_WAITING = frozenset({ProposalStatus.PENDING, ProposalStatus.SNOOZED})
_Call = tuple[str, frozenset[str]]
"""A kind of action, and who suggests it."""
_Known = dict[tuple[str, str], list[tuple[Forecast | None, Outcome]]]


async def records(
    services: Services, tx: AsyncConnection, model: OperatingModel, stands: Standing
) -> tuple[TrackRecord, ...]:
    """One record per agent and kind of action it may suggest, by name."""
    known, specialists = await _outcomes(tx), services.desk.specialists
    pairs = sorted((one.mandate.agent, kind) for one in specialists for kind in one.mandate.suggests)
    return tuple(
        counsel.record(agent, kind, counsel.level(agent, kind, model, stands), known[agent, kind])
        for agent, kind in pairs
    )


async def record(tx: AsyncConnection, model: OperatingModel, stands: Standing, agent: str, kind: str) -> TrackRecord:
    """What one agent's proposals of one kind came to."""
    known = await _outcomes(tx)
    return counsel.record(agent, kind, counsel.level(agent, kind, model, stands), known[agent, kind])


async def beside(tx: AsyncConnection, known: Sequence[Case]) -> tuple[Case, ...]:
    """The cases, with the record of whoever suggests it beside each forecast that people have yet to weigh."""
    found = {call: await _record(tx, *call) for call in {_call(view) for case in known for view in _weighed(case)}}
    return tuple(_with(case, found) for case in known)


async def _record(tx: AsyncConnection, kind: str, agents: frozenset[str]) -> CallRecord | None:
    """What the newest calls came to that any of these agents stood behind. None where none was measured."""
    came_to = counsel.record("", kind, Level.ASK, await standing.calls(tx, kind, agents, counsel.RECENT))
    if not came_to.measured or came_to.right_way is None or came_to.covered is None:
        return None
    of = came_to.measured
    return CallRecord(measured=of, right=round(came_to.right_way * of), inside=round(came_to.covered * of))


def _weighed(case: Case) -> tuple[ProposalView, ...]:
    return tuple(
        view
        for view in case.proposals
        if view.status in _WAITING and view.proposal.forecast is not None and view.proposal.agents
    )


def _call(view: ProposalView) -> _Call:
    return view.proposal.action.kind, frozenset(view.proposal.agents)


def _with(case: Case, found: Mapping[_Call, CallRecord | None]) -> Case:
    if not (mine := {view.proposal.id for view in _weighed(case)}):
        return case
    views = (
        view.model_copy(update={"record": found[_call(view)]}) if view.proposal.id in mine else view
        for view in case.proposals
    )
    return case.model_copy(update={"proposals": tuple(views)})


async def fall(services: Services, writing: Writing, proposal: Proposal, *, guard_worsened: bool) -> tuple[Grant, ...]:
    """Lower the levels, of the agents behind a proposal, that what came of it no longer supports.

    Looks at the outcomes kept so far, those of this transaction among them.
    """
    kind, fallen = proposal.action.kind, list[Grant]()
    if not proposal.agents:
        return ()
    await standing.lock_autonomy(writing.tx)
    model, stands = await services.stands(writing.tx)
    known = await _outcomes(writing.tx)
    for agent in proposal.agents:
        level = counsel.level(agent, kind, model, stands)
        came_to = counsel.record(agent, kind, level, known[agent, kind])
        if because := counsel.falls(came_to, level, guard_worsened):
            at, lower = services.clock.now(), counsel.below(level)
            one = Grant(agent=agent, action=kind, level=lower, by=SYSTEM, at=at, because=because)
            await standing.grant(writing, one)
            fallen.append(one)
    if fallen:
        await writing.defer("uphold", "now", once=True)
    return tuple(fallen)


def worsened(outcome: Outcome, kind: str) -> bool:
    """Whether the figure an action was to better surely got worse: all of its interval lies on the wrong side."""
    if outcome.interval is None or not outcome.measurable:
        return False
    low, high = outcome.interval
    wanted = CATALOGUE[kind].wanted
    return (wanted > 0 and high < 0) or (wanted < 0 and low > 0)


async def _outcomes(tx: AsyncConnection) -> _Known:
    """Outcomes with their forecasts by agent and kind."""
    known: _Known = defaultdict(list)
    for proposal, outcome in await standing.outcomes(tx):
        for agent in proposal.agents:
            known[agent, proposal.action.kind].append((proposal.forecast, outcome))
    return known
