"""Levels fall by themselves on what was measured, are announced, and only a person lets them rise again."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from domain.action import FixTracking
from domain.case import CallRecord, ProposalStatus
from domain.errors import NotYours, StaleCard
from domain.receipt import Outcome
from domain.standing import Grant, Level
from domain.verdict import Forbidden
from graph.runner import Runner
from graph.tracking import fall, worsened
from memory import standing
from memory.database import Database
from tests.graph.fakes import CORA, FIRST, MARA, HandClock, Wall, opened, proposal, services
from tests.graph.governed import SIG, Start, companies, separate


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


def outcome(ident: str, effect: float, half: float = 0.05) -> Outcome:
    return Outcome(
        proposal_id=ident, metric="cpa", measurable=True, effect=effect, interval=(effect - half, effect + half),
        forecast=-0.12, window=(FIRST, FIRST), method="difference to 3 siblings", measured_on=FIRST,
    )  # fmt: skip


async def past(address: str, effects: list[float]) -> None:
    """Outcomes measured before, of proposals the performance agent stood behind."""
    database = Database(address)
    asked = [proposal(ident=f"prop_{number:012x}") for number in range(1, len(effects) + 1)]
    runner = await Runner(services(database, separate(*asked))).open()
    await runner.sweep(FIRST)
    async with database.engine.begin() as tx:
        for one, effect in zip(asked, effects, strict=True):
            row = {"id": one.id, "day": FIRST, "body": outcome(one.id, effect).model_dump_json()}
            kept = "INSERT INTO outcome (proposal_id, measured_on, body) VALUES (:id, :day, cast(:body as jsonb))"
            await tx.execute(text(kept), row)
    await runner.close()


async def test_a_record_counts_what_was_measured_for_the_agents_behind_it(address: str):
    await past(address, [-0.1, -0.11, 0.3])
    runner = await Runner(services(Database(address))).open()
    records = {record.action: record for record in await runner.governing.records()}
    await runner.close()
    record = records["set_budget"]
    assert (record.agent, record.measured, record.level) == ("performance", 3, Level.ASK)
    assert record.right_way == pytest.approx(2 / 3)
    assert record.covered == pytest.approx(2 / 3)
    assert record.worst == pytest.approx(0.42)
    assert records["fix_tracking"].measured == 0


async def test_a_question_shows_how_the_agents_behind_it_did_before(address: str):
    await past(address, [-0.1, -0.11, -0.3, 0.3])
    day = FIRST + timedelta(days=1)
    to = {"signal_id": "sig_0000000000ff"}
    tracking = FixTracking(platform="meta", account_id="a1", currency="EUR", symptom="the pixel is silent")
    asked = [
        proposal(ident="prop_0000000000fa", **to),
        proposal(ident="prop_0000000000fb", **to).model_copy(update={"forecast": None}),
        proposal(tracking, ident="prop_0000000000fc", **to),
    ]
    script = opened(*asked, signal_id="sig_0000000000ff", day=day)
    database = Database(address)
    runner = await Runner(services(database, script, clock=HandClock(day))).open()
    await runner.sweep(day)
    case = await runner.case("sig_0000000000ff")
    assert [view.record for view in case.proposals] == [CallRecord(measured=4, right=3, inside=2), None, None]
    (mine,) = [one for one in (await runner.inbox(MARA)).mine if one.signal.id == case.signal.id]
    assert mine == case
    assert case in await runner.open_cases()

    await runner.reject("prop_0000000000fa", 1, MARA, "not this week")
    decided = (await runner.case(case.signal.id)).proposals
    assert [view.record for view in decided] == [None, None, None]
    assert [view.proposal.version for view in decided] == [1, 1, 1]
    async with database.read() as tx:
        theirs = await standing.calls(tx, "set_budget", {"market", "performance"}, 40)
        newest = await standing.calls(tx, "set_budget", {"performance"}, 2)
        nobodys = await standing.calls(tx, "set_budget", {"market"}, 40)
    await runner.close()
    assert [one.effect for _, one in theirs] == [0.3, -0.3, -0.11, -0.1]
    assert (newest, nobodys) == (theirs[:2], ())


async def test_an_agent_that_is_wrong_again_and_again_is_asked_no_more_and_everybody_hears_of_it(address: str):
    await past(address, [0.2, 0.25, 0.3, 0.1])
    day = FIRST + timedelta(days=1)
    clock, wall, ident = HandClock(day), Wall(), "sig_0000000000ff"
    script = opened(proposal(ident="prop_0000000000ff", signal_id=ident), signal_id=ident, day=day)
    made = services(Database(address), script, clock=clock, board=wall)
    wrong = replace(made.desk, measure=lambda view, *_: outcome(view.proposal.id, 0.2))
    runner = await Runner(replace(made, desk=wrong)).open()
    await runner.sweep(day)
    await runner.approve("prop_0000000000ff", 1, MARA)
    await runner.settle()
    clock.pass_days(7)
    await runner.settle()
    await runner.settle()
    (view,) = (await runner.case(ident)).proposals
    assert view.status is ProposalStatus.MEASURED
    grant = next(one for one in (await runner.governing.design(CORA)).grants if one.action == "set_budget")
    assert (grant.level, grant.by) == (Level.RECOMMEND, "baton")
    assert "0 of 5" in grant.because
    assert [key for key in wall.announced if key.startswith("autonomy/")]
    assert "autonomy.fell" in [line["kind"] for line in await runner.ledger()]
    await runner.close()


async def test_a_level_that_fell_takes_open_questions_with_it_and_a_person_gives_them_back(start: Start):
    runner = await start()
    await runner.sweep(FIRST)
    async with runner.work._database.write() as writing:
        fell = Grant(
            agent="performance", action="set_budget", level=Level.RECOMMEND, by="baton",
            at=HandClock().now(), because="Only 0 of 5 effects went the way it said: a coin does better.",
        )  # fmt: skip
        await standing.grant(writing, fell)
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert isinstance(view.verdict, Forbidden)
    assert "only recommends" in " ".join(view.verdict.rules)
    with pytest.raises(NotYours):
        await runner.governing.grant(MARA, "performance", "set_budget", Level.ASK, "once more")
    await runner.governing.grant(CORA, "performance", "set_budget", Level.ASK, "once more")
    await runner.settle()
    assert (await runner.case(SIG)).proposals[0].status is ProposalStatus.PENDING


@pytest.mark.parametrize(("effect", "half", "is_worse"), [(0.2, 0.05, True), (0.2, 0.3, False), (-0.2, 0.05, False)])
def test_a_figure_got_worse_only_where_all_of_its_interval_says_so(effect: float, half: float, is_worse: bool):
    assert worsened(outcome("prop_1", effect, half), "set_budget") is is_worse
    better_is_more = outcome("prop_1", -effect, half)
    assert worsened(better_is_more, "refresh_creative") is is_worse


async def test_outcomes_of_questions_no_agent_stands_behind_count_for_nobody(address: str, database: Database):
    await past(address, [-0.1])
    async with database.engine.begin() as tx:
        assert len(await standing.outcomes(tx)) == 1
        await tx.execute(text("UPDATE proposal SET body = body || '{\"agents\": []}'"))
        assert await standing.outcomes(tx) == ()


async def test_what_is_done_unasked_is_asked_again_once_a_guard_worsened_after_it(start: Start):
    runner = await start()
    async with runner.work._database.write() as writing:
        trusted = Grant(
            agent="performance", action="fix_tracking", level=Level.AUTOMATIC, by=CORA, at=HandClock().now(),
            because="always right so far",
        )  # fmt: skip
        await standing.grant(writing, trusted)
        fix = FixTracking(platform="meta", account_id="a1", currency="EUR", campaign_id="c3", symptom="no orders")
        done = proposal(fix).model_copy(update={"agents": ("performance",)})
        (fell,) = await fall(runner._services, writing, done, guard_worsened=True)
    assert (fell.level, fell.by) == (Level.ASK, "baton")
    assert "got worse" in fell.because
    async with runner.work._database.write() as writing:
        assert await fall(runner._services, writing, done, guard_worsened=True) == ()
        nobody = done.model_copy(update={"agents": ()})
        assert await fall(runner._services, writing, nobody, guard_worsened=True) == ()


async def test_a_level_is_not_set_over_one_that_changed_while_the_form_was_open(start: Start):
    runner = await start()
    asked = (CORA, "performance", "set_budget")
    await runner.governing.grant(*asked, Level.RECOMMEND, "it sees ghosts", base=Level.ASK)
    with pytest.raises(StaleCard, match="changed after this form was opened"):
        await runner.governing.grant(*asked, Level.OBSERVE, "not even that", base=Level.ASK)
    await runner.governing.grant(*asked, Level.OBSERVE, "not even that", base=Level.RECOMMEND)
    assert next(one.level for one in await runner.governing.records() if one.action == "set_budget") is Level.OBSERVE
