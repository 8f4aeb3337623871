"""A small synthetic company for the agents' tests, independent of the demo's simulator.

Two accounts of four campaigns, three ads each, two audiences; daily noise in two parts (counts and days), weekdays,
late conversions. What befalls it is given as multipliers over days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl

from agents.combine import Combined, combine
from agents.matching import match
from agents.needs import DAYS
from agents.roster import SPECIALISTS, findings_of
from domain.finding import Finding
from domain.operating_model import OperatingModel, SourceSettings
from domain.reading import Gap, Readings
from domain.signal import EventKind, Signal, SignalEvent

MODEL = OperatingModel(company="Test company", source=SourceSettings(path="."))
FIRST = date(2026, 1, 5)
LENGTH = 130
ACCOUNTS, CAMPAIGNS, ADS, SEGMENTS = 2, 4, 3, 2
VOLUME = 24_000
"""Impressions per campaign, audience and day: about 430 euros and 20 orders a day per campaign."""
KNOWN = (0.82, 0.94, 0.985)


@dataclass(frozen=True)
class Blow:
    """Something that happens: a figure of part of the company is multiplied from a day on, over a ramp."""

    figure: str
    """ctr, cvr, cpm, pixel, visits, frequency, ad_frequency, hours, owned, retention, demand, late, searches."""
    factor: float
    start: int
    days: int = 60
    ramp: int = 1
    where: Mapping[str, str] = field(default_factory=dict)

    def log(self) -> np.ndarray:
        day = np.arange(LENGTH)
        felt = np.clip((day - self.start + 1) / self.ramp, 0, 1) * (day < self.start + self.days)
        return np.log(self.factor) * felt


def company(seed: int, *blows: Blow, marked: Mapping[int, str] | None = None) -> "World":
    """The whole company's tables, before lateness."""
    rng = np.random.default_rng(seed)
    rows = [
        {"account_id": f"a{a}", "campaign_id": f"c{a}{c}", "ad_id": f"ad{a}{c}{d}", "segment_id": f"s{a}{s}"}
        for a in range(1, ACCOUNTS + 1)
        for c in range(1, CAMPAIGNS + 1)
        for d in range(1, ADS + 1)
        for s in range(1, SEGMENTS + 1)
    ]
    frame = pl.DataFrame(rows)

    def moved(figure: str, keys: pl.DataFrame) -> np.ndarray:
        total = np.zeros((keys.height, LENGTH))
        for blow in blows:
            if blow.figure == figure:
                inside = np.ones(keys.height, dtype=bool)
                for name, value in blow.where.items():
                    if name in keys.columns:
                        inside &= (keys[name] == value).to_numpy()
                total += inside[:, None] * blow.log()[None, :]
        return total

    def per(column: str, sd: float) -> np.ndarray:
        """Noise shared by all rows with the same id."""
        ids = frame[column].unique(maintain_order=True).to_list()
        noise = dict(zip(ids, rng.normal(0, sd, (len(ids), LENGTH)), strict=True))
        return np.stack([noise[one] for one in frame[column].to_list()])

    weekday = np.exp(0.12 * np.sin(2 * np.pi * np.arange(LENGTH) / 7))
    share = np.array([(0.45, 0.35, 0.20)[int(one[-1]) - 1] for one in frame["ad_id"].to_list()])
    demand = VOLUME * share[:, None] * weekday * np.exp(per("campaign_id", 0.06) + moved("demand", frame))
    hours = np.clip(24 * np.exp(moved("hours", frame)), 0.5, 24)
    impressions = np.floor(demand * hours / 24)
    cpm = 9.0 * np.exp(per("campaign_id", 0.03) + moved("cpm", frame))
    spend = np.round(impressions * cpm / 1000, 2)
    ctr = 0.013 * np.exp(per("campaign_id", 0.03) + rng.normal(0, 0.04, impressions.shape) + moved("ctr", frame))
    clicks = np.minimum(rng.poisson(impressions * ctr), impressions)
    cvr = 0.036 * np.exp(per("campaign_id", 0.04) + moved("cvr", frame))
    pixel = rng.poisson(clicks * cvr * 0.93 * np.exp(moved("pixel", frame)))
    late = np.exp(moved("late", frame))
    orders = rng.poisson(clicks * cvr * 0.07) + rng.poisson(clicks * cvr * 0.93)
    visits = np.minimum(rng.poisson(clicks * 0.88 * np.exp(moved("visits", frame))), clicks)
    often = 1.6 * np.exp(per("ad_id", 0.03) + moved("ad_frequency", frame) + moved("frequency", frame))
    campaign_often = often[:: ADS * SEGMENTS]
    segments = frame.select("account_id", "segment_id").unique(maintain_order=True)
    sent = np.full((segments.height, LENGTH), 8000.0)
    owned = rng.poisson(sent * 0.025 * np.exp(rng.normal(0, 0.05, sent.shape) + moved("owned", segments)))
    kept = rng.binomial(400, np.clip(0.36 * np.exp(moved("retention", segments)), 0, 1))
    themes = pl.DataFrame({"query": ["winter running vest", "two person tent"]})
    searched = rng.poisson(400 * np.exp(rng.normal(0, 0.05, (2, LENGTH)) + moved("searches", themes)))
    calendar = [
        {"date_day": FIRST + timedelta(days=day), "account_id": "", "kind": kind, "name": kind.title()}
        for day, kind in (marked or {}).items()
    ]
    return World(
        frame, impressions, clicks, spend, pixel.astype(float), late, orders, visits, often, campaign_often, hours,
        segments, sent, owned, kept, themes, searched, calendar,
    )  # fmt: skip


@dataclass(frozen=True)
class World:
    rows: pl.DataFrame
    impressions: np.ndarray
    clicks: np.ndarray
    spend: np.ndarray
    conversions: np.ndarray
    late: np.ndarray
    orders: np.ndarray
    visits: np.ndarray
    often: np.ndarray
    campaign_often: np.ndarray
    hours: np.ndarray
    segments: pl.DataFrame
    sent: np.ndarray
    owned: np.ndarray
    kept: np.ndarray
    themes: pl.DataFrame
    searched: np.ndarray
    calendar: list[dict[str, object]]

    def tables(self, day: int) -> dict[str, pl.DataFrame]:
        """Everything known on the evening of a day."""
        first = max(0, day + 1 - DAYS["ad_report"])
        days = range(first, day + 1)
        known = np.ones(LENGTH)
        for age, part in enumerate(KNOWN):
            if day - age >= 0:
                known[day - age] = part
        reach = dict(enumerate((0.30, 0.60, 0.88)))
        seen = self.conversions * known
        for age, part in reach.items():
            at = day - age
            if at >= 0:
                lagging = self.late[:, at] < 0.9
                seen[:, at] = np.where(lagging, self.conversions[:, at] * part, seen[:, at])
        span = len(days)
        dates = [FIRST + timedelta(days=one) for one in days]

        def long(keys: pl.DataFrame, **columns: np.ndarray) -> pl.DataFrame:
            part = {name: values[:, first : day + 1].T.ravel() for name, values in columns.items()}
            repeated = {name: keys[name].to_list() * span for name in keys.columns}
            stamped = [one for one in dates for _ in range(keys.height)]
            return pl.DataFrame({"date_day": stamped, **repeated, **part})

        keys = self.rows.with_columns(platform=pl.lit("meta"), ad_group_id=pl.lit("g1"))
        report = long(
            keys, impressions=self.impressions, clicks=self.clicks, spend=self.spend, conversions=np.round(seen)
        )
        names = report.with_columns(
            campaign_name="Campaign " + pl.col("campaign_id"),
            ad_name="Ad " + pl.col("ad_id"),
            account_name="Account " + pl.col("account_id"),
            currency=pl.lit("EUR"),
            conversions_value=pl.col("conversions") * 80.0,
        )
        web = long(self.rows, sessions=self.visits, orders=self.orders, revenue=self.orders * 80.0)
        ads = self.rows.unique(["ad_id"], maintain_order=True).drop("segment_id").with_columns(platform=pl.lit("meta"))
        whole = self.rows.unique(["campaign_id"], maintain_order=True).drop("segment_id", "ad_id")
        whole = whole.with_columns(platform=pl.lit("meta"))
        by_ad = self.impressions[::SEGMENTS] + self.impressions[1::SEGMENTS]
        by_campaign = by_ad.reshape(-1, ADS, LENGTH).sum(axis=1)
        delivery = pl.concat(
            [
                long(ads, reach=by_ad / self.often[::SEGMENTS], frequency=self.often[::SEGMENTS]),
                long(
                    whole.with_columns(ad_id=pl.lit(None, dtype=pl.String)),
                    reach=by_campaign / self.campaign_often,
                    frequency=self.campaign_often,
                ).select("date_day", "account_id", "campaign_id", "ad_id", "platform", "reach",
                "frequency").cast({"ad_id": pl.String}),
            ],
            how="diagonal_relaxed",
        )  # fmt: skip
        hours = self.hours[:: ADS * SEGMENTS]
        spent = self.spend.reshape(-1, ADS * SEGMENTS, LENGTH).sum(axis=1)
        budget = np.where(hours < 23.5, spent, spent * 1.4)
        status = long(whole, hours_served=hours, daily_budget=budget).with_columns(
            status=pl.lit("active"), learning=pl.lit(False), objective=pl.lit("conversions")
        )
        owned = long(
            self.segments, delivered=self.sent, unique_clicks=self.owned, unique_opens=self.owned * 8,
            unsubscribes=self.sent * 0 + 12, complaints=self.sent * 0, conversions=self.owned * 0.04,
            revenue=self.owned * 3.2,
        ).with_columns(channel=pl.lit("email"))  # fmt: skip
        cohorts = long(self.segments, cohort_size=self.kept * 0 + 400, retained=self.kept).with_columns(horizon_days=30)
        search = long(self.themes, impressions=self.searched, clicks=self.searched * 0.01).with_columns(
            page=pl.lit("/page"), position=pl.lit(13.0)
        )
        calendar = pl.DataFrame(
            self.calendar,
            schema={"date_day": pl.Date, "account_id": pl.String, "kind": pl.String, "name": pl.String},
        )
        segments = self.segments.select("segment_id").with_columns(
            name="People " + pl.col("segment_id"), kind=pl.lit("x")
        )
        links = self.rows.select("campaign_id", "segment_id").unique()
        return {
            "ad_report": names, "web_report": web, "ad_delivery": delivery, "campaign_status": status,
            "lifecycle_report": owned, "cohort_report": cohorts, "search_report": search, "calendar": calendar,
            "segment": segments, "campaign_segment": links,
        }  # fmt: skip

    def readings(self, day: int, without: tuple[str, ...] = ()) -> Readings:
        """The tables of a day, without some the source does not have."""
        tables = {name: rows for name, rows in self.tables(day).items() if name not in without}
        gaps = tuple(Gap(name, f"no {name}") for name in without)
        return Readings(FIRST + timedelta(days=day), tables, gaps)


def findings(readings: Readings) -> list[Finding]:
    """What all agents notice."""
    return [one for agent in SPECIALISTS for one in findings_of(agent, readings, readings.as_of).kept]


def combined(readings: Readings) -> Combined:
    """What it amounts to."""
    return combine(findings(readings), readings, readings.as_of, MODEL)


def lived(world: World, first: int, last: int, without: tuple[str, ...] = ()) -> list[SignalEvent]:
    """Sweep day by day, open signals carried along, nobody deciding."""
    standing: dict[str, Signal] = {}
    events: list[SignalEvent] = []
    for day in range(first, last + 1):
        readings = world.readings(day, without)
        for event in match(combined(readings), list(standing.values()), readings, readings.as_of):
            events.append(event)
            if event.event in {EventKind.OPENED, EventKind.UPDATED}:
                standing[event.signal.id] = event.signal
            elif event.event is EventKind.CLOSED:
                del standing[event.signal.id]
    return events


def opened(events: list[SignalEvent]) -> list[Signal]:
    """The signals opened, in order."""
    return [one.signal for one in events if one.event is EventKind.OPENED]


def on(day: int) -> date:
    """The calendar day of a day number."""
    return FIRST + timedelta(days=day)
