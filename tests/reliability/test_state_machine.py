"""Whatever happens in whatever order: one decision each, by the right person, and never lost."""

import asyncio
from collections.abc import Callable, Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from psycopg.sql import SQL, Identifier

from domain.signal import EventKind
from tests.reliability.season import NOBODY, PEOPLE, STEPS, Season, budget

SEASONS, STEPS_EACH, PARTS = 20, 40, 2
MOST_SIGNALS = 4
BUTTONS = ("approve", "approve", "approve", "reject", "override", "snooze")
ROLES = ("media_lead", "creative_lead", "cmo")


class SeasonMachine(RuleBasedStateMachine):
    """What can happen to a company. Hypothesis chooses what does."""

    begin: Callable[[], Season]

    def __init__(self) -> None:
        super().__init__()
        self.season = type(self).begin()
        self.opened = 0

    @rule()
    @precondition(lambda self: self.opened < MOST_SIGNALS)
    def a_signal_arrives(self) -> None:
        self.season.sweep(EventKind.OPENED, self.opened)
        self.opened += 1

    @rule(which=st.integers(0, MOST_SIGNALS - 1), closes=st.sampled_from([False, False, True]))
    @precondition(lambda self: self.season.open)
    def a_signal_changes_or_closes(self, which: int, closes: bool) -> None:
        known = sorted(self.season.open)
        number = int(known[which % len(known)][4:], 16)
        self.season.sweep(EventKind.CLOSED if closes else EventKind.UPDATED, number)

    @rule(
        who=st.sampled_from(PEOPLE), what=st.sampled_from(BUTTONS), which=st.integers(0, 40),
        behind=st.sampled_from([0, 0, 0, 0, 1]),
    )  # fmt: skip
    @precondition(lambda self: self.opened)
    def somebody_presses(self, who: str, what: str, which: int, behind: int) -> None:
        asked = self.season.questions()
        self.season.press(who, what, asked[which % len(asked)], behind)

    @rule(
        who=st.sampled_from(PEOPLE),
        what=st.sampled_from(BUTTONS),
        which=st.integers(0, 40),
        step=st.sampled_from(STEPS),
    )
    @precondition(lambda self: self.opened)
    def the_process_dies_during_a_press_or_after(self, who: str, what: str, which: int, step: str) -> None:
        self.season.armed = step
        asked = self.season.questions()
        self.season.press(who, what, asked[which % len(asked)], 0)

    @rule(step=st.sampled_from(STEPS))
    def the_process_dies_at_work(self, step: str) -> None:
        self.season.armed = step
        self.season.settle()

    @rule()
    def it_is_started_anew(self) -> None:
        self.season.restart()

    @rule()
    def what_is_due_is_done(self) -> None:
        self.season.settle()

    @rule(days=st.sampled_from([1, 2, 4, 8]))
    def days_pass(self, days: int) -> None:
        self.season.clock.pass_days(days)

    @rule(fault=st.sampled_from(["down", "lost", "lost before", "unreadable"]))
    def the_platform_fails(self, fault: str) -> None:
        if fault == "unreadable":
            self.season.platform.unreadable += 1
        else:
            self.season.platform.faults.append(fault)

    @rule(number=st.integers(0, MOST_SIGNALS - 1), kind=st.sampled_from("ab"))
    @precondition(lambda self: self.opened)
    def somebody_else_changes_a_budget(self, number: int, kind: str) -> None:
        self.season.platform.values[budget(number % self.opened, kind)] = "430.00"

    @rule(
        who=st.sampled_from([one for one in PEOPLE if one != NOBODY]), role=st.sampled_from(ROLES), holds=st.booleans()
    )
    def a_role_changes_hands(self, who: str, role: str, holds: bool) -> None:
        self.season.appoint(who, role, holds=holds)

    @invariant()
    def everything_holds(self) -> None:
        self.season.check()

    def teardown(self) -> None:
        try:
            self.season.end()
        finally:
            self.season.stop()


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
@pytest.mark.timeout(6000)
@pytest.mark.parametrize("part", range(PARTS))
def test_seasons_hold(emptied: Callable[[], str], loop: asyncio.AbstractEventLoop, rounds: int, part: int):
    del part  # so that several processes share the seasons; hypothesis draws others in each

    class Machine(SeasonMachine):
        begin = staticmethod(lambda: Season(emptied(), loop))

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=SEASONS * rounds // PARTS, stateful_step_count=STEPS_EACH, deadline=None, database=None,
            suppress_health_check=list(HealthCheck), print_blob=True, phases=(Phase.generate,),
        ),
    )  # fmt: skip
