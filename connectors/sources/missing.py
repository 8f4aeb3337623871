"""What each missing table, and each column without a single value, weakens: the words of a named gap."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.reading import Gap

TABLES_WEAKEN: Mapping[str, str] = MappingProxyType(
    {
        "ad_delivery": "creative fatigue cannot be told from audience saturation",
        "hourly_report": "prices and click rates are watched by the day only",
        "campaign_status": "budget caps and learning phases cannot be seen, and no budget change can be proposed",
        "web_report": "tracking faults cannot be told from page faults, and conversions are the platform's word alone",
        "lifecycle_report": "weaker engagement on owned channels cannot be joined with what ads show",
        "cohort_report": "falling retention cannot be seen",
        "creative": "ads cannot be traced to shared assets, and the age of a creative is unknown",
        "segment": "audience segments are shown by id, not by name",
        "campaign_segment": "campaigns cannot be tied to the audience segments they reach",
        "search_report": "falling search visibility and content opportunities cannot be seen",
        "questions": "what customers ask cannot be joined with what they search",
        "market": "competitor moves cannot be told from causes of our own",
        "calendar": "holidays and promotions cannot be told from real changes",
        "experiment": "finished tests cannot be reported, nor learned from",
    }
)

COLUMNS_WEAKEN: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("ad_report", "clicks"): "click-through rate, CPC and CVR cannot be watched",
        ("ad_report", "impressions"): "click-through rate and CPM cannot be watched",
        ("ad_report", "spend"): "CPM, CPC, CPA and ROAS cannot be watched and money at stake is unknown",
        ("ad_report", "conversions"): "CVR and CPA cannot be watched and tracking faults cannot be seen",
        ("ad_report", "conversions_value"): "ROAS cannot be watched",
        ("ad_delivery", "reach"): "audience saturation rests on the reported frequency alone",
        ("ad_delivery", "frequency"): "frequency has to be taken from impressions and reach",
        ("campaign_status", "daily_budget"): "budget caps cannot be seen and no budget change can be proposed",
        ("campaign_status", "hours_served"): "budget caps cannot be seen by the hours served",
        ("campaign_status", "learning"): "learning phases cannot be seen",
        ("web_report", "sessions"): "page faults cannot be told from tracking faults",
        ("web_report", "orders"): "the platform's conversions cannot be checked against orders",
        ("web_report", "revenue"): "revenue cannot be checked against the platform's word",
        ("lifecycle_report", "unique_opens"): "open rates cannot be watched",
        ("lifecycle_report", "unique_clicks"): "click rates on owned channels cannot be watched",
    }
)


def missing_table(table: str) -> Gap:
    """The gap a source without `table` leaves."""
    return Gap(table, f"no {table}, so {TABLES_WEAKEN[table]}")


def empty_column(table: str, column: str, where: str = "") -> Gap:
    """The gap a required column without a single value leaves; `where` names the accounts if it is not all of them."""
    weakens = COLUMNS_WEAKEN.get((table, column), f"nothing that rests on {table}.{column} can be watched")
    return Gap(table, f"{table} has no {column}{' for ' if where else ''}{where}, so {weakens}{' there' * bool(where)}")
