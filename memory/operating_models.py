"""The operating model in force. Every version that ever was is kept; the newest one counts, in all processes at once.

What a deployment decides (source, executor, company, currency, time zone, hour of the sweep) always comes from the
file. The rest is governed: it changes by amendments only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

from sqlalchemy import func, literal, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.amendment import Amendment
from domain.operating_model import OperatingModel, Person
from memory import facts, people
from memory.people import SYSTEM, People
from memory.people.vault import ERASED, PSEUDONYM, Key
from memory.schema import AMENDMENT, OPERATING_MODEL, PERSON
from memory.writing import Writing

FILE: Final = "baton.yaml"
"""Who drafts and adopts what was written in the file instead of in Slack."""
GOVERNED: Final = ("people", "policy", "routes", "goals", "freezes", "delegations", "mandates", "digest")
"""The parts that change by amendments only."""
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('baton/operating_model', 0))")


@dataclass(frozen=True, slots=True)
class InForce:
    """The operating model as it holds now."""

    version: int
    model: OperatingModel
    since: datetime
    by: str
    """Slack user id of who agreed last; "baton.yaml" for the first one."""
    amendment_id: str | None
    file_digest: str
    """Of the file it was last held against."""
    people: str = field(default="", compare=False)
    """A fingerprint of who was on record when it was read: who was erased since must be gone from it as well."""


def governed(model: OperatingModel, file: OperatingModel) -> OperatingModel:
    """What a model says of the governed parts, and what the file says of this deployment."""
    return file.model_copy(update={part: getattr(model, part) for part in GOVERNED})


def fingerprint(model: OperatingModel) -> str:
    """The sha256 of the governed parts, the same for models that mean the same."""
    return facts.digest_of(_plain(model.model_dump(include=set(GOVERNED))))


async def lock(writing: Writing) -> None:
    """Hold all other changes of the operating model back until this transaction ends."""
    await writing.tx.execute(_LOCK)


async def current(tx: AsyncConnection, known: InForce | None = None) -> InForce | None:
    """What is in force; None before the first adoption. `known` is returned as it is where it still is the newest."""
    pseudonyms = func.string_agg(PERSON.c.pseudonym, aggregate_order_by(literal(","), PERSON.c.pseudonym))
    on_record = select(func.md5(func.coalesce(pseudonyms, ""))).scalar_subquery()  # a count would miss one in, one out
    newest = select(OPERATING_MODEL, on_record.label("people")).order_by(OPERATING_MODEL.c.version.desc()).limit(1)
    if known is not None:
        version = OPERATING_MODEL.c.version
        newest = newest.where((version > known.version) | ((version == known.version) & (on_record != known.people)))
    row = (await tx.execute(newest)).one_or_none()
    if row is None:
        return known
    everybody = await people.everybody(tx)
    return InForce(
        version=row.version,
        model=read(row.body, everybody),
        since=row.at,
        by=everybody.names.get(row.by, row.by),
        amendment_id=row.amendment_id,
        file_digest=row.file_digest,
        people=row.people,
    )


async def since(tx: AsyncConnection, version: int) -> tuple[InForce, ...]:
    """A version and all that came after it, in order, as far as there are any."""
    everybody = await people.everybody(tx)
    later = select(OPERATING_MODEL).where(OPERATING_MODEL.c.version >= version).order_by(OPERATING_MODEL.c.version)
    return tuple(
        InForce(
            version=row.version,
            model=read(row.body, everybody),
            since=row.at,
            by=everybody.names.get(row.by, row.by),
            amendment_id=row.amendment_id,
            file_digest=row.file_digest,
        )
        for row in await tx.execute(later)
    )


async def adopt(writing: Writing, model: OperatingModel, at: datetime) -> InForce:
    """Take the file as version 1, where nothing is in force yet. The model must be locked."""
    first = InForce(1, model, at, FILE, None, fingerprint(model))
    await _keep(writing, first, before=None, by=SYSTEM)
    return first


async def enact(writing: Writing, amendment: Amendment, before: InForce, by: str, at: datetime) -> InForce:
    """Put an amendment in force, drafted on what holds now. The model must be locked."""
    assert amendment.base == before.version, "an outdated amendment cannot come into force"
    after = replace(
        before,
        version=before.version + 1,
        model=amendment.model,
        since=at,
        by=FILE if by == SYSTEM else by,
        amendment_id=amendment.id,
    )
    await _keep(writing, after, before=before.model, by=by)
    return after


async def held_against(writing: Writing, digest: str) -> None:
    """Note which file the newest version was held against, so that a changed one is noticed once."""
    newest = select(func.max(OPERATING_MODEL.c.version)).scalar_subquery()
    held = update(OPERATING_MODEL).where(OPERATING_MODEL.c.version == newest).values(file_digest=digest)
    await writing.tx.execute(held)


async def kept(tx: AsyncConnection, model: OperatingModel) -> dict[str, Any]:
    """A model as it is stored: people by pseudonym, their names sealed."""
    body = facts.body(model)
    for person in body["people"]:
        key = await people.key_of(tx, person["slack"])
        person |= {"slack": key.pseudonym, "name": key.seal(person["name"])}
    for delegation in body["delegations"]:
        for end in ("of", "to"):
            delegation[end] = await people.pseudonym(tx, delegation[end])
    return body


async def people_of(tx: AsyncConnection, version: int) -> tuple[Person, ...]:
    """Who was in one version and is not forgotten; nobody where there is no such version."""
    body = await tx.scalar(select(OPERATING_MODEL.c.body).where(OPERATING_MODEL.c.version == version))
    return read(body, await people.everybody(tx)).people if body else ()


async def names_of(tx: AsyncConnection, key: Key) -> tuple[str, ...]:
    """Every name somebody has or had in any version, and in any change of one that was drafted."""
    bodies = [*await tx.scalars(select(OPERATING_MODEL.c.body)), *await tx.scalars(select(AMENDMENT.c.body["model"]))]
    theirs = [one["name"] for body in bodies for one in body["people"] if one["slack"] == key.pseudonym]
    return tuple(sorted({key.open(name) for name in theirs} - {ERASED}))


def read(body: Mapping[str, Any], everybody: People) -> OperatingModel:
    """A stored model. Whoever was erased is no longer in it."""
    shown: Any = everybody.shown(dict(body))
    known = [person for person in shown["people"] if not PSEUDONYM.fullmatch(person["slack"])]
    present = {person["slack"] for person in known}
    delegations = [one for one in shown["delegations"] if {one["of"], one["to"]} <= present]
    return OperatingModel.model_validate(shown | {"people": known, "delegations": delegations})


async def _keep(writing: Writing, one: InForce, before: OperatingModel | None, by: str) -> None:
    """The version with its lines of the ledger: what changed as a whole, and each person whose roles did."""
    body = await kept(writing.tx, one.model)
    row = {
        "version": one.version,
        "body": body,
        "at": one.since,
        "by": FILE if by == SYSTEM else await people.pseudonym(writing.tx, by),
        "amendment_id": one.amendment_id,
        "file_digest": one.file_digest,
    }
    await writing.tx.execute(insert(OPERATING_MODEL).values(row))
    parts = [part for part in GOVERNED if before is None or getattr(before, part) != getattr(one.model, part)]
    await writing.record(
        "policy.changed",
        by,
        f"policy/{one.version}",
        version=one.version,
        amendment=one.amendment_id,
        parts=", ".join(parts),
        digest=facts.digest_of(body),
    )
    for slack, now in _changed_roles(before.people if before else (), one.model.people):
        subject = await people.pseudonym(writing.tx, slack)
        await writing.record("role.changed", by, subject, version=one.version, **_reach(now))


def _changed_roles(before: Sequence[Person], after: Sequence[Person]) -> list[tuple[str, Person | None]]:
    """Everybody who may decide something else than before; None for those who are gone."""
    was, now = {one.slack: one for one in before}, {one.slack: one for one in after}
    return [
        (slack, now.get(slack)) for slack in sorted({*was, *now}) if _reach(was.get(slack)) != _reach(now.get(slack))
    ]


def _reach(person: Person | None) -> dict[str, str]:
    """What somebody may decide, as the ledger spells it; empty words for nothing, "all" for no limit of scope."""
    if person is None:
        return {"roles": "", "accounts": "", "platforms": ""}
    return {
        "roles": ", ".join(sorted(person.roles)),
        "accounts": ", ".join(sorted(person.accounts)) or "all",
        "platforms": ", ".join(sorted(person.platforms)) or "all",
    }


def _plain(value: object) -> Any:
    """What is the same for models that mean the same: sets in order, 1 and 1.0 and 1.00 alike."""
    match value:
        case Mapping():
            entries = cast("Mapping[object, object]", value)
            return {str(name): _plain(one) for name, one in entries.items()}
        case set() | frozenset():
            return sorted(str(one) for one in cast("frozenset[object]", value))
        case tuple() | list():
            return [_plain(one) for one in cast("Sequence[object]", value)]
        case bool():
            return value
        case int() | float() | Decimal():
            return str(Decimal(str(value)).normalize())
        case _:
            return None if value is None else str(value)
