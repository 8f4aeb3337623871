"""Customers of a segment come back less than its cohorts used to."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import polars as pl

from agents import moves
from agents.causes.profile import Family, Place, Profile
from agents.draft import Draft
from agents.losses import claim, order_value
from agents.measures import cohorts
from agents.situation import Situation
from domain.finding import FindingKind
from domain.reading import Readings
from domain.signal import Cause

EARNED_DAYS: Final = 28
"""Days that say what owned channels earn in a day: four whole weeks."""
LEAST_JUDGED_DAYS: Final = 7
"""Days of cohorts a curve of the last days is drawn from, however young the incident is."""


def loss(draft: Draft, readings: Readings) -> float:
    """What owned channels used to earn in a day, times the share of a customer's active days that is lost.

    Each day brings a cohort that will be there for fewer days than those before it; in the long run owned channels earn
    less by that share. Where no curve is known, the share is that of the fall itself; without a lifecycle_report, one
    average order for each person of a day's cohort who did not come back.
    """
    one = claim(draft, FindingKind.RETENTION_DECLINE)
    rows, owned = readings.get("cohort_report"), readings.get("lifecycle_report")
    if one is None or rows is None:
        return 0.0
    since = max((readings.as_of - one.since).days + 1, LEAST_JUDGED_DAYS)
    seen = cohorts(readings, one.scope.account_id, one.scope.segment_id, since)
    lifetime = seen.lost_lifetime if seen is not None else None
    mine = (pl.col("segment_id") == one.scope.segment_id) & (pl.col("account_id") == one.scope.account_id)
    if owned is not None and (usual := _earned(owned.filter(mine), one.since)) > 0:
        return usual * (lifetime if lifetime is not None else max(-one.change, 0.0))
    recent = pl.col("date_day") > readings.as_of - timedelta(days=EARNED_DAYS)
    kept = rows.filter(mine & recent).group_by("date_day").agg(pl.col("retained").min())["retained"]
    lost = 1 / max(1 + one.change, 0.05) - 1
    return (float(kept.sum()) / len(kept) if len(kept) else 0.0) * lost * order_value(readings, one.scope)


def _earned(owned: pl.DataFrame, since: date) -> float:
    """Revenue of owned channels per day over the weeks before a day; of all days where there are none before it."""
    before = owned.filter(pl.col("date_day").is_between(since - timedelta(days=EARNED_DAYS), since - timedelta(days=1)))
    rows = before if before.height else owned
    return float(rows["revenue"].sum()) / max(rows["date_day"].n_unique(), 1)


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
