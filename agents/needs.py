"""How many days of each table a sweep reads. Tables not named are not read."""

from collections.abc import Mapping
from types import MappingProxyType

from agents.measures.hourly import HOURLY_DAYS
from agents.thresholds import HISTORY_DAYS

DAYS: Mapping[str, int] = MappingProxyType(
    {
        "ad_report": HISTORY_DAYS,
        "ad_delivery": HISTORY_DAYS,
        "hourly_report": HOURLY_DAYS,
        "campaign_status": HISTORY_DAYS,
        "web_report": HISTORY_DAYS,
        "lifecycle_report": HISTORY_DAYS,
        "cohort_report": HISTORY_DAYS,
        "creative": HISTORY_DAYS,
        "segment": HISTORY_DAYS,
        "campaign_segment": HISTORY_DAYS,
        "search_report": HISTORY_DAYS,
        "questions": HISTORY_DAYS,
        "calendar": HISTORY_DAYS,
        "market": HISTORY_DAYS,
        "experiment": HISTORY_DAYS,
    }
)
