"""What happened, as the tables of the contract. Each row says when it became known; conversions grow in versions."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from app.demo.grid import Grid, summed
from app.demo.market import Stretch
from app.demo.noise import Days, Floats
from app.demo.owned import CHANNELS, HORIZONS
from domain.tables import POLARS_TYPES, TABLES

_EPOCH = date(1970, 1, 1).toordinal()
Frames = dict[str, pl.DataFrame]


def daily_tables(grid: Grid, stretch: Stretch) -> Frames:
    """The tables that grow by the day, with every version, also those not known yet."""
    frames = {
        "ad_report": _ad_report(grid, stretch),
        "ad_delivery": _ad_delivery(grid, stretch),
        "campaign_status": _campaign_status(grid, stretch),
        "web_report": _web_report(grid, stretch),
        "lifecycle_report": _lifecycle_report(grid, stretch),
        "cohort_report": _cohort_report(grid, stretch),
        "search_report": _search_report(grid, stretch),
    }
    return {name: frame.sort("date_day", maintain_order=True) for name, frame in frames.items()}


def known_by(frame: pl.DataFrame, today: date) -> pl.DataFrame:
    """What had become known by the end of a day."""
    return frame.filter(pl.col("known_on") <= today) if "known_on" in frame.columns else frame


def write_tables(frames: Mapping[str, pl.DataFrame], folder: Path) -> None:
    """Replace each table at once: a reader sees the old file or the new one, never half of one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        fresh = folder / f".{name}.parquet.new"
        frame.write_parquet(fresh, compression="lz4")
        fresh.replace(folder / f"{name}.parquet")


def _days(days: Days, columns: int) -> pl.Series:
    return pl.Series(np.repeat(days - _EPOCH, columns).astype(np.int32)).cast(pl.Date)


def _frame(days: Days, names: Mapping[str, Sequence[str]], **figures: Floats) -> pl.DataFrame:
    """Long rows from day-by-object arrays: object names repeated for each day."""
    columns = len(next(iter(names.values())))
    text = {
        name: pl.Series(values, dtype=pl.String).gather(np.tile(np.arange(columns), len(days)))
        for name, values in names.items()
    }
    return pl.DataFrame(
        {"date_day": _days(days, columns), **text, **{name: values.ravel() for name, values in figures.items()}}
    )


def _shaped(table: str, frame: pl.DataFrame, known_after: int = 0) -> pl.DataFrame:
    """The contract's types and column order; a row is known `known_after` days after its day."""
    kinds = {name: POLARS_TYPES[kind] for name, kind in TABLES[table].columns.items() if name in frame.columns}
    if "known_on" not in frame.columns:
        frame = frame.with_columns(known_on=pl.col("date_day") + pl.duration(days=known_after))
    return frame.select(*(pl.col(name).cast(kind) for name, kind in kinds.items()), pl.col("known_on").cast(pl.Date))


def _row_names(grid: Grid) -> dict[str, list[str]]:
    world = grid.world
    names: dict[str, list[str]] = {}
    for row in range(len(grid.row_ad)):
        campaign, ad = grid.ads[int(grid.row_ad[row])]
        account = world.account(campaign.account_id)
        cells = {
            "platform": account.platform,
            "account_id": account.id,
            "account_name": account.name,
            "currency": account.currency,
            "campaign_id": campaign.id,
            "campaign_name": campaign.name,
            "ad_group_id": ad.group_id,
            "ad_group_name": ad.group_name,
            "ad_id": ad.id,
            "ad_name": ad.name,
            "segment_id": world.segments[int(grid.row_segment[row])].id,
            "landing_page": campaign.landing_page,
            "source_relation": f"{account.platform}_ads",
        }
        for name, value in cells.items():
            names.setdefault(name, []).append(value)
    return names


def _ad_report(grid: Grid, stretch: Stretch) -> pl.DataFrame:
    names = {name: values for name, values in _row_names(grid).items() if name != "landing_page"}
    base = _frame(stretch.days, names, clicks=stretch.clicks, impressions=stretch.impressions, spend=stretch.spend)
    shown = pl.Series(stretch.impressions.ravel() > 0)
    versions: list[pl.DataFrame] = []
    for delay, known in enumerate(stretch.conversions):
        fresh = shown & (
            pl.Series((known != stretch.conversions[delay - 1]).ravel()) if delay else pl.Series(known.ravel() >= 0)
        )
        worth = np.round(known * stretch.order_value, 2)
        figures = base.with_columns(
            conversions=pl.Series(known.ravel()),
            conversions_value=pl.Series(worth.ravel()),
            known_on=pl.col("date_day") + pl.duration(days=delay),
        )
        versions.append(_shaped("ad_report", figures.filter(fresh)))
    return pl.concat(versions)


def _web_report(grid: Grid, stretch: Stretch) -> pl.DataFrame:
    wanted = ("account_id", "campaign_id", "ad_id", "segment_id", "landing_page")
    names = {name: values for name, values in _row_names(grid).items() if name in wanted}
    frame = _frame(
        stretch.days, names, sessions=stretch.sessions, orders=stretch.orders, revenue=stretch.revenue
    ).filter(pl.Series(stretch.impressions.ravel() > 0))
    return _shaped("web_report", frame)


def _ad_delivery(grid: Grid, stretch: Stretch) -> pl.DataFrame:
    by_ad = summed(stretch.impressions, grid.row_ad, len(grid.ads))
    by_campaign = summed(stretch.impressions, grid.row_campaign, len(grid.world.campaigns))
    accounts = [grid.world.account(campaign.account_id) for campaign, _ in grid.ads]
    ads = {
        "platform": [account.platform for account in accounts],
        "account_id": [account.id for account in accounts],
        "campaign_id": [campaign.id for campaign, _ in grid.ads],
        "ad_id": [ad.id for _, ad in grid.ads],
    }
    frames = [
        _frame(stretch.days, names, reach=reach, shown=shown)
        for names, reach, shown in (
            (ads, stretch.ad_reach, by_ad),
            (_campaign_names(grid), stretch.campaign_reach, by_campaign),
        )
    ]
    frame = pl.concat(frames, how="diagonal").filter(pl.col("reach") > 0)
    return _shaped("ad_delivery", frame.with_columns(frequency=(pl.col("shown") / pl.col("reach")).round(4)))


def _campaign_names(grid: Grid) -> dict[str, list[str]]:
    accounts = [grid.world.account(campaign.account_id) for campaign in grid.world.campaigns]
    return {
        "platform": [account.platform for account in accounts],
        "account_id": [account.id for account in accounts],
        "campaign_id": [campaign.id for campaign in grid.world.campaigns],
    }


def _campaign_status(grid: Grid, stretch: Stretch) -> pl.DataFrame:
    names = _campaign_names(grid) | {"objective": [campaign.objective for campaign in grid.world.campaigns]}
    frame = _frame(
        stretch.days,
        names,
        daily_budget=stretch.budget,
        hours_served=stretch.hours,
        running=stretch.running,
        unsettled=stretch.unsettled,
    ).with_columns(
        status=pl.when(pl.col("running") > 0).then(pl.lit("active")).otherwise(pl.lit("paused")),
        learning=pl.col("unsettled") > 0,
    )
    return _shaped("campaign_status", frame)


def _lifecycle_report(grid: Grid, stretch: Stretch) -> pl.DataFrame:
    segments = grid.world.segments
    channels: list[pl.DataFrame] = []
    for channel, owned in zip(CHANNELS, stretch.owned, strict=True):
        names = {
            "account_id": [segment.account_id for segment in segments],
            "segment_id": [segment.id for segment in segments],
            "channel": [channel] * len(segments),
        }
        channels.append(
            _frame(
                stretch.days,
                names,
                delivered=owned.delivered,
                unique_opens=owned.opens,
                unique_clicks=owned.clicks,
                unsubscribes=owned.leaves,
                complaints=np.floor(owned.leaves / 12),
                conversions=owned.orders,
                revenue=np.round(owned.orders * 74.0, 2),
            )
        )
    return _shaped("lifecycle_report", pl.concat(channels))


def _cohort_report(grid: Grid, stretch: Stretch) -> pl.DataFrame:
    segments = grid.world.segments
    names = {
        "account_id": [segment.account_id for segment in segments],
        "segment_id": [segment.id for segment in segments],
    }
    return _shaped(
        "cohort_report",
        pl.concat(
            _frame(stretch.days, names, cohort_size=stretch.cohorts.size, retained=kept).with_columns(
                horizon_days=horizon
            )
            for horizon, kept in zip(HORIZONS, stretch.cohorts.retained, strict=True)
        ),
    )


def _search_report(grid: Grid, stretch: Stretch) -> pl.DataFrame:
    themes = grid.world.themes
    names = {"query": [theme.query for theme in themes], "page": [theme.page for theme in themes]}
    frame = _frame(
        stretch.days,
        names,
        clicks=stretch.search.clicks,
        impressions=stretch.search.impressions,
        position=stretch.search.position,
    )
    return _shaped("search_report", frame)
