"""What ad platforms report: click rates, prices and the pixel's own conversions."""

import numpy as np

from agents.derivation import derived
from agents.measures.measure import (
    AD,
    CAMPAIGN,
    Measure,
    against_account,
    arrived,
    blended,
    campaigns,
    leaves,
    ordinary_days,
)
from agents.statistics.arrays import group_sums
from agents.statistics.moves import moves
from agents.statistics.panel import codes_of
from agents.thresholds import MIN_BASE_DAYS, STALE_DAYS
from domain.reading import Readings


def ad_click_rate(readings: Readings) -> Measure:
    """Clicks per impression of every ad against the other ads of its campaign."""

    def make() -> Measure:
        source = leaves(readings)
        codes, keys = source.codes(AD)
        clicks, expected = blended(source.values["clicks"], source.values["impressions"], codes, keys.height)
        siblings, _ = codes_of(keys, CAMPAIGN)
        found = moves(
            clicks,
            expected,
            ordinary_days(readings, keys["account_id"]),
            groups=siblings,
            min_peers=1,
            weekday=source.first_day.weekday(),
            stale_days=STALE_DAYS,
            min_base_days=MIN_BASE_DAYS,
        )
        shown = group_sums(source.values["impressions"], codes, keys.height)
        return Measure("ctr", "ad_report", keys, source.first_day, found, clicks, shown)

    return derived(readings, ("ad_report", "calendar"), "ad ctr", make)


def campaign_click_rate(readings: Readings) -> Measure:
    """Clicks per impression of every campaign against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        return against_account(readings, source, "ctr", source.values["clicks"], source.values["impressions"])

    return derived(readings, ("ad_report", "calendar"), "campaign ctr", make)


def campaign_cpm(readings: Readings) -> Measure:
    """Spend per impression of every campaign against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        return against_account(
            readings, source, "cpm", source.values["spend"], source.values["impressions"], counted=False, adverse=1
        )

    return derived(readings, ("ad_report", "calendar"), "campaign cpm", make)


def campaign_spend(readings: Readings) -> Measure:
    """Daily spend of every campaign against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        spend = source.values["spend"]
        return against_account(readings, source, "spend", spend, np.ones_like(spend), counted=False)

    return derived(readings, ("ad_report", "calendar"), "campaign spend", make)


def campaign_pixel_rate(readings: Readings) -> Measure:
    """Pixel conversions per click of every campaign, as far as known, against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        return against_account(
            readings,
            source,
            "cvr",
            source.values["conversions"],
            source.values["clicks"],
            known=arrived(readings, source.keys["account_id"].to_list(), source.days),
            noisy_exposure=True,
        )

    return derived(readings, ("ad_report", "calendar"), "campaign pixel rate", make)
