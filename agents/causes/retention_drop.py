"""Customers of a segment come back less than its cohorts used to."""

from collections.abc import Iterator
from datetime import timedelta

import polars as pl

from agents import moves
from agents.causes.profile import Family, Place, Profile
from agents.draft import Draft
from agents.losses import claim, order_value
from agents.situation import Situation
from domain.finding import FindingKind
from domain.reading import Readings
from domain.signal import Cause


def loss(draft: Draft, readings: Readings) -> float:
    """What owned channels earn from those who come back, as far as they come back less.

    Without a lifecycle_report: one average order for each person of a day's cohort who did not come back.
    """
    one = claim(draft, FindingKind.RETENTION_DECLINE)
    rows, owned = readings.get("cohort_report"), readings.get("lifecycle_report")
    if one is None or rows is None:
        return 0.0
    lost = 1 / max(1 + one.change, 0.05) - 1
    recent = pl.col("date_day") > readings.as_of - timedelta(days=14)
    mine = (pl.col("segment_id") == one.scope.segment_id) & (pl.col("account_id") == one.scope.account_id)
    if owned is not None and (earned := float(owned.filter(mine & recent)["revenue"].sum())) > 0:
        return earned / 14 * lost
    kept = rows.filter(mine & recent).group_by("date_day").agg(pl.col("retained").min())["retained"]
    return (float(kept.sum()) / len(kept) if len(kept) else 0.0) * lost * order_value(readings, one.scope)


def play(about: Situation) -> Iterator[moves.Draft]:
    """Customers of a segment stay less: win them back, and promise new ones only what they will get."""
    yield from moves.flow(about, "comes back less often than earlier cohorts")
    if about.campaign_id and about.segment_id:
        segment = about.name("segment_id", about.segment_id)
        yield from moves.promise(
            about,
            f"Promise {segment} what customers actually stay for; drop claims that bring people who leave.",
            f"New customers in {segment} leave earlier: what {about.name('campaign_id', about.campaign_id)} promises "
            "should fit what they get.",
        )


PROFILE = Profile(
    cause=Cause.RETENTION_DROP,
    name="a retention drop",
    verdict="comes back less",
    why="Fewer customers of this segment come back than its cohorts used to.",
    owners=("crm_lead",),
    stake_is="missed sales",
    loss=loss,
    play=play,
    shows={Place.SEGMENT: {"retention": (-0.7, -0.03), "click_rate": (-0.15, 0.03)}},
    families=frozenset({Family.OWNED}),
    not_alone="not only a matter of who comes back",
)
