"""Whether the effect of an action can be seen at all once it is done: said before anyone approves it.

The comparison its outcome will be measured by (`comparison`) is made on days before the incident, on which nothing was
done. As wide as it comes out there it will be at best, since the incident itself adds to what is unsure.
"""

import math
from datetime import date, timedelta

from agents import wording
from agents.comparison import compare
from agents.forecasting import TOO_WIDE, would_show
from agents.levers import LEVERS
from domain.action import Action
from domain.catalogue import CATALOGUE
from domain.proposal import Forecast
from domain.reading import Readings
from domain.signal import Signal

STEP = 0.05
"""To which the least effect that shows is rounded: the next sweep must not ask anew for a per cent."""


def unseen(action: Action, signal: Signal, forecast: Forecast, readings: Readings, today: date) -> str | None:
    """Why its effect will not be seen over its window, as a clause; None where it may well be, or nobody can tell."""
    days = CATALOGUE[action.kind].window_days
    if not days:
        return None
    if blur := LEVERS[action.kind].blurred.get(signal.cause):
        return blur
    last = min(signal.since, today) - timedelta(days=1)
    found = compare(action, signal, readings, last - timedelta(days=days), last)
    if isinstance(found, str) or would_show(found.reach, forecast.change):
        return None
    over = f"within {wording.plural(days, 'day')}"
    if found.reach > TOO_WIDE:
        return f"too little happens here for any effect to be seen {over}"
    return f"too small to be seen {over}: here only about {_least(found.reach, forecast.change)} or more would show"


def _least(reach: float, change: float) -> str:
    """The smallest effect that shows, in the direction of the forecast: "25 %"."""
    share = abs(math.expm1(math.copysign(reach, change)))
    return f"{max(math.ceil(share / STEP - 1e-9), 1) * STEP:.0%}".replace("%", " %")
