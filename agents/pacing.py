"""Spend against plan: what the daily budgets of a month come to, at the share of them that is usually spent.

A campaign that always leaves a part of its budget unspent is not off its plan; one that stops doing so, or starts to,
is. A single day says nothing: platforms may spend twice a daily budget on a day and even it out over the month (Google
charges no more than 30.4 daily budgets a month), so at least three days must agree.
"""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

import numpy as np

from agents import wording
from agents.claims import Claims, claims, findings, object_scope
from agents.draft import Draft, log_change
from agents.incidents import segment_shares
from agents.kinds import KINDS
from agents.measures import Measure, account_pacing, campaign_pacing, campaigns
from agents.sights import account_scope, account_sights, campaign_sights, row_of
from agents.statistics.moves import WINDOWS
from agents.thresholds import (
    ALONG,
    BUDGET_PINNED,
    MOST_CAMPAIGNS,
    PACE_AHEAD_DAYS,
    PACE_DAYS,
    PACE_FAR,
    PACE_FAR_RATE,
    PACE_MISSED,
    PACE_OVER,
    PACE_RATE,
    PACE_TOLERANCE,
)
from agents.weighing import interval, only, percent
from domain.finding import Finding, FindingKind
from domain.reading import Readings
from domain.scope import Grain, Scope
from domain.signal import Cause, RuledOut

BEFORE: Final = 28
"""Days before the judged ones that say what used to be spent."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One campaign's or account's month."""

    projected: float
    """Spent so far, and to come at the present pace."""
    usual: float
    """What its budgets come to at its usual share of them."""
    until: date

    @property
    def gap(self) -> float:
        """Projected over planned - 1: 0.25 is a quarter more."""
        return self.projected / self.usual - 1 if self.usual > 0 else 0.0


def off_plan(agent: str, readings: Readings) -> list[Finding]:
    """Campaigns and whole accounts whose spending will clearly miss the plan, over or under."""
    if readings.get("campaign_status") is None or "spend" not in campaigns(readings).known:
        return []
    found: list[Finding] = []
    for measure in (campaign_pacing(readings), account_pacing(readings)):
        for down in (True, False):
            made = _missed(claims(measure, FindingKind.PLAN_GAP, down=down), readings.as_of)
            found += findings(agent, made, object_scope, _words, observed=_per_day(measure),
                              detail=_told(measure, readings.as_of))  # fmt: skip
    return found


def _missed(made: Claims, today: date) -> Claims:
    """Claims of several days that move the month, in which not only the budget but the spending changed."""
    clear = made.clear.copy()
    sign = -1.0 if made.down else 1.0
    for row in (int(one) for one in np.flatnonzero(clear)):
        window = int(made.window[row])
        over = made.down or float(made.measure.moves.observed[window, row]) >= PACE_OVER
        moved = sign * _spending_change(made.measure, row, WINDOWS[window]) >= PACE_TOLERANCE / 2
        off = sign * plan(made.measure, row, window, today).gap >= PACE_TOLERANCE
        clear[row] = WINDOWS[window] >= PACE_DAYS and over and moved and off
    return replace(made, clear=clear)


def _spending_change(measure: Measure, row: int, days: int) -> float:
    """Spend per day now over spend per day before - 1, whatever the budgets were."""
    spend = measure.events[row]
    before = float(spend[-days - BEFORE : -days].mean()) if len(spend) > days else 0.0
    return float(spend[-days:].mean()) / before - 1 if before > 0 else 0.0


def plan(measure: Measure, row: int, window: int, today: date) -> Plan:
    """The month so far and what is left of it; two weeks ahead at least, so that its last days are judged too."""
    spend, budget = measure.events[row], measure.exposure[row]
    so_far = min(today.day, len(spend))
    ahead = max(monthrange(today.year, today.month)[1] - today.day, PACE_AHEAD_DAYS)
    pace, usual = float(measure.moves.observed[window, row]), float(measure.moves.base[window, row])
    projected = float(spend[-so_far:].sum()) + ahead * float(budget[-1]) * pace
    planned = (float(budget[-so_far:].sum()) + ahead * float(budget[-1])) * usual
    return Plan(projected, planned, today + timedelta(days=ahead))


def _per_day(measure: Measure) -> Callable[[int, int], float]:
    def spend(row: int, days: int) -> float:
        return measure.seen(row, days)[0] / max(min(days, int(measure.moves.usable[row].sum())), 1)

    return spend


def _words(events: float, exposure: float, expected: float, days: int) -> str:
    """`expected` is money per day, as `_per_day` observes it; the budgets of those days make a share of it."""
    used, usual = (wording.share(spent / max(exposure, 1e-9)) for spent in (events, expected * days))
    return f"{events:,.0f} spent in {days} days, {used} of the daily budgets where {usual} is usual"


def _told(measure: Measure, today: date) -> Callable[[int, int], str]:
    def words(row: int, window: int) -> str:
        seen = plan(measure, row, window, today)
        month = wording.days(today.replace(day=1), seen.until)
        return f"; at this pace {seen.projected:,.0f} from {month}, where {seen.usual:,.0f} would be its usual share"

    return words


def pacing_drafts(findings: Sequence[Finding], readings: Readings, others: Sequence[Draft]) -> list[Draft]:
    """One draft per account whose campaigns drift together, and per campaign that drifts alone.

    What follows from an incident of another cause that is seen today opens nothing.
    """
    gaps = [one for one in findings if one.kind is FindingKind.PLAN_GAP]
    whole = [one for one in gaps if one.scope.grain is Grain.ACCOUNT and _most_along(one, readings)]
    covered = [(one.scope, one.change < 0) for one in whole]
    alone = [
        one
        for one in gaps
        if one.scope.grain is Grain.CAMPAIGN and (account_scope(one.scope), one.change < 0) not in covered
    ]
    drafts: list[Draft] = []
    for one in [*whole, *alone]:
        inside = [
            other
            for other in gaps
            if other is not one and one.scope.contains(other.scope) and other.change * one.change > 0
        ]
        explained = any(
            draft.opens and follows_trouble(one, draft.cause, draft.scope, draft.findings, readings) for draft in others
        )
        ranking = only(Cause.PACING_DRIFT, round(min(max(1 - one.q_value, 0.5), 0.97), 2), _against(one, readings))
        window = WINDOWS.index(one.window_days)
        far = abs(log_change(one))
        clear = far >= PACE_MISSED and one.q_value <= (PACE_FAR_RATE if far >= PACE_FAR else PACE_RATE)
        opens = clear and not explained
        drafts.append(Draft(one.scope, ranking, (one, *inside), {}, window, (), opens))
    return drafts


def _most_along(one: Finding, readings: Readings) -> bool:
    """Whether most campaigns of an account drift with it; otherwise it is one campaign that moves the account."""
    measure, window = campaign_pacing(readings), WINDOWS.index(one.window_days)
    mine = (measure.keys["account_id"] == (one.scope.account_id or "")).to_numpy()
    mine &= measure.moves.exposure[window] > 0
    along = measure.moves.raw[window, mine] / log_change(one) >= ALONG
    return bool(along.size) and float(along.mean()) >= MOST_CAMPAIGNS


def follows_trouble(gap: Finding, cause: Cause, place: Scope, findings: Sequence[Finding], readings: Readings) -> bool:
    """Whether what is off its plan is so because of a trouble at `place`, of which `findings` tell.

    What spends less where something is wrong does so because of that, be it a campaign that shows its ads to a segment
    that responds less. Such a campaign may also spend more: bidding that is to bring as many results as before pays for
    them what they cost now. But as far as PACE_FAR no dearer result takes it: that is a trouble of its own.
    """
    same = bool(place.account_id) and gap.scope.account_id == place.account_id
    reached = same and cause is Cause.AUDIENCE_DECLINE and gap.scope.campaign_id in segment_shares(readings, place)
    if gap.change < 0:
        return reached or (same and (place.contains(gap.scope) or gap.scope.contains(place)))
    dearer = any(one.kind in {FindingKind.CPA_RISE, FindingKind.CPC_RISE} for one in findings)
    return reached and dearer and log_change(gap) < PACE_FAR


def _against(one: Finding, readings: Readings) -> tuple[RuledOut, ...]:
    """What else moves spending, and why it is not that: the budget is not used up, the price of reach did not move."""
    out: list[RuledOut] = []
    whole = one.scope.grain is Grain.ACCOUNT
    measure = account_pacing(readings) if whole else campaign_pacing(readings)
    row, window = row_of(measure, one.scope), WINDOWS.index(one.window_days)
    if row is not None and one.change < 0:
        used = float(measure.moves.observed[window, row])
        if used < BUDGET_PINNED:
            out.append(RuledOut(cause=Cause.BUDGET_CAP, because=f"only {wording.share(used)} of the budget is spent"))
    sights = (account_sights if whole else campaign_sights)(readings, one.scope, window)
    price = sights.get("cpm")
    if price is not None and abs(price.change) < KINDS[FindingKind.CPM_RISE].material:
        moved = f"the price of reach hardly moved, CPM {percent(price.change)} {interval(price)}"
        out.append(RuledOut(cause=Cause.AUCTION_PRESSURE, because=moved))
    return tuple(out)
