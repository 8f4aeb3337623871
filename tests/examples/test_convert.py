"""Public data sets reach Baton whole: nothing lost on the way, nothing made up."""

import importlib
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from connectors.sources.folder import FolderSource

ROOT = Path(__file__).parents[2]


@pytest.fixture
def converted(shared_data, tmp_path):
    """Converts a data set and opens the folder as a source."""

    def convert(name: str) -> tuple[Path, Any, FolderSource]:
        origin = shared_data(name)
        result = importlib.import_module(f"real_data.{name}").convert(origin)
        for table, rows in result.tables.items():
            rows.write_parquet(tmp_path / f"{table}.parquet")
        return origin, result, FolderSource(tmp_path)

    return convert


async def test_every_impression_and_click_of_the_display_campaigns_arrives(converted):
    origin, result, source = converted("binomialmix")
    cells = pl.read_csv(origin / "adcampaign.csv")
    rows = (await source.read("ad_report", date(2019, 4, 22), 365)).rows
    assert rows["impressions"].sum() == cells["impressions"].sum()
    assert rows["clicks"].sum() == cells["click"].sum()
    assert rows["campaign_id"].n_unique() == 80
    assert await source.days() == (date(2018, 11, 9), date(2019, 4, 22))
    assert result.remarks[0].startswith("0 of 29,848 cells dropped")


async def test_a_day_of_the_display_campaigns_adds_up(converted):
    origin, _, source = converted("binomialmix")
    lines = [line.split(",") for line in (origin / "adcampaign.csv").read_text().splitlines()]
    expected = sum(int(float(line[6])) for line in lines if line[0] == "14" and line[1] == "2019-01-01")
    rows = (await source.read("ad_report", date(2019, 1, 1), 1)).rows
    assert rows.filter(pl.col("campaign_id") == "14")["impressions"].sum() == expected


async def test_spend_that_nobody_knows_is_a_gap_and_not_zero(converted):
    _, _, source = converted("binomialmix")
    reading = await source.read("ad_report", date(2019, 4, 22), 365)
    assert reading.rows["spend"].null_count() == reading.rows.height
    assert [gap.because.partition(",")[0] for gap in reading.gaps] == [
        "ad_report has no spend",
        "ad_report has no conversions",
        "ad_report has no conversions_value",
    ]


async def test_cells_without_a_figure_are_dropped_and_counted(tmp_path):
    (tmp_path / "adcampaign.csv").write_text(
        "id,timestamp_ymd,yearDay,day,timeSlot,app_or_site,impressions,click,ctr\n"
        "1,2019-01-01,1,3,1,app,10.0,1.0,0.1\n1,2019-01-01,1,3,2,app,NaN,1.0,NaN\n1,2019-01-01,1,3,3,app,5.0,,\n"
    )
    result = importlib.import_module("real_data.binomialmix").convert(tmp_path)
    assert result.remarks[0] == "2 of 3 cells dropped: impressions or clicks not known."
    assert result.tables["ad_report"]["impressions"].to_list() == [10]


async def test_robyns_spend_arrives_and_weeks_are_dated_when_they_are_over(converted):
    origin, _, source = converted("robyn")
    weeks = pl.read_csv(origin / "dt_simulated_weekly.csv")
    rows = (await source.read("ad_report", date(2019, 11, 17), 5000)).rows
    spend = sum(weeks[name].sum() for name in weeks.columns if name.endswith("_S"))
    assert rows["spend"].sum() == pytest.approx(spend)
    assert rows["date_day"].min() == date(2015, 11, 29)
    revenue = (await source.read("web_report", date(2019, 11, 17), 5000)).rows["revenue"].sum()
    assert revenue == pytest.approx(weeks["revenue"].sum())


async def test_meridians_spend_orders_and_reach_arrive(converted):
    origin, _, source = converted("meridian")
    weeks = pl.read_csv(origin / "geo_media_rf.csv")
    last = date(2024, 1, 21)
    spend = sum(weeks[f"Channel{channel}_spend"].sum() for channel in range(4))
    assert (await source.read("ad_report", last, 5000)).rows["spend"].sum() == pytest.approx(spend)
    delivery = (await source.read("ad_delivery", last, 5000)).rows
    assert delivery["reach"].sum() == weeks["Channel3_reach"].sum()
    orders = (await source.read("web_report", last, 5000)).rows["orders"].sum()
    assert orders == pytest.approx(weeks["conversions"].sum(), abs=weeks.height / 2)


async def test_geolifts_cities_arrive_and_its_pre_test_adds_nothing(converted):
    origin, _, source = converted("geolift")
    rows = (await source.read("ad_report", date(2021, 4, 15), 200)).rows
    cities = pl.read_csv(origin / "GeoLift_Test.csv")
    assert rows["conversions"].sum() == cities["Y"].sum()
    assert rows["campaign_id"].n_unique() == 40
    before = pl.read_csv(origin / "GeoLift_PreTest.csv")
    assert before.join(cities, on=["location", "Y", "date"], how="anti").is_empty()


async def test_cdnows_customers_are_all_in_a_cohort_and_known_only_at_the_end(converted):
    origin, _, source = converted("cdnow")
    assert (await source.days())[1] == date(1997, 9, 30)
    assert (await source.read("cohort_report", date(1997, 9, 29), 365)).rows.is_empty()
    cohorts = (await source.read("cohort_report", date(1997, 9, 30), 365)).rows
    first = cohorts.filter(pl.col("horizon_days") == 28)
    customers = pl.read_csv(origin / "cdnow_customers_summary.csv")
    assert first["cohort_size"].sum() == customers.height == 2357
    assert first["retained"].sum() == customers.filter((pl.col("recency") * 7).round() >= 28).height
    assert cohorts.filter(pl.col("retained") > pl.col("cohort_size")).is_empty()


def test_cdnows_customers_are_said_to_buy_on_as_bg_nbd_expects(shared_data, tmp_path):
    command = [sys.executable, "examples/convert.py", "cdnow", "--from", shared_data("cdnow"), "--to", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "they are expected to make 1,653 further purchases in the next 39 weeks" in done.stdout


def test_the_command_says_what_came_out_and_what_is_missing(shared_data, tmp_path):
    command = [sys.executable, "examples/convert.py", "geolift", "--from", shared_data("geolift"), "--to", tmp_path]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[0] == "ad_report: 4,200 rows"
    assert "Accepted, 2021-01-01 to 2021-04-15." in done.stdout


def test_a_folder_without_the_data_set_is_said(tmp_path):
    command = [sys.executable, "examples/convert.py", "cdnow", "--from", tmp_path, "--to", tmp_path / "out"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "--from must hold the cdnow files." in done.stderr
    assert "Traceback" not in done.stderr
