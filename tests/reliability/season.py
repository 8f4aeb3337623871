"""A season of a small company, one event at a time, and what must be true after each of them.

What must be so is written down here by itself: who may press what is decided from rows and a table of roles, never by
asking the code under test.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

import psycopg
from psycopg.rows import namedtuple_row

from domain.case import Case
from domain.errors import NotYet, Refusal
from domain.operating_model import OperatingModel
from domain.proposal import Snoozed
from domain.signal import CloseReason, EventKind, SignalEvent
from graph.runner import Runner
from graph.services import Services
from memory import operating_models
from memory.failpoints import Failpoint
from tests.graph.fakes import CLEO, CORA, MARA, HandClock, Wall, services, signal
from tests.reliability.company import (
    MAY,
    NOBODY,
    NOOR,
    ONE,
    POLICY,
    TWO,
    Market,
    Migrated,
    Unforgiving,
    budget,
    kind_of,
    planned,
    questions,
    sig,
)  # fmt: skip

T = TypeVar("T")
FINAL = {"approve": "approved", "override": "overridden", "reject": "rejected"}
_TWENTY_DAYS_LATER = "UPDATE action SET not_before = NULL, lease_until = least(lease_until, clock_timestamp())"
"""For the database, whose clock is not the company's: no pause and no lease lasts so long."""
_AT_REST = ("done", "handed_over", "failed", "drifted")


class Killed(BaseException):
    """The process ended here. Nothing of ours may catch it."""


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
    effects: int = 0
    """How many were looked at."""


class Season:
    """The company, its clock and its people."""

    def __init__(self, address: str, loop: asyncio.AbstractEventLoop) -> None:
        self.address, self._loop = address, loop
        self.clock, self.platform, self.wall = HandClock(), Unforgiving(values={}), Wall()
        self.script, self.books = Market({}, {}), Books()
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
        self.runner = self.do(Runner(replace(self.company("first"), failpoint=self._reached)).open())

    def company(self, worker: str) -> Services:
        """What one process works with."""
        made = services(
            Migrated(self.address), self.script, self.platform, self.clock, board=self.wall, pause_seconds=0.001,
            policy=POLICY, worker=worker,
        )  # fmt: skip
        return replace(made, file=self._model(made.file))

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

    def sweep(self, kind: EventKind, number: int) -> bool:
        """A new day, on which one signal opens, changes or closes. False: who would notice is stopped."""
        self.clock.pass_days(1)
        today, ident = self.clock.day, sig(number)
        version = self.open.get(ident, 0) + 1
        about = signal(ident, today, f"{100 + version}.00", version)
        reason = CloseReason.RECOVERED if kind is EventKind.CLOSED else None
        self.script.events[today] = (SignalEvent(as_of=today, event=kind, signal=about, reason=reason),)
        self.script.plans[ident] = questions(number, version)
        for step in (ONE, TWO):
            self.platform.values.setdefault(budget(number, step), "450.00")
        try:
            self.surviving(self.runner.sweep(today))
            self.do(self.runner.sweep(today))
        except NotYet:
            assert any(stop.of == "everything" for stop in self.stops()), "nothing stood in the way of looking"
            return False
        if any(stop.of in {"everything", "agent"} for stop in self.stops()):
            return False
        if kind is EventKind.CLOSED:
            self.open.pop(ident, None)
        else:
            self.open[ident] = version
        return True

    def settle(self) -> None:
        self.surviving(self.runner.settle())

    def appoint(self, person: str, role: str, *, holds: bool) -> None:
        """A person gains or loses a role, as an agreed amendment would have it: the last architect stays one."""
        others = [one for one, roles in self.roles.items() if one != person and "cmo" in roles]
        if person == NOBODY or (role == "cmo" and not holds and not others):
            return
        (self.roles[person].add if holds else self.roles[person].discard)(role)
        self.enact()

    def enact(self) -> None:
        """Put in force who is who by now."""

        async def enacted() -> None:
            database = Migrated(self.address)
            async with database.write() as writing:
                before = await operating_models.current(writing.tx, None)
                assert before is not None
                after = replace(before, version=before.version + 1, model=self._model(before.model))
                await operating_models._keep(writing, after, before=before.model, by=CORA)  # pyright: ignore[reportPrivateUsage]
            await database.close()

        self.do(enacted())

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

    def press(self, by: str, what: str, ident: str, behind: int, beside: Runner | None = None) -> None:
        """One press. Where nothing died, it must be taken exactly when the rules below say so."""
        row = self.row(ident)
        version, suffices = row.version - behind, self.suffices(by, row)
        may = self.may(by, what, row, version)
        try:
            case = self.surviving(self.pressed(beside or self.runner, by, what, ident, version))
        except Refusal as refusal:
            self.books.refused += 1
            assert may is not True, f"{by} may {what} {ident}, and was told: {refusal}"
            return
        if case is None:
            self.died(by, what, ident, may)
            return
        assert may is not False, f"{by} may not {what} {ident}, and was not refused"
        view = next(one for one in case.proposals if one.proposal.id == ident)
        if view.decision is not None and not isinstance(view.decision, Snoozed):
            assert (view.decision.kind, view.decision.by) == (FINAL[what], by)
            assert what != "approve" or not planned(ident) or suffices, f"{by} alone was not enough for {ident}"
            self.told(ident, view.decision.kind, by)

    def told(self, ident: str, kind: str, by: str) -> None:
        """Somebody was told that their decision stands."""
        assert ident not in self.books.acked, "two were told that their decision stands"
        self.books.acked[ident] = (kind, by)

    def died(self, by: str, what: str, ident: str, may: bool | None) -> None:
        """The process died during a press: nobody was told, and it may stand if it could."""
        if may is not False:
            self.books.maybe.add((ident, FINAL.get(what, what), by))

    async def pressed(self, runner: Runner, by: str, what: str, ident: str, version: int) -> Case:
        match what:
            case "approve":
                return await runner.approve(ident, version, by)
            case "override":
                return await runner.override(ident, version, by, {"daily_budget": "400"}, "Easter sells well")
            case "reject":
                return await runner.reject(ident, version, by, "It carries the brand")
            case _:
                return await runner.snooze(ident, version, by, 24)

    def may(self, by: str, what: str, row: Any, version: int) -> bool | None:
        """Whether a press must be taken; None where it is not for this small table to say."""
        if row.decided or not row.is_open or row.withdrawn_at or row.verdict == "forbidden":
            return False
        if version != row.version or (row.expires_at is not None and row.expires_at <= self.clock.now()):
            return False
        if what in {"approve", "override"} and self.covering(row):
            return False
        if not planned(row.id):
            return None
        if not self.alone(by) and not self.held(by) & MAY[kind_of(row.id)]:
            return False
        if what == "override" or (kind_of(row.id) == TWO and made_small(row)):
            return None
        if what != "approve" or kind_of(row.id) != TWO or self.alone(by):
            return True
        agreed = self.agreed(row)
        return by not in agreed and (not agreed or self.suffices(by, row))

    def suffices(self, by: str, row: Any) -> bool:
        """Whether a yes of this one is the last one needed: for a large step, of two who may, one the CMO."""
        if kind_of(row.id) != TWO or made_small(row) or self.alone(by):
            return True
        agreed = [*self.agreed(row), by]
        return (
            len(set(agreed)) > 1
            and all(self.held(one) & MAY[TWO] for one in agreed)
            and any("cmo" in self.held(one) for one in agreed)
        )

    def held(self, by: str) -> set[str]:
        """The roles in which somebody may speak now."""
        return self.roles[by]

    def alone(self, by: str) -> bool:
        """Whether somebody decides alone now."""
        del by
        return False

    def stops(self) -> list[Any]:
        """What is stopped now, each with its line of the ledger."""
        return self.eye.execute(_STOPS).fetchall()

    def covering(self, row: Any) -> list[Any]:
        """The stops that cover a question."""
        about = {("everything", ""), ("action", row.kind), *(("agent", agent) for agent in row.agents)}
        return [stop for stop in self.stops() if (stop.of, stop.name) in about]

    def agreed(self, row: Any) -> list[str]:
        view = self.do(self.runner.case(row.signal_id))
        return [who for one in view.proposals if one.proposal.id == row.id for who in one.approvals]

    # What must be so -----------------------------------------------------------------------------------------------

    def row(self, ident: str) -> Any:
        found = self.eye.execute(
            "SELECT p.id, p.signal_id, p.version, p.expires_at, p.withdrawn_at, s.is_open,"
            " p.verdict->>'kind' AS verdict, p.body->'action'->>'kind' AS kind, p.body->'agents' AS agents,"
            " p.body->'action'->>'daily_budget' AS amount,"
            " EXISTS (SELECT 1 FROM decision d WHERE d.proposal_id = p.id) AS decided"
            " FROM proposal p JOIN signal s ON s.id = p.signal_id WHERE p.id = %s",
            [ident],
        ).fetchone()
        assert found
        return found

    def is_open(self, ident: str) -> bool:
        """Whether somebody may still answer, as far as time and the signal go."""
        row = self.row(ident)
        late = row.expires_at is not None and row.expires_at <= self.clock.now()
        return row.is_open and not (row.decided or row.withdrawn_at or late)

    def is_pressed(self, ident: str) -> bool:
        """Whether anybody has decided, agreed or put off."""
        return self.eye.execute(_PRESSED, [ident] * 3).fetchone() is not None

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
        about = {row.token: row.proposal_id for row in actions}
        for token in self.platform.effects[self.books.effects :]:
            row = self.row(about[token])
            begun = self.eye.execute(_BEGUN, [row.id]).fetchone()
            late = [stop for stop in self.covering(row) if begun is None or begun.seq > stop.seq]
            assert late == [], f"{row.id} was begun after it was stopped"
        self.books.effects = len(self.platform.effects)

    def _others_set(self, row: Any) -> bool:
        """It stays unknown till a person says how it ended: what is there is neither as before nor as we set it."""
        ours = {*map(Decimal, (row.before or {}).values()), Decimal(row.wanted or 0)}
        return row.state == "unknown" and {Decimal(self.platform.values[at]) for at in row.before or ()} - ours != set()

    def end(self) -> None:
        """Everything passes: then nothing is left under way, and every card shows the state."""
        self.armed, self.platform.faults, self.platform.unreadable = None, [], 0
        for _ in range(4):
            self.clock.pass_days(20)
            self.eye.execute(_TWENTY_DAYS_LATER)
            self.settle()
        self.check()
        rows = self.eye.execute("SELECT state, before, body ->> 'daily_budget' AS wanted FROM action")
        assert [row.state for row in rows if row.state not in _AT_REST and not self._others_set(row)] == []
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
SMALLEST_ALONE = Decimal(315)
"""A media lead alone may take three tenths off 450."""


def made_small(row: Any) -> bool:
    """Whether somebody changed a large step to one that needs a single yes, once it was asked again."""
    return Decimal(row.amount) >= SMALLEST_ALONE


_STOPS = (
    "SELECT s.id, s.body->>'of' AS of, s.body->>'name' AS name, l.seq FROM stop s JOIN ledger l ON l.subject = s.id"
    " WHERE l.kind = 'stop.pulled' AND s.lifted_at IS NULL ORDER BY l.seq"
)
_BEGUN = "SELECT seq FROM ledger WHERE kind = 'intent' AND subject = %s ORDER BY seq DESC LIMIT 1"
_PRESSED = (
    "SELECT 1 FROM decision WHERE proposal_id = %s UNION ALL SELECT 1 FROM approval WHERE proposal_id = %s"
    " UNION ALL SELECT 1 FROM snooze WHERE proposal_id = %s"
)
_DECISION_LINES = {f"decision.{kind}" for kind in ("approved", "overridden", "rejected", "expired")}
_BROKEN = (
    "SELECT seq FROM (SELECT seq, prev_hash, lag(hash, 1, repeat('0', 64)) OVER (ORDER BY seq) AS before,"
    " row_number() OVER (ORDER BY seq) AS place FROM ledger) AS chain WHERE prev_hash <> before OR seq <> place"
)
STEPS = tuple(step.value for step in Failpoint)
