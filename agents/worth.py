"""What a measured effect was worth in money: what the same results would have cost without it, over the days measured.

With an effect e on cost per conversion, spend S bought what would have cost S / (1 + e); with an effect e on the
click-through or conversion rate, S bought what would have cost S · (1 + e), cost per view and the other rate as they
were. Both rise or fall with e alone, so the ends of an effect's 95 % interval are the ends of its worth.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import hypot

from agents import metrics
from agents.metrics import METRICS
from agents.places import place_of
from agents.reporting import measured_words
from domain.action import Action, RollOutTest, ShiftBudget, StartTest
from domain.base import Interval
from domain.case import Case, ProposalView
from domain.reading import Readings
from domain.receipt import Outcome
from domain.scope import Scope
from domain.summaries import Money, Weight

_RATES = frozenset({"ctr", "cvr"})
_CENT = Decimal("0.01")
NOT_IN_MONEY = "this figure has no price"
NO_SPEND = "no ad spend is known for the days measured"
TOGETHER = "it cannot be told apart from another effect, which is counted"

Measured = tuple[Case, ProposalView, Outcome]


def weights(measured: Sequence[Measured], readings: Readings | None) -> tuple[Weight, ...]:
    """Each effect with its worth, the largest first; those that cannot be said in money at the end."""
    found = [_weight(one, readings) for one in measured]
    counted = _told_apart(measured, {one.proposal_id: one for one in found})
    return tuple(sorted(counted, key=lambda one: (one.amount is None, -abs(one.amount or 0), one.proposal_id)))


def summed(found: Iterable[Weight]) -> tuple[Money, ...]:
    """The worth of several effects, one sum per currency; the ends of intervals by root of sum of squares."""
    by_currency: dict[str, list[Weight]] = defaultdict(list)
    for one in found:
        if one.amount is not None:
            by_currency[one.currency].append(one)
    return tuple(_sum(currency, ones) for currency, ones in sorted(by_currency.items()))


def worth(metric: str, effect: float, spend: Decimal) -> Decimal | None:
    """What an effect was worth at a spend, positive where it helped; None where its metric has no price."""
    if metric in _RATES:
        share = Decimal(str(effect))
    elif metric == "cpa" and effect > -1:
        share = Decimal(str(-effect / (1 + effect)))
    else:
        return None
    return (spend * share).quantize(_CENT, ROUND_HALF_UP)


def _weight(one: Measured, readings: Readings | None) -> Weight:
    case, view, outcome = one
    currency, words = view.done.currency or case.signal.currency, measured_words(case, view, outcome)
    bare = Weight(proposal_id=view.proposal.id, words=words, currency=currency, amount=None)
    if outcome.effect is None or outcome.interval is None:
        return bare.model_copy(update={"because": outcome.method})
    if isinstance(view.done, StartTest | RollOutTest) or worth(outcome.metric, 0.0, Decimal(0)) is None:
        return bare.model_copy(update={"because": NOT_IN_MONEY})
    spend = spent(view.done, readings, outcome.window) if readings is not None else None
    if not spend:
        return bare.model_copy(update={"because": NO_SPEND})
    amount = worth(outcome.metric, outcome.effect, spend)
    ends = _ends(outcome.metric, outcome.interval, spend)
    if amount is None or ends is None:
        return bare.model_copy(update={"because": NOT_IN_MONEY})
    return bare.model_copy(update={"amount": amount, "interval": ends})


def _ends(metric: str, interval: Interval, spend: Decimal) -> tuple[Decimal, Decimal] | None:
    ends = [found for end in interval if (found := worth(metric, end, spend)) is not None]
    return (min(ends), max(ends)) if len(ends) == 2 else None


def spent(action: Action, readings: Readings, window: tuple[date, date]) -> Decimal | None:
    """Ad spend, over some days, of what an action changed: its ad, its campaign or both campaigns of a shift."""
    place = place_of(action)
    if isinstance(action, ShiftBudget):
        ids = (action.from_campaign, action.to_campaign)
        scopes = [Scope(account_id=place.account_id, campaign_id=one) for one in ids]
    elif place.ad_id or place.campaign_id:
        scopes = [Scope(account_id=place.account_id, campaign_id=place.campaign_id, ad_id=place.ad_id)]
    else:
        return None
    sums = [metrics.total(readings, METRICS["cpm"], scope, *window) for scope in scopes]
    known = [Decimal(str(round(one[0], 2))) for one in sums if one is not None]
    return sum(known, Decimal(0)) if known else None


def _told_apart(measured: Sequence[Measured], found: Mapping[str, Weight]) -> list[Weight]:
    """Of effects that cannot be told apart only the surest counts: the same money is not claimed twice."""
    kept = dict(found)
    for case, view, _ in measured:
        alike = [view, *case.alongside(view)]
        priced = [kept[one.proposal.id] for one in alike if one.proposal.id in kept]
        rivals = [one for one in priced if one.amount is not None]
        for one in sorted(rivals, key=_width)[1:]:
            kept[one.proposal_id] = one.model_copy(update={"amount": None, "interval": None, "because": TOGETHER})
    return list(kept.values())


def _width(one: Weight) -> tuple[Decimal, str]:
    low, high = one.interval or (Decimal(0), Decimal(0))
    return high - low, one.proposal_id


def _sum(currency: str, ones: Sequence[Weight]) -> Money:
    pairs = [(one.amount, one.interval) for one in ones]
    amount = sum((value for value, _ in pairs if value is not None), Decimal(0))
    below = hypot(*(float(value - ends[0]) for value, ends in pairs if value is not None and ends is not None))
    above = hypot(*(float(ends[1] - value) for value, ends in pairs if value is not None and ends is not None))
    ends = (amount - Decimal(str(round(below, 2))), amount + Decimal(str(round(above, 2))))
    return Money(currency=currency, amount=amount, interval=ends, n=len(ones))
