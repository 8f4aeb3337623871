"""Guards: whether something else got worse since an action was carried out, so that going back is asked about."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from agents import metrics, wording
from agents.comparison import Comparison, compare, step
from agents.learning import LEAST_DAYS, LEAST_EVENTS, window
from agents.levers import Guard, guards
from agents.places import place_of
from domain.action import Action
from domain.case import ProposalView
from domain.reading import Readings
from domain.signal import Signal

SURE = 1.6
"""By how many half 95 % intervals a figure must lie beyond what is explained: 3.1 standard deviations. Chance does that
in one look of a thousand, so hardly once in a hundred actions that are looked at on every day of a fortnight."""
STEP_SURE = 3.0
"""By how many standard errors it must also have moved since the week before the execution, beside its siblings."""
MARGIN = math.log(1.1)
"""How far beyond what is explained it must be estimated at least: nobody goes back for less than a tenth."""


@dataclass(frozen=True, slots=True)
class Worsened:
    """A guard that was broken."""

    metric: str
    says: str
    """What was seen, in one sentence."""


def worsened(view: ProposalView, signal: Signal, readings: Readings, today: date) -> Worsened | None:
    """The first guard of an executed action that is broken, as far as is known `today`; None where all hold.

    The change is looked for from the day after the execution on, against untouched siblings or its own past.
    """
    if view.receipt is None:
        return None
    action = view.done
    first, due = window(action, view.receipt)
    executed, last = first - timedelta(days=1), min(due, today)
    if (last - executed).days < LEAST_DAYS:
        return None
    for guard in guards(action, readings, executed):
        found = compare(action, signal, readings, executed, last, guard.metric)
        if (
            isinstance(found, Comparison)
            and _is_broken(guard, found)
            and _is_new(guard, action, readings, executed, last)
        ):
            return Worsened(guard.metric, _said(guard, found, action, signal, first))
    return None


def _is_broken(guard: Guard, found: Comparison) -> bool:
    if found.days < LEAST_DAYS or found.events < LEAST_EVENTS:
        return False
    beyond = guard.worse * (math.log1p(found.effect) - guard.explained)
    return beyond >= MARGIN and beyond >= SURE * found.reach


def _is_new(guard: Guard, action: Action, readings: Readings, executed: date, last: date) -> bool:
    """Whether it changed with the execution: trouble that was there before and goes on is not its doing."""
    found = step(action, readings, executed, last, guard.metric)
    return found is not None and guard.worse * (found[0] - guard.explained) >= STEP_SURE * found[1]


def _said(guard: Guard, found: Comparison, action: Action, signal: Signal, first: date) -> str:
    """As in "Since 15 March conversions of Spring prospecting are 45 % lower (95 % sure: −55 to −32 %), … ."."""
    place = place_of(action)
    ident = place.ad_id or place.segment_id or place.campaign_id or ""
    of = f" of {wording.quote(signal.names.get(ident, ident))}" if ident else ""
    way = "lower" if found.effect < 0 else "higher"
    sure = f"95 % sure: {wording.percent(found.low)} to {wording.percent(found.high)}"
    what = metrics.words(guard.metric)
    verb = "are" if what.endswith("s") else "is"
    seen = f"{what}{of} {verb} {wording.size(found.effect)} {way} than it would be ({sure})"
    more = f", and {guard.because} explains {wording.percent(math.expm1(guard.explained))}" if guard.because else ""
    how = wording.quote(found.method, 160)
    return wording.sentence(f"since {wording.day(first)} the {seen}{more}; {how}")
