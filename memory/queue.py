"""Where jobs are put: into the job engine's table on the caller's transaction, so that fact and job commit as one."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection


async def put(
    tx: AsyncConnection, task: str, argument: str, *, once: bool = False, after_seconds: float = 0, priority: int = 0
) -> None:
    """Add a job for `task` with one text argument, the id it is about.

    `once`: leave it when the same job is already waiting. A job that has begun does not count as waiting.
    """
    from procrastinate import exceptions, manager, psycopg_connector, utils  # noqa: PLC0415 - only who writes pays for it
    from procrastinate.jobs import Job  # noqa: PLC0415

    waiting = f"{task}/{argument}" if not after_seconds else f"later/{task}/{argument}"
    job = Job(
        queue="baton",
        task_name=task,
        task_kwargs={"about": argument},
        lock=None,
        queueing_lock=waiting if once else None,
        priority=priority,
        scheduled_at=utils.utcnow() + timedelta(seconds=after_seconds) if after_seconds else None,
    )
    jobs = manager.JobManager(psycopg_connector.PsycopgConnector())
    driver = (await tx.get_raw_connection()).driver_connection
    try:
        async with tx.begin_nested():  # the unique index refuses a second one; only this step is undone then
            await jobs.defer_job_async(job, connection=driver)
    except exceptions.AlreadyEnqueued:
        return
