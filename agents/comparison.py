"""Which untouched siblings an action is measured against, and the measurement."""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from agents import metrics, wording
from agents.controls import LEAST_PAST_EVENTS, budget_moved, fit, renewed, still_runs
from agents.levers import LEVERS
from agents.measures import MASKING, arrived
from agents.metrics import METRICS, Metric
from agents.outlook import GROWTH, SUDDEN
from agents.places import place_of
from agents.statistics.arrays import Floats
from agents.statistics.causal import LUCK, NOISE_SD, Counts, LogDifference, Mask, log_difference
from domain.action import Action
from domain.catalogue import CATALOGUE
from domain.reading import Readings
from domain.scope import Grain, Scope
from domain.signal import Signal

PAST_DAYS = 56
ALERT_DAYS = 28
"""How much of an incident is looked at to tell where it was going."""
LEAST_PAST_DAYS = 14
FALSE_ALERTS = 0.05
"""At least so many of the signals raised are taken for nothing, however sure their findings look."""
UNTOLD = 0.5
"""Whether a figure moved at all that no finding of the signal speaks of: as likely as not."""
STEP_DAYS, LEAST_STEP_EVENTS = 7, 6
"""Days before an execution that a step is seen against: every weekday once; and clicks or conversions on each side."""
LEAST_CHANCE = 0.05
"""Part of a count's variance that stays where nearly everything is counted."""

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


def compare(
    action: Action, signal: Signal, readings: Readings, executed: date, last: date, figure: str | None = None
) -> Comparison | str:
    """The effect from the day after the execution to `last`, or why there is none to be had.

    On the figure the action is meant to move, or on another one.
    """
    metric = METRICS.get(figure or CATALOGUE[action.kind].metric)
    subject, first = _subject(action), _first_day(action, readings, executed, last)
    blur = LEVERS[action.kind].blurred.get(signal.cause)
    if metric is None or subject is None or blur:
        return blur or "there is nothing to measure"
    start = min(signal.since, executed)
    begin = start - timedelta(days=PAST_DAYS)
    table = metrics.sums(readings, metric, subject.fence, begin, last, by=("date_day", subject.column))
    if table is None or table.is_empty():
        return f"there is no {' and '.join(metric.tables)} for it"
    span = [begin + timedelta(days=n) for n in range((last - begin).days + 1)]
    units = _units(table, metric, subject, span, _known(metric, readings, subject.fence.account_id, span))
    treated = units.pop(_TREATED, None)
    if treated is None:
        return "the data does not show it"
    seen = treated.bottom > 0
    past = np.array([day < start for day in span]) & seen
    after = np.array([day >= first for day in span]) & seen
    alert = np.array([max(start, executed - timedelta(days=ALERT_DAYS)) <= day < executed for day in span]) & seen
    if problem := _unfit(treated, past, after):
        return problem
    moved = budget_moved(readings, subject.fence, last) if subject.column == "campaign_id" else frozenset[str]()
    if subject.column == "ad_id":
        moved = renewed(readings, start, last)
    incident = {getattr(one.scope, subject.column, None) for one in signal.findings}
    siblings, together = fit({name: one for name, one in units.items() if name not in incident | moved}, past, after)
    # nobody else shows what a holiday or a promotion does
    days = together if siblings else _ordinary(readings, subject.fence.account_id, span)
    past, after, alert = past & days, after & days, alert & days
    if problem := _unfit(treated, past, after):
        return problem
    growth = GROWTH.get(signal.cause, SUDDEN)
    struck = (incident | _beside(action, signal, readings)) - moved
    fellows = [one for name, one in units.items() if name in struck and _fellow(one, past, alert)]
    found = log_difference(treated, siblings, past, alert, after, growth, _luck(signal, metric), fellows)
    return _compared(treated, after, metric, subject, found)


def step(action: Action, readings: Readings, executed: date, last: date, figure: str) -> tuple[float, float] | None:
    """How far a figure moved from the week before the execution to the days after it, and the standard error (log).

    Beside what siblings did in the same days, where there are any. What was off already shows no step here.
    """
    subject, metric = _subject(action), METRICS[figure]
    if subject is None:
        return None
    begin = executed - timedelta(days=STEP_DAYS)
    table = metrics.sums(readings, metric, subject.fence, begin, last, by=("date_day", subject.column))
    if table is None or table.is_empty():
        return None
    span = [begin + timedelta(days=n) for n in range((last - begin).days + 1)]
    units = _units(table, metric, subject, span, _known(metric, readings, subject.fence.account_id, span))
    before, after = (np.array([test(day) for day in span]) for test in (executed.__gt__, executed.__lt__))
    moves = {name: _move(unit, before, after) for name, unit in units.items()}
    mine = moves.pop(_TREATED, None)
    if mine is None:
        return None
    others = [one for one in moves.values() if one is not None]
    shared = float(np.mean([move for move, _ in others])) if others else 0.0
    doubt = float(np.sum([variance for _, variance in others])) / max(len(others), 1) ** 2
    return mine[0] - shared, math.sqrt(mine[1] + doubt)


def _move(unit: Counts, before: Mask, after: Mask) -> tuple[float, float] | None:
    """The change of a unit's log rate and its variance; None where it hardly delivered."""
    before, after = before & (unit.bottom > 0), after & (unit.bottom > 0)
    if min(float(unit.events[days].sum()) for days in (before, after)) < LEAST_STEP_EVENTS:
        return None
    days = 1 / float(before.sum()) + 1 / float(after.sum())
    return unit.log_rate(after) - unit.log_rate(before), unit.noise(before) + unit.noise(after) + days * NOISE_SD**2


def _beside(action: Action, signal: Signal, readings: Readings) -> frozenset[str]:
    """Ads of the treated one's campaign, where it is the whole campaign whose figure fell."""
    ads = readings.get("ad_report")
    place = place_of(action)
    if CATALOGUE[action.kind].shown_by is not Grain.AD or ads is None:
        return frozenset()
    whole = [
        one.scope for one in signal.findings if one.metric == CATALOGUE[action.kind].metric and not one.scope.ad_id
    ]
    if place.campaign_id not in {one.campaign_id for one in whole}:
        return frozenset()
    return frozenset(ads.filter(pl.col("campaign_id") == place.campaign_id)["ad_id"].drop_nulls().unique().to_list())


def _fellow(unit: Counts, past: Mask, alert: Mask) -> bool:
    """Whether a unit of the same incident delivered enough to show how that grew."""
    return all(float(unit.events[days].sum()) >= LEAST_PAST_EVENTS for days in (past, alert))


def _luck(signal: Signal, metric: Metric) -> float:
    """The chance that nothing happened to a figure in the days of the alert, before looking at them."""
    if not signal.findings:
        return LUCK
    sure = max(min(one.q_value for one in signal.findings), FALSE_ALERTS)
    told = any(one.metric == metric.name for one in signal.findings)
    return min(sure if told else max(sure, UNTOLD), LUCK)


def _compared(treated: Counts, after: Mask, metric: Metric, subject: Subject, found: LogDifference) -> Comparison:
    """What was found, in the words and the scale of people."""
    estimate = found.estimate
    return Comparison(
        effect=math.expm1(estimate.effect),
        low=math.expm1(estimate.low),
        high=math.expm1(estimate.high),
        reach=(estimate.high - estimate.low) / 2,
        days=int(after.sum()),
        events=float(treated.events[after].sum()),
        event_words=_EVENTS.get(metric.name, "events"),
        method=_method(found, _SIBLING_WORDS[subject.column]),
    )


def _unfit(treated: Counts, past: Mask, after: Mask) -> str | None:
    """Why the days cannot be compared, if they cannot."""
    if not after.any():
        return "the data shows no day of the window"
    if int(past.sum()) < LEAST_PAST_DAYS:
        return f"only {wording.plural(int(past.sum()), 'day')} of its past before the incident can be seen"
    return None if still_runs(treated, past, after) else "it hardly ran in the window"


def _ordinary(readings: Readings, account: str | None, span: list[date]) -> Mask:
    """Per day of the span: not a holiday, promo or launch of the account."""
    calendar = readings.get("calendar")
    if calendar is None:
        return np.ones(len(span), dtype=bool)
    mine = pl.col("account_id").fill_null("").is_in(["", account or ""])
    marked = set(calendar.filter(mine & pl.col("kind").is_in(list(MASKING)))["date_day"])
    return np.array([day not in marked for day in span])


_TREATED = "\0treated"


def _chance(placebo: float) -> str:
    """How often the same comparison finds as much on days on which nothing was done, in words."""
    return f"as large a difference came up by itself in {round(100 * placebo)} of 100 comparisons"


def _method(found: LogDifference, noun: str) -> str:
    """How an effect was found, with the placebo beside it."""
    if not found.siblings:
        return f"structural forecast from its own past, as there is no untouched {noun} to compare with"
    many = noun if found.siblings == 1 else _MANY.get(noun, f"{noun}s")
    return f"difference to {found.siblings} untouched {many}, {_chance(found.placebo)}"


def _known(metric: Metric, readings: Readings, account: str | None, span: list[date]) -> Floats:
    """Per day of the span, the share of the pixel's conversions that has come in by now; 1 where none are used."""
    late = (readings.as_of - span[-1]).days
    if "conversions" not in {metric.top, metric.bottom} or late < 0:
        return np.ones(len(span))
    return arrived(readings, [account], len(span) + late)[0][: len(span)]


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
            units[str(name)] = Counts(top * known, bottom, below=True)
        else:
            units[str(name)] = Counts(top, bottom * known, part=_left_to_chance(metric, top, bottom))
    return units


def _left_to_chance(metric: Metric, top: Floats, bottom: Floats) -> float:
    """How much of a count is chance: of ten orders of which the pixel sees nine, one is left to it, not nine."""
    share = float(top.sum() / max(float(bottom.sum()), 1.0)) if metric.unit == "share" else 0.0
    return min(max(1 - share, LEAST_CHANCE), 1.0)


def _subject(action: Action) -> Subject | None:
    """What an action changed, by whose figures show it; None where nobody's do, or an experiment's."""
    entry, place = CATALOGUE[action.kind], place_of(action)
    if entry.column is None:
        return None
    touched = frozenset(ident for column, ident in action.named() if column == entry.column)
    account = Scope(platform=place.platform, account_id=place.account_id)
    match entry.shown_by:
        case Grain.QUERY:
            return Subject(entry.column, touched, Scope())
        case Grain.SEGMENT:  # a segment is the same on every platform
            return Subject(entry.column, touched, Scope(account_id=place.account_id))
        case Grain.CAMPAIGN if not touched and place.account_id:
            return Subject("account_id", frozenset({place.account_id}), Scope(platform=place.platform))
        case _:
            return Subject(entry.column, touched, account)


def _first_day(action: Action, readings: Readings, executed: date, last: date) -> date:
    """The first day it can show: a new creative from its launch on, other things the day after."""
    after, creative = executed + timedelta(days=1), readings.get("creative")
    if CATALOGUE[action.kind].shown_by is not Grain.AD or creative is None:
        return after
    place = Scope(platform=action.platform, ad_id=place_of(action).ad_id)
    launched = metrics.within(creative, place)["launched_on"].drop_nulls().to_list()
    return max([after, *(day for day in launched if after < day <= last)])
