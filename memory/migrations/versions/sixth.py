"""Freezes of single ad accounts; which executor began an action."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns, straight through the driver: the text holds several statements."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((Path(__file__).parent / "sixth.sql").read_text(encoding="utf-8"))
