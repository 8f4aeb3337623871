"""The daily facts of a company in which things happen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.bench.world.company import Company, Ints
from tests.bench.world.incidents import Happening
from tests.bench.world.physics import Floats, drift
from tests.bench.world.schedule import PROMO_TAIL

REPORTED_LATE = np.array([0.30, 0.30, 0.28, 0.12])
"""Share of conversions known after 0, 1, 2, 3 days while an account reports late: 30, 60, 88, 100 % together."""
OVERLAP = 0.8
"""Reached people of a campaign over the sum of its ads'."""
AFTER_PROMO = 0.85
"""Orders per click on the day after a promo, returning to normal within days."""

ELSEWHERE = frozenset({"searches", "lift", "rival_price"})
"""Figures outside the company's own ad, site and lifecycle tables."""


@dataclass(frozen=True)
class Facts:
    """Counts by campaign C, ad A, segment slot S, segment G and day T."""

    spend: Floats
    """[C, A, S, T], like the next four."""
    impressions: Ints
    clicks: Ints
    orders: Ints
    arrivals: Ints
    """[C, A, S, T, 4] pixel conversions by the days they take to become known."""
    sessions: Ints
    """[C, T]."""
    reach: Ints
    """[C, A, T]."""
    campaign_reach: Ints
    """[C, T], like the next two."""
    hours: Floats
    budget: Floats
    delivered: Ints
    """[G, T], like the next one."""
    owned_clicks: Ints
    cohort: Ints
    """[G, horizons, T], like the next one."""
    retained: Ints


@dataclass
class Factors:
    """What happenings multiply, starting from one everywhere."""

    company: Company

    def __post_init__(self) -> None:
        shape = self.company.shape
        many, days = shape.all_campaigns, shape.days
        self.cell = {name: np.ones((many, shape.ads, 2, days)) for name in ("ctr", "cvr")}
        self.frequency = np.ones((many, shape.ads, days))
        self.campaign = {name: np.ones((many, days)) for name in ("cpm", "demand", "budget", "pixel", "visit")}
        self.segment = {name: np.ones((shape.all_segments, days)) for name in ("retention", "owned_click")}
        self.is_late = np.zeros((many, days), bool)
        self.is_uncapped = np.zeros((many, days), bool)

    def apply(self, one: Happening) -> None:
        """Multiply in what one happening moves."""
        progress = one.progress(self.company.shape.days)
        rows = np.flatnonzero(self.company.account == one.account)
        if one.campaign is not None:
            rows = np.array([one.campaign])
        ads = slice(None) if one.ad is None else one.ad
        for figure, log in one.logs.items():
            if figure in ELSEWHERE:
                continue
            factor = multiplier(log, progress)
            if figure in self.cell:
                self.cell[figure][rows, ads] *= factor
            elif figure == "frequency":
                self.frequency[rows, ads] *= factor
            elif figure == "segment_ctr":
                self.cell["ctr"] *= np.where(
                    (self.company.segment == one.segment)[:, None, :, None], factor[None, None, None, :], 1.0
                )
            elif figure in self.segment:
                self.segment[figure][one.segment] *= factor
            else:
                self.campaign[figure][rows] *= factor
        if one.kind == "pacing_drift":
            self.is_uncapped[rows] |= progress > 0  # a platform may spend beyond its daily budget
        if one.kind == "reporting_lag":
            self.is_late[rows] |= progress > 0
        if one.kind == "promo":
            after = np.arange(self.company.shape.days) - one.end
            dip = np.where((after > 0) & (after <= PROMO_TAIL), AFTER_PROMO ** (1 - (after - 1) / PROMO_TAIL), 1.0)
            self.cell["cvr"][rows] *= dip


def multiplier(log: float, progress: Floats) -> Floats:
    """exp(log x progress), with nothing left where the logarithm is minus infinity."""
    return np.where(progress > 0, np.exp(log * np.where(progress > 0, progress, 1.0)), 1.0)


def live(company: Company, happenings: Sequence[Happening], rng: np.random.Generator) -> Facts:
    """Let the days pass."""
    factors = Factors(company)
    for one in happenings:
        factors.apply(one)
    spend, hours, budget = _spending(company, factors, rng)
    impressions, clicks = _delivery(company, factors, spend, rng)
    orders, arrivals = _orders(company, factors, clicks, rng)
    sessions = rng.binomial(
        clicks.sum(axis=(1, 2)), np.clip(company.shape.physics.visit_share * factors.campaign["visit"], 0, 1)
    )
    reach, campaign_reach = _reach(company, factors, impressions, rng)
    delivered, owned_clicks, cohort, retained = _owned(company, factors, rng)
    return Facts(
        spend,
        impressions,
        clicks,
        orders,
        arrivals,
        sessions,
        reach,
        campaign_reach,
        hours,
        budget,
        delivered,
        owned_clicks,
        cohort,
        retained,
    )


def _spending(company: Company, factors: Factors, rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Spend by cell, hours served and daily budget by campaign."""
    shape, noise = company.shape, company.shape.physics.noise
    many, days = shape.all_campaigns, shape.days
    log = drift(rng, noise.demand, many, days) + rng.normal(0, noise.demand_day, (many, days))
    log += drift(rng, noise.demand_account, shape.accounts, days)[company.account]
    weekly = company.weekday[:, np.arange(days) % 7]
    demand = company.spend[:, None] * weekly * np.exp(log) * factors.campaign["demand"]
    budget = _budgets(company, demand, factors)
    spent = np.where(factors.is_uncapped, demand, np.minimum(demand, budget))
    hours = np.clip(24 * spent / demand + rng.normal(0, 0.15, spent.shape), 0, 24)
    share = company.share[:, :, None, None] * company.split[:, None, :, None]
    wobble = np.exp(rng.normal(0, 0.05, (*share.shape[:3], days)))
    cells = share * wobble
    cells /= cells.sum(axis=(1, 2), keepdims=True)
    return cells * spent[:, None, None, :], hours, budget


def _budgets(company: Company, demand: Floats, factors: Factors) -> Floats:
    """Daily budgets: above any demand, so that nothing caps a campaign but an incident, which sets a share of it."""
    planned = np.where(factors.is_uncapped, 0, demand).max(axis=1) * company.margin
    budget = np.repeat(np.ceil(planned / 10)[:, None] * 10, demand.shape[1], axis=1)
    ratio = factors.campaign["budget"]
    for campaign in np.flatnonzero((ratio < 1).any(axis=1)):
        days = np.flatnonzero(ratio[campaign] < 1)
        for run in np.split(days, np.flatnonzero(np.diff(days) > 1) + 1):
            budget[campaign, run] = np.round(demand[campaign, run].mean() * ratio[campaign, run[0]])
    return budget


def _delivery(company: Company, factors: Factors, spend: Floats, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Impressions and clicks by cell."""
    shape, noise = company.shape, company.shape.physics.noise
    many, days = shape.all_campaigns, shape.days
    weekly = 1 + 0.3 * (company.weekday[:, np.arange(days) % 7] - 1)
    price = drift(rng, noise.cpm_account, shape.accounts, days)[company.account] + rng.normal(
        0, noise.cpm, (many, days)
    )
    cpm = company.cpm[:, None] * weekly * np.exp(price) * factors.campaign["cpm"]
    impressions = rng.poisson(1000 * spend / cpm[:, None, None, :])
    common = drift(rng, noise.ctr_account, shape.accounts, days)[company.account] + rng.normal(
        0, noise.ctr_campaign, (many, days)
    )
    log = common[:, None, :] + rng.normal(0, noise.ctr_ad, (many, shape.ads, days))
    ctr = (company.ctr[:, :, None] * np.exp(log))[:, :, None, :] * factors.cell["ctr"]
    return impressions, rng.binomial(impressions, np.clip(ctr, 0, 0.5))


def _orders(company: Company, factors: Factors, clicks: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Orders of the backend, and pixel conversions by the days they take to become known."""
    shape, physics, noise = company.shape, company.shape.physics, company.shape.physics.noise
    many, days = shape.all_campaigns, shape.days
    log = drift(rng, noise.cvr_account, shape.accounts, days)[company.account]
    log = log + rng.normal(0, noise.cvr, (many, days))
    cvr = (company.cvr[:, None] * np.exp(log))[:, None, None, :] * factors.cell["cvr"]
    orders = rng.binomial(clicks, np.clip(cvr, 0, 0.9))
    seen = rng.binomial(orders, physics.pixel_share * factors.campaign["pixel"][:, None, None, :])
    shares = np.where(factors.is_late[:, None, None, :, None], REPORTED_LATE, np.array(physics.reported))
    return orders, rng.multinomial(seen, np.broadcast_to(shares, (*seen.shape, len(REPORTED_LATE))))


def _reach(company: Company, factors: Factors, impressions: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """People reached by each ad and by each campaign."""
    shape, noise = company.shape, company.shape.physics.noise
    log = drift(rng, noise.frequency_campaign, shape.all_campaigns, shape.days)[:, None, :]
    log = log + rng.normal(0, noise.frequency, (shape.all_campaigns, shape.ads, shape.days))
    # Nobody is shown an ad less than once.
    frequency = np.maximum(company.frequency[:, :, None] * factors.frequency * np.exp(log), 1.0)
    reach = np.ceil(impressions.sum(axis=2) / frequency).astype(np.int64)
    overlap = OVERLAP * np.exp(rng.normal(0, noise.frequency, (shape.all_campaigns, shape.days)))
    return reach, np.ceil(reach.sum(axis=1) * np.minimum(overlap, 1)).astype(np.int64)


def _owned(company: Company, factors: Factors, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """Messages delivered and clicked, cohorts and who of them is back."""
    shape, noise = company.shape, company.shape.physics.noise
    size = (shape.all_segments, shape.days)
    delivered = rng.poisson(company.delivered[:, None] * np.exp(drift(rng, noise.people, *size)))
    rate = company.click_rate[:, None] * np.exp(rng.normal(0, noise.owned, size)) * factors.segment["owned_click"]
    clicked = rng.binomial(delivered, np.clip(rate, 0, 1))
    cube = (size[0], len(company.shape.physics.horizons), size[1])
    cohort = rng.poisson(
        np.broadcast_to((company.cohort[:, None] * np.exp(drift(rng, noise.people, *size)))[:, None], cube)
    )
    back = company.retention[:, :, None] * np.exp(rng.normal(0, noise.retention, cube))
    return delivered, clicked, cohort, rng.binomial(cohort, np.clip(back * factors.segment["retention"][:, None], 0, 1))
