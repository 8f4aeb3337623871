"""The people and policy the governance tests are about."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from domain.action import Action, SetBudget
from domain.badge import Badge
from domain.case import Case, ProposalStatus, ProposalView
from domain.moment import Moment
from domain.operating_model import Limit, OperatingModel, Person, Policy, SourceSettings
from domain.proposal import Proposal
from domain.scope import Scope
from domain.signal import Cause, Signal
from domain.verdict import Ask, Verdict

TODAY = date(2026, 3, 14)
NOW = datetime(2026, 3, 14, 9, 0, tzinfo=UTC)
MARA, CLEO, CARL, CORA, WIM = "U0MARA0001", "U0CLEO0001", "U0CARL0001", "U0CORA0001", "U0WIMM0001"
PEOPLE = (
    Person(name="Mara Lind", slack=MARA, roles=frozenset({"media_lead"})),
    Person(name="Cleo Park", slack=CLEO, roles=frozenset({"creative_lead", "content_lead"})),
    Person(name="Carl Voss", slack=CARL, roles=frozenset({"crm_lead"})),
    Person(name="Cora Main", slack=CORA, roles=frozenset({"cmo"})),
    Person(name="Wim Beek", slack=WIM, roles=frozenset({"web_lead"})),
)


def when(at: date, zone: str = "UTC") -> Moment:
    """A moment, or noon of a day."""
    here = ZoneInfo(zone)
    return Moment(at if isinstance(at, datetime) else datetime.combine(at, time(12), here), here)


def member(slack: str) -> Badge:
    """Who Slack says somebody of the company is."""
    return Badge(slack=slack)


def model(policy: Policy | None = None, **more: object) -> OperatingModel:
    given: dict[str, object] = {
        "company": "Kork", "source": SourceSettings(path="data"), "people": PEOPLE, "policy": policy or Policy(),
    }  # fmt: skip
    return OperatingModel.model_validate(given | more)


def policy(**more: object) -> Policy:
    given: dict[str, object] = {"limits": (Limit(role="media_lead", max_change=0.3, max_per_day=Decimal(500)),)}
    return Policy.model_validate(given | more)


def budget(to: str = "360", was: str = "450", **more: object) -> SetBudget:
    given: dict[str, object] = {
        "platform": "meta", "account_id": "a1", "currency": "EUR", "campaign_id": "c3", "daily_budget": to, "was": was,
    }  # fmt: skip
    return SetBudget.model_validate(given | more)


def proposal(action: Action | None = None, owner: str = "media_lead", version: int = 1) -> Proposal:
    return Proposal(
        id="prop_0123456789ab", signal_id="sig_0123456789ab", version=version, action=action or budget(), owner=owner,
        forecast=None, why="It costs too much.", proposed_on=TODAY,
    )  # fmt: skip


def view(verdict: Verdict | None = None, **more: object) -> ProposalView:
    given: dict[str, object] = {
        "proposal": proposal(), "verdict": verdict or Ask(role="media_lead", within_hours=72, rules=("Ask.",)),
        "status": ProposalStatus.PENDING, "expires_at": NOW + timedelta(hours=72),
    }  # fmt: skip
    return ProposalView.model_validate(given | more)


def case(is_open: bool = True) -> Case:
    signal = Signal(
        id="sig_0123456789ab", cause=Cause.AUDIENCE_DECLINE, confidence=0.9, scope=Scope(platform="meta"),
        headline="h", why="w", at_stake_per_day=Decimal(100), currency="EUR", since=TODAY, opened_on=TODAY, as_of=TODAY,
        findings=(), owners=("media_lead",),
    )  # fmt: skip
    return Case(signal=signal, is_open=is_open)
