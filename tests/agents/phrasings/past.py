"""What is open at Halden Outdoor, what was decided about it, and what was learnt."""

from datetime import UTC, date, datetime
from decimal import Decimal

from domain.action import (
    FixLandingPage,
    RefreshCreative,
    RetentionFlow,
    RotateAudience,
    SetBudget,
    SetTarget,
    ShiftBudget,
    UpdatePromise,
)
from domain.case import Case, ProposalStatus, ProposalView
from domain.finding import Finding, FindingKind
from domain.lesson import Lesson, LessonKind
from domain.proposal import Approved, Expired, Forecast, Overridden, Proposal, Rejected
from domain.receipt import Outcome, Receipt, ReceiptStatus
from domain.scope import Scope
from domain.signal import Candidate, Cause, CloseReason, RuledOut, Signal
from domain.verdict import Ask
from tests.agents.phrasings.company import CAMPAIGNS, JONAS, MARA, NILS, SEGMENTS, TODAY, TOM

META = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
GOOGLE = {"platform": "google", "account_id": "a2", "currency": "EUR"}
TIKTOK = {"platform": "tiktok", "account_id": "a3", "currency": "GBP"}
NAMES = {one: name for one, (name, *_) in CAMPAIGNS.items()} | {one: name for one, (name, _) in SEGMENTS.items()}
NAMES |= {"ad3": "Ridge line video", "ad12": "Packing in 30 seconds"}

RIDGE = Scope(platform="meta", account_id="a1", campaign_id="c2", ad_id="ad3")
DACH = Scope(platform="meta", account_id="a1", campaign_id="c1")
TENTS = Scope(platform="google", account_id="a2", campaign_id="c6")
BRAND = Scope(platform="google", account_id="a2", campaign_id="c5")
HIKE = Scope(platform="tiktok", account_id="a3", campaign_id="c7")
PACKS = Scope(platform="tiktok", account_id="a3", campaign_id="c8")
RUNNERS = Scope(account_id="a1", segment_id="seg_run")


def _at(month: int, day: int, hour: int = 9, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def _proposal(ident: str, signal_id: str, action: object, owner: str, **more: object) -> Proposal:
    given: dict[str, object] = {
        "id": ident, "signal_id": signal_id, "action": action, "owner": owner, "forecast": None,
        "why": "It answers the cause.", "proposed_on": TODAY, "names": NAMES, "agents": ("performance",),
    }  # fmt: skip
    return Proposal.model_validate(given | more)


def _signal(ident: str, cause: Cause, scope: Scope, headline: str, **more: object) -> Signal:
    given: dict[str, object] = {
        "id": ident, "cause": cause, "confidence": 0.9, "scope": scope, "headline": headline, "why": headline,
        "at_stake_per_day": Decimal("50"), "currency": "EUR", "since": TODAY, "opened_on": TODAY, "as_of": TODAY,
        "findings": (), "owners": ("media_lead",), "names": NAMES,
    }  # fmt: skip
    return Signal.model_validate(given | more)


def _asked(role: str) -> Ask:
    return Ask(role=role, within_hours=72, rules=("a person decides",))


def _wearing_out() -> Case:
    ident = "sig_a1a1a1a1a1a1"
    found = Finding(
        agent="creative", kind=FindingKind.CTR_DECLINE, metric="ctr", scope=RIDGE, baseline=0.0133, observed=0.0085,
        change=-0.36, interval=(-0.44, -0.27), q_value=0.0004, since=date(2026, 3, 9), window_days=5,
        evidence="412 clicks from 48,900 impressions against 655 expected",
    )  # fmt: skip
    tired = _signal(
        ident, Cause.CREATIVE_FATIGUE, RIDGE, "Ridge line video on Meta is wearing out: CTR -36 %",
        why="The same people have seen it too often; its click-through rate falls while the others hold.",
        confidence=0.86, at_stake_per_day=Decimal("118.40"), since=date(2026, 3, 9), opened_on=date(2026, 3, 12),
        findings=(found,), owners=("creative_lead", "media_lead"),
        candidates=(Candidate(cause=Cause.CREATIVE_FATIGUE, probability=0.86),
                    Candidate(cause=Cause.AUDIENCE_SATURATION, probability=0.09)),
        ruled_out=(RuledOut(cause=Cause.AUCTION_PRESSURE, because="CPM moved only +2 % [-3, 7]"),),
    )  # fmt: skip
    refresh = _proposal(
        "prop_000000000001", ident, RefreshCreative(**META, campaign_id="c2", ad_id="ad3", brief="A new opening."),
        "creative_lead",
        forecast=Forecast(metric="ctr", change=0.25, interval=(0.10, 0.40), basis="from 3 measured outcomes here",
                          days=14),
    )  # fmt: skip
    shift = _proposal(
        "prop_000000000002", ident,
        ShiftBudget.model_validate(META | {"from_campaign": "c2", "to_campaign": "c3", "amount": "80",
                                           "from_was": "640", "to_was": "390"}),
        "media_lead",
        forecast=Forecast(metric="cpa", change=-0.07, interval=(-0.14, 0.01), basis="a cautious first guess", days=7),
    )  # fmt: skip
    return Case(
        signal=tired,
        is_open=True,
        proposals=(
            ProposalView(proposal=refresh, verdict=_asked("creative_lead"), status=ProposalStatus.PENDING,
                         asked_at=_at(3, 12), expires_at=_at(3, 17)),
            ProposalView(proposal=shift, verdict=_asked("media_lead"), status=ProposalStatus.PENDING,
                         asked_at=_at(3, 12), expires_at=_at(3, 17)),
        ),
    )  # fmt: skip


def _dach() -> Case:
    ident = "sig_b2b2b2b2b2b2"
    capped = _signal(
        ident, Cause.BUDGET_CAP, DACH, "DACH prospecting on Meta runs out of budget by 18:00",
        confidence=0.78, at_stake_per_day=Decimal("64.00"), since=date(2026, 3, 2), opened_on=date(2026, 3, 5),
    )  # fmt: skip
    raised = _proposal(
        "prop_000000000003", ident,
        SetBudget.model_validate(META | {"campaign_id": "c1", "daily_budget": "1200", "was": "900"}), "media_lead",
        proposed_on=date(2026, 3, 5),
    )  # fmt: skip
    refused = Rejected(
        proposal_id=raised.id, version=1, by=MARA, at=_at(3, 6),
        reason="The March plan for Germany is already spent; we wait for April.",
    )  # fmt: skip
    view = ProposalView(proposal=raised, verdict=_asked("media_lead"), status=ProposalStatus.REJECTED, decision=refused)
    return Case(signal=capped, is_open=True, proposals=(view,))


def _run_club() -> Case:
    ident = "sig_c3c3c3c3c3c3"
    leaving = _signal(
        ident, Cause.RETENTION_DROP, RUNNERS, "Run Club members come back less: 30-day retention -19 %",
        confidence=0.81, at_stake_per_day=Decimal("42.50"), since=date(2026, 3, 2), opened_on=date(2026, 3, 10),
        owners=("crm_lead",),
    )  # fmt: skip
    flow = _proposal(
        "prop_000000000004", ident,
        RetentionFlow.model_validate(META | {"segment_id": "seg_run", "message": "We miss you on Tuesdays."}),
        "crm_lead",
        forecast=Forecast(metric="click_rate", change=0.12, interval=(0.02, 0.22), basis="from 2 outcomes", days=14),
    )  # fmt: skip
    view = ProposalView(
        proposal=flow, verdict=_asked("crm_lead"), status=ProposalStatus.PENDING, asked_at=_at(3, 10),
        expires_at=_at(3, 16),
    )  # fmt: skip
    return Case(signal=leaving, is_open=True, proposals=(view,))


def _tents() -> Case:
    ident = "sig_d4d4d4d4d4d4"
    broken = _signal(
        ident, Cause.LANDING_PAGE_BREAK, TENTS, "The Tents shopping landing page is broken: CVR -41 %",
        since=date(2026, 2, 16), opened_on=date(2026, 2, 17), at_stake_per_day=Decimal("310"), owners=("web_lead",),
    )  # fmt: skip
    mended = _proposal(
        "prop_000000000005", ident,
        FixLandingPage.model_validate(GOOGLE | {"campaign_id": "c6", "page": "/tents", "symptom": "Basket is dead."}),
        "web_lead", proposed_on=date(2026, 2, 17),
    )  # fmt: skip
    return Case(
        signal=broken, is_open=False, closed=CloseReason.RECOVERED, closed_on=date(2026, 2, 24),
        proposals=(
            ProposalView(
                proposal=mended, verdict=_asked("web_lead"), status=ProposalStatus.MEASURED,
                decision=Approved(proposal_id=mended.id, version=1, by=TOM, at=_at(2, 17)),
                receipt=Receipt(action_id="act_5", proposal_id=mended.id, status=ReceiptStatus.HANDED_OVER, before={},
                                after={}, answer="task created", at=_at(2, 17, 10)),
                outcome=Outcome(proposal_id=mended.id, metric="cvr", measurable=True, effect=0.62,
                                interval=(0.41, 0.86), forecast=0.55, window=(date(2026, 2, 18), date(2026, 2, 24)),
                                method="difference to 1 untouched campaign", measured_on=date(2026, 2, 25)),
            ),
        ),
    )  # fmt: skip


def _first_hike() -> Case:
    ident = "sig_e5e5e5e5e5e5"
    full = _signal(
        ident, Cause.AUDIENCE_SATURATION, HIKE, "First hike video on TikTok has reached its audience: frequency +44 %",
        currency="GBP", since=date(2026, 3, 1), opened_on=date(2026, 3, 4), at_stake_per_day=Decimal("75"),
    )  # fmt: skip
    rotated = RotateAudience.model_validate(
        TIKTOK | {"campaign_id": "c7", "from_segment": "seg_city", "to_segment": "seg_trail"}
    )
    turned = _proposal("prop_000000000006", ident, rotated, "media_lead", proposed_on=date(2026, 3, 4))
    changed = Overridden(
        proposal_id=turned.id, version=1, by=NILS, at=_at(3, 5),
        action=rotated.model_copy(update={"to_segment": "seg_run"}),
        reason="Trail Weekenders are in the other test until April.",
    )  # fmt: skip
    return Case(
        signal=full, is_open=False, closed=CloseReason.ACTED, closed_on=date(2026, 3, 5),
        proposals=(
            ProposalView(
                proposal=turned, verdict=_asked("media_lead"), status=ProposalStatus.EXECUTED, decision=changed,
                receipt=Receipt(action_id="act_6", proposal_id=turned.id, status=ReceiptStatus.HANDED_OVER, before={},
                                after={}, answer="task created", at=_at(3, 5, 10)),
                measured_after=date(2026, 3, 20),
            ),
        ),
    )  # fmt: skip


def _brand() -> Case:
    ident = "sig_f6f6f6f6f6f6"
    dear = _signal(
        ident, Cause.AUCTION_PRESSURE, BRAND, "Brand search on Google got dearer: CPC +28 %",
        since=date(2026, 1, 12), opened_on=date(2026, 1, 14), at_stake_per_day=Decimal("55"),
    )  # fmt: skip
    target = _proposal(
        "prop_000000000007", ident,
        SetTarget.model_validate(GOOGLE | {"campaign_id": "c5", "metric": "target_cpa", "target": "9", "was": "11"}),
        "media_lead", proposed_on=date(2026, 1, 14),
    )  # fmt: skip
    promise = _proposal(
        "prop_000000000008", ident,
        UpdatePromise.model_validate(GOOGLE | {"campaign_id": "c5", "promise": "Free returns for 60 days"}),
        "creative_lead", proposed_on=date(2026, 1, 14),
    )  # fmt: skip
    return Case(
        signal=dear, is_open=False, closed=CloseReason.EXPIRED, closed_on=date(2026, 1, 28),
        proposals=(
            ProposalView(proposal=target, verdict=_asked("media_lead"), status=ProposalStatus.EXPIRED,
                         decision=Expired(proposal_id=target.id, version=1, by="baton", at=_at(1, 17))),
            ProposalView(
                proposal=promise, verdict=_asked("creative_lead"), status=ProposalStatus.MEASURED,
                decision=Approved(proposal_id=promise.id, version=1, by=JONAS, at=_at(1, 15)),
                receipt=Receipt(action_id="act_8", proposal_id=promise.id, status=ReceiptStatus.HANDED_OVER,
                                before={}, after={}, answer="task created", at=_at(1, 15, 10)),
                outcome=Outcome(proposal_id=promise.id, metric="cvr", measurable=True, effect=-0.04,
                                interval=(-0.11, 0.04), forecast=0.06,
                                window=(date(2026, 1, 16), date(2026, 1, 29)),
                                method="difference to 1 untouched campaign", measured_on=date(2026, 1, 30)),
            ),
        ),
    )  # fmt: skip


def _day_packs() -> Case:
    ident = "sig_a7a7a7a7a7a7"
    strong = _signal(
        ident, Cause.BUDGET_CAP, PACKS, "Day packs video on TikTok runs out of budget by 20:00",
        currency="GBP", confidence=0.88, since=date(2026, 3, 10), opened_on=date(2026, 3, 13),
        at_stake_per_day=Decimal("31"),
    )  # fmt: skip
    raised = _proposal(
        "prop_000000000009", ident,
        SetBudget.model_validate(TIKTOK | {"campaign_id": "c8", "daily_budget": "520", "was": "380"}), "media_lead",
        proposed_on=date(2026, 3, 13),
        forecast=Forecast(metric="cpa", change=0.04, interval=(-0.05, 0.14), basis="from 4 outcomes here", days=7),
    )  # fmt: skip
    return Case(
        signal=strong, is_open=True,
        proposals=(
            ProposalView(proposal=raised, verdict=Ask(role="cmo", quorum=2, within_hours=72, rules=("over the limit",)),
                         status=ProposalStatus.PENDING, asked_at=_at(3, 13), expires_at=_at(3, 18), approvals=(NILS,)),
        ),
    )  # fmt: skip


def cases() -> tuple[Case, ...]:
    """Four open, three closed."""
    return (_wearing_out(), _dach(), _run_club(), _tents(), _first_hike(), _brand(), _day_packs())


LESSONS = (
    Lesson(
        id="les_000000000001", kind=LessonKind.CREATIVE_FINDING, scope=Scope(platform="meta", account_id="a1"),
        cause=Cause.CREATIVE_FATIGUE, action_kind="refresh_creative", metric="ctr", effect=0.31, interval=(0.12, 0.52),
        forecast=0.25, learned_on=date(2026, 1, 12), expires_on=date(2027, 1, 12), source="prop_0000000000aa",
        text="UGC video on Meta replaced a worn-out studio ad: CTR +31 % [12, 52], forecast was +25 %",
    ),
    Lesson(
        id="les_000000000002", kind=LessonKind.RETENTION_FINDING, scope=Scope(account_id="a1", segment_id="seg_trail"),
        cause=Cause.RETENTION_DROP, action_kind="retention_flow", metric="click_rate", effect=0.09,
        interval=(0.01, 0.17), forecast=0.15, learned_on=date(2026, 2, 2), expires_on=date(2027, 2, 2),
        source="prop_0000000000bb",
        text="A win-back email to Trail Weekenders lifted click rate by 9 % [1, 17], forecast was +15 %",
    ),
    Lesson(
        id="les_000000000003", kind=LessonKind.OFFER_RESULT, scope=BRAND, cause=Cause.AUCTION_PRESSURE,
        action_kind="update_promise", metric="cvr", effect=-0.04, interval=(-0.11, 0.04), forecast=0.06,
        learned_on=date(2026, 1, 30), expires_on=date(2027, 1, 30), source="prop_000000000008",
        text="Free returns in the Brand search ads changed nothing one could measure: CVR -4 % [-11, 4]",
    ),
    Lesson(
        id="les_000000000004", kind=LessonKind.CHANNEL_LESSON, scope=Scope(platform="tiktok", account_id="a3"),
        cause=Cause.BUDGET_CAP, action_kind="set_budget", metric="cpa", effect=0.02, interval=(-0.06, 0.11),
        forecast=0.05, learned_on=date(2025, 12, 18), expires_on=date(2026, 12, 18), source="prop_0000000000cc",
        text="Raising TikTok budgets by 30 % before Christmas kept CPA where it was: +2 % [-6, 11]",
    ),
    Lesson(
        id="les_000000000005", kind=LessonKind.CORRECTION, scope=DACH, cause=Cause.BUDGET_CAP,
        action_kind="set_budget", learned_on=date(2026, 3, 6), expires_on=date(2027, 3, 6), source="prop_000000000003",
        text="Mara Lind on 6 March: the March plan for Germany is already spent; we wait for April",
    ),
)  # fmt: skip
