"""The tables. Bodies are the frozen domain types as JSON; the columns beside them are for finding and for locking."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

METADATA = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_name)s_key",
        "ix": "%(table_name)s_%(column_0_name)s_idx",
    }
)
_MOMENT = DateTime(timezone=True)


def _filled(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], *more: SchemaItem) -> Column[Any]:
    return Column(name, kind, *more, nullable=False)


SIGNAL = Table(
    "signal",
    METADATA,
    Column("id", Text, primary_key=True),
    _filled("version", Integer),
    _filled("body", JSONB),
    _filled("cause", Text),
    _filled("at_stake_per_day", Numeric(14, 2)),
    _filled("opened_on", Date),
    _filled("is_open", Boolean),
    Column("closed", Text),
    Column("closed_on", Date),
    Column("revision", BigInteger, nullable=False, server_default="1"),
    Column("drawn", BigInteger, nullable=False, server_default="0"),
    Index("signal_open_idx", "is_open", "at_stake_per_day"),
)
"""`revision` counts every change of the case; `drawn` is the revision last shown. A smaller `drawn`: draw again."""

SIGNAL_EVENT = Table(
    "signal_event",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    _filled("as_of", Date),
    _filled("signal_id", Text),
    _filled("event", Text),
    Column("reason", Text),
    _filled("body", JSONB),
    _filled("version", Integer),
    UniqueConstraint("as_of", "signal_id", "event", "version"),
)
"""The version is part of the key: looks at a running day may update a signal more than once."""

PROPOSAL = Table(
    "proposal",
    METADATA,
    Column("id", Text, primary_key=True),
    _filled("signal_id", Text, ForeignKey("signal.id")),
    _filled("version", Integer),
    _filled("body", JSONB),
    _filled("verdict", JSONB),
    _filled("owner", Text),
    Column("asked_at", _MOMENT),
    Column("expires_at", _MOMENT),
    Column("withdrawn_at", _MOMENT),
    _filled("place", Integer),
    Column("reviewed", Text),
    Index("proposal_signal_id_idx", "signal_id"),
)
"""The version on the card. `expires_at` moves with a snooze; `place` is the order on the card, for good; `reviewed`
says under which standing governance was last asked about it (memory.standing.stamp)."""

PROPOSAL_VERSION = Table(
    "proposal_version",
    METADATA,
    Column("proposal_id", Text, ForeignKey("proposal.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    _filled("body", JSONB),
    _filled("verdict", JSONB),
)
"""Every version ever asked, for the record."""

APPROVAL = Table(
    "approval",
    METADATA,
    Column("proposal_id", Text, ForeignKey("proposal.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("by", Text, primary_key=True),
    _filled("at", _MOMENT),
    _filled("body", JSONB),
)
"""Approvals on the way to a quorum."""

SNOOZE = Table(
    "snooze",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    _filled("proposal_id", Text, ForeignKey("proposal.id")),
    _filled("until", _MOMENT),
    _filled("body", JSONB),
    Index("snooze_proposal_id_idx", "proposal_id"),
)

DECISION = Table(
    "decision",
    METADATA,
    Column("proposal_id", Text, ForeignKey("proposal.id"), primary_key=True),
    _filled("version", Integer),
    _filled("kind", Text),
    _filled("by", Text),
    _filled("at", _MOMENT),
    _filled("body", JSONB),
    Column("salt", Text),
    Index("decision_by_idx", "by"),
)
"""One final decision per proposal: the primary key is what makes two presses one decision."""

ACTION = Table(
    "action",
    METADATA,
    Column("id", Text, primary_key=True),
    _filled("proposal_id", Text, ForeignKey("proposal.id")),
    _filled("body", JSONB),
    _filled("token", Text),
    _filled("state", Text),
    _filled("by", Text),
    Column("before", JSONB),
    Column("answer", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_owner", Text),
    Column("lease_until", _MOMENT),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("not_before", _MOMENT),
    Column("executed_on", Date),
    Column("measured_after", Date),
    Column("executor", Text),
    UniqueConstraint("proposal_id"),
    Index("action_state_idx", "state"),
)

RECEIPT = Table(
    "receipt",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    _filled("action_id", Text, ForeignKey("action.id")),
    _filled("proposal_id", Text),
    _filled("status", Text),
    _filled("at", _MOMENT),
    _filled("body", JSONB),
    Index("receipt_proposal_id_idx", "proposal_id"),
)
"""The newest receipt of a proposal counts: UNKNOWN may be followed by what reading found out."""

OUTCOME = Table(
    "outcome",
    METADATA,
    Column("proposal_id", Text, ForeignKey("proposal.id"), primary_key=True),
    _filled("measured_on", Date),
    _filled("body", JSONB),
)

LESSON = Table(
    "lesson",
    METADATA,
    Column("id", Text, primary_key=True),
    _filled("kind", Text),
    Column("cause", Text),
    _filled("learned_on", Date),
    _filled("expires_on", Date),
    _filled("source", Text),
    _filled("body", JSONB),
    Column("indexed", Boolean, nullable=False, server_default="false"),
    Index("lesson_cause_idx", "cause"),
)

POST = Table(
    "post",
    METADATA,
    Column("key", Text, primary_key=True),
    _filled("signal_id", Text),
    _filled("body", JSONB),
    Index("post_signal_id_idx", "signal_id"),
)

UPLOAD = Table("upload", METADATA, Column("key", Text, primary_key=True), _filled("file_id", Text))

SWEEP = Table(
    "sweep",
    METADATA,
    Column("as_of", Date, primary_key=True),
    _filled("at", _MOMENT),
    _filled("took_seconds", Double),
    _filled("sources", JSONB),
    _filled("gaps", JSONB),
    _filled("agents", JSONB),
)

LOOK = Table(
    "look",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("hour", SmallInteger, primary_key=True),
    _filled("at", _MOMENT),
)
"""Hours of the running day that were looked at before it was over."""

DIGEST = Table("digest", METADATA, Column("day", Date, primary_key=True), _filled("at", _MOMENT))
"""Days whose digest was posted."""

PERSON = Table(
    "person",
    METADATA,
    Column("pseudonym", Text, primary_key=True),
    _filled("digest", Text),
    _filled("slack", Text),
    UniqueConstraint("digest"),
)
"""Who is behind the names in our records. `digest` finds a Slack id, `slack` is that id sealed with the person's key.

Deleting a row makes that person unknown; decisions stand and the chain still verifies."""

PERSON_KEY = Table(
    "person_key",
    METADATA,
    Column("pseudonym", Text, ForeignKey("person.pseudonym", ondelete="CASCADE"), primary_key=True),
    _filled("key", LargeBinary),
)
"""What opens the words of one person. A table of its own, so that backups can leave it out or keep it for less long."""

LEDGER = Table(
    "ledger",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    _filled("at", Text),
    _filled("kind", Text),
    _filled("actor", Text),
    _filled("subject", Text),
    _filled("payload", Text),
    _filled("payload_hash", Text),
    _filled("prev_hash", Text),
    _filled("hash", Text),
    Index("ledger_subject_idx", "subject"),
)
"""Append-only, by trigger. `at` and `payload` are text because the exact characters are hashed."""

LEDGER_HEAD = Table(
    "ledger_head",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    _filled("seq", BigInteger),
    _filled("hash", Text),
)
"""One row, locked by every writer as its last act: order in the chain is order of commit, without gaps."""

LEDGER_IDENTITY = Table(
    "ledger_identity",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    _filled("ledger", Text),
    _filled("lookup", LargeBinary),
    _filled("compared_after", BigInteger),
)
"""One row. Which ledger this is, as seals name it, and the secret people's Slack ids are digested with.

Lines up to `compared_after` are from before facts were sealed: their digests are of what is no longer stored so."""

OPERATING_MODEL = Table(
    "operating_model",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    _filled("body", JSONB),
    _filled("at", _MOMENT),
    _filled("by", Text),
    Column("amendment_id", Text),
    _filled("file_digest", Text),
)
"""Every operating model that was ever in force; the newest is. `file_digest`: of the `baton.yaml` it was last held
against, so that a changed file is noticed once."""

AMENDMENT = Table(
    "amendment",
    METADATA,
    Column("id", Text, primary_key=True),
    _filled("base", Integer),
    _filled("body", JSONB),
    _filled("status", Text),
    _filled("by", Text),
    _filled("at", _MOMENT),
    Column("decided_by", Text),
    Column("decided_at", _MOMENT),
    Column("rejected_because", Text),
    Index("amendment_status_idx", "status"),
)

AGREEMENT = Table(
    "agreement",
    METADATA,
    Column("amendment_id", Text, ForeignKey("amendment.id"), primary_key=True),
    Column("by", Text, primary_key=True),
    _filled("at", _MOMENT),
)
"""Who agreed to an amendment so far."""

STOP = Table(
    "stop",
    METADATA,
    Column("id", Text, primary_key=True),
    _filled("body", JSONB),
    _filled("at", _MOMENT),
    Column("lifted_at", _MOMENT),
    Column("lifted_by", Text),
    Column("lifted_because", Text),
)

EMERGENCY = Table(
    "emergency",
    METADATA,
    Column("id", Text, primary_key=True),
    _filled("by", Text),
    _filled("since", _MOMENT),
    _filled("until", _MOMENT),
    _filled("body", JSONB),
    Column("reviewed_at", _MOMENT),
    Column("reviewed_by", Text),
    Column("note", Text),
)

AUTONOMY = Table(
    "autonomy",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    _filled("agent", Text),
    _filled("action", Text),
    _filled("level", Text),
    _filled("at", _MOMENT),
    _filled("body", JSONB),
    Index("autonomy_agent_action_idx", "agent", "action"),
)
"""Levels granted and fallen; the newest per agent and kind counts."""

CALENDAR_FREEZE = Table(
    "calendar_freeze",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("first_day", Date, primary_key=True),
    _filled("last_day", Date),
    Column("account_id", Text, primary_key=True),
)
"""Freezes the source's calendar named at the last sweep: of one ad account, or of all where none is named."""

REMINDER = Table(
    "reminder",
    METADATA,
    Column("proposal_id", Text, ForeignKey("proposal.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    _filled("at", _MOMENT),
)
"""Owners reminded, and questions escalated: once each per version."""

BADGE = Table(
    "badge",
    METADATA,
    Column("slack", Text, primary_key=True),
    _filled("body", JSONB),
    _filled("seen_at", _MOMENT),
)
"""What Slack last said about a user."""

SLACK_REQUEST = Table(
    "slack_request",
    METADATA,
    Column("key", Text, primary_key=True),
    _filled("taken_at", _MOMENT),
    Column("done_at", _MOMENT),
    _filled("keep_until", _MOMENT),
    Index("slack_request_keep_until_idx", "keep_until"),
)
"""What Slack sent over HTTP, as far as it must not be taken twice: an event's id, or the digest of a signature."""

SLACK_TROUBLE = Table(
    "slack_trouble",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("about", Text, primary_key=True),
    _filled("since", _MOMENT),
    _filled("seen_at", _MOMENT),
    Column("told_at", _MOMENT),
)
"""What keeps us from working in Slack just now and only a person can mend; told once each. Gone when it is mended.

`about` is a channel, a scope or a person's pseudonym. Installations are in slack_sdk's own tables: see
`memory.installations`."""

PREFERENCE = Table(
    "preference",
    METADATA,
    Column("pseudonym", Text, ForeignKey("person.pseudonym", ondelete="CASCADE"), primary_key=True),
    _filled("body", JSONB),
    _filled("at", _MOMENT),
)
"""What a person chose for themselves: digest hour, quiet hours, working days. It goes when they are erased."""

TELLING = Table(
    "telling",
    METADATA,
    Column("pseudonym", Text, ForeignKey("person.pseudonym", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    _filled("as_of", Date),
    _filled("was_sent", Boolean),
    _filled("at", _MOMENT),
)
"""Digests ("daily") and summaries ("weekly") of one person, by the day on their own clock; `as_of` is the last complete
day one tells. `was_sent` is false where there was nothing to tell."""

HELD_MENTION = Table(
    "held_mention",
    METADATA,
    Column("signal_id", Text, ForeignKey("signal.id"), primary_key=True),
    Column("pseudonym", Text, ForeignKey("person.pseudonym", ondelete="CASCADE"), primary_key=True),
    Column("about", Text, primary_key=True),
    _filled("held_at", _MOMENT),
    Column("told_at", _MOMENT),
    Index("held_mention_told_at_idx", "told_at"),
)
"""People who were at rest when something was shown to them, and are mentioned in the morning. `about` is "card", or
names a question with its version; `told_at` is also set where nothing waits for them any more."""
