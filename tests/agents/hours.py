"""The hours of the agents' test company: each day's clicks, impressions and spend spread over its hours."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
import polars as pl

from agents.measures.hourly import HOURLY_DAYS, TABLE
from domain.reading import Readings
from tests.agents.world import ADS, FIRST, SEGMENTS, World


@dataclass(frozen=True)
class Spell:
    """Something that lasts some hours: a figure is multiplied from an hour of a day on."""

    figure: str
    """ctr, cpm or demand."""
    factor: float
    day: int
    hour: int
    hours: int = 48
    where: Mapping[str, str] = field(default_factory=dict)


def hourly(world: World, seed: int, last_day: int, last_hour: int, *spells: Spell, share: float = 1.0) -> pl.DataFrame:
    """Rows of every campaign up to an hour. `share` thins the company out: fewer impressions, noisier hours."""
    rng = np.random.default_rng(seed)
    days = np.arange(last_day - HOURLY_DAYS + 1, last_day + 1)
    keys = world.rows.unique(["campaign_id"], maintain_order=True).select("account_id", "campaign_id")
    per = (-1, ADS * SEGMENTS, world.impressions.shape[1])
    shown, clicks, spend = (
        one.reshape(per).sum(axis=1)[:, np.minimum(days, one.shape[1] - 1)].astype(float)
        for one in (world.impressions, world.clicks, world.spend)
    )
    shape = 1.0 + 0.7 * np.sin((np.arange(24) - 9) * 2 * np.pi / 24)
    size = (keys.height, len(days), 24)
    log = {name: rng.normal(0, sd, size) for name, sd in (("demand", 0.12), ("ctr", 0.05), ("cpm", 0.08))}
    log["cpm"] += 0.15 * np.cos((np.arange(24) - 18) * 2 * np.pi / 24) + rng.normal(0, 0.03, (*size[:2], 1))
    at = days[:, None] * 24 + np.arange(24)
    for one in spells:
        begins = one.day * 24 + one.hour
        inside = (at >= begins) & (at < begins + one.hours)
        mine = np.ones(keys.height, dtype=bool)
        for name, value in one.where.items():
            mine &= (keys[name] == value).to_numpy()
        log[one.figure] += mine[:, None, None] * inside * np.log(one.factor)
    people = rng.poisson(share * shown[:, :, None] * shape / 24 * np.exp(log["demand"])).astype(float)
    rate = np.divide(clicks, shown)[:, :, None] * np.exp(log["ctr"])
    price = np.divide(spend, shown)[:, :, None] * np.exp(log["cpm"])
    known = (at <= last_day * 24 + last_hour).ravel()
    stamps = [FIRST + timedelta(days=int(day)) for day in days for _ in range(24)]
    frames = [
        pl.DataFrame(
            {
                "date_day": stamps, "hour": list(range(24)) * len(days), "platform": "meta",
                "account_id": keys["account_id"][row], "campaign_id": keys["campaign_id"][row],
                "impressions": people[row].ravel().astype(np.int64),
                "clicks": np.minimum(rng.poisson(people[row] * rate[row]), people[row]).ravel().astype(np.int64),
                "spend": np.round(people[row] * price[row], 4).ravel(),
            }
        ).filter(pl.Series(known))
        for row in range(keys.height)
    ]  # fmt: skip
    return pl.concat(frames)


def with_hours(readings: Readings, rows: pl.DataFrame) -> Readings:
    """The same day's tables, hours among them."""
    return replace(readings, tables={**readings.tables, TABLE: rows}, cache={})
