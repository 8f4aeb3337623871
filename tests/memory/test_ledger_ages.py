"""Lines written before they carried a digest of their fact: counted, and newer ones beside them compared as ever."""

import pytest
from sqlalchemy import delete, text

from memory import amendments, ledger, people
from memory.database import Database
from memory.schema import AGREEMENT
from memory.writing import Writing
from tests.memory.story import PENDING, governed
from tests.memory.test_decisions import NOW
from tests.memory.test_mentions import COMPANY, CORA, adopted, amendment

LATELY = {
    "amendment.agreed", "amendment.rejected", "amendment.outdated", "stop.lifted", "emergency.closed",
    "emergency.reviewed",
}  # fmt: skip


@pytest.fixture
async def old(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A company that was governed while lines of these kinds said nothing of their facts."""
    record = Writing.record

    async def without(self: Writing, kind: str, by: str, subject: str, **payload: str | int | bool | None) -> None:
        if kind in LATELY:
            payload.pop("digest")
        await record(self, kind, by, subject, **payload)

    await adopted(database)
    with monkeypatch.context() as then:
        then.setattr(Writing, "record", without)
        await governed(database, NOW)
    return database


async def verified(database: Database) -> ledger.Verification:
    async with database.read() as tx:
        return await ledger.verify(tx)


async def changed(database: Database, statement: str) -> tuple[str, ...]:
    async with database.engine.begin() as tx:
        assert (await tx.execute(text(statement))).rowcount
    return (await verified(database)).problems


async def test_an_older_ledger_holds_and_says_how_many_lines_were_only_counted(old: Database):
    found = await verified(old)
    assert (found.problems, found.uncompared) == ((), 8)


async def test_a_fact_of_theirs_that_is_gone_is_found_all_the_same(old: Database):
    (problem,) = await changed(old, f"DELETE FROM agreement WHERE amendment_id = '{PENDING}'")
    assert problem.endswith(f"the agreement of {PENDING} is not there, or was changed")


async def test_a_fact_nobody_told_the_ledger_of_is_found_all_the_same(old: Database):
    (problem,) = await changed(old, f"INSERT INTO agreement VALUES ('{PENDING}', 'person_0', now())")
    assert problem == f"the agreement of {PENDING} has no line amendment.agreed in the ledger, or was changed"


async def test_a_newer_line_is_compared_beside_an_older_one(old: Database):
    one = amendment(COMPANY).model_copy(update={"id": PENDING})
    async with old.write() as writing:
        await amendments.agree(writing, one, CORA.slack, NOW)
    assert (await verified(old)).problems == ()
    newest = "SELECT actor FROM ledger WHERE kind = 'amendment.agreed' ORDER BY seq DESC LIMIT 1"
    theirs = f"amendment_id = '{PENDING}' AND by = ({newest})"
    of_line, of_fact = await changed(old, f"UPDATE agreement SET at = at - interval '1 h' WHERE {theirs}")
    assert of_line.endswith(f"the agreement of {PENDING} is not there, or was changed")
    assert of_fact == f"the agreement of {PENDING} has no line amendment.agreed in the ledger, or was changed"


async def test_what_a_line_without_a_digest_takes_is_never_what_a_newer_one_is_about(old: Database):
    """An older line about the same thing is fitted last, wherever it stands."""
    one = amendment(COMPANY).model_copy(update={"id": PENDING})
    async with old.write() as writing:
        await amendments.agree(writing, one, CORA.slack, NOW)
        await writing.record("amendment.agreed", CORA.slack, PENDING)
        hers = await people.pseudonym(writing.tx, CORA.slack)
        older = (AGREEMENT.c.amendment_id == PENDING) & (AGREEMENT.c.by != hers)
        await writing.tx.execute(delete(AGREEMENT).where(older))
    found = (await verified(old)).problems
    async with old.read() as tx:
        compared = await ledger.size(tx) - 1
    assert len(found) == 2
    assert all(problem.endswith(f"the agreement of {PENDING} is not there, or was changed") for problem in found)
    assert not any(problem.startswith(f"row {compared}:") for problem in found), "hers is there"
