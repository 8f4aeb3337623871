"""A week, or any period, in figures. Every figure is what `domain.summaries.MEANINGS` says it is, with its n."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import fmean, median
from zoneinfo import ZoneInfo

from agents import naming, worth
from domain.base import Interval
from domain.case import Case, ProposalStatus, ProposalView
from domain.catalogue import CATALOGUE, Risk
from domain.operating_model import OperatingModel
from domain.proposal import Approved, Expired, Overridden, Rejected
from domain.reading import Readings
from domain.receipt import ReceiptStatus
from domain.scope import Scope
from domain.summaries import Accuracy, Figure, Measure, Step, Summary
from domain.verdict import Ask

WEEKS_DRAWN = 8
_BATON = "baton"
"""Who decides what the policy allows unasked."""
_MOST_OPENED = 5
_Z = 1.959964
"""95 %, both sides."""
_LIVE = frozenset({ReceiptStatus.DONE, ReceiptStatus.HANDED_OVER})
Answer = Approved | Overridden | Rejected


@dataclass(frozen=True, slots=True)
class Acts:
    """What the architect and the leads did in a period."""

    answers: int
    """To questions, approvals on the way to a quorum among them."""
    design: int


@dataclass(frozen=True, slots=True)
class Period:
    """Some days of the company, both included."""

    first: date
    last: date
    zone: ZoneInfo

    def has(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.first <= day <= self.last

    def at(self, moment: datetime) -> bool:
        """Whether a moment does, by the company's clock."""
        return self.has(moment.astimezone(self.zone).date())


@dataclass(frozen=True, slots=True)
class _Answered:
    case: Case
    view: ProposalView
    decision: Answer

    @property
    def corrections(self) -> int:
        """How often people changed it or took it back."""
        changed = isinstance(self.decision, Overridden) or self.view.changed_by is not None
        return int(changed) + int(self.is_undone)

    @property
    def is_undone(self) -> bool:
        undo = self.case.undo_of(self.view)
        return undo is not None and isinstance(undo.decision, Approved | Overridden)

    @property
    def is_first_hit(self) -> bool:
        return isinstance(self.decision, Approved) and not self.corrections

    @property
    def could_be_delegated(self) -> bool:
        return self.is_first_hit and CATALOGUE[self.view.done.kind].risk is Risk.ROUTINE and not _went_wrong(self.view)


def summary(
    cases: Sequence[Case],
    period: Period,
    model: OperatingModel,
    readings: Readings | None,
    acts: Acts | None,
    scope: Scope | None = None,
) -> Summary:
    """The period in figures. `acts` is None where only one place is asked about: design has no place."""
    mine = [case for case in cases if scope is None or scope.touches(case.signal.scope)]
    opened = [case for case in mine if period.has(case.signal.opened_on)]
    closed = [case for case in mine if case.closed_on and period.has(case.closed_on)]
    answered = _answered(mine, period)
    live = _live(mine, period)
    measured = _measured(mine, period)
    known = [one for one in measured if one[2].measurable and one[2].effect is not None]
    found = worth.weights(known, readings)
    still = [case for case in mine if case.is_open]
    return Summary(
        first_day=period.first,
        last_day=period.last,
        where="" if scope is None else naming.place(scope, _names(cases)),
        opened=tuple(case.signal.headline for case in _most_at_stake(opened)[:_MOST_OPENED]),
        figures=(
            Figure(measure=Measure.SIGNALS_OPENED, n=len(opened), value=len(opened)),
            Figure(measure=Measure.SIGNALS_CLOSED, n=len(closed), value=len(closed)),
            Figure(measure=Measure.ANSWERED, n=len(answered), value=len(answered)),
            _count(Measure.EXPIRED, sum(_ran_out(view, period) for case in mine for view in case.proposals)),
            _hours(Measure.TO_DECISION, [_since_opened(one.case, one.decision.at, model) for one in answered]),
            _hours(Measure.TO_LIVE, [_since_opened(case, at, model) for case, _, at in live]),
            _hours(
                Measure.TO_LESSON, [_since_opened(one[0], model.swept(one[2].measured_on).at, model) for one in known]
            ),
            _share(Measure.FIRST_HIT, [one.is_first_hit for one in answered]),
            _mean(Measure.CORRECTIONS, [one.corrections for one in answered]),
            _share(Measure.DELEGABLE, [one.could_be_delegated for one in answered]),
            *_forecasts(known),
            *([_ratio(acts)] if acts is not None else []),
            _saved(len(opened), len(answered), [view for _, view, _ in live], len(measured), model),
        ),
        decisions=Counter(one.decision.kind for one in answered),
        money=worth.summed(found),
        weights=found,
        not_measurable=len(measured) - len(known),
        accuracy=_accuracy(known),
        open_now=len(still),
        waiting_now=sum(_waits(case, view) for case in still for view in case.proposals),
        at_stake_now=_at_stake(still),
        steps=_steps(mine, period, model),
    )


def wilson(hits: int, n: int) -> Interval:
    """The 95 % interval of a share, which stays honest where n is small."""
    share, z2 = hits / n, _Z * _Z / n
    middle = (share + z2 / 2) / (1 + z2)
    half = _Z * math.sqrt(share * (1 - share) / n + z2 / (4 * n)) / (1 + z2)
    return min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)


def _answered(cases: Iterable[Case], period: Period) -> list[_Answered]:
    """Questions people answered in the period; taking something back is no question of its own but a correction."""
    return [
        _Answered(case, view, view.decision)
        for case in cases
        for view in case.proposals
        if view.proposal.undoes is None
        and isinstance(view.decision, Answer)
        and view.decision.by != _BATON
        and period.at(view.decision.at)
    ]


def _live(cases: Iterable[Case], period: Period) -> list[tuple[Case, ProposalView, datetime]]:
    return [
        (case, view, view.receipt.at)
        for case in cases
        for view in case.proposals
        if view.proposal.undoes is None
        and view.receipt is not None
        and view.receipt.status in _LIVE
        and period.at(view.receipt.at)
    ]


def _measured(cases: Iterable[Case], period: Period) -> list[worth.Measured]:
    return [
        (case, view, view.outcome)
        for case in cases
        for view in case.proposals
        if view.outcome is not None and period.has(view.outcome.measured_on)
    ]


def _since_opened(case: Case, at: datetime, model: OperatingModel) -> float:
    """Hours from the sweep that opened a signal to a moment; from a look at a running day where it asked earlier."""
    swept = model.swept(case.signal.opened_on).at
    began = min([swept, *(view.asked_at for view in case.proposals if view.asked_at is not None)])
    return max((at - began).total_seconds() / 3600, 0.0)


def _ran_out(view: ProposalView, period: Period) -> bool:
    return isinstance(view.decision, Expired) and period.at(view.decision.at)


def _waits(case: Case, view: ProposalView) -> bool:
    is_open = view.status in {ProposalStatus.PENDING, ProposalStatus.SNOOZED}
    return case.takes_answers(view) and is_open and isinstance(view.verdict, Ask)


def _went_wrong(view: ProposalView) -> bool:
    """Whether the figure an action was to better surely got worse."""
    outcome, wanted = view.outcome, CATALOGUE[view.done.kind].wanted
    if outcome is None or not outcome.measurable or outcome.interval is None:
        return False
    low, high = outcome.interval
    return (wanted > 0 and high < 0) or (wanted < 0 and low > 0)


def _count(measure: Measure, number: int) -> Figure:
    return Figure(measure=measure, n=number, value=number)


def _hours(measure: Measure, hours: Sequence[float]) -> Figure:
    if not hours:
        return Figure(measure=measure, n=0)
    rank = math.ceil(0.9 * len(hours)) - 1
    return Figure(measure=measure, n=len(hours), value=median(hours), p90=sorted(hours)[rank])


def _share(measure: Measure, hits: Sequence[bool]) -> Figure:
    if not hits:
        return Figure(measure=measure, n=0)
    number = sum(hits)
    return Figure(measure=measure, n=len(hits), value=number / len(hits), interval=wilson(number, len(hits)))


def _mean(measure: Measure, values: Sequence[int]) -> Figure:
    return Figure(measure=measure, n=len(values), value=fmean(values) if values else None)


def _ratio(acts: Acts) -> Figure:
    ratio = acts.answers / acts.design if acts.design else None
    return Figure(measure=Measure.APPROVE_TO_DESIGN, n=acts.answers + acts.design, value=ratio)


def _saved(opened: int, answered: int, live: Sequence[ProposalView], measured: int, model: OperatingModel) -> Figure:
    each = model.digest.weekly.saved_minutes
    made = sum(view.receipt is not None and view.receipt.status is ReceiptStatus.DONE for view in live)
    minutes = opened * each.signal + answered * each.proposal + made * each.execution + measured * each.outcome
    n = opened + answered + made + measured
    return Figure(measure=Measure.HOURS_SAVED, n=n, value=minutes / 60 if n else None)


def _forecasts(known: Sequence[worth.Measured]) -> tuple[Figure, Figure]:
    misses = [one for one in map(_miss, known) if one is not None]
    return (
        _share(Measure.RIGHT_WAY, [one.is_right for one in misses]),
        _share(Measure.COVERED, [one.is_covered for one in misses]),
    )


@dataclass(frozen=True, slots=True)
class _Miss:
    """One forecast held against what was measured, as levels of autonomy hold it."""

    is_right: bool
    is_covered: bool
    by: float


def _miss(one: worth.Measured) -> _Miss | None:
    _, view, outcome = one
    forecast, effect = view.proposal.forecast, outcome.effect
    if forecast is None or effect is None:
        return None
    low, high = forecast.interval
    return _Miss(forecast.change * effect > 0, low <= effect <= high, effect - forecast.change)


def _accuracy(known: Sequence[worth.Measured]) -> tuple[Accuracy, ...]:
    by_agent: dict[str, list[_Miss]] = defaultdict(list)
    for one in known:
        if (miss := _miss(one)) is not None:
            for agent in one[1].proposal.agents:
                by_agent[agent].append(miss)
    return tuple(
        Accuracy(
            agent=agent,
            n=len(ones),
            right_way=fmean(one.is_right for one in ones),
            covered=fmean(one.is_covered for one in ones),
            bias=fmean(one.by for one in ones),
        )
        for agent, ones in sorted(by_agent.items())
    )


def _at_stake(cases: Iterable[Case]) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for case in cases:
        sums[case.signal.currency] = sums.get(case.signal.currency, Decimal(0)) + case.signal.at_stake_per_day
    return sums


def _steps(cases: Sequence[Case], period: Period, model: OperatingModel) -> tuple[Step, ...]:
    """The weeks that end with the period, oldest first, from the first in which anything was answered."""
    steps: list[Step] = []
    for back in range(WEEKS_DRAWN - 1, -1, -1):
        last = period.last - timedelta(days=7 * back)
        answered = _answered(cases, Period(last - timedelta(days=6), last, period.zone))
        hours = [_since_opened(one.case, one.decision.at, model) for one in answered]
        first_hits = sum(one.is_first_hit for one in answered)
        if answered or steps:
            step = Step(
                first_day=last - timedelta(days=6),
                answered=len(answered),
                first_hits=first_hits,
                hours_to_decision=median(hours) if hours else None,
            )
            steps.append(step)
    return tuple(steps)


def _names(cases: Sequence[Case]) -> Mapping[str, str]:
    return {ident: name for case in cases for ident, name in case.signal.names.items()}


def _most_at_stake(cases: Iterable[Case]) -> list[Case]:
    return sorted(cases, key=lambda case: (-case.signal.at_stake_per_day, case.signal.id))
