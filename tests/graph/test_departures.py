"""An architect leaves the company: whoever is left goes on, and still not alone."""

from collections.abc import AsyncIterator

import pytest

from domain.amendment import AmendmentStatus
from domain.badge import Badge
from domain.errors import NoLongerOpen, NotYours
from domain.operating_model import Person
from graph.runner import Runner
from memory.people.erasure import erase
from tests.graph.fakes import CORA, MARA, Reception, model
from tests.graph.governed import ANNA, Start, companies, people

OUT = {"key": ANNA, "remove": "yes"}
GONE = Badge(slack=ANNA, is_deactivated=True)
LOOSER = {"max_budget_change": "90"}


@pytest.fixture
async def start(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


async def company(start: Start, anna: Badge | None) -> tuple[Runner, Reception]:
    reception = Reception()
    reception.said[ANNA] = anna
    return await start(directory=reception), reception


async def test_the_architect_who_is_left_takes_the_one_who_has_left_out_alone(start: Start):
    runner, _ = await company(start, GONE)
    drafted = await runner.governing.draft(CORA, "people", OUT, "she has moved on")
    assert (drafted.quorum, drafted.amendment.changes) == (
        1, ("Anna Beck, whose Slack account is deactivated, is taken out.",),
    )  # fmt: skip
    agreed = await runner.governing.agree(drafted.amendment.id, CORA)
    assert agreed.status is AmendmentStatus.IN_FORCE
    assert runner.model.person(ANNA) is None


async def test_an_architect_slack_is_silent_about_has_not_left(start: Start):
    runner, reception = await company(start, GONE)
    reception.said[ANNA] = GONE
    await runner.governing.draft(CORA, "policy", {"max_budget_change": "20"}, "Slack is asked who is still there")
    reception.said[ANNA] = None
    drafted = await runner.governing.draft(CORA, "people", OUT, "she has moved on")
    assert drafted.quorum == 2
    await runner.governing.agree(drafted.amendment.id, CORA)
    with pytest.raises(NotYours):
        await runner.governing.agree(drafted.amendment.id, MARA)


async def test_with_one_architect_left_a_looser_policy_takes_somebody_else_as_well(start: Start):
    runner, reception = await company(start, None)
    drafted = await runner.governing.draft(CORA, "policy", LOOSER, "a loud quarter")
    await runner.governing.agree(drafted.amendment.id, CORA)
    with pytest.raises(NotYours):
        await runner.governing.agree(drafted.amendment.id, MARA)
    reception.said[ANNA] = GONE
    agreed = await runner.governing.agree(drafted.amendment.id, MARA)
    assert (agreed.status, runner.model.policy.max_budget_change) == (AmendmentStatus.IN_FORCE, 0.9)


async def test_with_whom_questions_are_passed_on_to_gone_as_well_anybody_with_a_role_is_the_second(start: Start):
    reception, emil = Reception(), Person(name="Emil Lund", slack="U0EMIL0001", roles=frozenset({"coo"}))
    reception.said = {who: Badge(slack=who, is_deactivated=True) for who in (ANNA, emil.slack)}
    everybody = (*people(model()).people, emil)
    runner = await start({"escalate_to": "coo"}, {"people": everybody}, directory=reception)
    drafted = await runner.governing.draft(CORA, "policy", LOOSER, "a loud quarter")
    await runner.governing.agree(drafted.amendment.id, CORA)
    agreed = await runner.governing.agree(drafted.amendment.id, MARA)
    assert agreed.status is AmendmentStatus.IN_FORCE


async def test_whoever_comes_back_before_they_were_taken_out_is_not_taken_out_by_one(start: Start):
    runner, reception = await company(start, GONE)
    drafted = await runner.governing.draft(CORA, "people", OUT, "she has moved on")
    del reception.said[ANNA]
    with pytest.raises(NoLongerOpen, match="is back in Slack, so two people must agree"):
        await runner.governing.agree(drafted.amendment.id, CORA)
    assert runner.model.person(ANNA) is not None


async def test_what_somebody_agreed_to_before_they_left_brings_nothing_in_force(start: Start):
    runner, reception = await company(start, Badge(slack=ANNA))
    drafted = await runner.governing.draft(CORA, "policy", LOOSER, "a loud quarter")
    await runner.governing.agree(drafted.amendment.id, ANNA)
    reception.said[ANNA] = GONE
    with pytest.raises(NotYours, match="agreed and may no longer do so"):
        await runner.governing.agree(drafted.amendment.id, CORA)
    assert runner.model.policy.max_budget_change == 0.5


async def test_with_the_other_architect_erased_the_one_left_still_does_not_loosen_alone(start: Start):
    runner, _ = await company(start, Badge(slack=ANNA))
    await erase(runner._services.database, ANNA)
    drafted = await runner.governing.draft(CORA, "policy", LOOSER, "a loud quarter")
    one = await runner.governing.agree(drafted.amendment.id, CORA)
    assert (one.status, one.quorum) == (AmendmentStatus.PENDING, 2)
    two = await runner.governing.agree(drafted.amendment.id, MARA)
    assert two.status is AmendmentStatus.IN_FORCE
