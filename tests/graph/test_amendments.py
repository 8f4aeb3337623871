"""The operating model changes while processes run: all see it, the past is held against it, a file does not rule."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from domain.action import FixTracking
from domain.amendment import AmendmentStatus
from domain.case import ProposalStatus
from domain.errors import ConfigurationError, InvalidChange, NoLongerOpen, NotYours, StaleCard
from domain.verdict import Ask, Forbidden
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import BUDGET, CORA, FIRST, MARA, Platform, Wall, cut, opened, proposal, refresh, services
from tests.graph.governed import ANNA, PROP, SIG, Start, companies, enact, separate

BEYOND = {"limits": ({"role": "media_lead", "max_change": 0.1, "beyond": "cmo"},)}
"""A cut by a fifth then takes two people."""


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


async def decided(runner: Runner):
    """The question that was decided; one put anew may stand beside it by now."""
    return next(view for view in (await runner.case(SIG)).proposals if view.proposal.id == PROP)


async def test_a_file_changed_on_disk_changes_nothing_but_waits_for_the_architect(start: Start):
    first = await start()
    later = await start({"forbidden": ("set_budget",)})
    assert (later.model.policy.forbidden, (await later.governing.design(CORA)).version) == (frozenset(), 1)
    (view,) = (await later.governing.design(CORA)).pending
    assert (view.amendment.by, view.quorum, view.status) == ("baton.yaml", 1, AmendmentStatus.PENDING)
    await later.governing.agree(view.amendment.id, CORA)
    await first.open_cases()
    assert first.model.policy.forbidden == frozenset({"set_budget"})
    assert [line["kind"] for line in await later.ledger()].count("policy.changed") == 2


async def test_the_same_changed_file_is_noticed_once_and_an_even_newer_one_overtakes_it(start: Start):
    await start()
    await start({"max_budget_change": 0.3})
    again = await start({"max_budget_change": 0.3})
    assert len((await again.governing.design(CORA)).pending) == 1
    newest = await start({"max_budget_change": 0.2})
    design = await newest.governing.design(CORA)
    assert [view.amendment.model.policy.max_budget_change for view in design.pending] == [0.2]
    assert [view.status for view in design.recent] == [AmendmentStatus.OUTDATED]
    back = await start()
    assert (await back.governing.design(CORA)).pending == ()


async def test_where_tables_come_from_and_actions_go_is_the_files_alone(address: str):
    async with companies(address) as start:
        await start()
        moved = await start(model_={"company": "Kork & Sons", "timezone": "Europe/Berlin"})
        assert (moved.model.company, moved.model.timezone) == ("Kork & Sons", "Europe/Berlin")
        assert (await moved.governing.design(CORA)).pending == ()


async def test_a_file_with_what_must_not_be_starts_nothing(address: str):
    runner = Runner(services(Database(address), policy={"automatic": {"rotate_audience"}}))
    with pytest.raises(ConfigurationError, match="always decided by a person"):
        await runner.open()
    await runner.close()


async def test_every_process_goes_by_an_amendment_from_its_next_press_on(start: Start):
    here, there = await start(), await start()
    await here.sweep(FIRST)
    await enact(here, "policy", {"forbidden": "set_budget"})
    with pytest.raises(NoLongerOpen, match="never allows"):
        await there.approve(PROP, 1, MARA)
    assert there.model.policy.forbidden == frozenset({"set_budget"})


async def test_a_person_added_while_it_runs_may_decide_at_once(start: Start):
    here, there = await start(), await start()
    await here.sweep(FIRST)
    new = {"key": "new", "name": "Ravi Nair", "slack": "U0RAVI0001", "roles": "media_lead"}
    with pytest.raises(NotYours):
        await there.approve(PROP, 1, "U0RAVI0001")
    await enact(here, "people", new)
    case = await there.approve(PROP, 1, "U0RAVI0001")
    assert case.proposals[0].status is ProposalStatus.APPROVED


async def test_a_drafted_change_is_outdated_by_another_that_came_first(start: Start):
    runner = await start()
    slow = await runner.governing.draft(CORA, "policy", {"max_budget_change": "90"}, "a loud quarter")
    await runner.governing.agree(slow.amendment.id, CORA)
    await enact(runner, "policy", {"max_budget_change": "20"})
    with pytest.raises(NoLongerOpen, match="Another change came into force first"):
        await runner.governing.agree(slow.amendment.id, ANNA)
    assert runner.model.policy.max_budget_change == 0.2
    statuses = {view.amendment.id: view.status for view in (await runner.governing.design(CORA)).recent}
    assert statuses[slow.amendment.id] is AmendmentStatus.OUTDATED


async def test_of_two_changes_agreed_to_at_once_one_comes_into_force(start: Start):
    here, there = await start(), await start()
    one = await here.governing.draft(CORA, "policy", {"max_budget_change": "20"}, "a quiet quarter")
    other = await there.governing.draft(ANNA, "policy", {"max_budget_change": "30"}, "less quiet")
    answers = await asyncio.gather(
        here.governing.agree(one.amendment.id, CORA), there.governing.agree(other.amendment.id, ANNA),
        return_exceptions=True,
    )  # fmt: skip
    assert sorted(type(answer).__name__ for answer in answers) == ["AmendmentView", "NoLongerOpen"]
    assert (await here.governing.design(CORA)).version == 2


async def test_the_past_is_held_against_a_change_before_anybody_agrees(start: Start):
    cuts = (cut("440.00"), cut("360.00"), refresh())
    asked = [
        proposal(action, ident=f"prop_00000000000{letter}", owner=owner)
        for action, letter, owner in zip(cuts, "abc", ("media_lead", "media_lead", "creative_lead"), strict=True)
    ]
    runner = await start(script=separate(*asked))
    await runner.sweep(FIRST)
    limit = {"key": "new", "role": "media_lead", "max_change": "10", "beyond": "cmo"}
    view = await runner.governing.draft(CORA, "limits", limit, "small steps")
    replay = view.amendment.replay
    assert replay.of == 3
    (changed,) = replay.changed
    assert (changed.proposal_id, changed.before, changed.after, changed.loosens) == (
        "prop_00000000000b", "asks the media lead", "asks 2 people, one of them the CMO", False,
    )  # fmt: skip


async def test_an_open_question_is_put_anew_to_those_the_new_policy_asks(start: Start):
    wall = Wall()
    runner = await start(board=wall)
    await runner.sweep(FIRST)
    await runner.settle()
    await enact(runner, "limits", {"key": "new", "role": "media_lead", "max_change": "10", "beyond": "cmo"})
    wall.shown.clear()
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert isinstance(view.verdict, Ask)
    assert (view.verdict.role, view.verdict.quorum, view.proposal.version) == ("cmo", 2, 2)
    assert SIG in wall.shown
    with pytest.raises(StaleCard):
        await runner.approve(PROP, 1, MARA)
    await runner.settle()
    assert (await runner.case(SIG)).proposals[0].proposal.version == 2


async def test_a_change_that_asks_nobody_else_leaves_the_question_and_its_approvals_alone(start: Start):
    runner = await start(BEYOND)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await enact(runner, "goals", {"key": "new", "name": "revenue", "metric": "roas", "target": "3"})
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert (view.proposal.version, view.approvals) == (1, (MARA,))


async def test_what_a_change_forbids_can_be_decided_no_more_and_what_it_frees_again(start: Start):
    platform = Platform()
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    await enact(runner, "policy", {"forbidden": "set_budget"})
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, isinstance(view.verdict, Forbidden)) == (ProposalStatus.FORBIDDEN, True)
    await enact(runner, "policy", {"forbidden": ""})
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert view.status is ProposalStatus.PENDING
    await runner.approve(PROP, view.proposal.version, MARA)
    await runner.settle()
    assert platform.values[BUDGET] == "360.00"


async def test_an_approval_is_not_executed_under_a_policy_that_asks_for_more_by_then(start: Start):
    platform = Platform()
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await enact(runner, "limits", {"key": "new", "role": "media_lead", "max_change": "10", "beyond": "cmo"})
    await runner.settle()
    view = await decided(runner)
    assert (view.status, platform.effects, platform.values[BUDGET]) == (ProposalStatus.FAILED, [], "450.00")
    assert "2 people" in view.receipt.answer or "must approve" in view.receipt.answer


async def test_a_role_withdrawn_between_approval_and_execution_keeps_the_budget_where_it_was(start: Start):
    platform = Platform()
    runner = await start(platform=platform)
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await enact(runner, "people", {"key": MARA, "remove": "yes"})
    await runner.settle()
    view = await decided(runner)
    assert (view.status, platform.effects, platform.values[BUDGET]) == (ProposalStatus.FAILED, [], "450.00")
    roles = [line for line in await runner.ledger() if line["kind"] == "role.changed"]
    assert '"roles":""' in roles[-1]["payload"]
    assert (await runner.verify()).problems == ()


async def test_in_a_company_of_one_the_file_is_adopted_by_whoever_runs_it_and_everybody_is_told(address: str):
    made = services(Database(address), board=Wall())
    cora = [person for person in made.model.people if person.slack == CORA]
    alone = await Runner(replace(made, file=made.model.model_copy(update={"people": tuple(cora)}))).open()
    with pytest.raises(InvalidChange, match="Nothing would change"):
        await alone.governing.adopt_file()
    await alone.close()
    more = await Runner(services(Database(address), board=made.board)).open()
    (waiting,) = (await more.governing.design(CORA)).pending
    with pytest.raises(NotYours, match="nobody"):
        await more.governing.agree(waiting.amendment.id, CORA)
    after = await more.governing.adopt_file()
    assert (after.version, after.by, len(more.model.people)) == (2, "baton.yaml", 3)
    await more.settle()
    assert any("Mara Lind joins" in text for text in made.board.announced.values())
    assert (await more.governing.design(CORA)).pending == ()
    with pytest.raises(InvalidChange, match="Nothing would change"):
        await more.governing.adopt_file()
    await more.close()


async def test_where_people_can_agree_a_file_is_not_adopted_without_them(start: Start):
    await start()
    changed = await start({"max_budget_change": 0.9})
    with pytest.raises(NoLongerOpen, match="Design tab"):
        await changed.governing.adopt_file()
    assert (await changed.governing.design(CORA)).version == 1


async def test_a_question_that_waits_is_carried_out_once_nobody_need_be_asked_any_more(start: Start):
    fix = FixTracking(platform="meta", account_id="a1", currency="EUR", campaign_id="c3", symptom="no orders arrive")
    platform = Platform()
    runner = await start(script=opened(proposal(fix)), platform=platform)
    await runner.sweep(FIRST)
    await runner.work.advance(PROP)  # its thread waits for an answer from here on
    await enact(runner, "policy", {"automatic": "fix_tracking"})
    await runner.settle()
    (view,) = (await runner.case(SIG)).proposals
    assert (view.status, view.decision.by, len(platform.tasks)) == (ProposalStatus.EXECUTED, "baton", 1)
