"""What every figure of one object did over the same days: the evidence causes are weighed by."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from agents.draft import Sight
from agents.measures import (
    ACCOUNT,
    AD,
    CAMPAIGN,
    Measure,
    account_pixel_ratio,
    account_rate,
    ad_click_rate,
    ad_frequency,
    ad_wear,
    campaign_click_rate,
    campaign_cpm,
    campaign_frequency,
    campaign_hours,
    campaign_order_rate,
    campaign_pixel_rate,
    campaign_pixel_ratio,
    campaign_visits,
    campaigns,
    engagement,
    leaves,
    retention,
    segment_rate,
)
from agents.statistics.arrays import Flags
from agents.statistics.drivers import cost
from agents.statistics.moves import WINDOWS
from agents.thresholds import WEAR_WEIGHT
from domain.reading import Readings
from domain.scope import Scope

GAP: Final[Mapping[str, str]] = {
    "web_report": "no web_report, so a silent pixel cannot be told from customers who stopped buying",
    "ad_delivery": "no ad_delivery, so wear cannot be told from the auction by frequency",
    "campaign_status": "no campaign_status, so a budget that runs out early cannot be seen",
    "lifecycle_report": "no lifecycle_report, so owned channels say nothing about this segment",
    "calendar": "no calendar, so a holiday or promo may be behind this",
    "spend": "no spend, so costs are not known",
    "conversions": "no conversions, so only clicks are judged",
}


def window_index(days: int) -> int:
    """The window a finding was seen in."""
    return WINDOWS.index(days) if days in WINDOWS else len(WINDOWS) - 1


def row_of(measure: Measure, scope: Scope) -> int | None:
    """The series a scope names, by the ids both know; None where there is none."""
    ids = dict(scope.ids())
    wanted = [name for name in measure.keys.columns if name in ids]
    if not measure.keys.height or not wanted:
        return None
    match = np.ones(measure.keys.height, dtype=bool)
    for name in wanted:
        match &= (measure.keys[name] == ids[name]).to_numpy()
    rows = np.flatnonzero(match)
    return int(rows[0]) if len(rows) else None


def sight(measure: Measure, row: int | None, window: int) -> Sight | None:
    """One figure's change, where it can be judged in that window."""
    if row is None:
        return None
    found = measure.moves
    if found.p_down[window, row] >= 1 and found.p_up[window, row] >= 1:
        return None
    return Sight(float(found.change[window, row]), float(found.se[window, row]))


def campaign_sights(readings: Readings, scope: Scope, window: int) -> dict[str, Sight]:
    """Every figure of a campaign."""
    source = campaigns(readings)
    measures: dict[str, Measure] = {"ctr": campaign_click_rate(readings)}
    money, pixel = "spend" in source.known, "conversions" in source.known
    web = readings.get("web_report") is not None
    if money:
        measures["cpm"] = campaign_cpm(readings)
    if web:
        measures |= {"cvr": campaign_order_rate(readings), "visits": campaign_visits(readings)}
        if pixel:
            measures["pixel_ratio"] = campaign_pixel_ratio(readings)
    elif pixel:
        measures["cvr"] = campaign_pixel_rate(readings)
    if readings.get("ad_delivery") is not None:
        measures["frequency"] = campaign_frequency(readings)
    if readings.get("campaign_status") is not None:
        measures["hours_served"] = campaign_hours(readings)
    return _known(measures, scope, window)


def ad_sights(readings: Readings, scope: Scope, window: int) -> dict[str, Sight]:
    """An ad's figures against its siblings, with its campaign's own around them."""
    whole = campaign_sights(readings, scope.model_copy(update={"ad_id": None}), window)
    found = {name: one for name, one in whole.items() if name in {"cpm", "frequency", "cvr"}}
    measures = {"ad_ctr": ad_click_rate(readings)}
    if readings.get("ad_delivery") is not None:
        measures["ad_frequency"] = ad_frequency(readings)
    return found | _known(measures, scope, window)


def wear_odds(readings: Readings, scope: Scope) -> float:
    """How many times likelier the ad's clicks make wear, by how they followed its exposure; 1 where that is unknown."""
    row = row_of(ad_click_rate(readings), scope) if readings.get("ad_delivery") is not None else None
    if row is None:
        return 1.0
    return float(np.exp(np.clip(ad_wear(readings).log_evidence[row], -WEAR_WEIGHT, WEAR_WEIGHT)))


def segment_sights(readings: Readings, scope: Scope, window: int) -> dict[str, Sight]:
    """A segment's response to ads, clicks on owned channels and retention."""
    measures: dict[str, Measure] = {}
    if leaves(readings).size:
        measures["response"] = segment_rate(readings, "ctr")
    if readings.get("lifecycle_report") is not None:
        measures["click_rate"] = engagement(readings)
    if readings.get("cohort_report") is not None:
        measures["retention"] = retention(readings)
    return _known(measures, scope, window)


def account_sights(readings: Readings, scope: Scope, window: int) -> dict[str, Sight]:
    """Every figure of a whole account."""
    source = campaigns(readings)
    measures: dict[str, Measure] = {"ctr": account_rate(readings, "ctr")}
    if "spend" in source.known:
        measures["cpm"] = account_rate(readings, "cpm")
    if readings.get("web_report") is not None:
        measures |= {"cvr": account_rate(readings, "cvr"), "visits": account_rate(readings, "visits")}
        if "conversions" in source.known:
            measures["pixel_ratio"] = account_pixel_ratio(readings, worst=True)
    return _known(measures, scope, window)


def _known(measures: Mapping[str, Measure], scope: Scope, window: int) -> dict[str, Sight]:
    seen = {name: sight(measure, row_of(measure, scope), window) for name, measure in measures.items()}
    return {name: one for name, one in seen.items() if one is not None}


def click_rate_without(readings: Readings, scope: Scope, window: int, left_out: Flags) -> Sight | None:
    """A campaign's CTR change were it not for some of its rows (`left_out` by ad and segment)."""
    source, measure = leaves(readings), campaign_click_rate(readings)
    row, whole = row_of(measure, scope), sight(measure, row_of(measure, scope), window)
    if row is None or whole is None:
        return None
    ids = dict(scope.ids())
    mine = np.ones(source.size, dtype=bool)
    for name in CAMPAIGN:
        mine &= (source.keys[name] == ids.get(name, "")).to_numpy()
    rest = mine & ~left_out
    if not rest.any():
        return Sight(0.0, whole.se)
    clicks, shown = source.values["clicks"], source.values["impressions"]
    usual = clicks[rest].sum(1) / np.maximum(shown[rest].sum(1), 1)
    events, expected = clicks[rest].sum(0), (shown[rest] * usual[:, None]).sum(0)
    columns = np.flatnonzero(measure.moves.usable[row])
    now, past = columns[-WINDOWS[window] :], columns[: -(WINDOWS[window] + 7)][-42:]
    if len(past) == 0:
        return whole
    change = np.log((events[now].sum() + 0.5) / (expected[now].sum() + 0.5))
    change -= np.log((events[past].sum() + 0.5) / (expected[past].sum() + 0.5))
    peers = float(measure.moves.raw[window, row] - measure.moves.change[window, row])
    share = events[past].sum() / max(clicks[mine][:, past].sum(), 1)
    return Sight(float(change) - peers, whole.se / max(float(share), 0.1) ** 0.5)


def cost_change(readings: Readings, scope: Scope, window: int) -> float:
    """How much dearer a result has become in a campaign, as a log change (never below 0)."""
    source = campaigns(readings)
    ctr, cpm = campaign_click_rate(readings), campaign_cpm(readings)
    row = row_of(ctr, scope)
    if row is None or "spend" not in source.known:
        return 0.0
    rate = None
    if readings.get("web_report") is not None:
        rate = campaign_order_rate(readings)
    elif "conversions" in source.known:
        rate = campaign_pixel_rate(readings)
    return max(float(cost(cpm.moves, ctr.moves, rate.moves if rate else None).change[window, row]), 0.0)


def spend_per_day(readings: Readings, scope: Scope, last: int = 7) -> float:
    """Money a scope spent per day over the last days that have any spend."""
    source = leaves(readings)
    ids = dict(scope.ids())
    mine = np.ones(source.size, dtype=bool)
    for name in (*AD, "segment_id"):
        if name in ids:
            mine &= (source.keys[name] == ids[name]).to_numpy()
    spend = source.values["spend"][mine].sum(axis=0)
    days = np.flatnonzero(source.present.any(axis=0))[-last:]
    return float(spend[days].mean()) if len(days) else 0.0


def account_scope(scope: Scope) -> Scope:
    """The account a scope lies in."""
    return Scope(**{name: value for name, value in scope.ids() if name in ACCOUNT})
