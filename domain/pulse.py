"""Whether anybody is at work in the background."""

from domain.base import Frozen

SILENT_SECONDS = 120.0
"""A worker gives a sign of life every ten seconds and begins a round each minute: after two rounds none is at work."""


class Pulse(Frozen):
    """How work goes on, in seconds before now by the database's clock."""

    silent_seconds: float | None = None
    """Since a worker was last seen at work; None: never."""
    oldest_job_seconds: float | None = None
    """How long the oldest job that is due has waited; None: none waits."""
    approved: int = 0
    """Approved actions nobody has begun."""
    under_way: int = 0
    """Actions begun whose result is not noted yet."""

    @property
    def idle_seconds(self) -> float | None:
        """How long nobody has been at work, where that is too long; None where somebody is."""
        seen = self.oldest_job_seconds if self.silent_seconds is None else self.silent_seconds
        return seen if seen is not None and seen >= SILENT_SECONDS else None

    @property
    def delayed_seconds(self) -> float | None:
        """How long the oldest job has waited although somebody is at work, where that is too long."""
        oldest = self.oldest_job_seconds
        return oldest if self.idle_seconds is None and oldest is not None and oldest >= SILENT_SECONDS else None
