"""Where two people must agree, the right two must, however close together they press."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import text

from domain.case import ProposalStatus, ProposalView
from domain.errors import NotYours, Refusal
from domain.operating_model import Person
from domain.proposal import is_erased
from graph.runner import Runner
from memory.database import Database
from memory.people.erasure import erase
from memory.proposals import Asked, ask
from tests.graph.fakes import CLEO, CORA, FIRST, MARA, Platform, proposal, services
from tests.graph.governed import Start, companies, enact

PROP, SIG, NOOR = "prop_00000000000a", "sig_000000000001", "U0NOOR0001"
BEYOND = {"limits": ({"role": "media_lead", "max_change": 0.1, "beyond": "cmo"},)}


async def test_two_media_leads_pressing_at_once_cannot_stand_in_for_the_cmo(address: str):
    platform = Platform()
    company = services(Database(address), platform=platform, policy=BEYOND)
    noor = Person(name="Noor Haddad", slack=NOOR, roles=frozenset({"media_lead"}))
    people = (*company.model.people, noor)
    runner = Runner(replace(company, file=company.model.model_copy(update={"people": people})))
    await runner.open()
    try:
        await runner.sweep(FIRST)
        pressed = await asyncio.gather(*(runner.approve(PROP, 1, who) for who in (MARA, NOOR)), return_exceptions=True)
        refused = [answer for answer in pressed if isinstance(answer, Refusal)]
        assert [type(answer) for answer in refused] == [NotYours]
        await runner.settle()
        (view,) = (await runner.case(SIG)).proposals
        assert (view.status, platform.effects, len(view.approvals)) == (ProposalStatus.PENDING, [], 1)
        await runner.approve(PROP, 1, CORA)
        await runner.settle()
        (view,) = (await runner.case(SIG)).proposals
        assert (view.status, len(platform.effects)) == (ProposalStatus.EXECUTED, 1)
    finally:
        await runner.close()


@pytest.mark.parametrize("first", [MARA, CORA])
async def test_nobody_approves_twice(address: str, first: str):
    runner = Runner(services(Database(address), policy=BEYOND))
    await runner.open()
    try:
        await runner.sweep(FIRST)
        await runner.approve(PROP, 1, first)
        with pytest.raises(NotYours, match="approved this already"):
            await runner.approve(PROP, 1, first)
    finally:
        await runner.close()


@pytest.fixture
async def company(address: str) -> AsyncIterator[Start]:
    async with companies(address) as begin:
        yield begin


async def asked_now(runner: Runner) -> ProposalView:
    return next(view for view in (await runner.case(SIG)).proposals if view.proposal.id == PROP)


async def stored(runner: Runner) -> str:
    async with runner._services.database.read() as tx:
        tables = ("approval", "proposal", "proposal_version", "decision")
        rows = [await tx.scalars(text(f"SELECT row_to_json(one)::text FROM {name} one")) for name in tables]
        return "".join(line for found in rows for line in found)


async def test_whoever_must_agree_to_a_change_reads_who_made_it_and_why(company: Start):
    runner = await company(BEYOND)
    await runner.sweep(FIRST)
    assert (await asked_now(runner)).changed_because is None
    await runner.override(PROP, 1, MARA, {"daily_budget": "370"}, "Easter is coming, not so far")
    shown = await asked_now(runner)
    assert (shown.changed_by, shown.changed_because) == (MARA, "Easter is coming, not so far")
    assert (shown.approvals, shown.decision) == ((MARA,), None)
    await runner.approve(PROP, 2, CORA)
    decided = await asked_now(runner)
    assert (decided.changed_by, decided.changed_because) == (MARA, "Easter is coming, not so far")
    assert decided.decision
    assert (decided.decision.by, decided.approvals) == (CORA, (MARA, CORA))
    assert (await runner.verify()).problems == ()


async def test_of_two_changes_the_later_one_is_whose_reason_is_read(company: Start):
    runner = await company(BEYOND)
    await runner.sweep(FIRST)
    await runner.override(PROP, 1, MARA, {"daily_budget": "370"}, "not so far")
    await runner.override(PROP, 2, CORA, {"daily_budget": "380"}, "not even that far")
    shown = await asked_now(runner)
    assert (shown.changed_by, shown.changed_because, shown.approvals) == (CORA, "not even that far", (CORA,))


async def test_why_somebody_changed_it_stands_sealed_and_goes_when_they_are_erased(company: Start):
    runner = await company(BEYOND)
    await runner.sweep(FIRST)
    await runner.override(PROP, 1, MARA, {"daily_budget": "370"}, "Easter is coming")
    assert "Easter" not in await stored(runner)
    await erase(runner._services.database, MARA)
    shown = await asked_now(runner)
    assert shown.changed_by is not None
    assert is_erased(shown.changed_by)
    assert shown.changed_because == "(erased)"
    assert (await runner.verify()).problems == ()


async def test_why_it_was_changed_is_still_read_when_more_people_are_asked_and_not_once_something_else_is(
    company: Start,
):
    runner = await company(BEYOND)
    await runner.sweep(FIRST)
    await runner.override(PROP, 1, MARA, {"daily_budget": "370"}, "not so far")
    await enact(runner, "limits", {"key": "0", "role": "media_lead", "max_change": "10", "beyond": "web_lead"})
    await runner.settle()
    again = await asked_now(runner)
    assert (again.proposal.version, again.approvals) == (3, ())
    assert (again.changed_by, again.changed_because) == (MARA, "not so far")
    async with runner._services.database.write() as writing:
        await writing.touch(SIG)
        await ask(writing, Asked(proposal(), again.verdict, again.expires_at))
    assert (await asked_now(runner)).changed_because is None


async def test_what_somebody_said_who_asked_to_take_it_back_stays_sealed_when_others_are_asked(company: Start):
    runner = await company(platform=Platform())
    await runner.sweep(FIRST)
    await runner.approve(PROP, 1, MARA)
    await runner.settle()
    await runner.undo(PROP, CLEO, "my launch depends on it")
    await enact(runner, "limits", {"key": "new", "role": "media_lead", "max_change": "10", "beyond": "cmo"})
    await runner.settle()
    (back,) = [view for view in (await runner.case(SIG)).proposals if view.proposal.undoes]
    assert (back.proposal.version, "my launch depends on it" in back.proposal.why) == (2, True)
    assert "launch" not in await stored(runner)
