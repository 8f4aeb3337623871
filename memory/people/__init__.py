"""Who is behind the names in our records. Everything kept names people by pseudonym, and seals what they wrote.

Deleting a person's row and key forgets them: what they decided still stands, who they were and what they wrote is gone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Text, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from memory.people import vault
from memory.people.vault import Json, Key
from memory.schema import LEDGER_IDENTITY, PERSON, PERSON_KEY

SYSTEM = "baton"
"""Who decides what time or policy decides."""


def _digested(slack: ColumnElement[str]) -> ColumnElement[str]:
    """A Slack user id as we look it up: digested with a secret of this database."""
    return func.encode(func.sha256(LEDGER_IDENTITY.c.lookup.op("||")(func.convert_to(slack, "UTF8"))), "hex")


_SLACK_DIGEST = _digested(bindparam("slack", type_=Text))
_KNOWN = (
    select(PERSON.c.pseudonym, PERSON_KEY.c.key)
    .select_from(LEDGER_IDENTITY.join(PERSON, PERSON.c.digest == _SLACK_DIGEST).join(PERSON_KEY))
    .where(PERSON.c.digest == _SLACK_DIGEST)
)
_EVERYBODY = select(PERSON.c.pseudonym, PERSON.c.slack, PERSON_KEY.c.key).join(PERSON_KEY)
_GIVEN = func.unnest(bindparam("slacks", type_=ARRAY(Text))).table_valued("slack").render_derived()
_PSEUDONYMS = (
    select(_GIVEN.c.slack, PERSON.c.pseudonym)
    .select_from(_GIVEN)
    .join(LEDGER_IDENTITY, true())
    .join(PERSON, PERSON.c.digest == _digested(_GIVEN.c.slack))
    .join(PERSON_KEY)
)
"""Of many Slack users at once."""


@dataclass(frozen=True, slots=True)
class People:
    """Everybody not forgotten."""

    keys: Mapping[str, Key] = field(repr=False)
    """By pseudonym."""
    names: Mapping[str, str]
    """Slack user ids by pseudonym."""

    def shown(self, body: Json) -> Json:
        """A stored body as the domain knows it: Slack ids for pseudonyms, words for sealed words."""
        return vault.opened(body, self.keys, self.names)


async def everybody(tx: AsyncConnection, among: Collection[str] | None = None) -> People:
    """Names and keys of everybody not forgotten: one small question. `among`: of these pseudonyms only."""
    found = _EVERYBODY
    if among is not None:
        found = found.where(PERSON.c.pseudonym.in_(among))
    keys: dict[str, Key] = {}
    names: dict[str, str] = {}
    for row in await tx.execute(found):
        key = keys[row.pseudonym] = Key(row.pseudonym, bytes(row.key))
        names[row.pseudonym] = key.open(row.slack)
    return People(keys, names)


async def known(tx: AsyncConnection, slack: str) -> Key | None:
    """Name and key of a Slack user; None where nothing is recorded of them."""
    row = (await tx.execute(_KNOWN, {"slack": slack})).one_or_none()
    return Key(row.pseudonym, bytes(row.key)) if row else None


async def key_of(tx: AsyncConnection, slack: str) -> Key:
    """Name and key of a Slack user, met for the first time or not."""
    if (found := await known(tx, slack)) is None:
        await _meet(tx, slack)
        found = await known(tx, slack)
    assert found is not None
    return found


async def pseudonym(tx: AsyncConnection, slack: str) -> str:
    """The name a Slack user has in all records: random, the same every time. What is not a person keeps its name."""
    return slack if slack == SYSTEM else (await key_of(tx, slack)).pseudonym


async def pseudonyms(tx: AsyncConnection, slacks: Collection[str]) -> Mapping[str, str]:
    """Those of these Slack users that are known, by Slack user id: one question."""
    found = await tx.execute(_PSEUDONYMS, {"slacks": sorted(slacks)})
    return {row.slack: row.pseudonym for row in found}


async def names(tx: AsyncConnection) -> Mapping[str, str]:
    """Slack user ids by pseudonym, of everybody not forgotten."""
    return (await everybody(tx)).names


async def digest_of(tx: AsyncConnection, slack: str) -> str | None:
    """What a Slack user is looked up by; None where this database has no secret for it."""
    return await tx.scalar(select(_SLACK_DIGEST).select_from(LEDGER_IDENTITY), {"slack": slack})


async def _meet(tx: AsyncConnection, slack: str) -> None:
    """Name somebody. Where two transactions do so at once the later one takes the earlier one's name.

    Their line in the ledger is written where this transaction ends: see `memory.ledger.persons`.
    """
    key = Key.new()
    digest = await digest_of(tx, slack)
    new = insert(PERSON).values(pseudonym=key.pseudonym, digest=digest, slack=key.seal(slack))
    if await tx.scalar(new.on_conflict_do_nothing().returning(PERSON.c.pseudonym)):
        await tx.execute(insert(PERSON_KEY).values(pseudonym=key.pseudonym, key=key.secret))
