"""Looks at the running day, hour by hour."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Remember which hour of a day was looked at last."""
    op.execute(
        "CREATE TABLE look (day DATE NOT NULL, hour SMALLINT NOT NULL, at TIMESTAMP WITH TIME ZONE NOT NULL,"
        " CONSTRAINT look_pkey PRIMARY KEY (day, hour))"
    )
