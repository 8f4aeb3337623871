"""Every owner's own digest: what is theirs, at their hour, once a day, whatever crashes and however many work."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.errors import InvalidChange, NotYours
from domain.operating_model import Delegation, Person
from domain.rhythm import DigestSettings, Rest, WeeklySettings
from domain.summaries import Measure, Opinions
from graph.personal import preferences_of
from memory.failpoints import Failpoint
from tests.graph.fakes import (
    CLEO,
    CORA,
    FIRST,
    MARA,
    NO_REST,
    STRANGER,
    Platform,
    Wall,
    closing,
    opened,
    proposal,
    refresh,
)
from tests.graph.governed import ANNA, NOOR, PROP, SIG, Start, companies, separate

DAILY = DigestSettings(rest=NO_REST, weekly=WeeklySettings(on=None))
BOSS = Person(name="Cora Main", slack=CORA, roles=frozenset({"cmo"}))
MONDAY = date(2026, 3, 16)
"""The first day with a digest: what was seen on Saturday is swept on Sunday."""


class Wrist:
    """A clock set by hand; the last complete day is yesterday in UTC."""

    def __init__(self, at: str = "2026-03-15T09:12") -> None:
        self.set(at)

    def set(self, at: str) -> None:
        self.at = datetime.fromisoformat(at).replace(tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def last_day(self) -> date:
        return self.at.date() - timedelta(days=1)

    def pass_days(self, days: int) -> None:
        self.at += timedelta(days=days)


class Died(BaseException):
    """The process ended here."""


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


async def company(start: Start, clock: Wrist, wall: Wall, digest: DigestSettings = DAILY, **more):
    return await start(model_={"digest": digest} | more.pop("model_", {}), clock=clock, board=wall, **more)


def told(wall: Wall) -> list[str]:
    return [one.user for one in wall.own]


async def test_each_owner_hears_what_waits_for_them_until_when_and_how_much_is_at_stake(start: Start):
    clock, wall = Wrist(), Wall()
    runner = await company(start, clock, wall, script=opened(proposal(), proposal(refresh(), "prop_00000000000b",
                                                                                owner="creative_lead")))  # fmt: skip
    await runner.sweep(FIRST)
    await runner.work.tick()
    by_user = {one.user: one for one in wall.own}
    (cut,) = by_user[MARA].waiting
    assert (cut.proposal_id, cut.role, cut.is_passed_on, cut.instead_of) == (PROP, "media_lead", False, None)
    assert cut.title == "Set budget for Spring prospecting"
    assert str(cut.at_stake_per_day) == "118.40"
    assert cut.until == clock.now() + timedelta(hours=72)
    assert [one.proposal_id for one in by_user[CLEO].waiting] == ["prop_00000000000b"]
    assert by_user[MARA].changed == (
        "New: Spring prospecting on Meta costs more (€118 a day at stake, led by the media lead)",
    )
    assert by_user[CLEO].changed == ()


async def test_it_comes_once_a_day_at_their_own_hour_in_their_own_zone(start: Start):
    clock, wall = Wrist("2026-03-15T06:00"), Wall()
    tokyo = Person(name="Mara Lind", slack=MARA, roles=frozenset({"media_lead"}), timezone="Asia/Tokyo")
    lima = Person(name="Noor Haddad", slack=NOOR, roles=frozenset({"media_lead"}), timezone="America/Lima")
    runner = await company(start, clock, wall, model_={"people": (tokyo, lima, BOSS)})
    await runner.sweep(FIRST)
    for at, heard in (
        ("2026-03-15T13:29", [MARA]),  # 22:29 in Tokyo, 08:29 in Lima
        ("2026-03-15T13:30", [MARA, NOOR]),
        ("2026-03-15T23:29", [MARA, NOOR]),
        ("2026-03-15T23:30", [MARA, NOOR, MARA]),  # 08:30 on Monday in Tokyo
        ("2026-03-16T05:00", [MARA, NOOR, MARA]),
    ):
        clock.set(at)
        await runner.work._digesting.tell(wall)
        assert told(wall) == heard, at


async def test_it_waits_for_the_sweep_of_the_last_day_and_after_two_hours_tells_what_it_knows(start: Start):
    clock, wall = Wrist("2026-03-16T08:31"), Wall()
    runner = await company(start, clock, wall)
    await runner.sweep(FIRST)
    for at, heard in (("2026-03-16T08:31", []), ("2026-03-16T10:29", []), ("2026-03-16T10:30", [MARA, NOOR])):
        clock.set(at)
        await runner.work._digesting.tell(wall)
        assert told(wall) == heard, at
    assert wall.own[0].as_of == FIRST


async def test_two_processes_and_many_minutes_send_it_once(start: Start):
    clock, wall = Wrist(), Wall()
    runners = [await company(start, clock, wall) for _ in range(2)]
    await runners[0].sweep(FIRST)
    for runner in (*runners, *runners):
        await runner.work.tick()
    assert told(wall).count(MARA) == 1


async def test_a_process_that_dies_after_noting_it_sends_it_no_second_time(start: Start):
    clock, wall = Wrist(), Wall()

    def dies(step: str) -> None:
        if step == Failpoint.DIGEST_NOTED:
            raise Died

    runner = await company(start, clock, wall, failpoint=dies)
    await runner.sweep(FIRST)
    with pytest.raises(Died):
        await runner.work._digesting.tell(wall)
    other = await company(start, clock, wall)
    await other.work.tick()
    assert told(wall).count(MARA) == 1
    assert {MARA, CLEO, CORA} & set(told(wall))


async def test_a_process_that_dies_between_sending_and_noting_loses_nothing(start: Start):
    clock, wall = Wrist(), Wall()

    def dies(step: str) -> None:
        if step == Failpoint.DIGEST_POSTED:
            raise Died

    runner = await company(start, clock, wall, failpoint=dies)
    await runner.sweep(FIRST)
    with pytest.raises(Died):
        await runner.work._digesting.tell(wall)
    other = await company(start, clock, wall)
    await other.work.tick()
    sent = [one for one in wall.own if one.user == wall.own[0].user]
    assert len(sent) == 2
    assert sent[0] == sent[1]  # the same message with the same id: a server that knows it shows it once


async def test_while_slack_is_silent_it_waits_for_the_next_minute(start: Start):
    clock, wall = Wrist(), Wall()
    runner = await company(start, clock, wall)
    await runner.sweep(FIRST)
    await runner.settle()
    wall.down = 10
    await runner.work._digesting.tell(wall)
    assert wall.own == []
    wall.down = 0
    await runner.work._digesting.tell(wall)
    assert MARA in told(wall)


async def test_who_cannot_be_written_to_is_not_tried_again_that_day(start: Start):
    clock, wall = Wrist(), Wall()
    wall.unreachable = {MARA}
    runner = await company(start, clock, wall)
    await runner.sweep(FIRST)
    await runner.work._digesting.tell(wall)
    wall.unreachable = set()
    await runner.work._digesting.tell(wall)
    assert MARA not in told(wall)


async def test_a_day_without_anything_is_not_sent_unless_somebody_wants_one_line(start: Start):
    clock, wall = Wrist(), Wall()
    runner = await company(start, clock, wall)
    await runner.personal.choose(CORA, {"days": "mon,sun", "digest_at": "08:30", "quiet_days": "yes"})
    await runner.sweep(FIRST)
    await runner.work.tick()
    assert {one.user: one.is_empty for one in wall.own} == {MARA: False, NOOR: False, CORA: True}


async def test_days_off_bring_none_and_the_next_one_tells_all_of_them(start: Start):
    clock, wall = Wrist("2026-03-14T09:12"), Wall()
    usual = DigestSettings(weekly=WeeklySettings(on=None))
    script = closing(opened(day=FIRST), date(2026, 3, 15))
    runner = await company(start, clock, wall, usual, script=script)
    for at in ("2026-03-14T09:12", "2026-03-15T09:12", "2026-03-16T07:00"):
        clock.set(at)
        await runner.work.tick()
    assert wall.own == []
    clock.set("2026-03-16T08:30")
    await runner.work.tick()
    digests = {one.user: one for one in wall.own}
    assert digests[MARA].changed == ("Closed: Spring prospecting on Meta costs more (it recovered)",)


async def test_what_somebody_decided_is_told_to_them_when_it_is_measured(start: Start):
    clock, wall = Wrist(), Wall()
    runner = await company(start, clock, wall, platform=Platform())
    await runner.sweep(FIRST)
    await runner.settle()
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    clock.pass_days(8)
    await runner.work.tick()
    clock.pass_days(1)
    await runner.work.tick()
    measured = {one.user: one.measured for one in wall.own if one.measured}
    assert list(measured) == [MARA]
    assert measured[MARA] == ("Set budget for Spring prospecting: CPA −11 % [−19, −2], forecast was −12 %",)


async def test_a_stand_in_hears_what_waits_for_whom_they_stand_in(start: Start):
    clock, wall = Wrist(), Wall()
    away = Delegation(of=MARA, to=CLEO, first_day=date(2026, 3, 15), last_day=date(2026, 3, 20))
    runner = await company(start, clock, wall, model_={"delegations": (away,)})
    await runner.sweep(FIRST)
    await runner.work.tick()
    (cut,) = next(one for one in wall.own if one.user == CLEO).waiting
    assert (cut.proposal_id, cut.instead_of) == (PROP, "Mara Lind")


async def test_what_was_passed_on_to_the_cmo_is_in_the_cmos_digest(start: Start):
    clock, wall = Wrist(), Wall()
    runner = await company(start, clock, wall)
    await runner.sweep(FIRST)
    clock.pass_days(2)
    await runner.work.tick()
    waiting = {one.user: one.waiting for one in wall.own}
    assert [one.is_passed_on for one in waiting[CORA]] == [True]


async def test_who_has_agreed_already_is_not_told_that_it_waits_for_them(start: Start):
    clock, wall = Wrist(), Wall()
    beyond = {"limits": ({"role": "media_lead", "max_change": 0.1, "beyond": "cmo"},)}
    runner = await start(beyond, {"digest": DAILY}, clock=clock, board=wall)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.work._digesting.tell(wall)
    waiting = {one.user: len(one.waiting) for one in wall.own}
    assert (waiting[MARA], waiting[CORA]) == (0, 1)


async def test_who_answers_for_other_accounts_hears_nothing_of_this_one(start: Start):
    clock, wall = Wrist(), Wall()
    elsewhere = Person(name="Noor", slack=NOOR, roles=frozenset({"media_lead"}), accounts=frozenset({"a9"}))
    mara = Person(name="Mara", slack=MARA, roles=frozenset({"media_lead"}), accounts=frozenset({"a1"}))
    runner = await company(start, clock, wall, model_={"people": (mara, elsewhere, BOSS)})
    await runner.sweep(FIRST)
    await runner.work.tick()
    assert told(wall) == [MARA]


async def test_leads_get_the_week_on_monday_and_others_do_not(start: Start):
    clock, wall = Wrist(), Wall()
    analyst = Person(name="Al", slack=STRANGER, roles=frozenset({"analyst"}))
    mara = Person(name="Mara", slack=MARA, roles=frozenset({"media_lead"}))
    weekly = DigestSettings(personal=False, rest=Rest(days=frozenset({"sat", "sun"})), weekly=WeeklySettings())
    runner = await company(start, clock, wall, weekly, model_={"people": (mara, analyst, BOSS)}, platform=Platform())
    await runner.sweep(FIRST)
    await runner.settle()
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    for answer, is_helpful in (("a", True), ("b", True), ("c", False)):
        await runner.personal.rate(answer, MARA, is_helpful=is_helpful)
    clock.set("2026-03-16T07:30")
    await runner.personal.rate("d", MARA, is_helpful=False)
    await runner.work.tick()
    assert wall.weeks == []
    clock.set("2026-03-16T08:00")
    for _ in range(2):
        await runner.work.tick()
    assert [to for to, _, _ in wall.weeks] == [MARA, CORA]
    _, week, summary = wall.weeks[0]
    assert (week, summary.first_day, summary.last_day) == (MONDAY, date(2026, 3, 9), date(2026, 3, 15))
    assert summary.figure(Measure.ANSWERED).n == 1
    assert summary.figure(Measure.APPROVE_TO_DESIGN).n == 1
    first_hit = summary.figure(Measure.FIRST_HIT)
    assert (first_hit.value, first_hit.n) == (1.0, 1)
    assert summary.opinions == Opinions(helpful=2, not_helpful=1), "what was said since Monday is next week's"
    assert (await runner.summarised("last 7 days for Meta")).opinions is None


async def test_a_summary_of_one_place_leaves_out_the_others(start: Start):
    runner = await company(start, Wrist(), Wall(), script=separate(proposal(), proposal(ident="prop_00000000000b")))
    await runner.sweep(FIRST)
    everything, nothing = await runner.summarised("last 7 days"), await runner.summarised("last month")
    meta = await runner.summarised("last 7 days for Meta")
    assert (everything.figure(Measure.SIGNALS_OPENED).n, meta.where) == (2, "Meta")
    assert nothing.figure(Measure.SIGNALS_OPENED).n == 0
    assert nothing.figure(Measure.FIRST_HIT).value is None


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"days": ""}, "days"),
        ({"days": "mon", "digest_at": "half past"}, "digest_at"),
        ({"days": "mon", "digest_at": "25:00"}, "digest_at"),
        ({"days": "mon", "quiet_since": "20:00"}, "quiet_until"),
        ({"days": "mon", "quiet_since": "20:00", "quiet_until": "20:00"}, "quiet_until"),
        ({"days": "mon", "quiet_since": "20:00", "quiet_until": "07:00", "digest_at": "21:00"}, "digest_at"),
        ({"days": "mon", "timezone": "Berlin"}, "timezone"),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(typed: dict[str, str], field: str):
    with pytest.raises(InvalidChange) as caught:
        preferences_of(typed)
    assert caught.value.field == field


async def test_a_person_sets_their_own_and_nobody_elses(start: Start):
    runner = await company(start, Wrist(), Wall())
    before = await runner.personal.settings(MARA)
    await runner.personal.choose(
        MARA, {"days": "mon,tue", "digest_at": "7:15", "quiet_since": "19:00", "quiet_until": "06:30",
               "timezone": "Asia/Kathmandu"}
    )  # fmt: skip
    mine, noor = await runner.personal.settings(MARA), await runner.personal.settings(NOOR)
    assert (before.is_usual, mine.is_usual, noor.is_usual) == (True, False, True)
    assert mine.chosen.quiet == (time(19), time(6, 30))
    assert (mine.chosen.digest_at, mine.timezone) == (time(7, 15), "Asia/Kathmandu")
    with pytest.raises(NotYours):
        await runner.personal.choose(STRANGER, {"days": "mon"})
    assert await runner.personal.settings(STRANGER) is None


async def test_handing_over_takes_the_two_people_any_loosening_takes(start: Start):
    runner = await company(start, Wrist(), Wall())
    view = await runner.personal.hand_over(MARA, CLEO, "2026-03-20", "on holiday")
    waiting = await runner.personal.settings(MARA)
    assert (waiting.away, waiting.asked.to, view.quorum) == (None, CLEO, 2)
    for architect in (CORA, ANNA):
        view = await runner.governing.agree(view.amendment.id, architect)
    settings = await runner.personal.settings(MARA)
    assert (settings.away.to, settings.away.last_day, settings.asked) == (CLEO, date(2026, 3, 20), None)
    back = await runner.personal.take_back(MARA, "back early")
    await runner.governing.agree(back.amendment.id, CORA)
    assert (await runner.personal.settings(MARA)).away is None


async def test_nobody_hands_over_what_is_anothers(start: Start):
    runner = await company(start, Wrist(), Wall())
    values = {"key": "new", "of": CORA, "to": MARA, "first_day": "2026-03-15", "last_day": "2026-03-20"}
    with pytest.raises(NotYours):
        await runner.governing.draft(MARA, "delegations", values, "I want to be the CMO")
    with pytest.raises(NotYours):
        await runner.governing.draft(MARA, "policy", {"of": MARA, "key": "new"}, "because")
    with pytest.raises(InvalidChange):
        await runner.personal.hand_over(MARA, CLEO, "2026-03-10", "on holiday")
    with pytest.raises(InvalidChange):
        await runner.personal.hand_over(MARA, STRANGER, "2026-03-20", "on holiday")
    assert (await runner.case(SIG) if await runner.open_cases() else None) is None
