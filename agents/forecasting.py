"""What an action is expected to do before anyone approves it: where the figure goes by itself, what the action adds.

An action brings about some part of what it could at most: of a fall, the part it wins back; of a budget's step, the
part the cost per conversion follows. Everything is reckoned on the log scale, where a fall of a half and a doubling
weigh the same. How large the whole is comes from the readings (`outlook`), the part from a prior for the kind of action
and from what was measured here before (`statistics.shrinkage`).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from agents.outlook import Outlook
from agents.statistics.normal import Z80, Z95
from agents.statistics.shrinkage import Evidence, Mixture, Prior, believed, product
from domain.action import Action, PauseAd, RefreshCreative, SetBudget, ShiftBudget
from domain.catalogue import CATALOGUE
from domain.lesson import Lesson
from domain.proposal import Forecast
from domain.signal import Cause, Signal

SPEND_ELASTICITY = Prior(0.7, 0.17, 0.07)
"""Conversions grow with spend to this power, 0.7 ± 0.2 in all: 10 % more spend brings about 7 % more conversions. A
judgement to start with; the account's own measured effects take over as they come in."""
PARTS: Mapping[str, Prior] = MappingProxyType(
    {
        # a new creative starts where the worn one once did, if its concept is as good: most of the loss, seldom all
        "refresh_creative": Prior(0.6, 0.2, 0.1),
        "fix_landing_page": Prior(0.85, 0.12, 0.06),
        # nobody has published how much these win back: anything from nothing to all, alike likely (sd 0.29)
        "rotate_audience": Prior(0.5, 0.25, 0.1),
        "retention_flow": Prior(0.5, 0.25, 0.1),
        "update_promise": Prior(0.5, 0.25, 0.1),
        # arithmetic as long as the other ads sell as they do: as sure as a repair
        "pause_ad": Prior(1.0, 0.12, 0.06),
        "set_budget": Prior(1 - SPEND_ELASTICITY.mean, SPEND_ELASTICITY.company_sd, SPEND_ELASTICITY.action_sd),
        "shift_budget": SPEND_ELASTICITY,
    }
)
"""The part of the whole that an action of a kind brings about. Judgements, replaced by measured effects."""
LEARNED_ONLY = frozenset({"write_brief", "resume_ad", "set_target"})
"""Kinds without a prior: forecast only once something like it has been measured here."""
UNKNOWN = Prior(0.0, 0.35, 0.35)
"""The log effect of such an action before looking: anything up to a half or double."""
CAPPED_ELASTICITY = 0.95
"""Of a campaign that stops early each day for lack of budget: more money buys hours at the price of those it has, and
does not reach deeper into the auction."""
LEFT_UNSPENT = 0.5
"""Part of a paused ad's spend that the platform gives to no other ad: anything from none to all, alike likely. What is
spent less makes the rest cheaper, as of any spend."""
BESIDE: Mapping[str, float] = MappingProxyType({"refresh_creative": 0.05})
BESIDE_OTHERWISE = 0.02
"""What an action does besides (log): a new creative may please more or less than the first; anything else stirs the
platform's delivery, which spends no new budget to the cent."""
SIZE_DOUBT = 0.3
"""How far off the whole usually was when a lesson was learnt, relative to it."""
FOUND_DOUBT = 0.5
"""How far the loss to come is off the fall that was found, relative to it, where the course is not seen."""
LEAST_LOSS = 0.05
"""A fall (log) below this is nothing to win back."""
MOST_LOSS = 2.3
"""A total break would forecast a thousandfold recovery of nearly nothing; nine tenths lost is as far as it reaches."""
TOO_WIDE = 0.7
"""Half an interval, on the log scale, beyond which no effect anybody forecasts would show: half or double."""
LEAST_SIZE = 0.01
"""Below this a whole (log) is too small to say which part of it came true."""


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
    outlook: Outlook | None = None
    """Where the action's metric stands and goes by itself; None where its past does not tell."""
    ad_outlook: Outlook | None = None
    """The same of the click-through of an ad to be paused, whose `ad` and campaign figures are from before."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What an action could do at most, on the log scale, against doing nothing."""

    size: float
    sd: float
    wins_back: bool = False
    """Whether it is a loss that the action wins back, and not a move the action makes."""


RELATED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"ctr": ("ctr",), "cvr": ("cvr", "order_rate"), "click_rate": ("click_rate",)}
)
"""Which findings' metrics speak about the metric of an action."""


def forecast(action: Action, signal: Signal, lessons: Sequence[Lesson], ground: Ground, today: date) -> Forecast | None:
    """The expected change of the action's metric with its 80 % interval; None where nothing honest is known."""
    whole, prior = _whole(action, signal, ground), PARTS.get(action.kind, UNKNOWN)
    known = usable(lessons, action, today)
    if whole is None and known and action.kind in LEARNED_ONLY:
        whole = Whole(1.0, 0.0)
    if whole is None:
        return None
    evidence = [one for lesson in known if (one := _evidence(lesson, whole, prior)) is not None]
    part = believed(prior, evidence, signal.cause, signal.scope.platform)
    beside = BESIDE.get(action.kind, BESIDE_OTHERWISE)
    effect = product(part, whole.size, whole.sd, beside)
    low, middle, high = (math.expm1(effect.quantile(share)) for share in (0.1, 0.5, 0.9))
    plain = Forecast(
        metric=CATALOGUE[action.kind].metric,
        change=round(middle, 4),
        interval=(round(low, 4), round(high, 4)),
        basis=_basis(len(evidence)),
        days=CATALOGUE[action.kind].window_days,
        size=round(whole.size, 4),
    )
    return plain if ground.outlook is None else _with_figures(plain, ground.outlook, whole, part, beside)


def usable(lessons: Sequence[Lesson], action: Action, today: date) -> tuple[Lesson, ...]:
    """Measured effects of the same kind of action on the same metric that have not expired.

    Blunt comparisons count as far as their intervals tell, whatever they found: all are kept, so none is there only
    because it happened to be large. One that could be anything between half and double tells nothing.
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
        and (math.log1p(lesson.interval[1]) - math.log1p(lesson.interval[0])) / 2 <= TOO_WIDE
        and lesson.learned_on <= today <= lesson.expires_on
    )


def would_show(reach: float, forecast: float | None) -> bool:
    """Whether an interval of ± `reach` (log scale) excludes none when the effect is as forecast: not if it is wider."""
    expected = TOO_WIDE if forecast is None or forecast <= -1 else abs(math.log1p(forecast))
    return reach <= min(expected, TOO_WIDE)


def alike(lesson: Lesson, signal: Signal) -> int:
    """How much a lesson's circumstances resemble a signal's: one point each for the cause and the platform."""
    same_platform = lesson.scope.platform is not None and lesson.scope.platform == signal.scope.platform
    return int(lesson.cause == signal.cause) + int(same_platform)


def _whole(action: Action, signal: Signal, ground: Ground) -> Whole | None:
    match action:
        case SetBudget():
            return _budget(action, signal)
        case ShiftBudget():
            return _shift(action, signal, ground)
        case PauseAd():
            return _pause(action, ground)
        case _ if action.kind in PARTS:
            return _loss(action, signal, ground)
        case _:
            return None


def _budget(action: SetBudget, signal: Signal) -> Whole | None:
    """CPA follows spend to the power 1 - elasticity."""
    if not action.was or not action.daily_budget:
        return None
    step = math.log(float(action.daily_budget / action.was))
    if step > 0 and signal.cause is Cause.BUDGET_CAP:
        step *= (1 - CAPPED_ELASTICITY) / (1 - SPEND_ELASTICITY.mean)
    return Whole(step, 0.0)


def _shift(action: ShiftBudget, signal: Signal, ground: Ground) -> Whole | None:
    """The CPA of both campaigns together, each responding to its own new spend: nearly in proportion to elasticity."""
    usual = SPEND_ELASTICITY.mean
    capped = signal.cause is Cause.BUDGET_CAP and action.to_campaign == signal.scope.campaign_id
    sides = (
        (ground.campaigns.get(action.from_campaign), action.from_was, -action.amount, usual),
        (
            ground.campaigns.get(action.to_campaign),
            action.to_was,
            action.amount,
            CAPPED_ELASTICITY if capped else usual,
        ),
    )
    parts = [(known, float(1 + move / was), power) for known, was, move, power in sides if known and was]
    if len(parts) < 2 or any(factor <= 0 for _, factor, _ in parts):
        return None
    spend = sum(known.spend * factor for known, factor, _ in parts)
    then = spend / sum(known.conversions * factor**power for known, factor, power in parts)
    before = sum(known.spend for known, _, _ in parts) / sum(known.conversions for known, _, _ in parts)
    size = math.log(then / before) / usual
    return Whole(size, SIZE_DOUBT * abs(size))


def _pause(action: PauseAd, ground: Ground) -> Whole | None:
    """The campaign's CPA without this ad, which converts as it used to per click and is clicked as it will be."""
    whole, part = ground.campaigns.get(action.campaign_id), ground.ad
    if not whole or not part or whole.conversions <= part.conversions or whole.spend <= part.spend:
        return None
    seen = ground.ad_outlook
    rest, paid = whole.conversions - part.conversions, whole.spend - part.spend
    thrift = (1 - SPEND_ELASTICITY.mean) * math.log(1 - LEFT_UNSPENT * part.spend / whole.spend)

    def size(ahead: float) -> float:
        return thrift + math.log(paid / rest) - math.log(whole.spend / (rest + part.conversions * math.exp(ahead)))

    if seen is None:
        return Whole(size(0.0), SIZE_DOUBT * abs(size(0.0)))
    spread = abs(size(seen.ahead + seen.ahead_sd) - size(seen.ahead - seen.ahead_sd)) / 2
    return Whole(size(seen.ahead), spread)


def _loss(action: Action, signal: Signal, ground: Ground) -> Whole | None:
    """What there is to win back: the loss over the window, or without a past that tells, the fall that was found."""
    metrics = RELATED[CATALOGUE[action.kind].metric]
    found = [one.change for one in signal.findings if one.metric in metrics and -1 < one.change < 0]
    if isinstance(action, RefreshCreative) and ground.ad_fall is not None:
        found = [min(max(ground.ad_fall, -0.99), 0.0)]
    fall = -math.log1p(min(found, default=0.0))
    if fall < LEAST_LOSS:
        return None
    size, sd = fall, FOUND_DOUBT * fall
    if (seen := ground.outlook) is not None:
        # a course that is hardly seen yet, or hidden by the account's own tide, leans on what the agents found
        lean = 0.0 if -seen.ahead > seen.ahead_sd else 1 / sd**2
        own = 1 / seen.ahead_sd**2
        size, sd = (own * -seen.ahead + lean * fall) / (own + lean), 1 / math.sqrt(own + lean)
    size = min(max(size, LEAST_LOSS), MOST_LOSS)
    return Whole(size, sd, wins_back=True)


def _evidence(lesson: Lesson, whole: Whole, prior: Prior) -> Evidence | None:
    """A measured effect as the part of its whole that came true.

    Of an effect shared with other actions an unknown part is this one's: any split is as likely as any other.
    """
    assert lesson.effect is not None
    assert lesson.interval is not None
    mean = math.log1p(lesson.effect)
    sd = (math.log1p(lesson.interval[1]) - math.log1p(lesson.interval[0])) / (2 * Z95)
    size = lesson.size
    if size is None:
        foreseen = math.log1p(lesson.forecast) if lesson.forecast is not None and lesson.forecast > -1 else None
        size = foreseen / prior.mean if foreseen is not None and prior.mean else whole.size
    if abs(size) < LEAST_SIZE:
        return None
    part = mean / size
    # by the part usually seen, not by this one: else large parts would count less than small ones
    sd = math.hypot(sd / size, SIZE_DOUBT * prior.mean)
    if others := len(lesson.together_with):
        own, own_sd = 1 / (others + 1), math.sqrt(others / (others + 2)) / (others + 1)
        part, sd = part * own, math.hypot(sd * own, part * own_sd)
    return Evidence(part, sd, lesson.cause, lesson.scope.platform)


def _with_figures(plain: Forecast, seen: Outlook, whole: Whole, part: Mixture, beside: float) -> Forecast:
    """The forecast with the metric in its own unit: now, over the window without the action, and with it."""
    idle = math.hypot(seen.usual_sd, seen.ahead_sd)
    if whole.wins_back:  # what is won back is what was lost, so how much was lost matters little in the end
        ahead, shift = -whole.size, 0.0
        left = Mixture(part.weights, 1 - part.means, part.sds)
        law = product(left, ahead, seen.ahead_sd, math.hypot(beside, seen.usual_sd))
    else:
        ahead = shift = seen.ahead
        law = product(part, whole.size, whole.sd, math.hypot(beside, idle))

    def figure(log: float) -> float:
        return round(seen.usual * math.exp(log), 6)

    return plain.model_copy(
        update={
            "now": figure(seen.now),
            "baseline": figure(ahead),
            "baseline_interval": (figure(ahead - Z80 * idle), figure(ahead + Z80 * idle)),
            # whoever holds one figure against the other finds the change that is forecast, not one a little off it
            "expected": round(figure(ahead) * (1 + plain.change), 6),
            "expected_interval": (figure(shift + law.quantile(0.1)), figure(shift + law.quantile(0.9))),
        }
    )


def _basis(measured: int) -> str:
    if not measured:
        return "a cautious first guess for this kind of change, nothing measured here yet"
    return f"from {measured} measured {'outcome' if measured == 1 else 'outcomes'} here and a cautious first guess"
