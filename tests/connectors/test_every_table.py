"""The promises that hold for each table of the contract alike."""

import asyncio
import time
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.folder import FolderSource
from domain.errors import TableRefused
from domain.reading import Reading
from domain.tables import COUNT, DAY, FLAG, HOUR, MONEY, POLARS_TYPES, SHARE, TABLES, TEXT, Table

AS_OF = date(2026, 3, 10)
USUAL = {DAY: date(2026, 3, 1), HOUR: 14, TEXT: "x", COUNT: 5, MONEY: 2.5, SHARE: 1.5, FLAG: True}
EACH = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES.keys())
FIGURES = [
    (table, column)
    for table in TABLES.values()
    for column, kind in table.columns.items()
    if kind in {COUNT, MONEY, SHARE} and column != "value"
]


def row(table: Table, **changes: Any) -> dict[str, Any]:
    return {name: USUAL[kind] for name, kind in table.columns.items()} | changes


async def read(folder: Any, table: Table) -> Reading:
    reading = await folder.source().read(table.name, AS_OF, 60)
    assert isinstance(reading, Reading)
    return reading


@EACH
@pytest.mark.parametrize("kind", ["parquet", "csv"])
async def test_a_proper_row_is_read_back_as_it_was_written(folder, table, kind):
    folder.put(table.name, row(table), kind=kind)
    reading = await read(folder, table)
    assert reading.rows.row(0, named=True) == row(table)
    assert dict(reading.rows.schema) == {name: POLARS_TYPES[kind] for name, kind in table.columns.items()}
    assert reading.gaps == ()


@EACH
async def test_optional_columns_may_be_left_out(folder, table):
    optional = table.optional | set(table.optional_key)
    folder.put(table.name, {name: value for name, value in row(table).items() if name not in optional})
    found = (await read(folder, table)).rows.row(0, named=True)
    assert {name for name, value in found.items() if value is None} == optional


@EACH
async def test_a_required_column_left_out_refuses_the_table(folder, table):
    for missing in table.columns.keys() - table.optional - set(table.optional_key):
        folder.put(table.name, {name: value for name, value in row(table).items() if name != missing})
        with pytest.raises(TableRefused, match=rf"^{table.name}\.{missing}: the required column is missing\."):
            await read(folder, table)


@EACH
@pytest.mark.parametrize("kind", ["parquet", "csv"])
async def test_a_repeated_key_refuses_the_table(folder, table, kind):
    folder.put(table.name, row(table), row(table), kind=kind)
    with pytest.raises(TableRefused, match=rf"^{table.name}: 1 row repeats a key \("):
        await read(folder, table)


@EACH
async def test_an_empty_key_refuses_the_table(folder, table):
    for column in table.key:
        folder.put(table.name, row(table), row(table, **{column: None}))
        if (table.name, column) == ("calendar", "account_id"):
            assert (await read(folder, table)).rows["account_id"].to_list() == ["", "x"]
            continue
        with pytest.raises(TableRefused, match=rf"^{table.name}\.{column}: 1 row without a value\."):
            await read(folder, table)


@pytest.mark.parametrize(("table", "column"), FIGURES, ids=lambda part: getattr(part, "name", part))
async def test_a_figure_below_zero_refuses_the_table(folder, table, column):
    folder.put(table.name, row(table, **{column: -1}))
    with pytest.raises(TableRefused, match=rf"^{table.name}\.{column}: 1 negative value\. First rows: .*-1"):
        await read(folder, table)


async def test_a_falling_category_trend_is_no_mistake(folder):
    folder.put("market", row(TABLES["market"], value=-0.05))
    assert (await read(folder, TABLES["market"])).rows["value"].to_list() == [-0.05]


@pytest.mark.parametrize("table", [t for t in TABLES.values() if t.day], ids=lambda table: table.name)
async def test_a_day_from_the_future_refuses_every_table_but_the_calendar(folder, table):
    tomorrow = date(2026, 4, 1)
    folder.put(table.name, row(table, **{table.day: tomorrow}))
    if table.has_future:
        assert (await read(folder, table)).rows.height == 1
        return
    with pytest.raises(TableRefused, match=rf"^{table.name}\.{table.day}: 1 day from the future\."):
        await read(folder, table)


WHOLE = pl.DataFrame(
    [row(TABLES["ad_report"], ad_id=f"ad{n}", clicks=n, spend=n / 3, learning="ignored") for n in range(40)]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=4), st.floats(0.01, 1))
def test_a_damaged_file_is_refused_or_read_never_a_crash(bytes_changed, share_left):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ad_report.parquet"
        WHOLE.write_parquet(path, compression="uncompressed")
        content = bytearray(path.read_bytes())
        for place, value in bytes_changed:
            content[int(place * len(content))] = value
        path.write_bytes(content[: max(1, int(share_left * len(content)))])
        source = FolderSource(folder, today=lambda: AS_OF)
        try:
            reading = asyncio.run(source.read("ad_report", AS_OF, 60))
        except TableRefused as refused:
            assert str(refused).startswith("ad_report")
        else:
            assert isinstance(reading, Reading)
            assert reading.rows.height <= WHOLE.height


async def test_half_a_year_of_six_accounts_is_read_in_milliseconds(tmp_path):
    """230,000 rows: 200 days, 288 ads by segment, four versions each. A replay reads it once per day."""
    days, ads, versions = 200, 288, 4
    number = np.arange(days * ads * versions)
    day = pl.Series(number // (ads * versions)).cast(pl.Int32)
    ad = pl.Series(number // versions % ads).cast(pl.String)
    first = pl.lit(date(2026, 1, 1))
    frame = pl.DataFrame({"day": day, "ad": ad, "version": number % versions}).select(
        (first + pl.duration(days=pl.col("day"))).alias("date_day"),
        *(pl.lit(name).alias(name) for name in ("platform", "account_id", "campaign_id", "ad_group_id")),
        pl.col("ad").alias("ad_id"),
        *(pl.lit(100).alias(name) for name in ("clicks", "impressions", "spend", "conversions_value")),
        pl.col("version").alias("conversions"),
        (first + pl.duration(days=pl.col("day") + 3 * pl.col("version"))).alias("known_on"),
    )
    frame.write_parquet(tmp_path / "ad_report.parquet")
    source = FolderSource(tmp_path)
    started = time.perf_counter()
    await source.days()
    loaded = time.perf_counter()
    for after in range(0, days, 10):
        as_of = date(2026, 1, 1) + timedelta(after)
        rows = (await source.read("ad_report", as_of, 60)).rows
        assert rows.height == ads * min(60, after + 1)
    assert loaded - started < 10
    assert (time.perf_counter() - loaded) / 20 < 0.1
