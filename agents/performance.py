"""Watches what acquisition costs and what stands between a click and a customer."""

from collections.abc import Callable
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from agents import metrics, wording
from agents.claims import claims, findings, object_scope, pick
from agents.intraday import intraday
from agents.measures import (
    Measure,
    account_pixel_ratio,
    account_rate,
    campaign_click_rate,
    campaign_cpm,
    campaign_hours,
    campaign_order_rate,
    campaign_pixel_rate,
    campaign_pixel_ratio,
    campaign_spend,
    campaign_visits,
    campaigns,
    segment_clicks_per_spend,
    status_columns,
)
from agents.pacing import off_plan
from agents.statistics.arrays import Flags
from agents.statistics.drivers import Cost, cost
from agents.statistics.moves import WINDOWS
from agents.thresholds import BUDGET_PINNED, HOURS_DROP, HOURS_LOST_AT_ONCE, TEST_ANNOUNCED_DAYS
from agents.trials import Trial, trials
from domain.finding import Finding, FindingKind
from domain.mandate import Mandate
from domain.reading import Readings
from domain.scope import Scope

AGENT: Final = "performance"


class Performance:
    """Finds campaigns whose cost, conversion, tracking or delivery drifts from their own past and their account."""

    mandate = Mandate(
        agent=AGENT,
        job="Watches what acquisition costs, and what stands between a click and a customer.",
        reads=frozenset({"ad_report", "hourly_report", "campaign_status", "web_report", "calendar", "experiment"}),
        finds=frozenset(
            {
                FindingKind.CPA_RISE,
                FindingKind.CPC_RISE,
                FindingKind.CPM_RISE,
                FindingKind.CVR_DECLINE,
                FindingKind.CONVERSIONS_DROP,
                FindingKind.CTR_DECLINE,
                FindingKind.SPEND_DROP,
                FindingKind.SPEND_RISE,
                FindingKind.HOURS_SERVED_DROP,
                FindingKind.PLAN_GAP,
                FindingKind.PIXEL_GAP,
                FindingKind.VISIT_LOSS,
                FindingKind.TEST_DECIDED,
            }
        ),
        suggests=frozenset(
            {"set_budget", "shift_budget", "set_target", "pause_ad", "fix_tracking", "fix_landing_page", "exclude_data"}
            | {"start_test", "roll_out_test", "update_promise"}
        ),
        hands_to=("media_lead", "web_lead"),
    )

    def look(self, readings: Readings, today: date) -> list[Finding]:
        """Costs and rates of campaigns and accounts, the pixel against the backend, hours served, running tests."""
        found = decided_tests(readings.get("experiment"), today)
        source = campaigns(readings)
        if source.size:
            money = "spend" in source.known
            pixel, web = "conversions" in source.known, readings.get("web_report") is not None
            found += _rates(readings, money=money, pixel=pixel, web=web)
            found += _delivery(readings, money=money)
            found += intraday(AGENT, readings, found)
        return found


def _rates(readings: Readings, *, money: bool, pixel: bool, web: bool) -> list[Finding]:
    found: list[Finding] = []
    orders = campaign_order_rate(readings) if web else None
    tracked = campaign_pixel_rate(readings) if pixel else None
    rate = orders or tracked
    if money:
        found += _costs(readings, rate)
    if rate is not None:
        made = claims(rate, FindingKind.CVR_DECLINE, down=True)
        found += findings(AGENT, made, object_scope, _counted("orders" if web else "conversions", "clicks"))
    found += _account_rates(readings, web=web)
    if tracked is not None:
        made = claims(tracked, FindingKind.CONVERSIONS_DROP, down=True)
        words = _counted("pixel conversions", "clicks")
        found += findings(AGENT, made, object_scope, words, metric="conversions_per_click")
    if web:
        made = claims(campaign_visits(readings), FindingKind.VISIT_LOSS, down=True)
        found += findings(AGENT, made, object_scope, _counted("visits", "clicks"))
    if web and pixel:
        words = _counted("pixel conversions", "backend orders")
        own, late = campaign_pixel_ratio(readings), account_pixel_ratio(readings, worst=True)
        usual = account_pixel_ratio(readings, worst=False).moves  # by the latest of reports every outage seems to end
        for measure, lasting in ((own, None), (late, usual)):
            made = claims(measure, FindingKind.PIXEL_GAP, down=True, lasting=lasting)
            found += findings(AGENT, made, object_scope, words)
    return found


def _costs(readings: Readings, rate: Measure | None) -> list[Finding]:
    ctr, cpm = campaign_click_rate(readings), campaign_cpm(readings)
    words = _amount("spent for", "impressions", 1000.0)
    found = findings(
        AGENT, claims(cpm, FindingKind.CPM_RISE, down=False), object_scope, words, observed=_cost(cpm, 1000.0)
    )
    whole = account_rate(readings, "cpm")
    made = claims(whole, FindingKind.CPM_RISE, down=False)
    found += findings(AGENT, made, object_scope, words, observed=_natural(whole, 1000.0))
    dearer = cost(cpm.moves, ctr.moves, rate.moves if rate else None)
    kind = FindingKind.CPA_RISE if rate else FindingKind.CPC_RISE
    costs = pick(rate or ctr, kind, dearer.change, dearer.se, dearer.raw, dearer.p_up, down=False)
    events, spend = (rate.events if rate else ctr.events), cpm.events
    usable = (rate or ctr).moves.usable

    def paid(row: int, days: int) -> float:
        columns = np.flatnonzero(usable[row])[-days:]
        return float(spend[row, columns].sum() / max(events[row, columns].sum(), 0.5))

    def words_of(events: float, exposure: float, expected: float, days: int) -> str:
        what = "orders" if rate and rate.table == "web_report" else "conversions" if rate else "clicks"
        return f"{events:,.0f} {what} in {_days(days)}"

    metric = "cpa" if rate else "cpc"
    found += findings(AGENT, costs, object_scope, words_of, metric=metric, observed=paid, detail=_drivers(dearer))
    found += _segment_costs(readings)
    return found + _account_costs(readings, web=rate is not None and rate.table == "web_report")


def _account_rates(readings: Readings, *, web: bool) -> list[Finding]:
    """Whole accounts that people click less, or of whose clicks fewer become orders."""
    clicked = claims(account_rate(readings, "ctr", settled=True), FindingKind.CTR_DECLINE, down=True)
    words, seen = _counted("clicks", "impressions"), _natural(clicked.measure, 1.0)
    found = findings(AGENT, clicked, object_scope, words, observed=seen)
    if web:
        ordered = claims(account_rate(readings, "cvr", settled=True), FindingKind.CVR_DECLINE, down=True)
        words, seen = _counted("orders", "clicks"), _natural(ordered.measure, 1.0)
        found += findings(AGENT, ordered, object_scope, words, observed=seen)
    return found


def _segment_costs(readings: Readings) -> list[Finding]:
    """Segments whose clicks have become dearer than those of the account's other segments."""
    measure = segment_clicks_per_spend(readings)
    found = measure.moves
    if not (measure.keys["segment_id"] != "").any():
        return []
    dear = pick(measure, FindingKind.CPC_RISE, -found.change, found.se, -found.raw, found.p_down, down=False)

    def price(row: int, days: int) -> float:
        clicks, spend = measure.seen(row, days)
        return spend / max(clicks, 0.5)

    def words(clicks: float, spend: float, expected: float, days: int) -> str:
        return f"{wording.counted(clicks, 'clicks')} in {_days(days)}"

    return findings(AGENT, dear, object_scope, words, metric="cpc", observed=price)


def _account_costs(readings: Readings, *, web: bool) -> list[Finding]:
    """Whole accounts in which an order has become dearer. The pixel is no judge: it may be late for all of them."""
    if not web:
        return []
    cpm, ctr, cvr = (account_rate(readings, name) for name in ("cpm", "ctr", "cvr"))
    dearer = cost(cpm.moves, ctr.moves, cvr.moves)
    costs = pick(cvr, FindingKind.CPA_RISE, dearer.change, dearer.se, dearer.raw, dearer.p_up, down=False)

    def paid(row: int, days: int) -> float:
        columns = np.flatnonzero(cvr.moves.usable[row])[-days:]
        return float(cpm.events[row, columns].sum() / max(cvr.events[row, columns].sum(), 0.5))

    def words(events: float, exposure: float, expected: float, days: int) -> str:
        return f"{events:,.0f} orders in {_days(days)}"

    return findings(AGENT, costs, object_scope, words, metric="cpa", observed=paid, detail=_drivers(dearer))


def _drivers(dearer: Cost) -> Callable[[int, int], str]:
    """What moved the cost: "; of the +38 %, CTR made 24, CVR 12 and CPM 2"."""

    def words(row: int, window: int) -> str:
        return f"; {metrics.made_by(float(np.expm1(dearer.change[window, row])), dearer.parts(window, row))}"

    return words


def _delivery(readings: Readings, *, money: bool) -> list[Finding]:
    if readings.get("campaign_status") is None:
        return []
    hours = campaign_hours(readings)
    running = status_columns(readings)[3]
    capped = _capped(readings, 1, HOURS_LOST_AT_ONCE, money=money) | _capped(readings, 3, HOURS_DROP, money=money)
    made = claims(hours, FindingKind.HOURS_SERVED_DROP, down=True, among=capped)

    def words(events: float, exposure: float, expected: float, days: int) -> str:
        now = events / max(exposure, 1)
        return f"shown {now:.1f} of 24 hours a day over {_days(days)}, {expected:.1f} before; budget used up"

    found = findings(AGENT, made, object_scope, words)
    if money:
        drops = claims(campaign_spend(readings), FindingKind.SPEND_DROP, down=True, among=running[:, -1])
        found += findings(AGENT, drops, object_scope, _amount("spent in", "days", 1.0))
    return found + off_plan(AGENT, readings)


def _capped(readings: Readings, days: int, least: float, *, money: bool) -> Flags:
    """[campaigns] whether so many hours a day were lost over the last days while the budget was used up."""
    hours = campaign_hours(readings).moves
    served, budget, _, running = status_columns(readings)
    recent = slice(-days, None)
    spend = campaigns(readings).values["spend"]
    known = (running & (budget > 0) & hours.usable)[:, recent]
    pinned = (spend[:, recent] * known).sum(1) / np.maximum((budget[:, recent] * known).sum(1), 1e-9)
    now = served[:, recent].sum(1) / np.maximum((served[:, recent] > 0).sum(1), 1)
    lost = now * np.expm1(-hours.change[WINDOWS.index(days)])
    return (known.sum(1) >= 1) & (lost >= least) & ((pinned >= BUDGET_PINNED) | (not money))


def decided_tests(rows: pl.DataFrame | None, today: date) -> list[Finding]:
    """Experiments in which one arm is ahead for sure, however often one looked and however many arms there are."""
    recent = (one for one in trials(rows) if one.ended_on is None or (today - one.ended_on).days <= TEST_ANNOUNCED_DAYS)
    return [_decided(one, today) for one in recent if one.readout.winner is not None]


def _decided(one: Trial, today: date) -> Finding:
    """The winning arm against the one that speaks for it: the control, or the best of those the control beats."""
    pair = one.readout.decisive
    won, lost, (low, high) = pair.arm, pair.control, pair.interval
    if one.readout.winner is pair.control:
        won, lost, low, high = lost, won, 1 / (1 + high) - 1, 1 / (1 + low) - 1
    more = len(one.arms) - 1
    others = f"; {wording.plural(more, 'further arm')} compared as well" if more else ""
    return Finding(
        agent=AGENT,
        kind=FindingKind.TEST_DECIDED,
        metric=one.metric,
        scope=Scope(test_id=one.test_id),
        baseline=lost.rate,
        observed=won.rate,
        change=won.rate / lost.rate - 1,
        interval=(low, high),
        q_value=one.q_value,
        since=min(one.started_on, today),
        window_days=max((today - one.started_on).days + 1, 1),
        evidence=f"arm {won.name}: {won.converted:,} of {won.exposed:,} against "
        f"{lost.converted:,} of {lost.exposed:,} in {lost.name}{others}",
        table="experiment",
    )


def _natural(measure: Measure, unit: float) -> Callable[[int, int], float]:
    def rate(row: int, days: int) -> float:
        events, exposure = measure.seen(row, days)
        return unit * events / max(exposure, 1e-12)

    return rate


_cost = _natural


def _counted(events_name: str, exposure_name: str) -> Callable[[float, float, float, int], str]:
    def words(events: float, exposure: float, expected: float, days: int) -> str:
        wanted = expected * exposure
        return (
            f"{wording.counted(events, events_name)} from {wording.counted(exposure, exposure_name)} in {_days(days)}, "
            f"{wanted:,.0f} expected"
        )

    return words


def _amount(verb: str, exposure_name: str, unit: float) -> Callable[[float, float, float, int], str]:
    def words(events: float, exposure: float, expected: float, days: int) -> str:
        wanted = expected * exposure / unit
        return f"{events:,.0f} {verb} {wording.counted(exposure, exposure_name)}, {wanted:,.0f} expected"

    return words


def _days(days: int) -> str:
    return "one day" if days == 1 else f"{days} days"
