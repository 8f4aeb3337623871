"""The first schema: our own tables and the job engine's."""

from pathlib import Path

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything, straight through the driver: these texts hold several statements each."""
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute((Path(__file__).parent / "first.sql").read_text(encoding="utf-8"))
    driver.execute(SchemaManager.get_schema())
