"""Workers that died, or stand still, with an action in hand."""

from memory import actions
from memory.actions import Lease
from memory.database import Database


async def left_by_the_dead(database: Database, action_id: str) -> Lease:
    """The lease of a worker that died: it would be good for a minute, and nobody holds the action's lock."""
    async with database.engine.begin() as tx:
        held = await actions.lease(tx, action_id, "dead", 60)
    assert held
    return held


async def lose_their_locks(database: Database) -> None:
    """Whoever works on something stood still for longer than its lease was good, and was taken its lock."""
    over = "UPDATE action SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL"
    ended = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name LIKE 'baton lock %'"
    )
    async with database.engine.begin() as tx:
        await tx.exec_driver_sql(over)
        assert (await tx.exec_driver_sql(ended.replace("%", "%%"))).all()
