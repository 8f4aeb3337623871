"""Hours: what breaks this afternoon is said this afternoon, and one odd hour is nobody's business."""

from datetime import date
from functools import cache

import numpy as np
import polars as pl
import pytest

from agents.intraday import LASTS, intraday
from agents.measures.hourly import TABLE
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.signal import Cause
from tests.agents.hours import Spell, hourly, with_hours
from tests.agents.world import FIRST, World, combined, company, findings, on

TODAY = 100
FIGURES = ("impressions", "clicks", "spend")
C11 = {"account_id": "a1", "campaign_id": "c11"}


@cache
def quiet() -> World:
    return company(5)


@cache
def yesterday() -> Readings:
    return quiet().readings(TODAY - 1)


def seen(hour: int, *spells: Spell, seed: int = 1, share: float = 1.0, **tables: pl.DataFrame) -> list[Finding]:
    readings = with_hours(yesterday(), hourly(quiet(), seed, TODAY, hour, *spells, share=share))
    readings = Readings(readings.as_of, {**readings.tables, **tables})
    return intraday("performance", readings)


def test_dearer_impressions_since_this_afternoon_are_said_with_the_hours_and_the_usual_price():
    found = [one for one in seen(19, Spell("cpm", 1.6, TODAY, 14, where=C11)) if one.kind is FindingKind.CPM_RISE]
    (one,) = found
    assert dict(one.scope.ids()) == {"platform": "meta", **C11}
    assert one.since == on(TODAY)
    assert one.table == TABLE
    assert one.evidence.startswith("CPM ")
    assert one.evidence.endswith("usual, 6 hours since 14:00")
    assert 0.45 < one.change < 0.75
    assert one.interval[0] < 0.6 < one.interval[1]
    assert one.observed == pytest.approx(one.baseline * (1 + one.change))


def test_clicks_that_stay_away_make_each_click_dearer_and_both_are_said():
    found = seen(20, Spell("ctr", 0.5, TODAY, 12, where=C11))
    assert {one.kind for one in found} == {FindingKind.CPC_RISE, FindingKind.CTR_DECLINE}
    assert {one.scope.campaign_id for one in found} == {"c11"}


@pytest.mark.parametrize("hours", [1, 2, LASTS - 1])
def test_an_odd_hour_is_nobodys_business_however_odd(hours: int):
    for end in (0, 1, 4):
        assert seen(10 + hours + end, Spell("cpm", 4.0, TODAY, 11, hours=hours, where=C11)) == []


def test_what_is_over_is_not_said():
    assert seen(20, Spell("cpm", 1.8, TODAY, 8, hours=8, where=C11)) == []


def test_quiet_days_stay_quiet_at_every_hour():
    said = [one for seed in range(5) for hour in (3, 9, 14, 23) for one in seen(hour, seed=seed)]
    assert len(said) <= 1, [one.evidence for one in said]


def test_thin_hours_stay_quiet():
    said = [one for seed in range(4) for one in seen(21, seed=seed, share=0.02)]
    assert said == []


def test_what_all_campaigns_of_an_account_do_is_no_campaigns_incident():
    assert seen(20, Spell("cpm", 1.6, TODAY, 13, where={"account_id": "a1"})) == []


def test_an_account_that_reports_later_than_another_is_judged_up_to_its_own_newest_hour():
    rows = hourly(quiet(), 1, TODAY, 20, Spell("cpm", 1.6, TODAY, 12, where=C11))
    late = (pl.col("account_id") == "a1") & (pl.col("date_day") == on(TODAY)) & (pl.col("hour") > 18)
    found = intraday("performance", with_hours(yesterday(), rows.filter(~late)))
    (one,) = [one for one in found if one.kind is FindingKind.CPM_RISE]
    assert one.evidence.endswith("usual, 7 hours since 12:00")


@pytest.mark.parametrize("back", [0, 3])
def test_days_with_an_hour_more_or_less_say_nothing(back: int):
    rows = hourly(quiet(), 1, TODAY, 20)
    changed = (pl.col("date_day") == on(TODAY - back)) & (pl.col("hour") == 2)
    twice = [pl.when(changed).then(2 * pl.col(name)).otherwise(pl.col(name)).alias(name) for name in FIGURES]
    for one in (rows.filter(~changed), rows.with_columns(twice)):
        assert intraday("performance", with_hours(yesterday(), one)) == []


def test_a_campaign_paused_at_noon_says_nothing():
    rows = hourly(quiet(), 1, TODAY, 20)
    paused = (pl.col("campaign_id") == "c11") & (pl.col("date_day") == on(TODAY)) & (pl.col("hour") >= 12)
    readings = with_hours(yesterday(), rows.filter(~paused))
    assert intraday("performance", readings) == []


def test_a_budget_edit_is_no_move_of_spend():
    doubled = {
        at: yesterday().tables["campaign_status"].with_columns(
            daily_budget=pl.lit(100.0) * pl.when(pl.col("date_day") >= on(at)).then(2.0).otherwise(1.0)
        )
        for at in (TODAY - 1, TODAY + 1)
    }  # fmt: skip
    spell = Spell("demand", 2.2, TODAY - 1, 0, where=C11)
    edited = seen(8, spell, campaign_status=doubled[TODAY - 1])
    unedited = seen(8, Spell("demand", 2.6, TODAY, 0, where=C11), campaign_status=doubled[TODAY + 1])
    assert FindingKind.SPEND_RISE not in {one.kind for one in edited}
    assert {one.kind for one in unedited} == {FindingKind.SPEND_RISE}


def test_a_holiday_is_not_judged_by_the_hour():
    marked = pl.DataFrame({"date_day": [on(TODAY)], "account_id": [""], "kind": ["holiday"], "name": ["Easter"]})
    assert seen(20, Spell("cpm", 1.6, TODAY, 13, where=C11), calendar=marked) == []


def test_without_hours_nothing_changes():
    assert intraday("performance", yesterday()) == []
    assert findings(yesterday()) == findings(with_hours(yesterday(), hourly(quiet(), 1, TODAY, 9).clear()))


def test_a_clear_and_lasting_rise_opens_a_signal_with_its_cause():
    readings = with_hours(yesterday(), hourly(quiet(), 1, TODAY, 20, Spell("cpm", 1.6, TODAY, 12, where=C11)))
    (signal,) = combined(readings).signals
    assert (signal.cause, signal.scope.campaign_id, signal.since) == (Cause.AUCTION_PRESSURE, "c11", on(TODAY))
    assert signal.at_stake_per_day > 0


@pytest.mark.parametrize("days", [1, 5, 12])
def test_a_short_history_says_nothing_and_breaks_nothing(days: int):
    rows = hourly(quiet(), 1, TODAY, 20, Spell("cpm", 1.6, TODAY, 12, where=C11))
    assert intraday("performance", with_hours(yesterday(), rows.filter(pl.col("date_day") > on(TODAY - days)))) == []


def test_odd_figures_break_nothing():
    rows = hourly(quiet(), 1, TODAY, 20)
    chance = np.random.default_rng(2)
    for column in FIGURES:
        worst = chance.choice([0, 1, 10**15], rows.height)
        odd = rows.with_columns(pl.Series(column, worst).cast(rows[column].dtype))
        assert all(isinstance(one.since, date) for one in intraday("performance", with_hours(yesterday(), odd)))
    assert date(2026, 1, 5) == FIRST
