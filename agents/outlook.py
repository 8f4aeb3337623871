"""What an action's metric comes to over its window if nothing is done, from the action's own object in the readings."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import polars as pl

from agents import metrics
from agents.measures import MASKING, arrived
from agents.metrics import METRICS, Metric
from agents.places import place_of
from agents.statistics.arrays import Floats
from agents.statistics.course import course
from agents.statistics.seasonal import LEAST_DAYS, seasonal
from domain.action import Action
from domain.catalogue import CATALOGUE
from domain.reading import Readings
from domain.scope import Grain, Scope
from domain.signal import Cause

PAST_DAYS = 98
"""Days the usual level is learnt from."""
RECENT_DAYS = 7
"""Days that show where a figure stands now; as many as its later measurement compares with."""
LEAST_DAY_VARIANCE = 0.0009
"""No figure varies by less than 3 % from day to day beyond counting."""
ONE_SD = 0.6827
"""Share of a normal law within one standard deviation."""
SUDDEN, QUICK, GRADUAL = (1.0, 0.7), (7.0, 0.5), (16.7, 0.31)
"""Median days trouble takes to build up, and the log sd of that: overnight; 4 to 12 days in two of three cases; 10 to
28 days in nine of ten, as creatives wear out in practice and saturation takes weeks."""
GROWTH: Mapping[Cause, tuple[float, float]] = MappingProxyType(
    {
        Cause.CREATIVE_FATIGUE: GRADUAL,
        Cause.AUDIENCE_SATURATION: GRADUAL,
        Cause.AUCTION_PRESSURE: QUICK,
        Cause.AUDIENCE_DECLINE: QUICK,
        Cause.OFFER_DECAY: QUICK,
        Cause.RETENTION_DROP: QUICK,
        Cause.ENGAGEMENT_DROP: QUICK,
        Cause.UNEXPLAINED: QUICK,
    }
)
"""The others come overnight."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """Where a figure stands and where it goes by itself. Moves are on the log scale, against the usual level."""

    usual: float
    """The metric over the window had nothing happened, in its own unit."""
    usual_sd: float
    """How unsure its log is."""
    now: float
    """Log move of recent days."""
    ahead: float
    """Log move over the window if nothing is done."""
    ahead_sd: float


def outlook(action: Action, cause: Cause, since: date, readings: Readings, today: date) -> Outlook | None:
    """What to expect without the action; None where the metric is no ratio or its past is too short or too thin."""
    metric = METRICS.get(CATALOGUE[action.kind].metric)
    if metric is None:
        return None
    return foreseen(metric, _places(action), CATALOGUE[action.kind].window_days, cause, since, readings, today)


def foreseen(
    metric: Metric, places: Sequence[Scope], window: int, cause: Cause, since: date, readings: Readings, today: date
) -> Outlook | None:
    """The same for a metric of some places together, over so many days from the day after tomorrow on."""
    if metric.bottom is None or not window:
        return None
    since = min(since, today)
    first = since - timedelta(days=PAST_DAYS)
    days = (today - first).days + 1
    top, bottom = _sums(places, metric, readings, first, today, days)
    past = (since - first).days
    usable = (bottom > 0) & _ordinary(places[0].account_id, readings, first, days)
    if usable[:past].sum() < LEAST_DAYS or not top[:past][usable[:past]].sum():
        return None
    rates = np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), 0.0)
    weekday = (first.weekday() + np.arange(days)) % 7
    fitted = seasonal(rates[None, :past], usable[None, :past], weekday=weekday[:past])
    horizon = days - past + 1 + window
    usual = fitted.expected(horizon)[0]
    day_sd = _log_sd(*fitted.interval(1, ONE_SD, mean=True))
    level_sd = _log_sd(*fitted.interval(max(days - past, 1), ONE_SD, mean=True))
    coming_sd = _log_sd(*fitted.interval(window, ONE_SD, mean=True))
    if not (math.isfinite(day_sd) and math.isfinite(level_sd) and math.isfinite(coming_sd)) or not (usual > 0).all():
        return None
    fewest = bottom if metric.bottom == "conversions" else top
    counting = 1 / (float(np.mean(fewest[:past][usable[:past]])) + 0.5)
    own = max(day_sd**2 - counting, LEAST_DAY_VARIANCE)
    now = slice(past, days)
    gaps = np.where(usable[now], np.log((top[now] + 0.5) / (usual[: days - past] * bottom[now] + 0.5)), np.nan)
    seen = course(
        gaps,
        own + 1 / (fewest[now] + 0.5),
        level_sd,
        0,
        GROWTH.get(cause, SUDDEN),
        (max(0, days - past - RECENT_DAYS), days - past - 1),
        (days - past + 1, days - past + window),
    )
    expected = metric.scale * float(usual[-window:].mean())
    return Outlook(expected, coming_sd, seen.now, seen.ahead, seen.ahead_sd)


def _log_sd(low: Floats, high: Floats) -> float:
    """Half of an interval of one sd to both sides, on the log scale; NaN where there is none."""
    return float(np.log(high[0] / low[0]) / 2) if low[0] > 0 else math.nan


def _places(action: Action) -> Sequence[Scope]:
    """What the action's metric is summed over: the same as it is later measured on."""
    place = place_of(action)
    match CATALOGUE[action.kind].shown_by:
        case Grain.AD:
            return [place]
        case Grain.SEGMENT:
            return [Scope(account_id=place.account_id, segment_id=place.segment_id)]
        case _:
            account = Scope(platform=place.platform, account_id=place.account_id)
            named = [ident for column, ident in action.named() if column == "campaign_id"]
            return [account.model_copy(update={"campaign_id": ident}) for ident in named] or [account]


def _sums(
    places: Sequence[Scope], metric: Metric, readings: Readings, first: date, today: date, days: int
) -> tuple[Floats, Floats]:
    """Daily sums on one calendar; what conversions are set against counts only as far as they have come in."""
    calendar = pl.DataFrame({"date_day": [first + timedelta(days=day) for day in range(days)]})
    top, bottom = np.zeros(days), np.zeros(days)
    for place in places:
        found = metrics.sums(readings, metric, place, first, today)
        if found is not None:
            daily = calendar.join(found, on="date_day", how="left").sort("date_day").fill_null(0.0)
            top, bottom = top + daily["top"].to_numpy(), bottom + daily["bottom"].to_numpy()
    late = "conversions" in {metric.top, metric.bottom}
    known = arrived(readings, [places[0].account_id], days)[0] if late else np.ones(days)
    return (top * known, bottom) if metric.bottom == "conversions" else (top, bottom * known)


def _ordinary(account_id: str | None, readings: Readings, first: date, days: int) -> np.ndarray:
    """Days that are no holiday, promo or launch of the account."""
    calendar = readings.get("calendar")
    if calendar is None:
        return np.ones(days, dtype=bool)
    mine = pl.col("account_id").fill_null("").is_in(["", account_id or ""])
    marked = set(calendar.filter(mine & pl.col("kind").is_in(list(MASKING)))["date_day"])
    return np.array([first + timedelta(days=day) not in marked for day in range(days)])
