"""What the upgrade tests share: a Postgres."""

from tests.postgres import server

__all__ = ["server"]
