"""A company that governs: two media leads, a CMO, and a runner whose policy changes while it runs."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from domain.amendment import AmendmentView
from domain.operating_model import Freeze, OperatingModel, Person
from domain.proposal import Proposal
from domain.signal import EventKind, SignalEvent
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import CORA, FIRST, SCOPE, HandClock, Platform, Script, Wall, model, proposal, services, signal

NOOR, ANNA = "U0NOOR0001", "U0ANNA0001"
PROP, SIG = "prop_00000000000a", "sig_000000000001"
Start = Callable[..., Awaitable[Runner]]


def people(one: OperatingModel, **more: object) -> OperatingModel:
    """The same company with a second media lead and a second CMO."""
    noor = Person(name="Noor Haddad", slack=NOOR, roles=frozenset({"media_lead"}))
    anna = Person(name="Anna Beck", slack=ANNA, roles=frozenset({"cmo"}))
    return one.model_copy(update={"people": (*one.people, noor, anna), **more})


def separate(*proposals: Proposal) -> Script:
    """Each proposal on a signal, and so a case, of its own."""
    events, plans = list[SignalEvent](), dict[str, tuple[Proposal, ...]]()
    for number, one in enumerate(proposals, start=1):
        ident = f"sig_{number:012x}"
        about = signal(ident).model_copy(update={"scope": SCOPE.model_copy(update={"campaign_id": f"c{number}"})})
        events.append(SignalEvent(as_of=FIRST, event=EventKind.OPENED, signal=about))
        plans[ident] = (one.model_copy(update={"signal_id": ident}),)
    return Script({FIRST: tuple(events)}, plans)


@asynccontextmanager
async def companies(address: str) -> AsyncIterator[Start]:
    """Starts processes of one company, all on one database, closed at the end."""
    async with AsyncExitStack() as stack:

        async def start(
            policy: dict[str, object] | None = None, model_: dict[str, object] | None = None, **more: object
        ):
            made = services(Database(address), **more)
            runner = Runner(replace(made, file=people(model(**(policy or {})), **(model_ or {}))))
            await runner.open()
            stack.push_async_callback(runner.close)
            return runner

        yield start


async def enact(
    runner: Runner, part: str, values: dict[str, str], *, by: tuple[str, ...] = (CORA, ANNA)
) -> AmendmentView:
    """Draft a change and have as many people agree as it takes."""
    view = await runner.governing.draft(CORA, part, values, "the test says so")
    for who in by[: view.quorum]:
        view = await runner.governing.agree(view.amendment.id, who)
    return view


__all__ = [
    "ANNA", "NOOR", "PROP", "SIG", "Freeze", "HandClock", "Platform", "Start", "Wall", "companies", "enact", "people",
    "proposal", "separate",
]  # fmt: skip
