"""What an action could do at most, against doing nothing: reckoned per kind from the account's own figures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from agents.outlook import Outlook
from agents.statistics.shrinkage import Prior
from domain.action import Action, PauseAd, SetBudget, ShiftBudget
from domain.catalogue import CATALOGUE
from domain.signal import Cause, Signal

SPEND_ELASTICITY = Prior(0.7, 0.17, 0.07)
"""Conversions grow with spend to this power, 0.7 ± 0.2 in all: 10 % more spend brings about 7 % more conversions. A
judgement to start with; the account's own measured effects take over as they come in."""
CAPPED_ELASTICITY = 0.95
"""Of a campaign that stops early each day for lack of budget: more money buys hours at the price of those it has, and
does not reach deeper into the auction."""
LEFT_UNSPENT = 0.5
"""Part of a paused ad's spend that the platform gives to no other ad: anything from none to all, alike likely. What is
spent less makes the rest cheaper, as of any spend."""
SIZE_DOUBT = 0.3
"""How far off the whole usually was when a lesson was learnt, relative to it."""
FOUND_DOUBT = 0.5
"""How far the loss to come is off the fall that was found, relative to it, where the course is not seen."""
LEAST_LOSS = 0.05
"""A fall (log) below this is nothing to win back."""
MOST_LOSS = 2.3
"""A total break would forecast a thousandfold recovery of nearly nothing; nine tenths lost is as far as it reaches."""


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


def of_budget(action: SetBudget, signal: Signal, ground: Ground) -> Whole | None:
    """CPA follows spend to the power 1 - elasticity."""
    del ground
    if not action.was or not action.daily_budget:
        return None
    step = math.log(float(action.daily_budget / action.was))
    if step > 0 and signal.cause is Cause.BUDGET_CAP:
        step *= (1 - CAPPED_ELASTICITY) / (1 - SPEND_ELASTICITY.mean)
    return Whole(step, 0.0)


def of_shift(action: ShiftBudget, signal: Signal, ground: Ground) -> Whole | None:
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


def of_pause(action: PauseAd, signal: Signal, ground: Ground) -> Whole | None:
    """The campaign's CPA without this ad, which converts as it used to per click and is clicked as it will be."""
    del signal
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


def of_loss(action: Action, signal: Signal, ground: Ground) -> Whole | None:
    """What there is to win back: the loss over the window, or without a past that tells, the fall that was found."""
    metrics = RELATED[CATALOGUE[action.kind].metric]
    found = [one.change for one in signal.findings if one.metric in metrics and -1 < one.change < 0]
    if ground.ad_fall is not None:
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
