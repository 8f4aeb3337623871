"""Which channel, segment or page a move is about: chosen by what is likely, not by who was lucky."""

from datetime import timedelta
from typing import Final

import numpy as np
import polars as pl

from agents import metrics, wording
from agents.situation import Situation
from agents.statistics.discoveries import q_values
from agents.statistics.rates import score_test, shrunk

PAGE_CLEAR: Final = 0.05
"""One-sided p-value of its fall, corrected for all pages looked at (Benjamini-Hochberg), up to which a landing page is
named: with few orders none is, rather than a guess, and of many pages one always looks worst."""


def best_channel(about: Situation, segment: str) -> str:
    """The owned channel this segment clicks most on; e-mail where nothing is known."""
    last = about.books.today
    place = about.account.model_copy(update={"segment_id": segment, "platform": None})
    rate = metrics.METRICS["click_rate"]
    found = metrics.sums(about.books.readings, rate, place, last - timedelta(days=56), last, by=("channel",))
    if found is None or found.filter(pl.col("bottom") > 0).is_empty():
        return "email"
    rates = shrunk(*(found[name].cast(pl.Float64).to_numpy() for name in ("top", "bottom")))
    best = found.with_columns(rate=rates).filter(pl.col("bottom") > 0).sort("rate", "channel", descending=True)
    return wording.quote(str(best["channel"][0]), 20)


def best_other_segment(about: Situation, campaign: str) -> str | None:
    """The segment outside this campaign that converts best in the same account."""
    last = about.books.today - timedelta(days=2)
    reached = about.books.segments_of(campaign) | {about.segment_id}
    rate = metrics.METRICS["cvr"]
    found = metrics.sums(about.books.readings, rate, about.account, last - timedelta(days=28), last, by=("segment_id",))
    if found is None:
        return None
    rates = shrunk(*(found[name].cast(pl.Float64).to_numpy() for name in ("top", "bottom")))
    rated = [
        (rate, segment)
        for segment, bottom, rate in found.select("segment_id", "bottom").with_columns(rate=rates).iter_rows()
        if segment and segment not in reached and bottom >= 200
    ]
    return max(rated, default=(0.0, None))[1]


def worst_page(about: Situation, campaign: str) -> str:
    """The landing page whose orders per visit fell most clearly since the incident began; empty where none did."""
    rate, since, today = metrics.METRICS["order_rate"], about.signal.since, about.books.today
    place, by = about.scope(campaign), ("landing_page",)
    before = metrics.sums(about.books.readings, rate, place, since - timedelta(days=28), since - timedelta(days=1), by)
    after = metrics.sums(about.books.readings, rate, place, since, today, by)
    if before is None or after is None:
        return ""
    pages = after.drop_nulls("landing_page").join(before, on="landing_page", suffix="_before").sort("landing_page")
    names = ("top", "bottom", "top_before", "bottom_before")
    fall, _ = score_test(*(pages[name].cast(pl.Float64).to_numpy() for name in names))
    worst = int(np.argmin(fall)) if len(fall) else 0
    clear = len(fall) > 0 and q_values(fall)[worst] <= PAGE_CLEAR
    return wording.quote(str(pages["landing_page"][worst]), 200) if clear else ""
