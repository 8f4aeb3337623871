"""Putting a question off twice puts it off no further than the later of the two."""

from datetime import timedelta

import pytest

from domain.badge import Badge
from domain.case import ProposalStatus
from domain.errors import InvalidChange, NotYours
from domain.proposal import MOST_PUT_OFF
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import CORA, FIRST, MARA, HandClock, Reception, services

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


async def test_who_may_no_longer_answer_is_told_so_though_they_put_it_off_before(address: str):
    desk = Reception()
    runner = await Runner(services(Database(address), directory=desk)).open()
    await runner.sweep(FIRST)
    before = await runner.snooze(PROP, 1, MARA, 24)
    desk.said[MARA] = Badge(slack=MARA, is_deactivated=True)
    with pytest.raises(NotYours):
        await runner.snooze(PROP, 1, MARA, 24)
    assert (await runner.case(SIG)).proposals == before.proposals
    await runner.close()


async def test_a_snooze_cannot_be_renewed_for_ever_so_every_question_ends(address: str):
    clock = MinuteClock()
    runner = await Runner(services(Database(address), clock=clock)).open()
    await runner.sweep(FIRST)
    (asked,) = (await runner.case(SIG)).proposals
    for by in (MARA, CORA, MARA, CORA):
        await runner.snooze(PROP, 1, by, 72)
        clock.pass_days(3)
    with pytest.raises(InvalidChange, match=r"this one until 29 March at 09:12 at the latest\.$"):
        await runner.snooze(PROP, 1, CORA, 72)
    await runner.snooze(PROP, 1, CORA, 48)
    again = await runner.snooze(PROP, 1, CORA, 48)  # delivered twice
    clock.pass_minutes(5)
    assert await runner.snooze(PROP, 1, CORA, 48) == again
    clock.pass_days(2)
    for hours in (1, 72):
        with pytest.raises(InvalidChange, match="please decide it"):
            await runner.snooze(PROP, 1, MARA, hours)
    (view,) = (await runner.case(SIG)).proposals
    assert asked.expires_at
    assert (view.put_off, view.expires_at) == (MOST_PUT_OFF, asked.expires_at + MOST_PUT_OFF)
    clock.pass_days(3)
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert view.status is ProposalStatus.EXPIRED
    await runner.close()


async def test_after_a_change_that_others_must_agree_to_a_question_is_put_off_no_further_than_before(address: str):
    policy: dict[str, object] = {"limits": ({"role": "media_lead", "max_change": 0.1, "beyond": "cmo"},)}
    clock = MinuteClock()
    runner = await Runner(services(Database(address), policy=policy, clock=clock)).open()
    await runner.sweep(FIRST)
    await runner.snooze(PROP, 1, MARA, 14 * 24)
    await runner.override(PROP, 1, MARA, {"daily_budget": "370"}, "a little less")
    clock.pass_minutes(60)
    with pytest.raises(InvalidChange, match="please decide it"):
        await runner.snooze(PROP, 2, CORA, 14 * 24)
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
    assert both.put_off == shorter.put_off == timedelta(hours=72)
    assert [line["kind"] for line in await runner.ledger()].count("decision.snoozed") == 3
    await runner.close()
