"""The simulated market: what happened on each day, as a pure function of (world, seed, log of changes, days).

A day depends on the days before it only through the log, so any stretch can be computed alone, and what is past never
changes when somebody acts today.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.demo.effects import USED_BUDGET, Moves, moves
from app.demo.gains import gain
from app.demo.grid import Grid, Index, summed
from app.demo.levers import Levers, levers
from app.demo.log import Entry
from app.demo.noise import Days, Floats, Noise, poisson
from app.demo.owned import Cohorts, Owned, Search, cohorts, owned_channel, search

KNOWN_AFTER = (0.82, 0.94, 0.985, 1.0)
"""Part of a day's pixel conversions known after 0, 1, 2 and 3 days."""
KNOWN_LATE = (0.30, 0.60, 0.88, 1.0)
"""The same while an account reports late."""
PIXEL_SHARE = 0.93
"""Part of the backend's orders the pixel sees."""
_SPEND_ELASTICITY = 0.7
"""How spend follows a budget raised beyond what the campaign asks for."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What happened, by day (rows) and object (columns). Counts are whole numbers held as floats."""

    days: Days
    impressions: Floats
    clicks: Floats
    spend: Floats
    sessions: Floats
    orders: Floats
    revenue: Floats
    conversions: tuple[Floats, ...]
    """Pixel conversions known after 0, 1, 2 and 3 days, by grid row like all of the above."""
    order_value: Floats
    ad_reach: Floats
    campaign_reach: Floats
    budget: Floats
    running: Floats
    hours: Floats
    unsettled: Floats
    owned: tuple[Owned, Owned]
    """E-mail and push."""
    cohorts: Cohorts
    search: Search


@dataclass(frozen=True, slots=True)
class Market:
    """A world with its chance."""

    grid: Grid
    noise: Noise

    def simulate(self, entries: Sequence[Entry], days: Days) -> Stretch:
        """The days asked for, given everything done so far."""
        set_to = levers(self.grid.world, entries, days)
        moved = moves(self.grid, days, set_to.work)
        gain(moved, self.grid, days, set_to.work, self.noise)
        tide = self._tide(days)
        spend, hours, strain = self._spend(days, set_to, moved, tide)
        return self._deliver(days, set_to, moved, spend, hours, strain)

    def _tide(self, days: Days) -> Floats:
        """Demand for each campaign's product: season, weekday, a slowly drifting level and the day itself."""
        grid, noise = self.grid, self.noise
        season = 1 + 0.08 * np.sin(2 * np.pi * (days - 745_900) / 365.25)
        amplitude = 0.05 + 0.12 * noise.uniform("weekday size", days[:1] * 0, grid.campaigns)
        wave = _WEEKDAYS[(days - 1) % 7][:, None] * amplitude
        level = noise.drift("demand level", days, grid.campaigns, sd=0.07)
        shock = 0.05 * noise.normal("demand", days, grid.campaigns)
        together = 0.02 * noise.normal("demand together", days, grid.accounts)[:, grid.campaign_account]
        return season[:, None] * (1 + wave) * np.exp(level + shock + together)

    def _spend(self, days: Days, set_to: Levers, moved: Moves, tide: Floats) -> tuple[Floats, Floats, Floats]:
        """Money spent, hours served, and how hard spend presses on what the market gives at its ordinary price."""
        first = np.array([float(campaign.daily_budget) for campaign in self.grid.world.campaigns])
        surge = np.maximum(np.exp(moved.demand), 1)
        raised = np.maximum(set_to.budget / (first * surge), 1) ** _SPEND_ELASTICITY
        cut = np.minimum(set_to.budget / first, 1)
        paused = 1 - 0.4 * (1 - self._by_campaign(set_to.active * self._ad_parts(), self.grid.ad_campaign))
        ordinary = USED_BUDGET * first * tide
        wanted = ordinary * np.exp(moved.demand) * raised * cut * set_to.target**0.8 * np.maximum(paused, 0.6)
        wanted = wanted * set_to.running * (self._by_campaign(set_to.active, self.grid.ad_campaign) > 0)
        spend = np.minimum(wanted, set_to.budget)
        hours = 24 * np.clip(set_to.budget / np.maximum(wanted, 0.01), 0, 1) * (wanted > 0)
        press = np.maximum(spend, 0.01) / (ordinary * np.minimum(np.exp(moved.demand), 1))
        strain = np.where(press < 1, press, np.where(press > surge, press / surge, 1))
        world = self.grid.world
        returns = np.array([world.temper.returns_of(campaign.id) for campaign in world.campaigns])
        return spend, hours, np.maximum(strain, 0.05) ** (1 - returns)

    def _ad_parts(self) -> Floats:
        shares = np.array([ad.share / sum(a.share for a in campaign.ads) for campaign, ad in self.grid.ads])
        return shares[None, :]

    def _by_campaign(self, values: Floats, owner: Index) -> Floats:
        return summed(values, owner, len(self.grid.world.campaigns))

    def _deliver(
        self, days: Days, set_to: Levers, moved: Moves, spend: Floats, hours: Floats, strain: Floats
    ) -> Stretch:
        grid, noise = self.grid, self.noise
        of_campaign, of_ad, campaigns = grid.row_campaign, grid.row_ad, grid.world.campaigns
        weight = moved.weight * np.exp(moved.favour)[:, of_ad] * set_to.active[:, of_ad]
        whole = np.maximum(self._by_campaign(weight, of_campaign), 1e-12)
        part = weight / whole[:, of_campaign]
        cpm = np.array([campaign.cpm for campaign in campaigns]) * np.exp(
            moved.cpm
            + noise.drift("price level", days, grid.campaigns, sd=0.04)
            + 0.03 * noise.normal("price", days, grid.campaigns)
            + 0.02 * noise.normal("price together", days, grid.accounts)[:, grid.campaign_account]
        )
        cpm = cpm * strain**0.5 * set_to.target**0.5
        spent = spend[:, of_campaign] * part * np.exp(0.04 * noise.normal("split", days, grid.rows))
        impressions = np.floor(1000 * spent / cpm[:, of_campaign])
        spent = np.round(impressions * cpm[:, of_campaign] / 1000, 2)

        ctr = self._rate("ctr", days, [campaign.ctr for campaign in campaigns], moved.ctr, row_sd=0.04)
        ctr = ctr * np.array([ad.appeal for _, ad in grid.ads])[of_ad]
        clicks = np.minimum(self._count("clicks", days, impressions * ctr), impressions)
        cvr = self._rate("cvr", days, [campaign.cvr for campaign in campaigns], moved.cvr, row_sd=0.03)
        cvr = cvr / (strain**0.5)[:, of_campaign] * (1 - 0.04 * set_to.unsettled)[:, of_campaign]
        visit = np.minimum(0.88 * np.exp(moved.visits), 1)
        sessions = np.minimum(self._count("sessions", days, clicks * visit), clicks)
        seen = PIXEL_SHARE * np.exp(moved.pixel)
        known = self._known(days, clicks * cvr * seen, moved)
        unseen = self._count("unseen", days, clicks * cvr * (1 - seen))
        orders = known[-1] + unseen
        value = np.array([campaign.order_value for campaign in campaigns])[of_campaign]
        value = value * np.exp(0.05 * noise.normal("order value", days, grid.rows))
        ad_reach, campaign_reach = self._reach(days, impressions, moved)
        return Stretch(
            days=days,
            impressions=impressions,
            clicks=clicks,
            spend=spent,
            sessions=sessions,
            orders=orders,
            revenue=np.round(orders * value, 2),
            conversions=known,
            order_value=value,
            budget=set_to.budget,
            running=set_to.running,
            hours=np.round(hours, 2),
            unsettled=set_to.unsettled,
            ad_reach=ad_reach,
            campaign_reach=campaign_reach,
            owned=(
                owned_channel(0, grid, noise, days, moved),
                owned_channel(1, grid, noise, days, moved),
            ),
            cohorts=cohorts(grid, noise, days, moved),
            search=search(grid, noise, days, moved),
        )

    def _rate(self, purpose: str, days: Days, base: list[float], moved: Floats, row_sd: float) -> Floats:
        """A rate by grid row: the campaign's own, its drifting level, noise of the day, and moves."""
        grid, noise = self.grid, self.noise
        campaign = noise.drift(f"{purpose} level", days, grid.campaigns, sd=0.03)
        campaign = campaign + 0.03 * noise.normal(f"{purpose} day", days, grid.campaigns)
        row = row_sd * noise.normal(f"{purpose} row", days, grid.rows)
        return np.array(base)[grid.row_campaign] * np.exp(campaign[:, grid.row_campaign] + row + moved)

    def _count(self, purpose: str, days: Days, mean: Floats) -> Floats:
        return poisson(self.noise.uniform(purpose, days, self.grid.rows), mean)

    def _known(self, days: Days, mean: Floats, moved: Moves) -> tuple[Floats, ...]:
        """Pixel conversions as they come in: each day of delay brings its own Poisson count."""
        late = moved.lagging[:, self.grid.campaign_account][:, self.grid.row_campaign] > 0
        total, before, known = np.zeros_like(mean), np.zeros_like(mean), list[Floats]()
        for delay, (usual, lagging) in enumerate(zip(KNOWN_AFTER, KNOWN_LATE, strict=True)):
            share = np.where(late, lagging, usual)
            total = total + self._count(f"pixel {delay}", days, mean * (share - before))
            before = share
            known.append(total)
        return tuple(known)

    def _reach(self, days: Days, impressions: Floats, moved: Moves) -> tuple[Floats, Floats]:
        """People reached per ad, and per campaign: fewer than the sum, because ads share people."""
        grid, noise = self.grid, self.noise
        usual = np.array([campaign.frequency for campaign in grid.world.campaigns])[grid.ad_campaign]
        level = noise.drift("frequency level", days, grid.ad_keys, sd=0.03)
        day = 0.03 * noise.normal("frequency", days, grid.ad_keys)
        often = usual * np.exp(level + day + moved.ad_frequency + moved.frequency[:, grid.ad_campaign])
        by_ad = summed(impressions, grid.row_ad, len(grid.ads))
        reach = np.minimum(np.ceil(by_ad / np.maximum(often, 1.01)), by_ad)
        overlap = 0.82 * np.exp(0.01 * noise.normal("overlap", days, grid.campaigns))
        return reach, np.ceil(self._by_campaign(reach, grid.ad_campaign) * overlap)


_WEEKDAYS = np.array([0.1, 0.2, 0.4, 0.3, -0.2, -0.8, 0.0])
"""Monday first: how ad demand leans over the week, before each campaign's own size of it."""
