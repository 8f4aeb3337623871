"""Every kind of action as the agents know it, one record each: what it may do, what it may harm, what it teaches."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from agents import metrics
from agents.metrics import METRICS
from agents.places import place_of
from agents.statistics.shrinkage import Prior
from agents.wholes import RELATED, SPEND_ELASTICITY, Ground, Whole, of_budget, of_loss, of_pause, of_shift
from domain.action import (
    ACTION_KINDS,
    Action,
    ActionBase,
    ChangeGoal,
    ExcludeData,
    FixLandingPage,
    FixTracking,
    PauseAd,
    PutBack,
    RefreshCreative,
    ResumeAd,
    RetentionFlow,
    RollOutTest,
    RotateAudience,
    SetBudget,
    SetTarget,
    ShiftBudget,
    StartTest,
    UpdatePromise,
    WriteBrief,
)
from domain.catalogue import CATALOGUE
from domain.lesson import LessonKind
from domain.reading import Readings
from domain.signal import Cause, Signal

SPEND_DAYS = 14
"""Days before the execution that tell how much of its campaign an ad is."""

Kind = TypeVar("Kind", bound=ActionBase)


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


Watch = Callable[[Kind, Readings, date], tuple[Guard, ...]]
"""The guards of an action executed on a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation(Generic[Kind]):
    """What its forecast is made of."""

    whole: Callable[[Kind, Signal, Ground], Whole | None] | None
    """What it could do at most; None: never reckoned, forecast only once something like it has been measured here."""
    part: Prior
    """The part of the whole that it brings about. A judgement, replaced by measured effects."""
    beside: float
    """What it does besides (log)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever(Generic[Kind]):
    """What the agents know of one kind of action."""

    of: type[Kind]
    family: str
    """Kinds of one family are ways to do the same thing, so that what one taught speaks to the others."""
    unplayed: str | None
    """Why no cause is answered with it; None where the play of one is."""
    expects: Expectation[Kind] | None
    """None: it has no forecast."""
    stride: Callable[[Kind], float] | None
    """How far it moves. Where its owner changed that, what was forecast changes in proportion. None: by no amount."""
    blurred: Mapping[Cause, str]
    """Causes with which its effect cannot be told from something else, and what that is."""
    guards: Watch[Kind]
    """What must not get worse by it, or somebody is asked to go back."""
    teaches: LessonKind
    """What its measured effect is a lesson of."""


UNKNOWN = Prior(0.0, 0.35, 0.35)
"""The log effect of an action nobody can reckon, before looking: anything up to a half or double."""
HALF = Prior(0.5, 0.25, 0.1)
"""Nobody has published how much it wins back: anything from nothing to all, alike likely (sd 0.29)."""
SURE = Prior(1.0, 0.12, 0.06)
"""Arithmetic as long as the others sell as they do: as sure as a repair."""
STIRRED = 0.02
"""Anything stirs the platform's delivery, which spends no new budget to the cent."""
PLEASES = 0.05
"""A new creative may please more or less than the first."""
LEARNED_ONLY: Expectation[Any] = Expectation(whole=None, part=UNKNOWN, beside=STIRRED)
CLEAR: Mapping[Cause, str] = MappingProxyType({})
REPAIRED: Mapping[Cause, str] = MappingProxyType(
    dict.fromkeys(
        (Cause.LANDING_PAGE_BREAK, Cause.TRACKING_OUTAGE), "the repair in the same days cannot be told apart from it"
    )
)


def _always(*guards: Guard) -> Watch[ActionBase]:
    """The same guards whatever the action and the day."""
    return lambda action, readings, executed: guards


NO_WAY_BACK, NO_FIGURE_TELLS = _always(), _always()
"""Why a kind is not watched: it is never taken back, or nothing shows by itself that it should be."""


def _of_budget(action: SetBudget, readings: Readings, executed: date) -> tuple[Guard, ...]:
    if action.was and action.daily_budget < action.was:
        return (Guard("conversions", -1, _log(action.daily_budget / action.was), "the cut"),)
    return (Guard("cpa", 1),)


def _of_pause(action: PauseAd, readings: Readings, executed: date) -> tuple[Guard, ...]:
    return (Guard("conversions", -1, math.log1p(-_part(action, readings, executed)), "the pause"),)


def _of_target(action: SetTarget, readings: Readings, executed: date) -> tuple[Guard, ...]:
    if not action.was:
        return ()
    change = _log(action.target / action.was)
    dearer = change if action.metric == "target_cpa" else -change
    if dearer < 0:
        return (Guard("conversions", -1, dearer, "the stricter target"),)
    return (Guard("cpa", 1, dearer, "the looser target"),)


def _part(action: PauseAd, readings: Readings, executed: date) -> float:
    """The share of its campaign's spend that an ad had before it was paused: so much of the conversions may go."""
    ad = place_of(action)
    begin = executed - timedelta(days=SPEND_DAYS)
    whole = metrics.total(readings, METRICS["spend"], ad.model_copy(update={"ad_id": None}), begin, executed)
    mine = metrics.total(readings, METRICS["spend"], ad, begin, executed)
    if whole is None or mine is None or whole[0] <= 0:
        return 0.0
    return min(max(mine[0] / whole[0], 0.0), 0.99)


def _step(action: SetBudget) -> float:
    """On the log scale."""
    return math.log(float(action.daily_budget / action.was)) if action.was and action.daily_budget else 0.0


def _log(ratio: object) -> float:
    return math.log(max(float(str(ratio)), 0.01))


_RECORDS: tuple[Lever[Any], ...] = (
    Lever(
        of=SetBudget, family="spend", unplayed=None, stride=_step, blurred=REPAIRED, guards=_of_budget,
        expects=Expectation(
            whole=of_budget, beside=STIRRED,
            part=Prior(1 - SPEND_ELASTICITY.mean, SPEND_ELASTICITY.company_sd, SPEND_ELASTICITY.action_sd),
        ),
        teaches=LessonKind.CHANNEL_LESSON,
    ),
    Lever(
        of=ShiftBudget, family="spend", unplayed=None, stride=lambda action: float(action.amount), blurred=REPAIRED,
        guards=_always(Guard("conversions", -1)),
        expects=Expectation(whole=of_shift, part=SPEND_ELASTICITY, beside=STIRRED),
        teaches=LessonKind.CHANNEL_LESSON,
    ),
    Lever(
        of=PauseAd, family="ad status", unplayed=None, stride=None, blurred=CLEAR, guards=_of_pause,
        expects=Expectation(whole=of_pause, part=SURE, beside=STIRRED),
        teaches=LessonKind.CREATIVE_FINDING,
    ),
    Lever(
        of=ResumeAd, family="ad status", unplayed="it takes a pause back", stride=None, blurred=CLEAR,
        guards=_always(Guard("cpa", 1)), expects=LEARNED_ONLY, teaches=LessonKind.CREATIVE_FINDING,
    ),
    Lever(
        of=SetTarget, family="bidding", unplayed="no cause is answered by a target", stride=None, blurred=CLEAR,
        guards=_of_target, expects=LEARNED_ONLY, teaches=LessonKind.CHANNEL_LESSON,
    ),
    Lever(
        of=RefreshCreative, family="creative", unplayed=None, stride=None, blurred=CLEAR,
        guards=_always(Guard("cvr", -1), Guard("cpa", 1)),
        # a new creative starts where the worn one once did, if its concept is as good: most of the loss, seldom all
        expects=Expectation(whole=of_loss, part=Prior(0.6, 0.2, 0.1), beside=PLEASES),
        teaches=LessonKind.CREATIVE_FINDING,
    ),
    Lever(
        of=RotateAudience, family="audience", unplayed=None, stride=None, blurred=CLEAR,
        guards=_always(Guard("conversions", -1), Guard("cpa", 1)),
        expects=Expectation(whole=of_loss, part=HALF, beside=STIRRED),
        teaches=LessonKind.AUDIENCE_INSIGHT,
    ),
    Lever(
        of=FixTracking, family="tracking", unplayed=None, stride=None, blurred=CLEAR, guards=NO_WAY_BACK, expects=None,
        teaches=LessonKind.WORKFLOW_ADJUSTMENT,
    ),
    Lever(
        of=FixLandingPage, family="page", unplayed=None, stride=None, blurred=CLEAR, guards=NO_WAY_BACK,
        expects=Expectation(whole=of_loss, part=Prior(0.85, 0.12, 0.06), beside=STIRRED),
        teaches=LessonKind.WORKFLOW_ADJUSTMENT,
    ),
    Lever(
        of=RetentionFlow, family="flow", unplayed=None, stride=None, blurred=CLEAR,
        guards=_always(Guard("unsubscribe_rate", 1)),
        expects=Expectation(whole=of_loss, part=HALF, beside=STIRRED),
        teaches=LessonKind.RETENTION_FINDING,
    ),
    Lever(
        of=UpdatePromise, family="promise", unplayed=None, stride=None, blurred=CLEAR,
        guards=_always(Guard("ctr", -1), Guard("cpa", 1)),
        expects=Expectation(whole=of_loss, part=HALF, beside=STIRRED),
        teaches=LessonKind.MESSAGING_LESSON,
    ),
    Lever(
        of=WriteBrief, family="content", unplayed=None, stride=None, blurred=CLEAR, guards=NO_WAY_BACK,
        expects=LEARNED_ONLY, teaches=LessonKind.MESSAGING_LESSON,
    ),
    Lever(
        of=StartTest, family="test", unplayed=None, stride=None, blurred=CLEAR, guards=NO_FIGURE_TELLS, expects=None,
        teaches=LessonKind.TEST_RESULT,
    ),
    Lever(
        of=RollOutTest, family="rollout", unplayed=None, stride=None, blurred=CLEAR, guards=NO_FIGURE_TELLS,
        expects=None, teaches=LessonKind.TEST_RESULT,
    ),
    Lever(
        of=ExcludeData, family="bidding data", unplayed=None, stride=None, guards=NO_FIGURE_TELLS, expects=None,
        blurred=dict.fromkeys(Cause, "the repaired tracking itself changes every figure it would be judged by"),
        teaches=LessonKind.WORKFLOW_ADJUSTMENT,
    ),
    Lever(
        of=ChangeGoal, family="goal", unplayed="goals are set by people", stride=None, blurred=CLEAR,
        guards=NO_FIGURE_TELLS, expects=None, teaches=LessonKind.WORKFLOW_ADJUSTMENT,
    ),
    Lever(
        of=PutBack, family="way back", unplayed="it takes back what a team did", stride=None, blurred=CLEAR,
        guards=NO_WAY_BACK, expects=None, teaches=LessonKind.WORKFLOW_ADJUSTMENT,
    ),
)  # fmt: skip

LEVERS: Mapping[str, Lever[Any]] = MappingProxyType({one.of.model_fields["kind"].default: one for one in _RECORDS})

if missing := set(ACTION_KINDS) - set(LEVERS):
    raise TypeError(f"No record in agents/levers.py for: {', '.join(sorted(missing))}.")

for _kind, _lever in LEVERS.items():
    _metric, _expects = CATALOGUE[_kind].metric, _lever.expects
    if _metric != "none" and _metric not in METRICS:
        raise TypeError(f"{_kind} is judged by {_metric}, which nobody measures: agents/metrics.py.")
    if (_lever.guards is NO_WAY_BACK) != (CATALOGUE[_kind].undo_days == 0):
        raise TypeError(f"{_kind} can be taken back, or it cannot: its guards and its undo_days are not of one mind.")
    if _expects is not None and _expects.whole is of_loss and _metric not in RELATED:
        raise TypeError(f"{_kind} wins back {_metric}, and RELATED in agents/wholes.py names no findings of it.")


def guards(action: Action, readings: Readings, executed: date) -> tuple[Guard, ...]:
    """The figures an action is watched by; none where it cannot be undone or nothing tells."""
    return LEVERS[action.kind].guards(action, readings, executed)
