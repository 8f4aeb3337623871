"""The tables. Bodies are the frozen domain types as JSON; the columns beside them are for finding and for locking."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB

from memory.schema_base import METADATA, MOMENT, filled
from memory.schema_own import HELD_MENTION, PREFERENCE, TELLING

OWN = (PREFERENCE, TELLING, HELD_MENTION)
"""What is each person's own, in a file of its own; named here so that whoever knows the tables knows them all."""

SIGNAL = Table(
    "signal",
    METADATA,
    Column("id", Text, primary_key=True),
    filled("version", Integer),
    filled("body", JSONB),
    filled("cause", Text),
    filled("at_stake_per_day", Numeric(14, 2)),
    filled("opened_on", Date),
    filled("is_open", Boolean),
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
    filled("as_of", Date),
    filled("signal_id", Text),
    filled("event", Text),
    Column("reason", Text),
    filled("body", JSONB),
    filled("version", Integer),
    UniqueConstraint("as_of", "signal_id", "event", "version"),
)
"""The version is part of the key: looks at a running day may update a signal more than once."""

PROPOSAL = Table(
    "proposal",
    METADATA,
    Column("id", Text, primary_key=True),
    filled("signal_id", Text, ForeignKey("signal.id")),
    filled("version", Integer),
    filled("body", JSONB),
    filled("verdict", JSONB),
    filled("owner", Text),
    Column("asked_at", MOMENT),
    Column("expires_at", MOMENT),
    Column("withdrawn_at", MOMENT),
    filled("place", Integer),
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
    filled("body", JSONB),
    filled("verdict", JSONB),
)
"""Every version ever asked, for the record."""

APPROVAL = Table(
    "approval",
    METADATA,
    Column("proposal_id", Text, ForeignKey("proposal.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("by", Text, primary_key=True),
    filled("at", MOMENT),
    filled("body", JSONB),
)
"""Approvals on the way to a quorum."""

SNOOZE = Table(
    "snooze",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    filled("proposal_id", Text, ForeignKey("proposal.id")),
    filled("until", MOMENT),
    filled("body", JSONB),
    Index("snooze_proposal_id_idx", "proposal_id"),
)

DECISION = Table(
    "decision",
    METADATA,
    Column("proposal_id", Text, ForeignKey("proposal.id"), primary_key=True),
    filled("version", Integer),
    filled("kind", Text),
    filled("by", Text),
    filled("at", MOMENT),
    filled("body", JSONB),
    Column("salt", Text),
    Index("decision_by_idx", "by"),
)
"""One final decision per proposal: the primary key is what makes two presses one decision."""

ACTION = Table(
    "action",
    METADATA,
    Column("id", Text, primary_key=True),
    filled("proposal_id", Text, ForeignKey("proposal.id")),
    filled("body", JSONB),
    filled("token", Text),
    filled("state", Text),
    filled("by", Text),
    Column("before", JSONB),
    Column("answer", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("lease_owner", Text),
    Column("lease_until", MOMENT),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("not_before", MOMENT),
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
    filled("action_id", Text, ForeignKey("action.id")),
    filled("proposal_id", Text),
    filled("status", Text),
    filled("at", MOMENT),
    filled("body", JSONB),
    Index("receipt_proposal_id_idx", "proposal_id"),
)
"""The newest receipt of a proposal counts: UNKNOWN may be followed by what reading found out."""

OUTCOME = Table(
    "outcome",
    METADATA,
    Column("proposal_id", Text, ForeignKey("proposal.id"), primary_key=True),
    filled("measured_on", Date),
    filled("body", JSONB),
)

LESSON = Table(
    "lesson",
    METADATA,
    Column("id", Text, primary_key=True),
    filled("kind", Text),
    Column("cause", Text),
    filled("learned_on", Date),
    filled("expires_on", Date),
    filled("source", Text),
    filled("body", JSONB),
    Column("indexed", Boolean, nullable=False, server_default="false"),
    Index("lesson_cause_idx", "cause"),
)

POST = Table(
    "post",
    METADATA,
    Column("key", Text, primary_key=True),
    filled("signal_id", Text),
    filled("body", JSONB),
    Index("post_signal_id_idx", "signal_id"),
)

UPLOAD = Table("upload", METADATA, Column("key", Text, primary_key=True), filled("file_id", Text))

SWEEP = Table(
    "sweep",
    METADATA,
    Column("as_of", Date, primary_key=True),
    filled("at", MOMENT),
    filled("took_seconds", Double),
    filled("sources", JSONB),
    filled("gaps", JSONB),
    filled("agents", JSONB),
)

LOOK = Table(
    "look",
    METADATA,
    Column("day", Date, primary_key=True),
    Column("hour", SmallInteger, primary_key=True),
    filled("at", MOMENT),
)
"""Hours of the running day that were looked at before it was over."""

DIGEST = Table("digest", METADATA, Column("day", Date, primary_key=True), filled("at", MOMENT))
"""Days whose digest was posted."""

PERSON = Table(
    "person",
    METADATA,
    Column("pseudonym", Text, primary_key=True),
    filled("digest", Text),
    filled("slack", Text),
    UniqueConstraint("digest"),
)
"""Who is behind the names in our records. `digest` finds a Slack id, `slack` is that id sealed with the person's key.

Deleting a row makes that person unknown; decisions stand and the chain still verifies."""

PERSON_KEY = Table(
    "person_key",
    METADATA,
    Column("pseudonym", Text, ForeignKey("person.pseudonym", ondelete="CASCADE"), primary_key=True),
    filled("key", LargeBinary),
)
"""What opens the words of one person. A table of its own, so that backups can leave it out or keep it for less long."""

LEDGER = Table(
    "ledger",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    filled("at", Text),
    filled("kind", Text),
    filled("actor", Text),
    filled("subject", Text),
    filled("payload", Text),
    filled("payload_hash", Text),
    filled("prev_hash", Text),
    filled("hash", Text),
    Index("ledger_subject_idx", "subject"),
)
"""Append-only, by trigger. `at` and `payload` are text because the exact characters are hashed."""

LEDGER_HEAD = Table(
    "ledger_head",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    filled("seq", BigInteger),
    filled("hash", Text),
)
"""One row, locked by every writer as its last act: order in the chain is order of commit, without gaps."""

LEDGER_IDENTITY = Table(
    "ledger_identity",
    METADATA,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    filled("ledger", Text),
    filled("lookup", LargeBinary),
    filled("compared_after", BigInteger),
)
"""One row. Which ledger this is, as seals name it, and the secret people's Slack ids are digested with.

Lines up to `compared_after` are from before facts were sealed: their digests are of what is no longer stored so."""

OPERATING_MODEL = Table(
    "operating_model",
    METADATA,
    Column("version", Integer, primary_key=True, autoincrement=False),
    filled("body", JSONB),
    filled("at", MOMENT),
    filled("by", Text),
    Column("amendment_id", Text),
    filled("file_digest", Text),
)
"""Every operating model that was ever in force; the newest is. `file_digest`: of the `baton.yaml` it was last held
against, so that a changed file is noticed once."""

AMENDMENT = Table(
    "amendment",
    METADATA,
    Column("id", Text, primary_key=True),
    filled("base", Integer),
    filled("body", JSONB),
    filled("status", Text),
    filled("by", Text),
    filled("at", MOMENT),
    Column("decided_by", Text),
    Column("decided_at", MOMENT),
    Column("rejected_because", Text),
    Index("amendment_status_idx", "status"),
)

AGREEMENT = Table(
    "agreement",
    METADATA,
    Column("amendment_id", Text, ForeignKey("amendment.id"), primary_key=True),
    Column("by", Text, primary_key=True),
    filled("at", MOMENT),
)
"""Who agreed to an amendment so far."""

STOP = Table(
    "stop",
    METADATA,
    Column("id", Text, primary_key=True),
    filled("body", JSONB),
    filled("at", MOMENT),
    Column("lifted_at", MOMENT),
    Column("lifted_by", Text),
    Column("lifted_because", Text),
)

EMERGENCY = Table(
    "emergency",
    METADATA,
    Column("id", Text, primary_key=True),
    filled("by", Text),
    filled("since", MOMENT),
    filled("until", MOMENT),
    filled("body", JSONB),
    Column("reviewed_at", MOMENT),
    Column("reviewed_by", Text),
    Column("note", Text),
)

AUTONOMY = Table(
    "autonomy",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    filled("agent", Text),
    filled("action", Text),
    filled("level", Text),
    filled("at", MOMENT),
    filled("body", JSONB),
    Index("autonomy_agent_action_idx", "agent", "action"),
)
"""Levels granted and fallen; the newest per agent and kind counts."""

CALENDAR_FREEZE = Table(
    "calendar_freeze",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("first_day", Date, primary_key=True),
    filled("last_day", Date),
    Column("account_id", Text, primary_key=True),
)
"""Freezes the source's calendar named at the last sweep: of one ad account, or of all where none is named."""

REMINDER = Table(
    "reminder",
    METADATA,
    Column("proposal_id", Text, ForeignKey("proposal.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", Text, primary_key=True),
    filled("at", MOMENT),
)
"""Owners reminded, and questions escalated: once each per version."""

BADGE = Table(
    "badge",
    METADATA,
    Column("slack", Text, primary_key=True),
    filled("body", JSONB),
    filled("seen_at", MOMENT),
)
"""What Slack last said about a user."""

SLACK_REQUEST = Table(
    "slack_request",
    METADATA,
    Column("key", Text, primary_key=True),
    filled("taken_at", MOMENT),
    Column("done_at", MOMENT),
    filled("keep_until", MOMENT),
    Index("slack_request_keep_until_idx", "keep_until"),
)
"""What Slack sent over HTTP, as far as it must not be taken twice: an event's id, or the digest of a signature."""

SLACK_TROUBLE = Table(
    "slack_trouble",
    METADATA,
    Column("kind", Text, primary_key=True),
    Column("about", Text, primary_key=True),
    filled("since", MOMENT),
    filled("seen_at", MOMENT),
    Column("told_at", MOMENT),
)
"""What keeps us from working in Slack just now and only a person can mend; told once each. Gone when it is mended.

`about` is a channel, a scope or a person's pseudonym. Installations are in slack_sdk's own tables: see
`memory.installations`."""
