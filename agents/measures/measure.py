"""What a measure is, the panels they are made from, and which days count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from agents.derivation import derived
from agents.statistics.arrays import Flags, Floats, Ints, group_sums
from agents.statistics.moves import Moves, moves
from agents.statistics.panel import Panel, panel
from agents.thresholds import HISTORY_DAYS, MIN_BASE_DAYS, STALE_DAYS
from domain.reading import USUAL_ARRIVAL, Readings

CAMPAIGN: Final = ("platform", "account_id", "campaign_id")
AD: Final = (*CAMPAIGN, "ad_id")
LEAF: Final = (*AD, "segment_id")
ACCOUNT: Final = ("platform", "account_id")
SEGMENT: Final = ("platform", "account_id", "segment_id")

AD_SUMS: Final = ("impressions", "clicks", "spend", "conversions")
COMPLETENESS: Final = USUAL_ARRIVAL
"""Share of a day's pixel conversions known after 0, 1 and 2 days; complete from then on."""
LATEST: Final = (0.25, 0.50, 0.80)
"""The same when a platform reports as late as ever happens. Less than this is missing, not late."""
MASKING: Final = ("holiday", "promo", "launch")
"""Calendar kinds that move demand by themselves."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure for every series of one grain."""

    name: str
    table: str
    keys: pl.DataFrame
    first_day: date
    moves: Moves
    events: Floats
    """[series, days] in the table's own unit."""
    exposure: Floats
    """[series, days] in the table's own unit: impressions where `events` are clicks."""

    def seen(self, series: int, window: int) -> tuple[float, float]:
        """Events and exposure of one series over its last usable days."""
        columns = np.flatnonzero(self.moves.usable[series])[-window:]
        return float(self.events[series, columns].sum()), float(self.exposure[series, columns].sum())

    def day(self, index: int) -> date:
        """The calendar day of a column."""
        return self.first_day + timedelta(days=int(index))


def leaves(readings: Readings) -> Panel:
    """ad_report by ad and segment."""
    return derived(readings, ("ad_report",), "leaves", lambda: table_panel(readings, "ad_report", LEAF, AD_SUMS))


def campaigns(readings: Readings) -> Panel:
    """ad_report by campaign."""
    return derived(readings, ("ad_report",), "campaigns", lambda: leaves(readings).over(CAMPAIGN))


def table_panel(readings: Readings, table: str, key: Sequence[str], sums: Sequence[str]) -> Panel:
    """Daily sums of one table; without any series where the source has no such table."""
    rows = readings.get(table)
    if rows is None:
        rows = pl.DataFrame(
            schema={"date_day": pl.Date, **dict.fromkeys(key, pl.String), **dict.fromkeys(sums, pl.Float64)}
        )
    return panel(rows, key, sums, readings.as_of, HISTORY_DAYS)


def ordinary_days(readings: Readings, accounts: pl.Series) -> Flags:
    """[series, days]: not a holiday, promo or launch of the series' account."""

    def make() -> tuple[Flags, dict[str, Flags]]:
        marked = np.zeros(HISTORY_DAYS, dtype=bool)
        own: dict[str, Flags] = {}
        calendar = readings.get("calendar")
        if calendar is not None and calendar.height:
            first = readings.as_of - timedelta(days=HISTORY_DAYS - 1)
            near = calendar.filter(
                pl.col("date_day").is_between(first, readings.as_of) & pl.col("kind").is_in(list(MASKING))
            )
            for day, account in near.select("date_day", pl.col("account_id").fill_null("")).iter_rows():
                row = own.setdefault(account, np.zeros(HISTORY_DAYS, dtype=bool)) if account else marked
                row[(day - first).days] = True
        return marked, own

    everywhere, own = derived(readings, ("calendar",), "marked days", make)
    names = accounts.to_list()
    out = np.tile(~everywhere, (len(names), 1))
    for row, name in enumerate(names):
        if name in own:
            out[row] &= ~own[name]
    return out


def completeness(days: int, curve: Sequence[float] = COMPLETENESS) -> Floats:
    """Per column, the share of a day's conversions known by the last one."""
    known = np.ones(days)
    for age, share in enumerate(curve[:days]):
        known[days - 1 - age] = share
    return known


def arrived(
    readings: Readings, accounts: Sequence[str | None], days: int, curve: Sequence[float] = COMPLETENESS
) -> Floats:
    """[series, days]: the share of a day's conversions known by the last one, as each series' account reports.

    An account that reports slower or faster than is usual is as much slower or faster on another `curve`.
    """
    usual = completeness(days, curve)
    own: dict[str | None, Floats] = {one: completeness(days, shares) for one, shares in readings.arrival.items()}
    ratio = usual / completeness(days)
    rows = [own[one] * ratio if one in own else usual for one in accounts]
    return np.stack(rows) if rows else np.ones((0, days))


def blended(events: Floats, exposure: Floats, codes: Ints, groups: int) -> tuple[Floats, Floats]:
    """Events and expected events per group, each part at its own usual rate: a change of mix moves nothing."""
    old = slice(0, max(events.shape[1] - 14, 1))
    k, n = events[:, old].sum(1), exposure[:, old].sum(1)
    whole = group_sums(np.stack([k, n], axis=1), codes, groups)[codes]
    typical = np.where(whole[:, 1] > 0, whole[:, 0] / np.maximum(whole[:, 1], 1e-12), 0.0)
    typical = np.where(typical > 0, typical, 1.0)
    rate = (k + 20.0) / (n + 20.0 / typical)
    return group_sums(events, codes, groups), group_sums(exposure * rate[:, None], codes, groups)


def against_account(
    readings: Readings,
    source: Panel,
    name: str,
    events: Floats,
    exposure: Floats,
    *,
    present: Flags | None = None,
    table: str = "ad_report",
    known: Floats | None = None,
    counted: bool = True,
    noisy_exposure: bool = False,
    masked: bool = True,
    adverse: int = -1,
) -> Measure:
    """A campaign's figure against the other campaigns of its account. `masked`: days of the calendar do not count."""
    usable = source.present if present is None else present & source.present
    if masked:
        usable = usable & ordinary_days(readings, source.keys["account_id"])
    accounts, _ = source.codes(ACCOUNT)
    found = moves(
        events,
        exposure,
        usable,
        groups=accounts,
        min_peers=2,
        weekday=source.first_day.weekday(),
        counted=counted,
        noisy_exposure=noisy_exposure,
        completeness=known,
        adverse=adverse,
        stale_days=STALE_DAYS,
        min_base_days=MIN_BASE_DAYS,
    )
    return Measure(name, table, source.keys, source.first_day, found, events, exposure)
