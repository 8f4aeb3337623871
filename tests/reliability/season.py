"""A season of a small company, one event at a time, and what must be true after each of them.

What must be so is written down here by itself: who may press what is decided from rows and a table of roles, never by
asking the code under test.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

import psycopg
from psycopg.rows import namedtuple_row

from domain.action import SetBudget
from domain.case import Case
from domain.effect import Effect
from domain.errors import Refusal
from domain.operating_model import OperatingModel
from domain.proposal import Proposal, Snoozed
from domain.signal import CloseReason, EventKind, SignalEvent
from graph.runner import Runner
from memory import operating_models
from memory.database import Database
from memory.failpoints import Failpoint
from tests.graph.fakes import (
    CLEO,
    CORA,
    MARA,
    HandClock,
    Platform,
    Script,
    Wall,
    proposal,
    refresh,
    services,
    signal,
)  # fmt: skip

T = TypeVar("T")
NOOR, NOBODY = "U0NOOR0001", "U0NOBODY01"
PEOPLE = (MARA, NOOR, CLEO, CORA, NOBODY)
ONE, TWO, TASK = "a", "b", "c"
"""Kinds of question: a small step by one person, a large one by two (one the CMO), a task for the creatives."""
MAY = {ONE: {"media_lead", "cmo"}, TWO: {"media_lead", "cmo"}, TASK: {"creative_lead", "cmo"}}
FINAL = {"approve": "approved", "override": "overridden", "reject": "rejected"}
POLICY: dict[str, object] = {"limits": ({"role": "media_lead", "max_change": 0.3, "beyond": "cmo"},)}
_AT_REST = ("done", "handed_over", "failed", "drifted")


class Killed(BaseException):
    """The process ended here. Nothing of ours may catch it."""


class Migrated(Database):
    """The tables are there: a test that opens a database five hundred times need not look."""

    async def open(self) -> None:
        return


class Unforgiving(Platform):
    """An ad account that does not know tokens: what is written twice happens twice."""

    def _apply(self, effect: Effect, token: str) -> None:
        super()._apply(effect, token)
        self.answered.clear()

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        self.answered.pop(token, None)
        fault, self.faults = (self.faults[:1] or [""])[0], self.faults[1:]
        if fault in {"down", "lost before"}:
            self.faults.insert(0, fault)
            return await super().write(effect, token, fence)
        self._apply(effect, token)
        if fault == "lost":
            self.answered[token], self.faults = "set", ["lost before", *self.faults]
            return await super().write(effect, token, fence)
        return "set"


@dataclass
class Books:
    """What was told to people, and what was seen so far."""

    acked: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Final decisions somebody was told are theirs, by proposal."""
    maybe: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])
    """Presses during which the process died: proposal, decision, person."""
    decided: dict[str, tuple[str, int]] = field(default_factory=dict[str, tuple[str, int]])
    refused: int = 0
    """Refusals told: each has a line at least, one more where the process died before it was told."""


class Season:
    """The company, its clock and its people."""

    def __init__(self, address: str, loop: asyncio.AbstractEventLoop) -> None:
        self.address, self._loop = address, loop
        self.clock, self.platform, self.wall = HandClock(), Unforgiving(values={}), Wall()
        self.script, self.books = Script({}, {}), Books()
        self.open: dict[str, int] = {}
        self.roles = {MARA: {"media_lead"}, NOOR: {"media_lead"}, CLEO: {"creative_lead"}, CORA: {"cmo"}, NOBODY: set()}
        self.armed: str | None = None
        self.eye = psycopg.Connection.connect(address, autocommit=True, row_factory=namedtuple_row)
        self.runner: Runner
        self.start()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    # The process ---------------------------------------------------------------------------------------------------

    def start(self) -> None:
        company = services(
            Migrated(self.address), self.script, self.platform, self.clock, board=self.wall, failpoint=self._reached,
            pause_seconds=0.001, policy=POLICY,
        )  # fmt: skip
        self.runner = self.do(Runner(replace(company, file=self._model(company.file))).open())

    def restart(self) -> None:
        self.armed = None
        self.do(self.runner.close())
        self.start()

    def stop(self) -> None:
        self.do(self.runner.close())
        self.eye.close()

    def _reached(self, step: str) -> None:
        if step == self.armed:
            self.armed = None
            raise Killed

    def surviving(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What comes of it; where the process is killed on the way, a new one begins."""
        try:
            return self.do(work)
        except Killed:
            self.restart()
            return None

    # The market and the clock --------------------------------------------------------------------------------------

    def sweep(self, kind: EventKind, number: int) -> None:
        """A new day, on which one signal opens, changes or closes."""
        self.clock.pass_days(1)
        today, ident = self.clock.day, sig(number)
        version = self.open.get(ident, 0) + 1
        about = signal(ident, today, f"{100 + version}.00", version)
        reason = CloseReason.RECOVERED if kind is EventKind.CLOSED else None
        self.script.events[today] = (SignalEvent(as_of=today, event=kind, signal=about, reason=reason),)
        self.script.plans[ident] = questions(number, version)
        for kind_of in (ONE, TWO):
            self.platform.values.setdefault(budget(number, kind_of), "450.00")
        self.surviving(self.runner.sweep(today))
        self.do(self.runner.sweep(today))
        if kind is EventKind.CLOSED:
            self.open.pop(ident, None)
        else:
            self.open[ident] = version

    def settle(self) -> None:
        self.surviving(self.runner.settle())

    def appoint(self, person: str, role: str, *, holds: bool) -> None:
        """A person gains or loses a role, as an agreed amendment would have it: the last architect stays one."""
        others = [one for one, roles in self.roles.items() if one != person and "cmo" in roles]
        if person == NOBODY or (role == "cmo" and not holds and not others):
            return
        (self.roles[person].add if holds else self.roles[person].discard)(role)

        async def enact() -> None:
            database = Migrated(self.address)
            async with database.write() as writing:
                before = await operating_models.current(writing.tx, None)
                assert before is not None
                after = replace(before, version=before.version + 1, model=self._model(before.model))
                await operating_models._keep(writing, after, before=before.model, by=CORA)  # pyright: ignore[reportPrivateUsage]
            await database.close()

        self.do(enact())

    def _model(self, model: OperatingModel) -> OperatingModel:
        known = {person.slack: person for person in model.people}
        noor = known[MARA].model_copy(update={"slack": NOOR, "name": "Noor Haddad"})
        people = [known.get(slack, noor) for slack in (MARA, NOOR, CLEO, CORA)]
        return model.model_copy(
            update={
                "people": tuple(one.model_copy(update={"roles": frozenset(self.roles[one.slack])}) for one in people)
            }
        )

    # The people ----------------------------------------------------------------------------------------------------

    def press(self, by: str, what: str, ident: str, behind: int) -> None:
        """One press. Where nothing died, it must be taken exactly when the rules below say so."""
        row = self.row(ident)
        version = row.version - behind
        may = self.may(by, what, row, version)
        try:
            case = self.surviving(self._pressed(by, what, ident, version))
        except Refusal as refusal:
            self.books.refused += 1
            assert may is not True, f"{by} may {what} {ident}, and was told: {refusal}"
            return
        if case is None:
            self.books.maybe.add((ident, FINAL.get(what, what), by))
            return
        assert may is not False, f"{by} may not {what} {ident}, and was not refused"
        view = next(one for one in case.proposals if one.proposal.id == ident)
        if view.decision is not None and not isinstance(view.decision, Snoozed):
            assert (view.decision.kind, view.decision.by) == (FINAL[what], by)
            assert ident not in self.books.acked, "two were told that their decision stands"
            self.books.acked[ident] = (view.decision.kind, by)

    async def _pressed(self, by: str, what: str, ident: str, version: int) -> Case:
        match what:
            case "approve":
                return await self.runner.approve(ident, version, by)
            case "override":
                return await self.runner.override(ident, version, by, {"daily_budget": "400"}, "Easter sells well")
            case "reject":
                return await self.runner.reject(ident, version, by, "It carries the brand")
            case _:
                return await self.runner.snooze(ident, version, by, 24)

    def may(self, by: str, what: str, row: Any, version: int) -> bool | None:
        """Whether a press must be taken; None where it is not for this small table to say."""
        if not self.roles[by] & MAY[kind_of(row.id)] or row.decided or not row.is_open or row.withdrawn_at:
            return False if planned(row.id) or row.decided or not row.is_open or row.withdrawn_at else None
        if version != row.version or (row.expires_at is not None and row.expires_at <= self.clock.now()):
            return False
        if not planned(row.id) or what == "override":
            return None
        if what != "approve" or kind_of(row.id) != TWO:
            return True
        agreed = self.agreed(row)
        enough = "cmo" in self.roles[by] or any("cmo" in self.roles[one] for one in agreed)
        return by not in agreed and (enough or not agreed)

    def agreed(self, row: Any) -> list[str]:
        view = self.do(self.runner.case(row.signal_id))
        return [who for one in view.proposals if one.proposal.id == row.id for who in one.approvals]

    # What must be so -----------------------------------------------------------------------------------------------

    def row(self, ident: str) -> Any:
        found = self.eye.execute(
            "SELECT p.id, p.signal_id, p.version, p.expires_at, p.withdrawn_at, s.is_open,"
            " EXISTS (SELECT 1 FROM decision d WHERE d.proposal_id = p.id) AS decided"
            " FROM proposal p JOIN signal s ON s.id = p.signal_id WHERE p.id = %s",
            [ident],
        ).fetchone()
        assert found
        return found

    def questions(self) -> list[str]:
        """Every question ever put, oldest first."""
        return [row.id for row in self.eye.execute("SELECT id FROM proposal ORDER BY signal_id, place, id")]

    def check(self) -> None:
        decided = {
            row.proposal_id: (row.kind, row.version)
            for row in self.eye.execute("SELECT proposal_id, kind, version FROM decision")
        }
        assert self.books.decided.items() <= decided.items(), "a decision stays"
        self.books.decided = decided
        for ident, (kind, _) in self.books.acked.items():
            assert decided[ident][0] == kind, "I1: what somebody was told stands"
        for ident, (kind, _) in decided.items():
            known = ident in self.books.acked or kind == "expired"
            assert known or any(one[:2] == (ident, kind) for one in self.books.maybe), f"nobody decided {ident}"
        lines = Counter({(row.kind, row.subject): row.n for row in self.eye.execute(_LINES)})
        assert {(f"decision.{kind}", ident): 1 for ident, (kind, _) in decided.items()} == {
            key: times for key, times in lines.items() if key[0] in _DECISION_LINES
        }, "I2: one decision, one line"
        self.effects_follow_decisions(decided)
        assert self.eye.execute(_BROKEN).fetchall() == [], "I6: each line follows the one before"
        assert sum(times for key, times in lines.items() if key[0] == "refusal") >= self.books.refused

    def effects_follow_decisions(self, decided: dict[str, tuple[str, int]]) -> None:
        actions = list(self.eye.execute("SELECT proposal_id, token, state FROM action"))
        approved = {ident for ident, (kind, _) in decided.items() if kind in {"approved", "overridden"}}
        assert {row.proposal_id for row in actions} == approved, "I4 and I5: actions of what was approved, no others"
        assert len(actions) == len(approved)
        effects = Counter(self.platform.effects)
        assert set(effects) <= {row.token for row in actions}, "I4: no effect without a decision"
        assert [token for token, times in effects.items() if times > 1] == [], "I3: no effect twice"

    def end(self) -> None:
        """Everything passes: then nothing is left under way, and every card shows the state."""
        self.armed, self.platform.faults, self.platform.unreadable = None, [], 0
        for _ in range(4):
            self.clock.pass_days(20)
            self.settle()
        self.check()
        states = [row.state for row in self.eye.execute("SELECT state FROM action")]
        assert [state for state in states if state not in _AT_REST] == []
        unmeasured = self.eye.execute(
            "SELECT proposal_id FROM action WHERE measured_after IS NOT NULL"
            " AND proposal_id NOT IN (SELECT proposal_id FROM outcome)"
        ).fetchall()
        assert unmeasured == [], "what was done is measured"
        waiting = self.eye.execute(
            "SELECT p.id FROM proposal p JOIN signal s ON s.id = p.signal_id WHERE p.withdrawn_at IS NULL"
            " AND p.id NOT IN (SELECT proposal_id FROM decision) AND p.expires_at <= %s",
            [self.clock.now()],
        ).fetchall()
        assert waiting == [], "what nobody answered has expired"
        assert self.eye.execute("SELECT id FROM signal WHERE drawn < revision").fetchall() == [], "I7: cards show it"
        assert self.do(self.runner.verify()).problems == ()


_LINES = "SELECT kind, subject, count(*) AS n FROM ledger GROUP BY kind, subject"
_DECISION_LINES = {f"decision.{kind}" for kind in ("approved", "overridden", "rejected", "expired")}
_BROKEN = (
    "SELECT seq FROM (SELECT seq, prev_hash, lag(hash, 1, repeat('0', 64)) OVER (ORDER BY seq) AS before,"
    " row_number() OVER (ORDER BY seq) AS place FROM ledger) AS chain WHERE prev_hash <> before OR seq <> place"
)
STEPS = tuple(step.value for step in Failpoint)


def sig(number: int) -> str:
    return f"sig_{number:012x}"


def prop(number: int, kind: str) -> str:
    return f"prop_{hashlib.sha256(f'{number}/{kind}'.encode()).hexdigest()[:11]}{kind}"


_PLANNED = {prop(number, kind): kind for number in range(16) for kind in (ONE, TWO, TASK)}


def planned(ident: str) -> bool:
    """Whether it was asked by a plan of ours; what is put again has another name."""
    return ident in _PLANNED


def kind_of(ident: str) -> str:
    return _PLANNED.get(ident, ONE)


def budget(number: int, kind: str) -> str:
    return f"meta/a1/campaign/c{number}{kind}/daily_budget"


def questions(number: int, version: int) -> tuple[Proposal, ...]:
    """What is asked about a signal. Each version of it asks for another amount; the third leaves out the large step."""

    def cut(kind: str, to: int) -> SetBudget:
        return SetBudget(
            platform="meta", account_id="a1", currency="EUR", campaign_id=f"c{number}{kind}", daily_budget=Decimal(to),
            was=Decimal(450),
        )  # fmt: skip

    small = proposal(cut(ONE, 360 + version), prop(number, ONE), sig(number))
    large = proposal(cut(TWO, 270 + version), prop(number, TWO), sig(number))
    task = proposal(refresh(), prop(number, TASK), sig(number), "creative_lead")
    return (small, task) if version == 3 else (small, large, task)
