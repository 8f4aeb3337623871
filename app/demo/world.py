"""What a simulated market is made of: accounts, campaigns, ads, segments, themes, and what will befall them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from scipy.special import ndtri

from app.demo.noise import Noise
from domain.scope import Scope
from domain.signal import Cause


class Decoy(StrEnum):
    """Moves that are nobody's fault. Opening a signal on one is a false alarm."""

    HOLIDAY = "holiday"
    PROMO = "promo"
    REPORTING_LAG = "reporting_lag"
    SMALL_AD_JUMP = "small_ad_jump"


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing that happens to the market, true or decoy, with everything a benchmark needs to judge an alert."""

    kind: Cause | Decoy
    scope: Scope
    start: date
    length: int
    """Days until it ends by itself when nobody acts; it then fades within three days."""
    strength: float
    """The final multiplier of the leading figure, named in `effects`: 0.62 of the CTR means 38 % fewer clicks."""
    ramp: int = 1
    """Days from onset to full strength."""

    @property
    def end(self) -> date:
        """The first day it fades."""
        return self.start + timedelta(days=self.length)


@dataclass(frozen=True, slots=True)
class Account:
    """One ad account."""

    id: str
    platform: str
    name: str
    currency: str


@dataclass(frozen=True, slots=True)
class Segment:
    """An audience reached on paid and owned channels."""

    id: str
    name: str
    kind: str
    account_id: str
    delivered: int = 9000
    """E-mails delivered per day; pushes are half of that."""
    click_rate: float = 0.024
    retention: float = 0.36
    """Share of a cohort active again after 30 days."""


@dataclass(frozen=True, slots=True)
class Creative:
    """What an ad shows."""

    asset_id: str
    format: str
    headline: str
    body: str
    call_to_action: str
    launched_on: date
    ai_generated: bool = False


@dataclass(frozen=True, slots=True)
class Ad:
    """One ad."""

    id: str
    name: str
    group_id: str
    group_name: str
    share: float
    """Part of the campaign's impressions."""
    appeal: float
    """CTR relative to the campaign's."""
    creative: Creative


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign with its ordinary figures."""

    id: str
    name: str
    account_id: str
    objective: str
    daily_budget: Decimal
    target_cpa: Decimal
    cpm: float
    """Money per 1,000 impressions, in the account's currency."""
    ctr: float
    cvr: float
    """Orders per click."""
    order_value: float
    frequency: float
    """Impressions per person and day."""
    landing_page: str
    segments: tuple[tuple[str, float], ...]
    """Segment ids with their part of the impressions; a part of 0 is a segment it could be pointed at."""
    ads: tuple[Ad, ...]


@dataclass(frozen=True, slots=True)
class Theme:
    """A cluster of search queries and the page of ours that answers it."""

    query: str
    page: str
    impressions: int
    """Per day."""
    position: float


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One dated entry everybody knows about beforehand."""

    day: date
    kind: str
    name: str
    account_id: str = ""
    """Empty: every account."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a customer wrote. Untrusted text."""

    id: str
    day: date
    source: str
    segment_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Observation:
    """Something seen in the market. Untrusted text."""

    id: str
    day: date
    kind: str
    entity: str
    text: str
    value: float | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A running A/B test with the true conversion rate of each arm."""

    id: str
    hypothesis: str
    metric: str
    started_on: date
    exposed_per_day: int
    arms: tuple[tuple[str, float], ...]
    order_value: float = 60.0


@dataclass(frozen=True, slots=True)
class Temper:
    """How strongly one company's market answers to what people do. Unless given, as the demo company's does."""

    returns: float = 0.55
    """How results follow spend: a tenth less spend costs 5.6 % of the orders, so each is cheaper."""
    returns_sd: float = 0.0
    """How much `returns` differs from campaign to campaign."""
    relief: tuple[tuple[str, float], ...] = ()
    """By task, the part of the demo's relief that finished work brings here; 1 where not named."""
    relief_sd: float = 0.0
    """How much that part differs from one piece of work to the next."""
    seed: int = 0

    def returns_of(self, campaign_id: str) -> float:
        """The elasticity of one campaign."""
        return min(max(self.returns + self.returns_sd * self._chance("returns", campaign_id), 0.05), 1.0)

    def relief_of(self, task: str, entity: str, done_on: date) -> float:
        """The part one piece of work relieves: from nothing to all there is."""
        part = dict(self.relief).get(task, 1.0)
        return min(max(part + self.relief_sd * self._chance("relief", task, entity, done_on), 0.0), 1.0)

    def _chance(self, *words: object) -> float:
        """A standard normal number for something that happens once."""
        return float(ndtri(Noise(self.seed).once("temper", *words)))


@dataclass(frozen=True, slots=True)
class World:
    """A whole market before anybody acts."""

    name: str
    first_day: date
    accounts: tuple[Account, ...]
    segments: tuple[Segment, ...]
    campaigns: tuple[Campaign, ...]
    themes: tuple[Theme, ...] = ()
    calendar: tuple[CalendarDay, ...] = ()
    questions: tuple[Question, ...] = ()
    observations: tuple[Observation, ...] = ()
    trials: tuple[Trial, ...] = ()
    incidents: tuple[Incident, ...] = field(default=())
    temper: Temper = field(default=Temper())

    def account(self, ident: str) -> Account:
        """The account with an id."""
        return next(account for account in self.accounts if account.id == ident)
