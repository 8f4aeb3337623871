"""Which untouched siblings an action is measured against, and the measurement."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from agents import metrics, wording
from agents.measures import completeness
from agents.metrics import METRICS, Metric
from agents.places import place_of
from agents.statistics.arrays import Floats
from agents.statistics.causal import Counts, Estimate, Mask, beyond_incident, log_difference, structural
from domain.action import (
    Action,
    ChangeGoal,
    ExcludeData,
    FixTracking,
    RefreshCreative,
    RetentionFlow,
    RollOutTest,
    SetBudget,
    ShiftBudget,
    StartTest,
    WriteBrief,
)
from domain.catalogue import CATALOGUE
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import Cause, Signal

PAST_DAYS = 56
ALERT_DAYS = 7
"""How much of an incident shows the level that would have gone on; earlier days were still on the way down."""
LEAST_PAST_DAYS = 14
LEAST_SIBLING_EVENTS = 30
MOST_SIBLINGS = 12

_REPAIRED = frozenset({Cause.LANDING_PAGE_BREAK, Cause.TRACKING_OUTAGE})
_EVENTS = {"ctr": "clicks", "cvr": "conversions", "cpa": "conversions", "conversions": "conversions",
           "pixel_ratio": "conversions", "click_rate": "clicks", "search_clicks": "clicks"}  # fmt: skip
_SIBLING_WORDS = {"campaign_id": "campaign", "ad_id": "ad", "segment_id": "segment", "account_id": "account",
                  "query": "query"}  # fmt: skip
_MANY = {"query": "queries"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A relative change against what would have happened anyway."""

    effect: float
    """Relative: 0.31 is 31 % more."""
    low: float
    high: float
    """Ends of the 95 % interval of `effect`."""
    reach: float
    """Half the interval on the log scale."""
    days: int
    """Days of the window that can be seen."""
    events: float
    """Clicks or conversions in the window."""
    event_words: str
    method: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What an action changed, and where its siblings are."""

    column: str
    """The id column units are told apart by: "campaign_id"."""
    touched: frozenset[str]
    fence: Scope
    """Siblings come from within."""


def compare(action: Action, signal: Signal, readings: Readings, executed: date, last: date) -> Comparison | str:
    """The effect from the day after the execution to `last`, or why there is none to be had."""
    metric = METRICS.get(CATALOGUE[action.kind].metric)
    subject, first = _subject(action), _first_day(action, readings, executed, last)
    if metric is None or subject is None or _unmeasured(action, signal):
        return _unmeasured(action, signal) or "there is nothing to measure"
    start = min(signal.since, executed)
    begin = start - timedelta(days=PAST_DAYS)
    table = metrics.sums(readings, metric, subject.fence, begin, last, by=("date_day", subject.column))
    if table is None or table.is_empty():
        return f"there is no {' and '.join(metric.tables)} for it"
    span = [begin + timedelta(days=n) for n in range((last - begin).days + 1)]
    units = _units(table, metric, subject, span, _known(metric, readings.as_of, span))
    treated = units.pop(_TREATED, None)
    if treated is None:
        return "the data does not show it"
    seen = treated.bottom > 0
    past = np.array([day < start for day in span]) & seen
    after = np.array([day >= first for day in span]) & seen
    alert = np.array([max(start, executed - timedelta(days=ALERT_DAYS)) <= day < executed for day in span]) & seen
    if problem := _too_short(past, after):
        return problem
    siblings = _siblings(units, subject, signal, readings, past, after, (begin, last))
    found, noun = _against(treated, siblings, past, alert, after), _SIBLING_WORDS[subject.column]
    return Comparison(
        effect=math.expm1(found[0]),
        low=math.expm1(found[1]),
        high=math.expm1(found[2]),
        reach=(found[2] - found[1]) / 2,
        days=int(after.sum()),
        events=float(treated.events[after].sum()),
        event_words=_EVENTS.get(metric.name, "events"),
        method=found[3].format(sibling=noun, siblings=noun if len(siblings) == 1 else _MANY.get(noun, f"{noun}s")),
    )


def _too_short(past: Mask, after: Mask) -> str | None:
    """Why there are too few days to compare, if there are."""
    if not after.any():
        return "the data shows no day of the window"
    if int(past.sum()) < LEAST_PAST_DAYS:
        return f"only {wording.plural(int(past.sum()), 'day')} of its past before the incident can be seen"
    return None


_TREATED = "\0treated"


def _chance(placebo: float) -> str:
    """How often the same comparison finds as much on days on which nothing was done, in words."""
    return f"as large a difference came up by itself in {round(100 * placebo)} of 100 comparisons"


def _against(
    treated: Counts, siblings: list[Counts], past: Mask, alert: Mask, after: Mask
) -> tuple[float, float, float, str]:
    """Effect and interval on the log scale, and how it was found."""
    if siblings:
        found = log_difference(treated, siblings, past, alert, after)
        method = f"difference to {found.siblings} untouched {{siblings}}, {_chance(found.placebo)}"
        return found.estimate.effect, found.estimate.low, found.estimate.high, method
    found = _beyond_past(treated, past, after)
    if alert.any():
        found = beyond_incident(found, _beyond_past(treated, past, alert))
    return (
        found.effect,
        found.low,
        found.high,
        "structural forecast from its own past, as there is no untouched {sibling} to compare with",
    )


def _known(metric: Metric, as_of: date, span: list[date]) -> Floats:
    """Per day of the span, the share of the pixel's conversions that has come in by `as_of`; 1 where none are used."""
    late = (as_of - span[-1]).days
    if "conversions" not in {metric.top, metric.bottom} or late < 0:
        return np.ones(len(span))
    return completeness(len(span) + late)[: len(span)]


def _beyond_past(treated: Counts, past: Mask, days: Mask) -> Estimate:
    """How far some days lie off what the unit's own past and its weekdays foretell, on the log scale."""
    keep = np.flatnonzero(past | days)
    keep = keep[np.argsort(days[keep], kind="stable")]
    logs = np.log(treated.top[keep] + 0.5) - np.log(treated.bottom[keep] + 0.5)
    weekly = np.column_stack([wave(2 * np.pi * keep / 7) for wave in (np.sin, np.cos)])
    return structural(logs, weekly, int(past.sum()), explained=0.0)


def _units(table: pl.DataFrame, metric: Metric, subject: Subject, span: list[date], known: Floats) -> dict[str, Counts]:
    """Daily sums per unit on one calendar; everything the action touched becomes one unit.

    What conversions are set against counts only as far as they are `known`, so that the youngest days do not look bad.
    """
    touched = pl.col(subject.column).is_in(list(subject.touched))
    if subject.column == "query":
        theme = next(iter(subject.touched), "")
        touched = pl.all_horizontal([pl.col("query").str.contains(word, literal=True) for word in theme.split()])
    summed = (
        table.with_columns(unit=pl.when(touched).then(pl.lit(_TREATED)).otherwise(pl.col(subject.column)))
        .drop_nulls("unit")
        .group_by("unit", "date_day")
        .agg(pl.col("top").sum(), pl.col("bottom").sum() if metric.bottom else pl.col("bottom").max())
    )
    units: dict[str, Counts] = {}
    calendar = pl.DataFrame({"date_day": span})
    for (name,), rows in summed.group_by("unit"):
        daily = calendar.join(rows, on="date_day", how="left").sort("date_day").fill_null(0.0)
        top, bottom = daily["top"].to_numpy(), daily["bottom"].to_numpy()
        if metric.bottom == "conversions":
            units[str(name)] = Counts(top * known, bottom, bottom)
        else:
            units[str(name)] = Counts(top, bottom * known, top)
    return units


def _siblings(
    units: dict[str, Counts],
    subject: Subject,
    signal: Signal,
    readings: Readings,
    past: Mask,
    after: Mask,
    span: tuple[date, date],
) -> list[Counts]:
    """The units neither the action nor the incident touched, with enough events on both sides, largest first."""
    incident = {getattr(one.scope, subject.column, None) for one in signal.findings}
    moved = _budget_moved(readings, subject, span) if subject.column == "campaign_id" else frozenset[str]()
    fit = [
        (float(one.events[past].sum()), name, one)
        for name, one in units.items()
        if name not in incident
        and name not in moved
        and float(one.events[past].sum()) >= LEAST_SIBLING_EVENTS
        and float(one.events[after].sum()) >= LEAST_SIBLING_EVENTS / 5
        and float((one.bottom[past | after] > 0).mean()) > 0.8
    ]
    return [one for _, _, one in sorted(fit, key=lambda item: (-item[0], item[1]))[:MOST_SIBLINGS]]


def _budget_moved(readings: Readings, subject: Subject, span: tuple[date, date]) -> frozenset[str]:
    """Campaigns somebody else changed in the meantime: they are no longer untouched."""
    status = readings.get("campaign_status")
    if status is None:
        return frozenset()
    recent = span[1] - timedelta(days=28)
    within = metrics.within(status, subject.fence).filter(pl.col("date_day").is_between(recent, span[1]))
    spread = within.group_by("campaign_id").agg(
        low=pl.col("daily_budget").min(), high=pl.col("daily_budget").max(), kinds=pl.col("status").n_unique()
    )
    moved = spread.filter((pl.col("high") > 1.1 * pl.col("low")) | (pl.col("kinds") > 1))
    return frozenset(moved["campaign_id"].to_list())


def _subject(action: Action) -> Subject | None:
    place = place_of(action)
    account = Scope(platform=place.platform, account_id=place.account_id)
    match action:
        case StartTest() | RollOutTest() | ChangeGoal() | ExcludeData():
            subject = None
        case ShiftBudget():
            subject = Subject("campaign_id", frozenset({action.from_campaign, action.to_campaign}), account)
        case RefreshCreative():
            subject = Subject("ad_id", frozenset({action.ad_id}), account)
        case RetentionFlow():
            subject = Subject("segment_id", frozenset({action.segment_id}), Scope(account_id=place.account_id))
        case WriteBrief():
            subject = Subject("query", frozenset({action.theme}), Scope())
        case FixTracking() if place.campaign_id is None:
            subject = Subject("account_id", _named(place.account_id), Scope(platform=place.platform))
        case _:
            subject = Subject("campaign_id", _named(place.campaign_id), account)
    return subject


def _first_day(action: Action, readings: Readings, executed: date, last: date) -> date:
    """The first day it can show: a new creative from its launch on, other things the day after."""
    after, creative = executed + timedelta(days=1), readings.get("creative")
    if not isinstance(action, RefreshCreative) or creative is None:
        return after
    place = Scope(platform=action.platform, ad_id=action.ad_id)
    launched = metrics.within(creative, place)["launched_on"].drop_nulls().to_list()
    return max([after, *(day for day in launched if after < day <= last)])


def _named(*names: str | None) -> frozenset[str]:
    return frozenset(name for name in names if name)


def _unmeasured(action: Action, signal: Signal) -> str | None:
    """Why an action of this kind has no effect that could be told apart, if so."""
    match action:
        case SetBudget() | ShiftBudget() if signal.cause in _REPAIRED:
            return "the repair in the same days cannot be told apart from it"
        case ExcludeData():
            return "the repaired tracking itself changes every figure it would be judged by"
        case StartTest():
            return "the test itself is the measurement"
        case RollOutTest():
            return "everybody gets the winning arm, so nobody is left to compare with"
        case _:
            return None
