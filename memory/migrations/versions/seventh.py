"""Requests Slack sent over HTTP, troubles with Slack, and installations in the shape of slack_sdk's stores."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the tables, straight through the driver: the text holds several statements."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((Path(__file__).parent / "seventh.sql").read_text(encoding="utf-8"))
