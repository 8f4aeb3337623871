"""Every figure that can be asked for: what the agents watch, and what only people ask about."""

from collections.abc import Mapping
from types import MappingProxyType

from agents.metrics import METRICS, Metric

FIGURES: Mapping[str, Metric] = MappingProxyType(
    {
        **METRICS,
        **{
            metric.name: metric
            for metric in (
                Metric("order_value", "Order value", "average order value", "money", 1, "web_report", "revenue",
                       "orders"),
                Metric("value_per_conversion", "Value per conversion", "value per conversion", "money", 1,
                       "ad_report", "conversions_value", "conversions"),
                Metric("unsubscribes", "Unsubscribes", "unsubscribes", "count", -1, "lifecycle_report",
                       "unsubscribes"),
                Metric("delivered", "Delivered", "delivered messages", "count", 0, "lifecycle_report", "delivered"),
                Metric("opens", "Opens", "opens", "count", 1, "lifecycle_report", "unique_opens"),
                Metric("complaints", "Complaints", "spam complaints", "count", -1, "lifecycle_report", "complaints"),
                Metric("owned_clicks", "Clicks", "clicks on messages", "count", 1, "lifecycle_report",
                       "unique_clicks"),
                Metric("owned_conversions", "Conversions", "conversions from messages", "count", 1,
                       "lifecycle_report", "conversions"),
                Metric("owned_revenue", "Revenue", "revenue from messages", "money", 1, "lifecycle_report",
                       "revenue"),
                Metric("owned_cvr", "CVR", "conversions per click on messages", "share", 1, "lifecycle_report",
                       "conversions", "unique_clicks"),
                Metric("search_ctr", "Search CTR", "click-through rate of organic search", "share", 1,
                       "search_report", "clicks", "impressions"),
            )
        },
    }
)  # fmt: skip
