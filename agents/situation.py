"""One signal with everything a playbook looks up: the objects it is about, what they cost, who could take over."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_DOWN, Decimal
from functools import cached_property

from agents import metrics, wording
from agents.accounts import IMMATURE_DAYS, RECENT_DAYS, Books, Campaign
from agents.outlook import Outlook, foreseen, outlook
from agents.places import place_of
from agents.wholes import Economics, Ground
from domain.action import Action
from domain.catalogue import CATALOGUE
from domain.finding import Finding, FindingKind
from domain.operating_model import OperatingModel
from domain.scope import Grain, Scope
from domain.signal import Cause, Signal

BIGGEST_STEP = Decimal("0.2")
"""No proposal moves a budget by more than this share at once: platforms learn anew after larger steps."""
LEAST_CONVERSIONS_PER_DAY = 20 / 28
"""Fewer than twenty conversions in four weeks do not say what a campaign's conversions cost."""
TRACKING_DOUBT = 0.25
"""From this probability of a tracking outage on, no budget is moved."""


@dataclass(frozen=True)
class Situation:
    """What planning knows about one signal."""

    signal: Signal
    books: Books
    model: OperatingModel | None = None

    @cached_property
    def account(self) -> Scope:
        """The platform and account the signal is about, from its scope or else from its findings."""
        return Scope(platform=self._first("platform"), account_id=self._first("account_id"))

    @cached_property
    def campaign_id(self) -> str | None:
        """The campaign that hurts: the signal's own, else the one whose cost rose, else one reaching the segment."""
        if self.signal.scope.campaign_id:
            return self.signal.scope.campaign_id
        if dearer := self.clearest(FindingKind.CPA_RISE, with_id="campaign_id"):
            return dearer.scope.campaign_id
        named = {one.scope.campaign_id for one in self.signal.findings} - {None}
        if named:
            # the one that spends most: where most is at stake, and the same tomorrow
            return max(
                sorted(filter(None, named)), key=lambda one: self.books.spend_per_day(self.scope(one), RECENT_DAYS)
            )
        segment = self.segment_id
        return next(iter(self.books.campaigns_of(segment)), None) if segment else None

    @cached_property
    def segment_id(self) -> str | None:
        """The segment the signal is about, else the first its campaign reaches."""
        if known := self._first("segment_id"):
            return known
        campaign = self.signal.scope.campaign_id
        return min(self.books.segments_of(campaign), default=None) if campaign else None

    @cached_property
    def ad_id(self) -> str | None:
        """The ad that hurts: the signal's own, else the one with the clearest fall in click-through."""
        if known := self.signal.scope.ad_id:
            return known
        if worst := self.clearest(FindingKind.CTR_DECLINE, with_id="ad_id"):
            return worst.scope.ad_id
        # agents may see the fall in a whole campaign or segment: then its most worn ad stands for it
        fall = self.clearest(FindingKind.CTR_DECLINE) or self.clearest(FindingKind.RESPONSE_DECLINE)
        found = self.books.most_worn_ad(fall.scope, min(fall.since, self.signal.since)) if fall else None
        return found or self._first("ad_id")

    @cached_property
    def currency(self) -> str:
        """The account's currency, as the data or else the signal says."""
        return self.books.currency(self.account, self.signal.currency)

    @cached_property
    def campaign(self) -> Campaign | None:
        """The campaign that hurts, with its live budget; None where the budget is not known today."""
        return self.live(self.campaign_id) if self.campaign_id else None

    @cached_property
    def tracking_doubted(self) -> bool:
        """Whether conversions cannot be believed here, in the campaign or the whole account."""
        if self.signal.cause is Cause.TRACKING_OUTAGE or self.clearest(FindingKind.PIXEL_GAP):
            return True
        chance = (item.probability for item in self.signal.candidates if item.cause is Cause.TRACKING_OUTAGE)
        places = [self.account]
        if self.campaign_id:
            places.append(self.scope(self.campaign_id))
        return max(chance, default=0.0) >= TRACKING_DOUBT or any(self.books.tracking_broken(place) for place in places)

    @property
    def may_move_budget(self) -> bool:
        """Whether the campaign's budget may be touched at all today."""
        live = self.campaign
        return (
            live is not None
            and live.active
            and not live.learning
            and live.daily_budget > 0
            and not self.tracking_doubted
        )

    def scope(self, campaign_id: str) -> Scope:
        """A campaign of this account."""
        return self.account.model_copy(update={"campaign_id": campaign_id})

    def live(self, campaign_id: str) -> Campaign | None:
        """A campaign of this account as last seen."""
        return next((one for one in self._campaigns if one.campaign_id == campaign_id), None)

    def clearest(self, kind: FindingKind, with_id: str | None = None) -> Finding | None:
        """The finding of a kind least likely to be chance, then the largest."""
        found = [
            finding
            for finding in self.signal.findings
            if finding.kind is kind and (with_id is None or getattr(finding.scope, with_id))
        ]
        return min(found, key=lambda one: (one.q_value, -abs(one.change), one.scope.key), default=None)

    def best_sibling(self) -> Campaign | None:
        """The untouched campaign of the same account that pays least per conversion; None if none is cheaper."""
        weak = self.weak_cpa
        priced = [
            (cpa, one.campaign_id, one) for one in self._untouched() if (cpa := self._reliable_cpa(one)) is not None
        ]
        cheapest = min(priced, default=None)
        # a difference of less than a twentieth is not worth moving money for
        return cheapest[2] if cheapest and weak and cheapest[0] < 0.95 * weak else None

    def cheapest_sibling(self) -> Campaign | None:
        """The untouched campaign of the same account that pays least per conversion, whatever this one pays."""
        priced = [
            (cpa, one.campaign_id, one) for one in self._untouched() if (cpa := self._reliable_cpa(one)) is not None
        ]
        return min(priced)[2] if priced else None

    @cached_property
    def weak_cpa(self) -> float | None:
        """What the campaign pays per conversion since the incident began, where that is long enough to tell."""
        if not self.campaign_id:
            return None
        return self.books.cpa(self.scope(self.campaign_id), self._weak_days)

    @cached_property
    def _weak_days(self) -> int:
        """The days `weak_cpa` is of: since the incident began, or recent ones where those are too few to tell."""
        since = self.books.cpa(self.scope(self.campaign_id), self._days_since) if self.campaign_id else None
        return self._days_since if since else RECENT_DAYS

    @property
    def dearer_than_before(self) -> bool:
        """Whether the campaign's conversions cost more than before the incident, by a finding or by a twentieth."""
        if not self.campaign_id:
            return False
        if any(
            one.kind is FindingKind.CPA_RISE and one.scope.campaign_id == self.campaign_id
            for one in self.signal.findings
        ):
            return True
        before = Books(self.books.readings, self.signal.since + timedelta(days=IMMATURE_DAYS - 1))
        usual = before.cpa(self.scope(self.campaign_id))
        return usual is not None and self.weak_cpa is not None and self.weak_cpa > 1.05 * usual

    @property
    def _days_since(self) -> int:
        """How many days with mostly complete conversions the incident has lasted, where three or more; else all."""
        days = (self.books.today - self.signal.since).days + 1 - IMMATURE_DAYS
        return days if 3 <= days <= RECENT_DAYS else RECENT_DAYS

    def dearest_sibling(self) -> Campaign | None:
        """The untouched campaign of the same account that pays most per conversion, if more than this one."""
        own = self.books.cpa(self.scope(self.campaign_id)) if self.campaign_id else None
        priced = [
            (cpa, one.campaign_id, one) for one in self._untouched() if (cpa := self._reliable_cpa(one)) is not None
        ]
        dearest = max(priced, default=None)
        return dearest[2] if dearest and own and dearest[0] > 1.05 * own else None

    def name(self, column: str, ident: str) -> str:
        """What people call an object."""
        known = self.signal.names.get(ident)
        return wording.quote(known, 60) if known else self.books.name(column, ident)

    def money(self, amount: Decimal | float) -> str:
        """An amount in the account's currency."""
        return wording.money(amount, self.currency)

    def cpa_text(self, campaign_id: str) -> str:
        """What a campaign pays per conversion, in words; the one that hurts, since it does."""
        paid = self.weak_cpa if campaign_id == self.campaign_id else self.books.cpa(self.scope(campaign_id))
        return metrics.text("cpa", paid, self.currency)

    def cpa_days(self, campaign_id: str) -> int:
        """The days that figure is of. Two of them of different days stand on a card only with their days."""
        return self._weak_days if campaign_id == self.campaign_id else RECENT_DAYS

    def ground(self, action: Action) -> Ground:
        """The figures the forecast of an action stands on."""
        place, shown_by = place_of(action), CATALOGUE[action.kind].shown_by
        campaigns = [ident for column, ident in action.named() if column == "campaign_id"]
        known = {ident: found for ident in campaigns if (found := self._economics(ident)) and found.conversions}
        ad: Economics | None = None
        ad_ahead: Outlook | None = None
        fall: float | None = None
        if place.campaign_id and place.ad_id and shown_by is Grain.CAMPAIGN:
            whole_place = self.scope(place.campaign_id)
            of_ad = whole_place.model_copy(update={"ad_id": place.ad_id})
            before = Books(self.books.readings, self.signal.since + timedelta(days=IMMATURE_DAYS - 1))
            ad, whole = before.economics(of_ad), before.economics(whole_place)
            known = {place.campaign_id: whole} if whole and whole.conversions else {}
            ad_ahead = foreseen(
                metrics.METRICS["ctr"],
                [of_ad],
                CATALOGUE[action.kind].window_days,
                self.signal.cause,
                self.signal.since,
                self.books.readings,
                self.books.today,
            )
        if place.campaign_id and place.ad_id and shown_by is Grain.AD:
            rates = self.ad_rates(place.campaign_id, place.ad_id)
            fall = rates[1] / rates[0] - 1 if rates else None
        ahead = outlook(action, self.signal.cause, self.signal.since, self.books.readings, self.books.today)
        return Ground(known, ad, fall, ahead, ad_ahead)

    def ad_rates(self, campaign_id: str, ad_id: str) -> tuple[float, float] | None:
        """The ad's click-through as expected and as seen, from its finding or else from its own past."""
        found = (one for one in self.signal.findings if one.scope.ad_id == ad_id and one.metric == "ctr")
        if own := next(found, None):
            return own.baseline, own.observed
        place = self.scope(campaign_id).model_copy(update={"ad_id": ad_id})
        return self.books.click_rates(place, self.signal.since)

    def _economics(self, campaign_id: str) -> Economics | None:
        """What a campaign spends and gets; the one that hurts, since it does."""
        place = self.scope(campaign_id)
        if campaign_id != self.campaign_id or self.books.cpa(place, self._days_since) is None:
            return self.books.economics(place)
        return self.books.economics(place, self._days_since)

    @cached_property
    def _campaigns(self) -> tuple[Campaign, ...]:
        if not self.account.account_id:
            return ()
        return self.books.campaigns(self.account.platform, self.account.account_id)

    def _untouched(self) -> tuple[Campaign, ...]:
        """Running campaigns of the account that the signal does not speak of and that do not reach its segment."""
        touched = {finding.scope.campaign_id for finding in self.signal.findings} | {self.campaign_id}
        segment = self.segment_id if self.signal.cause is Cause.AUDIENCE_DECLINE else None
        return tuple(
            one
            for one in self._campaigns
            if one.campaign_id not in touched
            and one.active
            and not one.learning
            and one.daily_budget > 0
            and (segment is None or segment not in self.books.segments_of(one.campaign_id))
        )

    def _reliable_cpa(self, campaign: Campaign) -> float | None:
        known = self.books.economics(self.scope(campaign.campaign_id))
        enough = known is not None and known.conversions >= LEAST_CONVERSIONS_PER_DAY
        return known.spend / known.conversions if known and enough else None

    def _first(self, name: str) -> str | None:
        """An id from the signal's scope, else from the first finding that names one."""
        named = (getattr(place, name) for place in (self.signal.scope, *(one.scope for one in self.signal.findings)))
        return next((ident for ident in named if ident), None)


def step(budget: Decimal, most: Decimal = BIGGEST_STEP) -> Decimal:
    """A move of at most this share of a budget, rounded down to an amount a person would choose."""
    move = budget * most
    unit = next((unit for least, unit in _UNITS if move >= least), Decimal("0.01"))
    return (move / unit).to_integral_value(ROUND_DOWN) * unit


_UNITS = tuple((Decimal(least), Decimal(unit)) for least, unit in ((1000, 50), (100, 10), (20, 5), (5, 1)))
