"""The figures agents watch: daily series with their moves, from which table, over which key, against whom."""

from agents.measures.audiences import cell_click_rate, segment_clicks_per_spend, segment_leaves, segment_rate
from agents.measures.cohorts import Cohorts, cohorts
from agents.measures.delivery import (
    account_pacing,
    ad_frequency,
    campaign_frequency,
    campaign_hours,
    campaign_pacing,
    status_columns,
)
from agents.measures.measure import (
    ACCOUNT,
    AD,
    CAMPAIGN,
    COMPLETENESS,
    MASKING,
    SEGMENT,
    Measure,
    arrived,
    campaigns,
    completeness,
    leaves,
    ordinary_days,
)
from agents.measures.owned import engagement, retention
from agents.measures.paid import ad_click_rate, campaign_click_rate, campaign_cpm, campaign_pixel_rate, campaign_spend
from agents.measures.search import demand
from agents.measures.site import (
    account_pixel_ratio,
    account_rate,
    campaign_order_rate,
    campaign_pixel_ratio,
    campaign_visits,
    web_column,
)
from agents.measures.wear import ad_wear

__all__ = [
    "ACCOUNT",
    "AD",
    "CAMPAIGN",
    "COMPLETENESS",
    "MASKING",
    "SEGMENT",
    "Cohorts",
    "Measure",
    "account_pacing",
    "account_pixel_ratio",
    "account_rate",
    "ad_click_rate",
    "ad_frequency",
    "ad_wear",
    "arrived",
    "campaign_click_rate",
    "campaign_cpm",
    "campaign_frequency",
    "campaign_hours",
    "campaign_order_rate",
    "campaign_pacing",
    "campaign_pixel_rate",
    "campaign_pixel_ratio",
    "campaign_spend",
    "campaign_visits",
    "campaigns",
    "cell_click_rate",
    "cohorts",
    "completeness",
    "demand",
    "engagement",
    "leaves",
    "ordinary_days",
    "retention",
    "segment_clicks_per_spend",
    "segment_leaves",
    "segment_rate",
    "status_columns",
    "web_column",
]
