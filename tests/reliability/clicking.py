"""Many hands on one database: processes that press the buttons of the same proposals at the same moment."""

import asyncio
import json
import multiprocessing
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from pathlib import Path

from domain.action import SetBudget
from domain.case import Answer, Case
from domain.errors import Refusal
from domain.operating_model import Person
from domain.signal import EventKind, SignalEvent
from graph.runner import Runner
from graph.services import Services
from memory.database import Database
from tests.graph.fakes import CLEO, CORA, FIRST, MARA, Platform, Script, proposal, services, signal

PROCESSES, BURST = 4, 10
SIGNALS, PER_SIGNAL = 5, 5
PROPOSALS = SIGNALS * PER_SIGNAL
NOOR, OLU, STRANGER = "U0NOOR0001", "U0OLU00001", "U0NOBODY01"
OWNERS = (MARA, NOOR, OLU, CORA)
OTHERS = (CLEO, STRANGER)
"""A person of another role, and nobody at all."""
TWO_PEOPLE = frozenset(range(4, PROPOSALS, PER_SIGNAL))
"""Every fifth proposal needs two people: it is a larger step."""
POLICY: dict[str, object] = {"limits": ({"role": "media_lead", "max_change": 0.3, "beyond": "cmo"},)}
STALE_VERSION = 7
_PATIENCE_SECONDS = 500


@dataclass(frozen=True, slots=True)
class Click:
    """One press and what it was told."""

    proposal: str
    press: str
    by: str
    version: int
    refusal: str = ""
    """The kind of refusal; empty where it was taken."""
    told: str = ""


def prop(round_: int, number: int) -> str:
    return f"prop_{round_:04x}{number:08x}"


def sig(round_: int, number: int) -> str:
    return f"sig_{round_:04x}{number:08x}"


def day(round_: int) -> date:
    return FIRST + timedelta(days=round_)


def account(rounds: int) -> Platform:
    return Platform(values={address(one, number): "450.00" for one in range(rounds) for number in range(PROPOSALS)})


def address(round_: int, number: int) -> str:
    return f"meta/a1/campaign/c{round_}x{number}/daily_budget"


def told(rounds: int) -> Script:
    """Every round opens five signals with five proposals each, on a day of its own."""
    events: dict[date, tuple[SignalEvent, ...]] = {}
    plans: dict[str, tuple[object, ...]] = {}
    for one in range(rounds):
        opened = [signal(sig(one, number), day(one)) for number in range(SIGNALS)]
        events[day(one)] = tuple(SignalEvent(as_of=day(one), event=EventKind.OPENED, signal=s) for s in opened)
        for place, about in enumerate(opened):
            numbers = range(place * PER_SIGNAL, (place + 1) * PER_SIGNAL)
            plans[about.id] = tuple(proposal(_cut(one, number), prop(one, number), about.id) for number in numbers)
    return Script(events, plans)  # type: ignore[arg-type]


def _cut(round_: int, number: int) -> SetBudget:
    to = Decimal(270) if number in TWO_PEOPLE else Decimal(360)
    campaign, was = f"c{round_}x{number}", Decimal(450)
    return SetBudget(platform="meta", account_id="a1", currency="EUR", campaign_id=campaign, daily_budget=to, was=was)


def company(database: Database, script: Script, platform: Platform | None = None) -> Services:
    """The company of the graph's tests with two more media leads."""
    made = services(database, script, platform, policy=POLICY)
    more = tuple(
        Person(name=name, slack=slack, roles=frozenset({"media_lead"}))
        for name, slack in (("Noor Haddad", NOOR), ("Olu Ade", OLU))
    )
    desk = replace(made.desk, answer=lambda question, *_: Answer(question=question, text="Nothing new."))
    return replace(made, desk=desk, file=made.model.model_copy(update={"people": (*made.model.people, *more)}))


def press_all(where: str, rounds: int, seed: int, process: int, together: Barrier, kept: Path) -> None:
    """One process of several: all press on the same proposal at the same moment, then on the next."""
    asyncio.run(_press_all(where, rounds, random.Random(f"{seed}/{process}"), together, kept))


async def _press_all(where: str, rounds: int, chance: random.Random, together: Barrier, kept: Path) -> None:
    runner = await Runner(company(Database(where), Script({}, {}))).open()
    clicks: list[Click] = []
    for one in range(rounds):
        for number in range(PROPOSALS):
            wanted = _burst(prop(one, number), number in TWO_PEOPLE, chance)
            await asyncio.to_thread(together.wait, _PATIENCE_SECONDS)
            clicks += await asyncio.gather(*(_press(runner, click) for click in wanted))
    await runner.close()
    kept.write_text(json.dumps([asdict(click) for click in clicks]), encoding="utf-8")


def _burst(proposal_id: str, takes_two: bool, chance: random.Random) -> list[Click]:
    """What comes in within a moment: different people, different buttons, double clicks, an old card or two."""
    presses = ("approve", "reject", "snooze") if takes_two else ("approve", "approve", "override", "reject", "snooze")
    wanted: list[Click] = []
    while len(wanted) < BURST:
        by = chance.choice(OTHERS if chance.random() < 0.1 else OWNERS)
        version = STALE_VERSION if chance.random() < 0.02 else 1
        click = Click(proposal_id, chance.choice(presses), by, version)
        wanted += [click, click] if chance.random() < 0.3 else [click]
    return wanted[:BURST]


async def _press(runner: Runner, click: Click) -> Click:
    try:
        await _pressed(runner, click)
    except Refusal as refusal:
        return replace(click, refusal=type(refusal).__name__, told=str(refusal))
    return click


async def _pressed(runner: Runner, click: Click) -> Case:
    about = (click.proposal, click.version, click.by)
    match click.press:
        case "approve":
            return await runner.approve(*about)
        case "override":
            return await runner.override(*about, {"daily_budget": "400"}, "Easter week sells well")
        case "reject":
            return await runner.reject(*about, "It carries the brand search")
        case _:
            return await runner.snooze(*about, 4)


def pressed_at_once(where: str, rounds: int, seed: int, folder: Path) -> Sequence[Click]:
    """Every click of every process, as it was answered."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "tests.crash.warm"])  # one server for all tests of a worker
    together = context.Barrier(PROCESSES)
    files = [folder / f"clicks-{number}.json" for number in range(PROCESSES)]
    hands = [
        context.Process(target=press_all, args=(where, rounds, seed, number, together, kept))
        for number, kept in enumerate(files)
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(_PATIENCE_SECONDS * rounds)
    codes = [hand.exitcode for hand in hands]
    assert codes == [0] * PROCESSES, codes
    return [Click(**one) for kept in files for one in json.loads(kept.read_text("utf-8"))]
