"""What happens without paid media: mail and push, cohorts that come back, and searches that find our pages."""

from dataclasses import dataclass

import numpy as np

from app.demo.effects import Moves
from app.demo.grid import Grid
from app.demo.noise import Days, Floats, Noise, poisson

CHANNELS = ("email", "push")
HORIZONS = (7, 30, 90)
"""Days after which a cohort is read."""
_MAIL_DAYS = np.array([0.0, 1.0, 0.3, 0.8, -0.2, -1.0, -0.9])
"""Monday first: how much more or less is sent."""
_SEARCH_DAYS = np.array([0.3, 0.2, 0.1, 0.2, -0.1, -0.6, -0.1])


@dataclass(frozen=True, slots=True)
class Owned:
    """One channel by day and segment."""

    delivered: Floats
    opens: Floats
    clicks: Floats
    leaves: Floats
    orders: Floats


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Customers won a while ago, by day of reading and segment."""

    size: Floats
    retained: tuple[Floats, ...]
    """One per horizon."""


@dataclass(frozen=True, slots=True)
class Search:
    """Our pages in search results, by day and theme."""

    impressions: Floats
    clicks: Floats
    position: Floats


def owned_channel(place: int, grid: Grid, noise: Noise, days: Days, moved: Moves) -> Owned:
    """E-mail (0) or push (1): push is half as many messages, clicked a quarter more often."""
    channel, part, lift = CHANNELS[place], (1.0, 0.5)[place], (1.0, 1.25)[place]
    segments, keys = grid.world.segments, grid.segments
    wave = (1 + 0.12 * _MAIL_DAYS[(days - 1) % 7])[:, None]
    size = np.array([segment.delivered for segment in segments]) * part
    sent = np.floor(size * wave * np.exp(0.03 * noise.normal(f"{channel} size", days, keys)))
    level = noise.drift(f"{channel} level", days, keys, sd=0.03) + 0.05 * noise.normal(f"{channel} day", days, keys)
    rate = np.array([segment.click_rate for segment in segments]) * lift * np.exp(moved.owned + level)
    clicks = poisson(noise.uniform(f"{channel} clicks", days, keys), sent * rate)
    opened = 0.36 * np.exp(0.35 * moved.owned + 0.03 * noise.normal(f"{channel} opens", days, keys))
    opens = np.maximum(poisson(noise.uniform(f"{channel} open", days, keys), sent * opened), clicks)
    leaves = poisson(noise.uniform(f"{channel} leave", days, keys), sent * 0.0016 * np.exp(-0.8 * moved.owned))
    orders = poisson(noise.uniform(f"{channel} orders", days, keys), clicks * 0.045)
    return Owned(delivered=sent, opens=opens, clicks=clicks, leaves=leaves, orders=np.minimum(orders, clicks))


def cohorts(grid: Grid, noise: Noise, days: Days, moved: Moves) -> Cohorts:
    """How many of those won 7, 30 and 90 days ago are still active."""
    keys = grid.segments
    size = np.floor(420 * np.exp(0.06 * noise.normal("cohort size", days, keys)))
    month = np.array([segment.retention for segment in grid.world.segments])
    kept: list[Floats] = []
    for horizon, factor in zip(HORIZONS, (1.45, 1.0, 0.72), strict=True):
        level = noise.drift("retention level", days, keys, sd=0.02)
        rate = np.minimum(month * factor * np.exp(moved.retention + level), 0.95)
        spread = np.sqrt(size * rate * (1 - rate)) * noise.normal(f"retained {horizon}", days, keys)
        kept.append(np.clip(np.round(size * rate + spread), 0, size))
    return Cohorts(size=size, retained=tuple(kept))


def search(grid: Grid, noise: Noise, days: Days, moved: Moves) -> Search:
    """Searches for our themes, where we rank, and who clicks."""
    themes, keys = grid.world.themes, grid.themes
    usual = np.array([float(theme.impressions) for theme in themes])
    wave = (1 + 0.08 * _SEARCH_DAYS[(days - 1) % 7])[:, None]
    level = noise.drift("search level", days, keys, sd=0.05) + 0.05 * noise.normal("search", days, keys)
    seen = poisson(noise.uniform("searches", days, keys), usual * wave * np.exp(level + moved.searches))
    rank = np.array([theme.position for theme in themes]) + moved.position
    position = np.maximum(np.round(rank + 0.25 * noise.normal("rank", days, keys), 2), 1)
    clicks = poisson(noise.uniform("search clicks", days, keys), seen * 0.30 * position**-1.15)
    return Search(impressions=seen, clicks=np.minimum(clicks, seen), position=position)
