"""Whether a rate moved by more than its days vary by anyway, so that an answer does not dress up noise."""

from datetime import timedelta
from typing import Final

import numpy as np
import polars as pl

from agents import metrics
from agents.answering.context import Question
from agents.answering.periods import Period
from agents.metrics import Metric
from agents.statistics.arrays import Floats
from agents.statistics.rates import day_variance, fisher_test, shift

CLEAR: Final = 0.05
"""Two-sided p-value below which a move is called one."""
FEW_EVENTS: Final = 5.0
"""Events in a period below which the two periods are compared exactly, as draws from the same people."""
PAST_DAYS: Final = 42
"""Days before the period that say how much its days vary: six weeks."""


def clarity(question: Question, metric: Metric, now: Period, before: Period) -> str:
    """A clause on whether the metric's move between two periods is more than noise; empty where that cannot be told."""
    if metric.unit != "share" or metric.bottom is None:
        return ""
    days = _days(question, metric, now)
    seen, past = (metrics.total(question.at_hand, metric, question.scope, one.first, one.last) for one in (now, before))
    if days is None or seen is None or past is None:
        return ""
    hits, trials, base_hits, base_trials = (np.array([figure]) for figure in (*seen, *past))
    if min(seen[0], past[0]) < FEW_EVENTS:
        down, up = fisher_test(hits, trials, base_hits, base_trials)
    else:
        spread = day_variance(*days) * (1 / now.length + 1 / before.length)
        found = shift(hits, trials, base_hits, base_trials, spread)
        down, up = found.p_down, found.p_up
    best = min(float(down[0]), float(up[0]))
    if best >= 1:
        return ""
    return " (more than its days vary by)" if 2 * best <= CLEAR else " (no more than its days vary by)"


def _days(question: Question, metric: Metric, now: Period) -> tuple[Floats, Floats] | None:
    """Events and exposure of each of the days before a period; [1, days]."""
    last = now.first - timedelta(days=1)
    first = last - timedelta(days=PAST_DAYS - 1)
    found = metrics.sums(question.at_hand, metric, question.scope, first, last, by=("date_day",))
    if found is None or found.height < 2:
        return None
    top, bottom = (found[name].cast(pl.Float64).fill_null(np.nan).to_numpy() for name in ("top", "bottom"))
    return top[None], bottom[None]
