"""Every way in which a table breaks its contract, and the sentence that says so."""

from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from domain.errors import TableRefused


async def refusal(folder: Any, table: str = "ad_report") -> str:
    source = folder.source()
    with pytest.raises(TableRefused) as refused:
        await source.read(table, date(2026, 3, 10), 60)
    assert refused.value.table == table
    with pytest.raises(TableRefused) as again:
        await source.read(table, date(2026, 1, 1), 1)
    assert str(again.value) == str(refused.value), "a broken table stays refused, whatever days are asked for"
    return str(refused.value)


async def test_negative_clicks(folder):
    bad = [{"clicks": -n, "ad_id": f"ad{n}"} for n in range(1, 6)]
    folder.ads({}, *bad)
    assert await refusal(folder) == (
        "ad_report.clicks: 5 negative values. First rows: 2026-03-01 meta a1 c3 g1 ad1: -1; "
        "2026-03-01 meta a1 c3 g1 ad2: -2; 2026-03-01 meta a1 c3 g1 ad3: -3; and 2 more. "
        "Counts cannot be negative; correct the export and run again."
    )


async def test_negative_spend(folder):
    folder.ads({"spend": -0.5})
    assert await refusal(folder) == (
        "ad_report.spend: 1 negative value. First rows: 2026-03-01 meta a1 c3 g1 ad9: -0.5. "
        "Amounts cannot be negative; correct the export and run again."
    )


async def test_negative_conversions(folder):
    folder.ads({"conversions": -1.0})
    assert await refusal(folder) == (
        "ad_report.conversions: 1 negative value. First rows: 2026-03-01 meta a1 c3 g1 ad9: -1.0. "
        "These numbers cannot be negative; correct the export and run again."
    )


async def test_a_missing_required_column(folder):
    folder.ads()
    path = folder.path / "ad_report.parquet"
    pl.read_parquet(path).drop("spend").write_parquet(path)
    assert await refusal(folder) == (
        "ad_report.spend: the required column is missing. The file has date_day, platform, account_id, campaign_id, "
        "ad_group_id, ad_id, clicks, impressions, conversions, conversions_value. Add it to the export and run again."
    )


async def test_several_missing_columns_are_all_named(folder):
    folder.text("ad_report.csv", "date_day,platform,account_id,campaign_id,ad_group_id,ad_id,clicks,impressions\n")
    assert await refusal(folder) == (
        "ad_report: required columns are missing: spend, conversions, conversions_value. The file has date_day, "
        "platform, account_id, campaign_id, ad_group_id, ad_id, clicks, impressions. Add them to the export and run "
        "again."
    )


async def test_an_export_with_semicolons(folder):
    folder.text("ad_report.csv", "date_day;platform;clicks\n2026-03-01;meta;3\n")
    assert await refusal(folder) == (
        "ad_report: the columns are separated by semicolons, not commas. "
        "Export the file with commas between columns and run again."
    )


async def test_text_where_a_count_belongs_in_csv(folder):
    folder.ads({"clicks": "1,200"}, {"clicks": "n/a", "ad_id": "ad10"}, kind="csv")
    assert await refusal(folder) == (
        "ad_report.clicks: 2 values are not whole numbers. First rows: 2026-03-01 meta a1 c3 g1 ad9: 1,200; "
        "2026-03-01 meta a1 c3 g1 ad10: n/a. "
        "Write whole numbers without units or thousands separators and run again."
    )


async def test_half_a_click(folder):
    folder.ads({"clicks": 1.5})
    assert await refusal(folder) == (
        "ad_report.clicks: 1 value is not a whole number. First rows: 2026-03-01 meta a1 c3 g1 ad9: 1.5. "
        "Write whole numbers without units or thousands separators and run again."
    )


async def test_text_where_a_count_belongs_in_parquet(folder):
    folder.ads({"clicks": "12"})
    assert await refusal(folder) == (
        "ad_report.clicks: 1 value is not a whole number. First rows: 2026-03-01 meta a1 c3 g1 ad9: 12. "
        "Write whole numbers without units or thousands separators and run again. "
        "The Parquet column is String; it should be Int64."
    )


async def test_a_price_with_a_currency_sign(folder):
    folder.ads({"spend": "8.50 €"}, kind="csv")
    assert await refusal(folder) == (
        "ad_report.spend: 1 value is not an amount. First rows: 2026-03-01 meta a1 c3 g1 ad9: 8.50 €. "
        "Write amounts with a decimal point, without currency signs or thousands separators, and run again."
    )


async def test_an_american_date(folder):
    folder.ads({"date_day": "03/01/2026"}, kind="csv")
    assert await refusal(folder) == (
        "ad_report.date_day: 1 value is not a day. First rows: 03/01/2026 meta a1 c3 g1 ad9: 03/01/2026. "
        "Write days as YYYY-MM-DD, without a time of day, and run again."
    )


async def test_a_day_that_does_not_exist(folder):
    folder.ads({"date_day": "2026-02-30"}, kind="csv")
    assert await refusal(folder) == (
        "ad_report.date_day: 1 value is not a day. First rows: 2026-02-30 meta a1 c3 g1 ad9: 2026-02-30. "
        "Write days as YYYY-MM-DD, without a time of day, and run again."
    )


async def test_a_timestamp_with_a_time_of_day(folder):
    folder.ads({"date_day": datetime(2026, 3, 1, 14, 30)})
    assert await refusal(folder) == (
        "ad_report.date_day: 1 value is not a day. First rows: 2026-03-01 14:30:00.000000 meta a1 c3 g1 ad9: "
        "2026-03-01 14:30:00.000000. Write days as YYYY-MM-DD, without a time of day, and run again. "
        "The Parquet column is Datetime; it should be Date."
    )


async def test_days_as_text_in_parquet(folder):
    folder.ads({"date_day": "2026-03-01"})
    assert await refusal(folder) == (
        "ad_report.date_day: 1 value is not a day. First rows: 2026-03-01 meta a1 c3 g1 ad9: 2026-03-01. "
        "Write days as YYYY-MM-DD, without a time of day, and run again. "
        "The Parquet column is String; it should be Date."
    )


async def test_an_id_with_a_decimal_point(folder):
    folder.ads({"account_id": 17.5})
    assert await refusal(folder) == (
        "ad_report.account_id: 1 value is not text. First rows: 2026-03-01 meta 17.5 c3 g1 ad9: 17.5. "
        "Write ids and names as text and run again. The Parquet column is Float64; it should be String."
    )


@pytest.mark.parametrize(("number", "said"), [(float("nan"), "NaN"), (float("inf"), "inf")])
async def test_numbers_that_cannot_be_added_up(folder, number, said):
    folder.ads({"spend": number})
    assert await refusal(folder) == (
        f"ad_report.spend: 1 value is not finite. First rows: 2026-03-01 meta a1 c3 g1 ad9: {said}. "
        "Only finite numbers can be added up; correct the export and run again."
    )


async def test_an_empty_key(folder):
    folder.ads({"ad_id": None}, {"ad_id": ""}, {})
    assert await refusal(folder) == (
        "ad_report.ad_id: 2 rows without a value. First rows: 2026-03-01 meta a1 c3 g1 –: empty; "
        "2026-03-01 meta a1 c3 g1 –: empty. "
        "Every row needs its whole key; fill it in or leave the row out, and run again."
    )


async def test_spend_that_is_known_for_some_rows_only(folder):
    folder.ads({}, {"spend": None, "ad_id": "ad10"})
    assert await refusal(folder) == (
        "ad_report.spend: 1 row without a value. First rows: 2026-03-01 meta a1 c3 g1 ad10: empty. "
        "Fill in every row, or leave the column empty for the whole account, and run again."
    )


async def test_the_same_ad_twice_on_one_day(folder):
    folder.ads({}, {"clicks": 3}, {"ad_id": "ad10"})
    assert await refusal(folder) == (
        "ad_report: 1 row repeats a key (date_day, platform, account_id, campaign_id, ad_group_id, ad_id). "
        "First rows: 2026-03-01 meta a1 c3 g1 ad9. "
        "Each key may appear once per known_on; remove the repeats, or add them up, and run again."
    )


async def test_two_versions_known_on_the_same_day(folder):
    folder.ads(
        {"segment_id": "s1", "known_on": date(2026, 3, 2)},
        {"segment_id": "s1", "known_on": date(2026, 3, 2)},
        {"segment_id": "s1", "known_on": date(2026, 3, 3)},
    )
    assert await refusal(folder) == (
        "ad_report: 1 row repeats a key (date_day, platform, account_id, campaign_id, ad_group_id, ad_id, segment_id). "
        "First rows: 2026-03-01 meta a1 c3 g1 ad9 s1. "
        "Each key may appear once per known_on; remove the repeats, or add them up, and run again."
    )


async def test_a_day_from_the_future(folder):
    folder.ads({}, {"date_day": date(2026, 4, 1)})
    assert await refusal(folder) == (
        "ad_report.date_day: 1 day from the future. First rows: 2026-04-01 meta a1 c3 g1 ad9: 2026-04-01. "
        "No row may be dated after today, 2026-03-31; remove these rows or correct their day, and run again."
    )


async def test_an_empty_file(folder):
    folder.text("ad_report.csv", "")
    assert await refusal(folder) == "ad_report: ad_report.csv is empty. Export it again and run again."


async def test_a_report_without_rows(folder):
    folder.ads()
    path = folder.path / "ad_report.parquet"
    pl.read_parquet(path).clear().write_parquet(path)
    assert await refusal(folder) == "ad_report: the file has no rows. Export at least one day and run again."


async def test_a_file_cut_off_in_the_middle(folder):
    folder.ads(*({"ad_id": f"ad{n}"} for n in range(500)))
    path = folder.path / "ad_report.parquet"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert await refusal(folder) == (
        "ad_report: ad_report.parquet cannot be read (parquet: File out of specification: The file must end with "
        "PAR1 or PARE). The file is damaged or cut off. Export it again and run again."
    )


async def test_a_line_with_too_many_fields(folder):
    folder.text("segment.csv", "segment_id,name,kind\ns1,Runners,interest\ns2,Hikers, men,interest\n")
    assert await refusal(folder, "segment") == (
        "segment: segment.csv cannot be read (found more fields than defined in 'Schema'). "
        "A line has more fields than the header; put text that holds commas in quotes and run again."
    )


async def test_a_file_that_is_not_utf8(folder):
    (folder.path / "segment.csv").write_bytes("segment_id,name,kind\ns1,Läufer,interest\n".encode("latin-1"))
    assert await refusal(folder, "segment") == (
        "segment: segment.csv cannot be read (invalid utf-8 sequence). Save it as UTF-8 and run again."
    )


async def test_the_same_table_as_csv_and_parquet(folder):
    folder.ads()
    folder.ads(kind="csv")
    assert await refusal(folder) == (
        "ad_report: both ad_report.parquet and ad_report.csv are in the folder. "
        "Remove the one that is out of date and run again."
    )


async def test_a_folder_without_the_one_required_table(folder):
    assert await refusal(folder) == (
        "ad_report: the folder has neither ad_report.parquet nor ad_report.csv. "
        "Export this table, the only required one, and run again."
    )


async def test_a_flag_that_is_neither_true_nor_false(folder):
    row = {"date_day": date(2026, 3, 1), "platform": "meta", "account_id": "a1", "campaign_id": "c3"}
    rest = {"status": "active", "daily_budget": 50.0, "hours_served": 24.0, "learning": "maybe"}
    folder.put("campaign_status", {**row, **rest}, kind="csv")
    assert await refusal(folder, "campaign_status") == (
        "campaign_status.learning: 1 value is not true or false. First rows: 2026-03-01 meta a1 c3: maybe. "
        "Write true or false and run again."
    )


async def test_a_corrected_file_is_accepted_without_a_restart(folder):
    folder.ads({"clicks": -4})
    source = folder.source()
    with pytest.raises(TableRefused):
        await source.days()
    folder.ads({"clicks": 4}, {"ad_id": "ad10"})
    assert await source.days() == (date(2026, 3, 1), date(2026, 3, 1))
