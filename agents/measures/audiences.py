"""Who responds: segments over all ads, and within each campaign."""

from typing import Final

import numpy as np
import polars as pl

from agents.derivation import derived
from agents.measures.measure import (
    ACCOUNT,
    CAMPAIGN,
    SEGMENT,
    Measure,
    arrived,
    blended,
    leaves,
    ordinary_days,
)
from agents.statistics.arrays import group_sums
from agents.statistics.moves import moves
from agents.statistics.panel import Panel, codes_of
from agents.thresholds import STALE_DAYS
from domain.reading import Readings


def segment_leaves(readings: Readings) -> tuple[Panel, pl.DataFrame]:
    """ad_report by ad and segment, with the keys in which a campaign's only segment is filled in."""

    def make() -> tuple[Panel, pl.DataFrame]:
        source = leaves(readings)
        keys = source.keys
        links = readings.get("campaign_segment")
        if links is not None and links.height:
            single = links.group_by("campaign_id").agg(
                pl.col("segment_id").n_unique().alias("n"), pl.col("segment_id").first()
            )
            single = single.filter(pl.col("n") == 1).select("campaign_id", only="segment_id")
            keys = keys.join(single, on="campaign_id", how="left", maintain_order="left").with_columns(
                segment_id=pl.when(pl.col("segment_id") == "")
                .then(pl.col("only").fill_null(""))
                .otherwise(pl.col("segment_id"))
            )
            keys = keys.drop("only")
        return source, keys

    return derived(readings, ("ad_report", "campaign_segment"), "segment leaves", make)


_SEGMENTS: Final = ("ad_report", "calendar", "campaign_segment")


def segment_rate(readings: Readings, name: str) -> Measure:
    """A segment's ctr (or cvr) over all ads of an account, against the account's other segments."""

    def make() -> Measure:
        source, keys = segment_leaves(readings)
        events, exposure = ("clicks", "impressions") if name == "ctr" else ("conversions", "clicks")
        named = (keys["segment_id"] != "").to_numpy()
        codes, groups = codes_of(keys, SEGMENT)
        top, bottom = blended(source.values[events] * named[:, None], source.values[exposure], codes, groups.height)
        accounts, _ = codes_of(groups, ACCOUNT)
        usable = group_sums((source.present & named[:, None]).astype(np.float64), codes, groups.height) > 0
        found = moves(
            top,
            bottom,
            usable & ordinary_days(readings, groups["account_id"]) & (groups["segment_id"] != "").to_numpy()[:, None],
            groups=accounts,
            min_peers=1,
            noisy_exposure=name != "ctr",
            completeness=arrived(readings, groups["account_id"].to_list(), source.days) if name != "ctr" else None,
            weekday=source.first_day.weekday(),
        )
        natural = group_sums(source.values[exposure] * named[:, None], codes, groups.height)
        return Measure(name, "ad_report", groups, source.first_day, found, top, natural)

    return derived(readings, _SEGMENTS, f"segment {name}", make)


def segment_clicks_per_spend(readings: Readings) -> Measure:
    """Clicks per money spent on a segment over all ads of an account, against the account's other segments."""

    def make() -> Measure:
        source = leaves(readings)
        clicks, spend = source.values["clicks"], source.values["spend"]
        codes, keys = source.codes(SEGMENT)
        top, bottom = blended(clicks, spend, codes, keys.height)
        accounts, _ = codes_of(keys, ACCOUNT)
        usable = group_sums(source.present.astype(np.float64), codes, keys.height) > 0
        found = moves(
            top,
            bottom,
            usable & ordinary_days(readings, keys["account_id"]) & (keys["segment_id"] != "").to_numpy()[:, None],
            groups=accounts,
            min_peers=1,
            weekday=source.first_day.weekday(),
        )
        natural = group_sums(spend, codes, keys.height)
        return Measure("clicks_per_spend", "ad_report", keys, source.first_day, found, top, natural)

    return derived(readings, ("ad_report", "calendar"), "segment clicks per spend", make)


CELL: Final = (*CAMPAIGN, "segment_id")


def cell_click_rate(readings: Readings) -> Measure:
    """Clicks per impression of every segment within a campaign, against the account's other segments."""

    def make() -> Measure:
        source = leaves(readings)
        codes, keys = source.codes(CELL)
        top, bottom = blended(source.values["clicks"], source.values["impressions"], codes, keys.height)
        usable = group_sums(source.present.astype(np.float64), codes, keys.height) > 0
        usable = usable & ordinary_days(readings, keys["account_id"])
        weekday = source.first_day.weekday()
        segment_codes, segments = codes_of(keys, SEGMENT)
        account_codes, _ = codes_of(segments, ACCOUNT)
        whole = moves(
            group_sums(top, segment_codes, segments.height),
            group_sums(bottom, segment_codes, segments.height),
            group_sums(usable.astype(np.float64), segment_codes, segments.height) > 0,
            groups=account_codes,
            min_peers=1,
            weekday=weekday,
        )
        control = (whole.raw_residual - whole.residual)[segment_codes]
        found = moves(
            top, bottom, usable, control=control, groups=segment_codes, weekday=weekday, stale_days=STALE_DAYS
        )
        shown = group_sums(source.values["impressions"], codes, keys.height)
        return Measure("ctr", "ad_report", keys, source.first_day, found, top, shown)

    return derived(readings, ("ad_report", "calendar"), "cell ctr", make)
