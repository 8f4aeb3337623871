"""What App Home shows somebody of their own: when they are told things, and who stands in for them."""

from datetime import date

from domain.base import Frozen
from domain.operating_model import Delegation
from domain.rhythm import Preferences


class OwnSettings(Frozen):
    """One person's settings as they stand."""

    user: str
    chosen: Preferences
    is_usual: bool
    """Whether they chose nothing, and this is what is usual in the company."""
    timezone: str
    """Where their clock is: "Europe/Berlin"."""
    is_resting: bool
    """Whether they are not notified just now."""
    today: date
    """Their day."""
    away: Delegation | None = None
    """Who stands in for them, now or in days to come."""
    asked: Delegation | None = None
    """The same, drafted and not agreed to yet."""
