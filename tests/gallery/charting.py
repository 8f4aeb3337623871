"""Charts of real signals: a small company is struck, its agents notice, and what they drew is drawn."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

from agents.charting import chart
from agents.planning import plan
from domain.case import Case, ProposalStatus, ProposalView
from domain.chart import Chart
from domain.proposal import Approved
from domain.verdict import Ask
from tests.agents.world import MODEL, Blow, company, lived, opened
from tests.bot import samples

DAY = 118


@cache
def charts() -> Mapping[str, tuple[str, Chart]]:
    """Name → what is to be seen, the chart."""
    return {
        "chart-campaign": (
            "Impressions cost more in one campaign; a few days later a test was approved.",
            _drawn(6, Blow("cpm", 1.4, 106, where={"campaign_id": "c12"})),
        ),
        "chart-marks": ("Two figures, a promotion, and what was decided.", samples.chart()),
    }


def _drawn(seed: int, blow: Blow) -> Chart:
    """The chart of the first signal after a blow, with a decision a few days later."""
    world = company(seed, blow)
    signal, *_ = opened(lived(world, blow.start, blow.start + 9))
    readings = world.readings(DAY)
    proposals = plan(signal, readings, (), signal.as_of, MODEL)[:1]
    decided = datetime.combine(signal.opened_on + timedelta(days=2), datetime.min.time(), UTC)
    views = tuple(
        ProposalView(
            proposal=one,
            verdict=Ask(role=one.owner, quorum=1, within_hours=72, rules=()),
            status=ProposalStatus.APPROVED,
            decision=Approved(proposal_id=one.id, version=one.version, by=samples.MARA, at=decided),
        )
        for one in proposals
    )
    drawn = chart(signal, readings, (Case(signal=signal, is_open=True, proposals=views),))
    assert drawn
    return drawn
