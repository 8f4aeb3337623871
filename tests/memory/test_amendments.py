"""Amendments: kept, agreed to, rejected, overtaken."""

from sqlalchemy import text

from domain.amendment import AmendmentStatus
from memory import amendments, operating_models, people
from memory.database import Database
from tests.memory.test_operating_models import CORA, FILE, MARA, NOW, adopted, amendment, enacted, lines, stricter


def two(_: object) -> int:
    return 2


async def drafted(database: Database, ident: str = "amd_000000000001") -> None:
    async with database.write() as writing:
        await amendments.draft(writing, amendment(stricter(), ident=ident))


async def test_a_drafted_change_waits_with_everything_that_was_said_about_it(database: Database):
    await adopted(database)
    await drafted(database)
    async with database.read() as tx:
        (view,) = await amendments.pending(tx, two)
    assert view.amendment == amendment(stricter())
    assert (view.status, view.quorum, view.agreed, view.decided_by) == (AmendmentStatus.PENDING, 2, (), None)
    assert len(await lines(database, "amendment.drafted")) == 1


async def test_agreeing_twice_is_agreeing_once(database: Database):
    await adopted(database)
    await drafted(database)
    for who in (MARA.slack, MARA.slack, CORA.slack):
        async with database.write() as writing:
            await amendments.agree(writing, amendment(stricter()), who, NOW)
    async with database.read() as tx:
        (view,) = await amendments.pending(tx, two)
    assert set(view.agreed) == {MARA.slack, CORA.slack}
    assert len(await lines(database, "amendment.agreed")) == 2


async def test_a_rejected_change_says_who_and_keeps_the_reason_sealed(database: Database):
    await adopted(database)
    await drafted(database)
    async with database.write() as writing:
        await amendments.reject(writing, amendment(stricter()), MARA.slack, "too strict for spring", NOW)
    async with database.read() as tx:
        assert await amendments.pending(tx, two) == ()
        (view,) = await amendments.recent(tx, 10, two)
        sealed = await tx.scalar(text("SELECT rejected_because FROM amendment"))
        key = await people.known(tx, MARA.slack)
    assert (view.status, view.decided_by) == (AmendmentStatus.REJECTED, MARA.slack)
    assert key
    assert key.open(sealed) == "too strict for spring"
    assert "spring" not in sealed


async def test_what_comes_into_force_overtakes_what_was_drafted_on_the_version_before(database: Database):
    await adopted(database)
    await drafted(database, "amd_000000000007")
    after = await enacted(database, amendment(stricter()))
    async with database.read() as tx:
        assert await amendments.pending(tx, two) == ()
        standing = {view.amendment.id: view.status for view in await amendments.recent(tx, 10, two)}
    assert after.version == 2
    assert standing == {
        "amd_000000000001": AmendmentStatus.IN_FORCE,
        "amd_000000000007": AmendmentStatus.OUTDATED,
    }
    assert [line["subject"] for line in await lines(database, "amendment.outdated")] == ["amd_000000000007"]


async def test_a_newer_file_overtakes_what_an_older_file_drafted_and_nothing_of_people(database: Database):
    await adopted(database)
    await drafted(database)
    async with database.write() as writing:
        of_file = amendment(stricter(), ident="amd_00000000000f").model_copy(update={"by": operating_models.FILE})
        await amendments.draft(writing, of_file)
        await amendments.outdate(writing, NOW, by=operating_models.FILE)
    async with database.read() as tx:
        assert [view.amendment.id for view in await amendments.pending(tx, two)] == ["amd_000000000001"]
    (line,) = await lines(database, "amendment.outdated")
    assert (line["subject"], line["actor"]) == ("amd_00000000000f", "baton")


async def test_a_change_of_people_is_read_back_with_their_names(database: Database):
    await adopted(database)
    new = FILE.model_copy(
        update={"people": (*FILE.people, MARA.model_copy(update={"slack": "U0NOOR0001", "name": "Noor"}))}
    )
    async with database.write() as writing:
        await amendments.draft(writing, amendment(new))
    async with database.read() as tx:
        (view,) = await amendments.pending(tx, two)
    assert [person.name for person in view.amendment.model.people] == ["Mara Lind", "Cora Main", "Noor"]
