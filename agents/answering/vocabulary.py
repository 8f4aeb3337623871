"""The words people use for metrics, groups, orders and nothing in particular."""

from collections.abc import Mapping
from types import MappingProxyType

METRIC_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "ctr": "ctr", "click through rate": "ctr", "click-through rate": "ctr", "clickthrough rate": "ctr",
        "click-through": "ctr", "cpc": "cpc", "cost per click": "cpc", "click price": "cpc", "cpm": "cpm",
        "cost per mille": "cpm", "cost per thousand": "cpm", "cost per thousand impressions": "cpm", "cvr": "cvr",
        "conversion rate": "cvr", "cpa": "cpa", "cost per acquisition": "cpa", "cost per conversion": "cpa",
        "cost per order": "cpa", "acquisition cost": "cpa", "acquisition costs": "cpa", "cac": "cpa", "cpo": "cpa",
        "roas": "roas", "return on ad spend": "roas", "spend": "spend", "spent": "spend", "ad spend": "spend",
        "cost": "spend", "costs": "spend", "spending": "spend", "expenses": "spend", "clicks": "clicks",
        "impressions": "impressions", "views": "impressions", "conversions": "conversions", "sales": "conversions",
        "conversion value": "conversions_value", "frequency": "frequency", "reach": "reach", "orders": "orders",
        "backend orders": "orders", "revenue": "revenue", "turnover": "revenue", "visits": "sessions",
        "sessions": "sessions", "traffic": "sessions", "site visits": "sessions", "order rate": "order_rate",
        "orders per visit": "order_rate", "click rate": "click_rate", "email click rate": "click_rate",
        "newsletter click rate": "click_rate", "engagement": "click_rate", "open rate": "open_rate",
        "unsubscribe rate": "unsubscribe_rate", "unsubscribes": "unsubscribe_rate", "retention": "retention",
        "retention rate": "retention", "pixel ratio": "pixel_ratio",
        "tracking ratio": "pixel_ratio", "tracking": "pixel_ratio", "pixel": "pixel_ratio",
        "budget": "daily_budget", "daily budget": "daily_budget", "budgets": "daily_budget",
        "search clicks": "search_clicks", "organic clicks": "search_clicks", "searches": "search_impressions",
        "search impressions": "search_impressions", "position": "position", "ranking": "position",
        "hours served": "hours_served",
    }
)  # fmt: skip
DIMENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "campaign": "campaign_id", "campaigns": "campaign_id", "ad": "ad_id", "ads": "ad_id", "creative": "ad_id",
        "creatives": "ad_id", "platform": "platform", "platforms": "platform", "channel": "platform",
        "channels": "platform", "account": "account_id", "accounts": "account_id", "segment": "segment_id",
        "segments": "segment_id", "audience": "segment_id", "audiences": "segment_id", "day": "date_day",
        "days": "date_day", "landing page": "landing_page", "landing pages": "landing_page", "query": "query",
        "queries": "query", "search term": "query",
    }
)  # fmt: skip
MOST = ("highest", "most", "top", "largest", "biggest", "dearest", "most expensive")
LEAST = ("lowest", "least", "bottom", "smallest", "cheapest", "fewest")
BEST, WORST = ("best", "strongest", "better"), ("worst", "weakest", "poorest")
ENOUGH = {"ctr": 1000.0, "cpm": 1000.0, "cpc": 50.0, "cvr": 50.0, "cpa": 5.0, "roas": 1.0, "click_rate": 500.0}
"""Below this many in the denominator a group is not ranked: a rate of little is luck."""
MONEY = frozenset({"spend", "conversions_value", "revenue", "daily_budget"})
TREND = ("trend", "trending", "develop", "developing", "developed", "over time", "rising", "falling", "going up",
          "going down", "increasing", "decreasing", "week by week", "weekly")  # fmt: skip
COMMON = frozenset(
    {
        "of", "for", "in", "on", "about", "at", "from",
        "the", "our", "all", "any", "each", "every", "per", "and", "or", "total", "overall", "average",
        "mean", "everything", "everyone", "company", "account", "accounts", "campaign", "campaigns", "ads",
        "ad", "channel", "channels", "platform", "platforms", "segment", "segments", "days", "day", "week",
        "weeks", "month", "months", "time", "now", "then", "was", "were", "is", "are", "did", "does", "do",
        "has", "have", "had", "get", "got", "been", "more", "less", "than", "last", "past", "previous",
        "this", "that", "top", "best", "worst", "most", "least", "highest", "lowest", "target", "track", "us",
        "we", "it", "its", "them", "these", "those", "change", "changed", "compared", "versus", "before",
        "after", "earlier", "which", "what", "who", "how", "much", "many", "going", "trend", "hold",
        "performance", "numbers", "kpis", "year", "money", "general", "detail", "short", "ranking",
        "rank", "order", "please", "tell", "show", "give", "me", "you", "paid", "marketing", "site",
        "website", "email", "emails", "mail", "newsletter", "backend", "owned", "organic", "search",
        "google's",
        "developing", "develop", "developed", "evolving", "trending", "rising", "falling",
        "daily", "weekly", "current", "currently",
    }
)  # fmt: skip
"""Words that name nothing."""
LATE = frozenset({"conversions", "conversions_value"})
