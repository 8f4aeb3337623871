"""How a day's conversions come in is learnt from a source's own versions, and from nothing a reader could not know."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.sources.arrivals import COMPLETE_DAYS, DAY_SD, PRIOR_CONVERSIONS, arrivals, learnt
from connectors.sources.folder import FolderSource
from connectors.sources.versions import with_versions
from domain.reading import USUAL_ARRIVAL, Reading
from domain.tables import TABLES

FIRST = date(2026, 1, 1)
WEEK = (0.40, 0.60, 0.75, 0.85, 0.92, 0.97)
IDS = {"platform": "meta", "account_id": "a1", "campaign_id": "c1", "ad_group_id": "g1", "ad_id": "ad1"}


def versions(known: Sequence[Sequence[float]], first: date = FIRST) -> pl.DataFrame:
    """An ad report of one ad whose conversions known after 0, 1, 2 … days are given per day."""
    rows = [
        {"date_day": first + timedelta(day), **IDS, "clicks": 900, "impressions": 9000, "spend": 100.0,
         "conversions": float(count), "conversions_value": 0.0, "known_on": first + timedelta(day + age)}
        for day, ages in enumerate(known) for age, count in enumerate(ages)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"known_on": pl.Date})


def as_of(frame: pl.DataFrame, day: int) -> tuple[float, ...] | None:
    """The curve of the account on a day number, from a checked table."""
    table = TABLES["ad_report"]
    missing = [pl.lit(None, pl.String).alias(name) for name in table.columns if name not in frame.columns]
    seen = with_versions(table, frame.lazy().with_columns(missing), FIRST + timedelta(400))
    found = arrivals(seen)
    return found.as_of(FIRST + timedelta(day)).get("a1") if found else None


def steady(days: int, total: int = 100, curve: Sequence[float] = WEEK) -> list[list[float]]:
    return [[*(round(total * share) for share in curve), total] for _ in range(days)]


def test_an_account_whose_conversions_take_a_week_is_known_by_its_own_curve() -> None:
    curve = as_of(versions(steady(80)), 79)
    assert curve is not None
    assert curve[:6] == pytest.approx(WEEK, abs=0.035)
    assert len(curve) == 6


def test_little_data_leaves_the_usual_curve_almost_where_it_was() -> None:
    curve = as_of(versions(steady(20, total=2)), 19)
    assert curve is not None
    assert curve[0] == pytest.approx(USUAL_ARRIVAL[0], abs=0.02)


def test_the_usual_curve_counts_as_so_many_conversions() -> None:
    curve = as_of(versions(steady(1, total=int(PRIOR_CONVERSIONS))), COMPLETE_DAYS)
    assert curve is not None
    assert curve[0] == pytest.approx((WEEK[0] + USUAL_ARRIVAL[0]) / 2, abs=0.001)


def test_days_on_which_an_account_reported_late_teach_nothing() -> None:
    days = steady(80, curve=USUAL_ARRIVAL)
    late = [[30, 60, 88, 100] if 30 <= day < 34 or 50 <= day < 54 else one for day, one in enumerate(days)]
    assert as_of(versions(late), 79) == pytest.approx(as_of(versions(days), 79), abs=1e-3)


def test_a_source_that_never_restates_a_row_does_not_tell() -> None:
    assert as_of(versions([[100.0]] * 60), 59) is None


def test_history_loaded_in_one_go_does_not_look_as_if_nothing_came_in_early() -> None:
    loaded = versions([[100.0]] * 60).with_columns(known_on=pl.lit(FIRST + timedelta(60)))
    after = versions(steady(30), FIRST + timedelta(60))
    curve = as_of(pl.concat([loaded, after]), 89)
    assert curve is not None
    assert curve[0] == pytest.approx(WEEK[0], abs=0.1)


def test_a_reading_carries_the_curve_and_one_without_versions_none(tmp_path: Path) -> None:
    def read(frame: pl.DataFrame) -> Reading:
        frame.write_parquet(tmp_path / "ad_report.parquet")
        source = FolderSource(tmp_path, today=lambda: FIRST + timedelta(200))
        found = asyncio.run(source.read("ad_report", FIRST + timedelta(59), 40))
        assert isinstance(found, Reading)
        return found

    assert read(versions(steady(60))).arrival["a1"][0] < 0.5
    assert read(versions([[100.0]] * 60).drop("known_on")).arrival == {}


histories = st.lists(
    st.lists(st.integers(0, 300), min_size=1, max_size=COMPLETE_DAYS + 3), min_size=COMPLETE_DAYS + 1, max_size=40
)


@settings(max_examples=40, deadline=None)
@given(histories, st.integers(0, 45))
def test_shares_never_fall_with_age_and_lie_between_nothing_and_all(known: list[list[int]], day: int) -> None:
    curve = as_of(versions(known), day)
    if curve is not None:
        assert all(0 < share < 1 for share in curve)
        assert list(curve) == sorted(curve)
        assert len(curve) <= COMPLETE_DAYS


@settings(max_examples=30, deadline=None)
@given(histories, st.integers(COMPLETE_DAYS, 45))
def test_what_becomes_known_later_changes_nothing(known: list[list[int]], day: int) -> None:
    frame = versions(known)
    with TemporaryDirectory() as folder:
        curves: list[object] = []
        today = FIRST + timedelta(day)
        for part in (frame, frame.filter(pl.col("known_on") <= today)):
            part.write_parquet(Path(folder) / "ad_report.parquet")
            source = FolderSource(folder, today=lambda: FIRST + timedelta(200))
            found = asyncio.run(source.read("ad_report", today, 60))
            curves.append(found.arrival if isinstance(found, Reading) else found)
    assert curves[0] == curves[1]


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 0.95), st.integers(20, 400), st.integers(0, 10**6))
def test_the_share_is_found_whatever_it_is(share: float, total: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    first = rng.binomial(total, share, 56).astype(float)
    known = np.full((56, COMPLETE_DAYS + 1), float(total))
    known[:, 0] = first
    weight = 56 * total / (56 * total + PRIOR_CONVERSIONS)
    expected = weight * share + (1 - weight) * USUAL_ARRIVAL[0]
    error = 5 * np.sqrt(share * (1 - share) / (56 * total)) + DAY_SD / 10
    assert learnt(known, np.zeros(56, dtype=np.int64))[0] == pytest.approx(expected, abs=error)
