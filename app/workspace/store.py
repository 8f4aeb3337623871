"""What the workspace keeps, in one SQLite file that survives the process being killed.

Messages have a table of their own, because they are asked for by channel and time. Everything else is a JSON document
under a shelf and a key.
"""

import sqlite3
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from app.workspace.wire import Json, decode, encode

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    shelf TEXT NOT NULL, key TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (shelf, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS messages (
    channel TEXT NOT NULL, ts TEXT NOT NULL, thread_ts TEXT, seen_by TEXT NOT NULL DEFAULT '', document TEXT NOT NULL,
    PRIMARY KEY (channel, ts)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS threads ON messages (channel, thread_ts, ts);
CREATE TABLE IF NOT EXISTS contents (file TEXT PRIMARY KEY, bytes BLOB NOT NULL);
"""


class Store:
    """Reads and writes at once; each call is short enough to run on the event loop."""

    def __init__(self, path: Path) -> None:
        """Open or create the file."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.chmod(0o600)  # what people write is theirs; SQLite's companion files take over the mode
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_SCHEMA)
        (last,) = self._db.execute("SELECT max(ts) FROM messages").fetchone()
        kept = self.get("counters", "ts") or {}
        self._last = max(_micros(last), _micros(kept.get("last")))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All or nothing; may be nested."""
        if self._db.in_transaction:
            yield
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def next_ts(self) -> str:
        """A message timestamp never given before and greater than all given before: "1773480000.000100"."""
        self._last = max(time.time_ns() // 1000, self._last + 1)
        ts = f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
        self.put("counters", "ts", {"last": ts})
        return ts

    # Documents -----------------------------------------------------------------------------------------------------

    def put(self, shelf: str, key: str, document: Json) -> None:
        """Keep a document, in place of an earlier one."""
        self._db.execute(
            "INSERT INTO documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document",
            (shelf, key, encode(document)),
        )

    def get(self, shelf: str, key: str) -> Json | None:
        """One document."""
        row = self._db.execute("SELECT document FROM documents WHERE shelf = ? AND key = ?", (shelf, key)).fetchone()
        return decode(row[0]) if row else None

    def all(self, shelf: str) -> list[Json]:
        """Every document of a shelf, by key."""
        rows = self._db.execute("SELECT document FROM documents WHERE shelf = ? ORDER BY key", (shelf,))
        return [decode(document) for (document,) in rows]

    def drop(self, shelf: str, key: str) -> None:
        """Forget a document."""
        self._db.execute("DELETE FROM documents WHERE shelf = ? AND key = ?", (shelf, key))

    def keep_bytes(self, file: str, data: bytes) -> None:
        """Keep the contents of a file."""
        self._db.execute("INSERT OR REPLACE INTO contents VALUES (?, ?)", (file, data))

    def bytes_of(self, file: str) -> bytes | None:
        """The contents of a file."""
        row = self._db.execute("SELECT bytes FROM contents WHERE file = ?", (file,)).fetchone()
        return row[0] if row else None

    # Messages ------------------------------------------------------------------------------------------------------

    def put_message(self, channel: str, message: Json, seen_by: str = "") -> None:
        """Keep a message, in place of the one with its ts. `seen_by`: the one user who sees an ephemeral."""
        thread_ts = message.get("thread_ts") or None
        self._db.execute(
            "INSERT INTO messages VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET document = excluded.document",
            (channel, message["ts"], thread_ts, seen_by, encode(message)),
        )

    def drop_message(self, channel: str, ts: str) -> None:
        """Forget a message."""
        self._db.execute("DELETE FROM messages WHERE channel = ? AND ts = ?", (channel, ts))

    def message(self, channel: str, ts: str) -> Json | None:
        """One message everybody in the channel sees."""
        return self._one(channel, ts, "")

    def ephemeral(self, channel: str, ts: str, user: str) -> Json | None:
        """One message only `user` sees."""
        return self._one(channel, ts, user) if user else None

    def _one(self, channel: str, ts: str, seen_by: str) -> Json | None:
        row = self._db.execute(
            "SELECT document FROM messages WHERE channel = ? AND ts = ? AND seen_by = ?", (channel, ts, seen_by)
        ).fetchone()
        return decode(row[0]) if row else None

    def messages(self, channel: str | None = None) -> list[tuple[str, Json]]:
        """(channel, message) of every message everybody sees, oldest first."""
        rows = self._db.execute(
            "SELECT channel, document FROM messages WHERE seen_by = '' AND (? IS NULL OR channel = ?) ORDER BY ts",
            (channel, channel),
        )
        return [(where, decode(document)) for where, document in rows]

    def thread(self, channel: str, thread_ts: str) -> list[Json]:
        """A thread: its first message and the replies, oldest first."""
        rows = self._db.execute(
            "SELECT document FROM messages INDEXED BY threads"
            " WHERE channel = ? AND thread_ts = ? AND ts <> ? AND seen_by = '' ORDER BY ts",
            (channel, thread_ts, thread_ts),
        )
        first = self.message(channel, thread_ts)
        return [*([first] if first else []), *(decode(document) for (document,) in rows)]

    def reply_count(self, channel: str, thread_ts: str) -> int:
        """How many replies a message has."""
        (count,) = self._db.execute(
            "SELECT count(*) FROM messages INDEXED BY threads"  # Left alone, SQLite walks the whole channel.
            " WHERE channel = ? AND thread_ts = ? AND ts <> ? AND seen_by = ''",
            (channel, thread_ts, thread_ts),
        ).fetchone()
        return count

    def ephemerals(self) -> list[tuple[str, str, Json]]:
        """(channel, user, message) of every message only one user sees, oldest first."""
        rows = self._db.execute("SELECT channel, seen_by, document FROM messages WHERE seen_by <> '' ORDER BY ts")
        return [(channel, user, decode(document)) for channel, user, document in rows]


def _micros(ts: object) -> int:
    """Microseconds since 1970 of a message timestamp; 0 for none."""
    seconds, _, micros = str(ts or "0.0").partition(".")
    return int(seconds) * 1_000_000 + int(micros)
