"""What governance has against an execution: asked before one is prepared, and once more as it begins."""

from collections.abc import Mapping
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ports import Executor
from graph import counsel
from graph.services import Services
from memory import actions, cases
from memory.actions import Lease


async def objection(services: Services, proposal_id: str, tx: AsyncConnection | None = None) -> str | None:
    """Why an approved action may not be executed after all, as a transaction sees it; None where it may."""
    if tx is None:
        async with services.database.read() as reading:
            return await objection(services, proposal_id, reading)
    now = services.clock.now()
    found = await cases.of_proposal(tx, proposal_id, now)
    model, standing = await services.stands(tx)
    assert found is not None, f"{proposal_id} has an action but no row"
    return counsel.still_valid(found[1], found[0], model, model.moment(now), standing)


async def intend(services: Services, held: Lease, executor: Executor, live: Mapping[str, str]) -> str | None:
    """Note that a write comes next, unless there is an objection by now: a stop may have come since it was asked."""
    objects = partial(objection, services, held.proposal_id)
    return await actions.intend(services.database, held, live, executor.name, objects)
