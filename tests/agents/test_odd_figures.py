"""Figures no company has: an outcome is measured or says why not, and nothing breaks."""

import math
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agents.learning import measure
from domain.action import RefreshCreative
from domain.case import ProposalStatus, ProposalView
from domain.finding import FindingKind
from domain.proposal import Forecast, Proposal
from domain.receipt import Receipt, ReceiptStatus
from domain.scope import Scope
from domain.signal import Cause
from domain.verdict import Ask
from tests.agents.company import ad_row, days, finding, frame, readings, signal
from tests.agents.world import combined, findings

DONE = date(2026, 3, 14)
LATER = DONE + timedelta(days=14)
AD = Scope(platform="meta", account_id="a1", campaign_id="c3", ad_id="ad0")
TIRED = signal(Cause.CREATIVE_FATIGUE, AD, [finding(FindingKind.CTR_DECLINE, AD)], since=DONE - timedelta(days=6))
REFRESH = RefreshCreative(
    kind="refresh_creative", platform="meta", account_id="a1", currency="EUR", campaign_id="c3", ad_id="ad0",
    brief="New.", variants=3,
)  # fmt: skip
AMOUNT = st.sampled_from([None, 0, 1, 3, 260, 20_000, 10**12])


def executed(forecast: float) -> ProposalView:
    proposal = Proposal(
        id="prop_0123456789ab", signal_id=TIRED.id, action=REFRESH, owner="creative_lead", why="Worn.",
        forecast=Forecast(metric="ctr", change=forecast, interval=(-0.1, 0.4), basis="a prior"), proposed_on=DONE,
    )  # fmt: skip
    receipt = Receipt(
        action_id="act_1", proposal_id=proposal.id, status=ReceiptStatus.DONE, before={}, after={}, answer="ok",
        at=datetime(2026, 3, 14, 10, 0, tzinfo=UTC),
    )  # fmt: skip
    verdict = Ask(role="creative_lead", within_hours=72, rules=())
    return ProposalView(proposal=proposal, verdict=verdict, status=ProposalStatus.EXECUTED, receipt=receipt)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    clicks=st.lists(AMOUNT, min_size=7, max_size=7),
    shown=st.lists(AMOUNT, min_size=5, max_size=5),
    gaps=st.sets(st.integers(0, 89)),
    ads=st.integers(1, 3),
    forecast=st.sampled_from([0.0, -1.0, 0.25, 1e9]),
)
def test_an_outcome_of_odd_figures_is_a_number_or_a_reason(
    clicks: list[int | None], shown: list[int | None], gaps: set[int], ads: int, forecast: float
):
    rows = [
        ad_row(day, "c3", f"ad{ad}", clicks=clicks[(at + ad) % 7], impressions=shown[(at + 2 * ad) % 5])
        for at, day in enumerate(days(90, LATER))
        for ad in range(ads)
        if at not in gaps
    ]
    table = frame("ad_report", rows or [ad_row(DONE, "c3", "other")])
    found = measure(executed(forecast), TIRED, readings({"ad_report": table}, LATER), LATER)
    if found.measurable:
        assert found.effect is not None
        assert found.interval
        assert math.isfinite(found.effect)
        assert -1 <= found.interval[0] <= found.effect <= found.interval[1]
    else:
        assert found.method.startswith("not measurable: ")


COUNTS = (None, 0, 1, 3, 260, 20_000, 10**9, 10**12)
MONEY = (None, 0.0, 0.01, 12.5, 1e-9, 1e12, math.nan, -40.0)
SHARES = (None, 0.0, 0.5, 1.0, 7.0, 1e9, math.nan, -1.0)
PLACES = [{"platform": "meta", "account_id": "a1", "campaign_id": one} for one in ("c1", "c2", "c3")]
ADS = [{**one, "ad_group_id": "g", "ad_id": f"{one['campaign_id']}{at}"} for one in PLACES for at in range(2)]
SEGMENTS = [{"account_id": "a1", "segment_id": one, "channel": "email"} for one in ("s1", "s2")]
ODD_COLUMNS = {
    "ad_report": (ADS, {"impressions": COUNTS, "clicks": COUNTS, "spend": MONEY, "conversions": MONEY,
                        "segment_id": (None, "s1", "s2")}),
    "web_report": (PLACES, {"sessions": COUNTS, "orders": COUNTS, "revenue": MONEY}),
    "ad_delivery": (ADS, {"reach": COUNTS, "frequency": SHARES}),
    "campaign_status": (PLACES, {"daily_budget": MONEY, "hours_served": SHARES, "status": ("active",)}),
    "lifecycle_report": (SEGMENTS, {"delivered": COUNTS, "unique_clicks": COUNTS, "unsubscribes": COUNTS,
                                    "revenue": MONEY}),
    "cohort_report": ([{"account_id": "a1", "segment_id": "s1", "horizon_days": 30}],
                      {"cohort_size": COUNTS, "retained": COUNTS}),
}  # fmt: skip
EXPOSURES = {"impressions", "delivered", "cohort_size", "reach"}


def odd_company(seed: int, span: int, *, empty: bool) -> dict[str, pl.DataFrame]:
    """Tables of any figures at all on some of the days; `empty`: nothing was ever shown, sent or read."""
    rng = np.random.default_rng(seed)
    tables: dict[str, pl.DataFrame] = {}
    for name, (keys, columns) in ODD_COLUMNS.items():
        rows = [
            {"date_day": LATER - timedelta(days=age), **key}
            | {
                column: 0 if empty and column in EXPOSURES else some[int(rng.integers(len(some)))]
                for column, some in columns.items()
            }
            for age in range(span)
            for key in keys
            if rng.random() < 0.8
        ]
        if rows:
            tables[name] = frame(name, rows)
    return tables


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), span=st.sampled_from([1, 2, 9, 40]), empty=st.booleans())
@example(seed=2065, span=40, empty=True)  # from next to nothing to a fortune
def test_agents_make_of_odd_figures_numbers_they_can_stand_by_and_no_noise(seed: int, span: int, *, empty: bool):
    tables = odd_company(seed, span, empty=empty)
    if "ad_report" not in tables:
        return
    odd = readings(tables, LATER)
    found = findings(odd)
    for one in found:
        assert math.isfinite(one.change)
        assert -1 <= one.interval[0] <= one.change <= one.interval[1]
        assert one.baseline >= 0
        assert one.since <= LATER
    assert span >= 9 or not found, "a week is needed to know what is usual"
    made = combined(odd)
    assert all(one.at_stake_per_day.is_finite() and one.at_stake_per_day >= 0 for one in (*made.signals, *made.faint))


@pytest.mark.parametrize("silent", ["clicks", "impressions"])
def test_a_figure_that_is_nothing_all_the_time_is_too_thin_to_judge(silent: str):
    figures = {"clicks": 40, "impressions": 9_000} | {silent: 0}
    rows = [
        ad_row(day, campaign, f"{campaign}-ad", **figures) for day in days(60, LATER) for campaign in ("c1", "c2", "c3")
    ]
    assert not findings(readings({"ad_report": frame("ad_report", rows)}, LATER))
