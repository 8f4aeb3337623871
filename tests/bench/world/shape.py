"""How large a labelled world is, how noisy, and how strong what happens in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from tests.bench.world.physics import SPECIFIED, Physics

FIRST_DAY = date(2025, 9, 1)
"""A Monday."""


@dataclass(frozen=True)
class Shape:
    """The size of a world and of what happens in it."""

    mode: str = "normal"
    accounts: int = 6
    campaigns: int = 6
    """Per account."""
    ads: int = 4
    """Per campaign; the last one is always small."""
    segments: int = 4
    """Per account; every campaign buys two of them."""
    days: int = 200
    free_days: int = 56
    """Days of history before anything happens."""
    spend: float = 450.0
    """Median spend of a campaign-day, in the account's currency."""
    people: float = 300.0
    """Median size of a segment's daily cohort; ten times as many are written to every day."""
    effect: float = 1.0
    """Every effect's logarithm is multiplied by this."""
    least_z: float = 5.5
    """How clear an incident is at least, in standard errors of its leading figure."""
    incidents_a_week: float = 0.4
    """Per account."""
    decoys_a_week: float = 0.4
    """Per account."""
    causes: str = "specified"
    """Which family of incidents happens: specified, other or all."""

    physics: Physics = SPECIFIED

    @property
    def all_campaigns(self) -> int:
        """Campaigns of all accounts."""
        return self.accounts * self.campaigns

    @property
    def all_segments(self) -> int:
        """Segments of all accounts."""
        return self.accounts * self.segments

    @property
    def account_weeks(self) -> float:
        """Account-weeks in which something may happen."""
        return self.accounts * (self.days - self.free_days) / 7

    def day(self, index: int) -> date:
        """The calendar day of a day's index."""
        return FIRST_DAY + timedelta(days=index)


NORMAL = Shape()
HARD = replace(NORMAL, mode="hard", spend=150.0, people=100.0, effect=0.6, least_z=4.3)
"""A third of the volume, effects at 60 % of their logarithm, incidents nearer to the noise."""
QUIET = replace(NORMAL, mode="quiet", days=365, incidents_a_week=0.0)
"""A year without an incident. The decoys stay: a world without weather proves little."""
VARIED = replace(NORMAL, mode="varied")
"""Like normal, but every seed draws its own physics: a check that nothing was tuned to one simulator."""

MODES: Mapping[str, Shape] = MappingProxyType({"normal": NORMAL, "hard": HARD, "quiet": QUIET, "varied": VARIED})
