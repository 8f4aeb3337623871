"""The tables of what is each person's own: what they chose, what they were told, mentions that wait for them."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from memory.schema_base import METADATA, MOMENT, filled

PREFERENCE = Table(
    "preference",
    METADATA,
    Column("pseudonym", Text, ForeignKey("person.pseudonym", ondelete="CASCADE"), primary_key=True),
    filled("body", JSONB),
    filled("at", MOMENT),
)
"""What a person chose for themselves: digest hour, quiet hours, working days. It goes when they are erased."""

TELLING = Table(
    "telling",
    METADATA,
    Column("pseudonym", Text, ForeignKey("person.pseudonym", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    filled("as_of", Date),
    filled("was_sent", Boolean),
    filled("at", MOMENT),
)
"""Digests ("daily") and summaries ("weekly") of one person, by the day on their own clock; `as_of` is the last complete
day one tells. `was_sent` is false where there was nothing to tell."""

HELD_MENTION = Table(
    "held_mention",
    METADATA,
    Column("signal_id", Text, ForeignKey("signal.id"), primary_key=True),
    Column("pseudonym", Text, ForeignKey("person.pseudonym", ondelete="CASCADE"), primary_key=True),
    Column("about", Text, primary_key=True),
    filled("held_at", MOMENT),
    Column("told_at", MOMENT),
    Index("held_mention_told_at_idx", "told_at"),
)
"""People who were at rest when something was shown to them, and are mentioned in the morning. `about` is "card", or
names a question with its version; `told_at` is also set where nothing waits for them any more."""

OPINION = Table(
    "opinion",
    METADATA,
    Column("answer", Text, primary_key=True),
    Column("pseudonym", Text, ForeignKey("person.pseudonym", ondelete="CASCADE"), primary_key=True),
    filled("is_helpful", Boolean),
    filled("at", MOMENT),
)
"""Whether a person found an answer helpful, once per answer; the last press counts. `answer` is the id of the message
it was given in: neither question nor answer is kept."""
