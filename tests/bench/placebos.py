"""Placebo actions: nothing was done, so whatever is called an effect is a false positive.

Markets in which nothing happens are simulated, and actions nobody took are measured as the product measures real ones.
Half of them fall on any day; the others follow an alert raised by bad luck alone: each object is "acted on" right after
the worst stretch of its year, which then passes by itself. The same is done to the real cities of GeoLift.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from agents import metrics
from agents.comparison import Comparison, compare
from agents.statistics.causal import Counts, log_difference
from agents.statistics.structural import structural
from agents.statistics.synthetic import synthetic_control
from app.demo.big import big_world
from app.demo.grid import grid_of
from app.demo.market import Market
from app.demo.noise import Noise, ordinals
from app.demo.standing import standing_tables
from app.demo.tables import daily_tables
from app.demo.world import Campaign, World
from connectors.sources.versions import as_of, with_versions
from domain.action import Action, FixLandingPage, FixTracking, RefreshCreative, RetentionFlow, SetBudget
from domain.catalogue import CATALOGUE
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import Cause, Signal
from domain.tables import TABLES
from tests.bench.causal_published import shuffled_mean

DAYS, SETTLED = 200, 100
"""Length of a market; actions come after `SETTLED` days of it."""
STRETCH, MONTH = 5, 28
"""Days of bad luck that look like an incident, and days before it that they are held against."""
AFTER_MARKED = 3
"""Days after a promotion on which nobody is alarmed: what it brought forward is missing then."""
NEARLY_NEVER = 1e-9
"""Incidents per account and week of a market in which nothing happens."""
READ_BACK = 105
"""How many days of each table a measurement is handed, as in the product."""
CONTROLS, WINDOW = 5, 15
"""Of GeoLift's cities: how many of the best others stand beside one, and days of a placebo's "effect"."""
ALPHA = 0.05
LEAST_BEFORE = 30
"""Days of GeoLift's pre-test before the earliest placebo of the synthetic control."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shape:
    """How many objects a market has: what an action can be compared with."""

    name: str
    accounts: int
    campaigns: int
    ads: int
    segments: int


SHAPES = (
    Shape("many siblings", 2, 6, 4, 2),
    Shape("two siblings", 4, 3, 1, 3),
    Shape("no sibling", 6, 1, 1, 1),
)
CAUSES: Mapping[str, Cause] = {
    "refresh_creative": Cause.CREATIVE_FATIGUE,
    "fix_landing_page": Cause.LANDING_PAGE_BREAK,
    "set_budget": Cause.AUDIENCE_SATURATION,
    "fix_tracking": Cause.TRACKING_OUTAGE,
    "retention_flow": Cause.ENGAGEMENT_DROP,
}
TABLES_READ = ("ad_report", "web_report", "campaign_status", "creative", "lifecycle_report", "calendar")


@dataclass(frozen=True)
class Placebo:
    """What was measured of an action that was never taken, on the log scale, better counting as more."""

    shape: str
    kind: str
    after_alert: bool
    effect: float
    reach: float
    """Half the 95 % interval."""
    claimed: bool
    """Whether the interval leaves out "nothing"."""
    naive: float
    """The days after against the alert days: before and after, as usually told."""


def placebos(seeds: Sequence[int], shapes: Sequence[Shape] = SHAPES) -> Iterator[Placebo]:
    """Every kind of action on every object of quiet markets, on any day and after the object's worst days."""
    for shape in shapes:
        for seed in seeds:
            world = big_world(
                accounts=shape.accounts, campaigns=shape.campaigns, ads=shape.ads, segments=shape.segments,
                days=DAYS, seed=seed, per_account_week=NEARLY_NEVER,
            )  # fmt: skip
            history = History(world, seed)
            rng = np.random.default_rng(seed)
            for action in actions(world):
                for after_alert in (False, True):
                    if one := _placebo(shape, history, action, after_alert, rng):
                        yield one


class History:
    """A simulated market's tables, read as known on any day."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, last = world, world.first_day + timedelta(days=DAYS - 1)
        market = Market(grid_of(world), Noise(seed))
        frames = daily_tables(market.grid, market.simulate((), ordinals(world.first_day, last)))
        frames |= standing_tables(world, Noise(seed), (), last)
        self._frames = {name: with_versions(TABLES[name], frames[name].lazy(), last).collect() for name in TABLES_READ}
        self.settled = self.read(last, DAYS)

    def read(self, day: date, back: int = READ_BACK) -> Readings:
        """The tables as known at the end of a day."""
        first = day - timedelta(days=back)
        frames = {name: as_of(TABLES[name], rows.lazy(), day, first).collect() for name, rows in self._frames.items()}
        return Readings(day, frames)


def actions(world: World) -> Iterator[Action]:
    """One of each kind per campaign or segment it could be about."""
    for campaign in world.campaigns:
        yield from _on(world, campaign)
    for segment in world.segments:
        yield RetentionFlow(account_id=segment.account_id, currency="EUR", segment_id=segment.id, message="Back.")


def _on(world: World, campaign: Campaign) -> Iterator[Action]:
    platform = world.account(campaign.account_id).platform
    where = {"platform": platform, "account_id": campaign.account_id, "currency": "EUR", "campaign_id": campaign.id}
    was = campaign.daily_budget
    yield SetBudget(**where, daily_budget=was * Decimal("0.8"), was=was)
    yield FixLandingPage(**where, symptom="Slow.")
    yield FixTracking(**where, symptom="Gone.")
    yield RefreshCreative(**where, ad_id=campaign.ads[0].id, brief="New.")


def _placebo(
    shape: Shape, history: History, action: Action, after_alert: bool, rng: np.random.Generator
) -> Placebo | None:
    entry, first = CATALOGUE[action.kind], history.world.first_day
    metric, scope = metrics.METRICS[entry.metric], scope_of(action)
    places = range(SETTLED, DAYS - entry.window_days - 3)
    day = first + timedelta(days=int(rng.integers(places.start, places.stop)))
    if after_alert:
        day = first + timedelta(days=_worst(history, metric, scope, entry.wanted, places))
    since, executed = day - timedelta(days=STRETCH - 1), day + timedelta(days=1)
    last = executed + timedelta(days=entry.window_days - 1)
    found = compare(action, signal(CAUSES[action.kind], scope, since, day), history.read(last), executed, last)
    if not isinstance(found, Comparison):
        return None
    back = _log(history.settled, metric, scope, executed + timedelta(days=1), last)
    naive = entry.wanted * (back - _log(history.settled, metric, scope, since, day))
    effect = entry.wanted * math.log1p(found.effect)
    claimed = not found.low <= 0 <= found.high
    return Placebo(shape.name, action.kind, after_alert, effect, found.reach, claimed, naive)


def _worst(history: History, metric: metrics.Metric, scope: Scope, wanted: int, places: Sequence[int]) -> int:
    """The last day of the worst stretch of an object's settled time, away from holidays and promotions."""
    first = history.world.first_day
    marked = {(entry.day - first).days for entry in history.world.calendar}
    quiet = [at for at in places if not marked & set(range(at - STRETCH - AFTER_MARKED, at + 2))]
    sums = metrics.sums(history.settled, metric, scope, first, history.settled.as_of)
    assert sums is not None
    top, bottom = (np.cumsum(np.append(0.0, sums[name].to_numpy())) for name in ("top", "bottom"))

    def rate(begin: int, end: int) -> float:
        return math.log((top[end] - top[begin] + 0.5) / (bottom[end] - bottom[begin] + 0.5))

    def off(at: int) -> float:
        begin = at - STRETCH + 1
        return wanted * (rate(begin, at + 1) - rate(begin - MONTH, begin))

    return min(quiet, key=off)


def _log(readings: Readings, metric: metrics.Metric, scope: Scope, first: date, last: date) -> float:
    total = metrics.total(readings, metric, scope, first, last)
    assert total is not None
    return math.log((total[0] + 0.5) / (total[1] + 0.5))


def scope_of(action: Action) -> Scope:
    """Where a signal would lie that led to this action."""
    names = ("platform", "account_id", "campaign_id", "ad_id", "segment_id")
    return Scope(**{name: getattr(action, name, None) for name in names})


def signal(cause: Cause, scope: Scope, since: date, day: date) -> Signal:
    """A signal of which only cause, place and onset matter to a measurement."""
    return Signal(
        id="sig_0123456789ab", cause=cause, confidence=0.9, scope=scope, headline="It moved", why="It moved.",
        at_stake_per_day=Decimal(100), currency="EUR", since=since, opened_on=day, as_of=day, findings=(),
        owners=("media_lead",),
    )  # fmt: skip


@dataclass(frozen=True)
class CityPlacebos:
    """False positives on the real cities before anything was done there, one entry per city and date."""

    structural: list[bool]
    product: list[bool]
    single: list[float]
    """p-values of the synthetic control by single days shuffled."""
    runs: Floats
    """p-values of the synthetic control by whole runs of days: [dates, cities], on every date there is."""
    attainable: Floats
    """[dates] What share the test calls where all is well: the largest p-value up to ALPHA among so many shifts."""


def cities(data: Path, dates: Sequence[int]) -> CityPlacebos:
    """A placebo in each of GeoLift's 40 cities on each of the dates (days of the pre-test).

    The synthetic control is quick: it is tried on every day there is.
    """
    table = pl.read_csv(data / "geolift" / "GeoLift_PreTest.csv")
    wide = table.pivot("location", index="date", values="Y").sort("date").drop("date").to_numpy().astype(float)
    every = range(LEAST_BEFORE, len(wide) - WINDOW + 1)
    runs = np.array([[_by_runs(wide, city, before) for city in range(wide.shape[1])] for before in every])
    days = np.array(every) + WINDOW
    found = CityPlacebos([], [], [], runs, np.floor(ALPHA * days + 1e-9) / days)
    for before in dates:
        seen = wide[: before + WINDOW]
        for city in range(wide.shape[1]):
            treated, others = seen[:, city], np.delete(seen, city, axis=1)
            alike = [float(np.corrcoef(treated[:before], other[:before])[0, 1]) for other in others.T]
            best = others[:, np.argsort(alike)[-CONTROLS:]]
            one = structural(treated, best, before)
            found.structural.append(not one.low <= 0 <= one.high)
            found.product.append(_claimed(treated, best, before))
            found.single.append(shuffled_mean(treated, others, WINDOW))
    return found


def _by_runs(wide: Floats, city: int, before: int) -> float:
    seen = wide[: before + WINDOW]
    return synthetic_control(seen[:, city], np.delete(seen, city, axis=1), before).placebo


def independent(hits: NDArray[np.bool_]) -> float:
    """As how many independent placebos [dates, cities] count, when those of a city and those of a date hang together.

    The variance of their share by two-way clustering (Cameron, Gelbach and Miller, JBES 2011) against that of a coin.
    """
    share = float(hits.mean())
    away = hits - share
    own = float((away**2).sum())
    together = float((away.sum(axis=0) ** 2).sum() + (away.sum(axis=1) ** 2).sum()) - own
    return share * (1 - share) * hits.size**2 / max(together, own)


def _claimed(treated: Floats, others: Floats, before: int) -> bool:
    """Whether Baton's own measure would call it an effect, with the best others as siblings."""
    days, ones = np.arange(len(treated)), np.ones(len(treated))
    siblings = [Counts(other, ones) for other in others.T]
    past, none = days < before, np.zeros(len(days), dtype=bool)
    found = log_difference(Counts(treated, ones), siblings, past, none, days >= before).estimate
    return not found.low <= 0 <= found.high
