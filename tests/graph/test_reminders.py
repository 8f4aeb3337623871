"""What people are told by themselves: questions that wait, questions passed on, emergencies, levels that fell."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta

import pytest

from domain.case import ProposalStatus
from domain.errors import NotYours
from graph.announcing import review_due
from tests.graph.fakes import CLEO, CORA, FIRST, MARA, HandClock, Platform, Wall, model, opened, proposal, refresh
from tests.graph.governed import ANNA, NOOR, PROP, SIG, Start, companies, enact

GLASS = {"break_glass": {"role": "media_lead", "minutes": 30}}


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


class Watch(HandClock):
    """A clock that also goes by hours."""

    def __init__(self) -> None:
        super().__init__()
        self.later = timedelta()

    def now(self) -> datetime:
        return super().now() + self.later

    def pass_hours(self, hours: float) -> None:
        self.later += timedelta(hours=hours)


async def test_the_channel_is_told_what_this_is_before_it_sees_a_card(start: Start):
    clock, wall = Watch(), Wall()
    runner = await start(clock=clock, board=wall)
    await runner.work.tick()
    assert wall.shown
    assert wall.introduced == [0]


async def test_an_owner_who_does_not_answer_is_reminded_once_and_then_the_question_is_passed_on(start: Start):
    clock, wall = Watch(), Wall()
    runner = await start(clock=clock, board=wall)
    await runner.sweep(FIRST)
    await runner.settle()
    assert wall.reminders == []
    clock.pass_hours(24)
    await runner.settle()
    await runner.settle()
    assert wall.reminders == [("reminder", PROP, (MARA, NOOR))]
    with pytest.raises(NotYours):
        await runner.approve(PROP, 1, CLEO)
    clock.pass_hours(24)
    await runner.settle()
    await runner.settle()
    assert wall.reminders[1:] == [("escalation", PROP, (CORA, ANNA))]
    assert [line["kind"] for line in await runner.ledger() if line["kind"].startswith("question.")] == [
        "question.reminder", "question.escalation",
    ]  # fmt: skip


async def test_whoever_a_question_is_passed_on_to_may_decide_it_then_and_not_before(start: Start):
    clock = Watch()
    runner = await start({"escalate_to": "creative_lead"}, clock=clock)
    await runner.sweep(FIRST)
    clock.pass_hours(47)
    with pytest.raises(NotYours):
        await runner.approve(PROP, 1, CLEO)
    clock.pass_hours(1)
    case = await runner.approve(PROP, 1, CLEO)
    assert case.proposals[0].status is ProposalStatus.APPROVED


async def test_two_processes_bring_a_question_up_once(start: Start):
    clock, wall = Watch(), Wall()
    runners = [await start(clock=clock, board=wall) for _ in range(2)]
    await runners[0].sweep(FIRST)
    clock.pass_hours(24)
    for runner in (*runners, *runners):
        await runner.settle()
    assert len(wall.reminders) == 1


async def test_while_slack_is_silent_a_reminder_waits_and_is_not_lost(start: Start):
    clock, wall = Watch(), Wall()
    runner = await start(clock=clock, board=wall)
    await runner.sweep(FIRST)
    await runner.settle()
    clock.pass_hours(24)
    wall.down = 1
    await runner.settle()
    assert wall.reminders == []
    await runner.settle()
    assert len(wall.reminders) == 1


async def test_a_snoozed_question_is_left_alone_until_a_day_after_it_wakes(start: Start):
    clock, wall = Watch(), Wall()
    runner = await start(clock=clock, board=wall)
    await runner.sweep(FIRST)
    await runner.snooze(PROP, 1, MARA, 40)
    clock.pass_hours(63)
    await runner.settle()
    assert wall.reminders == []
    clock.pass_hours(1)
    await runner.settle()
    assert [kind for kind, _, _ in wall.reminders] == ["reminder"]


async def test_who_has_agreed_already_is_not_reminded(start: Start):
    clock, wall = Watch(), Wall()
    beyond = {"limits": ({"role": "media_lead", "max_change": 0.1, "beyond": "cmo"},)}
    runner = await start(beyond, clock=clock, board=wall)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, CORA)
    clock.pass_hours(24)
    await runner.settle()
    assert wall.reminders == [("reminder", PROP, (ANNA,))]


async def test_a_question_changed_by_an_amendment_has_its_time_anew(start: Start):
    clock, wall = Watch(), Wall()
    runner = await start(clock=clock, board=wall)
    await runner.sweep(FIRST)
    clock.pass_hours(20)
    await enact(runner, "limits", {"key": "new", "role": "media_lead", "max_change": "10", "beyond": "cmo"})
    await runner.settle()
    clock.pass_hours(10)
    await runner.settle()
    assert wall.reminders == []
    clock.pass_hours(14)
    await runner.settle()
    assert [kind for kind, _, _ in wall.reminders] == ["reminder"]


async def test_an_emergency_is_announced_when_it_begins_when_it_ends_and_while_nobody_looks_at_it(start: Start):
    clock, wall = Watch(), Wall()
    beyond = {"limits": ({"role": "media_lead", "max_change": 0.1, "beyond": "cmo"},)}
    runner = await start({**GLASS, **beyond}, clock=clock, board=wall, platform=Platform())
    await runner.sweep(FIRST)
    one = await runner.governing.break_glass(MARA, "the shop is down", 20)
    await runner.settle()
    (view,) = (await runner.approve(PROP, 1, MARA)).proposals
    assert view.in_emergency, "and its card says so"
    assert list(wall.announced) == [f"{one.id}/begun"]
    clock.pass_hours(1)
    await runner.settle()
    ended = wall.announced[f"{one.id}/ended"]
    assert "Set budget" in ended
    assert "approved" in ended
    assert "by 16 March" in ended
    assert f"{one.id}/review" not in wall.announced
    clock.pass_hours(48)
    await runner.settle()
    assert "Nobody has looked yet" in wall.announced[f"{one.id}/review"]


async def test_an_emergency_somebody_looked_at_is_not_brought_up_again(start: Start):
    clock, wall = Watch(), Wall()
    runner = await start(GLASS, clock=clock, board=wall)
    one = await runner.governing.break_glass(MARA, "the shop is down", 20)
    clock.pass_hours(1)
    await runner.governing.review_emergency(one.id, CORA, "all well")
    clock.pass_hours(48)
    await runner.settle()
    assert set(wall.announced) == {f"{one.id}/begun", f"{one.id}/ended"}
    assert "nothing" in wall.announced[f"{one.id}/ended"]


@pytest.mark.parametrize(
    ("ended", "day"),
    [
        (datetime.fromisoformat("2026-03-12T10:00+00:00"), date(2026, 3, 13)),  # a Thursday
        (datetime.fromisoformat("2026-03-13T10:00+00:00"), date(2026, 3, 16)),  # a Friday
        (datetime.fromisoformat("2026-03-14T10:00+00:00"), date(2026, 3, 16)),  # a Saturday
    ],
)
def test_an_emergency_is_looked_at_by_the_end_of_the_next_working_day(ended: datetime, day: date):
    assert (review_due(ended, model()) - timedelta(minutes=1)).date() == day


async def test_nobody_is_told_of_a_question_whose_case_is_closed(start: Start):
    from tests.graph.fakes import closing

    clock, wall = Watch(), Wall()
    script = closing(opened(proposal(refresh(), owner="creative_lead")), FIRST + timedelta(days=1))
    runner = await start(script=script, clock=clock, board=wall)
    await runner.sweep(FIRST)
    clock.pass_days(1)
    await runner.sweep(FIRST + timedelta(days=1))
    clock.pass_hours(30)
    await runner.settle()
    assert not (await runner.case(SIG)).is_open
    assert wall.reminders == []
