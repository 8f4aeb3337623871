"""Watches what competitors charge. It reads numbers and names only; what others wrote stays unread."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl
from scipy import special

from agents import wording
from agents.draft import Draft, Ranking
from agents.kinds import measure_of
from agents.sights import row_of
from agents.statistics.arrays import Floats
from agents.statistics.coincidence import followed
from agents.statistics.discoveries import q_values
from agents.statistics.normal import FROM_MAD, Z95
from agents.thresholds import (
    PRICE_BASE,
    PRICE_CLEAR,
    PRICE_DOUBT,
    PRICE_FRESH_DAYS,
    PRICE_LOOKS,
    PRICE_MOVED,
    PRICE_ODDS,
    PRICE_PAST_DAYS,
    PRICE_SD,
    STILL_SHARE,
)
from domain.finding import Finding, FindingKind
from domain.mandate import Mandate
from domain.reading import Readings
from domain.scope import Scope
from domain.signal import Candidate, Cause, RuledOut

AGENT: Final = "market"
LONGEST_NAME: Final = 40
"""Characters of a competitor's name that reach a card."""


class Market:
    """Finds competitors' prices that move clearly against their own past."""

    mandate = Mandate(
        agent=AGENT,
        job="Watches competitors' prices against their own past.",
        reads=frozenset({"market"}),
        finds=frozenset({FindingKind.PRICE_MOVE}),
        suggests=frozenset({"update_promise", "start_test"}),
        hands_to=("media_lead",),
    )

    def look(self, readings: Readings, today: date) -> list[Finding]:
        """One finding per competitor whose latest prices lie off the ones before. Alone it is no signal."""
        rows = readings.get("market")
        if rows is None or not rows.height:
            return []
        priced = rows.filter(
            (pl.col("kind") == "competitor_price") & pl.col("value").is_finite() & (pl.col("value") > 0)
            & pl.col("entity").is_not_null()
            & pl.col("date_day").is_between(today - timedelta(days=PRICE_PAST_DAYS - 1), today)
        )  # fmt: skip
        daily = priced.group_by("entity", "date_day").agg(pl.col("value").median()).sort("entity", "date_day")
        competitors = daily.group_by(["entity"], maintain_order=True)
        found = [
            (str(entity), moved(own["date_day"].to_list(), own["value"].to_numpy(), today))
            for (entity,), own in competitors
        ]
        q = q_values(np.array([1.0 if move is None else move.p_value for _, move in found]))
        return [_finding(name, move, float(q[at])) for at, (name, move) in enumerate(found) if move is not None]


@dataclass(frozen=True, slots=True)
class Move:
    """A competitor's price at its present level."""

    since: date
    looks: int
    """Since then."""
    change: float
    """Log change against the looks before."""
    error: float
    before: float
    """The price before."""
    p_value: float
    """Two-sided, for all the days on which it may have moved."""


def moved(days: list[date], prices: Floats, today: date) -> Move | None:
    """When and how far a price moved to its present level.

    The split that leaves the least scatter around the two medians (the change point of Hinkley 1970, Biometrika 57,
    under Laplace errors), with at least PRICE_BASE looks before and PRICE_LOOKS since; then the same among the looks
    since, as prices go up and down (binary segmentation; Scott and Knott 1974, Biometrics 30). None where the move is
    not clear, large, recent and still there.
    """
    logs, start, at = np.log(prices), 0, _split(np.log(prices))
    if at is None or (today - days[-1]).days > PRICE_FRESH_DAYS:
        return None
    while (later := _split(logs[start + at :])) is not None:
        start, at = start + at, later
    days, logs = days[start:], logs[start:]
    splits = range(PRICE_BASE, len(logs) - PRICE_LOOKS + 1)
    change, error = _shift(logs, at)
    if ((logs[-PRICE_LOOKS:] - np.median(logs[:at])) / change < STILL_SHARE).any():
        return None
    # the spread comes from the looks before, few or many: Student's t; the day was sought: once for each it may be
    p_value = min(1.0, 2 * len(splits) * float(special.stdtr(at - 1, -abs(change) / error)))
    return Move(days[at], len(logs) - at, change, error, float(np.exp(np.median(logs[:at]))), p_value)


def _split(logs: Floats) -> int | None:
    """Where the level most likely changed; None where it did not change clearly and by enough."""
    splits = range(PRICE_BASE, len(logs) - PRICE_LOOKS + 1)
    if not splits:
        return None
    at = min(splits, key=lambda one: _scatter(logs[:one]) + _scatter(logs[one:]))
    change, error = _shift(logs, at)
    return at if abs(change) / error >= PRICE_CLEAR and abs(change) >= PRICE_MOVED else None


def _scatter(logs: Floats) -> float:
    return float(np.abs(logs - np.median(logs)).sum())


def _shift(logs: Floats, at: int) -> tuple[float, float]:
    before, since = logs[:at], logs[at:]
    middle = np.median(before)
    spread = max(FROM_MAD * float(np.median(np.abs(before - middle))), PRICE_SD)
    return float(np.median(since) - middle), spread * float(np.sqrt(1 / len(before) + 1 / len(since)))


def _finding(entity: str, move: Move, q_value: float) -> Finding:
    name = wording.quote(wording.flat(entity, LONGEST_NAME), LONGEST_NAME)
    since, before = move.since, move.before
    now = before * float(np.exp(move.change))
    low, high = (float(np.expm1(move.change + side * Z95 * move.error)) for side in (-1, 1))
    return Finding(
        agent=AGENT,
        kind=FindingKind.PRICE_MOVE,
        metric="price",
        scope=Scope(),
        baseline=before,
        observed=now,
        change=float(np.expm1(move.change)),
        interval=(low, high),
        q_value=q_value,
        since=since,
        window_days=1,
        evidence=f"“{name}” asks {now:,.2f} since {since.day} {since:%B} ({move.looks} looks), {before:,.2f} before",
        table="market",
    )


def under_pressure(draft: Draft, findings: Sequence[Finding], readings: Readings) -> Draft:
    """The draft of a fall in clicks or orders with a competitor's part in it: a price cut just before, or none.

    By the figures alone a competitor's better offer and an offer of ours that wears out look the same; what tells them
    apart is whether somebody's price fell when the fall began, and whether the fall came as fast as customers find out.
    """
    if draft.cause not in {Cause.OFFER_DECAY, Cause.UNEXPLAINED} or readings.get("market") is None:
        return draft
    fall = next((one for one in draft.findings if one.kind in _FALLS), None)
    if fall is None:
        return draft
    cuts = [one for one in findings if one.kind is FindingKind.PRICE_MOVE and one.change < 0]
    odds = _odds(fall, cuts, readings)
    ranking = draft.ranking
    others = tuple(one for one in ranking.ruled_out if one.cause is not Cause.COMPETITOR_MOVE)
    if not sum(odds):
        none = RuledOut(cause=Cause.COMPETITOR_MOVE, because="no competitor's price that is known fell just before")
        return replace(draft, ranking=replace(ranking, ruled_out=(*others, none)))
    cut = cuts[odds.index(max(odds))]
    times = PRICE_ODDS * sum(odds)
    share = times / (1 + times)
    if share < PRICE_DOUBT:
        unlike = (
            f"a competitor's price fell {wording.size(cut.change)} on {wording.day(cut.since)}, but this fall began "
        )
        none = RuledOut(cause=Cause.COMPETITOR_MOVE, because=unlike + "on another day or too slowly")
        return replace(draft, ranking=replace(ranking, ruled_out=(*others, none)))
    chances = {one.cause: one.probability for one in ranking.candidates}
    chances[Cause.COMPETITOR_MOVE] = chances[draft.cause] * share
    chances[draft.cause] *= 1 - share
    ranked = sorted(chances.items(), key=lambda one: -one[1])
    candidates = tuple(Candidate(cause=cause, probability=round(chance, 3)) for cause, chance in ranked)
    if candidates[0].cause is not Cause.COMPETITOR_MOVE:
        return replace(draft, ranking=Ranking(candidates, others))
    because = (
        f"a competitor's price fell {wording.size(cut.change)} around the time it began, on {wording.day(cut.since)}"
    )
    own = RuledOut(cause=Cause.OFFER_DECAY, because=because)
    others = tuple(one for one in others if one.cause is not Cause.OFFER_DECAY)
    return replace(draft, ranking=Ranking(candidates, (own, *others)), findings=(*draft.findings, cut))


def _odds(fall: Finding, cuts: Sequence[Finding], readings: Readings) -> list[float]:
    """For each price cut, how many times likelier the fall is by its days if it followed the cut than if nothing."""
    measure = measure_of(fall, readings)
    row = row_of(measure, fall.scope) if measure is not None else None
    if measure is None or row is None:
        return []
    found = measure.moves
    residual = np.where(found.usable[row], found.residual[row], np.nan)
    return [followed(residual, found.variance[row], (one.since - measure.first_day).days) for one in cuts]


_FALLS: Final = frozenset({FindingKind.CVR_DECLINE, FindingKind.CTR_DECLINE})
"""What customers do less of when somebody else asks less."""
