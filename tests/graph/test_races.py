"""Many presses at once: the first decides, the others are told, and neither waits for the other longer than needed."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import text

from domain.errors import AlreadyDecided, Refusal
from domain.proposal import FinalDecision
from graph.runner import Runner
from memory import decisions
from memory.database import Database
from memory.decisions import Check
from tests.graph.fakes import CORA, FIRST, MARA, services

PROP, SIG = "prop_00000000000a", "sig_000000000001"


async def opened(address: str) -> Runner:
    runner = await Runner(services(Database(address))).open()
    await runner.sweep(FIRST)
    return runner


async def test_of_forty_presses_at_once_one_decides_and_each_refusal_has_its_line(address: str):
    runner = await opened(address)

    async def press(number: int) -> str:
        try:
            await runner.approve(PROP, 1, MARA if number % 2 else CORA)
        except Refusal as refusal:
            return type(refusal).__name__
        return "decided"

    said = Counter(await asyncio.gather(*(press(number) for number in range(40))))
    assert said == {"decided": 1, "AlreadyDecided": 39}
    lines = Counter(line["kind"] for line in await runner.ledger())
    assert lines["decision.approved"] == 1
    assert lines["refusal"] == 39
    assert (await runner.verify()).problems == ()
    await runner.close()


async def test_whoever_comes_after_the_race_is_told_though_the_case_is_locked(address: str):
    runner, other = await opened(address), Database(address)
    await runner.approve(PROP, 1, MARA)
    async with other.engine.begin() as tx:
        await tx.execute(text("SELECT 1 FROM signal WHERE id = :id FOR UPDATE"), {"id": SIG})
        with pytest.raises(AlreadyDecided, match="Mara Lind has approved this already"):
            await asyncio.wait_for(runner.approve(PROP, 1, CORA), 5)
    await other.close()
    await runner.close()


async def test_refusals_that_come_together_share_transactions(address: str):
    runner = await opened(address)
    await runner.approve(PROP, 1, MARA)

    async def press() -> None:
        with pytest.raises(AlreadyDecided):
            await runner.approve(PROP, 1, CORA)

    await asyncio.gather(*(press() for _ in range(60)))
    moments = Counter(line["at"] for line in await runner.ledger() if line["kind"] == "refusal")
    assert sum(moments.values()) == 60
    assert len(moments) < 30, "one moment is one transaction"
    await runner.close()


async def test_of_many_presses_at_once_only_the_first_claims_and_the_others_look(
    address: str, monkeypatch: pytest.MonkeyPatch
):
    runner = await opened(address)
    claim, claims = decisions.claim, list[str]()

    async def counted(database: Database, decision: FinalDecision, check: Check) -> FinalDecision | None:
        claims.append(decision.by)
        return await claim(database, decision, check)

    monkeypatch.setattr(decisions, "claim", counted)
    said = await asyncio.gather(*(runner.approve(PROP, 1, MARA) for _ in range(30)), return_exceptions=True)
    assert sum(isinstance(one, AlreadyDecided) for one in said) == 29
    assert claims == [MARA]
    await runner.close()
