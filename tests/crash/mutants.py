"""Four ways to build it wrong, kept so that the tests are tested: each must be caught."""

import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from langgraph.runtime import Runtime
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import board
from domain.action import ACTION
from domain.receipt import Receipt, ReceiptStatus
from graph import proposal
from graph.services import Services
from memory import actions
from memory.database import Database
from memory.failpoints import Failpoint
from memory.schema import ACTION as TABLE

EFFECT_IN_A_NODE = "the effect inside a graph node"
EMPTY_IS_DONE = "a reconciler that takes an empty `next` for done"
NO_LEASE = "no lease on actions"
POSTED_ANEW = "each attempt at a message looks like another one to Slack"


def apply(mutant: str) -> None:
    """Make this process one of them; "" leaves it as it is."""
    if mutant == EFFECT_IN_A_NODE:
        vars(proposal)["request_execution"] = request_execution
    elif mutant == EMPTY_IS_DONE:
        vars(proposal)["_step"] = _step
    elif mutant == NO_LEASE:
        vars(actions).update(lease=lease, holds=holds)
        Database.leased = leased  # type: ignore[method-assign]
    elif mutant == POSTED_ANEW:
        vars(board)["uuid"] = SimpleNamespace(uuid5=lambda *_: uuid.uuid4(), NAMESPACE_URL=uuid.NAMESPACE_URL)


async def request_execution(state: Any, runtime: Runtime[Services]) -> dict[str, str]:
    """Calls the platform where it stands. Killed before the checkpoint, it is run again, and calls again."""
    services = runtime.context
    async with services.database.read() as tx:
        found = await actions.state_of(tx, state["proposal_id"])
    assert found is not None
    async with services.database.engine.begin() as tx:
        held = await actions.lease(tx, found[0], "naive", 60, (actions.APPROVED,))
    if held is None:
        return {}
    effect = held.action.effect()
    executor = services.executor(effect)
    assert executor is not None
    answer = await executor.write(effect, held.token, held.fence)
    services.failpoint(Failpoint.PLATFORM_WRITTEN)
    today = services.clock.last_day()
    receipt = Receipt(
        action_id=held.action_id, proposal_id=held.proposal_id, status=_status(effect.kind), before={}, after={},
        answer=answer, at=services.clock.now(),
    )  # fmt: skip
    after = today + timedelta(days=7)
    await actions.finish(services.database, held, receipt, executed_on=today, measured_after=after)
    return {}


def _status(kind: str) -> ReceiptStatus:
    return ReceiptStatus.HANDED_OVER if kind == "hand_over" else ReceiptStatus.DONE


_real_step = vars(proposal)["_step"]


async def _step(services: Services, graph: Any, proposal_id: str) -> bool:
    """Believes that nothing is left to do where LangGraph names no next node."""
    snapshot = await graph.aget_state({"configurable": {"thread_id": proposal_id}})
    if snapshot.values and not snapshot.next:
        return False
    return await _real_step(services, graph, proposal_id)


async def lease(
    tx: AsyncConnection, action_id: str, owner: str, seconds: float, states: Sequence[str] = actions._UNDER_WAY
) -> actions.Lease | None:
    """Whoever asks may work on it."""
    del owner, seconds
    row = (await tx.execute(select(TABLE).where(TABLE.c.id == action_id))).one()
    if row.state not in states:
        return None
    known = {name: getattr(row, name) for name in actions.Lease.__dataclass_fields__ if name in row._fields}
    return actions.Lease(**(known | {"action_id": row.id, "action": ACTION.validate_python(row.body)}))


async def holds(database: Database, held: actions.Lease) -> bool:
    """It is always ours."""
    del database, held
    return True


@asynccontextmanager
async def leased(
    database: Database, what: str, seconds: float, take: Callable[[AsyncConnection], Awaitable[actions.Lease | None]]
) -> AsyncGenerator[actions.Lease | None]:
    """Nobody else is ever there."""
    del what, seconds
    async with database.engine.begin() as tx:
        held = await take(tx)
    yield held
