"""A segment's cohorts at every age: what was to be expected, whether it fell, and what that costs."""

from datetime import timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agents.combine import combine
from agents.lifecycle import Lifecycle
from agents.measures import cohorts
from domain.finding import FindingKind
from domain.reading import Readings
from domain.signal import Cause
from tests.agents.statistics.cohort_company import REVENUE, TODAY, company, kept_after
from tests.agents.world import MODEL


def test_a_fall_is_told_age_by_age_with_what_was_to_be_expected() -> None:
    found = Lifecycle().look(company(1, fall=-0.25), TODAY)
    assert [one.kind for one in found] == [FindingKind.RETENTION_DECLINE]
    assert "D7 " in found[0].evidence
    assert "D30 " in found[0].evidence
    assert "expected [" in found[0].evidence
    assert found[0].change == pytest.approx(np.expm1(-0.25), abs=0.05)


def test_cohorts_within_what_cohorts_vary_by_are_no_finding() -> None:
    assert sum(len(Lifecycle().look(company(seed), TODAY)) for seed in range(20, 40)) <= 1


def test_the_expected_share_is_the_curves_and_its_interval_holds_what_comes() -> None:
    inside = seen = 0
    for seed in range(40, 70):
        found = cohorts(company(seed), "a1", "s1", 14)
        assert found is not None
        for age in found.ages:
            assert age.expected == pytest.approx(kept_after(age.days), rel=0.04)
            inside += age.interval[0] <= age.observed <= age.interval[1]
            seen += 1
    assert inside / seen > 0.9


def test_all_ages_judged_together_are_clearer_than_each() -> None:
    found = cohorts(company(2, fall=-0.09, days=14), "a1", "s1", 14)
    quiet = cohorts(company(2, fall=-0.09, days=14), "a1", "s2", 14)
    assert found is not None
    assert quiet is not None
    assert found.p_value < 0.05 < quiet.p_value
    assert found.p_value <= max(age.p_value for age in found.ages)


def test_a_stake_is_the_custom_lost_with_a_shorter_lifetime() -> None:
    readings = company(3, fall=-0.25, days=14)
    found = cohorts(readings, "a1", "s1", 14)
    assert found is not None
    assert found.lost_lifetime == pytest.approx(-np.expm1(-0.25), abs=0.05)
    signal = combine(Lifecycle().look(readings, TODAY), readings, TODAY, MODEL).signals[0]
    assert signal.cause is Cause.RETENTION_DROP
    assert signal.at_stake_per_day == pytest.approx(Decimal(str(REVENUE * found.lost_lifetime)), rel=Decimal("0.1"))


def test_without_three_ages_there_is_no_curve_but_still_a_finding() -> None:
    readings = company(4, fall=-0.3)
    few = Readings(
        TODAY,
        {**readings.tables, "cohort_report": readings.tables["cohort_report"].filter(pl.col("horizon_days") != 90)},
    )
    assert cohorts(few, "a1", "s1", 14) is None
    found = Lifecycle().look(few, TODAY)
    assert [one.kind for one in found] == [FindingKind.RETENTION_DECLINE]
    assert "expected [" not in found[0].evidence


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example([(0, 0, 1, 0), (14, 1, 1, 0), (14, 7, 5, 5), (14, 30, 4, 0)])  # all stayed: nothing to vary by
@given(st.lists(st.tuples(st.integers(0, 104), st.sampled_from([0, 1, 7, 30, 90, 10**6]), st.integers(0, 10**9),
                          st.integers(0, 10**9)), max_size=40))  # fmt: skip
def test_cohorts_however_odd_are_no_crash(rows: list[tuple[int, int, int, int]]) -> None:
    table = pl.DataFrame(
        [{"date_day": TODAY - timedelta(days=ago), "account_id": "a1", "segment_id": "s1", "horizon_days": age,
          "cohort_size": size, "retained": kept} for ago, age, size, kept in rows],
        schema={"date_day": pl.Date, "account_id": pl.String, "segment_id": pl.String, "horizon_days": pl.Int64,
                "cohort_size": pl.Int64, "retained": pl.Int64},
    ).unique(("date_day", "horizon_days"))  # fmt: skip
    readings = Readings(TODAY, {"cohort_report": table})
    Lifecycle().look(readings, TODAY)
    found = cohorts(readings, "a1", "s1", 14)
    if found is not None:
        assert 0 <= found.p_value <= 1
        assert all(0 <= age.interval[0] <= age.interval[1] <= 1 for age in found.ages)
