"""The operating model in force: adopted once, changed by amendments, people in it can be forgotten."""

import asyncio
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from domain.amendment import Amendment, Replay
from domain.operating_model import Delegation, Goal, Limit, OperatingModel, Person, Policy, SourceSettings
from memory import amendments, facts, ledger, operating_models, people
from memory.database import Database
from memory.people import erasure

NOW = datetime(2026, 3, 15, 9, 0, tzinfo=UTC)
MARA = Person(name="Mara Lind", slack="U0MARA0001", roles=frozenset({"media_lead"}), accounts=frozenset({"a1"}))
CORA = Person(name="Cora Main", slack="U0CORA0001", roles=frozenset({"cmo"}))
FILE = OperatingModel(
    company="Kork",
    source=SourceSettings(path="data"),
    people=(MARA, CORA),
    goals=(Goal(name="acquisition cost", metric="cpa", target=Decimal("36.00")),),
    policy=Policy(limits=(Limit(role="media_lead", max_change=0.3),)),
    delegations=(
        Delegation(of=MARA.slack, to=CORA.slack, first_day=date(2026, 3, 1), last_day=date(2026, 3, 31)),
    ),
)  # fmt: skip


def stricter(model: OperatingModel = FILE) -> OperatingModel:
    return model.model_copy(update={"policy": model.policy.model_copy(update={"max_budget_change": 0.2})})


def amendment(model: OperatingModel, base: int = 1, ident: str = "amd_000000000001") -> Amendment:
    return Amendment(
        id=ident, base=base, model=model, by=CORA.slack, at=NOW, reason="a quiet quarter",
        changes=("No budget moves by more than 20 % in a day.",), replay=Replay(of=0),
    )  # fmt: skip


async def enacted(database: Database, one: Amendment) -> operating_models.InForce:
    async with database.write() as writing:
        await operating_models.lock(writing)
        before = await operating_models.current(writing.tx)
        assert before
        await amendments.draft(writing, one)
        return await amendments.enact(writing, one, before, CORA.slack, NOW)


async def adopted(database: Database) -> operating_models.InForce:
    async with database.write() as writing:
        return await operating_models.adopt(writing, FILE, NOW)


async def lines(database: Database, kind: str) -> list[dict[str, str]]:
    async with database.read() as tx:
        return [row async for row in ledger.lines(tx) if row["kind"] == kind]


async def test_nothing_is_in_force_before_the_file_was_adopted(database: Database):
    async with database.read() as tx:
        assert await operating_models.current(tx) is None
    first = await adopted(database)
    async with database.read() as tx:
        assert await operating_models.current(tx) == first
    assert (first.version, first.model, first.by) == (1, FILE, "baton.yaml")


async def test_adoption_is_in_the_ledger_with_every_persons_reach(database: Database):
    await adopted(database)
    (changed,) = await lines(database, "policy.changed")
    payload = json.loads(changed["payload"])
    assert (payload["version"], payload["amendment"]) == (1, None)
    assert payload["parts"].startswith("people, policy")
    reach = {tuple(json.loads(line["payload"]).values()) for line in await lines(database, "role.changed")}
    assert {("a1", "all", "media_lead", 1), ("all", "all", "cmo", 1)} == reach
    async with database.read() as tx:
        assert (await ledger.verify(tx)).problems == ()


async def test_an_amendment_that_changes_the_policy_alone_changes_nobodys_role(database: Database):
    await adopted(database)
    after = await enacted(database, amendment(stricter()))
    assert (after.version, after.model.policy.max_budget_change, after.amendment_id) == (2, 0.2, "amd_000000000001")
    assert len(await lines(database, "role.changed")) == 2
    assert json.loads((await lines(database, "policy.changed"))[-1]["payload"])["parts"] == "policy"


async def test_a_role_taken_away_is_a_line_about_that_person_alone(database: Database):
    await adopted(database)
    await enacted(database, amendment(FILE.model_copy(update={"people": (CORA,), "delegations": ()})))
    last = (await lines(database, "role.changed"))[-1]
    async with database.read() as tx:
        assert last["subject"] == await people.pseudonym(tx, MARA.slack)
    assert json.loads(last["payload"])["roles"] == ""
    assert len(await lines(database, "role.changed")) == 3


async def test_what_a_process_knows_is_read_again_only_once_it_is_old(database: Database):
    await adopted(database)
    async with database.read() as tx:
        first = await operating_models.current(tx)
        assert first
        assert await operating_models.current(tx, first) is first
    after = await enacted(database, amendment(stricter()))
    async with database.read() as tx:
        assert await operating_models.current(tx, first) == after


async def test_what_the_deployment_decides_always_comes_from_the_file():
    elsewhere = stricter().model_copy(update={"company": "Elsewhere", "currency": "USD", "timezone": "Asia/Tokyo"})
    merged = operating_models.governed(elsewhere, FILE)
    assert (merged.company, merged.currency, merged.timezone) == ("Kork", "EUR", "UTC")
    assert merged.policy == elsewhere.policy


def test_files_that_mean_the_same_have_one_fingerprint_and_others_another():
    roles = frozenset({f"role_{number}" for number in range(20)})
    one, other = (
        FILE.model_copy(update={"people": (MARA.model_copy(update={"roles": frozenset(order)}),)})
        for order in (sorted(roles), sorted(roles, reverse=True))
    )
    assert operating_models.fingerprint(one) == operating_models.fingerprint(other)
    goal = FILE.goals[0].model_copy(update={"target": Decimal(36)})
    assert operating_models.fingerprint(FILE.model_copy(update={"goals": (goal,)})) == operating_models.fingerprint(
        FILE
    )
    stored = OperatingModel.model_validate(facts.body(FILE))
    assert operating_models.fingerprint(stored) == operating_models.fingerprint(FILE)
    moved = FILE.source.model_copy(update={"path": "elsewhere"})
    assert operating_models.fingerprint(FILE.model_copy(update={"source": moved})) == operating_models.fingerprint(FILE)
    assert operating_models.fingerprint(stricter()) != operating_models.fingerprint(FILE)


async def test_no_name_and_no_slack_id_lies_readable_in_the_database(database: Database):
    await adopted(database)
    said = ("Mara Lind stands in for Cora Main.", "U0MARA0001 is called Mara Lind.")
    await enacted(database, amendment(stricter()).model_copy(update={"changes": said, "loosens": said}))
    async with database.read() as tx:
        stored = "".join(await tx.scalars(text("SELECT body::text FROM operating_model")))
        stored += "".join(await tx.scalars(text("SELECT body::text || by FROM amendment")))
        stored += "".join([line["payload"] + line["actor"] + line["subject"] async for line in ledger.lines(tx)])
    for word in ("Mara", "U0MARA", "Cora", "U0CORA", "quiet quarter"):
        assert word not in stored


async def test_somebody_who_was_forgotten_is_no_longer_in_the_model_and_the_rest_stands(database: Database):
    await adopted(database)
    async with database.write() as writing:
        before = await operating_models.current(writing.tx)
        name = await people.pseudonym(writing.tx, MARA.slack)
        await writing.tx.execute(text("DELETE FROM person WHERE pseudonym = :name"), {"name": name})
    async with database.read() as tx:
        known = await operating_models.current(tx, before)  # a process that had read it before forgets them as well
    assert known
    assert known.model.people == (CORA,)
    assert known.model.delegations == ()
    assert known.model.policy == FILE.policy


async def test_somebody_erased_is_noticed_as_well_where_somebody_else_was_met_meanwhile(database: Database):
    """As many people are on record as before."""
    known = await adopted(database)
    async with database.read() as tx:
        known = await operating_models.current(tx, known)
        assert await operating_models.current(tx, known) is known
    await erasure.erase(database, MARA.slack)
    async with database.write() as writing:
        await people.pseudonym(writing.tx, "U0NOOR0001")
    async with database.read() as tx:
        now = await operating_models.current(tx, known)
    assert now
    assert now.model.people == (CORA,)


async def test_of_two_processes_that_adopt_at_once_one_does(database: Database):
    async def start() -> int:
        async with database.write() as writing:
            await operating_models.lock(writing)
            known = await operating_models.current(writing.tx)
            return (known or await operating_models.adopt(writing, FILE, NOW)).version

    assert await asyncio.gather(*(start() for _ in range(6))) == [1] * 6
    assert len(await lines(database, "policy.changed")) == 1


async def test_an_outdated_amendment_cannot_come_into_force(database: Database):
    await adopted(database)
    await enacted(database, amendment(stricter()))
    with pytest.raises(AssertionError, match="outdated"):
        await enacted(database, amendment(FILE, base=1, ident="amd_000000000002"))
