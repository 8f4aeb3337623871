"""The tables a source provides: keys, columns and types, exactly as the public contract names them."""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from domain.base import Frozen

DAY, HOUR, TEXT, COUNT, MONEY, SHARE, FLAG = "day", "hour", "text", "count", "money", "share", "flag"
"""Column kinds: a calendar day; an hour of one, 0 to 23; text; a whole number >= 0; an amount >= 0; any real
number >= 0; true or false."""

POLARS_TYPES: Mapping[str, type[pl.DataType]] = MappingProxyType(
    {
        DAY: pl.Date,
        HOUR: pl.Int64,
        TEXT: pl.String,
        COUNT: pl.Int64,
        MONEY: pl.Float64,
        SHARE: pl.Float64,
        FLAG: pl.Boolean,
    }
)


class Table(Frozen):
    """One table of the contract."""

    name: str
    key: tuple[str, ...]
    """Required key columns."""
    optional_key: tuple[str, ...] = ()
    """Key columns that may be missing, or null in a row."""
    columns: Mapping[str, str]
    """Every contract column, key included, with its kind."""
    optional: frozenset[str] = frozenset()
    """Columns outside the key that may be missing."""
    day: str | None = "date_day"
    """The column that dates a row; None for a table without one."""
    has_future: bool = False
    """Whether rows dated after the day of reading are seen."""


def _columns(**kinds: str) -> Mapping[str, str]:
    """Columns by kind, each a space-separated list of names: day="date_day", count="clicks impressions"."""
    return {name: kind for kind, names in kinds.items() for name in names.split()}


_AD = ("date_day", "platform", "account_id", "campaign_id", "ad_group_id", "ad_id")
_CAMPAIGN = ("date_day", "platform", "account_id", "campaign_id")

TABLES: Mapping[str, Table] = MappingProxyType(
    {
        table.name: table
        for table in (
            Table(
                name="ad_report",
                key=_AD,
                optional_key=("segment_id",),
                columns=_columns(
                    day="date_day",
                    text="platform account_id campaign_id ad_group_id ad_id segment_id source_relation account_name "
                    "campaign_name ad_group_name ad_name currency",
                    count="clicks impressions",
                    money="spend",
                    share="conversions conversions_value",
                ),
                optional=frozenset(
                    ["source_relation", "account_name", "campaign_name", "ad_group_name", "ad_name", "currency"]
                ),
            ),
            Table(
                name="ad_delivery",
                key=_CAMPAIGN,
                optional_key=("ad_id",),
                columns=_columns(
                    day="date_day", text="platform account_id campaign_id ad_id", count="reach", share="frequency"
                ),
            ),
            Table(
                name="hourly_report",
                key=("date_day", "hour", "platform", "account_id", "campaign_id"),
                columns=_columns(
                    day="date_day",
                    hour="hour",
                    text="platform account_id campaign_id",
                    count="impressions clicks",
                    money="spend",
                ),
            ),
            Table(
                name="campaign_status",
                key=_CAMPAIGN,
                columns=_columns(
                    day="date_day",
                    text="platform account_id campaign_id status objective",
                    money="daily_budget",
                    share="hours_served",
                    flag="learning",
                ),
                optional=frozenset({"objective"}),
            ),
            Table(
                name="web_report",
                key=("date_day", "account_id", "campaign_id"),
                optional_key=("ad_id", "segment_id", "landing_page"),
                columns=_columns(
                    day="date_day",
                    text="account_id campaign_id ad_id segment_id landing_page",
                    count="sessions orders",
                    money="revenue",
                ),
            ),
            Table(
                name="lifecycle_report",
                key=("date_day", "account_id", "segment_id", "channel"),
                columns=_columns(
                    day="date_day",
                    text="account_id segment_id channel",
                    count="delivered unique_opens unique_clicks unsubscribes complaints conversions",
                    money="revenue",
                ),
            ),
            Table(
                name="cohort_report",
                key=("date_day", "account_id", "segment_id", "horizon_days"),
                columns=_columns(
                    day="date_day", text="account_id segment_id", count="horizon_days cohort_size retained"
                ),
            ),
            Table(
                name="creative",
                key=("platform", "ad_id"),
                columns=_columns(
                    text="platform ad_id asset_id format headline body call_to_action",
                    day="launched_on",
                    flag="ai_generated",
                ),
                day=None,
            ),
            Table(name="segment", key=("segment_id",), columns=_columns(text="segment_id name kind"), day=None),
            Table(
                name="campaign_segment",
                key=("campaign_id", "segment_id"),
                columns=_columns(text="campaign_id segment_id"),
                day=None,
            ),
            Table(
                name="search_report",
                key=("date_day", "query", "page"),
                columns=_columns(day="date_day", text="query page", count="clicks impressions", share="position"),
            ),
            Table(
                name="questions",
                key=("question_id",),
                columns=_columns(day="date_day", text="question_id source segment_id text"),
                optional=frozenset({"segment_id"}),
            ),
            Table(
                name="market",
                key=("observation_id",),
                columns=_columns(day="date_day", text="observation_id kind entity text url", share="value"),
                optional=frozenset({"value", "url"}),
            ),
            Table(
                name="calendar",
                key=("date_day", "account_id", "kind"),
                columns=_columns(day="date_day", text="account_id kind name"),
                has_future=True,
            ),
            Table(
                name="experiment",
                key=("test_id", "arm"),
                columns=_columns(
                    text="test_id arm hypothesis metric",
                    day="started_on ended_on",
                    count="exposed converted",
                    money="revenue",
                ),
                optional=frozenset({"ended_on", "revenue"}),
                day=None,
            ),
        )
    }
)
