"""How much of a signal's move is left, judged by the baseline its owners were shown."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from agents.content import demand
from agents.measures import (
    Measure,
    account_pixel_ratio,
    account_rate,
    ad_click_rate,
    ad_frequency,
    campaign_click_rate,
    campaign_cpm,
    campaign_frequency,
    campaign_hours,
    campaign_order_rate,
    campaign_pixel_rate,
    campaign_pixel_ratio,
    campaign_visits,
    cell_click_rate,
    engagement,
    retention,
    segment_rate,
)
from agents.sights import row_of
from agents.thresholds import RECOVERY_DAYS, STALE_DAYS
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Grain
from domain.signal import Signal

_LATE: Final = frozenset({FindingKind.CONVERSIONS_DROP, FindingKind.PIXEL_GAP})
_FOLLOWING: Final = frozenset(
    {FindingKind.CPA_RISE, FindingKind.CPC_RISE, FindingKind.SPEND_DROP, FindingKind.SPEND_RISE}
)
"""Findings that follow from others; whether they are over is judged by those."""


def left_of(signal: Signal, readings: Readings) -> float | None:
    """The largest share of its moves that is left over the last days (log scale); None where nothing can be judged."""
    if any(one.kind is FindingKind.TEST_DECIDED for one in signal.findings):
        return _test_left(signal, readings)
    leading = [one for one in signal.findings if one.kind not in _FOLLOWING] or list(signal.findings)
    shares = [share for one in leading[:3] if (share := _left(one, readings)) is not None]
    return max(shares) if shares else None


def _left(one: Finding, readings: Readings) -> float | None:
    measure = measure_of(one, readings)
    row = row_of(measure, one.scope) if measure is not None else None
    moved = float(np.log1p(one.change))
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


def measure_of(one: Finding, readings: Readings) -> Measure | None:  # noqa: PLR0911, PLR0912 - one line per kind
    """The series a finding came from."""
    if readings.get(one.table) is None:
        return None
    whole = one.scope.grain is Grain.ACCOUNT
    match one.kind:
        case FindingKind.CTR_DECLINE if one.scope.ad_id:
            return ad_click_rate(readings)
        case FindingKind.CTR_DECLINE if one.scope.segment_id:
            return cell_click_rate(readings)
        case FindingKind.CTR_DECLINE:
            return campaign_click_rate(readings)
        case FindingKind.RESPONSE_DECLINE:
            return segment_rate(readings, "ctr")
        case FindingKind.CPM_RISE:
            return account_rate(readings, "cpm") if whole else campaign_cpm(readings)
        case FindingKind.CVR_DECLINE:
            return campaign_order_rate(readings) if one.table == "web_report" else campaign_pixel_rate(readings)
        case FindingKind.CONVERSIONS_DROP:
            return campaign_pixel_rate(readings)
        case FindingKind.PIXEL_GAP:
            return account_pixel_ratio(readings, worst=False) if whole else campaign_pixel_ratio(readings)
        case FindingKind.VISIT_LOSS:
            return campaign_visits(readings)
        case FindingKind.FREQUENCY_RISE:
            return ad_frequency(readings) if one.scope.ad_id else campaign_frequency(readings)
        case FindingKind.HOURS_SERVED_DROP:
            return campaign_hours(readings)
        case FindingKind.ENGAGEMENT_DECLINE:
            return engagement(readings)
        case FindingKind.UNSUBSCRIBE_RISE:
            return engagement(readings, "unsubscribe_rate")
        case FindingKind.RETENTION_DECLINE:
            return retention(readings)
        case FindingKind.DEMAND_RISE:
            return demand(readings)[0]
        case _:
            return None


def _test_left(signal: Signal, readings: Readings) -> float | None:
    """A decided test is over once it no longer runs."""
    rows = readings.get("experiment")
    if rows is None or "ended_on" not in rows.columns:
        return None
    mine = rows.filter(pl.col("test_id") == signal.scope.test_id)
    return 0.0 if mine.height and mine["ended_on"].null_count() == 0 else None
