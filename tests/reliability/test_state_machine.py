"""Whatever happens in whatever order: one decision each, by the right person, and never lost."""

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from psycopg.sql import SQL, Identifier

from domain.signal import EventKind
from tests.graph.fakes import CORA
from tests.reliability.company import MAY, NOBODY, PEOPLE, TWO, budget
from tests.reliability.governed import TARGETS, Governed
from tests.reliability.season import STEPS

SEASONS, STEPS_EACH, PARTS = 100, 40, 5
MOST_SIGNALS = 4
BUTTONS = ("approve", "approve", "approve", "reject", "override", "snooze")
T = TypeVar("T")
Choose = Callable[[Sequence[Any]], Any]
ROLES = ("media_lead", "creative_lead", "cmo")


class SeasonMachine(RuleBasedStateMachine):
    """What can happen to a company. Hypothesis chooses what does.

    All events are one rule: of several, hypothesis leaves out about half in each season, and nothing would be decided
    in most of them.
    """

    begin: Callable[[], Governed]

    def __init__(self) -> None:
        super().__init__()
        self.season = type(self).begin()
        self.opened = 0

    @initialize()
    def a_first_signal(self) -> None:
        self.a_signal_arrives(self.fail_to_choose)

    @rule(seed=st.integers(0, 2**32 - 1))
    def something_happens(self, seed: int) -> None:
        """One number says what: how much there is to choose from is the processes' own affair, not to be drawn from."""
        choose = random.Random(seed).choice
        choose(EVENTS)(self, choose)

    @invariant()
    def everything_holds(self) -> None:
        self.season.check()

    @staticmethod
    def fail_to_choose(among: Sequence[T]) -> T:
        raise AssertionError(f"there is nothing to choose: {among}")

    def a_signal_arrives(self, choose: Choose) -> None:
        del choose
        if self.opened < MOST_SIGNALS:
            self.opened += self.season.sweep(EventKind.OPENED, self.opened)

    def a_signal_changes_or_closes(self, choose: Choose) -> None:
        if self.season.open:
            number = int(choose(sorted(self.season.open))[4:], 16)
            self.season.sweep(choose([EventKind.UPDATED, EventKind.UPDATED, EventKind.CLOSED]), number)

    def somebody_presses(self, choose: Choose) -> None:
        if asked := self._asked(choose):
            who, what = self._press(choose, asked)
            self.season.press(who, what, asked, choose([0, 0, 0, 0, 0, 1]), choose([None, None, self.season.beside]))

    def two_press_at_once_in_two_processes(self, choose: Choose) -> None:
        if asked := self._asked(choose):
            self.season.press_at_once(self._press(choose, asked), self._press(choose, asked), asked)

    def the_process_dies_during_a_press_or_after(self, choose: Choose) -> None:
        if asked := self._asked(choose):
            self.season.armed = choose(STEPS)
            who, what = self._press(choose, asked)
            self.season.press(who, what, asked, 0)

    def the_process_dies_at_work(self, choose: Choose) -> None:
        self.season.armed = choose(STEPS)
        self.season.settle()

    def it_is_started_anew(self, choose: Choose) -> None:
        del choose
        self.season.restart()

    def what_is_due_is_done(self, choose: Choose) -> None:
        del choose
        self.season.settle()

    def two_processes_do_what_is_due(self, choose: Choose) -> None:
        del choose
        self.season.both_work()

    def days_pass(self, choose: Choose) -> None:
        self.season.clock.pass_days(choose([1, 1, 2, 4, 8]))

    def the_platform_fails(self, choose: Choose) -> None:
        fault = choose(["down", "lost", "lost before", "unreadable"])
        if fault == "unreadable":
            self.season.platform.unreadable += 1
        else:
            self.season.platform.faults.append(fault)

    def somebody_else_changes_a_budget(self, choose: Choose) -> None:
        if self.opened:
            self.season.platform.values[budget(choose(range(self.opened)), choose("ab"))] = "430.00"

    def a_role_changes_hands(self, choose: Choose) -> None:
        self.season.appoint(choose(PEOPLE), choose(ROLES), holds=choose([True, True, False]))

    def somebody_stands_in_for_somebody(self, choose: Choose) -> None:
        self.season.stand_in(choose(PEOPLE), choose(PEOPLE), choose([1, 3, 9]))

    def somebody_stands_in_until_tonight(self, choose: Choose) -> None:
        """And presses once more tomorrow, on what is asked then."""
        season = self.season
        pairs = [
            (away, to)
            for away in PEOPLE
            for to in PEOPLE
            if to != NOBODY and any(season.roles[away] & may and not season.held(to) & may for may in MAY.values())
        ]
        if pairs:
            away, to = choose(pairs)
            season.stand_in(away, to, 1)
            if self.opened < MOST_SIGNALS or not season.open:
                self.a_signal_arrives(choose)
            else:
                season.sweep(EventKind.UPDATED, int(choose(sorted(season.open))[4:], 16))
            if asked := season.lost(away, to):
                season.press(to, choose(BUTTONS), asked, 0)

    def an_emergency_passes(self, choose: Choose) -> None:
        """No other begins before somebody has looked at it, whoever is in a hurry; and afterwards one may."""
        hurried = [one for one in PEOPLE if "cmo" in self.season.roles[one]]
        by = choose(hurried)
        self.season.break_glass(by)
        self.season.clock.pass_days(1)
        if asked := self.season.newest(TWO):
            self.season.press(by, "approve", asked, 0)
        self.season.break_glass(choose(hurried))
        choose([self.season.review, lambda by: None])(choose(PEOPLE))

    def an_emergency_begins_or_is_looked_at(self, choose: Choose) -> None:
        choose([self.season.review, self.season.break_glass])(choose([CORA, *PEOPLE]))

    def somebody_stops_something(self, choose: Choose) -> None:
        choose([self.season.pull, self.season.stop_while_both_work])(choose(PEOPLE), choose(TARGETS))

    def somebody_lifts_a_stop(self, choose: Choose) -> None:
        self.season.lift(choose([CORA, CORA, *PEOPLE]), choose(range(4)))

    def _asked(self, choose: Choose) -> str:
        """A question, most often one that is open still; empty where nothing was asked yet."""
        every = self.season.questions()
        still = [one for one in every if not self.season.row(one).decided]
        return choose(still if still and choose([True, True, True, False]) else every) if every else ""

    def _press(self, choose: Choose, asked: str) -> tuple[str, str]:
        """Who presses what; most often somebody who may."""
        what, row = choose(BUTTONS), self.season.row(asked)
        able = [one for one in PEOPLE if self.season.may(one, what, row, row.version) is not False]
        return choose(able if able and choose([True, True, False]) else PEOPLE), what

    def teardown(self) -> None:
        try:
            self.season.end()
        finally:
            self.season.stop()


EVENTS = (
    *[SeasonMachine.somebody_presses] * 8,
    *[SeasonMachine.what_is_due_is_done] * 3,
    *[SeasonMachine.a_signal_arrives] * 2,
    *[SeasonMachine.the_process_dies_during_a_press_or_after] * 2,
    *[SeasonMachine.the_process_dies_at_work] * 2,
    *[SeasonMachine.days_pass] * 2,
    *[SeasonMachine.somebody_lifts_a_stop] * 2,
    SeasonMachine.two_press_at_once_in_two_processes,
    SeasonMachine.two_processes_do_what_is_due,
    SeasonMachine.a_signal_changes_or_closes,
    SeasonMachine.it_is_started_anew,
    SeasonMachine.the_platform_fails,
    SeasonMachine.somebody_else_changes_a_budget,
    SeasonMachine.a_role_changes_hands,
    SeasonMachine.somebody_stands_in_for_somebody,
    SeasonMachine.somebody_stands_in_until_tonight,
    SeasonMachine.an_emergency_begins_or_is_looked_at,
    SeasonMachine.an_emergency_passes,
    SeasonMachine.somebody_stops_something,
)
"""As often as they are named."""


@pytest.fixture
def emptied(address: str) -> Callable[[], str]:
    """Gives the database as it was when it was new, as often as asked: quicker than a new one."""
    with psycopg.connect(address, autocommit=True) as connection:
        found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        tables = [Identifier(name) for (name,) in found]
        connection.execute("CREATE SCHEMA kept")
        for table in tables:
            connection.execute(SQL("CREATE TABLE kept.{0} AS TABLE public.{0}").format(table))

    copied = SQL("INSERT INTO public.{0} OVERRIDING SYSTEM VALUE SELECT * FROM kept.{0}")

    def empty() -> str:
        with psycopg.connect(address) as connection:
            connection.execute("SET session_replication_role = replica")  # the ledger's triggers refuse this, rightly
            connection.execute(SQL("TRUNCATE {} RESTART IDENTITY").format(SQL(", ").join(tables)))
            for table in tables:
                connection.execute(copied.format(table))
        return address

    return empty


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


@pytest.mark.slow
@pytest.mark.timeout(6 * 3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_seasons_hold(emptied: Callable[[], str], loop: asyncio.AbstractEventLoop, rounds: int, part: int):
    del part  # so that several processes share the seasons; hypothesis draws others in each

    class Machine(SeasonMachine):
        begin = staticmethod(lambda: Governed(emptied(), loop))

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=SEASONS * rounds // PARTS, stateful_step_count=STEPS_EACH, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), print_blob=True, phases=(Phase.generate,),
        ),
    )  # fmt: skip
