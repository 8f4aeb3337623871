"""How much of a signal's move is left, judged by the baseline its owners were shown."""

from datetime import date

import numpy as np
import polars as pl

from agents.draft import log_change
from agents.kinds import KINDS, Recovery, measure_of
from agents.measures import Measure
from agents.sights import row_of
from agents.thresholds import RECOVERY_DAYS, STALE_DAYS
from domain.finding import Finding
from domain.reading import Readings
from domain.signal import Signal


def left_of(signal: Signal, readings: Readings) -> float | None:
    """The largest share of its moves that is left over the last days (log scale); None where nothing can be judged."""
    if any(KINDS[one.kind].recovery is Recovery.ENDED for one in signal.findings):
        return _test_left(signal, readings)
    leading = [one for one in signal.findings if KINDS[one.kind].recovery is not Recovery.FOLLOWS] or list(
        signal.findings
    )
    shares = [share for one in leading[:3] if (share := _left(one, readings)) is not None]
    return max(shares) if shares else None


def _left(one: Finding, readings: Readings) -> float | None:
    measure = measure_of(one, readings)
    row = row_of(measure, one.scope) if measure is not None else None
    moved = log_change(one)
    if measure is None or row is None or abs(moved) < 1e-6 or one.baseline <= 0:
        return None
    usable = measure.moves.usable[row]
    columns = np.flatnonzero(usable)
    if len(columns) < RECOVERY_DAYS or len(usable) - 1 - columns[-1] > STALE_DAYS + 4:
        return None
    columns = columns[-RECOVERY_DAYS:]
    # Against what is expected today (weekday, peers, lateness), but from the level the owners were shown.
    residual = measure.moves.residual[row, columns]
    weight = 1 / np.maximum(measure.moves.variance[row, columns], 1e-6)
    seen = float((residual * weight).sum() / weight.sum())
    before = measure.moves.residual[row, : max(_column(measure, one.since), 1)]
    known = usable[: len(before)]
    usual = float(np.median(before[known])) if known.sum() >= 7 else 0.0
    return (seen - usual) / moved


def _column(measure: Measure, day: date) -> int:
    return (day - measure.first_day).days


def _test_left(signal: Signal, readings: Readings) -> float | None:
    """A decided test is over once it no longer runs."""
    rows = readings.get("experiment")
    if rows is None or "ended_on" not in rows.columns:
        return None
    mine = rows.filter(pl.col("test_id") == signal.scope.test_id)
    return 0.0 if mine.height and mine["ended_on"].null_count() == 0 else None
