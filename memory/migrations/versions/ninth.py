"""Whether people found an answer helpful."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the table, straight through the driver: the text is SQL."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((Path(__file__).parent / "ninth.sql").read_text(encoding="utf-8"))
