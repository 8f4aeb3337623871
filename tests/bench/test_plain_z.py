"""The plain test beside real data is the textbook one, on the days it may be used."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from scipy.stats import chi2_contingency

from tests.bench import plain_z
from tests.bench.plain_z import BASE_DAYS, LEAST_CLICKS

FIRST = date(2026, 1, 1)


def campaign(clicks: list[int], impressions: int = 1000) -> pl.DataFrame:
    days = [FIRST + timedelta(days=place) for place in range(len(clicks))]
    rows = {"campaign_id": "c1", "date_day": days, "clicks": clicks, "impressions": impressions}
    return pl.DataFrame(rows)


def test_its_square_is_pearsons_chi_square() -> None:
    clicks = [20, 25, 18, 22, 30, 21, 19, 24, 26, 23, 20, 22, 18, 27, 45]
    found = plain_z.tested(campaign(clicks))
    before = sum(clicks[:BASE_DAYS])
    known = chi2_contingency([[45, 955], [before, 14_000 - before]], correction=False).statistic
    assert found["z"].item() == pytest.approx(np.sqrt(known))


def test_days_without_two_weeks_before_or_with_few_clicks_are_not_usable() -> None:
    assert plain_z.tested(campaign([50] * BASE_DAYS)).is_empty()
    assert plain_z.tested(campaign([50] * BASE_DAYS + [LEAST_CLICKS - 1])).is_empty()
    assert plain_z.tested(campaign([50] * BASE_DAYS + [LEAST_CLICKS])).height == 1


def test_days_without_delivery_are_no_days_before() -> None:
    paused = pl.concat([campaign([50] * BASE_DAYS), campaign([0] * 5, impressions=0)])
    assert plain_z.tested(paused).is_empty()
