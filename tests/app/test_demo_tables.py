"""What the demo company shows is what a real source would show: the contract, and nothing known too early."""

import asyncio
import json
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from app.demo.company import DemoCompany
from app.demo.export import main
from connectors.sources.folder import FolderSource
from domain.reading import Reading
from domain.tables import TABLES


@pytest.fixture
def company(tmp_path: Path) -> DemoCompany:
    company = DemoCompany(tmp_path)
    company.create_task("t", "U1", "meta/a1/ad/ad9", "refresh_creative", {})
    company.advance(20)
    return company


BY_THE_DAY_ONLY = {"hourly_report"}
"""The demo company's platforms report days, not hours."""


async def test_every_table_of_the_contract_is_read_without_complaint(company: DemoCompany):
    source = FolderSource(company.tables)
    assert await source.days() == (date(2026, 1, 3), company.today)
    for name in TABLES.keys() - BY_THE_DAY_ONLY:
        reading = await source.read(name, company.today, 400)
        assert isinstance(reading, Reading), name
        assert reading.rows.height > 0, name


def test_nothing_is_written_that_is_not_known_yet(company: DemoCompany):
    for file in company.tables.glob("*.parquet"):
        known = pl.read_parquet(file)["known_on"]
        assert known.null_count() == 0
        assert max(known.to_list()) <= company.today, file.name


def test_what_was_known_on_a_day_is_exactly_what_was_written_on_that_day(tmp_path: Path):
    company = DemoCompany(tmp_path)
    company.advance(3)
    then = {file.stem: pl.read_parquet(file) for file in company.tables.glob("*.parquet")}
    day = company.today
    company.create_task("t", "U1", "meta/a1/ad/ad9", "refresh_creative", {})
    company.advance(9)
    for name, before in then.items():
        now = pl.read_parquet(company.tables / f"{name}.parquet").filter(pl.col("known_on") <= day)
        assert sorted(now.rows(), key=str) == sorted(before.rows(), key=str), name


def test_conversions_arrive_over_three_days(company: DemoCompany):
    rows = pl.read_parquet(company.tables / "ad_report.parquet")
    old = rows.filter(pl.col("date_day") <= company.today - timedelta(days=4))
    final = old.sort("known_on").unique(["date_day", "ad_id", "segment_id"], keep="last")["conversions"].sum()

    def share(after: int) -> float:
        seen = old.filter(pl.col("known_on") <= pl.col("date_day") + pl.duration(days=after))
        return (
            seen.sort("known_on").unique(["date_day", "ad_id", "segment_id"], keep="last")["conversions"].sum() / final
        )

    assert [share(after) for after in range(4)] == pytest.approx([0.82, 0.94, 0.985, 1.0], abs=0.01)


def test_counts_agree_with_each_other(company: DemoCompany):
    rows = pl.read_parquet(company.tables / "ad_report.parquet")
    assert (rows["clicks"] <= rows["impressions"]).all()
    keys = ["date_day", "account_id", "campaign_id", "ad_id", "segment_id"]
    final = rows.sort("known_on").unique(keys, keep="last")
    both = final.join(pl.read_parquet(company.tables / "web_report.parquet"), on=keys, validate="1:1")
    assert both.height == final.height
    assert (both["conversions"] <= both["orders"]).all()
    assert (both["sessions"] <= both["clicks"]).all()
    shown = pl.read_parquet(company.tables / "ad_delivery.parquet")
    assert (shown["frequency"] >= 1).all()


def test_one_question_tries_to_give_orders(company: DemoCompany):
    said = pl.read_parquet(company.tables / "questions.parquet")["text"].to_list()
    assert any("Ignore all previous instructions" in text for text in said)


async def test_a_reader_never_sees_half_a_table(tmp_path: Path):
    company = DemoCompany(tmp_path)

    async def read_on() -> int:
        heights: list[int] = []
        for _ in range(60):
            heights.append(pl.read_parquet((company.tables / "ad_report.parquet").read_bytes()).height)
            await asyncio.sleep(0)
        assert heights == sorted(heights)
        return len(heights)

    reading = asyncio.create_task(read_on())
    for _ in range(3):
        await asyncio.to_thread(company.advance, 1)
    assert await reading == 60


async def test_a_market_of_any_size_is_written_with_the_truth_about_it(tmp_path: Path):
    options = ["--accounts", "2", "--campaigns", "2", "--ads", "4", "--segments", "2", "--days", "120", "--seed", "3"]
    told = tmp_path / "truth.json"
    done = CliRunner().invoke(main, [*options, "--to", str(tmp_path / "world"), "--truth", str(told)])
    assert done.exit_code == 0, done.output
    source = FolderSource(tmp_path / "world")
    first, last = await source.days()
    assert (last - first).days == 119
    reading = await source.read("ad_report", last, 120)
    assert isinstance(reading, Reading)
    assert reading.rows.height == pytest.approx(120 * 2 * 2 * 4 * 2, rel=0.01)
    truth = json.loads(told.read_text())
    assert {item["decoy"] for item in truth} == {True, False}
    assert all(date.fromisoformat(item["start"]) >= first + timedelta(days=56) for item in truth)
