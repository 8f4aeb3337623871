"""What is done in the background, by any number of workers on one database.

A job only says what to look at; what is to be done is read from the tables. Jobs carry no procrastinate lock: the lock
of a killed worker would stand for half a minute, while the ones the work itself takes (an advisory lock per proposal
and card, a lease per action) end with their process or their time.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import psycopg
from procrastinate import App, BaseRetryStrategy, PsycopgConnector, RetryDecision, exceptions
from procrastinate.jobs import Job
from psycopg_pool import PoolClosed, PoolTimeout
from sqlalchemy.exc import InterfaceError, OperationalError

from memory.patience import Heard

logger = logging.getLogger(__name__)

QUEUE = "baton"
_KEEP_HOURS = 24 * 7
_STALLED_SECONDS = 30
_MOST_RETRIES, _LONGEST_RETRY_SECONDS = 5, 30
CONNECTION_ERRORS = (
    exceptions.ConnectorException,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    OperationalError,
    InterfaceError,
    PoolTimeout,
    PoolClosed,
)
"""How a database that went away shows, depending on who asks it."""


class Worker(Protocol):
    """Who does the jobs: the runner."""

    async def advance(self, proposal_id: str) -> None:
        """Take a proposal further."""
        ...

    async def execute(self, action_id: str) -> object:
        """Execute an approved action."""
        ...

    async def refresh(self, signal_id: str) -> None:
        """Draw a case anew."""
        ...

    async def uphold(self, about: str) -> None:
        """What follows from a change of what holds."""
        ...

    async def minute(self) -> None:
        """Everything that is due by now, unless another worker is at it."""
        ...

    async def prune(self) -> None:
        """Forget what is no longer needed."""
        ...


class Soon(BaseRetryStrategy):
    """A job that failed unexpectedly is tried again after 1, 2, 4 … 30 s, five times; then the minute takes over."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again; None: no more."""
        del exception
        if job.attempts >= _MOST_RETRIES:
            return None
        return RetryDecision(retry_in={"seconds": min(2**job.attempts, _LONGEST_RETRY_SECONDS)})


def engine(worker: Worker, address: str, arguments: Mapping[str, Any] | None = None) -> App:
    """The job engine with our tasks in it, its connections made with these arguments. Opens nothing."""
    kwargs = dict(arguments or {})
    app = App(
        connector=PsycopgConnector(conninfo=address, min_size=1, max_size=4, connection_class=Heard, kwargs=kwargs)
    )
    about: dict[str, Callable[[str], Awaitable[object]]] = {
        "advance": worker.advance,
        "execute": worker.execute,
        "refresh": worker.refresh,
        "uphold": worker.uphold,
    }
    for name, work in about.items():
        app.task(name=name, queue=QUEUE, retry=Soon())(_about(work))

    @app.periodic(cron="* * * * *")
    @app.task(name="tick", queue=QUEUE, queueing_lock="tick")
    async def tick(timestamp: int) -> None:
        del timestamp
        await _retry_stalled(app)
        await worker.minute()

    @app.periodic(cron="17 * * * *")
    @app.task(name="prune", queue=QUEUE, queueing_lock="prune")
    async def prune(timestamp: int) -> None:
        del timestamp
        await app.job_manager.delete_old_jobs(nb_hours=_KEEP_HOURS, include_failed=True)
        await worker.prune()

    del tick, prune  # registered by their decorators
    return app


def _about(work: Callable[[str], Awaitable[object]]) -> Callable[..., Any]:
    async def job(about: str) -> None:
        await work(about)

    return job


async def _retry_stalled(app: App) -> None:
    """Give jobs of dead workers back. One that waits again, or that somebody else saw first, stays as it is."""
    jobs = app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=_STALLED_SECONDS):
        try:
            await jobs.retry_job(job)
        except (exceptions.ConnectorException, exceptions.AlreadyEnqueued) as error:
            logger.info("job %s is left as it is: %s", job.id, error)
