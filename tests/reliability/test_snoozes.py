"""Putting a question off twice puts it off no further than the later of the two."""

from datetime import timedelta

from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import CORA, FIRST, MARA, HandClock, services

PROP, SIG = "prop_00000000000a", "sig_000000000001"


class MinuteClock(HandClock):
    """A clock on which minutes pass too."""

    def pass_minutes(self, minutes: int) -> None:
        self.hour = (self.now() + timedelta(minutes=minutes)).timetz()


async def test_a_snooze_delivered_twice_counts_once(address: str):
    clock = MinuteClock()
    runner = await Runner(services(Database(address), clock=clock)).open()
    await runner.sweep(FIRST)
    (asked,) = (await runner.case(SIG)).proposals
    (first,) = (await runner.snooze(PROP, 1, MARA, 24)).proposals
    clock.pass_minutes(5)
    (again,) = (await runner.snooze(PROP, 1, MARA, 24)).proposals
    assert again == first
    assert asked.expires_at
    assert first.expires_at == asked.expires_at + timedelta(hours=24)
    assert [line["kind"] for line in await runner.ledger()].count("decision.snoozed") == 1
    await runner.close()


async def test_two_people_who_snooze_at_once_put_it_off_once(address: str):
    runner = await Runner(services(Database(address))).open()
    await runner.sweep(FIRST)
    (asked,) = (await runner.case(SIG)).proposals
    await runner.snooze(PROP, 1, MARA, 24)
    (both,) = (await runner.snooze(PROP, 1, CORA, 72)).proposals
    (shorter,) = (await runner.snooze(PROP, 1, MARA, 4)).proposals
    assert asked.expires_at
    assert both.expires_at == shorter.expires_at == asked.expires_at + timedelta(hours=72)
    assert [line["kind"] for line in await runner.ledger()].count("decision.snoozed") == 3
    await runner.close()
