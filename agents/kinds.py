"""Every kind of finding, one record each: what it is called, what it is evidence of, how one sees it recovered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from agents.measures import (
    Measure,
    account_pacing,
    account_pixel_ratio,
    account_rate,
    ad_click_rate,
    ad_frequency,
    campaign_click_rate,
    campaign_cpm,
    campaign_frequency,
    campaign_hours,
    campaign_order_rate,
    campaign_pacing,
    campaign_pixel_rate,
    campaign_pixel_ratio,
    campaign_spend,
    campaign_visits,
    cell_click_rate,
    demand,
    engagement,
    retention,
    segment_rate,
)
from agents.thresholds import SUDDEN
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Grain
from domain.signal import Cause

Series = Callable[[Finding, Readings], Measure]
"""The measure a finding came from."""


class Recovery(StrEnum):
    """How a signal finds out that a finding is over."""

    LEVEL = "level"
    """Its own measure is back at the level it had before."""
    FOLLOWS = "follows"
    """It follows from other findings and ends with them; alone, by its own measure where it has one."""
    ENDED = "ended"
    """Somebody ended it: a test that no longer runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of finding."""

    claim: str
    """In a table cell: "Cost per conversion up"."""
    figure: str
    """In a headline, before the change: "cost per conversion"."""
    material: float
    """Smallest change worth an owner's time, as a log ratio (0.12 is about 12 %). Below it nobody would act."""
    sudden: float = SUDDEN
    """Log change a single day must show to count by itself."""
    driver: str | None
    """The figure it is evidence of. Two findings of one driver are one piece of evidence; None follows from others."""
    recovery: Recovery
    series: Series | None
    """None: there is no series of it by itself."""
    accompanies: bool = False
    """Whether it says nothing alone: it needs a finding of another driver beside it."""
    dated_by_fall: bool = False
    """Whether its measure is a rate whose fall makes it rise."""
    seen_in_segment: str | None = None
    """The segment's figure it is about, in the words of the signatures."""
    alone: Cause | None = None
    """The cause it is by itself, having no neighbours to be told from."""


def _clicks(one: Finding, readings: Readings) -> Measure:
    if one.scope.grain is Grain.ACCOUNT:
        return account_rate(readings, "ctr", settled=True)
    if one.scope.ad_id:
        return ad_click_rate(readings)
    return cell_click_rate(readings) if one.scope.segment_id else campaign_click_rate(readings)


def _orders(one: Finding, readings: Readings) -> Measure:
    if one.scope.grain is Grain.ACCOUNT:
        return account_rate(readings, "cvr", settled=True)
    return campaign_order_rate(readings) if one.table == "web_report" else campaign_pixel_rate(readings)


def _price(one: Finding, readings: Readings) -> Measure:
    return account_rate(readings, "cpm") if one.scope.grain is Grain.ACCOUNT else campaign_cpm(readings)


def _tracked(one: Finding, readings: Readings) -> Measure:
    whole = one.scope.grain is Grain.ACCOUNT
    return account_pixel_ratio(readings, worst=False) if whole else campaign_pixel_ratio(readings)


def _often(one: Finding, readings: Readings) -> Measure:
    return ad_frequency(readings) if one.scope.ad_id else campaign_frequency(readings)


def _paced(one: Finding, readings: Readings) -> Measure:
    return account_pacing(readings) if one.scope.grain is Grain.ACCOUNT else campaign_pacing(readings)


KINDS: Mapping[FindingKind, Kind] = MappingProxyType(
    {
        FindingKind.CPA_RISE: Kind(
            claim="Cost per conversion up", figure="cost per conversion", material=0.10, driver=None,
            recovery=Recovery.FOLLOWS, series=None, dated_by_fall=True,
        ),
        FindingKind.CPC_RISE: Kind(
            claim="Clicks dearer", figure="cost per click", material=0.10, driver=None,
            recovery=Recovery.FOLLOWS, series=None, dated_by_fall=True,
        ),
        FindingKind.CPM_RISE: Kind(
            claim="Impressions dearer", figure="CPM", material=0.12, driver="cpm", sudden=0.3,
            recovery=Recovery.LEVEL, series=_price,
        ),
        FindingKind.CVR_DECLINE: Kind(
            claim="Fewer clicks convert", figure="conversion rate", material=0.12, driver="cvr",
            recovery=Recovery.LEVEL, series=_orders,
        ),
        FindingKind.CONVERSIONS_DROP: Kind(
            claim="Fewer conversions", figure="pixel conversions per click", material=0.30, driver="pixel",
            recovery=Recovery.LEVEL, series=lambda one, readings: campaign_pixel_rate(readings),
        ),
        FindingKind.SPEND_DROP: Kind(
            claim="Spend down", figure="spend", material=0.15, driver="spend", accompanies=True,
            recovery=Recovery.FOLLOWS, series=lambda one, readings: campaign_spend(readings),
        ),
        FindingKind.SPEND_RISE: Kind(
            claim="Spend up", figure="spend", material=0.50, driver=None,
            recovery=Recovery.FOLLOWS, series=lambda one, readings: campaign_spend(readings),
        ),
        FindingKind.HOURS_SERVED_DROP: Kind(
            claim="Served fewer hours", figure="hours shown", material=0.06, driver="hours", sudden=0.2,
            recovery=Recovery.LEVEL, series=lambda one, readings: campaign_hours(readings),
        ),
        FindingKind.PIXEL_GAP: Kind(
            claim="Pixel misses orders", figure="tracked share of orders", material=0.25, driver="pixel",
            recovery=Recovery.LEVEL, series=_tracked,
        ),
        FindingKind.VISIT_LOSS: Kind(
            claim="Clicks do not arrive", figure="visits per click", material=0.12, driver="visits", sudden=0.3,
            recovery=Recovery.LEVEL, series=lambda one, readings: campaign_visits(readings),
        ),
        FindingKind.CTR_DECLINE: Kind(
            claim="Fewer people click", figure="CTR", material=0.12, driver="ctr",
            recovery=Recovery.LEVEL, series=_clicks,
        ),
        FindingKind.FREQUENCY_RISE: Kind(
            claim="Shown more often", figure="frequency", material=0.08, driver="frequency", accompanies=True,
            recovery=Recovery.LEVEL, series=_often,
        ),
        FindingKind.RESPONSE_DECLINE: Kind(
            claim="Segment responds less", figure="CTR", material=0.10, driver="ctr", seen_in_segment="response",
            recovery=Recovery.LEVEL, series=lambda one, readings: segment_rate(readings, "ctr"),
        ),
        FindingKind.ENGAGEMENT_DECLINE: Kind(
            claim="Segment engages less", figure="message clicks", material=0.10, driver="engagement",
            seen_in_segment="click_rate", recovery=Recovery.LEVEL, series=lambda one, readings: engagement(readings),
        ),
        FindingKind.UNSUBSCRIBE_RISE: Kind(
            claim="More unsubscribe", figure="unsubscribes", material=0.50, driver="unsubscribes",
            recovery=Recovery.LEVEL, series=lambda one, readings: engagement(readings, "unsubscribe_rate"),
        ),
        FindingKind.RETENTION_DECLINE: Kind(
            claim="Fewer stay", figure="retention", material=0.05, driver="retention", seen_in_segment="retention",
            recovery=Recovery.LEVEL, series=lambda one, readings: retention(readings),
        ),
        FindingKind.DEMAND_RISE: Kind(
            claim="Demand grows", figure="searches", material=0.30, driver="demand", alone=Cause.CONTENT_OPPORTUNITY,
            recovery=Recovery.LEVEL, series=lambda one, readings: demand(readings)[0],
        ),
        FindingKind.PLAN_GAP: Kind(
            claim="Spend off its plan", figure="daily spend", material=0.10, driver="pace",
            recovery=Recovery.LEVEL, series=_paced, alone=Cause.PACING_DRIFT,
        ),
        FindingKind.PRICE_MOVE: Kind(
            claim="A competitor's price moved", figure="a competitor's price", material=0.05, driver=None,
            recovery=Recovery.FOLLOWS, series=None,
        ),
        FindingKind.TEST_DECIDED: Kind(
            claim="Test decided", figure="better arm", material=0.0, driver="test", alone=Cause.TEST_READY,
            recovery=Recovery.ENDED, series=None,
        ),
    }
)  # fmt: skip
"""A kind no agent claims has its words all the same; people and plays may speak of it."""

if missing := set(FindingKind) - set(KINDS):
    raise TypeError(f"No record in agents/kinds.py for: {', '.join(sorted(missing))}.")


def measure_of(one: Finding, readings: Readings) -> Measure | None:
    """The series a finding came from; None where it has none, or its table is not there."""
    series = KINDS[one.kind].series
    return series(one, readings) if series is not None and readings.get(one.table) is not None else None
