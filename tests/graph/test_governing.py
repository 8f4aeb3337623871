"""The door for people who govern: who may do what, what is refused, and what the ledger says of it."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.amendment import AmendmentStatus
from domain.badge import GOOD_FOR, Badge
from domain.errors import InvalidChange, NoLongerOpen, NotFound, NotYours, StaleCard, Unidentified
from domain.standing import Level
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import CLEO, CORA, FIRST, MARA, STRANGER, HandClock, Platform, Reception, Wall, services
from tests.graph.governed import ANNA, NOOR, PROP, Start, companies, enact

GLASS = {"break_glass": {"role": "media_lead", "minutes": 30}}


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


async def kinds(runner) -> list[str]:
    return [line["kind"] for line in await runner.ledger()]


async def refusals(runner) -> list[str]:
    return [line["payload"] for line in await runner.ledger() if line["kind"] == "refusal"]


async def test_the_design_is_the_model_in_force_and_what_every_agent_is_for(start: Start):
    runner = await start()
    design = await runner.governing.design(CORA)
    assert (design.version, design.by, design.model) == (1, "baton.yaml", runner.model)
    assert set(design.mandates) == {"performance"}
    assert {record.action for record in design.records} == design.mandates["performance"].suggests
    assert (design.pending, design.recent, design.stops, design.emergency, design.to_review) == ((), (), (), None, ())


async def test_a_stranger_sees_no_design(start: Start):
    runner = await start()
    with pytest.raises(NotYours):
        await runner.governing.design(STRANGER)


async def test_only_the_architect_drafts_and_everybody_elses_try_is_a_line_of_the_ledger(start: Start):
    runner = await start()
    with pytest.raises(NotYours):
        await runner.governing.draft(MARA, "policy", {"max_budget_change": "90"}, "more room")
    assert await refusals(runner) == ['{"press":"draft","why":"NotYours"}']
    assert (await runner.governing.design(CORA)).pending == ()


@pytest.mark.parametrize(
    ("part", "values", "field"),
    [
        ("policy", {"max_budget_change": "a lot"}, "max_budget_change"),
        ("policy", {"automatic": "set_budget"}, "part"),
        ("limits", {"key": "new", "role": "media_lead"}, "max_change"),
        ("freezes", {"key": "new", "name": "sale", "first_day": "2026-05-02", "last_day": "2026-05-01"}, "last_day"),
        ("goals", {"key": "9", "remove": "yes"}, "key"),
        ("everything", {}, "part"),
        ("policy", {}, "part"),
    ],
)
async def test_what_cannot_be_is_said_at_its_field(start: Start, part: str, values: dict[str, str], field: str):
    runner = await start({"max_budget_change": 0.5, "remind_after_hours": None, "escalate_after_hours": None})
    with pytest.raises(InvalidChange) as refused:
        await runner.governing.draft(CORA, part, values, "let us see")
    assert refused.value.field == field
    assert await refusals(runner) == ['{"press":"draft","why":"InvalidChange"}']
    assert (await runner.governing.design(CORA)).pending == ()


async def test_a_form_left_open_does_not_write_over_what_somebody_else_changed_meanwhile(start: Start):
    here, there = await start(), await start(model_={"timezone": "Europe/Berlin"})
    opened = (await there.governing.design(CORA)).version
    await enact(here, "policy", {"max_budget_change": "20"}, by=(ANNA,))
    with pytest.raises(StaleCard, match=r"^Anna Beck changed this on 15 March at 10:12, after this form was opened"):
        await there.governing.draft(CORA, "policy", {"max_budget_change": "40"}, "a loud week", base=opened)
    assert await refusals(there) == ['{"press":"draft","why":"StaleCard"}']
    assert (await there.governing.design(CORA)).pending == ()
    again = await there.governing.draft(CORA, "policy", {"max_budget_change": "15"}, "quieter still", base=opened + 1)
    assert again.amendment.base == opened + 1


async def test_who_changed_something_else_of_the_design_meanwhile_is_in_nobodys_way(start: Start):
    runner = await start()
    await enact(runner, "policy", {"max_budget_change": "20"}, by=(ANNA,))
    freeze = {"key": "new", "name": "Spring sale", "first_day": "2026-05-01", "last_day": "2026-05-02"}
    drafted = await runner.governing.draft(CORA, "freezes", freeze, "we sell enough", base=1)
    assert (drafted.amendment.base, drafted.amendment.model.policy.max_budget_change) == (2, 0.2)


async def test_a_form_of_a_design_that_never_was_is_refused(start: Start):
    runner = await start()
    for never in (0, 7):
        with pytest.raises(StaleCard, match="open it again"):
            await runner.governing.draft(CORA, "policy", {"max_budget_change": "20"}, "a quiet week", base=never)


async def test_a_change_without_a_reason_is_not_drafted(start: Start):
    runner = await start()
    with pytest.raises(InvalidChange) as refused:
        await runner.governing.draft(CORA, "policy", {"max_budget_change": "20"}, " x ")
    assert refused.value.field == "reason"


async def test_the_six_categories_cannot_be_made_automatic_by_a_form(start: Start):
    runner = await start()
    with pytest.raises(InvalidChange, match="always decided by a person"):
        await runner.governing.draft(CORA, "policy", {"automatic": "rotate_audience"}, "faster")


async def test_what_tightens_takes_one_architect(start: Start):
    runner = await start()
    drafted = await runner.governing.draft(CORA, "policy", {"max_budget_change": "20"}, "a quiet quarter")
    assert (drafted.quorum, drafted.status, runner.model.policy.max_budget_change) == (1, AmendmentStatus.PENDING, 0.5)
    agreed = await runner.governing.agree(drafted.amendment.id, CORA)
    assert (agreed.status, agreed.decided_by, runner.model.policy.max_budget_change) == (
        AmendmentStatus.IN_FORCE, CORA, 0.2,
    )  # fmt: skip
    design = await runner.governing.design(CORA)
    assert (design.version, design.by, design.recent) == (2, CORA, (agreed,))


async def test_what_loosens_takes_two_different_people(start: Start):
    runner = await start()
    drafted = await runner.governing.draft(CORA, "policy", {"max_budget_change": "90"}, "a loud quarter")
    assert (drafted.quorum, bool(drafted.amendment.loosens)) == (2, True)
    one = await runner.governing.agree(drafted.amendment.id, CORA)
    assert (one.status, one.agreed, runner.model.policy.max_budget_change) == (AmendmentStatus.PENDING, (CORA,), 0.5)
    with pytest.raises(NotYours, match="agreed to this already"):
        await runner.governing.agree(drafted.amendment.id, CORA)
    with pytest.raises(NotYours):
        await runner.governing.agree(drafted.amendment.id, MARA)
    two = await runner.governing.agree(drafted.amendment.id, ANNA)
    assert (two.status, runner.model.policy.max_budget_change) == (AmendmentStatus.IN_FORCE, 0.9)


async def test_a_form_that_is_sent_twice_drafts_one_change(start: Start):
    runner = await start()
    one, two = [
        await runner.governing.draft(CORA, "policy", {"max_budget_change": "20"}, "a quiet quarter") for _ in range(2)
    ]
    assert one == two
    assert len((await runner.governing.design(CORA)).pending) == 1


async def test_what_was_lifted_can_be_stopped_again_in_the_same_moment(start: Start):
    runner = await start()
    for _ in range(2):
        stop = await runner.governing.stop(MARA, "everything", "", "the account was taken over")
        await runner.governing.lift(stop.id, CORA, "it is ours again")
    assert (await kinds(runner)).count("stop.pulled") == 2


async def test_a_rejected_change_stays_rejected(start: Start):
    runner = await start()
    drafted = await runner.governing.draft(CORA, "policy", {"max_budget_change": "20"}, "a quiet quarter")
    rejected = await runner.governing.reject(drafted.amendment.id, ANNA, "too quiet")
    assert (rejected.status, rejected.decided_by) == (AmendmentStatus.REJECTED, ANNA)
    with pytest.raises(NoLongerOpen, match="rejected"):
        await runner.governing.agree(drafted.amendment.id, CORA)
    with pytest.raises(NotFound):
        await runner.governing.agree("amd_nothing", CORA)
    assert runner.model.policy.max_budget_change == 0.5


async def test_everybody_with_a_role_stops_and_only_the_architect_lifts(start: Start):
    runner = await start()
    stop = await runner.governing.stop(CLEO, "action", "set_budget", "the figures look wrong")
    with pytest.raises(NoLongerOpen, match="stopped already"):
        await runner.governing.stop(MARA, "action", "set_budget", "the figures look wrong")
    for presser in (STRANGER, MARA, CLEO):
        with pytest.raises(NotYours):
            await runner.governing.lift(stop.id, presser, "all well")
    assert (await runner.governing.design(CORA)).stops == (stop,)
    await runner.governing.lift(stop.id, CORA, "all well")
    with pytest.raises(NoLongerOpen):
        await runner.governing.lift(stop.id, CORA, "all well")
    assert (await runner.governing.design(CORA)).stops == ()
    assert (await runner.verify()).problems == ()


@pytest.mark.parametrize(("of", "name"), [("agent", "gardener"), ("action", "sing"), ("moon", ""), ("everything", "x")])
async def test_only_what_there_is_can_be_stopped(start: Start, of: str, name: str):
    runner = await start()
    with pytest.raises(InvalidChange):
        await runner.governing.stop(MARA, of, name, "just in case")


async def test_an_emergency_takes_the_role_the_policy_names_a_reason_and_somebody_else_to_look_at_it(start: Start):
    clock = HandClock()
    runner = await start(GLASS, clock=clock)
    with pytest.raises(NotYours):
        await runner.governing.break_glass(CLEO, "the shop is down", 20)
    with pytest.raises(NotYours):
        await runner.governing.break_glass(MARA, "the shop is down", 31)
    with pytest.raises(InvalidChange):
        await runner.governing.break_glass(MARA, "", 20)
    one = await runner.governing.break_glass(MARA, "the shop is down", 20)
    with pytest.raises(NotYours):
        await runner.governing.break_glass(NOOR, "the shop is down", 20)
    assert (await runner.governing.design(CORA)).emergency == one
    assert (await runner.inbox(CLEO)).emergency == one
    with pytest.raises(NotYours, match="not over"):
        await runner.governing.review_emergency(one.id, CORA, "all well")
    clock.hour = (clock.now() + timedelta(minutes=20)).timetz()
    design = await runner.governing.design(CORA)
    assert (design.emergency, design.to_review) == (None, (one,))
    cleo, mara = await runner.inbox(CLEO), await runner.inbox(MARA)
    assert (cleo.emergency, cleo.to_review, mara.to_review) == (None, (one,), ())
    with pytest.raises(NotYours, match="somebody else"):
        await runner.governing.review_emergency(one.id, MARA, "all well")
    await runner.governing.review_emergency(one.id, CORA, "all well")
    assert (await runner.governing.design(CORA)).to_review == ()
    assert {"emergency.opened", "emergency.reviewed"} <= set(await kinds(runner))


async def test_everybody_with_a_role_ends_an_emergency_before_its_time(start: Start):
    runner = await start({**GLASS, "limits": ({"role": "media_lead", "max_change": 0.1, "beyond": "cmo"},)})
    await runner.sweep(FIRST)
    one = await runner.governing.break_glass(MARA, "the shop is down", 20)
    with pytest.raises(NotYours):
        await runner.governing.end_emergency(one.id, STRANGER)
    await runner.governing.end_emergency(one.id, CLEO)
    with pytest.raises(NoLongerOpen):
        await runner.governing.end_emergency(one.id, CLEO)
    case = await runner.approve("prop_00000000000a", 1, MARA)
    assert case.proposals[0].approvals == (MARA,), "one of two again"


async def test_without_a_rule_for_it_there_is_no_emergency(start: Start):
    runner = await start()
    with pytest.raises(NotYours):
        await runner.governing.break_glass(CORA, "the shop is down", 20)


async def test_a_person_lowers_a_level_at_once_and_raises_it_only_on_evidence(start: Start):
    runner = await start()
    with pytest.raises(NotYours, match="measured"):
        await runner.governing.grant(CORA, "performance", "fix_tracking", Level.AUTOMATIC, "it is always right")
    await runner.governing.grant(CORA, "performance", "fix_tracking", "recommend", "let us watch it")
    records = {record.action: record.level for record in await runner.governing.records()}
    assert (records["fix_tracking"], records["set_budget"]) == (Level.RECOMMEND, Level.ASK)
    with pytest.raises(NotYours):
        await runner.governing.grant(MARA, "performance", "fix_tracking", "ask", "it was fine")
    grant = await runner.governing.grant(CORA, "performance", "fix_tracking", "ask", "it was fine")
    assert (await runner.governing.design(CORA)).grants == (grant,)
    with pytest.raises(NotFound):
        await runner.governing.grant(CORA, "performance", "write_brief", "observe", "not its job")
    with pytest.raises(InvalidChange):
        await runner.governing.grant(CORA, "performance", "fix_tracking", "royal", "why not")


async def test_whoever_left_the_company_governs_and_decides_nothing_also_when_slack_is_silent_later(address: str):
    reception = Reception()
    for said in (Badge(slack=CORA, is_deactivated=True), None):  # None: Slack is silent, and its last word counts
        reception.said[CORA] = said
        runner = await Runner(services(Database(address), directory=reception)).open()
        await runner.sweep(FIRST)
        with pytest.raises(NotYours, match="deactivated"):
            await runner.governing.stop(CORA, "everything", "", "just in case")
        with pytest.raises(NotYours, match="deactivated"):
            await runner.approve("prop_00000000000a", 1, CORA)
        with pytest.raises(NotYours, match="deactivated"):
            await runner.may("prop_00000000000a", 1, CORA)
        refused = await refusals(runner)
        await runner.close()
    assert len(refused) == 6


async def test_while_slack_does_not_say_who_presses_nothing_is_decided_and_anything_can_be_stopped(address: str):
    reception, platform = Reception(), Platform()
    runner = await Runner(services(Database(address), platform=platform, directory=reception, policy=GLASS)).open()
    await runner.sweep(FIRST)
    reception.said = dict.fromkeys((MARA, CORA))
    presses = (
        runner.may(PROP, 1, MARA),
        runner.approve(PROP, 1, MARA),
        runner.override(PROP, 1, MARA, {"daily_budget": "400"}, "not so far"),
        runner.reject(PROP, 1, MARA, "not now"),
        runner.snooze(PROP, 1, MARA, 4),
        runner.governing.draft(CORA, "policy", {"max_budget_change": "20"}, "a quiet quarter"),
        runner.governing.break_glass(MARA, "the shop is down", 20),
        runner.governing.grant(CORA, "performance", "fix_tracking", Level.RECOMMEND, "let us watch it"),
    )
    for press in presses:
        with pytest.raises(Unidentified, match="try again in a minute"):
            await press
    stop = await runner.governing.stop(MARA, "everything", "", "the figures look wrong")
    assert (await runner.governing.design(CORA)).stops == (stop,)
    with pytest.raises(Unidentified):
        await runner.governing.lift(stop.id, CORA, "all well")
    assert [json.loads(line)["why"] for line in await refusals(runner)] == ["Unidentified"] * 9
    del reception.said[CORA]
    await runner.governing.lift(stop.id, CORA, "all well")
    await runner.close()


async def test_what_was_done_is_not_taken_back_by_somebody_slack_does_not_vouch_for(address: str):
    reception = Reception()
    runner = await Runner(services(Database(address), platform=Platform(), directory=reception)).open()
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    reception.said[CORA] = None
    for press in (runner.undoable(PROP, CORA), runner.undo(PROP, CORA, "the season is over")):
        with pytest.raises(Unidentified):
            await press
    assert len(await runner.proposals()) == 1
    await runner.close()


async def test_a_member_known_this_morning_still_decides_while_slack_is_silent_and_not_for_ever(address: str):
    reception, clock = Reception(), HandClock()
    runner = await Runner(services(Database(address), clock=clock, directory=reception)).open()
    await runner.sweep(FIRST)
    await runner.snooze(PROP, 1, MARA, 1)
    clock.hour = (clock.now() + timedelta(minutes=40)).timetz()
    await runner.snooze(PROP, 1, MARA, 2)
    seen, reception.said[MARA] = clock.now(), None
    clock.hour = (seen + GOOD_FOR - timedelta(minutes=1)).timetz()
    await runner.snooze(PROP, 1, MARA, 3)
    await runner.close()
    runner = await Runner(services(Database(address), clock=clock, directory=reception)).open()
    await runner.snooze(PROP, 1, MARA, 4)
    clock.hour = (seen + GOOD_FOR).timetz()
    with pytest.raises(Unidentified):
        await runner.snooze(PROP, 1, MARA, 5)
    await runner.close()


async def test_opening_a_form_that_is_not_yours_is_refused_on_the_record(start: Start):
    runner = await start(board=Wall())
    await runner.sweep(FIRST)
    with pytest.raises(NotYours):
        await runner.may("prop_00000000000a", 1, CLEO)
    assert await refusals(runner) == ['{"press":"rejected","version":1,"why":"NotYours"}']


async def test_a_freeze_from_a_form_holds_from_the_next_press_on(start: Start):
    runner = await start()
    await runner.sweep(FIRST)
    day = (FIRST + timedelta(days=1)).isoformat()
    await enact(runner, "freezes", {"key": "new", "name": "Spring sale", "first_day": day, "last_day": day})
    with pytest.raises(NoLongerOpen, match="Spring sale"):
        await runner.approve("prop_00000000000a", 1, MARA)
