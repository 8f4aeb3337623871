"""Whether anybody is at work: the newest sign of life of a worker, and how long what waits has waited."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.pulse import Pulse

_LOOK = text(
    "SELECT"
    # A worker that was stopped in order takes its sign of life with it; the last minute that was queued stays.
    " extract(epoch FROM clock_timestamp() - greatest((SELECT max(last_heartbeat) FROM procrastinate_workers),"
    "  (SELECT to_timestamp(max(defer_timestamp)) FROM procrastinate_periodic_defers WHERE task_name = 'tick')"
    " ))::float AS silent,"
    " (SELECT extract(epoch FROM clock_timestamp() - min(due.at))::float FROM (SELECT coalesce(job.scheduled_at,"
    "   (SELECT min(at) FROM procrastinate_events WHERE job_id = job.id AND type = 'deferred')) AS at"
    "  FROM procrastinate_jobs job WHERE job.status = 'todo' AND job.queue_name = 'baton') due"
    "  WHERE due.at <= clock_timestamp()) AS oldest,"
    " (SELECT count(*) FROM action WHERE state IN ('approved', 'ready')) AS approved,"
    " (SELECT count(*) FROM action WHERE state IN ('intent', 'written')) AS under_way"
)


async def feel(tx: AsyncConnection) -> Pulse:
    """How work goes on, by the database's clock."""
    row = (await tx.execute(_LOOK)).one()
    return Pulse(
        silent_seconds=None if row.silent is None else max(row.silent, 0.0),
        oldest_job_seconds=None if row.oldest is None else max(row.oldest, 0.0),
        approved=row.approved,
        under_way=row.under_way,
    )
