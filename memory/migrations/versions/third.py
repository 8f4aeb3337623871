"""One line of history per version: a signal that hours change may change again the same day."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Tell lines of history apart by the signal's version too."""
    op.execute("ALTER TABLE signal_event ADD COLUMN version INTEGER")
    op.execute("UPDATE signal_event SET version = (body->'signal'->>'version')::INTEGER")
    op.execute("ALTER TABLE signal_event ALTER COLUMN version SET NOT NULL")
    op.execute("ALTER TABLE signal_event DROP CONSTRAINT signal_event_as_of_key")
    op.execute(
        "ALTER TABLE signal_event ADD CONSTRAINT signal_event_as_of_key UNIQUE (as_of, signal_id, event, version)"
    )
