"""What a team has without Baton: threshold rules as ad-rule tools ship them, and a z-score on each metric.

Both read the same tables as Baton, each day as it was known that day, and say what they find in the same events, so
that one scorer reads all. Neither is a straw man: each names the cause a marketer would most plausibly read from it,
conversions are judged once they are mostly in, and what goes on firing is said at most once a week per object.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.bench.windows import Cube, Tables, Windows

Event = dict[str, Any]
Flags = NDArray[np.bool_]
"""Objects x days of reading."""

QUIET_DAYS = 7
"""Days in which an object is not spoken of again."""
MATURITY_DAYS = 3
"""Conversions younger than this are still coming in; a z-score on them would fire every day."""
BASE_DAYS = 28
FEWEST_BASE_DAYS = 14
Z_LIMIT = 3.0
MAD_TO_SD = 1.4826
LEAST_SPREAD = 0.01
"""Share of the median below which no spread is believed: hours served are 24 every day until they are not."""

NOW_DAYS, BEFORE_DAYS = 3, 14
"""An ad rule's "last 3 days" against the 14 days before."""
CPA_TIMES, CTR_TIMES = 1.5, 0.7
CONVERSIONS, IMPRESSIONS, CLICKS, PEOPLE = 30, 1000, 200, 30
"""Least counts on either side of a comparison."""
CPM_TIMES = 1.3
FREQUENCY = 3.5
CONVERSIONS_TIMES = 0.5
PIXEL_TIMES = 0.8
SPEND_TIMES = 0.5
BUDGET_USED = 0.95
RETENTION_TIMES = 0.8
"""Defaults of rule tools: mureo's anomaly detector and tracking health, the usual frequency cap, pacing rules."""


@dataclass(frozen=True)
class Company:
    """Everything the baselines look at, by kind of object."""

    campaigns: Windows
    ads: Windows
    segments: tuple[tuple[Windows, str, str, str], ...]
    """Series of segments: where they are, the column above and the one below the line, the cause of a fall."""

    @classmethod
    def read(cls, folder: Path, first: date, last: date, lags: int = BASE_DAYS + MATURITY_DAYS + 1) -> "Company":
        tables = Tables(folder, first, last, lags)
        counts = ["spend", "impressions", "clicks", "conversions"]
        ids = ["platform", "account_id", "campaign_id"]
        ads = tables.windows("ad_report", [*ids, "ad_id"], counts)
        campaigns = tables.windows("ad_report", ids, counts)
        assert ads and campaigns, "ad_report is required"
        site = tables.windows("web_report", ids[1:], ["orders", "sessions"])
        status = tables.windows("campaign_status", ids, ["daily_budget", "hours_served"])
        whole = tables.windows("ad_delivery", ids, ["reach"], pl.col("ad_id").is_null())
        own = tables.windows("ad_delivery", [*ids, "ad_id"], ["reach"], pl.col("ad_id").is_not_null())
        beside = ((site, "orders"), (site, "sessions"), (status, "daily_budget"), (status, "hours_served"))
        for other, column in (*beside, (whole, "reach")):
            campaigns.cubes[column] = _beside(campaigns, other, column)
        ads.cubes["reach"] = _beside(ads, own, "reach")
        cohorts = tables.windows(
            "cohort_report", ["account_id", "segment_id", "horizon_days"], ["retained", "cohort_size"]
        )
        owned = tables.windows(
            "lifecycle_report", ["account_id", "segment_id", "channel"], ["unique_clicks", "delivered"]
        )
        kinds = (
            (cohorts, "retained", "cohort_size", "retention_drop"),
            (owned, "unique_clicks", "delivered", "audience_decline"),
        )
        return cls(campaigns, ads, tuple((found, *rest) for found, *rest in kinds if found))


def _beside(of: Windows, other: Windows | None, column: str) -> Cube:
    return of.aligned(other, column) if other else np.full_like(of["spend"], np.nan)


def threshold_rules(folder: Path, first: date, last: date) -> list[Event]:
    """Fixed rules per campaign, ad and segment, first come first served in the order written here."""
    company = Company.read(folder, first, last)
    with np.errstate(divide="ignore", invalid="ignore"):  # a rate of nothing is NaN and fires nothing
        found = [
            (company.campaigns, dict(_campaign_rules(company.campaigns))),
            (company.ads, dict(_ad_rules(company.ads))),
            *(
                (
                    windows,
                    {cause: (_times(windows, part, whole) <= RETENTION_TIMES) & _at_least(windows[part], PEOPLE)},
                )
                for windows, part, whole, cause in company.segments
            ),
        ]
    return events("rule", [(windows, _first_of(rules)) for windows, rules in found])


def _campaign_rules(of: Windows) -> Iterator[tuple[str, Flags]]:
    """Several rules may name one cause: keys are told apart by what stands behind the colon."""
    orders, clicks = _at_least(of["orders"], CONVERSIONS), _at_least(of["clicks"], CLICKS)
    yield "tracking_outage:pixel", (_times(of, "conversions", "orders") <= PIXEL_TIMES) & orders
    steady = _growth(of["clicks"]) >= PIXEL_TIMES
    yield "landing_page_break:conversions", (_growth(of["conversions"]) <= CONVERSIONS_TIMES) & steady & clicks
    yield "budget_cap:used", _now(of["spend"]) >= BUDGET_USED * _now(of["daily_budget"])
    yield "audience_saturation:frequency", _now(of["impressions"]) >= FREQUENCY * _now(of["reach"])
    yield "auction_pressure:cpm", _times(of, "spend", "impressions") >= CPM_TIMES
    yield (
        "audience_saturation:cpa",
        (_times(of, "spend", "conversions") >= CPA_TIMES) & _at_least(of["conversions"], CONVERSIONS),
    )
    yield "budget_cap:spend", _growth(of["spend"]) <= 1 - SPEND_TIMES
    yield "pacing_drift:spend", _growth(of["spend"]) >= 1 + SPEND_TIMES


def _ad_rules(of: Windows) -> Iterator[tuple[str, Flags]]:
    enough = _at_least(of["impressions"], IMPRESSIONS)
    yield "creative_fatigue:ctr", (_times(of, "clicks", "impressions") <= CTR_TIMES) & enough
    yield "creative_fatigue:frequency", (_now(of["impressions"]) >= FREQUENCY * _now(of["reach"])) & enough


def _now(cube: Cube) -> NDArray[np.float64]:
    """The sum of the last days; NaN where one of them has no row."""
    return cube[:, :, :NOW_DAYS].sum(axis=-1)


def _before(cube: Cube) -> NDArray[np.float64]:
    return cube[:, :, NOW_DAYS : NOW_DAYS + BEFORE_DAYS].sum(axis=-1)


def _at_least(cube: Cube, count: int) -> Flags:
    """Whether both sides of the comparison are large enough for the rule to speak."""
    return (_now(cube) >= count) & (_before(cube) >= count)


def _growth(cube: Cube) -> NDArray[np.float64]:
    """The last days' daily mean as a multiple of the mean before."""
    return (_now(cube) / NOW_DAYS) / (_before(cube) / BEFORE_DAYS)


def _times(of: Windows, part: str, whole: str) -> NDArray[np.float64]:
    """The last days' rate as a multiple of the rate before."""
    return (_now(of[part]) / _now(of[whole])) / (_before(of[part]) / _before(of[whole]))


def _first_of(rules: Mapping[str, Flags]) -> NDArray[np.str_]:
    """Per object and day the cause of the first rule that fires, or nothing."""
    causes = np.full(next(iter(rules.values())).shape, "", dtype="U32")
    for name, fires in reversed(rules.items()):
        causes[fires] = name.partition(":")[0]
    return causes


def z_scores(folder: Path, first: date, last: date) -> list[Event]:
    """|z| > 3 of the last day against the median and MAD of the 28 days before, in the direction that hurts.

    Of several metrics of one object the one that stands out most names the cause.
    """
    company = Company.read(folder, first, last)
    found: list[tuple[Windows, NDArray[np.str_]]] = []
    for windows, metrics in watched(company):
        scores = {cause: _robust_z(cube, lag) * sign for cause, cube, lag, sign in metrics}
        found.append((windows, _strongest(scores)))
    return events("z", found)


Metric = tuple[str, Cube, int, int]
"""Cause, series, days until it is mature, and the direction that hurts: +1 up, -1 down."""


def watched(company: Company) -> list[tuple[Windows, list[Metric]]]:
    """The metrics that a z-score or a forecast band is put on, by object."""
    of, ads = company.campaigns, company.ads
    with np.errstate(divide="ignore", invalid="ignore"):  # a rate of nothing is NaN and fires nothing
        campaign: list[Metric] = [
            ("tracking_outage", of["conversions"] / of["orders"], MATURITY_DAYS, -1),
            ("landing_page_break", of["conversions"] / of["clicks"], MATURITY_DAYS, -1),
            ("landing_page_break:visits", of["sessions"] / of["clicks"], 0, -1),
            ("auction_pressure", of["spend"] / of["impressions"], 0, 1),
            ("audience_saturation", of["impressions"] / of["reach"], 0, 1),
            ("budget_cap", of["hours_served"], 0, -1),
            ("budget_cap:spend", of["spend"], 0, -1),
        ]
        ad: list[Metric] = [("creative_fatigue", ads["clicks"] / ads["impressions"], 0, -1)]
        segment = [
            (windows, [(cause, windows[part] / windows[whole], 0, -1)])
            for windows, part, whole, cause in company.segments
        ]
    return [(of, campaign), (ads, ad), *segment]


def _robust_z(cube: Cube, lag: int) -> NDArray[np.float64]:
    """How many robust standard deviations the day `lag` days ago lies from the 28 days before it. 0 where unknown."""
    cube = np.where(np.isfinite(cube), cube, np.nan)
    now, before = cube[:, :, lag], cube[:, :, lag + 1 : lag + 1 + BASE_DAYS]
    known = np.isfinite(before).sum(axis=-1) >= FEWEST_BASE_DAYS
    before = np.where(known[:, :, None], before, 0.0)
    middle = np.nanmedian(before, axis=-1)
    spread = MAD_TO_SD * np.nanmedian(np.abs(before - middle[:, :, None]), axis=-1)
    spread = np.maximum(spread, LEAST_SPREAD * np.abs(middle))
    usable = known & np.isfinite(now) & (spread > 0)
    return np.where(usable, (np.nan_to_num(now) - middle) / np.where(usable, spread, 1.0), 0.0)


def _strongest(scores: Mapping[str, NDArray[np.float64]]) -> NDArray[np.str_]:
    names = np.array([name.partition(":")[0] for name in scores])
    stacked = np.stack(list(scores.values()))
    return np.where(stacked.max(axis=0) > Z_LIMIT, names[stacked.argmax(axis=0)], "")


def events(name: str, found: Sequence[tuple[Windows, NDArray[np.str_]]]) -> list[Event]:
    """`opened` events from the cause per object and day, an object at most once a week."""
    said: list[Event] = []
    last_said: dict[tuple[str | None, ...], int] = {}
    flagged = [
        (int(day), tuple(windows.scopes[row].values()), str(causes[row, day]), windows)
        for windows, causes in found
        for row, day in np.argwhere(causes != "")
    ]
    for day, key, cause, windows in sorted(flagged, key=lambda one: (one[0], str(one[1]))):
        if day - last_said.get(key, -QUIET_DAYS) < QUIET_DAYS:
            continue
        last_said[key] = day
        scope = dict(zip(windows.scopes[0], key, strict=True))
        said.append(
            {
                "as_of": (windows.first + timedelta(days=day)).isoformat(),
                "event": "opened",
                "signal_id": f"{name}_{len(said):05d}",
                "cause": cause,
                "scope": scope,
            }
        )
    return said
