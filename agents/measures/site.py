"""What the site and the backend know: orders, visits, and how much of them the pixel saw."""

from typing import Final

import numpy as np

from agents.derivation import derived
from agents.measures.measure import (
    ACCOUNT,
    COMPLETENESS,
    LATEST,
    Measure,
    against_account,
    blended,
    campaigns,
    completeness,
    ordinary_days,
    table_panel,
)
from agents.statistics.arrays import Flags, Floats, group_sums
from agents.statistics.moves import moves
from agents.statistics.panel import Panel, aligned
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
        return against_account(
            readings,
            source,
            "pixel_ratio",
            source.values["conversions"],
            orders,
            present=present,
            table="web_report",
            known=completeness(source.days),
            noisy_exposure=True,
            masked=False,
        )

    return derived(readings, _WEB, "campaign pixel ratio", make)


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
            completeness=completeness(source.days, LATEST if worst else COMPLETENESS),
            weekday=source.first_day.weekday(),
        )
        return Measure("pixel_ratio", "web_report", keys, source.first_day, found, top, bottom)

    return derived(readings, _WEB, f"account pixel ratio {worst}", make)


def account_rate(readings: Readings, name: str) -> Measure:
    """A whole account's cpm, ctr or cvr (backend orders) against its own past; days of the calendar included."""

    def make() -> Measure:
        source = campaigns(readings)
        orders, _ = web_column(readings, "orders") if name == "cvr" else (source.values["clicks"], source.present)
        events = {"cpm": source.values["spend"], "ctr": source.values["clicks"], "cvr": orders}[name]
        exposure = source.values["clicks" if name == "cvr" else "impressions"]
        codes, keys = source.codes(ACCOUNT)
        top, bottom = blended(events, exposure, codes, keys.height)
        usable = group_sums(source.present.astype(np.float64), codes, keys.height) > 0
        found = moves(
            top,
            bottom,
            usable & ordinary_days(readings, keys["account_id"]),
            counted=name != "cpm",
            adverse=1 if name == "cpm" else -1,
            weekday=source.first_day.weekday(),
        )
        table = "web_report" if name == "cvr" else "ad_report"
        return Measure(name, table, keys, source.first_day, found, top, group_sums(exposure, codes, keys.height))

    tables = _WEB if name == "cvr" else ("ad_report", "calendar")
    return derived(readings, tables, f"account {name}", make)
