"""Guards: whether something else got worse since an action was carried out, so that going back is asked about."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

from agents import metrics, wording
from agents.comparison import Comparison, compare, step
from agents.learning import LEAST_DAYS, LEAST_EVENTS, window
from agents.metrics import METRICS
from agents.places import place_of
from domain.action import (
    Action,
    PauseAd,
    RefreshCreative,
    ResumeAd,
    RetentionFlow,
    RotateAudience,
    SetBudget,
    SetTarget,
    ShiftBudget,
    UpdatePromise,
)
from domain.case import ProposalView
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import Signal

SURE = 1.6
"""By how many half 95 % intervals a figure must lie beyond what is explained: 3.1 standard deviations. Chance does that
in one look of a thousand, so hardly once in a hundred actions that are looked at on every day of a fortnight."""
STEP_SURE = 3.0
"""By how many standard errors it must also have moved since the week before the execution, beside its siblings."""
MARGIN = math.log(1.1)
"""How far beyond what is explained it must be estimated at least: nobody goes back for less than a tenth."""
SPEND_DAYS = 14
"""Days before the execution that tell how much of its campaign an ad is."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One figure that must not get worse."""

    metric: str
    worse: int
    """+1 where a rise is worse, -1 where a fall is."""
    explained: float = 0.0
    """How far the action moves it by itself (log): a budget cut by a fifth takes a fifth of the conversions along."""
    because: str = ""
    """What explains that, in words: "the cut"."""


@dataclass(frozen=True, slots=True)
class Worsened:
    """A guard that was broken."""

    metric: str
    says: str
    """What was seen, in one sentence."""


def guards(action: Action, readings: Readings, executed: date) -> tuple[Guard, ...]:  # noqa: PLR0911 - one per kind
    """The figures an action of this kind is watched by; none where it cannot be undone or nothing tells."""
    match action:
        case SetBudget() if action.was and action.daily_budget < action.was:
            return (Guard("conversions", -1, _log(action.daily_budget / action.was), "the cut"),)
        case SetBudget() | ResumeAd():
            return (Guard("cpa", 1),)
        case ShiftBudget():
            return (Guard("conversions", -1),)
        case PauseAd():
            return (Guard("conversions", -1, math.log1p(-_part(action, readings, executed)), "the pause"),)
        case SetTarget() if action.was:
            change = _log(action.target / action.was)
            dearer = change if action.metric == "target_cpa" else -change
            if dearer < 0:
                return (Guard("conversions", -1, dearer, "the stricter target"),)
            return (Guard("cpa", 1, dearer, "the looser target"),)
        case RefreshCreative():
            return (Guard("cvr", -1), Guard("cpa", 1))
        case RotateAudience():
            return (Guard("conversions", -1), Guard("cpa", 1))
        case UpdatePromise():
            return (Guard("ctr", -1), Guard("cpa", 1))
        case RetentionFlow():
            return (Guard("unsubscribe_rate", 1),)
        case _:
            return ()


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


def _part(action: PauseAd, readings: Readings, executed: date) -> float:
    """The share of its campaign's spend that an ad had before it was paused: so much of the conversions may go."""
    place = Scope(platform=action.platform, account_id=action.account_id, campaign_id=action.campaign_id)
    begin = executed - timedelta(days=SPEND_DAYS)
    whole = metrics.total(readings, METRICS["spend"], place, begin, executed)
    mine = metrics.total(readings, METRICS["spend"], place.model_copy(update={"ad_id": action.ad_id}), begin, executed)
    if whole is None or mine is None or whole[0] <= 0:
        return 0.0
    return min(max(mine[0] / whole[0], 0.0), 0.99)


def _log(ratio: object) -> float:
    return math.log(max(float(str(ratio)), 0.01))
