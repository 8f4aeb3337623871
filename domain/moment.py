"""When something is asked: one moment, and which day and time it is then in the company."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Moment:
    """What governance is asked with. `OperatingModel.moment` makes it.

    A freeze, the end of a delegation, an emergency, the sums of a day and the hours of a question all go by it.
    """

    at: datetime
    """Aware."""
    zone: ZoneInfo
    """The company's."""

    def __post_init__(self) -> None:
        """A time that does not say where it is would be read as the machine's own."""
        if self.at.utcoffset() is None:
            raise ValueError(f"{self.at} does not say in which time zone it is")

    @property
    def local(self) -> datetime:
        """What the clock on the company's wall shows."""
        return self.at.astimezone(self.zone)

    @property
    def day(self) -> date:
        """The company's present day: the one after the last complete day."""
        return self.local.date()
