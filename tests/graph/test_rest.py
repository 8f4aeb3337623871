"""Nobody is notified in their rest: cards come without their mention, reminders wait, and the morning brings both."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest

from domain.operating_model import Person
from domain.rhythm import DigestSettings, Rest, WeeklySettings
from tests.graph.fakes import CLEO, CORA, MARA, Wall, opened, proposal, refresh
from tests.graph.governed import ANNA, NOOR, PROP, SIG, Start, companies
from tests.graph.test_own_digests import Wrist

RESTING = DigestSettings(personal=False, rest=Rest(days=frozenset()), weekly=WeeklySettings(on=None))
"""Quiet from 20:00 to 07:00, every day."""
NIGHT, MORNING = "2026-03-16T02:00", "2026-03-16T07:00"


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


async def night(start: Start, digest: DigestSettings = RESTING, **more):
    clock, wall = Wrist(NIGHT), Wall()
    runner = await start(model_={"digest": digest} | more.pop("model_", {}), clock=clock, board=wall, **more)
    await runner.sweep(clock.last_day())
    return runner, clock, wall


FOUND_AT_NIGHT = opened(day=Wrist(NIGHT).last_day())


async def test_a_card_of_the_night_mentions_nobody_who_sleeps_and_their_morning_does_once(start: Start):
    runner, clock, wall = await night(start, script=FOUND_AT_NIGHT)
    case = await runner.case(SIG)
    assert await runner.hold_mentions(case) == (MARA, NOOR)
    await runner.settle()
    assert (wall.shown[:1], wall.nudges) == ([SIG], [])
    clock.set(MORNING)
    for _ in range(2):
        await runner.settle()
    assert [to for _, to, _ in wall.nudges] == [MARA, NOOR]


async def test_who_is_awake_elsewhere_is_mentioned_at_once(start: Start):
    tokyo = Person(name="Noor", slack=NOOR, roles=frozenset({"media_lead"}), timezone="Asia/Tokyo")
    mara, boss = (
        Person(name=name, slack=slack, roles=frozenset({role}))
        for name, slack, role in (("Mara", MARA, "media_lead"), ("Cora", CORA, "cmo"))
    )
    runner, _, _ = await night(start, script=FOUND_AT_NIGHT, model_={"people": (mara, tokyo, boss)})
    assert await runner.hold_mentions(await runner.case(SIG)) == (MARA,)


@pytest.mark.parametrize(("urgent", "held"), [("118.40", 0), ("118.41", 2)])
async def test_what_costs_more_than_the_threshold_wakes_people(start: Start, urgent: str, held: int):
    rest = RESTING.rest.model_copy(update={"urgent_per_day": Decimal(urgent)})
    digest = RESTING.model_copy(update={"rest": rest})
    runner, _, _ = await night(start, digest, script=FOUND_AT_NIGHT)
    assert len(await runner.hold_mentions(await runner.case(SIG))) == held


async def test_money_in_another_currency_is_held_against_no_threshold(start: Start):
    rest = RESTING.rest.model_copy(update={"urgent_per_day": Decimal(1)})
    digest = RESTING.model_copy(update={"rest": rest})
    runner, _, _ = await night(start, digest, script=FOUND_AT_NIGHT, model_={"currency": "USD"})
    assert len(await runner.hold_mentions(await runner.case(SIG))) == 2


async def test_who_decided_before_the_others_woke_leaves_them_asleep(start: Start):
    runner, clock, wall = await night(start, script=FOUND_AT_NIGHT)
    await runner.hold_mentions(await runner.case(SIG))
    await runner.approve(PROP, 1, MARA)
    clock.set(MORNING)
    await runner.settle()
    assert wall.nudges == []


async def test_a_reminder_waits_for_the_morning_and_comes_then(start: Start):
    runner, clock, wall = await night(start, script=FOUND_AT_NIGHT)
    clock.set("2026-03-17T02:30")
    await runner.settle()
    assert wall.reminders == []
    clock.set("2026-03-17T07:00")
    for _ in range(2):
        await runner.settle()
    assert wall.reminders == [("reminder", PROP, (MARA, NOOR))]


async def test_a_reminder_goes_to_who_is_awake_and_to_the_other_in_their_morning(start: Start):
    runner, clock, wall = await night(start, script=FOUND_AT_NIGHT)
    await runner.personal.choose(NOOR, {"days": "mon,tue,wed,thu,fri,sat,sun", "timezone": "Asia/Tokyo"})
    clock.set("2026-03-17T02:30")
    await runner.settle()
    assert wall.reminders == [("reminder", PROP, (NOOR,))]
    clock.set("2026-03-17T07:00")
    for _ in range(2):
        await runner.settle()
    assert (len(wall.reminders), [to for _, to, _ in wall.nudges]) == (1, [MARA])


async def test_nobodys_rest_keeps_a_question_from_being_passed_on_to_who_is_awake(start: Start):
    runner, clock, wall = await night(start, script=FOUND_AT_NIGHT)
    for boss in (CORA, ANNA):
        await runner.personal.choose(boss, {"days": "mon,tue,wed,thu,fri,sat,sun", "timezone": "Asia/Tokyo"})
    clock.set("2026-03-18T02:30")
    await runner.settle()
    assert [(kind, to) for kind, _, to in wall.reminders] == [("escalation", (CORA, ANNA))]


async def test_while_slack_is_silent_a_mention_waits_and_is_not_lost(start: Start):
    runner, clock, wall = await night(start, script=FOUND_AT_NIGHT)
    await runner.hold_mentions(await runner.case(SIG))
    clock.set(MORNING)
    wall.down = 2
    await runner.work._upholding.wake(wall)
    assert wall.nudges == []
    wall.down = 0
    await runner.work._upholding.wake(wall)
    await runner.work._upholding.wake(wall)
    assert [to for _, to, _ in wall.nudges] == [MARA, NOOR]


async def test_quiet_hours_decide_nothing_who_may_decide_may_at_night(start: Start):
    two = opened(
        proposal(), proposal(refresh(), "prop_00000000000b", owner="creative_lead"), day=Wrist(NIGHT).last_day()
    )
    runner, _, _ = await night(start, script=two)
    assert set(await runner.hold_mentions(await runner.case(SIG))) == {MARA, NOOR, CLEO}
    case = await runner.approve(PROP, 1, NOOR)
    assert case.proposals[0].decision.by == NOOR
