"""What stands still: accounts, campaigns, ads, segments and their usual level."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.bench.world.physics import Floats
from tests.bench.world.shape import Shape

Ints = NDArray[np.int64]

PLATFORMS = ("meta", "google", "tiktok", "meta", "linkedin", "google")
SMALL_SHARE = (0.03, 0.06)
"""Share of a campaign's impressions its small ad has."""
MARGIN = (1.02, 1.15)
"""Daily budget over the highest demand of any day."""


@dataclass(frozen=True)
class Company:
    """Levels by campaign (C), ad (A), segment slot of a campaign (S = 2) and segment of the company (G)."""

    shape: Shape
    account: Ints
    """[C] index of the account."""
    segment: Ints
    """[C, S] index of each bought segment."""
    spend: Floats
    cpm: Floats
    cvr: Floats
    order_value: Floats
    margin: Floats
    """[C] each."""
    ctr: Floats
    share: Floats
    frequency: Floats
    """[C, A] each: clicks per impression, share of the campaign's spend, impressions per reached person and day."""
    split: Floats
    """[C, S] share of each segment."""
    weekday: Floats
    """[C, 7] factor on spend."""
    cohort: Floats
    delivered: Floats
    click_rate: Floats
    """[G] each: new people a day, messages a day, clicks per message."""
    retention: Floats
    """[G, horizons]."""

    def platform(self, account: int) -> str:
        """Where an account buys."""
        return PLATFORMS[account % len(PLATFORMS)]

    def account_id(self, account: int) -> str:
        return f"acct-{account + 1}"

    def campaign_id(self, campaign: int) -> str:
        return f"a{self.account[campaign] + 1}-c{campaign % self.shape.campaigns + 1}"

    def ad_id(self, campaign: int, ad: int) -> str:
        return f"{self.campaign_id(campaign)}-ad{ad + 1}"

    def segment_id(self, segment: int) -> str:
        return f"a{segment // self.shape.segments + 1}-seg{segment % self.shape.segments + 1}"

    def buyers(self, segment: int) -> Ints:
        """Campaigns that buy a segment."""
        return np.flatnonzero((self.segment == segment).any(axis=1))


def draw(shape: Shape, rng: np.random.Generator) -> Company:
    """A company of that size."""
    many, segments, usual = shape.all_campaigns, shape.all_segments, shape.physics
    account = np.repeat(np.arange(shape.accounts), shape.campaigns)
    first = np.arange(many) % shape.segments
    second = (first + 1 + rng.integers(0, shape.segments - 1, many)) % shape.segments
    small = rng.uniform(*SMALL_SHARE, (many, 1))
    large = rng.dirichlet([9.0] * (shape.ads - 1), many) * (1 - small)
    left = rng.uniform(0.35, 0.65, many)
    spend = shape.spend * rng.lognormal(0, 0.5, many)
    return Company(
        shape=shape,
        account=account,
        segment=np.stack([first, second], axis=1) + (account * shape.segments)[:, None],
        spend=spend,
        cpm=usual.cpm * rng.lognormal(0, 0.2, many),
        cvr=usual.cvr * rng.lognormal(0, 0.15, many),
        order_value=60 * rng.lognormal(0, 0.3, many),
        margin=rng.uniform(*MARGIN, many),
        ctr=usual.ctr * rng.lognormal(0, 0.12, (many, 1)) * rng.lognormal(0, 0.12, (many, shape.ads)),
        share=np.concatenate([large, small], axis=1),
        frequency=rng.uniform(*usual.frequency, (many, 1)) * rng.lognormal(0, 0.05, (many, shape.ads)),
        split=np.stack([left, 1 - left], axis=1),
        weekday=_weekdays(account, rng),
        cohort=shape.people * rng.lognormal(0, 0.3, segments),
        delivered=10 * shape.people * rng.lognormal(0, 0.3, segments),
        click_rate=usual.owned_click_rate * rng.lognormal(0, 0.15, segments),
        retention=usual.returning * rng.lognormal(0, 0.1, (segments, 1)),
    )


def _weekdays(account: Ints, rng: np.random.Generator) -> Floats:
    """A weekly wave with an amplitude of 5 to 25 %, its peak shared by the campaigns of an account."""
    amplitude = rng.uniform(0.05, 0.25, len(account))
    peak = rng.uniform(0, 7, account.max() + 1)[account]
    wave = np.cos(2 * np.pi * (np.arange(7)[None, :] - peak[:, None]) / 7)
    return 1 + amplitude[:, None] * wave
