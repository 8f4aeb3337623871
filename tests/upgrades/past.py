"""What happened before a database was dumped: the same story for every release, told by the fakes of the graph's tests.

Two signals. The first ended long ago: one proposal measured, one nobody answered. The second is at work: one proposal
handed over, one changed, one rejected, one snoozed, one approved by the first of two people, one withdrawn by a newer
look. The last one, `ASKED`, stands wherever the dump was made: waiting, executing or measuring.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from decimal import Decimal

from domain.action import SetBudget
from domain.case import Post
from domain.proposal import Proposal
from domain.signal import CloseReason, EventKind, SignalEvent
from graph.runner import Runner
from tests.graph.fakes import CLEO, FIRST, MARA, HandClock, Platform, Script, opened, proposal, refresh, signal

WAITING, EXECUTING, MEASURING = "waiting", "executing", "measuring"
POINTS = (WAITING, EXECUTING, MEASURING)

OVER, OPEN = "sig_00000000000a", "sig_00000000000b"
MEASURED, EXPIRED = "prop_0000000000a1", "prop_0000000000a2"
ASKED, HANDED_OVER, CHANGED, REJECTED = (
    "prop_0000000000b1",
    "prop_0000000000b2",
    "prop_0000000000b3",
    "prop_0000000000b4",
)
SNOOZED, HALF_AGREED, WITHDRAWN = "prop_0000000000b5", "prop_0000000000b6", "prop_0000000000b7"
POLICY: dict[str, object] = {"limits": ({"role": "media_lead", "max_change": 0.3, "beyond": "cmo"},)}
"""A cut of two fifths needs the CMO as well."""
SECOND = FIRST + timedelta(days=7)
THIRD = SECOND + timedelta(days=1)


class Killed(BaseException):
    """The process ended here. Nothing of ours may catch it."""


def budget(campaign: str) -> str:
    return f"meta/a1/campaign/{campaign}/daily_budget"


def platform() -> Platform:
    return Platform(values={budget(f"c{number}"): "450.00" for number in range(1, 10)})


def cut(campaign: str, to: str = "360.00") -> SetBudget:
    return SetBudget(
        platform="meta",
        account_id="a1",
        currency="EUR",
        campaign_id=campaign,
        daily_budget=Decimal(to),
        was=Decimal(450),
    )


def script() -> Script:
    first = opened(proposal(cut("c1"), MEASURED, OVER), proposal(cut("c2"), EXPIRED, OVER), signal_id=OVER)
    asked = _asked()
    newer = signal(OPEN, THIRD, "140.00", version=2).model_copy(update={"opened_on": SECOND})
    gone = signal(OVER, SECOND)
    return Script(
        {
            **first.events,
            SECOND: (
                SignalEvent(as_of=SECOND, event=EventKind.CLOSED, signal=gone, reason=CloseReason.RECOVERED),
                SignalEvent(as_of=SECOND, event=EventKind.OPENED, signal=signal(OPEN, SECOND)),
            ),
            THIRD: (SignalEvent(as_of=THIRD, event=EventKind.UPDATED, signal=newer),),
        },
        {**first.plans, OPEN: asked},
    )  # fmt: skip


def _asked() -> tuple[Proposal, ...]:
    return (
        proposal(cut("c3"), ASKED, OPEN),
        proposal(refresh(), HANDED_OVER, OPEN, "creative_lead"),
        proposal(cut("c4"), CHANGED, OPEN),
        proposal(cut("c5"), REJECTED, OPEN),
        proposal(cut("c6"), SNOOZED, OPEN),
        proposal(cut("c7", "270.00"), HALF_AGREED, OPEN),
        proposal(cut("c8"), WITHDRAWN, OPEN),
    )


async def until(
    point: str,
    runner: Runner,
    told: Script,
    clock: HandClock,
    work: Callable[[], Awaitable[None]],
    end: Callable[[], None],
) -> None:
    """Let it all happen up to a point. `work` does what waits; `end` has the next write to the platform be the last."""
    await runner.sweep(FIRST)
    await work()
    await runner.approve(MEASURED, 1, MARA)
    await work()
    clock.pass_days(7)
    await work()
    await runner.sweep(SECOND)
    await work()
    await runner.posted(OPEN, Post(key=f"{OPEN}/card", channel="C0SIGNALS01", ts="1773480600.000001", digest="/1"))
    await runner.uploaded(f"{OPEN}/chart/0123456789abcdef", "F0CHART0001")
    await runner.approve(HANDED_OVER, 1, CLEO)
    await runner.override(CHANGED, 1, MARA, {"daily_budget": "400"}, "Easter week sells well")
    await runner.reject(REJECTED, 1, MARA, "This one carries the brand search")
    await work()
    clock.pass_days(1)
    told.plans[OPEN] = tuple(one for one in told.plans[OPEN] if one.id != WITHDRAWN)
    await runner.sweep(THIRD)
    await work()
    await runner.snooze(SNOOZED, 1, MARA, 24)
    await runner.approve(HALF_AGREED, 1, MARA)
    if point == WAITING:
        return
    await runner.approve(ASKED, 1, MARA)
    if point == EXECUTING:
        end()
        await runner.settle()
    await work()
