"""Spend against plan: who misses it is told, who always left a part of the budget unspent is not."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from agents.pacing import follows_trouble
from agents.planning import plan
from agents.thresholds import PACE_OVER
from domain.action import SetBudget, ShiftBudget
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Grain, Scope
from domain.signal import Cause, Signal
from tests.agents.world import MODEL, Blow, World, combined, company, on

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


@pytest.mark.parametrize(("demand", "told"), [(0.45, False), (2.3, True)])
def test_spending_less_where_a_segment_it_reaches_tires_is_part_of_that_and_doubling_is_not(
    demand: float, told: bool
) -> None:
    tired = [Blow(figure, 0.6, 100, ramp=3, where={"segment_id": "s11"}) for figure in ("ctr", "owned")]
    readings = planned(company(3, *tired, Blow("demand", demand, 104, ramp=2, where={"campaign_id": "c13"})))
    causes = [one.cause for one in combined(readings).signals]
    assert Cause.AUDIENCE_DECLINE in causes
    assert (Cause.PACING_DRIFT in causes) is told


@pytest.mark.parametrize("change", [0.4, 0.9])
def test_what_pays_more_for_dearer_results_of_a_tired_segment_follows_it_until_it_nearly_doubles(change: float) -> None:
    readings = company(3).readings(DAY)
    place = Scope(platform="meta", account_id="a1", segment_id="s11")
    gap = drift_of("c13", change)
    dearer = replace_kind(gap, FindingKind.CPA_RISE)
    assert follows_trouble(gap, Cause.AUDIENCE_DECLINE, place, (dearer,), readings) is (change < 0.8)
    assert not follows_trouble(gap, Cause.AUDIENCE_DECLINE, place, (), readings)
    assert not follows_trouble(gap, Cause.CREATIVE_FATIGUE, place, (dearer,), readings)
    assert not follows_trouble(drift_of("c21", change), Cause.AUDIENCE_DECLINE, place, (dearer,), readings)


def drift_of(campaign: str, change: float) -> Finding:
    return Finding(
        agent="performance", kind=FindingKind.PLAN_GAP, metric="spend", baseline=400.0, observed=400.0 * (1 + change),
        scope=Scope(platform="meta", account_id=f"a{campaign[1]}", campaign_id=campaign), change=change, q_value=1e-6,
        interval=(change - 0.1, change + 0.1), since=on(DAY - 7), window_days=7, evidence="as spent",
        table="campaign_status",
    )  # fmt: skip


def replace_kind(one: Finding, kind: FindingKind) -> Finding:
    return one.model_copy(update={"kind": kind, "metric": "cpa"})
