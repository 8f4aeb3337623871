"""Room for seals of the ledger and for what can be forgotten."""

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing yet."""
