"""What a sweep gets to see of a folder of tables."""

import os
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from domain.errors import SourceUnavailable
from domain.reading import Gap, Reading
from domain.tables import POLARS_TYPES, TABLES

DAY = date(2026, 3, 10)


async def rows(source: Any, table: str, as_of: date = DAY, days: int = 60) -> pl.DataFrame:
    reading = await source.read(table, as_of, days)
    assert isinstance(reading, Reading)
    return reading.rows


async def test_a_reading_has_exactly_the_columns_and_types_of_the_contract(folder):
    folder.ads({"known_on": date(2026, 3, 1), "agency_remark": "ignore me"})
    found = await rows(folder.source(), "ad_report")
    expected = {name: POLARS_TYPES[kind] for name, kind in TABLES["ad_report"].columns.items()}
    assert dict(found.schema) == expected
    assert found["campaign_name"].to_list() == [None]


@pytest.mark.parametrize("table", sorted(TABLES.keys() - {"ad_report"}))
async def test_a_missing_table_is_a_named_gap_and_not_a_failure(folder, table):
    folder.ads()
    gap = await folder.source().read(table, DAY, 60)
    assert isinstance(gap, Gap)
    assert gap.table == table
    assert gap.because.startswith(f"no {table}, so ")


async def test_the_gap_says_what_it_weakens(folder):
    folder.ads()
    gap = await folder.source().read("web_report", DAY, 60)
    assert gap == Gap(
        "web_report",
        "no web_report, so tracking faults cannot be told from page faults, and conversions are the platform's word "
        "alone",
    )


async def test_only_the_asked_days_are_read(folder):
    folder.ads(*({"date_day": date(2026, 3, day)} for day in range(1, 21)))
    found = await rows(folder.source(), "ad_report", date(2026, 3, 10), 3)
    assert found["date_day"].to_list() == [date(2026, 3, 8), date(2026, 3, 9), date(2026, 3, 10)]


async def test_late_conversions_are_seen_only_once_they_are_known(folder):
    folder.ads(
        {"conversions": 1.0, "known_on": date(2026, 3, 1)},
        {"conversions": 4.0, "known_on": date(2026, 3, 4)},
        {"conversions": 5.0, "known_on": date(2026, 3, 8)},
    )
    source = folder.source()
    seen = [(await rows(source, "ad_report", date(2026, 3, day)))["conversions"].to_list() for day in (1, 3, 4, 7, 8)]
    assert seen == [[1.0], [1.0], [4.0], [4.0], [5.0]]


async def test_a_row_that_became_known_late_is_not_seen_before(folder):
    folder.ads({"known_on": date(2026, 3, 3)})
    source = folder.source()
    assert (await rows(source, "ad_report", date(2026, 3, 2))).is_empty()
    assert (await rows(source, "ad_report", date(2026, 3, 3))).height == 1


async def test_a_row_is_never_seen_before_its_own_day_whatever_known_on_says(folder):
    folder.ads({"date_day": date(2026, 3, 5), "known_on": date(2026, 3, 1)})
    source = folder.source()
    assert (await rows(source, "ad_report", date(2026, 3, 4))).is_empty()
    assert (await rows(source, "ad_report", date(2026, 3, 5))).height == 1


async def test_where_known_on_is_empty_a_row_is_known_on_its_own_day(folder):
    folder.ads({"known_on": None}, {"conversions": 2.0, "known_on": date(2026, 3, 4)})
    source = folder.source()
    assert (await rows(source, "ad_report", date(2026, 3, 1)))["conversions"].to_list() == [1.0]
    assert (await rows(source, "ad_report", date(2026, 3, 4)))["conversions"].to_list() == [2.0]


async def test_coming_holidays_are_visible(folder):
    folder.ads()
    folder.put("calendar", {"date_day": date(2026, 12, 24), "account_id": "", "kind": "holiday", "name": "Christmas"})
    found = await rows(folder.source(), "calendar")
    assert found.rows() == [(date(2026, 12, 24), "", "holiday", "Christmas")]


async def test_a_calendar_row_without_account_is_for_all_accounts(folder):
    folder.ads()
    folder.text("calendar.csv", "date_day,account_id,kind,name\n2026-04-03,,holiday,Good Friday\n")
    assert (await rows(folder.source(), "calendar"))["account_id"].to_list() == [""]


async def test_an_announced_promo_is_not_seen_before_it_is_announced(folder):
    folder.ads()
    promo = {"date_day": date(2026, 3, 20), "account_id": "a1", "kind": "promo", "name": "Spring"}
    folder.put("calendar", {**promo, "known_on": date(2026, 3, 9)})
    source = folder.source()
    assert (await rows(source, "calendar", date(2026, 3, 8))).is_empty()
    assert (await rows(source, "calendar", date(2026, 3, 9))).height == 1


def creative(ad: str, launched: date | None) -> dict[str, Any]:
    text = dict.fromkeys(["asset_id", "format", "headline", "body", "call_to_action"], "x")
    return {"platform": "meta", "ad_id": ad, **text, "launched_on": launched, "ai_generated": False}


async def test_a_creative_is_not_seen_before_its_launch(folder):
    folder.ads()
    folder.put(
        "creative", creative("old", None), creative("ad1", date(2026, 3, 10)), creative("ad2", date(2026, 3, 11))
    )
    assert (await rows(folder.source(), "creative"))["ad_id"].to_list() == ["ad1", "old"]


async def test_a_refreshed_creative_replaces_the_old_one_from_the_day_it_is_known(folder):
    folder.ads()
    old = {**creative("ad1", date(2026, 2, 1)), "headline": "Old", "known_on": date(2026, 2, 1)}
    new = {**creative("ad1", date(2026, 3, 9)), "headline": "New", "known_on": date(2026, 3, 9)}
    folder.put("creative", old, new)
    source = folder.source()
    assert (await rows(source, "creative", date(2026, 3, 8)))["headline"].to_list() == ["Old"]
    assert (await rows(source, "creative", date(2026, 3, 9)))["headline"].to_list() == ["New"]


async def test_the_totals_of_a_test_are_not_known_before_it_ended(folder):
    folder.ads()
    arm = {"test_id": "t1", "hypothesis": "h", "metric": "cvr", "exposed": 1000, "converted": 50, "revenue": 1.0}
    ended = {**arm, "arm": "a", "started_on": date(2026, 3, 1), "ended_on": date(2026, 3, 9)}
    planned = {**arm, "arm": "b", "started_on": date(2026, 3, 1), "ended_on": date(2026, 6, 1)}
    folder.put("experiment", ended, planned)
    source = folder.source()
    assert (await rows(source, "experiment", date(2026, 3, 8)))["arm"].to_list() == ["b"]
    assert (await rows(source, "experiment", date(2026, 3, 9)))["arm"].to_list() == ["a", "b"]


async def test_a_question_is_read_by_the_day_it_was_asked(folder):
    folder.ads()
    ask = {"source": "support", "text": "Where is my order?"}
    days = (date(2026, 3, 9), date(2026, 1, 1), date(2026, 3, 20))
    folder.put("questions", *({"question_id": f"q{n}", "date_day": day, **ask} for n, day in enumerate(days)))
    assert (await rows(folder.source(), "questions"))["question_id"].to_list() == ["q0"]


async def test_segments_and_assignments_are_read_whole(folder):
    folder.ads()
    folder.put("segment", {"segment_id": "s1", "name": "Runners", "kind": "interest"})
    folder.put("campaign_segment", {"campaign_id": "c3", "segment_id": "s1"})
    source = folder.source()
    assert (await rows(source, "segment", date(2020, 1, 1))).height == 1
    assert (await rows(source, "campaign_segment", date(2020, 1, 1))).height == 1


async def test_an_account_without_spend_is_read_with_a_named_gap_instead_of_zeros(folder):
    folder.ads({"spend": None}, {"spend": None, "ad_id": "ad10"})
    reading = await folder.source().read("ad_report", DAY, 60)
    assert reading.rows["spend"].to_list() == [None, None]
    assert reading.gaps == (
        Gap(
            "ad_report",
            "ad_report has no spend, so CPM, CPC, CPA and ROAS cannot be watched and money at stake is unknown",
        ),
    )


async def test_a_platform_that_counts_no_clicks_is_a_gap_of_its_own(folder):
    folder.ads({}, {"platform": "tv", "clicks": None})
    reading = await folder.source().read("ad_report", DAY, 60)
    assert reading.gaps == (
        Gap(
            "ad_report", "ad_report has no clicks for tv a1, so click-through rate, CPC and CVR cannot be watched there"
        ),
    )


async def test_days_are_the_first_and_last_of_the_ad_report(folder):
    folder.ads({"date_day": date(2026, 3, 7)}, {"date_day": date(2026, 1, 2)})
    assert await folder.source().days() == (date(2026, 1, 2), date(2026, 3, 7))


async def test_numeric_ids_midnight_timestamps_and_whole_floats_are_read_as_what_they_mean(folder):
    folder.ads({"date_day": datetime(2026, 3, 1), "account_id": 17, "clicks": 12.0, "spend": 8, "conversions": 2})
    row = (await rows(folder.source(), "ad_report")).row(0, named=True)
    assert (row["date_day"], row["account_id"], row["clicks"]) == (date(2026, 3, 1), "17", 12)
    assert (row["spend"], row["conversions"]) == (8.0, 2.0)


async def test_a_csv_keeps_leading_zeros_of_ids(folder):
    folder.ads({"account_id": "007"}, kind="csv")
    assert (await rows(folder.source(), "ad_report"))["account_id"].to_list() == ["007"]


async def test_categorical_names_from_a_warehouse_are_text(folder):
    folder.ads()
    path = folder.path / "ad_report.parquet"
    pl.read_parquet(path).with_columns(pl.col("platform").cast(pl.Categorical)).write_parquet(path)
    assert (await rows(folder.source(), "ad_report"))["platform"].to_list() == ["meta"]


async def test_a_table_rewritten_overnight_is_read_anew(folder):
    folder.ads({"clicks": 12})
    source = folder.source()
    assert (await rows(source, "ad_report"))["clicks"].to_list() == [12]
    folder.ads({"clicks": 13})
    path = folder.path / "ad_report.parquet"
    os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns + 1))
    assert (await rows(source, "ad_report"))["clicks"].to_list() == [13]


async def test_a_table_too_large_for_memory_reads_the_same_from_disk(folder):
    changes = [{"ad_id": f"ad{n % 7}", "date_day": date(2026, 3, 1 + n // 7), "clicks": n} for n in range(70)]
    for kind in ("parquet", "csv"):
        folder.ads(*reversed(changes), kind=kind)
        small = await rows(folder.source(), "ad_report", date(2026, 3, 9), 4)
        large = await rows(folder.source(in_memory=0), "ad_report", date(2026, 3, 9), 4)
        assert small.equals(large)
        assert small.height == 28
        (folder.path / f"ad_report.{kind}").unlink()


async def test_a_folder_that_is_not_there_is_said(folder):
    folder.path = folder.path / "gone"
    with pytest.raises(SourceUnavailable) as refused:
        await folder.source().days()
    assert str(refused.value) == (f"The folder {folder.path} gave no data: it does not exist or is not a folder.")


async def test_a_check_of_the_folder_lists_everything_that_is_missing(folder):
    folder.ads({"conversions_value": None})
    folder.put("segment", {"segment_id": "s1", "name": "Runners", "kind": "interest"})
    gaps = await folder.source().check()
    assert {gap.table for gap in gaps} == TABLES.keys() - {"segment"}
    assert gaps[0].because == "ad_report has no conversions_value, so ROAS cannot be watched"


async def test_the_totals_of_a_test_that_were_known_earlier_are_seen_earlier(folder):
    folder.ads()
    ids = {"test_id": "t1", "arm": "a", "hypothesis": "h", "metric": "cvr"}
    dates = {"started_on": date(2026, 3, 1), "ended_on": date(2026, 3, 9)}
    halfway = {**ids, **dates, "exposed": 500, "converted": 25, "known_on": date(2026, 3, 5)}
    final = {**ids, **dates, "exposed": 1000, "converted": 50, "known_on": date(2026, 3, 9)}
    folder.put("experiment", halfway, final)
    source = folder.source()
    seen = [(await rows(source, "experiment", date(2026, 3, day)))["exposed"].to_list() for day in (4, 5, 9)]
    assert seen == [[], [500], [1000]]


async def test_a_row_of_today_is_not_from_the_future(folder):
    folder.ads({"date_day": date(2026, 3, 31)})
    assert await folder.source().days() == (date(2026, 3, 31), date(2026, 3, 31))
