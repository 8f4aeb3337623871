"""What stands beside the operating model: stops, emergencies, levels, the day's moves, freezes of the calendar."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from domain.standing import CalendarFreeze, Emergency, Grant, Level, Move, Standing, Stop
from governance.moves import of_decision
from memory import decisions, standing
from memory.database import Database
from memory.people import badges
from tests.graph.fakes import BUDGET, CORA, MARA, model
from tests.memory.test_decisions import NOW, PROP, approved, asked
from tests.memory.test_operating_models import lines

COMPANY, TODAY = model(), NOW.date()


def stop(of: str = "agent", name: str = "performance", ident: str = "stop_000000000001") -> Stop:
    return Stop.model_validate({"id": ident, "of": of, "name": name, "reason": "it sees ghosts", "by": MARA, "at": NOW})


def emergency(minutes: int = 30, ident: str = "emg_000000000001") -> Emergency:
    until = NOW + timedelta(minutes=minutes)
    return Emergency(id=ident, by=MARA, reason="the shop is down", since=NOW, until=until)


async def load(database: Database, now=NOW, company=COMPANY) -> Standing:
    async with database.read() as tx:
        return await standing.load(tx, now, company, of_decision)


async def stamp(database: Database, today: date = TODAY) -> str:
    async with database.read() as tx:
        return await standing.stamp(tx, today)


async def test_a_stop_holds_until_somebody_lifts_it_and_only_once(database: Database):
    async with database.write() as writing:
        await standing.pull(writing, stop())
    assert (await load(database)).stops == (stop(),)
    for expected in (True, False):
        async with database.write() as writing:
            assert await standing.lift(writing, stop().id, CORA, "it was the weather", NOW) is expected
    assert (await load(database)).stops == ()
    kinds = [line["kind"] for kind in ("stop.pulled", "stop.lifted") for line in await lines(database, kind)]
    assert kinds == ["stop.pulled", "stop.lifted"]


async def test_what_people_wrote_about_stops_and_emergencies_is_sealed(database: Database):
    async with database.write() as writing:
        await standing.pull(writing, stop())
        await standing.lift(writing, stop().id, CORA, "it was the weather", NOW)
        await standing.open_emergency(writing, emergency())
        await standing.review_emergency(writing, emergency().id, CORA, "all well", NOW)
        await standing.grant(
            writing,
            Grant(agent="content", action="write_brief", level=Level.OBSERVE, by=CORA, at=NOW, because="slow down"),
        )
    async with database.read() as tx:
        stored = ""
        for table in ("stop", "emergency", "autonomy", "ledger"):
            stored += "".join(await tx.scalars(text(f"SELECT row_to_json(one)::text FROM {table} one")))
    for words in ("ghosts", "weather", "shop is down", "all well", "slow down", MARA, CORA):
        assert words not in stored


async def test_the_newest_emergency_stands_also_when_it_is_over(database: Database):
    async with database.write() as writing:
        await standing.open_emergency(writing, emergency())
    known = (await load(database, NOW + timedelta(hours=3))).emergency
    assert known == emergency()
    assert known
    assert not known.covers(MARA, NOW + timedelta(minutes=30))
    assert known.covers(MARA, NOW + timedelta(minutes=29))


async def test_every_emergency_nobody_has_looked_at_stands_until_somebody_does(database: Database):
    first, second = emergency(), emergency(ident="emg_000000000002")
    second = second.model_copy(update={"since": NOW + timedelta(hours=1), "until": NOW + timedelta(hours=2)})
    async with database.write() as writing:
        for one in (second, first):
            await standing.open_emergency(writing, one)
    assert (await load(database)).unreviewed == (first, second)
    async with database.write() as writing:
        await standing.review_emergency(writing, second.id, CORA, "all well", NOW + timedelta(hours=3))
    known = await load(database)
    assert known.unreviewed == (first,)
    assert known.emergency
    assert known.emergency.reviewed_by == CORA


async def test_an_emergency_ends_early_and_is_reviewed_once(database: Database):
    at = NOW + timedelta(minutes=5)
    async with database.write() as writing:
        await standing.open_emergency(writing, emergency())
        assert await standing.close_emergency(writing, emergency().id, MARA, at)
        assert not await standing.close_emergency(writing, emergency().id, MARA, at)
    for expected in (True, False):
        async with database.write() as writing:
            assert await standing.review_emergency(writing, emergency().id, CORA, "all well", at) is expected
    async with database.read() as tx:
        (known,) = await standing.emergencies(tx)
        assert await standing.emergencies(tx, unreviewed=True) == ()
    assert (known.until, known.reviewed_by) == (at, CORA)


async def test_of_the_levels_of_an_agent_and_a_kind_the_newest_counts(database: Database):
    levels = (Level.AUTOMATIC, Level.ASK, Level.AUTOMATIC, Level.RECOMMEND)
    async with database.write() as writing:
        for place, level in enumerate(levels):
            by = "baton" if place % 2 else CORA
            one = Grant(agent="content", action="write_brief", level=level, by=by, at=NOW, because=f"step {place}")
            await standing.grant(writing, one)
        other = Grant(agent="market", action="write_brief", level=Level.ASK, by=CORA, at=NOW, because="begin")
        await standing.grant(writing, other)
    known = await load(database)
    assert len(known.grants) == 2
    newest = known.grant("content", "write_brief")
    assert newest
    assert (newest.level, newest.because, newest.by) == (Level.RECOMMEND, "step 3", "baton")
    async with database.read() as tx:
        assert [one.because for _, one in await standing.fallen(tx)] == ["step 1", "step 3"]
    assert len(await lines(database, "autonomy.fell")) == 2


async def test_a_decision_of_today_is_a_move_of_the_money_it_moves(database: Database):
    await asked(database)
    assert (await load(database)).moves == ()
    await decisions.claim(database, approved())
    (move,) = (await load(database)).moves
    assert move == Move(
        proposal_id=PROP, role="media_lead", action="set_budget", address=BUDGET, was=Decimal(450), to=Decimal(360),
        currency="EUR", money=Decimal(90),
    )  # fmt: skip


async def test_the_day_is_the_companys_own(database: Database):
    await asked(database)
    await decisions.claim(database, approved())  # at 09:12 UTC, 18:12 in Tokyo
    tokyo = COMPANY.model_copy(update={"timezone": "Asia/Tokyo"})
    before_midnight, after_midnight = NOW.replace(hour=14), NOW.replace(hour=15)
    assert len((await load(database, before_midnight, tokyo)).moves) == 1
    assert (await load(database, after_midnight, tokyo)).moves == ()
    assert len((await load(database, after_midnight)).moves) == 1
    assert (await load(database, NOW + timedelta(days=1))).moves == ()
    assert (await load(database, NOW - timedelta(days=1))).moves == ()


@pytest.mark.parametrize(("state", "counted"), [("failed", 0), ("drifted", 0), ("done", 1), ("unknown", 1)])
async def test_what_came_to_nothing_is_no_move_and_what_nobody_knows_is_one(
    database: Database, state: str, counted: int
):
    await asked(database)
    await decisions.claim(database, approved())
    async with database.engine.begin() as tx:
        await tx.execute(text("UPDATE action SET state = :state"), {"state": state})
    assert len((await load(database)).moves) == counted


async def test_moves_come_in_the_order_they_were_decided(database: Database):
    ids = tuple(f"prop_{number:012x}" for number in range(4))
    await asked(database, ids=ids)
    for place, ident in enumerate(reversed(ids)):
        press = approved(ident=ident).model_copy(update={"at": NOW + timedelta(minutes=place)})
        await decisions.claim(database, press)
    assert [move.proposal_id for move in (await load(database)).moves] == list(reversed(ids))


async def test_a_calendar_replaces_what_it_said_before_and_says_so_once(database: Database):
    week = CalendarFreeze(name="Black week", first_day=date(2026, 11, 23), last_day=date(2026, 11, 29))
    longer = week.model_copy(update={"last_day": date(2026, 11, 30)})
    of_one, of_other = (week.model_copy(update={"account_id": ident}) for ident in ("a1", "a2"))
    for named, lines_so_far in (((week,), 1), ((week,), 1), ((longer,), 2), ((), 3), ((of_one, of_other), 4)):
        async with database.write() as writing:
            await standing.replace_freezes(writing, named, date(2026, 11, 1))
        assert (await load(database)).freezes == named
        assert len(await lines(database, "freezes.changed")) == lines_so_far


async def test_open_questions_are_due_for_review_when_something_else_stands(database: Database):
    await asked(database)
    today = NOW.date()
    seen = await stamp(database)
    async with database.engine.begin() as tx:
        assert await standing.unreviewed(tx, seen) == (PROP,)
        await standing.reviewed(tx, PROP, seen)
        assert await standing.unreviewed(tx, seen) == ()
    async with database.write() as writing:
        await standing.pull(writing, stop())
    stopped = await stamp(database)
    async with database.write() as writing:
        await standing.lift(writing, stop().id, CORA, "it was the weather", NOW)
    assert await stamp(database) == seen != stopped
    sale = CalendarFreeze(name="sale", first_day=today, last_day=today)
    async with database.write() as writing:
        await standing.replace_freezes(writing, [sale], today)
    everywhere = await stamp(database)
    assert everywhere != seen
    assert await stamp(database, today + timedelta(days=1)) == seen
    async with database.write() as writing:
        await standing.replace_freezes(writing, [sale.model_copy(update={"account_id": "a1"})], today)
    assert await stamp(database) not in {seen, everywhere}
    async with database.read() as tx:
        assert await standing.unreviewed(tx, stopped) == (PROP,)


async def test_a_decided_question_is_never_due_for_review(database: Database):
    await asked(database)
    await decisions.claim(database, approved())
    async with database.read() as tx:
        assert await standing.unreviewed(tx, "anything") == ()


async def test_what_slack_last_said_of_somebody_is_kept_without_their_name(database: Database):
    from domain.badge import GOOD_FOR, Badge

    said = Badge(slack=MARA, name="Mara Lind", team="T1")
    gone = said.model_copy(update={"is_deactivated": True})
    async with database.read() as tx:
        assert await badges.last(tx, MARA, NOW) is None
    for one in (said, gone):
        async with database.engine.begin() as tx:
            await badges.keep(tx, one, NOW)
            assert await badges.last(tx, MARA, NOW + GOOD_FOR - timedelta(seconds=1)) == one
            gone_stays_gone = await badges.last(tx, MARA, NOW + 100 * GOOD_FOR)
            assert gone_stays_gone == (gone if one == gone else None)
    async with database.read() as tx:
        stored = "".join(await tx.scalars(text("SELECT row_to_json(one)::text FROM badge one")))
    assert "Mara" not in stored
