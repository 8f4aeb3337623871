"""What an action is expected to do before anyone approves it: baseline, elasticity, and what was measured here before.

Everything is reckoned on the log scale, where a fall of a half and a doubling weigh the same. A prior for the kind of
action and the measured effects of earlier actions of that kind are weighed by how precise each is.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from domain.action import Action, PauseAd, RefreshCreative, SetBudget, ShiftBudget
from domain.catalogue import CATALOGUE
from domain.lesson import Lesson
from domain.proposal import Forecast
from domain.signal import Signal

SPEND_ELASTICITY = 0.7
"""Conversions grow with spend to this power: 10 % more spend brings about 7 % more conversions. A judgement to start
with; the account's own measured effects take over as they come in."""
SPEND_ELASTICITY_SD = 0.2
BETWEEN_ACTIONS_SD = 0.15
"""How much the log effect of one kind of action differs from one time to the next; less for the same cause or place."""
Z80, Z95 = 1.2816, 1.9600
TOO_WIDE = 0.7
"""Half an interval, on the log scale, beyond which no effect anybody forecasts would show: half or double."""
LEAST_FORECAST_LOG = 0.01
"""Below this a forecast is too small to say how much of it came true."""


@dataclass(frozen=True, slots=True)
class Economics:
    """What one campaign spends and gets, per day, over recent days with mostly complete conversions."""

    spend: float
    """In the account's currency."""
    conversions: float


@dataclass(frozen=True, slots=True)
class Ground:
    """The figures a forecast stands on, gathered by planning."""

    campaigns: Mapping[str, Economics]
    ad: Economics | None = None
    """The ad the action is about."""
    ad_fall: float | None = None
    """How far that ad's own click-through fell, relative: -0.29."""


@dataclass(frozen=True, slots=True)
class Belief:
    """A log effect and how unsure it is."""

    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Recovery:
    """How much of a fall an action of this kind usually wins back. Judgements, to be replaced by measured effects."""

    part: float
    """Share of the fallen log metric that comes back: 0.6 of it."""
    sd: float


RECOVERIES: Mapping[str, Recovery] = MappingProxyType(
    {
        "refresh_creative": Recovery(0.6, 0.25),
        "rotate_audience": Recovery(0.4, 0.25),
        "fix_landing_page": Recovery(0.85, 0.15),
        "retention_flow": Recovery(0.3, 0.2),
        "update_promise": Recovery(0.3, 0.25),
    }
)
LEARNED_ONLY = frozenset({"write_brief", "resume_ad", "set_target"})
"""Kinds without a prior: forecast only once something like it has been measured here."""
NO_PRIOR_SD = 0.5
"""How far from nothing the log effect of such an action may be before looking."""
RELATED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"ctr": ("ctr",), "cvr": ("cvr", "order_rate"), "click_rate": ("click_rate",)}
)
"""Which findings' metrics speak about the metric of an action."""


def forecast(action: Action, signal: Signal, lessons: Sequence[Lesson], ground: Ground, today: date) -> Forecast | None:
    """The expected change of the action's metric with its 80 % interval; None where nothing honest is known."""
    prior = _prior(action, signal, ground)
    known = usable(lessons, action, today)
    if prior is None and known and action.kind in LEARNED_ONLY:
        prior = Belief(0.0, NO_PRIOR_SD)
    if prior is None:
        return None
    measured = [_scaled(lesson, action, prior, signal) for lesson in known]
    belief = _pooled([prior, *measured])
    low, high = (math.expm1(belief.mean + side * Z80 * belief.sd) for side in (-1, 1))
    return Forecast(
        metric=CATALOGUE[action.kind].metric,
        change=round(math.expm1(belief.mean), 4),
        interval=(round(low, 4), round(high, 4)),
        basis=_basis(len(measured)),
    )


def usable(lessons: Sequence[Lesson], action: Action, today: date) -> tuple[Lesson, ...]:
    """Measured effects of the same kind of action on the same metric that have not expired.

    Only those whose comparison was sharp enough to show what was forecast, however it came out: the others were kept
    only where they happened to be large, and counting them would exaggerate.
    """
    return tuple(
        lesson
        for lesson in lessons
        if lesson.action_kind == action.kind
        and lesson.metric == CATALOGUE[action.kind].metric
        and lesson.effect is not None
        and lesson.interval is not None
        and lesson.effect > -1
        and lesson.interval[0] > -1
        and would_show((math.log1p(lesson.interval[1]) - math.log1p(lesson.interval[0])) / 2, lesson.forecast)
        and lesson.learned_on <= today <= lesson.expires_on
    )


def would_show(reach: float, forecast: float | None) -> bool:
    """Whether an interval of ± `reach` (log scale) excludes none when the effect is as forecast: not if it is wider."""
    expected = TOO_WIDE if forecast is None or forecast <= -1 else abs(math.log1p(forecast))
    return reach <= min(expected, TOO_WIDE)


def _prior(action: Action, signal: Signal, ground: Ground) -> Belief | None:
    match action:
        case SetBudget():
            return _budget(action)
        case ShiftBudget():
            return _shift(action, ground)
        case PauseAd():
            return _pause(action, ground)
        case _ if action.kind in RECOVERIES:
            return _recovery(action, signal, ground)
        case _:
            return None


def _budget(action: SetBudget) -> Belief | None:
    """CPA follows spend to the power 1 - elasticity."""
    if not action.was or not action.daily_budget:
        return None
    step = math.log(float(action.daily_budget / action.was))
    return Belief((1 - SPEND_ELASTICITY) * step, max(abs(step) * SPEND_ELASTICITY_SD, 0.01))


def _shift(action: ShiftBudget, ground: Ground) -> Belief | None:
    """The CPA of the two campaigns together, each responding to its own new spend."""
    pairs = (
        (ground.campaigns.get(action.from_campaign), action.from_was, -action.amount),
        (ground.campaigns.get(action.to_campaign), action.to_was, action.amount),
    )
    parts = [(known, float(1 + move / was)) for known, was, move in pairs if known and was]
    if len(parts) < 2 or any(factor <= 0 for _, factor in parts):
        return None

    def log_cpa(elasticity: float) -> float:
        spend = sum(known.spend * factor for known, factor in parts)
        return math.log(spend / sum(known.conversions * factor**elasticity for known, factor in parts))

    before = math.log(sum(known.spend for known, _ in parts) / sum(known.conversions for known, _ in parts))
    return _spread(lambda elasticity: log_cpa(elasticity) - before)


def _pause(action: PauseAd, ground: Ground) -> Belief | None:
    """The campaign's CPA without this ad, believed by half: its spend goes to the other ads, which may not hold up."""
    whole, part = ground.campaigns.get(action.campaign_id), ground.ad
    if not whole or not part or whole.conversions <= part.conversions or whole.spend <= part.spend:
        return None
    rest = (whole.spend - part.spend) / (whole.conversions - part.conversions)
    change = 0.5 * math.log(rest / (whole.spend / whole.conversions))
    return Belief(change, max(abs(change) * 0.6, 0.02))


def _recovery(action: Action, signal: Signal, ground: Ground) -> Belief | None:
    """What an action of this kind usually wins back of the fall that was found."""
    metrics = RELATED[CATALOGUE[action.kind].metric]
    if isinstance(action, RefreshCreative) and ground.ad_fall is not None:
        return _won_back(action.kind, min(math.log1p(max(ground.ad_fall, -0.99)), 0.0))
    falls = [
        math.log1p(finding.change)
        for finding in signal.findings
        if finding.metric in metrics and -1 < finding.change < 0
    ]
    if not falls:
        return None
    return _won_back(action.kind, min(falls))


def _won_back(kind: str, fall: float) -> Belief:
    recovery = RECOVERIES[kind]
    # a total break would forecast a thousandfold recovery of nearly nothing; two thirds lost is as far as priors reach
    fall = max(fall, -1.1) if kind != "fix_landing_page" else max(fall, -2.3)
    return Belief(-recovery.part * fall, math.hypot(recovery.sd * fall, 0.05))


def _spread(effect: Callable[[float], float]) -> Belief:
    """Carry the doubt about the elasticity through to the effect."""
    low, high = (effect(SPEND_ELASTICITY + side * SPEND_ELASTICITY_SD) for side in (-1, 1))
    return Belief(effect(SPEND_ELASTICITY), max(abs(high - low) / 2, 0.01))


def _scaled(lesson: Lesson, action: Action, prior: Belief, signal: Signal) -> Belief:
    """A measured effect as evidence about this action.

    A budget's effect depends on how far it moves, so there a lesson says how much of its forecast came true. Of an
    effect shared with other actions an unknown part is this one's: any split is as likely as any other.
    """
    assert lesson.effect is not None
    assert lesson.interval is not None
    mean, between = math.log1p(lesson.effect), BETWEEN_ACTIONS_SD
    sd = (math.log1p(lesson.interval[1]) - math.log1p(lesson.interval[0])) / (2 * Z95)
    if isinstance(action, SetBudget | ShiftBudget) and lesson.forecast is not None and lesson.forecast > -1:
        forecast_log = math.log1p(lesson.forecast)
        if abs(forecast_log) >= LEAST_FORECAST_LOG:
            ratio = prior.mean / forecast_log
            mean, sd, between = mean * ratio, sd * abs(ratio), 0.5 * abs(prior.mean)
    if others := len(lesson.together_with):
        part, part_sd = 1 / (others + 1), math.sqrt(others / (others + 2)) / (others + 1)
        mean, sd = mean * part, math.hypot(sd * part, mean * part_sd)
    return Belief(mean, math.hypot(sd, between * (1 - 0.3 * alike(lesson, signal))))


def alike(lesson: Lesson, signal: Signal) -> int:
    """How much a lesson's circumstances resemble a signal's: one point each for the cause and the platform."""
    same_platform = lesson.scope.platform is not None and lesson.scope.platform == signal.scope.platform
    return int(lesson.cause == signal.cause) + int(same_platform)


def _pooled(beliefs: Sequence[Belief]) -> Belief:
    weights = [1 / belief.sd**2 for belief in beliefs]
    mean = sum(weight * belief.mean for weight, belief in zip(weights, beliefs, strict=True)) / sum(weights)
    return Belief(mean, 1 / math.sqrt(sum(weights)))


def _basis(measured: int) -> str:
    if not measured:
        return "a cautious first guess for this kind of change, nothing measured here yet"
    return f"from {measured} measured {'outcome' if measured == 1 else 'outcomes'} here and a cautious first guess"
