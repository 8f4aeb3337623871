"""The market's objects as columns: which row belongs to which ad, campaign, segment and account."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.demo.levers import Work
from app.demo.noise import Floats, Keys, keys_of
from app.demo.world import Ad, Campaign, World
from domain.scope import Scope

Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Grid:
    """A row is one segment seen by one ad. Built once per world."""

    world: World
    ads: tuple[tuple[Campaign, Ad], ...]
    row_ad: Index
    row_campaign: Index
    row_segment: Index
    row_part: Floats
    """The row's ordinary part of its campaign's impressions."""
    ad_campaign: Index
    ad_row: Index
    """First row of each ad."""
    campaign_account: Index
    rows: Keys
    ad_keys: Keys
    campaigns: Keys
    segments: Keys
    accounts: Keys
    themes: Keys

    def rows_in(self, scope: Scope) -> Mask:
        """The rows inside a scope; an id that is not named restricts nothing."""
        segment = self.segments_in(scope) if scope.segment_id else np.ones(len(self.world.segments), dtype=bool)
        return self.ads_in(scope)[self.row_ad] & segment[self.row_segment]

    def ads_in(self, scope: Scope) -> Mask:
        """The ads inside a scope."""
        mine = np.array([scope.ad_id in {None, ad.id} for _, ad in self.ads])
        return mine & self.campaigns_in(scope)[self.ad_campaign]

    def campaigns_in(self, scope: Scope) -> Mask:
        """The campaigns inside a scope."""
        mine = np.array([scope.campaign_id in {None, campaign.id} for campaign in self.world.campaigns])
        return mine & self.accounts_in(scope)[self.campaign_account]

    def accounts_in(self, scope: Scope) -> Mask:
        """The accounts inside a scope."""
        return np.array(
            [
                scope.account_id in {None, account.id} and scope.platform in {None, account.platform}
                for account in self.world.accounts
            ]
        )

    def segments_in(self, scope: Scope) -> Mask:
        """The segments inside a scope: the one it names, or all."""
        return np.array([scope.segment_id in {None, segment.id} for segment in self.world.segments])

    def themes_in(self, scope: Scope) -> Mask:
        """The query themes inside a scope."""
        return np.array([scope.query in {None, theme.query} for theme in self.world.themes], dtype=bool)

    def ad_mask(self, ident: str) -> Mask:
        """The ad with an id."""
        return np.array([ad.id == ident for _, ad in self.ads])

    def rows_of_ad(self, ident: str) -> Mask:
        """The rows of one ad."""
        return self.ad_mask(ident)[self.row_ad]

    def rows_of_siblings(self, ident: str) -> Mask:
        """The rows of the ad's whole campaign."""
        mine = self.ad_campaign[self.ad_mask(ident)]
        return np.isin(self.row_campaign, mine)

    def rows_of_segment(self, ident: str) -> Mask:
        """The rows of one segment."""
        return np.array([segment.id == ident for segment in self.world.segments])[self.row_segment]

    def rows_covered(self, work: Work) -> Mask:
        """The rows of the campaigns a piece of work is about."""
        return np.array([work.covers(campaign) for campaign in self.world.campaigns])[self.row_campaign]


def grid_of(world: World) -> Grid:
    """Lay a world out as columns."""
    ads = tuple((campaign, ad) for campaign in world.campaigns for ad in campaign.ads)
    place = {segment.id: index for index, segment in enumerate(world.segments)}
    campaign_at = {campaign.id: index for index, campaign in enumerate(world.campaigns)}
    account_at = {account.id: index for index, account in enumerate(world.accounts)}
    cells = [
        (at, campaign_at[campaign.id], place[segment], ad.share * part / _total(campaign), f"{ad.id}/{segment}")
        for at, (campaign, ad) in enumerate(ads)
        for segment, part in campaign.segments
    ]
    row_ad = np.array([cell[0] for cell in cells], dtype=np.int64)
    return Grid(
        world=world,
        ads=ads,
        row_ad=row_ad,
        row_campaign=np.array([cell[1] for cell in cells], dtype=np.int64),
        row_segment=np.array([cell[2] for cell in cells], dtype=np.int64),
        row_part=np.array([cell[3] for cell in cells]),
        ad_campaign=np.array([campaign_at[campaign.id] for campaign, _ in ads], dtype=np.int64),
        ad_row=np.searchsorted(row_ad, np.arange(len(ads))).astype(np.int64),
        campaign_account=np.array([account_at[campaign.account_id] for campaign in world.campaigns], dtype=np.int64),
        rows=keys_of([cell[4] for cell in cells]),
        ad_keys=keys_of([ad.id for _, ad in ads]),
        campaigns=keys_of([campaign.id for campaign in world.campaigns]),
        segments=keys_of([segment.id for segment in world.segments]),
        accounts=keys_of([account.id for account in world.accounts]),
        themes=keys_of([theme.query for theme in world.themes]),
    )


def _total(campaign: Campaign) -> float:
    return sum(ad.share for ad in campaign.ads) * sum(part for _, part in campaign.segments)


def summed(values: Floats, owner: Index, owners: int) -> Floats:
    """Columns added up by whom they belong to: rows to ads, ads to campaigns."""
    total = np.zeros((len(values), owners))
    np.add.at(total.T, owner, values.T)
    return total
