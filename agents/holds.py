"""What is noticed but waits: a holiday or promo, an account that reports late, an ad too small to be judged.

Told once, on the first day it can be seen: whether it was there yesterday already is read off the same tables.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256

import numpy as np
import polars as pl

from agents import wording
from agents.claims import object_scope
from agents.creative import large_ads
from agents.headlines import names_of
from agents.measures import (
    ACCOUNT,
    MASKING,
    account_pixel_ratio,
    account_rate,
    ad_click_rate,
    arrived,
    campaign_pixel_ratio,
    campaigns,
)
from agents.ownership import owners_of
from agents.statistics.arrays import Floats, group_sums
from agents.statistics.normal import FROM_MAD
from agents.thresholds import (
    FORESEEN_ERRORS,
    HOLD_ERRORS,
    JUDGED_CLICKS,
    JUDGED_DAYS,
    LATE_CAMPAIGN_ERRORS,
    LATE_CAMPAIGNS,
    LATE_ERRORS,
    SMALL_JUMP,
)
from domain.operating_model import OperatingModel
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import Cause, EventKind, HoldReason, Signal, SignalEvent


def holds(readings: Readings, today: date, model: OperatingModel) -> Iterator[SignalEvent]:
    """Everything that is noticed today for the first time and waits."""
    if not campaigns(readings).size:
        return
    yield from _calendar(readings, today, model)
    yield from _late_reports(readings, today, model)
    yield from _small_ads(readings, today, model)


def _calendar(readings: Readings, today: date, model: OperatingModel) -> Iterator[SignalEvent]:
    """The first day of a holiday or promo on which the account moves."""
    calendar = readings.get("calendar")
    if calendar is None or not calendar.height or readings.get("web_report") is None:
        return
    near = calendar.filter(
        pl.col("date_day").is_between(today - timedelta(days=20), today) & pl.col("kind").is_in(list(MASKING))
    )
    if not near.filter(pl.col("date_day") == today).height:
        return
    measure = account_rate(readings, "cvr")
    spend = campaigns(readings)
    codes, keys = spend.codes(ACCOUNT)
    demand = group_sums(spend.values["spend"], codes, keys.height)
    for row, account in enumerate(keys["account_id"].to_list()):
        mine = near.filter((pl.col("account_id").fill_null("") == "") | (pl.col("account_id") == account))
        days = set(mine["date_day"].to_list())
        if today not in days:
            continue
        began = today
        while began - timedelta(days=1) in days:
            began -= timedelta(days=1)
        length = (today - began).days + 1
        scores = np.maximum(
            _day_scores(measure.events[row], measure.exposure[row], length), _level_scores(demand[row], length)
        )
        if scores[-1] < FORESEEN_ERRORS or (length > 1 and (scores[-length:-1] >= FORESEEN_ERRORS).any()):
            continue
        entry = mine.filter(pl.col("date_day") == today).row(0, named=True)
        reason = HoldReason.HOLIDAY if entry["kind"] == "holiday" else HoldReason.PROMO
        what = f"{entry['name'] or entry['kind']} moved the whole account, as the calendar foretold"
        yield _held(readings, today, model, Scope(account_id=account), reason, what)


def _day_scores(events: Floats, exposure: Floats, length: int) -> Floats:
    """Absolute z of each day's rate against the days before the last `length`, with a day's own spread."""
    rate = np.where(exposure > 0, (events + 0.5) / np.maximum(exposure, 1), 0.0)
    return _level_scores(rate, length)


def _level_scores(values: Floats, length: int) -> Floats:
    usable = values > 0
    past = usable.copy()
    past[-length:] = False
    if past.sum() < 14:
        return np.zeros_like(values)
    logs = np.log(np.where(usable, values, 1.0))
    centre = np.median(logs[past])
    spread = max(FROM_MAD * float(np.median(np.abs(logs[past] - centre))), 0.03)
    return np.where(usable, np.abs(logs - centre) / spread, 0.0)


def _late_reports(readings: Readings, today: date, model: OperatingModel) -> Iterator[SignalEvent]:
    """Accounts whose youngest conversions are missing as a whole while the backend has orders."""
    source = campaigns(readings)
    if readings.get("web_report") is None or "conversions" not in source.known:
        return
    measure = account_pixel_ratio(readings, worst=False)
    missing = account_pixel_ratio(readings, worst=True).moves.p_value(2.5, down=True) < 1e-3
    known = arrived(readings, measure.keys["account_id"].to_list(), source.days)[:, -1]
    one_by_one = campaign_pixel_ratio(readings).moves
    codes, _ = source.codes(ACCOUNT)
    low = one_by_one.raw_residual[:, -1] < -LATE_CAMPAIGN_ERRORS * np.sqrt(np.maximum(one_by_one.variance[:, -1], 1e-6))
    seen_today = np.bincount(codes[one_by_one.usable[:, -1]], minlength=measure.keys.height)
    late = np.bincount(codes[one_by_one.usable[:, -1] & low], minlength=measure.keys.height)
    for row in range(measure.keys.height):
        score = measure.moves.residual[row] / np.sqrt(np.maximum(measure.moves.variance[row], 1e-6))
        if missing[row] or score[-1] > -LATE_ERRORS or not measure.moves.usable[row, -1]:
            continue
        if late[row] < LATE_CAMPAIGNS * max(seen_today[row], 1):
            continue
        if source.days > 1 and score[-2] <= -1:
            continue
        scope = object_scope(measure.keys.row(row, named=True))
        seen = measure.events[row, -1] / max(measure.exposure[row, -1], 1)
        shares = f"{wording.share(seen)} of today's orders so far, {wording.share(float(known[row]))} is usual"
        what = f"conversions are reported late, {shares}"
        yield _held(readings, today, model, scope, HoldReason.REPORTING_LAG, what)


def _small_ads(readings: Readings, today: date, model: OperatingModel) -> Iterator[SignalEvent]:
    """Ads too small to be judged whose rate jumps today and did not yesterday."""
    measure = ad_click_rate(readings)
    found = measure.moves
    if not measure.keys.height or found.residual.shape[1] < 2:
        return
    score = found.residual / np.sqrt(np.maximum(found.variance, 1e-6))
    jumps = (np.abs(score) >= HOLD_ERRORS) & (np.abs(found.residual) >= SMALL_JUMP) & found.usable
    known = (found.usable.sum(axis=1) >= JUDGED_DAYS) & (found.expected[0] >= JUDGED_CLICKS)
    rows = np.flatnonzero(jumps[:, -1] & ~jumps[:, -7:-1].any(axis=1) & known & ~large_ads(readings))
    for row in rows:
        scope = object_scope(measure.keys.row(int(row), named=True))
        what = (
            f"CTR moved {wording.percent(float(np.expm1(found.residual[row, -1])))} on few clicks: too small to judge"
        )
        yield _held(readings, today, model, scope, HoldReason.THIN_DATA, what)


def _held(
    readings: Readings, today: date, model: OperatingModel, scope: Scope, reason: HoldReason, what: str
) -> SignalEvent:
    names = names_of(readings, [scope])
    ident = scope.ad_id or scope.campaign_id or scope.account_id or ""
    signal = Signal(
        id=f"sig_{sha256(f'held|{reason}|{scope.key}|{today}'.encode()).hexdigest()[:12]}",
        cause=Cause.UNEXPLAINED,
        confidence=0.0,
        scope=scope,
        headline=f"{names.get(ident, ident)}: {what}"[:150],
        why="Noticed and held back; it becomes a signal only if it stays when the reason is gone.",
        at_stake_per_day=Decimal("0.00"),
        currency=model.currency,
        since=today,
        opened_on=today,
        as_of=today,
        findings=(),
        owners=owners_of(Cause.UNEXPLAINED, (), model),
        names=names,
    )
    return SignalEvent(as_of=today, event=EventKind.HELD, signal=signal, reason=reason)
