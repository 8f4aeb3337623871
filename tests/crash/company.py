"""The company the kill tests are about: two signals, four questions; a clock and an index that outlive everybody."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from slack_sdk.web.async_client import AsyncWebClient

from bot.board import SlackBoard
from connectors.executors.ad_account import AdAccount
from domain.action import FixTracking, SetBudget
from domain.case import Case, ProposalView
from domain.chart import Chart
from domain.lesson import Lesson, Wanted
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import CloseReason, EventKind, Signal, SignalEvent
from graph.runner import Runner
from graph.services import Services
from memory.database import Database
from memory.patience import STANDSTILL_SECONDS, Patience
from tests.graph import fakes
from tests.graph.fakes import CLEO, CORA, FIRST, MARA, STRANGER, Script

PEOPLE = (MARA, CLEO, CORA, STRANGER)
FIRST_SIGNAL, SECOND_SIGNAL = "sig_000000000001", "sig_000000000002"
CUT, REFRESH, TRIM, TRACKING = (f"prop_00000000000{letter}" for letter in "abcd")
"""Two must agree on the cut; the creative lead decides the refresh, one media lead the trim; tracking needs nobody."""
VALUES = {f"meta/a1/campaign/{name}/daily_budget": "450.00" for name in ("c3", "c4")}
POLICY: dict[str, object] = {
    "limits": ({"role": "media_lead", "max_change": 0.1, "beyond": "cmo"},),
    "automatic": {"fix_tracking"},
    "max_budget_change": 0.5,
}
CLOSES_ON = FIRST + timedelta(days=17)
STAGES = (timedelta(hours=25), timedelta(days=8), timedelta(days=15), timedelta(days=17, hours=1))
"""How far the clock is moved each time everything is at rest: a snooze ends, windows pass, the signals close."""
LEASE_SECONDS, SHORT_LEASE_SECONDS = 30.0, 1.5
"""The short one runs out while a test looks on, and is longer than the account takes to answer on an idle machine."""


class Broken(Exception):
    """An error nobody thought of."""


@dataclass(frozen=True)
class Place:
    """Where everything is that outlives a process. Can be handed to one."""

    database: str
    account: str
    slack: str
    folder: Path
    only: str = ""
    """The one proposal there is; "": all four."""
    lease_seconds: float = LEASE_SECONDS
    standstill_seconds: float = STANDSTILL_SECONDS
    """After which whoever gives no sign of life loses its locks."""

    @property
    def acked(self) -> Path:
        return self.folder / "acked"


class LastingClock:
    """The company's time, in a file, for all its processes; it stands still until somebody moves it."""

    zone = ZoneInfo("UTC")

    def __init__(self, folder: Path) -> None:
        self._path = folder / "clock"

    def now(self) -> datetime:
        return _MORNING + self.passed()

    def last_day(self) -> date:
        return (self.now() - timedelta(days=1)).date()

    def passed(self) -> timedelta:
        return timedelta(seconds=float(self._path.read_text())) if self._path.exists() else timedelta()

    def pass_to(self, passed: timedelta) -> None:
        """Never goes back."""
        new = self._path.with_suffix(f".{os.getpid()}")
        new.write_text(str(max(passed, self.passed()).total_seconds()))
        new.replace(self._path)


_MORNING = datetime.combine(FIRST + timedelta(days=1), time(9, 12), LastingClock.zone)


class Shelf:
    """An index of lessons that is a file with their ids, one a line."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lessons"

    def ids(self) -> set[str]:
        return set(self._path.read_text().split()) if self._path.exists() else set()

    async def add(self, lessons: Sequence[Lesson]) -> None:
        with self._path.open("a") as shelf:
            shelf.writelines(f"{lesson.id}\n" for lesson in lessons)

    async def search(
        self, words: str, *, scope: Scope | None = None, wanted: Wanted | None = None, today: date | None = None,
        limit: int = 5,
    ) -> list[str]:  # fmt: skip
        del words, scope, wanted, today
        return sorted(self.ids())[:limit]

    async def rebuild(self, lessons: Sequence[Lesson]) -> None:
        await self.add(lessons)


def script(only: str = "") -> Script:
    """Both signals open on the first day and close once everything could be measured. `only`: one of the proposals."""
    plans = {
        FIRST_SIGNAL: (
            fakes.proposal(fakes.cut(), CUT, FIRST_SIGNAL),
            fakes.proposal(fakes.refresh(), REFRESH, FIRST_SIGNAL, owner="creative_lead"),
        ),
        SECOND_SIGNAL: (
            fakes.proposal(_trim(), TRIM, SECOND_SIGNAL),
            fakes.proposal(_tracking(), TRACKING, SECOND_SIGNAL, owner="media_lead"),
        ),
    }
    if only:
        chosen = {ident: tuple(one for one in plan if one.id == only) for ident, plan in plans.items()}
        plans = {ident: plan for ident, plan in chosen.items() if plan}
    both = [fakes.signal(ident) for ident in plans]
    return Script({FIRST: _events(both, EventKind.OPENED), CLOSES_ON: _events(both, EventKind.CLOSED)}, plans)


def _events(about: Sequence[Signal], kind: EventKind) -> tuple[SignalEvent, ...]:
    reason, day = (CloseReason.RECOVERED, CLOSES_ON) if kind is EventKind.CLOSED else (None, FIRST)
    return tuple(SignalEvent(as_of=day, event=kind, signal=one, reason=reason) for one in about)


def _trim() -> SetBudget:
    return fakes.cut("410.00").model_copy(update={"campaign_id": "c4"})


def _tracking() -> FixTracking:
    return FixTracking(platform="meta", account_id="a1", currency="EUR", symptom="No conversions since Friday.")


def services(place: Place, worker: str, failpoint: object = None) -> Services:
    """What one process of the company works with: real database, real ad account client, the tests' agents."""
    made = fakes.services(
        Database(place.database, pool_size=6, waits=Patience(place.standstill_seconds / 6, place.standstill_seconds)),
        script(place.only),
        clock=LastingClock(place.folder),  # type: ignore[arg-type]
        policy=POLICY,
        worker=worker,
        lease_seconds=place.lease_seconds,
        **({"failpoint": failpoint} if failpoint else {}),  # type: ignore[arg-type]
    )
    account = AdAccount(place.account, timeout=5)
    desk = replace(made.desk, chart=_no_chart)
    return replace(made, executors=(account,), lessons=Shelf(place.folder), desk=desk)


def with_board(runner: Runner, place: Place) -> Runner:
    """The same, with cards in Slack."""
    runner.show_on(SlackBoard(runner, AsyncWebClient(token="xoxb-test", base_url=f"{place.slack}/api/")))
    return runner


def _no_chart(about: Signal, readings: Readings, known: Sequence[Case]) -> Chart | None:
    del about, readings, known
    return None


def wanted_effect(view: ProposalView) -> str:
    """How the account writes down what was approved: to be compared with what it wrote down."""
    effect = view.done.effect()
    if effect.kind == "hand_over":
        what: object = {"entity": effect.entity, "task": effect.task, "details": dict(effect.details)}
    else:
        what = [{"address": one.address, "was": one.was, "to": one.to} for one in effect.settings]
    return json.dumps(what, sort_keys=True)
