"""What moves beside a fact stands where the newest line about it says, and lines of before they said so are counted."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.proposal import Snoozed
from domain.receipt import Receipt, ReceiptStatus
from domain.signal import EventKind, SignalEvent
from memory import actions, decisions, ledger, signals
from memory.actions import INTENT, READY, Lease
from memory.database import Database
from memory.ledger.columns import MOST_HELD_UP
from memory.proposals import withdraw
from memory.writing import Writing
from tests.graph.fakes import FIRST, MARA, signal
from tests.memory.test_decisions import NOW, PROP, SIG, approved, asked

LATELY = {"asked_at", "expires_at", "withdrawn_at", "executed_on", "measured_after"}


def earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on a Baton whose lines do not yet say where these columns stand, until this is undone."""
    record = Writing.record

    async def without(self: Writing, kind: str, by: str, subject: str, **payload: str | int | bool | None) -> None:
        await record(self, kind, by, subject, **{name: one for name, one in payload.items() if name not in LATELY})

    monkeypatch.setattr(Writing, "record", without)


async def verified(database: Database) -> ledger.Verification:
    async with database.read() as tx:
        return await ledger.verify(tx)


async def after(database: Database, change: str) -> tuple[str, ...]:
    """What is found once somebody with all rights has done that."""
    async with database.engine.begin() as tx:
        assert (await tx.execute(text(change))).rowcount, "there was something to change"
    return (await verified(database)).problems


async def snooze(database: Database) -> None:
    one = Snoozed(proposal_id=PROP, version=1, by=MARA, at=NOW, until=NOW + timedelta(hours=24))
    assert await decisions.snooze(database, one) is None


async def begun(database: Database) -> Lease:
    """Approved, and about to be written by the ad account."""
    assert await decisions.claim(database, approved()) is None
    ident = await actions.release(database, PROP)
    assert ident
    async with database.engine.begin() as tx:
        held = await actions.lease(tx, ident, "worker", 60)
    assert held
    assert held.state == READY
    await actions.intend(database, held, {"x": "1"}, "ad_account")
    return held


async def test_a_question_of_before_holds_and_its_line_is_counted(monkeypatch: pytest.MonkeyPatch, database: Database):
    earlier(monkeypatch)
    await asked(database)
    found = await verified(database)
    assert (found.problems, found.uncompared) == ((), 1)


async def test_that_an_earlier_question_was_withdrawn_is_compared_all_the_same(
    monkeypatch: pytest.MonkeyPatch, database: Database
):
    """What takes a question away has always had a line; only when it did was not said."""
    earlier(monkeypatch)
    await asked(database)
    (problem,) = await after(database, "UPDATE proposal SET withdrawn_at = now()")
    assert problem.endswith(f"the proposal of {PROP} has another withdrawn_at now")
    await after(database, "UPDATE proposal SET withdrawn_at = NULL")
    async with database.write() as writing:
        assert await withdraw(writing, SIG, NOW) == (PROP,)
    assert (await verified(database)).problems == ()
    (problem,) = await after(database, "UPDATE proposal SET withdrawn_at = NULL")
    assert problem.endswith(f"the proposal of {PROP} has another withdrawn_at now")


async def test_a_newer_line_beside_an_earlier_one_is_compared(monkeypatch: pytest.MonkeyPatch, database: Database):
    with monkeypatch.context() as then:
        earlier(then)
        await asked(database)
    await snooze(database)
    assert (await verified(database)).problems == ()
    (problem,) = await after(database, "UPDATE proposal SET expires_at = expires_at - interval '1 minute'")
    assert problem.endswith(f"the proposal of {PROP} has another expires_at now")


async def test_a_snooze_of_an_earlier_version_still_at_work_is_counted_not_held_against_what_was_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    """Two versions side by side, as while one takes over from the other."""
    await asked(database)
    earlier(monkeypatch)
    await snooze(database)
    found = await verified(database)
    assert (found.problems, found.uncompared) == ((), 1)


async def test_who_begins_an_action_and_what_was_there_before_are_those_of_the_newest_intent(database: Database):
    await asked(database)
    await begun(database)
    assert (await verified(database)).problems == ()
    found = await after(database, "UPDATE action SET executor = 'by_hand', before = '{\"x\": \"2\"}'")
    assert [problem.split(": ")[1] for problem in found] == [
        f"the action of {PROP} has another executor now",
        f"the action of {PROP} has another before now",
    ]


@pytest.mark.parametrize("column", ["executor = 'ad_account'", "executed_on = now()", "measured_after = now()"])
async def test_what_no_line_says_of_an_action_is_named(database: Database, column: str):
    await asked(database)
    assert await decisions.claim(database, approved()) is None
    (problem,) = await after(database, f"UPDATE action SET {column}")
    kind = "intent" if column.startswith("executor") else "receipt"
    said = column.split(" ", maxsplit=1)[0]
    assert problem == f"the action of {PROP} has no line {kind} in the ledger that says its {said}"


async def test_an_action_is_put_off_for_no_longer_than_anything_is(database: Database):
    await asked(database)
    await begun(database)
    hour = f"interval '{MOST_HELD_UP.total_seconds()} s'"
    nearly = f"UPDATE action SET not_before = clock_timestamp() + {hour} - interval '60 s' WHERE state = '{INTENT}'"
    assert await after(database, nearly) == ()
    (problem,) = await after(database, f"UPDATE action SET not_before = clock_timestamp() + {hour} + interval '60 s'")
    assert problem == f"the action of {PROP} has no line that puts it off for so long in the ledger"


@pytest.mark.parametrize("state", ["approved", "ready"])
async def test_what_became_of_an_action_nobody_knows_is_not_set_back_to_its_start(database: Database, state: str):
    """Its effect may be there already."""
    await asked(database)
    held = await begun(database)
    common = {"action_id": held.action_id, "proposal_id": PROP, "before": {}, "after": {}, "answer": "", "at": NOW}
    unknown = Receipt.model_validate(common | {"status": ReceiptStatus.UNKNOWN})
    await actions.finish(database, held, unknown, look_again_after=1)
    assert (await verified(database)).problems == ()
    (problem,) = await after(database, f"UPDATE action SET state = '{state}'")
    assert problem == f"the action of {PROP} has no line receipt that says how it ended, or was changed"


async def test_a_signal_that_closed_is_not_open_again_by_another_order_of_what_was_noted(database: Database):
    async with database.write() as writing:
        for event in (EventKind.OPENED, EventKind.CLOSED):
            await signals.record(writing, SignalEvent(as_of=FIRST, event=event, signal=signal()))
    assert (await verified(database)).problems == ()
    reopened = "UPDATE signal SET is_open = true, closed_on = NULL"
    assert await after(database, reopened) == (f"the signal of {SIG} has no line signal in the ledger, or was changed",)
    (problem,) = await after(database, "UPDATE signal_event SET id = 0 WHERE event = 'closed'")
    assert problem.endswith(f"the signal_event of {SIG} is not the newest, or was changed")
