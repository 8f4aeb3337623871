"""Figures no company has: an outcome is measured or says why not, and nothing breaks."""

import math
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
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
