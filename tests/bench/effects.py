"""Effects whose truth is known: the same simulated days with and without an action, against what Baton measures."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from agents.comparison import Comparison, compare
from agents.forecasting import would_show
from domain.catalogue import CATALOGUE
from tests.bench.closed_loop import Company, Done

DAYS = 300


@dataclass(frozen=True)
class Known:
    """One action of a simulated company, on the log scale."""

    kind: str
    truth: float
    effect: float
    low: float
    high: float
    measurable: bool
    """Whether the comparison is sharp enough to show what was forecast."""
    passes: bool
    """Whether the incident would have ended by itself before the window did."""

    @property
    def covers(self) -> bool:
        return self.low <= self.truth <= self.high


def known_effects(seeds: Iterable[int]) -> Iterator[Known]:
    """Everything done in the companies of some seeds that can be compared at all."""
    for seed in seeds:
        company = Company.founded(seed, DAYS)
        for done in company.lived():
            if one := _known(company, done):
                yield one


def _known(company: Company, done: Done) -> Known | None:
    action = done.proposal.action
    first, last = done.outcome.window
    due = done.today + timedelta(days=CATALOGUE[action.kind].window_days)
    found = compare(action, done.signal, company.readings(due), first - timedelta(days=1), last)
    if not isinstance(found, Comparison):
        return None
    low, high = (math.log1p(max(end, -0.999)) for end in (found.low, found.high))
    sharp = would_show(found.reach, done.outcome.forecast)
    return Known(
        action.kind, done.truth, math.log1p(found.effect), low, high, sharp, _passes(company, done, last),
    )  # fmt: skip


def _passes(company: Company, done: Done, last: date) -> bool:
    scope = done.signal.scope
    felt = [one for one in company.world.incidents if one.start <= done.today and one.scope.touches(scope)]
    newest = max(felt, key=lambda one: one.start, default=None)
    return newest is not None and newest.end <= last
