"""A person is forgotten: not a byte of them is left, what they decided still stands, and the ledger still verifies."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from domain.lesson import Lesson, LessonKind
from domain.operating_model import Delegation, Person
from domain.proposal import Approved, Overridden, Rejected, Snoozed, is_erased
from domain.scope import Scope
from domain.signal import Cause, EventKind, SignalEvent
from domain.verdict import Ask
from governance.amendments import changes
from memory import amendments, cases, decisions, facts, ledger, lessons, people, proposals
from memory.database import Database
from memory.embedding import StaticEmbedder
from memory.lesson_index import ChromaIndex
from memory.people import erasure
from memory.proposals import Asked
from memory.sweeps import SweepBook, Swept
from tests.graph.fakes import FIRST, cut, proposal, signal
from tests.memory.test_decisions import NOW, SIG
from tests.memory.test_operating_models import FILE, MARA, adopted, amendment, enacted

WILMA, NAME = "U0WILMA0077", "Wilhelmina Quint"
OTHER = "U0OTHER0088"
REASON, CHANGED = "the wholesale people would never forgive us", "half of it until the harvest is sold"
TOLD = f'14 March: the media lead rejected "change budget": {REASON}'
REJECTED, OVERRIDDEN, SNOOZED, AGREED, QUOTING, THEIRS = (f"prop_0000000000c{number}" for number in range(6))


async def lived(database: Database) -> None:
    """Somebody rejects, changes, snoozes and agrees; somebody else rejects; a lesson quotes them, a proposal that."""
    one, two = Ask(role="media_lead", within_hours=72, rules=()), Ask(role="cmo", quorum=2, within_hours=72, rules=())
    until = NOW + timedelta(hours=72)
    asked = tuple(
        Asked(proposal(ident=ident), two if ident == AGREED else one, until)
        for ident in (REJECTED, OVERRIDDEN, SNOOZED, AGREED, THEIRS)
    )
    event = SignalEvent(as_of=FIRST, event=EventKind.OPENED, signal=signal())
    await SweepBook(database).save(Swept(FIRST, (event,), {SIG: asked}))
    common = {"version": 1, "by": WILMA, "at": NOW}
    await decisions.claim(database, Rejected(proposal_id=REJECTED, reason=REASON, **common))
    await decisions.claim(database, Overridden(proposal_id=OVERRIDDEN, action=cut("400.00"), reason=CHANGED, **common))
    await decisions.snooze(database, Snoozed(proposal_id=SNOOZED, until=NOW + timedelta(days=1), **common))
    await decisions.claim(database, Approved(proposal_id=AGREED, **common))
    await decisions.claim(database, Rejected(proposal_id=THEIRS, reason="not mine", **(common | {"by": OTHER})))
    await decisions.refused(database, [decisions.Refused(Approved(proposal_id=REJECTED, **common), "AlreadyDecided")])
    lesson = Lesson(
        id="les_0000000000c0", kind=LessonKind.CORRECTION, text=TOLD, scope=Scope(platform="meta", account_id="a1"),
        cause=Cause.AUCTION_PRESSURE, learned_on=FIRST, expires_on=FIRST + timedelta(days=365), source=REJECTED,
    )  # fmt: skip
    quoting = proposal(ident=QUOTING).model_copy(update={"remembered": (f"Change budget {TOLD}", "last time: −8 %")})
    async with database.write() as writing:
        await lessons.keep(writing, lesson)
        await writing.touch(SIG)
        await proposals.ask(writing, Asked(quoting, one, until), place=9)


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory, server: str) -> Iterator[Path]:
    """The folder of the tests' database server: its data files, write-ahead log and own log."""
    del tmp_path_factory
    yield Path(server.partition("host=")[2])


def files_with(folder: Path, *words: str) -> list[str]:
    return [
        f"{word} in {path.relative_to(folder)}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for word in words
        if word.encode() in path.read_bytes()
    ]


async def shown(database: Database) -> dict[str, object]:
    async with database.read() as tx:
        (case,) = await cases.load(tx, [SIG], NOW)
    return {view.proposal.id: view for view in case.proposals}


async def test_before_anybody_is_erased_their_id_and_words_stand_in_no_table_and_in_no_file_of_the_database(
    database: Database, own_server: Path
):
    await lived(database)
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("CHECKPOINT"))
    assert await erasure.still_named(database, (WILMA, NAME, REASON, CHANGED)) == ()
    assert files_with(own_server, WILMA, REASON, CHANGED) == []
    views = await shown(database)
    assert (views[REJECTED].decision.by, views[REJECTED].decision.reason) == (WILMA, REASON)
    assert (views[OVERRIDDEN].decision.by, views[OVERRIDDEN].decision.reason) == (WILMA, CHANGED)
    assert views[SNOOZED].decision.by == WILMA
    assert views[AGREED].approvals == (WILMA,)
    assert views[QUOTING].proposal.remembered == (f"Change budget {TOLD}", "last time: −8 %")
    async with database.read() as tx:
        assert [lesson.text for lesson in await lessons.every(tx)] == [TOLD]


async def test_an_erased_person_is_gone_and_what_they_decided_stands(database: Database):
    await lived(database)
    async with database.read() as tx:
        key = await people.known(tx, WILMA)
        before = [row async for row in ledger.lines(tx)]
    assert key
    erased = await erasure.erase(database, WILMA)
    assert erased
    assert (erased.pseudonym, erased.cases) == (key.pseudonym, (SIG,))
    assert set(erased.tables) == {"decision", "lesson", "proposal", "proposal_version"}
    views = await shown(database)
    rejected, changed = views[REJECTED].decision, views[OVERRIDDEN].decision
    assert (rejected.kind, rejected.reason, rejected.by) == ("rejected", "(erased)", key.pseudonym)
    assert is_erased(changed.by)
    assert (changed.reason, changed.action) == ("(erased)", cut("400.00"))
    assert views[AGREED].approvals == (key.pseudonym,), "an agreement still counts"
    assert views[QUOTING].proposal.remembered == ("last time: −8 %",)
    assert (views[THEIRS].decision.by, views[THEIRS].decision.reason) == (OTHER, "not mine"), "others stay"
    async with database.read() as tx:
        assert await lessons.every(tx) == ()
        assert await people.known(tx, WILMA) is None
        assert key.pseudonym not in await people.names(tx)
        found = await ledger.verify(tx)
        after = [row async for row in ledger.lines(tx)]
    assert found.problems == ()
    assert after[:-1] == before
    assert (after[-1]["kind"], after[-1]["subject"]) == ("erased", key.pseudonym)
    async with database.read() as tx:
        left = await tx.scalar(text("SELECT revision > drawn FROM signal"))
    assert left, "the card is drawn anew"


async def test_not_even_the_key_is_left_in_the_files_of_the_database(database: Database, own_server: Path):
    """With the key, whatever copy there is of the sealed words could be read again."""
    await lived(database)
    async with database.read() as tx:
        key = await people.known(tx, WILMA)
        sealed = await tx.scalar(text(f"SELECT body->>'reason' FROM decision WHERE proposal_id = '{REJECTED}'"))
    assert key
    assert key.open(sealed) == REASON

    def holding() -> list[Path]:
        return [path for path in own_server.rglob("*") if path.is_file() and key.secret in path.read_bytes()]

    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("CHECKPOINT"))
    assert holding(), "the test can see a key"
    await erasure.erase(database, WILMA, own_server=True)
    assert holding() == []
    async with database.read() as tx:
        assert await tx.scalar(text("SHOW wal_recycle")) == "on", "the server is as it was"


async def test_sentences_of_what_changed_in_the_company_forget_whom_they_named(database: Database, own_server: Path):
    """Somebody joins, stands in, is called something else and goes, each by an amendment; others are named beside."""
    wilma, called = Person(name=NAME, slack=WILMA, roles=frozenset({"cmo"})), "Wilhelmina Quint-Harrow"
    renamed = wilma.model_copy(update={"name": called})
    joined, later = (FILE.model_copy(update={"people": (*FILE.people, one)}) for one in (wilma, renamed))
    handed = Delegation(of=MARA.slack, to=WILMA, first_day=FIRST, last_day=FIRST)
    standing_in = later.model_copy(update={"delegations": (*later.delegations, handed)})
    await adopted(database)
    sentences: list[tuple[str, ...]] = []
    for base, (before, after) in enumerate(pairwise((FILE, joined, later, standing_in, FILE)), start=1):
        found = changes(before, after)
        said = tuple(one.sentence for one in found)
        loosens = tuple(one.sentence for one in found if one.loosens)
        one = amendment(after, base, f"amd_{base:012x}").model_copy(update={"changes": said, "loosens": loosens})
        await enacted(database, one)
        sentences.append(said)
    assert sum(NAME in sentence for said in sentences for sentence in said) >= 5, "each of them names her"

    async def read() -> list[tuple[str, ...]]:
        async with database.read() as tx:
            views = [await amendments.of(tx, f"amd_{base:012x}", lambda _: 1) for base in range(1, 5)]
        assert all(set(view.amendment.loosens) <= set(view.amendment.changes) for view in views if view)
        return [view.amendment.changes for view in views if view]

    assert await read() == sentences
    assert await erasure.names_of(database, WILMA) == (NAME, called)
    assert await erasure.erase(database, WILMA)
    assert await erasure.names_of(database, WILMA) == ()
    told = [[sentence.replace(called, "(erased)").replace(NAME, "(erased)") for sentence in said] for said in sentences]
    assert await read() == [tuple(said) for said in told]
    assert any("Mara Lind" in sentence for said in told for sentence in said), "others stay named"
    assert await erasure.still_named(database, (WILMA, NAME, "Quint-Harrow")) == ()
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("CHECKPOINT"))
    assert files_with(own_server, WILMA, NAME, "Quint-Harrow") == []
    async with database.read() as tx:
        assert (await ledger.verify(tx)).problems == ()


async def test_the_lesson_index_forgets_with_the_database(database: Database, tmp_path: Path):
    await lived(database)
    folder = tmp_path / "chroma"

    async def every() -> tuple[Lesson, ...]:
        async with database.read() as tx:
            return await lessons.every(tx)

    index = ChromaIndex(StaticEmbedder(), folder=folder)
    await index.open(every)
    assert await index.search("wholesale") == ["les_0000000000c0"]
    assert files_with(folder, REASON) == [], "only numbers: the words stay in the database"
    await erasure.erase(database, WILMA)
    await index.rebuild(await every())
    assert await index.search("wholesale") == []
    await index.close()


async def test_erasing_somebody_nobody_knows_says_so_and_twice_is_once(database: Database):
    await lived(database)
    assert await erasure.erase(database, "U0NOBODY01") is None
    assert await erasure.erase(database, WILMA)
    async with database.read() as tx:
        size = await ledger.size(tx)
    assert await erasure.erase(database, WILMA) is None
    async with database.read() as tx:
        assert await ledger.size(tx) == size


async def test_somebody_erased_who_comes_back_is_somebody_new(database: Database):
    await lived(database)
    erased = await erasure.erase(database, WILMA)
    assert erased
    again = Rejected(proposal_id=QUOTING, version=1, by=WILMA, at=NOW, reason="still no")
    await decisions.claim(database, again)
    views = await shown(database)
    assert (views[QUOTING].decision.by, views[QUOTING].decision.reason) == (WILMA, "still no")
    assert views[REJECTED].decision.by == erased.pseudonym
    async with database.read() as tx:
        assert (await ledger.verify(tx)).problems == ()


async def test_two_who_meet_somebody_at_once_agree_on_their_name(database: Database):
    async def met() -> str:
        async with database.engine.begin() as tx:
            return await people.pseudonym(tx, WILMA)

    assert len(set(await asyncio.gather(*(met() for _ in range(8))))) == 1


async def test_what_an_earlier_schema_kept_in_plain_is_sealed_by_the_upgrade(server: str):
    """See tests/upgrades for the whole story; here, that no word of it is left."""
    import gzip

    from tests.upgrades import past
    from tests.upgrades.test_upgrades import HERE

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE sealed_later")
    address = server.replace("/postgres?", "/sealed_later?")
    rows = gzip.decompress((HERE / "0003" / f"{past.MEASURING}.sql.gz").read_bytes()).decode()
    for part in ((HERE / "0003" / "before.sql").read_text(), rows, (HERE / "0003" / "after.sql").read_text()):
        with psycopg.connect(address) as connection:
            connection.execute(part.encode())
    with psycopg.connect(address) as connection:
        names = [row[0] for row in connection.execute("SELECT slack FROM person").fetchall()]
    database = Database(address)
    words = (*names, "Easter week sells well", "This one carries the brand search")
    assert len(await erasure.still_named(database, words)) > 4, "in plain before"
    await database.open()
    assert await erasure.still_named(database, words) == ()
    async with database.read() as tx:
        assert set((await people.names(tx)).values()) == set(names)
        found = await ledger.verify(tx)
    assert found.problems == ()
    assert found.uncompared > 20
    for slack in names:
        assert await erasure.erase(database, slack)
    async with database.read() as tx:
        assert (await ledger.verify(tx)).problems == ()
        assert await tx.scalar(text("SELECT count(*) FROM decision WHERE salt IS NOT NULL")) == 0
        bodies = list(await tx.scalars(text("SELECT body FROM decision WHERE body ? 'reason'")))
    assert bodies
    assert all(facts.digest_of(body) and body["reason"].endswith(":") for body in bodies)
    await database.close()
