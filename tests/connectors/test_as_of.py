"""What holds for every history of versions: a reader never learns anything early, and never loses what it knew."""

import asyncio
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.folder import FolderSource
from domain.reading import Reading

FIRST = date(2026, 1, 1)
KEY = ["date_day", "ad_id", "segment_id"]

days = st.integers(0, 12).map(lambda n: FIRST + timedelta(n))


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of an ad report: a few ads, some with a segment, several versions each, in no order."""
    versions = draw(
        st.lists(
            st.tuples(days, st.sampled_from(["ad1", "ad2"]), st.sampled_from([None, "s1"]), st.none() | days),
            unique=True,
            min_size=1,
            max_size=25,
        )
    )
    rows: list[dict[str, Any]] = []
    for number, (day, ad, segment, known) in enumerate(versions):
        ids = {"platform": "meta", "account_id": "a1", "campaign_id": "c1", "ad_group_id": "g1"}
        figures = {"clicks": number, "impressions": 900, "spend": 0.1 * number, "conversions": 0.0}
        row = {"date_day": day, **ids, "ad_id": ad, "segment_id": segment, **figures, "conversions_value": 0.0}
        rows.append({**row, "known_on": known})
    return rows


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {"segment_id": pl.String, "known_on": pl.Date, "spend": pl.Float64, "date_day": pl.Date}
    return pl.DataFrame(rows, schema_overrides=schema, infer_schema_length=None)


def read(path: str, *as_of: date, window: int = 365) -> list[pl.DataFrame]:
    source = FolderSource(path, today=lambda: FIRST + timedelta(100))

    async def all_of_them() -> list[pl.DataFrame]:
        readings = [await source.read("ad_report", day, window) for day in as_of]
        return [reading.rows for reading in readings if isinstance(reading, Reading)]

    return asyncio.run(all_of_them())


def known(row: dict[str, Any]) -> date:
    """The plain statement of the contract: from its own day on, and not before the version was known."""
    return max(row["known_on"] or row["date_day"], row["date_day"])


@settings(max_examples=60, deadline=None)
@given(histories(), days)
def test_each_key_shows_the_latest_version_known_that_day(rows, as_of):
    expected: dict[tuple[Any, ...], tuple[Any, int]] = {}
    for row in rows:
        if known(row) <= as_of:
            key = tuple(row[name] for name in KEY)
            rank = (known(row), row["known_on"] or date.min)
            expected[key] = max(expected.get(key, ((date.min, date.min), -1)), (rank, row["clicks"]))
    with TemporaryDirectory() as path:
        frame(rows).write_parquet(Path(path) / "ad_report.parquet")
        (found,) = read(path, as_of)
    seen = {key: clicks for *key_parts, clicks in found.select(*KEY, "clicks").rows() for key in [tuple(key_parts)]}
    assert seen == {key: clicks for key, (_, clicks) in expected.items()}
    assert found.select(KEY).is_duplicated().any() is False


@settings(max_examples=40, deadline=None)
@given(histories(), days, days)
def test_what_was_visible_stays_visible(rows, one, other):
    earlier, later = sorted([one, other])
    with TemporaryDirectory() as path:
        frame(rows).write_parquet(Path(path) / "ad_report.parquet")
        before, after = read(path, earlier, later)
    assert set(before.select(KEY).rows()) <= set(after.select(KEY).rows())
    assert before["date_day"].max() is None or before["date_day"].max() <= earlier


@settings(max_examples=40, deadline=None)
@given(histories(), days, st.integers(1, 15))
def test_csv_and_parquet_of_the_same_rows_read_the_same(rows, as_of, window):
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        frame(rows).write_parquet(Path(one) / "ad_report.parquet")
        frame(rows).reverse().write_csv(Path(other) / "ad_report.csv")
        (parquet,), (csv,) = read(one, as_of, window=window), read(other, as_of, window=window)
    assert parquet.equals(csv)
    assert parquet.schema == csv.schema


@settings(max_examples=40, deadline=None)
@given(histories(), st.data())
def test_later_versions_change_nothing_about_an_earlier_day(rows, data):
    as_of = data.draw(days)
    until_then = [row for row in rows if known(row) <= as_of]
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        frame(rows).write_parquet(Path(one) / "ad_report.parquet")
        (whole,) = read(one, as_of)
        if not until_then:
            assert whole.is_empty()
            return
        frame(until_then).write_parquet(Path(other) / "ad_report.parquet")
        (then,) = read(other, as_of)
    assert whole.equals(then)
