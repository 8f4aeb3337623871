"""How ads are delivered: how often the same people see them, and for how many hours of the day."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from agents import metrics
from agents.derivation import derived
from agents.measures.measure import (
    ACCOUNT,
    AD,
    CAMPAIGN,
    Measure,
    against_account,
    campaigns,
    leaves,
    ordinary_days,
)
from agents.statistics.arrays import Flags, Floats, group_sums
from agents.statistics.moves import moves
from agents.statistics.panel import aligned, codes_of, panel
from agents.thresholds import HISTORY_DAYS
from domain.reading import Readings


def campaign_frequency(readings: Readings) -> Measure:
    """Impressions per person and day of every campaign against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        rows = readings.get("ad_delivery")
        if rows is not None and "ad_id" in rows.columns:
            whole = rows.filter(pl.col("ad_id").is_null() | (pl.col("ad_id") == ""))
            rows = whole if whole.height else rows
        values, present = _mean_frequency(readings, rows, source.keys, CAMPAIGN)
        return against_account(
            readings,
            source,
            "frequency",
            values,
            np.ones_like(values),
            present=present,
            table="ad_delivery",
            counted=False,
            adverse=1,
        )

    return derived(readings, ("ad_report", "ad_delivery", "calendar"), "campaign frequency", make)


def ad_frequency(readings: Readings) -> Measure:
    """Impressions per person and day of every ad against the other ads of its campaign."""

    def make() -> Measure:
        source = leaves(readings)
        codes, keys = source.codes(AD)
        rows = readings.get("ad_delivery")
        if rows is not None:
            rows = (
                rows.filter(pl.col("ad_id").is_not_null() & (pl.col("ad_id") != ""))
                if "ad_id" in rows.columns
                else None
            )
        values, present = _mean_frequency(readings, rows, keys, AD)
        siblings, _ = codes_of(keys, CAMPAIGN)
        found = moves(
            values,
            np.ones_like(values),
            present & (group_sums(source.present.astype(np.float64), codes, keys.height) > 0),
            groups=siblings,
            min_peers=1,
            counted=False,
            adverse=1,
            weekday=source.first_day.weekday(),
        )
        return Measure("frequency", "ad_delivery", keys, source.first_day, found, values, np.ones_like(values))

    return derived(readings, ("ad_report", "ad_delivery"), "ad frequency", make)


def _mean_frequency(
    readings: Readings, rows: pl.DataFrame | None, keys: pl.DataFrame, key: Sequence[str]
) -> tuple[Floats, Flags]:
    if rows is None or not rows.height:
        empty = np.zeros((keys.height, HISTORY_DAYS))
        return empty, empty > 0
    shown = rows.with_columns(shown=pl.col("frequency") * pl.col("reach"))
    source = panel(shown, key, ("shown", "reach"), readings.as_of, HISTORY_DAYS)
    top, present = aligned(source, keys, key, "shown")
    reach, _ = aligned(source, keys, key, "reach")
    ok = present & (reach > 0) & (top > 0)
    return np.where(ok, top / np.where(ok, reach, 1.0), 0.0), ok


_STATUS: Final = ("ad_report", "campaign_status")


def status_columns(readings: Readings) -> tuple[Floats, Floats, Flags, Flags]:
    """hours_served, daily_budget, learning and whether known and running; [campaigns, days]."""

    def make() -> tuple[Floats, Floats, Flags, Flags]:
        keys = campaigns(readings).keys
        rows = readings.get("campaign_status")
        if rows is None or not rows.height:
            empty = np.zeros((keys.height, HISTORY_DAYS))
            return empty, empty, empty > 0, empty > 0
        rows = rows.with_columns(
            learning=pl.col("learning").cast(pl.Float64) if "learning" in rows.columns else pl.lit(0.0),
            running=pl.col("status").str.to_lowercase().is_in(metrics.RUNNING).cast(pl.Float64),
        )
        source = panel(
            rows, CAMPAIGN, ("hours_served", "daily_budget", "learning", "running"), readings.as_of, HISTORY_DAYS
        )
        columns = [aligned(source, keys, CAMPAIGN, name)[0] for name in ("hours_served", "daily_budget")]
        learning = aligned(source, keys, CAMPAIGN, "learning")[0] > 0
        return columns[0], columns[1], learning, aligned(source, keys, CAMPAIGN, "running")[0] > 0

    return derived(readings, _STATUS, "status", make)


_PACING: Final = ("ad_report", "calendar", "campaign_status")
NEXT_TO_NOTHING: Final = 0.01
"""Share of its budget a running campaign without any spend counts as having spent, so that nothing has a logarithm."""


def _spending(readings: Readings) -> tuple[Floats, Floats, Flags]:
    """Spend, daily budget and whether both are known; [campaigns, days].

    A running campaign without any spend on a day on which its account has some counts as next to nothing spent.
    """
    source = campaigns(readings)
    _, budget, _, running = status_columns(readings)
    codes, keys = source.codes(ACCOUNT)
    reported = group_sums(source.present.astype(np.float64), codes, keys.height)[codes] > 0
    known = running & (budget > 0) & reported
    budget = np.where(known, budget, 0.0)
    return np.maximum(source.values["spend"], NEXT_TO_NOTHING * budget), budget, known


def campaign_pacing(readings: Readings) -> Measure:
    """Spend over the daily budget of every running campaign against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        spend, budget, known = _spending(readings)
        return against_account(
            readings,
            replace(source, present=known),
            "spend",
            spend,
            budget,
            table="campaign_status",
            counted=False,
        )

    return derived(readings, _PACING, "campaign pacing", make)


def account_pacing(readings: Readings) -> Measure:
    """Spend over the daily budgets of all running campaigns of an account, against its own past."""

    def make() -> Measure:
        source = campaigns(readings)
        spend, budget, known = _spending(readings)
        codes, keys = source.codes(ACCOUNT)
        spent, planned = (group_sums(one * known, codes, keys.height) for one in (spend, budget))
        usable = (planned > 0) & ordinary_days(readings, keys["account_id"])
        found = moves(spent, planned, usable, counted=False, weekday=source.first_day.weekday())
        return Measure("spend", "campaign_status", keys, source.first_day, found, spent, planned)

    return derived(readings, _PACING, "account pacing", make)


def campaign_hours(readings: Readings) -> Measure:
    """Hours a day every campaign is shown, against its own past only. A promo may use up a budget; it does not last."""

    def make() -> Measure:
        source = campaigns(readings)
        hours, _, _, running = status_columns(readings)
        found = moves(
            hours,
            np.ones_like(hours),
            running & (hours > 0) & ordinary_days(readings, source.keys["account_id"]),
            counted=False,
            weekday=source.first_day.weekday(),
        )
        return Measure(
            "hours_served", "campaign_status", source.keys, source.first_day, found, hours, np.ones_like(hours)
        )

    return derived(readings, (*_STATUS, "calendar"), "hours", make)
