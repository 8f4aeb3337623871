"""What people chose for themselves, what each was told regularly, and mentions that wait for somebody's morning."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the tables, straight through the driver: the text holds several statements."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((Path(__file__).parent / "eighth.sql").read_text(encoding="utf-8"))
