"""Where a figure goes by itself: read off its own past, and no forecast where that does not tell."""

import math
from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from agents.outlook import LEAST_DAYS, Outlook, outlook
from domain.action import Action, PauseAd, RefreshCreative, SetBudget, ShiftBudget, WriteBrief
from domain.signal import Cause
from tests.agents.company import TODAY, ad_row, days, frame, readings

META = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
REFRESH = RefreshCreative(**META, campaign_id="c3", ad_id="ad9", brief="New.")
CUT = SetBudget(**META, campaign_id="c3", daily_budget="360.00", was="450.00")
SINCE = TODAY - timedelta(days=7)


def table(length: int = 100, *, fall: float = 0.0, over: int = 1, seed: int = 4) -> pl.DataFrame:
    """Two ads of a campaign with a weekly rhythm; the click-through of ad9 falls by `fall` (log) over some days."""
    rng, rows = np.random.default_rng(seed), list[dict[str, object]]()
    for day in days(length):
        week = 1 + 0.15 * math.sin(2 * math.pi * day.weekday() / 7)
        grown = min(max((day - SINCE).days + 1, 0) / over, 1)
        for ad in ("ad9", "ad10"):
            rate = 0.0131 * week * math.exp(-fall * grown * (ad == "ad9"))
            clicks = rng.poisson(50_000 * rate)
            rows.append(
                ad_row(day, "c3", ad, impressions=50_000, clicks=clicks, spend=450.0, conversions=clicks * 0.03)
            )
    return frame("ad_report", rows)


def seen(action: Action = REFRESH, cause: Cause = Cause.CREATIVE_FATIGUE, **more: float) -> Outlook | None:
    return outlook(action, cause, SINCE, readings({"ad_report": table(**more)}), TODAY)


def known(found: Outlook | None) -> Outlook:
    assert found
    return found


def test_a_figure_that_stays_is_expected_to_stay():
    found = known(seen())
    assert found.usual == pytest.approx(0.0131, rel=0.03)
    assert abs(found.now) < 0.05
    assert abs(found.ahead) < 2 * found.ahead_sd


def test_what_wears_out_over_weeks_is_expected_to_wear_out_further():
    found = known(seen(fall=0.7, over=14))
    assert found.ahead < 1.5 * found.now < -0.1
    assert abs(found.ahead + 0.66) < 2 * found.ahead_sd


def test_a_break_overnight_is_not_expected_to_deepen():
    found = known(seen(fall=0.7, cause=Cause.LANDING_PAGE_BREAK))
    assert found.ahead == pytest.approx(-0.7, abs=0.1)
    assert found.ahead == pytest.approx(found.now, abs=0.05)


def test_costs_are_told_in_money_and_move_the_other_way():
    found = known(seen(CUT, Cause.OFFER_DECAY, fall=0.5))
    assert found.usual == pytest.approx(900 / (2 * 50_000 * 0.0131 * 0.03), rel=0.05)
    assert found.now > 0.1


def test_conversions_still_to_come_do_not_look_like_a_fall():
    rows = table()
    for age, share in enumerate((0.82, 0.94, 0.985)):
        late = pl.col("date_day") == TODAY - timedelta(days=age)
        rows = rows.with_columns(pl.when(late).then(pl.col("conversions") * share).otherwise(pl.col("conversions")))
    late = known(outlook(CUT, Cause.OFFER_DECAY, SINCE, readings({"ad_report": rows}), TODAY))
    assert abs(late.now) < 0.03


def test_holidays_and_promotions_teach_nothing():
    promo = [TODAY - timedelta(days=day) for day in range(30, 35)]
    wild = pl.col("date_day").is_in(promo)
    rows = table().with_columns(pl.when(wild).then(pl.col("clicks") * 3).otherwise(pl.col("clicks")).alias("clicks"))
    marks = frame("calendar", [{"date_day": day, "kind": "promo", "name": "Sale", "account_id": ""} for day in promo])
    plain, marked = (
        known(outlook(REFRESH, Cause.CREATIVE_FATIGUE, SINCE, readings({"ad_report": one, "calendar": marks}), TODAY))
        for one in (table(), rows)
    )
    assert plain == marked


@pytest.mark.parametrize("action", [
    WriteBrief(currency="EUR", theme="vests", brief="One page."),
    RefreshCreative(**META, campaign_id="c3", ad_id="nobody", brief="New."),
    ShiftBudget(**META, from_campaign="x1", to_campaign="x2", amount="10.00", from_was="50.00", to_was="50.00"),
    PauseAd(**META, campaign_id="nowhere", ad_id="ad9", spend_per_day="1.00"),
])  # fmt: skip
def test_where_nothing_is_known_there_is_no_outlook(action: Action):
    assert seen(action) is None


def test_a_past_too_short_or_without_any_clicks_is_no_past():
    short = (TODAY - SINCE).days + LEAST_DAYS
    assert seen(length=short) is None
    none = table().with_columns(pl.lit(0, pl.Int64).alias("clicks"))
    assert outlook(REFRESH, Cause.CREATIVE_FATIGUE, SINCE, readings({"ad_report": none}), TODAY) is None
    assert outlook(REFRESH, Cause.CREATIVE_FATIGUE, SINCE, readings({}), TODAY) is None


def test_an_onset_still_to_come_is_read_as_today():
    early = date.max
    assert known(outlook(REFRESH, Cause.CREATIVE_FATIGUE, early, readings({"ad_report": table()}), TODAY))
