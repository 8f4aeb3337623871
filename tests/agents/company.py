"""A small company's tables for the tests: plain rows, so that a test says exactly what the market did."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

import polars as pl

from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import Cause, Signal
from domain.tables import POLARS_TYPES, TABLES

TODAY = date(2026, 3, 14)
NAMES = {"c1": "Brand", "c2": "Retargeting", "c3": "Spring prospecting", "ad9": "Trail Shoe video", "s1": "Returning"}


def days(count: int, last: date = TODAY) -> list[date]:
    return [last - timedelta(days=count - 1 - n) for n in range(count)]


def frame(table: str, rows: Sequence[dict[str, object]]) -> pl.DataFrame:
    columns = TABLES[table].columns
    schema = {name: POLARS_TYPES[kind] for name, kind in columns.items()}
    return pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=schema)


def ad_row(day: date, campaign: str, ad: str, **more: object) -> dict[str, object]:
    row: dict[str, object] = {
        "date_day": day, "platform": "meta", "account_id": "a1", "campaign_id": campaign, "ad_group_id": "g",
        "ad_id": ad, "campaign_name": NAMES.get(campaign), "ad_name": NAMES.get(ad), "impressions": 10_000,
        "clicks": 130, "spend": 90.0, "conversions": 4.0, "conversions_value": 320.0,
    }  # fmt: skip
    return row | more


def status_row(day: date, campaign: str, budget: float, **more: object) -> dict[str, object]:
    row: dict[str, object] = {
        "date_day": day, "platform": "meta", "account_id": "a1", "campaign_id": campaign, "status": "active",
        "daily_budget": budget, "hours_served": 24.0, "learning": False,
    }  # fmt: skip
    return row | more


def finding(kind: FindingKind, scope: Scope, change: float = -0.36, metric: str = "ctr", **more: object) -> Finding:
    given: dict[str, object] = {
        "agent": "creative", "kind": kind, "metric": metric, "scope": scope, "baseline": 0.0131,
        "observed": 0.0131 * (1 + change), "change": change, "interval": (change - 0.1, change + 0.1),
        "q_value": 0.0004, "since": TODAY - timedelta(days=5), "window_days": 5,
        "evidence": "412 clicks from 48,900 impressions against 655 expected",
    }  # fmt: skip
    return Finding.model_validate(given | more)


def signal(cause: Cause, scope: Scope, findings: Sequence[Finding] = (), **more: object) -> Signal:
    given: dict[str, object] = {
        "id": "sig_0123456789ab", "cause": cause, "confidence": 0.93, "scope": scope,
        "headline": "Something moved", "why": "It moved.", "at_stake_per_day": Decimal("118.40"), "currency": "EUR",
        "since": TODAY - timedelta(days=5), "opened_on": TODAY, "as_of": TODAY, "findings": tuple(findings),
        "owners": ("media_lead", "creative_lead", "crm_lead"), "names": NAMES,
    }  # fmt: skip
    return Signal.model_validate(given | more)


def account(length: int = 40, weak: float = 2.0) -> dict[str, pl.DataFrame]:
    """Three campaigns of two ads; c3 gets `weak` conversions per ad and day where the others get four."""
    ads, status = [], []
    for day in days(length):
        for campaign, budget in (("c1", 200.0), ("c2", 400.0), ("c3", 450.0)):
            status.append(status_row(day, campaign, budget))
            for ad in ("ad9", "ad10") if campaign == "c3" else (f"{campaign}x", f"{campaign}y"):
                got = weak if campaign == "c3" else 4.5 if campaign == "c1" else 4.0
                ads.append(ad_row(day, campaign, ad, conversions=got))
    return {"ad_report": frame("ad_report", ads), "campaign_status": frame("campaign_status", status)}


def readings(tables: dict[str, pl.DataFrame], today: date = TODAY) -> Readings:
    return Readings(today, tables)


def changed(table: pl.DataFrame, where: pl.Expr, **columns: Callable[[pl.Expr], pl.Expr]) -> pl.DataFrame:
    """The table with some columns of some rows changed."""
    return table.with_columns(
        pl.when(where).then(how(pl.col(name))).otherwise(pl.col(name)).cast(table.schema[name]).alias(name)
        for name, how in columns.items()
    )
