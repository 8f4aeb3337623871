"""One company and its core case, as the tests of the bot see it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.action import PauseAd, RefreshCreative, RetentionFlow, ShiftBudget
from domain.case import Case, Health, ProposalStatus, ProposalView
from domain.chart import Chart, Mark, Series
from domain.finding import Finding, FindingKind
from domain.operating_model import OperatingModel, Person, SourceSettings
from domain.proposal import Approved, Forecast, Overridden, Proposal
from domain.receipt import Outcome, Receipt, ReceiptStatus
from domain.scope import Scope
from domain.signal import Candidate, Cause, RuledOut, Signal
from domain.verdict import Ask

MARA, CLEO, NILS, EVE, ADA = "U0MARA0001", "U0CLEO0001", "U0NILS0001", "U0EVE00001", "U0ADA00001"
TODAY = date(2026, 3, 14)
NOW = datetime(2026, 3, 14, 9, 30, tzinfo=UTC)
SIG = "sig_1a2b3c4d5e6f"
REFRESH, SHIFT, FLOW, PAUSE = "prop_aaaaaaaaaaaa", "prop_bbbbbbbbbbbb", "prop_cccccccccccc", "prop_dddddddddddd"

MODEL = OperatingModel(
    company="Nordlicht Outdoor",
    source=SourceSettings(path="data"),
    people=(
        Person(name="Mara Lindt", slack=MARA, roles=frozenset({"media_lead"}), timezone="Europe/Berlin"),
        Person(name="Cleo Okafor", slack=CLEO, roles=frozenset({"creative_lead"})),
        Person(name="Nils Berg", slack=NILS, roles=frozenset({"crm_lead"})),
        Person(name="Eve Stone", slack=EVE, roles=frozenset({"analyst"})),
        Person(name="Ada Moreau", slack=ADA, roles=frozenset({"cmo"})),
    ),
)
AD = Scope(platform="meta", account_id="a1", campaign_id="c3", ad_id="ad9")


def finding(agent: str, kind: FindingKind, metric: str, was: float, now: float, **more: Any) -> Finding:
    change = now / was - 1
    made = {
        "scope": AD,
        "interval": (change - 0.1, change + 0.09),
        "q_value": 0.0004,
        "since": date(2026, 3, 9),
        "window_days": 5,
        "evidence": "412 clicks from 48,900 impressions against 655 expected",
    }
    return Finding(agent=agent, kind=kind, metric=metric, baseline=was, observed=now, change=change, **{**made, **more})


FINDINGS = (
    finding("performance", FindingKind.CPA_RISE, "cpa", 38.20, 55.90),
    finding("creative", FindingKind.CTR_DECLINE, "ctr", 0.0131, 0.0084),
    finding("lifecycle", FindingKind.ENGAGEMENT_DECLINE, "click_rate", 0.042, 0.031, table="lifecycle_report"),
)
SIGNAL = Signal(
    id=SIG,
    cause=Cause.CREATIVE_FATIGUE,
    confidence=0.93,
    scope=AD,
    headline="Trail Shoe video on Meta is wearing out: CTR −36 %",
    why="The same people have seen the Trail Shoe video 4.1 times; fewer click, so each customer costs 46 % more.",
    at_stake_per_day=Decimal("118.40"),
    currency="EUR",
    since=date(2026, 3, 9),
    opened_on=TODAY,
    as_of=TODAY,
    findings=FINDINGS,
    candidates=(
        Candidate(cause=Cause.CREATIVE_FATIGUE, probability=0.93),
        Candidate(cause=Cause.AUDIENCE_SATURATION, probability=0.05),
    ),
    ruled_out=(
        RuledOut(cause=Cause.AUCTION_PRESSURE, because="CPM moved only +2 % [-3, 7]"),
        RuledOut(cause=Cause.TRACKING_OUTAGE, because="pixel and shop orders agree within 1 %"),
    ),
    owners=("media_lead", "creative_lead", "crm_lead"),
    names={"c3": "Spring prospecting", "c5": "Brand search", "ad9": "Trail Shoe video", "s1": "Trail runners DACH"},
)


def ask(role: str, quorum: int = 1) -> Ask:
    return Ask(role=role, quorum=quorum, within_hours=72, rules=("Creative is always decided by a person",))


def proposal(ident: str, owner: str, action: Any, **more: Any) -> Proposal:
    made = {
        "forecast": Forecast(metric="ctr", change=0.25, interval=(0.12, 0.40), basis="3 measured outcomes here"),
        "why": "A worn-out creative recovers when the concept changes, not the budget.",
        "proposed_on": TODAY,
    }
    return Proposal(id=ident, signal_id=SIG, action=action, owner=owner, **{**made, **more})


def view(made: Proposal, status: ProposalStatus = ProposalStatus.PENDING, **more: Any) -> ProposalView:
    given = {"verdict": ask(made.owner), "expires_at": NOW + timedelta(hours=72), **more}
    return ProposalView(proposal=made, status=status, **given)


META = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
REFRESHING = proposal(
    REFRESH,
    "creative_lead",
    RefreshCreative(
        **META, campaign_id="c3", ad_id="ad9", brief="Keep the muddy trail opening; show the sole in the first second."
    ),
    remembered=("last time, 14 January: CTR +31 % [12, 52], forecast was +25 %",),
)
SHIFTING = proposal(
    SHIFT,
    "media_lead",
    ShiftBudget(
        **META,
        from_campaign="c3",
        to_campaign="c5",
        amount=Decimal("50.00"),
        from_was=Decimal("450.00"),
        to_was=Decimal("200.00"),
    ),
    forecast=Forecast(
        metric="cpa", change=-0.08, interval=(-0.15, 0.01), basis="a cautious first guess, nothing measured here yet"
    ),
    why="Brand search still converts at its usual cost while the video is replaced.",
)
FLOWING = proposal(
    FLOW,
    "crm_lead",
    RetentionFlow(**META, segment_id="s1", message="Three route ideas for the weekend, no discount."),
    forecast=None,
    why="The same segment also clicks less in e-mail.",
)
PAUSING = proposal(PAUSE, "media_lead", PauseAd(**META, campaign_id="c3", ad_id="ad9", spend_per_day=Decimal("118.40")))
CASE = Case(signal=SIGNAL, is_open=True, proposals=(view(REFRESHING), view(SHIFTING), view(FLOWING)))


def case_of(*views: ProposalView, **more: Any) -> Case:
    return Case(**{"signal": SIGNAL, "is_open": True, "proposals": views, **more})


APPROVED = Approved(proposal_id=SHIFT, version=1, by=MARA, at=NOW)
OVERRIDDEN = Overridden(
    proposal_id=SHIFT,
    version=1,
    by=MARA,
    at=NOW,
    action=SHIFTING.action.model_copy(update={"amount": Decimal("30.00")}),
    reason="Brand search is almost sold out this week",
)


def receipt(status: ReceiptStatus) -> Receipt:
    return Receipt(
        action_id="act_1",
        proposal_id=SHIFT,
        status=status,
        before={"meta/a1/campaign/c3/daily_budget": "450.00", "meta/a1/campaign/c5/daily_budget": "200.00"},
        after={"meta/a1/campaign/c3/daily_budget": "400.00", "meta/a1/campaign/c5/daily_budget": "250.00"},
        answer="2 values set",
        at=NOW + timedelta(seconds=4),
    )


OUTCOME = Outcome(
    proposal_id=SHIFT,
    metric="cpa",
    measurable=True,
    effect=-0.11,
    interval=(-0.19, -0.02),
    forecast=-0.08,
    window=(date(2026, 3, 15), date(2026, 3, 21)),
    method="difference to 3 untouched sibling campaigns",
    measured_on=date(2026, 3, 22),
)
HEALTH = Health(
    today=TODAY,
    last_sweep=TODAY,
    last_sweep_took_seconds=2.4,
    sources=("ad_report: up to 14 March, 2,304 rows", "lifecycle_report: up to 14 March, 212 rows"),
    gaps=("no web_report, so tracking faults cannot be told from page faults",),
    agents=("performance: 3 findings on 14 March", "creative: 1 finding on 14 March"),
    open_signals=1,
    pending=3,
)


def chart() -> Chart:
    days = tuple(date(2026, 2, 10) + timedelta(days=offset) for offset in range(33))
    wiggle = [0.06 * ((offset * 7) % 5 - 2) for offset in range(33)]
    fall = [0.0 if one < date(2026, 3, 9) else 0.09 * ((one - date(2026, 3, 8)).days + 1) for one in days]
    ctr = tuple(1.31 + up - down for up, down in zip(wiggle, fall, strict=True))
    cpa = tuple(38.2 + 20 * -up + 34 * down for up, down in zip(wiggle, fall, strict=True))
    band = lambda middle, half: (tuple([middle - half] * 33), tuple([middle + half] * 33))  # noqa: E731
    return Chart(
        title="Trail Shoe video on Meta is wearing out",
        series=(
            Series(
                title="Click-through rate, Trail Shoe video", metric="ctr", unit="%", days=days, observed=ctr,
                low=band(1.31, 0.17)[0], high=band(1.31, 0.17)[1],
            ),
            Series(
                title="Cost per conversion, Spring prospecting", metric="cpa", unit="EUR", days=days,
                observed=(*cpa[:10], None, *cpa[11:]), low=band(38.2, 5.0)[0], high=band(38.2, 5.0)[1],
            ),
        ),
        since=date(2026, 3, 9),
        marks=(
            Mark(day=date(2026, 2, 21), label="promo: Winter sale starts"),
            Mark(day=date(2026, 3, 12), label="budget cut approved by Mara Lindt"),
        ),
        alt="Click-through rate fell from 1.31 % to 0.84 % after 9 March while cost per conversion rose to €55.90.",
    )  # fmt: skip


EVIDENCE = (
    ("What", "Expected → seen", "Change [95 %]"),
    ("Fewer people click: Trail Shoe video (creative agent, since 9 March)", "1.31 % → 0.84 %", "CTR −36 % [−46, −27]"),
    (
        "Cost per conversion up: Spring prospecting (performance agent, since 9 March)",
        "€38.20 → €55.90",
        "CPA +46 % [36, 55]",
    ),
)
