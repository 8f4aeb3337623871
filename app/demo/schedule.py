"""What befalls Halden Outdoor and when: the first weeks as written here, later weeks drawn by seed.

Days count from the first demo day: 0 is 14 March 2026, -8 is 6 March.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from app.demo.halden import FIRST_DEMO_DAY
from app.demo.noise import Noise
from app.demo.world import CalendarDay, Campaign, Decoy, Incident, World
from domain.scope import Scope
from domain.signal import Cause


def _on(day: int) -> date:
    return FIRST_DEMO_DAY + timedelta(days=day)


def _campaign(platform: str, account: str, campaign: str) -> Scope:
    return Scope(platform=platform, account_id=account, campaign_id=campaign)


FIRST_WEEKS = (
    # The core case: Run Club tires of us everywhere. Paid clicks, acquisition cost, e-mail and push, all at once.
    Incident(
        Cause.AUDIENCE_DECLINE,
        Scope(platform="meta", account_id="a1", segment_id="seg_run"),
        _on(-8), length=60, strength=0.62, ramp=6,
    ),
    Incident(Cause.CONTENT_OPPORTUNITY, Scope(query="insulated running vest"), _on(3), length=60, strength=2.6, ramp=6),
    Incident(Cause.TRACKING_OUTAGE, _campaign("google", "a2", "c5"), _on(4), length=10, strength=0.1),
    Incident(
        Cause.CREATIVE_FATIGUE,
        Scope(platform="tiktok", account_id="a3", campaign_id="c9", ad_id="ad33"),
        _on(5), length=60, strength=0.45, ramp=14,
    ),
    Incident(Decoy.PROMO, Scope(), _on(6), length=4, strength=1.3),
    # The second core case, on another platform: here the lesson of the first is quoted.
    Incident(
        Cause.AUDIENCE_DECLINE,
        Scope(platform="google", account_id="a2", segment_id="seg_bike"),
        _on(11), length=60, strength=0.62, ramp=5,
    ),
    Incident(Cause.LANDING_PAGE_BREAK, _campaign("google", "a2", "c6"), _on(18), length=12, strength=0.4),
    Incident(Cause.BUDGET_CAP, _campaign("meta", "a1", "c2"), _on(22), length=21, strength=0.55, ramp=2),
)  # fmt: skip

PROMO = tuple(CalendarDay(_on(day), "promo", "Spring trail days") for day in range(6, 10))
HOLIDAYS = (
    CalendarDay(date(2026, 4, 3), "holiday", "Good Friday"),
    CalendarDay(date(2026, 4, 5), "holiday", "Easter Sunday"),
    CalendarDay(date(2026, 4, 6), "holiday", "Easter Monday"),
    CalendarDay(date(2026, 5, 1), "holiday", "May Day"),
    CalendarDay(date(2026, 5, 14), "holiday", "Ascension Day"),
    CalendarDay(date(2026, 5, 25), "holiday", "Whit Monday"),
    CalendarDay(date(2026, 12, 25), "holiday", "Christmas Day"),
    CalendarDay(date(2026, 12, 26), "holiday", "Second Day of Christmas"),
    CalendarDay(date(2027, 1, 1), "holiday", "New Year's Day"),
    CalendarDay(date(2027, 3, 26), "holiday", "Good Friday"),
    CalendarDay(date(2027, 3, 28), "holiday", "Easter Sunday"),
    CalendarDay(date(2027, 3, 29), "holiday", "Easter Monday"),
)
LATER_PROMOS = tuple(
    CalendarDay(first + timedelta(days=day), "promo", name)
    for first, name in (
        (date(2026, 6, 18), "Summer solstice sale"),
        (date(2026, 9, 10), "Autumn boots week"),
        (date(2026, 11, 26), "Late November sale"),
    )
    for day in range(4)
)
LATER = (_on(29), _on(400))
"""First and last day on which a drawn incident may begin."""

_ACCOUNT_WIDE = {Cause.AUCTION_PRESSURE}
Family = tuple[Cause | Decoy, float, float, int, int]
FAMILIES: Sequence[Family] = (
    (Cause.CREATIVE_FATIGUE, 0.40, 0.60, 14, 45),
    (Cause.TRACKING_OUTAGE, 0.05, 0.25, 1, 10),
    (Cause.AUDIENCE_SATURATION, 0.55, 0.70, 12, 40),
    (Cause.AUDIENCE_DECLINE, 0.58, 0.68, 6, 45),
    (Cause.LANDING_PAGE_BREAK, 0.25, 0.50, 1, 9),
    (Cause.BUDGET_CAP, 0.50, 0.65, 2, 18),
    (Decoy.SMALL_AD_JUMP, 2.4, 3.0, 1, 1),
    (Decoy.SMALL_AD_JUMP, 0.25, 0.35, 1, 1),
    (Cause.CREATIVE_FATIGUE, 0.40, 0.60, 14, 45),
    (Cause.AUCTION_PRESSURE, 1.30, 1.55, 5, 28),
    (Cause.OFFER_DECAY, 0.55, 0.70, 8, 35),
    (Decoy.REPORTING_LAG, 1.0, 1.0, 1, 3),
    (Cause.ENGAGEMENT_DROP, 0.62, 0.72, 4, 35),
    (Cause.RETENTION_DROP, 0.72, 0.85, 7, 35),
)
"""Kind, mildest and strongest final multiplier (either way round), days of ramp, days until it ends by itself."""


def drawn_incidents(
    world: World, noise: Noise, first: date, last: date, per_week: float, families: Sequence[Family] = FAMILIES
) -> tuple[Incident, ...]:
    """Incidents of the families, spread evenly with some chance, never where the world already has one going on."""
    busy = {
        campaign.id: max((i.end for i in world.incidents if _touches(i, world, campaign)), default=first)
        for campaign in world.campaigns
    }
    drawn: list[Incident] = []
    step = 7 / per_week
    for place in range(int((last - first).days / step)):
        start = first + timedelta(days=int(step * (place + noise.once("later day", place))))
        if incident := _fitting(world, noise, place, start, busy, families):
            drawn.append(incident)
            for campaign in world.campaigns:
                if _touches(incident, world, campaign):
                    busy[campaign.id] = start + timedelta(days=min(incident.length, 30) + 10)
    return tuple(drawn)


def _fitting(
    world: World, noise: Noise, place: int, start: date, busy: Mapping[str, date], families: Sequence[Family]
) -> Incident | None:
    """The first family, from a drawn one on, that finds a campaign where nothing else is going on."""
    free = [campaign for campaign in world.campaigns if busy[campaign.id] <= start]
    turn = int(noise.once("later kind", place) * len(families))
    for kind, mild, strong, ramp, length in (*families[turn:], *families[:turn]):
        if not free:
            return None
        campaign = free[int(noise.once("later campaign", place) * len(free))]
        strength = round(mild + noise.once("later strength", place) * (strong - mild), 3)
        scope = scope_for(kind, world, campaign, noise.once("later ad", place))
        incident = Incident(kind, scope, start, length, strength, ramp)
        if all(busy[other.id] <= start for other in world.campaigns if _touches(incident, world, other)):
            return incident
    return None


def _touches(incident: Incident, world: World, campaign: Campaign) -> bool:
    """Whether a campaign feels an incident, so that another one there would blur it."""
    account = world.account(campaign.account_id)
    place = Scope(platform=account.platform, account_id=account.id, campaign_id=campaign.id)
    segment = incident.scope.segment_id
    if incident.scope.query:
        return False
    return incident.scope.touches(place) and (segment is None or dict(campaign.segments).get(segment, 0) > 0)


def scope_for(kind: Cause | Decoy, world: World, campaign: Campaign, chance: float) -> Scope:
    """Where an incident that strikes at a campaign belongs: there, or to one of its ads, its segment, its account."""
    account = world.account(campaign.account_id)
    scope = Scope(platform=account.platform, account_id=account.id)
    if kind in {Cause.RETENTION_DROP, Cause.ENGAGEMENT_DROP, Cause.AUDIENCE_DECLINE}:
        return scope.model_copy(update={"segment_id": max(campaign.segments, key=lambda pair: pair[1])[0]})
    if kind in _ACCOUNT_WIDE or kind is Decoy.REPORTING_LAG:
        return scope
    if kind is Cause.CREATIVE_FATIGUE:
        return scope.model_copy(
            update={"campaign_id": campaign.id, "ad_id": campaign.ads[int(chance * len(campaign.ads))].id}
        )
    if kind is Decoy.SMALL_AD_JUMP:
        smallest = min(campaign.ads, key=lambda ad: ad.share)
        return scope.model_copy(update={"campaign_id": campaign.id, "ad_id": smallest.id})
    return scope.model_copy(update={"campaign_id": campaign.id})


def from_calendar(calendar: Sequence[CalendarDay]) -> tuple[Incident, ...]:
    """The moves the calendar explains: each holiday by itself, each run of promo days as one."""
    holidays = [Incident(Decoy.HOLIDAY, Scope(), day.day, 1, 0.84) for day in calendar if day.kind == "holiday"]
    promos: dict[str, list[date]] = {}
    for day in calendar:
        if day.kind == "promo":
            promos.setdefault(day.name, []).append(day.day)
    return (*holidays, *(Incident(Decoy.PROMO, Scope(), min(run), len(run), 1.3) for run in promos.values()))


def with_incidents(world: World, noise: Noise) -> World:
    """The written weeks, what the calendar explains, and the drawn weeks after."""
    later = drawn_incidents(replace(world, incidents=FIRST_WEEKS), noise, *LATER, per_week=1.0)
    calendar = tuple(incident for incident in from_calendar(world.calendar) if incident.start != PROMO[0].day)
    return replace(world, incidents=(*FIRST_WEEKS, *calendar, *later))
