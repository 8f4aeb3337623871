"""Hourly figures of campaigns: what a click, an impression and an hour cost, hour by hour."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from agents.derivation import derived
from agents.measures.measure import CAMPAIGN, MASKING
from agents.statistics.arrays import Flags, Floats, Ints
from agents.statistics.hourly import HOURS, SPREAD_DAYS, USUAL_DAYS
from domain.reading import Readings

TABLE: Final = "hourly_report"
HOURLY_DAYS: Final = USUAL_DAYS + SPREAD_DAYS + 7
"""Days of hours a sweep looks at: the weeks whose straying is measured, the week before them, one to begin with."""


@dataclass(frozen=True, slots=True)
class Hourly:
    """Hours of every campaign: arrays of [series, days, 24], NaN where a campaign has no row or the day does not count.

    A missing row is a paused hour, not an hour without interest.
    """

    keys: pl.DataFrame
    first_day: date
    impressions: Floats
    clicks: Floats
    spend: Floats
    budget: Floats
    """Daily budget in force, 1 where none is known: spend is judged against it, so that an edit is no move."""
    last: int
    """Position of the newest hour, counted from the first day's midnight."""
    ends: Ints
    """[series] Position of the newest hour of each campaign's account: reports of one may come later than another's."""

    @property
    def size(self) -> int:
        """How many campaigns."""
        return self.keys.height

    def moment(self, position: int) -> tuple[date, int]:
        """The day and the hour of a position."""
        return self.first_day + timedelta(days=position // HOURS), position % HOURS

    def figure(self, name: str) -> tuple[Floats, Floats]:
        """A figure's log values and their counting variance: "cpc", "cpm", "ctr" or "spend"."""
        clicks, shown, spend = self.clicks, self.impressions, self.spend
        counted = 1.0 / np.maximum(np.nan_to_num(clicks), 0.5)
        certain = np.zeros_like(counted)
        match name:
            case "cpc":
                return _log(spend, clicks), counted
            case "ctr":
                return _log(clicks, shown), counted
            case "cpm":
                return _log(1000.0 * spend, shown), certain
            case _:
                return _log(spend, self.budget), certain

    def paid(self, name: str, row: int, positions: slice) -> float:
        """A figure of one campaign over some hours, as a ratio of sums; spend per hour."""
        clicks, shown, spend = (
            float(np.nansum(values[row].ravel()[positions])) for values in (self.clicks, self.impressions, self.spend)
        )
        hours = int(np.isfinite(self.spend[row].ravel()[positions]).sum())
        over, under = {
            "cpc": (spend, clicks), "ctr": (clicks, shown), "cpm": (1000.0 * spend, shown), "spend": (spend, hours)
        }[name]  # fmt: skip
        return over / max(under, 1e-9)


def hours(readings: Readings) -> Hourly | None:
    """The hours of every campaign up to the newest one; None where the source has none."""
    tables = (TABLE, "campaign_status", "calendar")
    return derived(readings, tables, "hours", lambda: _hours(readings))


def _hours(readings: Readings) -> Hourly | None:
    rows = readings.get(TABLE)
    if rows is None or not rows.height:
        return None
    newest = rows["date_day"].max()
    assert isinstance(newest, date)
    first = newest - timedelta(days=HOURLY_DAYS - 1)
    rows = rows.filter(pl.col("date_day") >= first)
    keys = rows.select(CAMPAIGN).unique().sort(CAMPAIGN).with_row_index("row")
    placed = rows.join(keys, on=CAMPAIGN)
    at = placed["row"].to_numpy(), (placed["date_day"] - first).dt.total_days().to_numpy(), placed["hour"].to_numpy()
    counts = _counts(keys, first, readings)
    columns: dict[str, Floats] = {}
    for name in ("impressions", "clicks", "spend"):
        values = np.full((keys.height, HOURLY_DAYS, HOURS), np.nan)
        values[at] = placed[name].cast(pl.Float64).to_numpy()
        columns[name] = np.where(counts[:, :, None], values, np.nan)
    last = (HOURLY_DAYS - 1) * HOURS + int(rows.filter(pl.col("date_day") == newest)["hour"].max())  # pyright: ignore[reportArgumentType]
    budget = _budgets(keys, first, readings)
    return Hourly(keys.drop("row"), first, budget=budget, last=last, ends=_ends(keys, placed, first), **columns)


def _ends(keys: pl.DataFrame, placed: pl.DataFrame, first: date) -> Ints:
    position = (pl.col("date_day") - first).dt.total_days() * HOURS + pl.col("hour")
    account = [name for name in CAMPAIGN if name != "campaign_id"]
    newest = placed.group_by(account).agg(position.max().alias("end"))
    return keys.join(newest, on=account, maintain_order="left")["end"].to_numpy().astype(np.int64)


def _counts(keys: pl.DataFrame, first: date, readings: Readings) -> Flags:
    """[series, days]: days that are no holiday, promo or launch of the campaign's account."""
    out = np.ones((keys.height, HOURLY_DAYS), dtype=np.bool_)
    calendar = readings.get("calendar")
    if calendar is None or not calendar.height:
        return out
    last = first + timedelta(days=HOURLY_DAYS - 1)
    marked = calendar.filter(pl.col("date_day").is_between(first, last) & pl.col("kind").is_in(list(MASKING)))
    accounts = keys["account_id"].to_numpy()
    for day, account in marked.select("date_day", pl.col("account_id").fill_null("")).iter_rows():
        out[(accounts == account) | (not account), (day - first).days] = False
    return out


def _budgets(keys: pl.DataFrame, first: date, readings: Readings) -> Floats:
    out = np.ones((keys.height, HOURLY_DAYS, HOURS))
    status = readings.get("campaign_status")
    if status is None or not status.height:
        return out
    known = status.filter((pl.col("date_day") >= first) & (pl.col("daily_budget") > 0)).join(keys, on=CAMPAIGN)
    days = np.full((keys.height, HOURLY_DAYS), np.nan)
    days[known["row"].to_numpy(), (known["date_day"] - first).dt.total_days().to_numpy()] = known["daily_budget"]
    for day in range(1, HOURLY_DAYS):
        days[:, day] = np.where(np.isfinite(days[:, day]), days[:, day], days[:, day - 1])
    out[:] = np.where(np.isfinite(days), days, 1.0)[:, :, None]
    return out


def _log(over: Floats, under: Floats) -> Floats:
    usable = np.isfinite(over) & np.isfinite(under) & (over > 0) & (under > 0)
    return np.where(usable, np.log(np.where(usable, over, 1.0) / np.where(usable, under, 1.0)), np.nan)


FIGURES: Final[Mapping[str, int]] = {"cpc": 1, "cpm": 1, "ctr": -1, "spend": 0}
"""What is watched by the hour, and the direction that hurts; 0 is either."""
