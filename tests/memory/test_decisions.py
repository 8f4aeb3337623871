"""Decided once: whoever presses, however often, from however many processes."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from domain.errors import NoLongerOpen, StaleCard
from domain.proposal import Approved, Overridden, Rejected
from domain.signal import EventKind, SignalEvent
from domain.verdict import Ask
from memory import cases, decisions, ledger, signals
from memory.database import Database
from memory.proposals import Asked, ask
from memory.sweeps import SweepBook, Swept
from memory.writing import Writing
from tests.graph.fakes import CORA, FIRST, MARA, cut, proposal, signal

NOW = datetime(2026, 3, 15, 9, 12, tzinfo=UTC)
SIG, PROP = "sig_000000000001", "prop_00000000000a"


async def asked(database: Database, *, quorum: int = 1, ids: tuple[str, ...] = (PROP,)) -> None:
    verdict = Ask(role="media_lead", quorum=quorum, within_hours=72, rules=("An owner decides.",))
    until = NOW + timedelta(hours=72)
    event = SignalEvent(as_of=FIRST, event=EventKind.OPENED, signal=signal())
    questions = tuple(Asked(proposal(ident=ident), verdict, until) for ident in ids)
    await SweepBook(database).save(Swept(FIRST, (event,), {SIG: questions}))


def approved(by: str = MARA, ident: str = PROP, version: int = 1) -> Approved:
    return Approved(proposal_id=ident, version=version, by=by, at=NOW)


def rejected(by: str = MARA, ident: str = PROP) -> Rejected:
    return Rejected(proposal_id=ident, version=1, by=by, at=NOW, reason="not in the sale")


async def count(database: Database, table: str) -> int:
    async with database.read() as tx:
        return await tx.scalar(text(f"SELECT count(*) FROM {table}")) or 0


async def test_of_many_presses_at_once_exactly_one_decides(database: Database):
    ids = tuple(f"prop_{number:012x}" for number in range(10))
    await asked(database, ids=ids)
    before = await count(database, "procrastinate_jobs WHERE task_name = 'advance'")

    async def presser(number: int) -> list[bool]:
        won: list[bool] = []
        for turn in range(30):
            ident = ids[(turn + number) % len(ids)]
            press = approved(ident=ident) if (turn + number) % 3 else rejected(ident=ident)
            won.append(await decisions.claim(database, press) is None)
        return won

    results = await asyncio.gather(*(presser(number) for number in range(8)))
    assert Counter(won for list_ in results for won in list_) == {True: 10, False: 230}
    assert await count(database, "decision") == 10
    assert await count(database, "procrastinate_jobs WHERE task_name = 'advance'") - before == 10
    approvals = await count(database, "decision WHERE kind = 'approved'")
    assert await count(database, "action") == approvals
    async with database.read() as tx:
        assert (await ledger.verify(tx)).problems == ()


async def test_the_loser_gets_the_decision_that_stands(database: Database):
    await asked(database)
    assert await decisions.claim(database, approved()) is None
    assert await decisions.claim(database, rejected(by=CORA)) == approved()


@pytest.mark.parametrize("step", ["_entries", "defer", "finish"])
async def test_a_decision_with_its_action_ledger_line_and_job_is_all_or_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch, step: str
):
    await asked(database)
    tables = ("decision", "action", "ledger", "procrastinate_jobs")
    before = [await count(database, table) for table in tables]

    async def fail(*_: object, **__: object) -> None:
        raise ConnectionError("the lights went out")

    target = {"_entries": "record", "defer": "defer", "finish": "finish"}[step]
    monkeypatch.setattr(Writing, target, fail)
    with pytest.raises(ConnectionError):
        await decisions.claim(database, approved())
    assert [await count(database, table) for table in tables] == before
    monkeypatch.undo()
    assert await decisions.claim(database, approved()) is None
    after = [await count(database, table) for table in tables]
    assert after[0] == after[1] == 1
    assert after[2:] > before[2:]


async def test_two_different_people_are_needed_where_policy_says_two(database: Database):
    await asked(database, quorum=2)
    for _ in range(2):
        assert await decisions.claim(database, approved()) is None
    assert await count(database, "decision") == 0
    async with database.read() as tx:
        (case,) = await cases.load(tx, (SIG,), NOW)
    assert case.proposals[0].approvals == (MARA,)
    assert await decisions.claim(database, approved(by=CORA)) is None
    assert await count(database, "decision") == 1


async def test_a_change_among_several_deciders_is_asked_anew(database: Database):
    await asked(database, quorum=2)
    assert await decisions.claim(database, approved(by=CORA)) is None
    changed = Overridden(proposal_id=PROP, version=1, by=MARA, at=NOW, action=cut("400.00"), reason="a little less")
    assert await decisions.claim(database, changed) is None
    with pytest.raises(StaleCard):
        await decisions.claim(database, approved(by=CORA))
    assert await decisions.claim(database, approved(by=CORA, version=2)) is None
    async with database.read() as tx:
        (case,) = await cases.load(tx, (SIG,), NOW)
    view = case.proposals[0]
    assert (view.proposal.action, view.approvals) == (cut("400.00"), (MARA, CORA))


async def test_an_unchanged_question_keeps_its_version_and_a_changed_one_gets_the_next(database: Database):
    await asked(database)
    verdict = Ask(role="media_lead", within_hours=72, rules=("An owner decides.",))
    until = NOW + timedelta(hours=72)
    async with database.write() as writing:
        await writing.touch(SIG)
        assert not await ask(writing, Asked(proposal(), verdict, until))
        assert await ask(writing, Asked(proposal(cut("300.00")), verdict, until))
    with pytest.raises(StaleCard):
        await decisions.claim(database, approved())
    await decisions.claim(database, approved(version=2))
    async with database.write() as writing:
        await writing.touch(SIG)
        assert not await ask(writing, Asked(proposal(cut("200.00")), verdict, until)), "decided stays decided"


async def test_nothing_expires_early_and_nothing_is_approved_late(database: Database):
    await asked(database)
    late = approved().model_copy(update={"at": NOW + timedelta(hours=72)})
    with pytest.raises(NoLongerOpen):
        await decisions.claim(database, late)


async def test_a_person_appears_in_the_ledger_by_pseudonym_and_a_reason_not_at_all(database: Database):
    await asked(database)
    await decisions.claim(database, rejected())
    async with database.read() as tx:
        rows = [row async for row in ledger.lines(tx)]
    everything = "".join(str(value) for row in rows for value in row.values())
    assert MARA not in everything
    assert "sale" not in everything


async def test_a_card_is_out_of_date_until_it_is_drawn_as_of_the_newest_change(database: Database):
    await asked(database)
    async with database.engine.begin() as tx:
        assert await signals.undrawn(tx) == (SIG,)
        seen = await signals.revision(tx, SIG)
    await decisions.claim(database, approved())  # while the card of `seen` is being drawn
    async with database.engine.begin() as tx:
        await signals.drawn(tx, SIG, seen or 0)
        assert await signals.undrawn(tx) == (SIG,)
        await signals.drawn(tx, SIG, await signals.revision(tx, SIG) or 0)
        assert await signals.undrawn(tx) == ()
