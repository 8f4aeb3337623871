"""What can be forgotten: people by pseudonym in every record, what they wrote sealed with a key of their own."""

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alembic import op
from psycopg.types.json import Jsonb
from sqlalchemy import Connection, text

from memory.people.vault import Key

revision = "0004"
down_revision = "0003"

_SYSTEM = "baton"
_BY = ("decision", "approval", "action")
"""Tables with a column `by`."""


def upgrade() -> None:
    """Add the tables, then take names and words out of every record there is."""
    connection = op.get_bind()
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute((Path(__file__).parent / "fourth.sql").read_text(encoding="utf-8"))
    lookup = secrets.token_bytes(32)
    identity = "INSERT INTO ledger_identity SELECT 1, %s, %s, seq FROM ledger_head"
    driver.execute(identity, (f"led_{secrets.token_hex(8)}", lookup))
    keys = {slack: _known(connection, slack, lookup) for slack in _everybody(connection)}
    op.execute("ALTER TABLE person DROP CONSTRAINT person_slack_key")
    op.execute("ALTER TABLE person ALTER COLUMN digest SET NOT NULL")
    op.execute("ALTER TABLE person ADD CONSTRAINT person_digest_key UNIQUE (digest)")
    _seal_quotes(connection, keys)
    _rename(connection, keys)


def _everybody(connection: Connection) -> set[str]:
    """Slack ids of all who are in any record."""
    found: set[str] = set(connection.scalars(text("SELECT slack FROM person")))
    for table in _BY:
        found |= set(connection.scalars(text(f"SELECT DISTINCT by FROM {table}")))  # noqa: S608 - our own names
    found |= set(connection.scalars(text("SELECT DISTINCT body->>'by' FROM snooze")))
    return found - {_SYSTEM}


def _known(connection: Connection, slack: str, lookup: bytes) -> Key:
    """Their key and pseudonym: the one the ledger has, where it has one."""
    key = Key.new()
    was = connection.scalar(text("SELECT pseudonym FROM person WHERE slack = :slack"), {"slack": slack})
    key = Key(was, key.secret) if was else key
    digest = hashlib.sha256(lookup + slack.encode()).hexdigest()
    row = {"pseudonym": key.pseudonym, "digest": digest, "slack": key.seal(slack)}
    kept = "UPDATE person SET digest = :digest, slack = :slack WHERE pseudonym = :pseudonym"
    new = "INSERT INTO person (pseudonym, digest, slack) VALUES (:pseudonym, :digest, :slack)"
    connection.execute(text(kept if was else new), row)
    given = {"pseudonym": key.pseudonym, "key": key.secret}
    connection.execute(text("INSERT INTO person_key VALUES (:pseudonym, :key)"), given)
    return key


def _seal_quotes(connection: Connection, keys: Mapping[str, Key]) -> None:
    """Lessons that quote somebody's reason, and proposals that quote those lessons."""
    reasoned = (
        "SELECT lesson.id, lesson.body, decision.by FROM lesson JOIN decision ON decision.proposal_id = lesson.source"
        " WHERE decision.body ? 'reason' AND lesson.kind = 'correction'"
    )
    quotes: list[tuple[str, Key]] = []
    for row in connection.execute(text(reasoned)).all():
        quotes.append((row.body["text"], keys[row.by]))
        sealed = row.body | {"text": keys[row.by].seal(row.body["text"])}
        _replace(connection, "lesson", sealed, id=row.id)
    for table, columns in (("proposal", ("id",)), ("proposal_version", ("proposal_id", "version"))):
        told = f"SELECT * FROM {table} WHERE body->'remembered' <> '[]'::jsonb"  # noqa: S608 - our own names
        for row in connection.execute(text(told)).mappings().all():
            remembered = [_sealed_quote(words, quotes) for words in row["body"]["remembered"]]
            key = {column: row[column] for column in columns}
            _replace(connection, table, row["body"] | {"remembered": remembered}, **key)


def _sealed_quote(words: str, quotes: list[tuple[str, Key]]) -> str:
    return next((key.seal(words) for quoted, key in quotes if quoted in words), words)


def _rename(connection: Connection, keys: Mapping[str, Key]) -> None:
    """People by pseudonym, their reasons sealed."""
    for row in connection.execute(text("SELECT proposal_id, by, body FROM decision")).all():
        if row.by in keys:
            _replace(connection, "decision", _renamed(row.body, keys), proposal_id=row.proposal_id)
    for row in connection.execute(text("SELECT proposal_id, version, by, body FROM approval")).all():
        key = {"proposal_id": row.proposal_id, "version": row.version, "by": row.by}
        _replace(connection, "approval", _renamed(row.body, keys), **key)
    for row in connection.execute(text("SELECT id, body FROM snooze")).all():
        _replace(connection, "snooze", _renamed(row.body, keys), id=row.id)
    for slack, key in keys.items():
        for table in _BY:
            renamed = f"UPDATE {table} SET by = :name WHERE by = :slack"  # noqa: S608 - our own names
            connection.execute(text(renamed), {"name": key.pseudonym, "slack": slack})


def _renamed(body: dict[str, Any], keys: Mapping[str, Key]) -> dict[str, Any]:
    key = keys.get(body["by"])
    if key is None:
        return body
    sealed = {"reason": key.seal(body["reason"])} if "reason" in body else {}
    return body | {"by": key.pseudonym} | sealed


def _replace(connection: Connection, table: str, body: dict[str, Any], **key: object) -> None:
    """Another body in one row."""
    driver: Any = connection.connection.driver_connection
    where = " AND ".join(f"{column} = %s" for column in key)
    changed = f"UPDATE {table} SET body = %s WHERE {where}"  # noqa: S608 - our own names
    driver.execute(changed, (Jsonb(body), *key.values()))
