"""The baselines see what a reader saw on the day, and say what their rules say."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from connectors.sources.folder import FolderSource
from domain.reading import Reading
from tests.bench.baselines import QUIET_DAYS, Event, threshold_rules, z_scores
from tests.bench.windows import Tables

FIRST, DAYS = date(2026, 1, 1), 60
LAST = FIRST + timedelta(days=DAYS - 1)


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """Three ads of one campaign; conversions come in over two days."""
    rng = np.random.default_rng(3)
    rows = [
        {
            "date_day": FIRST + timedelta(days=day),
            "platform": "meta",
            "account_id": "a1",
            "campaign_id": "c1",
            "ad_group_id": "g1",
            "ad_id": f"ad{ad}",
            "impressions": 40_000,
            "clicks": int(rng.poisson(600)),
            "spend": 300.0,
            "conversions": 20.0 if late else 16.0,
            "conversions_value": 0.0,
            "known_on": FIRST + timedelta(days=day + 2 * late),
        }
        for day in range(DAYS)
        for ad in range(3)
        for late in (0, 1)
    ]
    pl.DataFrame(rows).write_parquet(tmp_path / "ad_report.parquet")
    return tmp_path


def changed(company: Path, *columns: pl.Expr) -> Path:
    path = company / "ad_report.parquet"
    pl.read_parquet(path).with_columns(*columns).write_parquet(path)
    return company


def after(day: int, ad: str) -> pl.Expr:
    return (pl.col("date_day") >= FIRST + timedelta(days=day)) & (pl.col("ad_id") == ad)


def scopes(said: list[Event], cause: str) -> list[dict[str, str | None]]:
    return [one["scope"] for one in said if one["cause"] == cause]


def test_what_was_not_yet_reported_is_not_seen(company: Path) -> None:
    seen = Tables(company, FIRST, LAST, lags=5).windows("ad_report", ["account_id", "ad_id"], ["conversions"])
    source = FolderSource(company, today=lambda: LAST)
    assert seen
    for place in (0, 1, 2, 17, DAYS - 1):
        day = FIRST + timedelta(days=place)
        read = asyncio.run(source.read("ad_report", day, 5))
        assert isinstance(read, Reading)
        rows = read.rows.filter(pl.col("ad_id") == "ad1").sort("date_day", descending=True)
        mine = seen["conversions"][[one["ad_id"] for one in seen.scopes].index("ad1"), place]
        assert mine[np.isfinite(mine)].tolist() == rows["conversions"].to_list()


def test_a_fallen_click_rate_reads_as_fatigue_of_that_ad(company: Path) -> None:
    folder = changed(company, pl.when(after(40, "ad2")).then(250).otherwise("clicks").alias("clicks"))
    for baseline in (threshold_rules, z_scores):
        tired = scopes(baseline(folder, FIRST, LAST), "creative_fatigue")
        assert {one["ad_id"] for one in tired} == {"ad2"}


def test_dearer_impressions_read_as_auction_pressure(company: Path) -> None:
    folder = changed(
        company, pl.when(pl.col("date_day") >= date(2026, 2, 20)).then(420.0).otherwise("spend").alias("spend")
    )
    for baseline in (threshold_rules, z_scores):
        assert scopes(baseline(folder, FIRST, LAST), "auction_pressure")[0]["campaign_id"] == "c1"


def test_an_object_is_spoken_of_once_a_week(company: Path) -> None:
    folder = changed(company, pl.when(after(30, "ad2")).then(250).otherwise("clicks").alias("clicks"))
    for baseline in (threshold_rules, z_scores):
        said = [one for one in baseline(folder, FIRST, LAST) if one["scope"]["ad_id"] == "ad2"]
        days = [date.fromisoformat(str(one["as_of"])) for one in said]
        assert len(days) > 1
        assert min(np.diff(days)) >= timedelta(days=QUIET_DAYS)


def test_a_company_without_incidents_hears_nothing_from_the_rules(company: Path) -> None:
    assert threshold_rules(company, FIRST, LAST) == []
