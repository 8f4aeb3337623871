"""Spend against plan: who misses it is told, who always left a part of the budget unspent is not."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from agents.planning import plan
from agents.thresholds import PACE_OVER
from domain.action import SetBudget, ShiftBudget
from domain.finding import FindingKind
from domain.reading import Readings
from domain.scope import Grain
from domain.signal import Cause, Signal
from tests.agents.world import MODEL, Blow, World, combined, company

BUDGET = 700.0
"""Daily budget of every campaign: some 60 % of it is usually spent."""
DAY = 112
"""27 April: nearly the end of a month."""


def planned(world: World, day: int = DAY, budget: Callable[[], pl.Expr] = lambda: pl.lit(BUDGET)) -> Readings:
    """The tables of a day under budgets that stay what they are, whatever is spent."""
    seen = world.readings(day)
    status = seen.tables["campaign_status"].with_columns(daily_budget=budget())
    return replace(seen, tables={**seen.tables, "campaign_status": status})


def drifts(readings: Readings) -> list[Signal]:
    return [one for one in combined(readings).signals if one.cause is Cause.PACING_DRIFT]


@pytest.mark.parametrize("seed", [3, 4])
def test_a_campaign_that_spends_half_of_what_it_used_to_is_behind_its_plan(seed: int) -> None:
    readings = planned(company(seed, Blow("demand", 0.45, 105, ramp=2, where={"campaign_id": "c13"})))
    (signal,) = drifts(readings)
    assert signal.scope.campaign_id == "c13"
    assert "is off its spending plan: daily spend −" in signal.headline
    assert signal.stake_is == "planned spend unused"
    assert 120 <= signal.at_stake_per_day <= 330
    (finding,) = signal.findings
    assert finding.kind is FindingKind.PLAN_GAP
    assert "would be its usual share" in finding.evidence
    against = {one.cause: one.because for one in signal.ruled_out}
    assert "of the budget is spent" in against[Cause.BUDGET_CAP]
    assert against[Cause.AUCTION_PRESSURE].startswith("the price of reach hardly moved, CPM ")


def test_an_unspent_budget_is_never_raised_but_used_elsewhere() -> None:
    readings = planned(company(3, Blow("demand", 0.45, 105, ramp=2, where={"campaign_id": "c13"})))
    (signal,) = drifts(readings)
    proposed = [one.action for one in plan(signal, readings, (), readings.as_of, MODEL)]
    assert not any(isinstance(one, SetBudget) for one in proposed)
    shifts = [one for one in proposed if isinstance(one, ShiftBudget)]
    assert shifts
    assert all(one.from_campaign == "c13" for one in shifts)


def test_a_campaign_that_spends_beyond_its_budgets_runs_ahead_and_is_cut() -> None:
    readings = planned(company(3, Blow("demand", 2.3, 105, ramp=2, where={"campaign_id": "c22"})))
    (signal,) = drifts(readings)
    assert signal.scope.campaign_id == "c22"
    assert signal.findings[0].change > PACE_OVER - 1
    assert signal.stake_is == "spend beyond plan"
    (action,) = [one.action for one in plan(signal, readings, (), readings.as_of, MODEL)]
    assert isinstance(action, SetBudget)
    assert action.daily_budget < action.was


def test_an_account_that_drifts_as_a_whole_is_one_signal() -> None:
    readings = planned(company(3, Blow("demand", 0.5, 104, ramp=2, where={"account_id": "a2"})))
    (signal,) = drifts(readings)
    assert signal.scope.grain is Grain.ACCOUNT
    assert signal.scope.account_id == "a2"


def test_one_day_at_twice_the_budget_is_the_platforms_own_business() -> None:
    assert not drifts(planned(company(3, Blow("demand", 3.4, DAY, days=1, where={"campaign_id": "c13"}))))


@pytest.mark.parametrize("used", [0.3, 0.62, 0.85, 1.0])
def test_a_budget_that_is_always_left_in_part_unspent_is_no_drift(used: float) -> None:
    usual = 430.0
    assert not drifts(planned(company(5), budget=lambda: pl.lit(usual / used)))


def test_a_larger_budget_that_changes_nothing_is_no_drift() -> None:
    day = pl.col("date_day")
    grown = lambda: pl.when(day >= day.max() - pl.duration(days=7)).then(2 * BUDGET).otherwise(BUDGET)  # noqa: E731
    assert not drifts(planned(company(5), budget=grown))


def test_a_paused_campaign_has_no_plan_to_miss() -> None:
    seen = planned(company(3, Blow("demand", 0.45, 105, ramp=2, where={"campaign_id": "c13"})))
    paused = pl.when(pl.col("campaign_id") == "c13").then(pl.lit("paused")).otherwise("status").alias("status")
    status = seen.tables["campaign_status"].with_columns(paused)
    assert not drifts(replace(seen, tables={**seen.tables, "campaign_status": status}))


def test_a_running_campaign_that_stops_spending_is_behind_its_plan() -> None:
    seen = planned(company(3))
    gone = (pl.col("campaign_id") == "c13") & (pl.col("date_day") > pl.col("date_day").max() - pl.duration(days=5))
    report = seen.tables["ad_report"].filter(~gone)
    (signal,) = drifts(replace(seen, tables={**seen.tables, "ad_report": report}))
    assert signal.scope.campaign_id == "c13"
    assert signal.findings[0].change < -0.9
