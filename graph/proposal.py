"""The proposal graph: one thread per proposal, from the question to the lesson. It orders and waits.

A pause stands alone in its node, because a node runs again from its first line when resumed.
"""

import asyncio
import logging
from contextlib import suppress
from itertools import pairwise
from typing import Any, TypedDict

from langgraph.constants import END, START
from langgraph.runtime import Runtime
from langgraph.types import Command, interrupt
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case import Case, ProposalStatus, ProposalView
from domain.errors import Refusal
from domain.proposal import Approved, Snoozed
from domain.receipt import ReceiptStatus
from domain.verdict import Automatic
from graph import counsel, execution, readings, tracking
from graph.drawing import Graph, new_graph
from graph.objections import objection
from graph.services import Services
from memory import actions, cases, decisions, endings, lessons, queue, standing
from memory.failpoints import Failpoint
from memory.people import SYSTEM

logger = logging.getLogger(__name__)

GRAPH_VERSION = 1
"""Counts up when nodes or state change, so that waiting threads of older versions can be told apart."""
_MOST_STEPS = 12
_SETTLED = frozenset(ReceiptStatus) - {ReceiptStatus.UNKNOWN}


class ProposalState(TypedDict, total=False):
    """Small and JSON-like: ids and words, never facts. Those are read from the database."""

    proposal_id: str
    graph_version: int
    verdict: str
    decision: str
    cleared: bool
    receipt: str
    finished: str
    """How the story ended; missing while it goes on. The only sign that a thread is done."""


def graph(checkpointer: object) -> Graph:
    """The compiled graph over the store of its threads."""
    drawn = new_graph(ProposalState, Services)
    steps = (review, ask_owner, await_decision, recheck, request_execution, await_receipt, await_window, learn, close)
    for step in steps:
        drawn.add_node(step.__name__, step)
    for before, after in pairwise((START, "review", "ask_owner", "await_decision")):
        drawn.add_edge(before, after)
    drawn.add_conditional_edges("await_decision", after_decision, ["recheck", "close"])
    drawn.add_conditional_edges("recheck", after_recheck, ["request_execution", "close"])
    drawn.add_edge("request_execution", "await_receipt")
    drawn.add_conditional_edges("await_receipt", after_receipt, ["await_window", "close"])
    for before, after in pairwise(("await_window", "learn", "close", END)):
        drawn.add_edge(before, after)
    return drawn.compile(checkpointer=checkpointer)


async def advance(services: Services, graph: Graph, proposal_id: str) -> None:
    """Take a proposal as far as what the database knows will carry it. Doing so twice changes nothing.

    One at a time per proposal, in all processes: two resumes of one pause would run what follows twice.
    """
    async with services.database.exclusively(f"proposal/{proposal_id}"):
        services.failpoint(Failpoint.THREAD_LOCKED)
        for _ in range(_MOST_STEPS):
            if not await _step(services, graph, proposal_id):
                return
    logger.error("%s did not come to rest after %s steps", proposal_id, _MOST_STEPS)


async def _step(services: Services, graph: Graph, proposal_id: str) -> bool:
    """One start or resume. False when there is nothing to do: the story is over, or waits for somebody else."""
    thread = {"configurable": {"thread_id": proposal_id}, "metadata": {"graph_version": GRAPH_VERSION}}
    snapshot = await graph.aget_state(thread)
    move: Any = None  # goes on where a crash left off; `next == ()` would not tell that the thread is done
    if not snapshot.values:
        if await _is_over(services, proposal_id):  # its thread was forgotten
            return False
        move = ProposalState(proposal_id=proposal_id, graph_version=GRAPH_VERSION)
    elif snapshot.values.get("finished") == "withdrawn":
        if not await _is_open_again(services, proposal_id):
            return False
        move = ProposalState(proposal_id=proposal_id, graph_version=GRAPH_VERSION, finished="")
    elif snapshot.values.get("finished"):
        return False
    elif snapshot.interrupts:
        pause = snapshot.interrupts[0]
        answer = await _answer(services, proposal_id, pause.value["waits_for"])
        if answer is None:
            return False
        move = Command(resume={pause.id: answer})
    await graph.ainvoke(move, thread, context=services, durability="sync")
    return True


async def _is_over(services: Services, proposal_id: str) -> bool:
    async with services.database.read() as tx:
        return await endings.is_over(tx, proposal_id)


async def _answer(services: Services, proposal_id: str, waits_for: str) -> str | None:
    """What the database already knows about what a thread waits for."""
    _, view = await found(services, proposal_id)
    match waits_for:
        case "decision":
            if isinstance(view.verdict, Automatic) and view.status is ProposalStatus.PENDING:
                await _permit(services, view)  # it was asked, and by now nobody need be
                _, view = await found(services, proposal_id)
            if view.status is ProposalStatus.WITHDRAWN:
                return "withdrawn"
            return None if view.decision is None or isinstance(view.decision, Snoozed) else view.decision.kind
        case "receipt":
            return view.receipt.status.value if view.receipt and view.receipt.status in _SETTLED else None
        case _:
            is_ripe = view.measured_after is None or services.clock.last_day() >= view.measured_after
            return "passed" if is_ripe or view.outcome else None


async def _is_open_again(services: Services, proposal_id: str) -> bool:
    _, view = await found(services, proposal_id)
    return view.status is not ProposalStatus.WITHDRAWN


async def found(services: Services, proposal_id: str) -> tuple[Case, ProposalView]:
    """A proposal that exists, with its case, as it stands now."""
    async with services.database.read() as tx:
        known = await cases.of_proposal(tx, proposal_id, services.clock.now())
    assert known is not None, f"there is no proposal {proposal_id}"
    return known


async def review(state: ProposalState, runtime: Runtime[Services]) -> ProposalState:
    """Note what governance said when the proposal was saved."""
    _, view = await found(runtime.context, _id(state))
    return {"verdict": view.verdict.kind}


async def ask_owner(state: ProposalState, runtime: Runtime[Services]) -> ProposalState:
    """Have the question on its card, or decide at once where policy needs nobody. Resuming never asks twice."""
    services = runtime.context
    case, view = await found(services, _id(state))
    if isinstance(view.verdict, Automatic) and view.decision is None:
        await _permit(services, view)
    else:
        async with services.database.engine.begin() as tx:
            await queue.put(tx, "refresh", case.signal.id, once=True)
        services.failpoint(Failpoint.QUESTION_QUEUED)
    return {}


async def _permit(services: Services, view: ProposalView) -> None:
    """Approve what policy lets happen without asking, if it still does: stopped or frozen meanwhile, it waits."""
    version, now = view.proposal.version, services.clock.now()
    permitted = Approved(proposal_id=view.proposal.id, version=version, by=SYSTEM, at=now)

    async def still_permitted(tx: AsyncConnection) -> None:
        await standing.lock_moves(tx)
        if known := await cases.of_proposal(tx, permitted.proposal_id, now):
            model, stands = await services.stands(tx, now)
            counsel.allow(permitted, known[1], known[0], model, model.moment(now), standing=stands, badge=None)

    with suppress(Refusal):  # withdrawn or changed this very moment: then the next step finds that out
        await decisions.claim(services.database, permitted, still_permitted)


def await_decision(state: ProposalState) -> ProposalState:
    """Pause until somebody decides, or nobody need any more."""
    answer: str = interrupt({"proposal_id": _id(state), "waits_for": "decision"})
    return {"decision": answer}


def after_decision(state: ProposalState) -> str:
    """Only an approval leads on."""
    return "recheck" if state.get("decision") in {"approved", "overridden"} else "close"


async def recheck(state: ProposalState, runtime: Runtime[Services]) -> ProposalState:
    """Ask governance once more: much may have changed since the question was put."""
    reason = await objection(runtime.context, _id(state))
    if reason:
        await execution.refuse(runtime.context, _id(state), reason)
    runtime.context.failpoint(Failpoint.RECHECKED)
    return {"cleared": reason is None}


def after_recheck(state: ProposalState) -> str:
    """What may no longer be done ends here, with a receipt that says why."""
    return "request_execution" if state.get("cleared") else "close"


async def request_execution(state: ProposalState, runtime: Runtime[Services]) -> ProposalState:
    """Let the action go, with the job that executes it. An action that is further already stays where it is."""
    await actions.release(runtime.context.database, _id(state))
    runtime.context.failpoint(Failpoint.RELEASE_COMMITTED)
    return {}


def await_receipt(state: ProposalState) -> ProposalState:
    """Pause until the execution has ended."""
    answer: str = interrupt({"proposal_id": _id(state), "waits_for": "receipt"})
    return {"receipt": answer}


def after_receipt(state: ProposalState) -> str:
    """Only what was done can be measured."""
    return "await_window" if state.get("receipt") in {ReceiptStatus.DONE, ReceiptStatus.HANDED_OVER} else "close"


def await_window(state: ProposalState) -> ProposalState:
    """Pause until its effect can be judged."""
    interrupt({"proposal_id": _id(state), "waits_for": "window"})
    return {}


async def learn(state: ProposalState, runtime: Runtime[Services]) -> ProposalState:
    """Measure what came of it, and remember."""
    services = runtime.context
    case, view = await found(services, _id(state))
    if view.outcome is None and view.measured_after is not None:
        last_day, desk = services.clock.last_day(), services.desk
        tables = await readings.collect(services.source, desk.needs, last_day)
        outcome = await asyncio.to_thread(desk.measure, view, case.signal, tables, last_day)
        measured = view.model_copy(update={"outcome": outcome, "status": ProposalStatus.MEASURED})
        lesson = desk.lesson_from(case, measured)
        services.failpoint(Failpoint.OUTCOME_MEASURED)
        async with services.database.write(Failpoint.OUTCOME_UNCOMMITTED) as writing:
            await writing.touch(case.signal.id)
            if await lessons.keep_outcome(writing, outcome, lesson):
                worse = tracking.worsened(outcome, view.proposal.action.kind)
                await tracking.fall(services, writing, view.proposal, guard_worsened=worse)
        services.failpoint(Failpoint.OUTCOME_WRITTEN)
    return {}


async def close(state: ProposalState) -> ProposalState:
    """The end of the story."""
    return {"finished": state.get("receipt") or state.get("decision") or "closed"}


def _id(state: ProposalState) -> str:
    return state.get("proposal_id", "")
