"""Whoever is erased is taken out of what others wrote; everything else they wrote stays, and the ledger verifies."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from app import erasing
from domain.lesson import Lesson, LessonKind
from domain.operating_model import Person
from domain.proposal import Approved, Overridden, Rejected
from domain.receipt import Receipt, ReceiptStatus, Said
from domain.scope import Scope
from domain.signal import Cause, EventKind, SignalEvent
from domain.standing import Emergency, Grant, Level, Stop
from domain.verdict import Ask
from memory import actions, amendments, decisions, ledger, lessons, operating_models, people, proposals, standing
from memory.database import Database
from memory.ledger import words
from memory.people import erasure, places
from memory.people.erasure import Erased
from memory.people.vault import Key
from memory.proposals import Asked
from memory.sweeps import SweepBook, Swept
from tests.graph.fakes import FIRST, cut, proposal, signal
from tests.memory.test_decisions import NOW, SIG
from tests.memory.test_erasure import files_with, own_server
from tests.memory.test_operating_models import CORA, FILE, MARA, amendment

__all__ = ["own_server"]

WILMA, NAME = "U0WILMA0077", "Wilhelmina Quint"
JUNIOR = Person(name=f"{NAME} Jr.", slack="U0JUNIOR099", roles=frozenset({"architect"}))
COMPANY = FILE.model_copy(
    update={"people": (*FILE.people, Person(name=NAME, slack=WILMA, roles=frozenset({"cmo"})), JUNIOR)}
)
REJECTED, OVERRIDDEN, ASKED = "prop_0000000000c0", "prop_0000000000c1", "prop_0000000000c2"
WAYS = (
    f"ask <@{WILMA}> first", f"<@{WILMA}|wilma> knows better", f"it is {WILMA}, not me", f"{NAME}'s idea, not mine",
    "as wilhelmina\n QUINT said", f"{NAME} and {NAME} again",
)  # fmt: skip
"""How somebody is named."""
LEFT = (
    "ask (erased) first", "(erased) knows better", "it is (erased), not me", "(erased)'s idea, not mine",
    "as (erased) said", "(erased) and (erased) again",
)  # fmt: skip


async def asked(database: Database, *idents: str) -> None:
    until = NOW + timedelta(hours=72)
    one = Ask(role="media_lead", within_hours=72, rules=())
    event = SignalEvent(as_of=FIRST, event=EventKind.OPENED, signal=signal())
    put = tuple(Asked(proposal(ident=ident), one, until) for ident in idents)
    await SweepBook(database).save(Swept(FIRST, (event,), {SIG: put}))
    async with database.write() as writing:
        await writing.tx.execute(text("UPDATE signal SET drawn = revision"))


async def adopted(database: Database) -> None:
    async with database.write() as writing:
        await operating_models.adopt(writing, COMPANY, NOW)


async def written(database: Database, ways: tuple[str, ...] = WAYS) -> None:
    """Others name her in everything that people can write."""
    await adopted(database)
    await asked(database, REJECTED, OVERRIDDEN, ASKED)
    by = {"version": 1, "by": MARA.slack, "at": NOW}
    await decisions.claim(database, Rejected(proposal_id=REJECTED, reason=ways[0], **by))
    await decisions.claim(database, Overridden(proposal_id=OVERRIDDEN, action=cut("400.00"), reason=ways[1], **by))
    drafted = amendment(COMPANY).model_copy(update={"reason": ways[2], "changes": (f"{NAME} leaves.",)})
    told = f"Mara rejected it: {ways[0]}"
    lesson = Lesson(
        id="les_0000000000c0", kind=LessonKind.CORRECTION, text=told, scope=Scope(platform="meta", account_id="a1"),
        cause=Cause.AUCTION_PRESSURE, learned_on=FIRST, expires_on=FIRST + timedelta(days=365), source=REJECTED,
    )  # fmt: skip
    async with database.write() as writing:
        await amendments.draft(writing, drafted)
        await amendments.reject(writing, drafted, CORA.slack, ways[3], NOW)
        stop = Stop(id="stop_000000000001", of="everything", reason=ways[4], by=MARA.slack, at=NOW)
        await standing.pull(writing, stop)
        await standing.lift(writing, stop.id, CORA.slack, ways[5], NOW)
        one = Emergency(
            id="emg_000000000001", by=MARA.slack, reason=ways[0], since=NOW, until=NOW + timedelta(minutes=9)
        )
        await standing.open_emergency(writing, one)
        await standing.review_emergency(writing, one.id, CORA.slack, ways[1], NOW)
        level = {"level": Level.OBSERVE, "by": CORA.slack, "at": NOW, "because": ways[2]}
        await standing.grant(writing, Grant(agent="content", action="write_brief", **level))
        await lessons.keep(writing, lesson)
    quoting = proposal(ident="prop_0000000000c3").model_copy(update={"remembered": (f"Last time {told}",)})
    async with database.write() as writing:
        await writing.touch(SIG)
        await proposals.ask(writing, Asked(quoting, Ask(role="cmo", within_hours=9, rules=()), None), place=9)
        await writing.tx.execute(text("UPDATE signal SET drawn = revision"))


async def read(database: Database) -> list[str]:
    """All that people wrote and that can still be read, in the order of tables and rows."""
    async with database.read() as tx:
        keys = (await people.everybody(tx)).keys
        found = [place async for place in places.readable(tx) if place.field not in {"name", "slack", "changes"}]
        return sorted(f"{one.spoken}: {keys[one.sealed.whose].open(one.sealed.text)}" for one in found)


async def problems(database: Database) -> tuple[str, ...]:
    async with database.read() as tx:
        return (await ledger.verify(tx)).problems


def without_her(said: str) -> str:
    for way, left in zip(WAYS, LEFT, strict=True):
        said = said.replace(way, left)
    return said


async def test_the_erased_are_taken_out_of_everything_others_wrote_and_the_ledger_still_verifies(database: Database):
    await written(database)
    before = await read(database)
    assert len(before) == 12, "her name stands in all of it"
    assert all(without_her(one) != one for one in before)
    async with database.read() as tx:
        lines = [row async for row in ledger.lines(tx)]
    erased = await erasure.erase(database, WILMA)
    assert erased
    assert (erased.mentions, erased.possible, erased.cases) == (12, (), (SIG,))
    assert {"amendment", "autonomy", "decision", "emergency", "lesson", "proposal", "stop"} <= set(erased.tables)
    assert await read(database) == sorted(map(without_her, before)), "the rest stays word for word"
    assert await problems(database) == ()
    async with database.read() as tx:
        after = [row async for row in ledger.lines(tx)]
        assert await tx.scalar(text("SELECT revision > drawn FROM signal")), "their card is drawn anew"
        assert [lesson.text for lesson in await lessons.every(tx)] == ["Mara rejected it: ask (erased) first"]
    assert after[: len(lines)] == lines
    new = [(row["kind"], row["actor"], row["subject"]) for row in after[len(lines) :]]
    redacted = (words.REDACTED, "baton", erased.pseudonym)
    assert new == [redacted] * 9 + [("erased", "baton", erased.pseudonym)], "what stands twice is one line"


async def test_somebody_whose_name_holds_hers_keeps_theirs(database: Database):
    await written(database)
    assert await erasure.erase(database, WILMA)
    async with database.read() as tx:
        known = await operating_models.current(tx)
        view = await amendments.of(tx, "amd_000000000001", lambda _: 1)
    assert known
    assert view
    assert [person.name for person in known.model.people] == [MARA.name, CORA.name, JUNIOR.name]
    assert view.amendment.changes == ("(erased) leaves.",)


@pytest.mark.parametrize(
    ("reason", "left"),
    [
        ("the Quint campaign again", "the Quint campaign again"),
        ("WILHELMINA would not like it", "WILHELMINA would not like it"),
        (f"not {WILMA}0 but Quintus", f"not {WILMA}0 but Quintus"),
        (f"<@{WILMA}> and the other Quint", "(erased) and the other Quint"),
    ],
)
async def test_a_part_of_a_name_stays_and_is_reported(database: Database, reason: str, left: str):
    """It may be somebody else's, or a word; the rest may not hang on a guess."""
    await adopted(database)
    await asked(database, REJECTED)
    await decisions.claim(database, Rejected(proposal_id=REJECTED, version=1, by=MARA.slack, at=NOW, reason=reason))
    erased = await erasure.erase(database, WILMA)
    assert erased
    assert await read(database) == [f"decision of {REJECTED}: {left}"]
    part = "Quintus" not in reason
    assert erased.possible == ((f"decision of {REJECTED}",) if part else ())


async def test_a_name_only_the_file_knows_is_found_as_well(database: Database):
    await asked(database, REJECTED)
    reason = "Billie Q. said so"
    await decisions.claim(database, Rejected(proposal_id=REJECTED, version=1, by=MARA.slack, at=NOW, reason=reason))
    erased = await erasure.erase(database, WILMA, names=("Billie Q.",))
    assert erased, "though she never did anything herself"
    assert await read(database) == [f"decision of {REJECTED}: (erased) said so"]
    assert await erasure.erase(database, WILMA, names=("Billie Q.",)) is None
    assert await problems(database) == ()


async def test_a_persons_word_for_what_became_of_an_action_loses_her_as_well(database: Database):
    await asked(database, ASKED)
    await decisions.claim(database, Approved(proposal_id=ASKED, version=1, by=MARA.slack, at=NOW))
    said = Said(by=MARA.slack, at=NOW, reason=f"<@{WILMA}> rang them up")
    common = {"before": {}, "after": {}, "answer": "", "at": NOW, "said": said}
    async with database.write() as writing:
        ident = await writing.tx.scalar(text("UPDATE action SET state = 'unknown' RETURNING id"))
        receipt = Receipt(action_id=ident, proposal_id=ASKED, status=ReceiptStatus.FAILED, **common)
        assert await actions.close(writing, receipt, executed_on=None, measured_after=None)
    erased = await erasure.erase(database, WILMA)
    assert erased
    assert (erased.mentions, erased.cases) == (1, (SIG,)), "the card that shows it is drawn anew"
    assert await read(database) == [f"receipt of {ASKED}: (erased) rang them up"]
    assert await problems(database) == ()


async def test_two_who_are_named_in_one_sentence_are_erased_one_after_the_other(database: Database):
    await adopted(database)
    await asked(database, REJECTED)
    reason = f"<@{WILMA}> and {CORA.name} both said no"
    await decisions.claim(database, Rejected(proposal_id=REJECTED, version=1, by=MARA.slack, at=NOW, reason=reason))
    for slack, left in (
        (WILMA, f"(erased) and {CORA.name} both said no"),
        (CORA.slack, "(erased) and (erased) both said no"),
    ):
        assert await erasure.erase(database, slack)
        assert await read(database) == [f"decision of {REJECTED}: {left}"]
        assert await problems(database) == ()
    assert await erasure.erase(database, MARA.slack)
    assert await read(database) == []
    assert await problems(database) == ()


async def test_a_reason_never_becomes_too_long_to_be_read(database: Database):
    await asked(database, REJECTED)
    reason = ("Bo " * 333).strip()
    await decisions.claim(database, Rejected(proposal_id=REJECTED, version=1, by=MARA.slack, at=NOW, reason=reason))
    assert await erasure.erase(database, WILMA, names=("Bo",))
    async with database.read() as tx:
        decision = await decisions.of(tx, REJECTED)
    assert isinstance(decision, Rejected)
    assert decision.reason == ("… " * 333).strip()


async def test_nothing_of_the_earlier_words_is_left_in_the_files_of_the_database(database: Database, own_server: Path):
    """They are sealed with the key of somebody who is still there, and so could be read."""
    await written(database)
    async with database.read() as tx:
        before = [place.sealed.text.rpartition(":")[2] async for place in places.readable(tx)]
        mine = await people.known(tx, MARA.slack)
        said = [one.sealed.text async for one in places.readable(tx) if mine and one.sealed.whose == mine.pseudonym]
    assert mine
    ciphers = [one.rpartition(":")[2][:60] for one in said if WILMA in mine.open(one) or NAME in mine.open(one)]
    assert len(ciphers) > 3
    assert len(before) > len(ciphers)
    async with database.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("CHECKPOINT"))
    assert files_with(own_server, *ciphers), "the test can see them"
    await erasure.erase(database, WILMA, own_server=True)
    assert files_with(own_server, *ciphers) == []


async def reworded(database: Database, key: Key, was: str, now: str) -> None:
    """Other words under the same digest, as whoever has the database and so the keys can seal them."""
    (sealed,) = [one for one in await sealed_of(database, key) if key.open(one) == was]
    async with database.engine.begin() as tx:
        for table, column in (("decision", "body"), ("stop", "body")):
            changed = f"UPDATE {table} SET {column} = replace({column}::text, :was, :now)::jsonb"
            await tx.execute(text(changed), {"was": sealed, "now": key.seal(now, sealed.split(":")[2])})


async def sealed_of(database: Database, key: Key) -> list[str]:
    async with database.read() as tx:
        return [one.sealed.text async for one in places.readable(tx) if one.sealed.whose == key.pseudonym]


@pytest.fixture
async def rejected(database: Database) -> Key:
    """Somebody rejected naming her; returned is their key."""
    await asked(database, REJECTED)
    reason = f"<@{WILMA}> said no"
    await decisions.claim(database, Rejected(proposal_id=REJECTED, version=1, by=MARA.slack, at=NOW, reason=reason))
    async with database.read() as tx:
        key = await people.known(tx, MARA.slack)
    assert key
    return key


async def test_words_changed_under_their_digest_are_found(database: Database, rejected: Key):
    assert await problems(database) == ()
    await reworded(database, rejected, f"<@{WILMA}> said no", "I said yes")
    (found,) = await problems(database)
    assert found == f"the decision of {REJECTED} holds other words of {rejected.pseudonym} than those in the ledger"


async def test_words_changed_after_somebody_was_taken_out_of_them_are_found(database: Database, rejected: Key):
    assert await erasure.erase(database, WILMA)
    assert await problems(database) == ()
    await reworded(database, rejected, "(erased) said no", "(erased) said yes")
    assert len(await problems(database)) == 1


async def test_what_is_left_of_one_sentence_does_not_stand_in_for_another(database: Database, rejected: Key):
    async with database.write() as writing:
        stop = {"id": "stop_000000000001", "of": "everything", "by": MARA.slack, "at": NOW}
        await standing.pull(writing, Stop(reason=f"<@{WILMA}> said stop", **stop))
    assert await erasure.erase(database, WILMA)
    assert await problems(database) == ()
    await reworded(database, rejected, "(erased) said no", "(erased) said stop")
    assert len(await problems(database)) == 1


async def test_words_are_only_ever_changed_beside_an_erasure(database: Database, rejected: Key):
    """Whoever adds the line of a redaction to cover a change needs somebody who was erased."""
    (sealed,) = await sealed_of(database, rejected)
    said = {"whose": rejected.pseudonym, "was": sealed.split(":")[2], "now": rejected.digest("I said yes")}
    await reworded(database, rejected, f"<@{WILMA}> said no", "I said yes")
    async with database.write() as writing:
        await writing.record(words.REDACTED, people.SYSTEM, "person_000000000000", **said)
    assert any("holds other words" in one for one in await problems(database))


@pytest.mark.parametrize(
    ("mentions", "possible", "told", "warned"),
    [
        (0, (), "is forgotten", ""),
        (1, (), "They were taken out of what others wrote, once.", ""),
        (1200, (), "They were taken out of what others wrote, 1,200 times.", ""),
        (0, ("stop of stop_1",), "is forgotten", "in 1 place: stop of stop_1."),
        (
            0,
            ("stop of stop_1", "decision of prop_1"),
            "is forgotten",
            "in 2 places: stop of stop_1, decision of prop_1.",
        ),
    ],
)
def test_the_command_says_what_became_of_what_others_wrote(
    capsys: pytest.CaptureFixture[str], mentions: int, possible: tuple[str, ...], told: str, warned: str
):
    erasing._tell(WILMA, Erased("person_000000000000", (), (), mentions, possible))
    said = capsys.readouterr()
    assert told in said.out
    assert said.err.endswith(f"{warned}\n" if warned else "")
    assert bool(said.err) == bool(possible)
    assert ("taken out" in said.out) == bool(mentions)
