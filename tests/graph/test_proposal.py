"""The proposal graph is a projection: wherever it breaks, what the database knows takes it further."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from domain.action import FixTracking
from domain.case import ProposalStatus
from graph import proposal
from graph.checkpoints import Checkpoints
from graph.runner import Runner
from graph.services import Services
from memory.database import Database
from tests.graph.fakes import FIRST, MARA, HandClock, Platform, opened, refresh, services
from tests.graph.fakes import proposal as asked_for

PROP, SIG = "prop_00000000000a", "sig_000000000001"


@pytest.fixture
async def checkpoints(database: Database) -> AsyncIterator[Checkpoints]:
    store = Checkpoints(database)
    await store.open()
    yield store
    await store.close()


class Breaking:
    """A saver whose n-th save of one kind fails, as when the process dies right there."""

    def __init__(self, saver: Any, kind: str, after: int) -> None:
        self._saver, self._kind, self._left = saver, kind, after
        self._real = getattr(saver, kind)

    def __enter__(self) -> "Breaking":
        setattr(self._saver, self._kind, self._save)
        return self

    def __exit__(self, *_: object) -> None:
        setattr(self._saver, self._kind, self._real)

    async def _save(self, *args: Any, **more: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            raise ConnectionError("the lights went out")
        return await self._real(*args, **more)


def thread(ident: str = PROP) -> dict[str, dict[str, str]]:
    return {"configurable": {"thread_id": ident}}


async def swept(world: Services) -> Runner:
    runner = Runner(world)
    await runner.open()
    await runner.sweep(FIRST)
    return runner


@pytest.mark.parametrize("kind", ["aput", "aput_writes"])
async def test_whichever_save_fails_the_story_ends_the_same(address: str, checkpoints: Checkpoints, kind: str):
    """And at some of those points LangGraph says that nothing is next, though the story is not over."""
    saver: Any = checkpoints.saver
    looked_done = 0
    for after in range(1, 40):
        platform, clock = Platform(), HandClock(FIRST + timedelta(days=after))
        ident, signal_id = f"prop_{kind[-1]}{after:011x}", f"sig_{kind[-1]}{after:011x}"
        script = opened(asked_for(ident=ident, signal_id=signal_id), signal_id=signal_id, day=clock.last_day())
        world = services(Database(address), script, platform, clock)
        runner = Runner(world)
        await runner.open()
        await runner.sweep(clock.last_day())
        graph = proposal.graph(saver)
        failed = False
        with Breaking(saver, kind, after):
            for step in ("ask", "decide", "execute", "measure"):
                if step == "decide":
                    await runner.approve(ident, 1, MARA)
                if step == "measure":
                    clock.pass_days(7)
                try:
                    await proposal.advance(world, graph, ident)
                except ConnectionError:
                    failed = True
                    state = await graph.aget_state(thread(ident))
                    looked_done += bool(state.values) and state.next == () and not state.values.get("finished")
                if step == "execute":
                    await runner.settle()
        await runner.settle()
        await proposal.advance(world, graph, ident)
        (view,) = (await runner.case(signal_id)).proposals
        state = await graph.aget_state(thread(ident))
        assert (view.status, len(platform.effects)) == (ProposalStatus.MEASURED, 1), after
        assert state.values["finished"] == "done", after
        await runner.close()
        if not failed:
            break
    else:
        pytest.fail("every save failed")
    assert after > 3, "nothing was ever broken"
    if kind == "aput":
        assert looked_done, "the trap this guards against never opened"


async def test_advancing_at_once_from_many_places_executes_once(address: str, checkpoints: Checkpoints):
    platform = Platform()
    world = services(Database(address), platform=platform)
    runner = await swept(world)
    graph = proposal.graph(checkpoints.saver)
    await runner.approve(PROP, 1, MARA)
    await asyncio.gather(*(proposal.advance(world, graph, PROP) for _ in range(8)))
    await asyncio.gather(*(runner.settle() for _ in range(3)))
    assert len(platform.effects) == 1
    await runner.close()


async def test_a_thread_holds_nothing_but_small_json(address: str, checkpoints: Checkpoints):
    world = services(Database(address), script=opened(asked_for(refresh(), owner="media_lead")))
    runner = await swept(world)
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    state = (await proposal.graph(checkpoints.saver).aget_state(thread())).values
    assert state["graph_version"] == proposal.GRAPH_VERSION
    assert all(type(value) in {str, int, bool} for value in state.values()), state
    assert len(str(state)) < 300
    await runner.close()


async def test_a_waiting_thread_survives_pruning(address: str, checkpoints: Checkpoints):
    platform = Platform()
    world = services(Database(address), platform=platform)
    runner = await swept(world)
    await proposal.advance(world, proposal.graph(checkpoints.saver), PROP)
    assert await checkpoints.shrink() == 1
    assert await checkpoints.shrink() == 0
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    assert len(platform.effects) == 1
    await runner.close()


async def test_what_policy_allows_is_done_without_asking(address: str):
    platform = Platform()
    action = FixTracking(platform="meta", account_id="a1", currency="EUR", symptom="No conversions since Friday.")
    script = opened(asked_for(action, owner="media_lead"))
    runner = await swept(services(Database(address), script, platform, policy={"automatic": {"fix_tracking"}}))
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert view.decision
    assert (view.verdict.kind, view.status, view.decision.by) == ("automatic", ProposalStatus.EXECUTED, "baton")
    assert len(platform.tasks) == 1
    await runner.close()
