"""Where two people must agree, the right two must, however close together they press."""

import asyncio
from dataclasses import replace

import pytest

from domain.case import ProposalStatus
from domain.errors import NotYours, Refusal
from domain.operating_model import Person
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import CORA, FIRST, MARA, Platform, services

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
