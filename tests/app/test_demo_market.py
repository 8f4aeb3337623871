"""The demo market reacts to what is done, and to nothing else."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.company import DemoCompany
from app.demo.halden import FIRST_DEMO_DAY
from app.demo.log import ValueChange
from app.demo.noise import Noise, keys_of, ordinals, poisson

Found = Callable[..., DemoCompany]
RUN_CLUB_AD = "meta/a1/ad/ad9"


@pytest.fixture
def found(tmp_path: Path) -> Found:
    def start(name: str = "one", seed: int = 7) -> DemoCompany:
        return DemoCompany(tmp_path / name, seed)

    return start


def day(number: int) -> date:
    return FIRST_DEMO_DAY + timedelta(days=number)


def table(company: DemoCompany, name: str) -> pl.DataFrame:
    return pl.read_parquet(company.tables / f"{name}.parquet")


def ads(company: DemoCompany, first: int, last: int, **where: str) -> dict[str, float]:
    """Rates over some demo days, from the latest version of each row."""
    rows = table(company, "ad_report").sort("known_on").unique(["date_day", "ad_id", "segment_id"], keep="last")
    rows = rows.filter(
        pl.col("date_day").is_between(day(first), day(last)), *(pl.col(k) == v for k, v in where.items())
    )
    s = {name: float(rows[name].sum()) for name in ("impressions", "clicks", "spend", "conversions")}
    return s | {
        "ctr": s["clicks"] / max(s["impressions"], 1),
        "cvr": s["conversions"] / max(s["clicks"], 1),
        "cpa": s["spend"] / max(s["conversions"], 1),
    }


def click_rate(company: DemoCompany, segment: str, first: int, last: int) -> float:
    rows = table(company, "lifecycle_report").filter(
        pl.col("segment_id") == segment, pl.col("date_day").is_between(day(first), day(last))
    )
    return float(rows["unique_clicks"].sum() / rows["delivered"].sum())


def set_value(company: DemoCompany, address: str, was: str, to: str) -> None:
    company.set_values(f"{address}={to}", "U1", [ValueChange(address=address, was=was, to=to)])


def test_the_same_seed_and_the_same_acts_give_the_same_tables(found: Found):
    one, two = found("one"), found("two")
    for company in (one, two):
        company.advance(2)
        company.create_task("t", "U1", RUN_CLUB_AD, "refresh_creative", {})
        company.advance(3)
    for file in one.tables.glob("*.parquet"):
        assert pl.read_parquet(file).equals(pl.read_parquet(two.tables / file.name)), file.name


def test_another_seed_is_another_year(found: Found):
    assert not table(found("one"), "ad_report").equals(table(found("two", seed=8), "ad_report"))


def test_seven_days_one_by_one_are_the_same_as_a_week_at_once(found: Found):
    slow, fast = found("slow"), found("fast")
    for _ in range(7):
        slow.advance(1)
    fast.advance(7)
    for file in slow.tables.glob("*.parquet"):
        assert pl.read_parquet(file).equals(pl.read_parquet(fast.tables / file.name)), file.name


def test_starting_again_changes_nothing(found: Found):
    company = found()
    company.create_task("t", "U1", RUN_CLUB_AD, "refresh_creative", {})
    company.advance(4)
    before = {file.name: pl.read_parquet(file) for file in company.tables.glob("*.parquet")}
    again = found()
    assert again.today == day(4)
    assert all(pl.read_parquet(again.tables / name).equals(rows) for name, rows in before.items())


def test_a_budget_change_leaves_every_other_campaign_and_every_earlier_day_alone(found: Found):
    idle, acted = found("idle"), found("acted")
    set_value(acted, "meta/a1/campaign/c3/daily_budget", "720.00", "400.00")
    for company in (idle, acted):
        company.advance(10)

    def elsewhere(company: DemoCompany) -> pl.DataFrame:
        return table(company, "ad_report").filter((pl.col("campaign_id") != "c3") | (pl.col("date_day") <= day(0)))

    assert elsewhere(acted).equals(elsewhere(idle))
    assert ads(acted, 1, 10, campaign_id="c3")["spend"] < 0.75 * ads(idle, 1, 10, campaign_id="c3")["spend"]


def test_the_core_case_is_plain_on_the_first_day(found: Found):
    company = found()
    before, now = ads(company, -36, -9, campaign_id="c3"), ads(company, -5, 0, campaign_id="c3")
    assert now["cpa"] > 1.25 * before["cpa"]
    before, now = ads(company, -36, -9, segment_id="seg_run"), ads(company, -3, 0, segment_id="seg_run")
    assert now["ctr"] == pytest.approx(0.62 * before["ctr"], rel=0.1)
    assert click_rate(company, "seg_run", -3, 0) < 0.8 * click_rate(company, "seg_run", -36, -9)
    assert click_rate(company, "seg_trail", -3, 0) > 0.88 * click_rate(company, "seg_trail", -36, -9)


def test_history_is_quiet_before_the_first_incident(found: Found):
    company = found()
    for campaign in (f"c{n}" for n in range(1, 11)):
        early, late = ads(company, -70, -40, campaign_id=campaign), ads(company, -39, -9, campaign_id=campaign)
        assert late["ctr"] == pytest.approx(early["ctr"], rel=0.12)
        assert late["cpa"] == pytest.approx(early["cpa"], rel=0.2)


def test_a_fresh_creative_brings_clicks_back_and_a_flow_brings_mail_back(found: Found):
    idle, fresh, flow = found("idle"), found("fresh"), found("flow")
    fresh.create_task("t", "U1", RUN_CLUB_AD, "refresh_creative", {"brief": "A morning without a watch"})
    flow.create_task("t", "U1", "meta/a1/segment/seg_run", "retention_flow", {"channel": "email"})
    for company in (idle, fresh, flow):
        company.advance(16)
    assert ads(fresh, 6, 16, ad_id="ad9")["ctr"] > 1.25 * ads(idle, 6, 16, ad_id="ad9")["ctr"]
    assert ads(fresh, 6, 16, campaign_id="c3")["cpa"] < 0.9 * ads(idle, 6, 16, campaign_id="c3")["cpa"]
    assert click_rate(fresh, "seg_run", 7, 16) == click_rate(idle, "seg_run", 7, 16)
    assert click_rate(flow, "seg_run", 7, 16) > 1.2 * click_rate(idle, "seg_run", 7, 16)
    creative = table(fresh, "creative").filter(pl.col("ad_id") == "ad9").sort("known_on")
    assert creative["launched_on"].to_list()[-1] == day(1)
    assert creative["asset_id"].n_unique() == 2


def test_fatigue_comes_with_the_ads_own_frequency_and_a_refresh_resets_both(found: Found):
    company = found()
    company.advance(18)
    shown = table(company, "ad_delivery").filter(pl.col("ad_id") == "ad33")
    early = float(shown.filter(pl.col("date_day") < day(0))["frequency"].mean())  # pyright: ignore[reportArgumentType]
    assert shown.sort("date_day")["frequency"].to_list()[-1] > 1.5 * early
    assert ads(company, 16, 18, ad_id="ad33")["ctr"] < 0.6 * ads(company, -36, 0, ad_id="ad33")["ctr"]
    company.create_task("t", "U1", "tiktok/a3/ad/ad33", "refresh_creative", {})
    company.advance(8)
    assert ads(company, 23, 26, ad_id="ad33")["ctr"] > 0.85 * ads(company, -36, 0, ad_id="ad33")["ctr"]
    again = table(company, "ad_delivery").filter(pl.col("ad_id") == "ad33").sort("date_day")["frequency"].to_list()[-1]
    assert again < 1.15 * early


def test_a_tracking_outage_loses_the_pixel_but_not_the_orders_until_it_is_fixed(found: Found):
    idle, fixed = found("idle"), found("fixed")
    for company in (idle, fixed):
        company.advance(6)
    fixed.create_task("t", "U1", "google/a2/campaign/c5", "fix_tracking", {"symptom": "pixel"})
    for company in (idle, fixed):
        company.advance(7)

    def seen(company: DemoCompany, first: int, last: int) -> float:
        orders = table(company, "web_report").filter(
            pl.col("campaign_id") == "c5", pl.col("date_day").is_between(day(first), day(last))
        )
        return ads(company, first, last, campaign_id="c5")["conversions"] / float(orders["orders"].sum())

    assert seen(idle, -30, 0) == pytest.approx(0.93, abs=0.03)
    assert seen(idle, 4, 9) < 0.2
    assert seen(idle, 9, 10) < 0.3
    assert seen(fixed, 8, 10) > 0.8


def test_money_moved_away_from_a_weak_campaign_makes_its_orders_cheaper(found: Found):
    idle, moved = found("idle"), found("moved")
    set_value(moved, "meta/a1/campaign/c3/daily_budget", "720.00", "540.00")
    set_value(moved, "meta/a1/campaign/c1/daily_budget", "900.00", "1080.00")
    for company in (idle, moved):
        company.advance(10)
    weak, strong = ads(moved, 1, 7, campaign_id="c3"), ads(moved, 1, 7, campaign_id="c1")
    assert weak["cpa"] < 0.95 * ads(idle, 1, 7, campaign_id="c3")["cpa"]
    assert strong["cpa"] > ads(idle, 1, 7, campaign_id="c1")["cpa"]
    assert ads(moved, 1, 7, account_id="a1")["cpa"] < ads(idle, 1, 7, account_id="a1")["cpa"]


def test_a_capped_campaign_serves_fewer_hours_until_its_budget_is_raised(found: Found):
    company = found()
    company.advance(26)

    def hours(on: int) -> float:
        status = table(company, "campaign_status").filter(pl.col("campaign_id") == "c2", pl.col("date_day") == day(on))
        return float(status["hours_served"].item())

    assert hours(20) == 24
    assert hours(26) < 16
    set_value(company, "meta/a1/campaign/c2/daily_budget", "640.00", "960.00")
    company.advance(2)
    assert hours(28) > 1.2 * hours(26)


def test_a_paused_ad_stops_and_the_others_take_part_of_its_money(found: Found):
    idle, paused = found("idle"), found("paused")
    set_value(paused, "meta/a1/ad/ad11/status", "active", "paused")
    for company in (idle, paused):
        company.advance(6)
    assert ads(paused, 1, 6, ad_id="ad11")["spend"] == 0
    assert ads(paused, 1, 6, ad_id="ad9")["spend"] > ads(idle, 1, 6, ad_id="ad9")["spend"]
    assert ads(paused, 1, 6, campaign_id="c3")["spend"] < ads(idle, 1, 6, campaign_id="c3")["spend"]


def test_a_lower_target_buys_fewer_and_cheaper_orders(found: Found):
    idle, lower = found("idle"), found("lower")
    set_value(lower, "google/a2/campaign/c7/target_cpa", "18.00", "12.00")
    for company in (idle, lower):
        company.advance(14)
    usual, now = ads(idle, 1, 10, campaign_id="c7"), ads(lower, 1, 10, campaign_id="c7")
    assert now["spend"] < usual["spend"]
    assert now["cpa"] < usual["cpa"]


def test_a_rotated_campaign_reaches_another_segment(found: Found):
    company = found()
    details = {"from_segment": "seg_run", "to_segment": "seg_city"}
    company.create_task("t", "U1", "meta/a1/campaign/c3", "rotate_audience", details)
    company.advance(10)
    assert ads(company, -7, 0, campaign_id="c3", segment_id="seg_city")["impressions"] == 0
    city, run = (ads(company, 6, 10, campaign_id="c3", segment_id=s)["impressions"] for s in ("seg_city", "seg_run"))
    assert city > 3 * run
    pairs = table(company, "campaign_segment").select("campaign_id", "segment_id").rows()
    assert ("c3", "seg_city") in pairs


def test_a_written_guide_climbs_and_wins_clicks(found: Found):
    idle, written = found("idle"), found("written")
    entity = "content/insulated running vest"
    written.create_task("t", "U1", entity, "write_brief", {"theme": "insulated running vest", "page": ""})
    for company in (idle, written):
        company.advance(30)

    def clicks(company: DemoCompany) -> int:
        rows = table(company, "search_report").filter(
            pl.col("query") == "insulated running vest", pl.col("date_day") >= day(20)
        )
        return int(rows["clicks"].sum())

    assert clicks(written) > 1.5 * clicks(idle)


def test_the_promo_is_announced_and_lifts_everything(found: Found):
    company = found()
    promo = table(company, "calendar").filter(pl.col("kind") == "promo")
    assert promo["date_day"].min() == day(6)
    company.advance(12)
    for account in ("a1", "a3"):
        usual, promoted = ads(company, -20, -1, account_id=account), ads(company, 6, 9, account_id=account)
        assert promoted["conversions"] / 4 > 1.2 * usual["conversions"] / 20


def test_the_company_stays_alive_for_a_year(found: Found):
    company = found()
    later = [i.start for i in company.world.incidents if i.start > day(29)]
    for month in range(1, 12):
        assert any(day(30 * month) <= start < day(30 * month + 45) for start in later)


def test_a_day_passes_fast_even_after_a_year(found: Found):
    import time

    company = found()
    company.advance(330)
    started = time.process_time()
    company.advance(1)
    assert time.process_time() - started < 0.3


@given(st.floats(0.01, 60), st.floats(0.001, 0.999))
def test_a_larger_mean_never_gives_a_smaller_count(mean: float, chance: float):
    low, high = poisson(np.array([[chance, chance]]), np.array([[mean, mean * 1.3 + 0.5]]))[0]
    assert low <= high + 1


def test_counts_have_the_mean_and_spread_of_a_poisson():
    noise, days, keys = Noise(3), ordinals(date(2026, 1, 1), date(2026, 12, 31)), keys_of([str(n) for n in range(60)])
    for mean in (0.4, 3.0, 7.9, 8.1, 40.0):
        drawn = poisson(noise.uniform("test", days, keys), np.full((len(days), len(keys)), mean))
        assert drawn.mean() == pytest.approx(mean, rel=0.03)
        assert drawn.var() == pytest.approx(mean, rel=0.05)


def test_draws_do_not_depend_on_which_days_are_asked_for():
    noise, keys = Noise(3), keys_of(["a", "b", "c"])
    year = ordinals(date(2026, 1, 1), date(2026, 12, 31))
    assert np.array_equal(noise.drift("x", year, keys, 0.1)[200:203], noise.drift("x", year[200:203], keys, 0.1))
    assert np.array_equal(noise.uniform("x", year, keys[1:2])[:, 0], noise.uniform("x", year, keys)[:, 1])


def test_a_test_people_start_collects_visitors_until_it_is_rolled_out(found: Found):
    company = found()
    details = {"hypothesis": "A shorter form sells more", "metric": "cvr", "share": "0.5"}
    company.create_task("t1", "U1", "meta/a1/campaign/c1", "start_test", details)
    company.advance(8)
    mine = table(company, "experiment").filter(pl.col("hypothesis") == details["hypothesis"])
    assert mine["started_on"].unique().to_list() == [day(1)]
    assert mine["exposed"].max() == pytest.approx(8 * 300, rel=0.1)
    test = mine["test_id"].to_list()[0]
    company.create_task("t2", "U1", f"experiment/{test}", "roll_out_test", {"arm": "new"})
    company.advance(5)
    ended = table(company, "experiment").filter(pl.col("test_id") == test)
    assert max(ended["known_on"].to_list()) == day(9)
    assert [on for on in ended["ended_on"].unique().to_list() if on] == [day(9)]


def test_rolling_out_the_better_arm_sells_more(found: Found):
    idle, better = found("idle"), found("better")
    better.create_task("t", "U1", "experiment/test1", "roll_out_test", {"arm": "size adviser"})
    for company in (idle, better):
        company.advance(6)
    assert ads(better, 1, 6)["cvr"] > 1.08 * ads(idle, 1, 6)["cvr"]
