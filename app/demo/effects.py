"""How incidents and finished work move the market, on the log scale so that they add up.

Which figure leads, and hence what an incident's `strength` multiplies at full strength:

| kind | leads | follows |
|---|---|---|
| creative_fatigue | CTR of the ad | its frequency rises |
| audience_saturation | CVR of the campaign | CPM and frequency rise |
| audience_decline | CTR of the segment | CVR a little; clicks on owned channels |
| tracking_outage | pixel conversions | backend orders hold |
| landing_page_break | CVR of the campaign | visits per click fall |
| offer_decay | CVR of the campaign | visits hold |
| auction_pressure | CPM | frequency flat |
| budget_cap | budget as a share of demand | hours served fall |
| retention_drop, engagement_drop | cohort retention; clicks on owned channels | |
| content_opportunity | impressions of the query theme | |
| holiday, promo | demand | CVR; a dip after a promo |
| small_ad_jump | CTR of one ad | |
| reporting_lag | how much is known of young days | |
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from app.demo.grid import Grid
from app.demo.levers import Work
from app.demo.noise import Days, Floats, Noise
from app.demo.world import Decoy, Incident
from domain.signal import Cause

Mask = npt.NDArray[np.bool_]
USED_BUDGET = 0.85
"""Part of its budget an unconstrained campaign spends."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Log multipliers by day (rows) and object (columns)."""

    ctr: Floats
    cvr: Floats
    visits: Floats
    pixel: Floats
    """All four by grid row."""
    cpm: Floats
    demand: Floats
    frequency: Floats
    """By campaign."""
    ad_frequency: Floats
    favour: Floats
    """The platform's preference for an ad; by ad."""
    weight: Floats
    """Part of the campaign's impressions (not a log): by grid row."""
    owned: Floats
    retention: Floats
    """By segment."""
    searches: Floats
    position: Floats
    """Ranks gained (negative is better, not a log); by theme."""
    lagging: Floats
    """1 where an account reports late; by account."""


def moves(grid: Grid, days: Days, work: tuple[Work, ...], noise: Noise) -> Moves:
    """Everything that befell the market and everything done about it."""
    world, count = grid.world, len(days)
    campaigns, ads, rows = len(world.campaigns), len(grid.ads), len(grid.row_ad)
    segments, themes = len(world.segments), len(world.themes)
    into = Moves(
        *(np.zeros((count, rows)) for _ in range(4)),
        *(np.zeros((count, campaigns)) for _ in range(3)),
        *(np.zeros((count, ads)) for _ in range(2)),
        weight=np.tile(grid.row_part, (count, 1)),
        owned=np.zeros((count, segments)),
        retention=np.zeros((count, segments)),
        searches=np.zeros((count, themes)),
        position=np.zeros((count, themes)),
        lagging=np.zeros((count, len(world.accounts))),
    )
    for incident in world.incidents:
        if incident.start.toordinal() <= days[-1]:
            _befall(into, grid, days, incident, work)
    for item in work:
        _improve(into, grid, days, item, noise)
    return into


def _felt(incident: Incident, days: Days) -> Floats:
    """How much of an incident is there by itself: ramps up, holds, fades within three days of its end."""
    up = np.clip((days - incident.start.toordinal() + 1) / incident.ramp, 0, 1)
    return up * np.clip(1 - (days - incident.end.toordinal() + 1) / 3, 0, 1)


_AFTER_PROMO_DAYS = 3


def _befall(into: Moves, grid: Grid, days: Days, incident: Incident, work: tuple[Work, ...]) -> None:
    rows, campaigns = grid.rows_in(incident.scope), grid.campaigns_in(incident.scope)
    ads, segments = grid.ads_in(incident.scope), grid.segments_in(incident.scope)
    felt = _felt(incident, days)[:, None]
    log = float(np.log(incident.strength))
    full = felt * log
    kept = felt * _unrelieved(grid, days, incident, work)
    healed = _unrelieved_campaigns(grid, days, incident, work)
    match incident.kind:
        case Cause.CREATIVE_FATIGUE:
            into.ctr[:, rows] += log * kept[:, rows]
            into.ad_frequency[:, ads] -= 0.75 * log * kept[:, grid.ad_row][:, ads]
        case Cause.AUDIENCE_DECLINE:
            into.ctr[:, rows] += log * kept[:, rows]
            into.cvr[:, rows] += 0.25 * log * kept[:, rows]
            into.owned[:, segments] += 0.75 * full * _unrelieved_owned(grid, days, incident, work)[:, segments]
        case Cause.ENGAGEMENT_DROP:
            into.owned[:, segments] += full * _unrelieved_owned(grid, days, incident, work)[:, segments]
        case Cause.RETENTION_DROP:
            into.retention[:, segments] += full * _unrelieved_owned(grid, days, incident, work)[:, segments]
        case Cause.AUDIENCE_SATURATION:
            into.cvr[:, rows] += log * kept[:, rows]
            into.cpm[:, campaigns] -= 0.5 * full * healed[:, campaigns]
            into.frequency[:, campaigns] -= full * healed[:, campaigns]
        case Cause.TRACKING_OUTAGE:
            into.pixel[:, rows] += log * kept[:, rows]
        case Cause.LANDING_PAGE_BREAK:
            into.cvr[:, rows] += log * kept[:, rows]
            into.visits[:, rows] += 0.4 * log * kept[:, rows]
        case Cause.OFFER_DECAY:
            into.cvr[:, rows] += log * kept[:, rows]
        case Cause.AUCTION_PRESSURE:
            into.cpm[:, campaigns] += full
        case Cause.BUDGET_CAP:
            into.demand[:, campaigns] -= felt * np.log(incident.strength * USED_BUDGET)
        case Cause.CONTENT_OPPORTUNITY:
            into.searches[:, grid.themes_in(incident.scope)] += full
        case Decoy.HOLIDAY:
            into.demand[:, campaigns] += full
            into.cvr[:, rows] += 0.4 * full
            into.owned[:, segments] += 0.5 * full
        case Decoy.PROMO:
            into.demand[:, campaigns] += 0.7 * full
            into.cvr[:, rows] += full
            into.owned[:, segments] += 0.5 * full
            after = (days >= incident.end.toordinal()) & (days < incident.end.toordinal() + _AFTER_PROMO_DAYS)
            into.cvr[:, rows] -= 0.5 * log * after[:, None]
        case Decoy.SMALL_AD_JUMP:
            into.ctr[:, rows] += full
        case Decoy.REPORTING_LAG:
            into.lagging[:, grid.accounts_in(incident.scope)] += np.round(felt)
        case _:
            raise ValueError(f"The market does not know how {incident.kind} feels.")


_CURES: dict[Cause | Decoy, dict[str, tuple[float, int]]] = {
    Cause.CREATIVE_FATIGUE: {"refresh_creative": (1.0, 3)},
    Cause.AUDIENCE_DECLINE: {
        "refresh_creative": (0.85, 4),
        "retention_flow": (0.2, 5),
        "rotate_audience": (0.0, 1),
        "update_promise": (0.3, 4),
    },
    Cause.AUDIENCE_SATURATION: {"rotate_audience": (0.9, 4)},
    Cause.TRACKING_OUTAGE: {"fix_tracking": (1.0, 1)},
    Cause.LANDING_PAGE_BREAK: {"fix_landing_page": (1.0, 1)},
    Cause.OFFER_DECAY: {"update_promise": (0.85, 5)},
}
"""Which work relieves what: the part relieved and the days until it is."""

_SPILL = 0.4
"""What a fresh ad relieves in the other ads of its campaign: the same people are shown the old ones less often."""


def _unrelieved(grid: Grid, days: Days, incident: Incident, work: tuple[Work, ...]) -> Floats:
    """The part of an incident left after the work done since it began, by grid row."""
    left = np.ones((len(days), len(grid.row_ad)))
    for item in _since(incident, work):
        relief, over = _CURES.get(incident.kind, {}).get(item.task, (0.0, 1))
        grown = item.grown(days, over)[:, None]
        reach = np.zeros(len(grid.row_ad))
        if item.task == "refresh_creative":
            reach[grid.rows_of_siblings(item.ident)] = _SPILL if incident.kind is Cause.AUDIENCE_DECLINE else 0
            reach[grid.rows_of_ad(item.ident)] = 1
        elif item.task == "retention_flow":
            reach[grid.rows_of_segment(item.ident)] = 1
        else:
            reach[grid.rows_covered(item)] = 1
        left *= 1 - relief * grown * reach[None, :]
    return left


def _unrelieved_campaigns(grid: Grid, days: Days, incident: Incident, work: tuple[Work, ...]) -> Floats:
    left = np.ones((len(days), len(grid.world.campaigns)))
    for item in _since(incident, work):
        relief, over = _CURES.get(incident.kind, {}).get(item.task, (0.0, 1))
        reach = np.array([float(item.covers(campaign)) for campaign in grid.world.campaigns])
        left *= 1 - relief * item.grown(days, over)[:, None] * reach[None, :]
    return left


def _unrelieved_owned(grid: Grid, days: Days, incident: Incident, work: tuple[Work, ...]) -> Floats:
    """A flow brings nine tenths of the lost engagement back over five days; by segment."""
    left = np.ones((len(days), len(grid.world.segments)))
    for item in _since(incident, work):
        if item.task == "retention_flow":
            reach = np.array([float(item.ident == segment.id) for segment in grid.world.segments])
            left *= 1 - 0.9 * item.grown(days, 5)[:, None] * reach[None, :]
    return left


def _since(incident: Incident, work: tuple[Work, ...]) -> list[Work]:
    return [item for item in work if item.done_on >= incident.start]


def _improve(into: Moves, grid: Grid, days: Days, item: Work, noise: Noise) -> None:
    """What work does by itself, whether or not anything was wrong."""
    match item.task:
        case "refresh_creative":
            rows, ads = grid.rows_of_ad(item.ident), grid.ad_mask(item.ident)
            appeal = 0.95 + 0.15 * noise.once("appeal", item.entity, item.done_on)
            into.ctr[:, rows] += float(np.log(appeal)) * item.grown(days, 3)[:, None]
            newest = days >= item.done_on.toordinal()
            age = np.maximum(days - item.done_on.toordinal(), 0)
            into.ad_frequency[:, ads] -= (0.25 * np.exp(-age / 10) * newest)[:, None]
            into.favour[:, ads] += 0.5 * (np.exp(-age / 14) * item.grown(days, 4))[:, None]
        case "rotate_audience":
            _rotate(into.weight, grid, days, item)
        case "write_brief":
            ours = np.array([_same(theme.query, item.ident, item.details) for theme in grid.world.themes], dtype=bool)
            ranks = np.array([theme.position for theme in grid.world.themes])
            gained = np.maximum(ranks - 5, 0)[None, :] * item.grown(days, 12)[:, None] * 0.75
            into.position[:, ours] = np.minimum(into.position, -gained)[:, ours]
        case _:
            pass


def _same(query: str, theme: str, details: object) -> bool:
    named = dict(details).get("theme", "") if isinstance(details, dict) else ""
    return query in {theme, named}


_LEFT_BEHIND = 0.15


def _rotate(weight: Floats, grid: Grid, days: Days, item: Work) -> None:
    """Hand most of one segment's impressions to another, over three days, within each ad of the campaign."""
    moved = (1 - _LEFT_BEHIND) * item.grown(days, 3)
    for giver in np.flatnonzero(grid.rows_covered(item) & grid.rows_of_segment(item.details["from_segment"])):
        taker = grid.rows_of_segment(item.details["to_segment"]) & (grid.row_ad == grid.row_ad[giver])
        if taker.any() and not taker[giver]:
            given = weight[:, giver] * moved
            weight[:, giver] -= given
            weight[:, int(np.flatnonzero(taker)[0])] += given


def ordinals(first: date, last: date) -> Days:
    """All days from first to last."""
    return np.arange(first.toordinal(), last.toordinal() + 1, dtype=np.int64)
