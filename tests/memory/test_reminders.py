"""When a question is brought up again: late enough, once per version, never while it sleeps."""

from datetime import datetime, timedelta

from domain.operating_model import Policy
from domain.proposal import Snoozed
from memory import cases, decisions, reminders
from memory.database import Database
from tests.memory.test_decisions import NOW, PROP, SIG, approved, asked, rejected
from tests.memory.test_operating_models import lines

DAILY = Policy(remind_after_hours=24, escalate_after_hours=48)


async def due(database: Database, at: datetime, policy: Policy = DAILY) -> list[str]:
    async with database.read() as tx:
        known = await cases.load(tx, [SIG], at)
        return [one.kind for one in await reminders.due(tx, known, policy, at)]


async def told(database: Database, at: datetime) -> list[bool]:
    async with database.read() as tx:
        found = await reminders.due(tx, await cases.load(tx, [SIG], at), DAILY, at)
    kept: list[bool] = []
    for one in found:
        async with database.write() as writing:
            kept.append(await reminders.keep(writing, one, at))
    return kept


def after(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


async def test_an_owner_is_reminded_after_a_day_and_the_question_passed_on_after_two(database: Database):
    await asked(database)
    assert await due(database, after(23.9)) == []
    assert await due(database, after(24)) == ["reminder"]
    assert await due(database, after(47.9)) == ["reminder"]
    assert await due(database, after(48)) == ["reminder", "escalation"]


async def test_once_each(database: Database):
    await asked(database)
    assert await told(database, after(24)) == [True]
    assert await due(database, after(30)) == []
    assert await told(database, after(50)) == [True]
    assert await due(database, after(60)) == []
    assert [line["subject"] for line in await lines(database, "question.reminder")] == [PROP]
    assert [line["subject"] for line in await lines(database, "question.escalation")] == [PROP]


async def test_of_two_processes_that_remind_at_once_one_notes_it(database: Database):
    await asked(database)
    async with database.read() as tx:
        (one,) = await reminders.due(tx, await cases.load(tx, [SIG], after(24)), DAILY, after(24))
    for expected in (True, False):
        async with database.write() as writing:
            assert await reminders.keep(writing, one, after(24)) is expected
    assert len(await lines(database, "question.reminder")) == 1


async def test_a_policy_may_do_without(database: Database):
    await asked(database)
    silent = Policy(remind_after_hours=None, escalate_after_hours=None)
    assert await due(database, after(71), silent) == []


async def test_a_snoozed_question_sleeps_and_counts_from_when_it_wakes(database: Database):
    await asked(database)
    until = after(20 + 30)
    await decisions.snooze(database, Snoozed(proposal_id=PROP, version=1, by="U0MARA0001", at=after(20), until=until))
    assert await due(database, after(49)) == []
    assert await due(database, until + timedelta(hours=23)) == []
    assert await due(database, until + timedelta(hours=24)) == ["reminder"]


async def test_nobody_is_reminded_of_what_was_decided(database: Database):
    await asked(database, ids=(PROP, "prop_00000000000b"))
    await decisions.claim(database, approved())
    await decisions.claim(database, rejected(ident="prop_00000000000b"))
    assert await due(database, after(48)) == []
