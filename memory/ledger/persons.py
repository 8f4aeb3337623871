"""Whether behind each pseudonym is still who was met, and who is gone was erased.

A line binds every pseudonym to its person in the transaction that meets them, with a digest keyed by their own key:
once an erasure destroys that key, the line tells nothing. People met before there were such lines, or by an older
version still at work, are bound by the next transaction that writes anything; until then only their own row is checked.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping

from sqlalchemy import exists, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from memory.people import digest_of
from memory.people.vault import PSEUDONYM, Key
from memory.schema import LEDGER, PERSON, PERSON_KEY

MET = "person.met"
"""The line that binds. Its subject is the pseudonym, `digest` the keyed digest of the Slack user id behind it."""
ERASURE = "erased"
"""The line of who was forgotten. Its subject is the pseudonym."""

_BOUND = exists().where(LEDGER.c.subject == PERSON.c.pseudonym, LEDGER.c.kind == MET)
_ROWS = select(PERSON.c.pseudonym, PERSON.c.slack, PERSON_KEY.c.key)
_UNBOUND = _ROWS.join(PERSON_KEY).where(~_BOUND).order_by(PERSON.c.pseudonym)
_KEPT = _ROWS.add_columns(PERSON.c.digest).select_from(PERSON.join(PERSON_KEY, isouter=True))
_TOLD = select(LEDGER.c.seq, LEDGER.c.kind, LEDGER.c.subject, LEDGER.c.payload).where(LEDGER.c.kind.in_((MET, ERASURE)))
_KEYS = select(PERSON_KEY.c.pseudonym)


async def unbound(tx: AsyncConnection) -> Mapping[str, str]:
    """Pseudonyms that no line binds yet, each with the digest its line will hold."""
    found: dict[str, str] = {}
    for row in await tx.execute(_UNBOUND):
        key = Key(row.pseudonym, bytes(row.key))
        found[row.pseudonym] = key.digest(key.open(row.slack))
    return found


async def differences(tx: AsyncConnection) -> list[str]:
    """Pseudonyms behind which is not who was met, or nobody without an erasure; one sentence each."""
    met: defaultdict[str, list[tuple[int, str | None]]] = defaultdict(list)
    erased: dict[str, int] = {}
    for line in await tx.execute(_TOLD.order_by(LEDGER.c.seq)):
        if line.kind == MET:
            met[line.subject].append((line.seq, _digest(line.payload)))
        else:
            erased[line.subject] = line.seq
    problems: list[str] = []
    kept: set[str] = set(await tx.scalars(_KEYS))  # a key can be left where its person's row was taken away
    for row in (await tx.execute(_KEPT.order_by(PERSON.c.pseudonym))).all():
        name: str = row.pseudonym
        kept.add(name)
        if name in erased:
            problems.append(f"row {erased[name]}: the person of {name} was erased, and is there again")
        elif row.key is None:
            problems.append(f"the person of {name} has no line {ERASURE} in the ledger, and no key")
        else:
            slack = (key := Key(name, bytes(row.key))).open(row.slack)
            if await digest_of(tx, slack) != row.digest:
                problems.append(f"the person of {name} has no line {MET} in the ledger: it is found by another's id")
            problems.extend(_others(name, key.digest(slack), met[name]))
    people = set(await tx.scalars(select(PERSON.c.pseudonym)))
    gone = {*await _named(tx), *kept} - people - erased.keys()
    problems.extend(f"the person of {name} has no line {ERASURE} in the ledger, and is gone" for name in sorted(gone))
    return problems


def _others(name: str, now: str, lines: list[tuple[int, str | None]]) -> Iterator[str]:
    for seq, was in lines:
        if was != now:
            yield f"row {seq}: the person of {name} is another than was met, or has another key"


async def _named(tx: AsyncConnection) -> set[str]:
    """Every pseudonym that was met, did something or was forgotten, as the ledger says."""
    every = union(select(LEDGER.c.actor), select(LEDGER.c.subject).where(LEDGER.c.subject.startswith("person_")))
    return {one for one in await tx.scalars(every) if PSEUDONYM.fullmatch(one)}


def _digest(payload: str) -> str | None:
    """What a line says; nothing where it cannot be read."""
    try:
        said = json.loads(payload)
        return str(said["digest"])
    except (ValueError, KeyError, TypeError):
        return None
