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
| holiday, promo | demand; orders per click | the other of the two, owned clicks; a dip after a promo |
| small_ad_jump | CTR of one ad | |
| reporting_lag | how much is known of young days | |
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from app.demo.cures import Left, left_of
from app.demo.grid import Grid, Mask
from app.demo.levers import Work
from app.demo.noise import Days, Floats
from app.demo.world import Decoy, Incident
from domain.signal import Cause

USED_BUDGET = 0.85
"""Part of its budget an unconstrained campaign spends."""
_FADES_FOR = 3
"""Days an incident takes to fade once it ends by itself."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Log multipliers by day (rows) and object (columns). Filled by adding, read once."""

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


def moves(grid: Grid, days: Days, work: tuple[Work, ...]) -> Moves:
    """Everything that befell the market, less what was done about it."""
    into = _still(grid, len(days))
    for incident in grid.world.incidents:
        if incident.start.toordinal() <= days[-1]:
            _BLOWS[incident.kind](into, _Blow(incident, grid, days, left_of(incident, grid, days, work)))
    return into


def _still(grid: Grid, count: int) -> Moves:
    world = grid.world
    sizes = {"row": len(grid.row_ad), "campaign": len(world.campaigns), "ad": len(grid.ads)}
    sizes |= {"segment": len(world.segments), "theme": len(world.themes), "account": len(world.accounts)}

    def zeros(by: str) -> Floats:
        return np.zeros((count, sizes[by]))

    return Moves(
        ctr=zeros("row"),
        cvr=zeros("row"),
        visits=zeros("row"),
        pixel=zeros("row"),
        cpm=zeros("campaign"),
        demand=zeros("campaign"),
        frequency=zeros("campaign"),
        ad_frequency=zeros("ad"),
        favour=zeros("ad"),
        weight=np.tile(grid.row_part, (count, 1)),
        owned=zeros("segment"),
        retention=zeros("segment"),
        searches=zeros("theme"),
        position=zeros("theme"),
        lagging=zeros("account"),
    )


@dataclass(frozen=True, slots=True)
class _Blow:
    """One incident on the days at hand."""

    incident: Incident
    grid: Grid
    days: Days
    left: Left

    @property
    def log(self) -> float:
        return float(np.log(self.incident.strength))

    @property
    def felt(self) -> Floats:
        """How much is there by itself: ramps up, holds, fades within three days of its end. One column."""
        up = (self.days - self.incident.start.toordinal() + 1) / self.incident.ramp
        down = 1 - (self.days - self.incident.end.toordinal() + 1) / _FADES_FOR
        return (np.clip(up, 0, 1) * np.clip(down, 0, 1))[:, None]

    @property
    def rows(self) -> Floats:
        """The log multiplier by grid row: zero outside the scope, less where cured."""
        return self.log * self.felt * self.left.rows * self.grid.rows_in(self.incident.scope)

    @property
    def campaigns(self) -> Floats:
        """The same by campaign."""
        return self.log * self.felt * self.left.campaigns * self.grid.campaigns_in(self.incident.scope)

    @property
    def owned(self) -> Floats:
        """The same by segment, on owned channels."""
        return self.log * self.felt * self.left.owned * self.grid.segments_in(self.incident.scope)

    @property
    def themes(self) -> Mask:
        return self.grid.themes_in(self.incident.scope)


def _fatigue(into: Moves, blow: _Blow) -> None:
    into.ctr[:] += blow.rows
    into.ad_frequency[:] -= 0.75 * blow.rows[:, blow.grid.ad_row]


def _decline(into: Moves, blow: _Blow) -> None:
    into.ctr[:] += blow.rows
    into.cvr[:] += 0.25 * blow.rows
    into.owned[:] += 0.75 * blow.owned


def _saturation(into: Moves, blow: _Blow) -> None:
    into.cvr[:] += blow.rows
    into.cpm[:] -= 0.5 * blow.campaigns
    into.frequency[:] -= blow.campaigns


def _outage(into: Moves, blow: _Blow) -> None:
    into.pixel[:] += blow.rows


def _broken_page(into: Moves, blow: _Blow) -> None:
    into.cvr[:] += blow.rows
    into.visits[:] += 0.4 * blow.rows


def _weak_offer(into: Moves, blow: _Blow) -> None:
    into.cvr[:] += blow.rows


def _pressure(into: Moves, blow: _Blow) -> None:
    into.cpm[:] += blow.campaigns


def _cap(into: Moves, blow: _Blow) -> None:
    scope = blow.grid.campaigns_in(blow.incident.scope)
    into.demand[:] -= blow.felt * scope * (blow.log + np.log(USED_BUDGET))


def _disengaged(into: Moves, blow: _Blow) -> None:
    into.owned[:] += blow.owned


def _leaving(into: Moves, blow: _Blow) -> None:
    into.retention[:] += blow.owned


def _sought(into: Moves, blow: _Blow) -> None:
    into.searches[:] += blow.log * blow.felt * blow.themes


def _holiday(into: Moves, blow: _Blow) -> None:
    into.demand[:] += blow.campaigns
    into.cvr[:] += 0.4 * blow.rows
    into.owned[:] += 0.5 * blow.owned


def _promo(into: Moves, blow: _Blow) -> None:
    into.demand[:] += 0.7 * blow.campaigns
    into.cvr[:] += blow.rows
    into.owned[:] += 0.5 * blow.owned
    after = blow.days - blow.incident.end.toordinal()
    hangover = ((after >= 0) & (after < _FADES_FOR))[:, None] * blow.grid.rows_in(blow.incident.scope)
    into.cvr[:] -= 0.5 * blow.log * hangover


def _jump(into: Moves, blow: _Blow) -> None:
    into.ctr[:] += blow.rows


def _lag(into: Moves, blow: _Blow) -> None:
    after = blow.days - blow.incident.start.toordinal()
    there = ((after >= 0) & (after < blow.incident.length))[:, None]
    into.lagging[:] += there * blow.grid.accounts_in(blow.incident.scope)


_BLOWS: Mapping[Cause | Decoy, Callable[[Moves, _Blow], None]] = {
    Cause.CREATIVE_FATIGUE: _fatigue,
    Cause.AUDIENCE_DECLINE: _decline,
    Cause.AUDIENCE_SATURATION: _saturation,
    Cause.TRACKING_OUTAGE: _outage,
    Cause.LANDING_PAGE_BREAK: _broken_page,
    Cause.OFFER_DECAY: _weak_offer,
    Cause.AUCTION_PRESSURE: _pressure,
    Cause.BUDGET_CAP: _cap,
    Cause.ENGAGEMENT_DROP: _disengaged,
    Cause.RETENTION_DROP: _leaving,
    Cause.CONTENT_OPPORTUNITY: _sought,
    Decoy.HOLIDAY: _holiday,
    Decoy.PROMO: _promo,
    Decoy.SMALL_AD_JUMP: _jump,
    Decoy.REPORTING_LAG: _lag,
}
