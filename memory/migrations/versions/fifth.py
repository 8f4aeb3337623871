"""Governance in force: operating models and their amendments, stops, emergencies, autonomy, reminders, badges."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables, straight through the driver: the text holds several statements."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((Path(__file__).parent / "fifth.sql").read_text(encoding="utf-8"))
