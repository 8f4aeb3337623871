"""The labelled world keeps its promises: the contract's tables, the specified noise, incidents that can be seen."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from connectors.sources.folder import FolderSource
from domain.reading import Reading
from tests.bench.world import HARD, MODES, NORMAL, QUIET, VARIED, World, build
from tests.bench.world.physics import MEMORY, SPECIFIED, drift
from tests.bench.world.sight import final, matched, shares_figures

SMALL = replace(NORMAL, accounts=2, days=120)


@pytest.fixture(scope="module")
def normal() -> World:
    return build(1, NORMAL)


@pytest.fixture(scope="module")
def hard() -> World:
    return build(1, HARD)


def test_the_same_seed_gives_the_same_world_and_another_seed_another():
    one, again, other = build(3, SMALL), build(3, SMALL), build(4, SMALL)
    assert one.truth == again.truth != other.truth
    for name, table in one.tables.items():
        assert table.equals(again.tables[name])
    assert not one.tables["ad_report"].equals(other.tables["ad_report"])


@pytest.mark.parametrize("mode", list(MODES))
def test_every_table_keeps_the_contract(mode: str, tmp_path: Path):
    world = build(7, replace(MODES[mode], accounts=2, days=130))
    world.write(tmp_path)
    source = FolderSource(tmp_path, today=lambda: date(2026, 11, 1))
    assert not world.tables.keys() & {gap.table for gap in asyncio.run(source.check())}


def test_a_day_is_seen_as_it_was_known(tmp_path: Path):
    world = build(5, SMALL)
    world.write(tmp_path)
    source, day = FolderSource(tmp_path, today=lambda: date(2026, 11, 1)), SMALL.day(40)

    def seen(as_of: date) -> float:
        reading = asyncio.run(source.read("ad_report", as_of, 10))
        assert isinstance(reading, Reading)
        return reading.rows.filter(pl.col("date_day") == day)["conversions"].sum()

    known = [seen(day + timedelta(days=late)) for late in range(5)]
    shares = np.array(known) / known[-1]
    assert shares == pytest.approx([0.82, 0.94, 0.985, 1, 1], abs=0.06)
    assert (np.diff(known) >= 0).all()


def test_late_reporting_is_late_for_its_account_only_and_comes_in(normal: World):
    late = [one for one in normal.truth if one["kind"] == "reporting_lag"]
    rows = normal.tables["ad_report"]
    first = pl.col("known_on") == pl.col("date_day")
    for one in late[:6]:
        day = date.fromisoformat(one["start"])
        mine = rows.filter(pl.col("date_day") == day, pl.col("account_id") == one["scope"]["account_id"])
        whole = final(normal).filter(pl.col("date_day") == day, pl.col("account_id") == one["scope"]["account_id"])
        others = rows.filter(pl.col("date_day") == day, pl.col("account_id") != one["scope"]["account_id"])
        share = mine.filter(first)["conversions"].sum() / whole["conversions"].sum()
        assert share == pytest.approx(0.30, abs=0.15)
        assert others.height > 0


def test_nothing_happens_in_the_first_weeks_and_the_rates_are_as_specified(normal: World, hard: World):
    for world in (normal, hard):
        shape = world.company.shape
        assert min(one["start"] for one in world.truth) >= shape.day(shape.free_days).isoformat()
        counts = Counter(one["decoy"] for one in world.truth)
        assert counts[False] / shape.account_weeks == pytest.approx(0.4, abs=0.02)
        assert counts[True] / shape.account_weeks == pytest.approx(0.4, abs=0.02)


def test_all_kinds_happen_in_turn(normal: World):
    counts = Counter(one["kind"] for one in normal.truth if not one["decoy"])
    assert len(counts) == 8
    assert min(counts.values()) >= 4


def test_varied_worlds_differ_in_their_physics_and_place_incidents_as_clearly():
    one, other = (build(seed, VARIED) for seed in (1, 2))
    assert one.company.shape.physics != other.company.shape.physics
    assert one.company.shape.physics != SPECIFIED
    for world in (one, other):
        incidents = [label for label in world.happenings if not label.is_decoy]
        assert np.mean([matched(world, label) >= 3 for label in incidents]) >= 0.95
        site, paid = world.tables["web_report"]["orders"].sum(), final(world)["conversions"].sum()
        assert paid < site
        assert world.tables["web_report"]["sessions"].sum() == world.facts.sessions.sum()
        assert world.tables["lifecycle_report"]["delivered"].sum() == world.facts.delivered.sum()


def test_a_quiet_year_has_weather_and_no_incident():
    world = build(2, QUIET)
    assert {one["decoy"] for one in world.truth} == {True}
    assert world.company.shape.days == 365


def test_holidays_and_promos_are_on_the_calendar_two_weeks_ahead_and_nothing_else_is(normal: World):
    calendar = normal.tables["calendar"]
    assert (calendar["date_day"] - calendar["known_on"]).dt.total_days().min() == 14
    known = set(calendar.select("account_id", "kind", "date_day").iter_rows())
    for one in normal.truth:
        if one["kind"] in {"holiday", "promo"}:
            assert (one["scope"]["account_id"], one["kind"], date.fromisoformat(one["start"])) in known
    assert set(calendar["kind"]) == {"holiday", "promo"}


def test_no_two_incidents_touch_one_campaign_or_segment_at_a_time(normal: World, hard: World):
    for world in (normal, hard):
        incidents = [one for one in world.truth if not one["decoy"]]
        for at, one in enumerate(incidents):
            for other in incidents[at + 1 :]:
                if shares_figures(one, other):
                    assert one["end"] < other["start"] or other["end"] < one["start"]


def test_the_levels_are_the_specified_ones(normal: World, hard: World):
    for world, spend in ((normal, 450), (hard, 150)):
        rows = final(world).filter(pl.col("date_day") < world.company.shape.day(56))
        by_day = rows.group_by("campaign_id", "date_day").agg(pl.col("spend").sum())
        assert by_day["spend"].median() == pytest.approx(spend, rel=0.25)
        assert rows["clicks"].sum() / rows["impressions"].sum() == pytest.approx(0.013, rel=0.15)
        site = world.tables["web_report"].filter(pl.col("date_day") < world.company.shape.day(56))
        assert site["orders"].sum() / rows["clicks"].sum() == pytest.approx(0.035, rel=0.15)
        assert rows["conversions"].sum() / site["orders"].sum() == pytest.approx(0.93, abs=0.01)


def test_an_ads_click_through_rate_varies_by_five_percent_a_day_beyond_counting(normal: World):
    """Variance of log CTR less what counting explains, on days without any incident."""
    rows = final(normal).filter(pl.col("date_day") < NORMAL.day(56))
    days = rows.group_by("ad_id", "date_day").agg(pl.col("clicks").sum(), pl.col("impressions").sum())
    days = days.filter(pl.col("clicks").min().over("ad_id") >= 40)
    days = days.with_columns(log=(pl.col("clicks") / pl.col("impressions")).log())
    extra = days.group_by("ad_id").agg(beyond=pl.col("log").var() - (1 / pl.col("clicks")).mean())
    mean = extra["beyond"].mean()
    assert isinstance(mean, float)
    assert np.sqrt(mean) == pytest.approx(np.hypot(0.05, SPECIFIED.noise.ctr_account), rel=0.15)


def test_drifts_remember_yesterday():
    path = drift(np.random.default_rng(1), 0.1, 200, 300)
    assert path.std() == pytest.approx(0.1, rel=0.05)
    assert np.corrcoef(path[:, 1:].ravel(), path[:, :-1].ravel())[0, 1] == pytest.approx(MEMORY, abs=0.02)


def test_hard_incidents_are_weaker_and_rarer_to_see_yet_above_their_bar(normal: World, hard: World):
    for world in (normal, hard):
        assert min(one.z for one in world.happenings if not one.is_decoy) >= world.company.shape.least_z
    sizes = [
        np.median([abs(np.log(max(one.strength, 0.05))) for one in world.happenings if not one.is_decoy])
        for world in (normal, hard)
    ]
    assert sizes[1] < sizes[0]


@pytest.mark.parametrize("mode", ["normal", "hard"])
def test_who_knows_an_incidents_form_sees_it_in_the_tables(mode: str, request: pytest.FixtureRequest):
    """Read from the exported tables alone, with a matched filter: place, days and direction known, nothing else."""
    world: World = request.getfixturevalue(mode)
    incidents = [one for one in world.happenings if not one.is_decoy]
    seen = np.array([matched(world, one) for one in incidents])
    assert np.mean(seen >= 3) >= 0.95  # the luck of the draw takes some below the bar they were placed at
    assert np.median(seen) >= world.company.shape.least_z
    for kind in ("creative_fatigue", "landing_page_break", "retention_drop", "auction_pressure"):
        ratios = [z / one.z for z, one in zip(seen, incidents, strict=True) if one.kind == kind]
        assert 0.7 <= np.median(ratios) <= 1.4


@pytest.mark.parametrize("causes", ["other", "all"])
def test_the_other_causes_bring_their_own_tables_and_keep_the_contract(causes: str, tmp_path: Path):
    world = build(1, replace(NORMAL, causes=causes))
    world.write(tmp_path)
    source = FolderSource(tmp_path, today=lambda: date(2026, 11, 1))
    assert world.tables.keys() >= {"search_report", "market", "experiment"}
    assert not world.tables.keys() & {gap.table for gap in asyncio.run(source.check())}
    kinds = {one["kind"] for one in world.truth if not one["decoy"]}
    assert kinds >= {"pacing_drift", "engagement_drop", "offer_decay", "test_ready", "competitor_move"}
    tests = [one for one in world.truth if one["kind"] == "test_ready"]
    assert all(one["start"] < one["felt_on"] <= one["end"] for one in tests)
    assert world.tables["experiment"]["test_id"].n_unique() == 2 * len(tests)


def test_nothing_caps_a_campaign_but_an_incident(normal: World):
    capped = {
        (one["scope"]["campaign_id"], one["start"], one["end"]) for one in normal.truth if one["kind"] == "budget_cap"
    }
    status = normal.tables["campaign_status"].filter(pl.col("hours_served") < 23)
    for campaign, day in status.select("campaign_id", "date_day").iter_rows():
        assert any(campaign == name and start <= day.isoformat() <= end for name, start, end in capped)
    assert status.height > 20
