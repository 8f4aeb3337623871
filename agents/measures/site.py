"""What the site and the backend know: orders, visits, and how much of them the pixel saw."""

from dataclasses import replace
from typing import Final

import numpy as np

from agents.derivation import derived
from agents.measures.measure import (
    ACCOUNT,
    COMPLETENESS,
    LATEST,
    Measure,
    against_account,
    arrived,
    blended,
    campaigns,
    ordinary_days,
    table_panel,
)
from agents.statistics.arrays import Flags, Floats, days_from_end, group_sums
from agents.statistics.moves import WINDOWS, Moves, moves
from agents.statistics.panel import Panel, aligned
from agents.statistics.rates import beta_binomial_tail, day_variance
from agents.thresholds import LOOKED_AT, MOST_TRACKED, PEER_NOISE, SHARE_SD
from domain.reading import Readings


def _web(readings: Readings) -> Panel:
    return derived(
        readings,
        ("web_report",),
        "web",
        lambda: table_panel(readings, "web_report", ("account_id", "campaign_id"), ("sessions", "orders", "revenue")),
    )


def web_column(readings: Readings, name: str) -> tuple[Floats, Flags]:
    """Sessions, orders or revenue in the row order of `campaigns`."""
    return aligned(_web(readings), campaigns(readings).keys, ("account_id", "campaign_id"), name)


_WEB: Final = ("ad_report", "calendar", "web_report")


def campaign_order_rate(readings: Readings) -> Measure:
    """Backend orders per click of every campaign against its account: the conversion rate that needs no pixel."""

    def make() -> Measure:
        source = campaigns(readings)
        orders, present = web_column(readings, "orders")
        return against_account(
            readings, source, "cvr", orders, source.values["clicks"], present=present, table="web_report"
        )

    return derived(readings, _WEB, "campaign orders", make)


def campaign_visits(readings: Readings) -> Measure:
    """Site sessions per click of every campaign against its account. Promos leave it alone: no day is masked."""

    def make() -> Measure:
        source = campaigns(readings)
        sessions, present = web_column(readings, "sessions")
        return against_account(
            readings,
            source,
            "visits",
            sessions,
            source.values["clicks"],
            present=present,
            table="web_report",
            masked=False,
        )

    return derived(readings, _WEB, "campaign visits", make)


def campaign_pixel_ratio(readings: Readings) -> Measure:
    """Pixel conversions per backend order of every campaign against its account. Not masked: promos leave it alone."""

    def make() -> Measure:
        source = campaigns(readings)
        orders, present = web_column(readings, "orders")
        measure = against_account(
            readings,
            source,
            "pixel_ratio",
            source.values["conversions"],
            orders,
            present=present,
            table="web_report",
            known=arrived(readings, source.keys["account_id"].to_list(), source.days),
            noisy_exposure=True,
            masked=False,
        )
        return replace(measure, moves=_as_share(measure.moves, source.values["conversions"], orders))

    return derived(readings, _WEB, "campaign pixel ratio", make)


def _as_share(found: Moves, tracked: Floats, orders: Floats) -> Moves:
    """The same moves, a fall judged as what it is: too few of so many orders tracked.

    Orders the pixel saw are drawn from all orders, so far fewer of them are surprising than of two independent counts:
    the beta-binomial tail (Skellam 1948) of the tracked among all orders of a window. What is expected comes from the
    moves (own level, peers, lateness); the share itself wanders from day to day as much as the days' own spread says.
    Where conversions are no part of the orders (another attribution), the moves' own test is stronger and stays.
    """
    p_down = found.p_down.copy()
    spread = day_variance(np.where(found.usable, tracked, 0.0), np.where(found.usable, orders, 0.0))
    rank = days_from_end(found.usable)
    for at, length in enumerate(WINDOWS):
        inside = found.usable & (rank < length)
        trials, hits = ((one * inside).sum(axis=1) for one in (orders, tracked))
        share = np.divide(found.expected[at], trials, out=np.ones_like(trials), where=trials > 0)
        rows = np.flatnonzero((p_down[at] < 1) & (found.change[at] < -LOOKED_AT) & (share < MOST_TRACKED) & (share > 0))
        if not len(rows):
            continue
        wander = spread[rows] / length + SHARE_SD**2 + PEER_NOISE * (1 - share[rows]) / found.expected[at, rows]
        strength = np.maximum((1 - share[rows]) / (share[rows] * wander) - 1, 0.1)
        a, b = share[rows] * strength, (1 - share[rows]) * strength
        few = beta_binomial_tail(np.minimum(hits[rows], trials[rows]), trials[rows], a, b)[0]
        p_down[at, rows] = np.minimum(p_down[at, rows], few)
    return replace(found, p_down=p_down)


def account_pixel_ratio(readings: Readings, *, worst: bool) -> Measure:
    """Pixel conversions per backend order of whole accounts, against what is usually or (`worst`) ever known by now."""

    def make() -> Measure:
        source = campaigns(readings)
        orders, _ = web_column(readings, "orders")
        codes, keys = source.codes(ACCOUNT)
        top, bottom = (group_sums(one, codes, keys.height) for one in (source.values["conversions"], orders))
        found = moves(
            top,
            bottom,
            group_sums(source.present.astype(np.float64), codes, keys.height) > 0,
            noisy_exposure=True,
            completeness=arrived(
                readings, keys["account_id"].to_list(), source.days, LATEST if worst else COMPLETENESS
            ),
            weekday=source.first_day.weekday(),
        )
        return Measure("pixel_ratio", "web_report", keys, source.first_day, found, top, bottom)

    return derived(readings, _WEB, f"account pixel ratio {worst}", make)


AFTERMATH_DAYS: Final = 7
"""Days after a holiday or promo on which people still buy less because they bought before."""


def account_rate(readings: Readings, name: str, *, settled: bool = False) -> Measure:
    """A whole account's cpm, ctr, cvr (backend orders) or visits per click against its own past.

    Days of the calendar do not count; `settled`: nor do the days just after them.
    """

    def make() -> Measure:
        source = campaigns(readings)
        web = {"cvr": "orders", "visits": "sessions"}
        known = web_column(readings, web[name]) if name in web else (source.values["clicks"], source.present)
        events = {"cpm": source.values["spend"], "ctr": source.values["clicks"]}.get(name, known[0])
        exposure = source.values["clicks" if name in web else "impressions"]
        codes, keys = source.codes(ACCOUNT)
        top, bottom = blended(events, exposure, codes, keys.height)
        usable = group_sums(source.present.astype(np.float64), codes, keys.height) > 0
        ordinary = ordinary_days(readings, keys["account_id"])
        found = moves(
            top,
            bottom,
            usable & (_after(ordinary) if settled else ordinary),
            counted=name != "cpm",
            adverse=1 if name == "cpm" else -1,
            weekday=source.first_day.weekday(),
        )
        table = "web_report" if name in web else "ad_report"
        return Measure(name, table, keys, source.first_day, found, top, group_sums(exposure, codes, keys.height))

    tables = _WEB if name in {"cvr", "visits"} else ("ad_report", "calendar")
    return derived(readings, tables, f"account {name} {settled}", make)


def _after(ordinary: Flags) -> Flags:
    """Ordinary days that do not follow closely on one that is not."""
    out = ordinary.copy()
    for age in range(1, AFTERMATH_DAYS + 1):
        out[:, age:] &= ordinary[:, :-age]
    return out
