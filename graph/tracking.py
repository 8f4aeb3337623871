"""What agents' proposals came to, and the levels that fall for it by themselves."""

from collections import defaultdict

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.amendment import TrackRecord
from domain.catalogue import CATALOGUE
from domain.operating_model import OperatingModel
from domain.proposal import Forecast, Proposal
from domain.receipt import Outcome
from domain.standing import Grant, Standing
from graph import counsel
from graph.services import Services
from memory import standing
from memory.people import SYSTEM
from memory.writing import Writing

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
