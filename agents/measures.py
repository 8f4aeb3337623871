"""The figures agents watch, as daily series with their moves: which table they come from, over which key, against whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from agents.derivation import derived
from agents.statistics.arrays import Flags, Floats, Ints, group_sums
from agents.statistics.moves import Moves, moves
from agents.statistics.panel import Panel, aligned, codes_of, panel
from agents.thresholds import HISTORY_DAYS, MIN_BASE_DAYS, STALE_DAYS
from domain.reading import Readings

CAMPAIGN: Final = ("platform", "account_id", "campaign_id")
AD: Final = (*CAMPAIGN, "ad_id")
LEAF: Final = (*AD, "segment_id")
ACCOUNT: Final = ("platform", "account_id")
SEGMENT: Final = ("platform", "account_id", "segment_id")

AD_SUMS: Final = ("impressions", "clicks", "spend", "conversions")
COMPLETENESS: Final = (0.82, 0.94, 0.985)
"""Share of a day's pixel conversions known after 0, 1 and 2 days; complete from then on."""
LATEST: Final = (0.25, 0.50, 0.80)
"""The same when a platform reports as late as ever happens. Less than this is missing, not late."""
MASKING: Final = ("holiday", "promo", "launch")
"""Calendar kinds that move demand by themselves."""
NO_PEERS: Final = 10**6


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure for every series of one grain."""

    name: str
    table: str
    keys: pl.DataFrame
    first_day: date
    moves: Moves
    events: Floats
    """[series, days] in the table's own unit."""
    exposure: Floats
    """[series, days] in the table's own unit: impressions where `events` are clicks."""

    def seen(self, series: int, window: int) -> tuple[float, float]:
        """Events and exposure of one series over its last usable days."""
        columns = np.flatnonzero(self.moves.usable[series])[-window:]
        return float(self.events[series, columns].sum()), float(self.exposure[series, columns].sum())

    def day(self, index: int) -> date:
        """The calendar day of a column."""
        return self.first_day + timedelta(days=int(index))


def leaves(readings: Readings) -> Panel:
    """ad_report by ad and segment."""
    return derived(readings, ("ad_report",), "leaves", lambda: _panel(readings, "ad_report", LEAF, AD_SUMS))


def campaigns(readings: Readings) -> Panel:
    """ad_report by campaign."""
    return derived(readings, ("ad_report",), "campaigns", lambda: leaves(readings).over(CAMPAIGN))


def _panel(readings: Readings, table: str, key: Sequence[str], sums: Sequence[str]) -> Panel:
    rows = readings.get(table)
    if rows is None:
        rows = pl.DataFrame(
            schema={"date_day": pl.Date, **dict.fromkeys(key, pl.String), **dict.fromkeys(sums, pl.Float64)}
        )
    return panel(rows, key, sums, readings.as_of, HISTORY_DAYS)


def ordinary_days(readings: Readings, accounts: pl.Series) -> Flags:
    """[series, days]: not a holiday, promo or launch of the series' account."""

    def make() -> tuple[Flags, dict[str, Flags]]:
        marked = np.zeros(HISTORY_DAYS, dtype=bool)
        own: dict[str, Flags] = {}
        calendar = readings.get("calendar")
        if calendar is not None and calendar.height:
            first = readings.as_of - timedelta(days=HISTORY_DAYS - 1)
            near = calendar.filter(
                pl.col("date_day").is_between(first, readings.as_of) & pl.col("kind").is_in(list(MASKING))
            )
            for day, account in near.select("date_day", pl.col("account_id").fill_null("")).iter_rows():
                row = own.setdefault(account, np.zeros(HISTORY_DAYS, dtype=bool)) if account else marked
                row[(day - first).days] = True
        return marked, own

    everywhere, own = derived(readings, ("calendar",), "marked days", make)
    names = accounts.to_list()
    out = np.tile(~everywhere, (len(names), 1))
    for row, name in enumerate(names):
        if name in own:
            out[row] &= ~own[name]
    return out


def completeness(days: int, curve: Sequence[float] = COMPLETENESS) -> Floats:
    """Per column, the share of a day's conversions known by the last one."""
    known = np.ones(days)
    for age, share in enumerate(curve[:days]):
        known[days - 1 - age] = share
    return known


def _weekday(first: date) -> int:
    return first.weekday()


def _blended(events: Floats, exposure: Floats, codes: Ints, groups: int) -> tuple[Floats, Floats]:
    """Events and expected events per group: each part weighs in at its own usual rate, so a change of mix moves nothing."""
    old = slice(0, max(events.shape[1] - 14, 1))
    k, n = events[:, old].sum(1), exposure[:, old].sum(1)
    whole = group_sums(np.stack([k, n], axis=1), codes, groups)[codes]
    typical = np.where(whole[:, 1] > 0, whole[:, 0] / np.maximum(whole[:, 1], 1e-12), 0.0)
    typical = np.where(typical > 0, typical, 1.0)
    rate = (k + 20.0) / (n + 20.0 / typical)
    return group_sums(events, codes, groups), group_sums(exposure * rate[:, None], codes, groups)


def ad_click_rate(readings: Readings) -> Measure:
    """Clicks per impression of every ad against the other ads of its campaign."""

    def make() -> Measure:
        source = leaves(readings)
        codes, keys = source.codes(AD)
        clicks, expected = _blended(source.values["clicks"], source.values["impressions"], codes, keys.height)
        siblings, _ = codes_of(keys, CAMPAIGN)
        found = moves(
            clicks,
            expected,
            ordinary_days(readings, keys["account_id"]),
            groups=siblings,
            min_peers=1,
            weekday=_weekday(source.first_day),
            stale_days=STALE_DAYS,
            min_base_days=MIN_BASE_DAYS,
        )
        shown = group_sums(source.values["impressions"], codes, keys.height)
        return Measure("ctr", "ad_report", keys, source.first_day, found, clicks, shown)

    return derived(readings, ("ad_report", "calendar"), "ad ctr", make)


def campaign_click_rate(readings: Readings) -> Measure:
    """Clicks per impression of every campaign against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        return _against_account(readings, source, "ctr", source.values["clicks"], source.values["impressions"])

    return derived(readings, ("ad_report", "calendar"), "campaign ctr", make)


def campaign_cpm(readings: Readings) -> Measure:
    """Spend per impression of every campaign against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        return _against_account(
            readings, source, "cpm", source.values["spend"], source.values["impressions"], counted=False, adverse=1
        )

    return derived(readings, ("ad_report", "calendar"), "campaign cpm", make)


def campaign_spend(readings: Readings) -> Measure:
    """Daily spend of every campaign against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        spend = source.values["spend"]
        return _against_account(readings, source, "spend", spend, np.ones_like(spend), counted=False)

    return derived(readings, ("ad_report", "calendar"), "campaign spend", make)


def campaign_pixel_rate(readings: Readings) -> Measure:
    """Pixel conversions per click of every campaign, as far as known, against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        return _against_account(
            readings,
            source,
            "cvr",
            source.values["conversions"],
            source.values["clicks"],
            known=completeness(source.days),
            noisy_exposure=True,
        )

    return derived(readings, ("ad_report", "calendar"), "campaign pixel rate", make)


def _against_account(
    readings: Readings,
    source: Panel,
    name: str,
    events: Floats,
    exposure: Floats,
    *,
    present: Flags | None = None,
    table: str = "ad_report",
    known: Floats | None = None,
    counted: bool = True,
    noisy_exposure: bool = False,
    masked: bool = True,
    adverse: int = -1,
) -> Measure:
    usable = source.present if present is None else present & source.present
    if masked:
        usable = usable & ordinary_days(readings, source.keys["account_id"])
    accounts, _ = codes_of(source.keys, ACCOUNT)
    found = moves(
        events,
        exposure,
        usable,
        groups=accounts,
        min_peers=2,
        weekday=_weekday(source.first_day),
        counted=counted,
        noisy_exposure=noisy_exposure,
        completeness=known,
        adverse=adverse,
        stale_days=STALE_DAYS,
        min_base_days=MIN_BASE_DAYS,
    )
    return Measure(name, table, source.keys, source.first_day, found, events, exposure)


def _web(readings: Readings) -> Panel:
    return derived(
        readings,
        ("web_report",),
        "web",
        lambda: _panel(readings, "web_report", ("account_id", "campaign_id"), ("sessions", "orders", "revenue")),
    )


def web_column(readings: Readings, name: str) -> tuple[Floats, Flags]:
    """Sessions, orders or revenue in the row order of `campaigns`."""
    return aligned(_web(readings), campaigns(readings).keys, ("account_id", "campaign_id"), name)


_WEB: Final = ("ad_report", "calendar", "web_report")


def campaign_order_rate(readings: Readings) -> Measure:
    """Backend orders per click of every campaign against its account: the conversion rate that needs no pixel."""

    def make() -> Measure:
        source = campaigns(readings)
        orders, present = web_column(readings, "orders")
        return _against_account(
            readings, source, "cvr", orders, source.values["clicks"], present=present, table="web_report"
        )

    return derived(readings, _WEB, "campaign orders", make)


def campaign_visits(readings: Readings) -> Measure:
    """Site sessions per click of every campaign against its account. A promo does not change it, so no day is masked."""

    def make() -> Measure:
        source = campaigns(readings)
        sessions, present = web_column(readings, "sessions")
        return _against_account(
            readings,
            source,
            "visits",
            sessions,
            source.values["clicks"],
            present=present,
            table="web_report",
            masked=False,
        )

    return derived(readings, _WEB, "campaign visits", make)


def campaign_pixel_ratio(readings: Readings) -> Measure:
    """Pixel conversions per backend order of every campaign against its account. Not masked: promos leave it alone."""

    def make() -> Measure:
        source = campaigns(readings)
        orders, present = web_column(readings, "orders")
        return _against_account(
            readings,
            source,
            "pixel_ratio",
            source.values["conversions"],
            orders,
            present=present,
            table="web_report",
            known=completeness(source.days),
            noisy_exposure=True,
            masked=False,
        )

    return derived(readings, _WEB, "campaign pixel ratio", make)


def account_pixel_ratio(readings: Readings, *, worst: bool) -> Measure:
    """Pixel conversions per backend order of whole accounts, against what is usually or (`worst`) ever known by now."""

    def make() -> Measure:
        source = campaigns(readings)
        orders, _ = web_column(readings, "orders")
        codes, keys = source.codes(ACCOUNT)
        top, bottom = (group_sums(one, codes, keys.height) for one in (source.values["conversions"], orders))
        found = moves(
            top,
            bottom,
            group_sums(source.present.astype(np.float64), codes, keys.height) > 0,
            noisy_exposure=True,
            completeness=completeness(source.days, LATEST if worst else COMPLETENESS),
            weekday=_weekday(source.first_day),
        )
        return Measure("pixel_ratio", "web_report", keys, source.first_day, found, top, bottom)

    return derived(readings, _WEB, f"account pixel ratio {worst}", make)


def account_rate(readings: Readings, name: str) -> Measure:
    """A whole account's cpm, ctr or cvr (backend orders) against its own past; days of the calendar included."""

    def make() -> Measure:
        source = campaigns(readings)
        orders, _ = web_column(readings, "orders") if name == "cvr" else (source.values["clicks"], source.present)
        events = {"cpm": source.values["spend"], "ctr": source.values["clicks"], "cvr": orders}[name]
        exposure = source.values["clicks" if name == "cvr" else "impressions"]
        codes, keys = source.codes(ACCOUNT)
        top, bottom = _blended(events, exposure, codes, keys.height)
        usable = group_sums(source.present.astype(np.float64), codes, keys.height) > 0
        found = moves(
            top,
            bottom,
            usable & ordinary_days(readings, keys["account_id"]),
            counted=name != "cpm",
            adverse=1 if name == "cpm" else -1,
            weekday=_weekday(source.first_day),
        )
        table = "web_report" if name == "cvr" else "ad_report"
        return Measure(name, table, keys, source.first_day, found, top, group_sums(exposure, codes, keys.height))

    tables = _WEB if name == "cvr" else ("ad_report", "calendar")
    return derived(readings, tables, f"account {name}", make)


def campaign_frequency(readings: Readings) -> Measure:
    """Impressions per person and day of every campaign against its account."""

    def make() -> Measure:
        source = campaigns(readings)
        rows = readings.get("ad_delivery")
        if rows is not None and "ad_id" in rows.columns:
            whole = rows.filter(pl.col("ad_id").is_null() | (pl.col("ad_id") == ""))
            rows = whole if whole.height else rows
        values, present = _mean_frequency(readings, rows, source.keys, CAMPAIGN)
        return _against_account(
            readings,
            source,
            "frequency",
            values,
            np.ones_like(values),
            present=present,
            table="ad_delivery",
            counted=False,
            adverse=1,
        )

    return derived(readings, ("ad_report", "ad_delivery", "calendar"), "campaign frequency", make)


def ad_frequency(readings: Readings) -> Measure:
    """Impressions per person and day of every ad against the other ads of its campaign."""

    def make() -> Measure:
        source = leaves(readings)
        codes, keys = source.codes(AD)
        rows = readings.get("ad_delivery")
        if rows is not None:
            rows = (
                rows.filter(pl.col("ad_id").is_not_null() & (pl.col("ad_id") != ""))
                if "ad_id" in rows.columns
                else None
            )
        values, present = _mean_frequency(readings, rows, keys, AD)
        siblings, _ = codes_of(keys, CAMPAIGN)
        found = moves(
            values,
            np.ones_like(values),
            present & (group_sums(source.present.astype(np.float64), codes, keys.height) > 0),
            groups=siblings,
            min_peers=1,
            counted=False,
            adverse=1,
            weekday=_weekday(source.first_day),
        )
        return Measure("frequency", "ad_delivery", keys, source.first_day, found, values, np.ones_like(values))

    return derived(readings, ("ad_report", "ad_delivery"), "ad frequency", make)


def _mean_frequency(
    readings: Readings, rows: pl.DataFrame | None, keys: pl.DataFrame, key: Sequence[str]
) -> tuple[Floats, Flags]:
    if rows is None or not rows.height:
        empty = np.zeros((keys.height, HISTORY_DAYS))
        return empty, empty > 0
    shown = rows.with_columns(shown=pl.col("frequency") * pl.col("reach"))
    source = panel(shown, key, ("shown", "reach"), readings.as_of, HISTORY_DAYS)
    top, present = aligned(source, keys, key, "shown")
    reach, _ = aligned(source, keys, key, "reach")
    ok = present & (reach > 0) & (top > 0)
    return np.where(ok, top / np.where(ok, reach, 1.0), 0.0), ok


_STATUS: Final = ("ad_report", "campaign_status")


def status_columns(readings: Readings) -> tuple[Floats, Floats, Flags, Flags]:
    """hours_served, daily_budget, learning and whether known and running; [campaigns, days]."""

    def make() -> tuple[Floats, Floats, Flags, Flags]:
        keys = campaigns(readings).keys
        rows = readings.get("campaign_status")
        if rows is None or not rows.height:
            empty = np.zeros((keys.height, HISTORY_DAYS))
            return empty, empty, empty > 0, empty > 0
        rows = rows.with_columns(
            learning=pl.col("learning").cast(pl.Float64) if "learning" in rows.columns else pl.lit(0.0),
            running=(pl.col("status").str.to_lowercase() == "active").cast(pl.Float64),
        )
        source = panel(
            rows, CAMPAIGN, ("hours_served", "daily_budget", "learning", "running"), readings.as_of, HISTORY_DAYS
        )
        columns = [aligned(source, keys, CAMPAIGN, name)[0] for name in ("hours_served", "daily_budget")]
        learning = aligned(source, keys, CAMPAIGN, "learning")[0] > 0
        return columns[0], columns[1], learning, aligned(source, keys, CAMPAIGN, "running")[0] > 0

    return derived(readings, _STATUS, "status", make)


def campaign_hours(readings: Readings) -> Measure:
    """Hours a day every campaign is shown, against its own past only."""

    def make() -> Measure:
        source = campaigns(readings)
        hours, _, _, running = status_columns(readings)
        found = moves(
            hours, np.ones_like(hours), running & (hours > 0), counted=False, weekday=_weekday(source.first_day)
        )
        return Measure(
            "hours_served", "campaign_status", source.keys, source.first_day, found, hours, np.ones_like(hours)
        )

    return derived(readings, _STATUS, "hours", make)


def segment_leaves(readings: Readings) -> tuple[Panel, pl.DataFrame]:
    """ad_report by ad and segment, with the keys in which a campaign's only segment is filled in."""

    def make() -> tuple[Panel, pl.DataFrame]:
        source = leaves(readings)
        keys = source.keys
        links = readings.get("campaign_segment")
        if links is not None and links.height:
            single = links.group_by("campaign_id").agg(
                pl.col("segment_id").n_unique().alias("n"), pl.col("segment_id").first()
            )
            single = single.filter(pl.col("n") == 1).select("campaign_id", only="segment_id")
            keys = keys.join(single, on="campaign_id", how="left", maintain_order="left").with_columns(
                segment_id=pl.when(pl.col("segment_id") == "")
                .then(pl.col("only").fill_null(""))
                .otherwise(pl.col("segment_id"))
            )
            keys = keys.drop("only")
        return source, keys

    return derived(readings, ("ad_report", "campaign_segment"), "segment leaves", make)


_SEGMENTS: Final = ("ad_report", "calendar", "campaign_segment")


def segment_rate(readings: Readings, name: str) -> Measure:
    """A segment's ctr (or cvr) over all ads of an account, against the account's other segments, each at its own usual rate."""

    def make() -> Measure:
        source, keys = segment_leaves(readings)
        events, exposure = ("clicks", "impressions") if name == "ctr" else ("conversions", "clicks")
        named = (keys["segment_id"] != "").to_numpy()
        codes, groups = codes_of(keys, SEGMENT)
        top, bottom = _blended(source.values[events] * named[:, None], source.values[exposure], codes, groups.height)
        accounts, _ = codes_of(groups, ACCOUNT)
        usable = group_sums((source.present & named[:, None]).astype(np.float64), codes, groups.height) > 0
        found = moves(
            top,
            bottom,
            usable & ordinary_days(readings, groups["account_id"]) & (groups["segment_id"] != "").to_numpy()[:, None],
            groups=accounts,
            min_peers=1,
            noisy_exposure=name != "ctr",
            completeness=completeness(source.days) if name != "ctr" else None,
            weekday=_weekday(source.first_day),
        )
        natural = group_sums(source.values[exposure] * named[:, None], codes, groups.height)
        return Measure(name, "ad_report", groups, source.first_day, found, top, natural)

    return derived(readings, _SEGMENTS, f"segment {name}", make)


CELL: Final = (*CAMPAIGN, "segment_id")


def cell_click_rate(readings: Readings) -> Measure:
    """Clicks per impression of every segment within a campaign, against the account's other segments."""

    def make() -> Measure:
        source = leaves(readings)
        codes, keys = source.codes(CELL)
        top, bottom = _blended(source.values["clicks"], source.values["impressions"], codes, keys.height)
        usable = group_sums(source.present.astype(np.float64), codes, keys.height) > 0
        usable = usable & ordinary_days(readings, keys["account_id"])
        weekday = _weekday(source.first_day)
        segment_codes, segments = codes_of(keys, SEGMENT)
        account_codes, _ = codes_of(segments, ACCOUNT)
        whole = moves(
            group_sums(top, segment_codes, segments.height),
            group_sums(bottom, segment_codes, segments.height),
            group_sums(usable.astype(np.float64), segment_codes, segments.height) > 0,
            groups=account_codes,
            min_peers=1,
            weekday=weekday,
        )
        control = (whole.raw_residual - whole.residual)[segment_codes]
        found = moves(
            top, bottom, usable, control=control, groups=segment_codes, weekday=weekday, stale_days=STALE_DAYS
        )
        shown = group_sums(source.values["impressions"], codes, keys.height)
        return Measure("ctr", "ad_report", keys, source.first_day, found, top, shown)

    return derived(readings, ("ad_report", "calendar"), "cell ctr", make)


OWNED: Final = ("account_id", "segment_id", "channel")
OWNED_SEGMENT: Final = ("account_id", "segment_id")


def engagement(readings: Readings, name: str = "click_rate") -> Measure:
    """Unique clicks (or unsubscribes) per delivered message of every segment, against the account's other segments."""

    def make() -> Measure:
        counted = "unique_clicks" if name == "click_rate" else "unsubscribes"
        source = _panel(readings, "lifecycle_report", OWNED, ("delivered", counted))
        codes, keys = source.codes(OWNED_SEGMENT)
        top, bottom = _blended(source.values[counted], source.values["delivered"], codes, keys.height)
        accounts, _ = codes_of(keys, ("account_id",))
        found = moves(
            top,
            bottom,
            ordinary_days(readings, keys["account_id"]),
            groups=accounts,
            min_peers=1,
            weekday=_weekday(source.first_day),
            stale_days=7,
            adverse=-1 if name == "click_rate" else 1,
        )
        sent = group_sums(source.values["delivered"], codes, keys.height)
        return Measure(name, "lifecycle_report", keys, source.first_day, found, top, sent)

    return derived(readings, ("lifecycle_report", "calendar"), f"engagement {name}", make)


def retention(readings: Readings) -> Measure:
    """Share of a cohort still active, of every segment over all horizons, against the account's other segments."""

    def make() -> Measure:
        rows = readings.get("cohort_report")
        if rows is not None:
            rows = rows.with_columns(pl.col("horizon_days").cast(pl.String))
            readings_rows = rows
        else:
            readings_rows = pl.DataFrame(
                schema={
                    "date_day": pl.Date,
                    "account_id": pl.String,
                    "segment_id": pl.String,
                    "horizon_days": pl.String,
                }
            )
        key = (*OWNED_SEGMENT, "horizon_days")
        source = panel(readings_rows, key, ("cohort_size", "retained"), readings.as_of, HISTORY_DAYS)
        codes, keys = source.codes(OWNED_SEGMENT)
        retained, size = source.values["retained"], source.values["cohort_size"]
        top, bottom = _blended(retained, size, codes, keys.height)
        accounts, _ = codes_of(keys, ("account_id",))
        found = moves(
            top, bottom, bottom > 0, groups=accounts, min_peers=1, weekday=_weekday(source.first_day), stale_days=14
        )
        whole = group_sums(size, codes, keys.height)
        return Measure("retention", "cohort_report", keys, source.first_day, found, top, whole)

    return derived(readings, ("cohort_report",), "retention", make)
