"""What a right answer shows, worked out from the tables with polars and nothing of the product's.

An answer is right, refused (it says that it does not know), or wrong.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import polars as pl

from domain.case import Answer
from tests.agents.phrasings.company import ACCOUNTS, ADS, CAMPAIGNS, SEGMENTS, readings
from tests.agents.phrasings.windows import Window

Scope = Mapping[str, str | tuple[str, ...]]
Mark = Literal["right", "refused", "wrong"]

META: Scope = {"platform": "meta"}
GOOGLE: Scope = {"platform": "google"}
TIKTOK: Scope = {"platform": "tiktok"}
DACH: Scope = {"campaign_id": "c1"}
TRAIL: Scope = {"campaign_id": "c2"}
BASKET: Scope = {"campaign_id": "c3"}
RUN_CLUB: Scope = {"campaign_id": "c4"}
BRAND: Scope = {"campaign_id": "c5"}
TENTS: Scope = {"campaign_id": "c6"}
HIKE: Scope = {"campaign_id": "c7"}
PACKS: Scope = {"campaign_id": "c8"}
RIDGE: Scope = {"ad_id": "ad3"}
TEMPO: Scope = {"ad_id": "ad7"}
EMAIL: Scope = {"channel": "email"}
PUSH: Scope = {"channel": "push"}
MEMBERS: Scope = {"segment_id": "seg_run"}
WEEKENDERS: Scope = {"segment_id": "seg_trail"}
WALKERS: Scope = {"segment_id": "seg_city"}

_AD, _WEB, _MAIL, _SEARCH = "ad_report", "web_report", "lifecycle_report", "search_report"
FORMULAS: Mapping[str, tuple[str, str, str | None, float]] = {
    # metric: table, what is summed, what it is divided by, times
    "spend": (_AD, "spend", None, 1), "clicks": (_AD, "clicks", None, 1), "impressions": (_AD, "impressions", None, 1),
    "conversions": (_AD, "conversions", None, 1), "value": (_AD, "conversions_value", None, 1),
    "ctr": (_AD, "clicks", "impressions", 100), "cvr": (_AD, "conversions", "clicks", 100),
    "cpa": (_AD, "spend", "conversions", 1), "cpc": (_AD, "spend", "clicks", 1),
    "cpm": (_AD, "spend", "impressions", 1000), "roas": (_AD, "conversions_value", "spend", 1),
    "orders": (_WEB, "orders", None, 1), "sessions": (_WEB, "sessions", None, 1), "revenue": (_WEB, "revenue", None, 1),
    "aov": (_WEB, "revenue", "orders", 1),
    "open_rate": (_MAIL, "unique_opens", "delivered", 100), "click_rate": (_MAIL, "unique_clicks", "delivered", 100),
    "unsubscribe_rate": (_MAIL, "unsubscribes", "delivered", 100), "unsubscribes": (_MAIL, "unsubscribes", None, 1),
    "delivered": (_MAIL, "delivered", None, 1), "complaints": (_MAIL, "complaints", None, 1),
    "mail_revenue": (_MAIL, "revenue", None, 1), "mail_conversions": (_MAIL, "conversions", None, 1),
    "retention": ("cohort_report", "retained", "cohort_size", 100),
    "search_clicks": (_SEARCH, "clicks", None, 1), "search_impressions": (_SEARCH, "impressions", None, 1),
    "reach": ("ad_delivery", "reach", None, 1),
}  # fmt: skip
MONEY = frozenset({"spend", "cpa", "cpc", "cpm", "roas", "revenue", "value", "aov"})
"""Figures that cannot be added up over two currencies."""
LESS_IS_BETTER = frozenset({"cpa", "cpc", "cpm"})
_NAMES = {
    "campaign": {one: name for one, (name, *_) in CAMPAIGNS.items()},
    "ad": {one: name for one, (name, *_) in ADS.items()},
    "segment": {one: name for one, (name, _) in SEGMENTS.items()},
    "platform": {"meta": "Meta", "google": "Google", "tiktok": "TikTok"},
    "query": {},
}
_COLUMNS = {"campaign": "campaign_id", "ad": "ad_id", "segment": "segment_id", "platform": "platform", "query": "query"}
_UP = ("rose", "rising", "risen", "up ", "higher", "grew", "growing", "climb", "increas", "improv")
_DOWN = ("fell", "falling", "fallen", "down ", "lower", "declin", "decreas", "drop", "shrank")


@dataclass(frozen=True)
class Marked:
    """How an answer did, and why."""

    mark: Mark
    because: str = ""


class Wrong(AssertionError):
    """The answer shows something else than it should."""


def rows(table: str, scope: Scope, window: Window) -> pl.DataFrame:
    """The rows of a table inside a scope and some days, each with its account's currency."""
    found = readings().tables[table].filter(pl.col("date_day").is_between(*window))
    if "platform" not in found.columns and "campaign_id" in found.columns:
        owner = {one: platform for one, (_, platform, *_) in CAMPAIGNS.items()}
        found = found.with_columns(platform=pl.col("campaign_id").replace_strict(owner, default=None))
    if "format" in scope:
        found = found.with_columns(
            format=pl.col("ad_id").replace_strict({ad: form for ad, (_, _, form, *_) in ADS.items()})
        )
    for column, value in scope.items():
        wanted = value if isinstance(value, tuple) else (value,)
        found = found.filter(pl.col(column).is_in(wanted))
    if "account_id" in found.columns:
        money = {one: currency for one, (_, currency) in ACCOUNTS.items()}
        found = found.with_columns(money=pl.col("account_id").replace_strict(money))
    return found


def value(metric: str, found: pl.DataFrame) -> float:
    """The metric of some rows."""
    if metric == "frequency":
        return float(found["frequency"].mean() or 0)
    _, top, below, times = FORMULAS[metric]
    return float(found[top].sum()) * times / (float(found[below].sum()) if below else 1)


def values(metric: str, scope: Scope, window: Window) -> list[float]:
    """The metric, once per currency where it is about money."""
    table = "ad_delivery" if metric == "frequency" else FORMULAS[metric][0]
    found = rows(table, scope, window)
    parts = found.partition_by("money") if metric in MONEY and "money" in found.columns else [found]
    return [value(metric, part) for part in parts]


def shows(text: str, number: float) -> bool:
    """Whether a text has a number, rounded as it pleases but not to nothing."""
    for token in re.findall(r"\d+(?:[,\u202f]\d{3})*(?:\.\d+)?", text):
        decimals = len(token.partition(".")[2])
        said = float(re.sub(r"[,\u202f]", "", token))
        near = abs(said - number) <= 0.5 * 10**-decimals + 1e-6
        if near and (decimals >= 2 or abs(said - number) <= 0.01 * abs(number) + 1e-9):
            return True
    return False


def _window(given: "Window | str | tuple[str, str] | None") -> Window | None:
    if given is None:
        return None
    first, last = given.split("/") if isinstance(given, str) else given
    return tuple(one if isinstance(one, date) else date.fromisoformat(one) for one in (first, last))  # type: ignore[return-value]


def _cited(answer: Answer, wanted: Sequence[Window]) -> Window:
    """The window the figures are of: the one wanted where there is one, else the first cited."""
    windows = [one.window for one in answer.citations if one.window]
    if not windows:
        raise Wrong("no window is cited")
    if wanted and not set(wanted) & set(windows):
        raise Wrong(f"cites {windows[0][0]} to {windows[0][1]}, not {wanted[0][0]} to {wanted[0][1]}")
    return next((one for one in wanted if one in windows), windows[0])


def _needs(text: str, *every: str) -> None:
    for one in every:
        if not any(word.casefold() in text.casefold() for word in one.split("|")):
            raise Wrong(f"does not say {one}")


@dataclass(frozen=True)
class Figure:
    """A figure of a scope over some days, perhaps against others."""

    metrics: str | tuple[str, ...]
    scope: Scope = field(default_factory=dict)
    window: Window | str | None = None
    against: Window | bool | None = None
    every: bool = False
    """Whether all the metrics are asked for, instead of any of them."""
    also: str | None = None
    """Other days that may be meant just as well."""

    def check(self, answer: Answer) -> None:
        wanted = [one for one in (_window(self.window), _window(self.also)) if one]
        windows = [_cited(answer, wanted)]
        if isinstance(self.against, tuple):
            windows.append(_cited(answer, [self.against]))
        elif self.against:
            others = [one.window for one in answer.citations if one.window and one.window != windows[0]]
            if not others:
                raise Wrong("compares with nothing")
            windows.append(others[0])
        metrics = (self.metrics,) if isinstance(self.metrics, str) else self.metrics
        fits = [self._fits(answer.text, metric, windows) for metric in metrics]
        if not (all(fits) if self.every else any(fits)):
            told = [[round(one, 3) for one in values(metrics[0], self.scope, window)] for window in windows]
            raise Wrong(f"shows no {metrics[0]} of {told}")

    def _fits(self, text: str, metric: str, windows: Sequence[Window]) -> bool:
        return all(shows(text, number) for window in windows for number in values(metric, self.scope, window))


@dataclass(frozen=True)
class Sides:
    """The same figure of several scopes, side by side."""

    metrics: str | tuple[str, ...]
    scopes: tuple[Scope, ...]
    window: Window | None = None

    def check(self, answer: Answer) -> None:
        window = _cited(answer, [self.window] if self.window else [])
        metrics = (self.metrics,) if isinstance(self.metrics, str) else self.metrics
        numbers = [[values(metric, scope, window) for scope in self.scopes] for metric in metrics]
        if not any(all(shows(answer.text, one) for side in sides for one in side) for sides in numbers):
            raise Wrong(f"does not show {metrics[0]} of {numbers[0]}")


@dataclass(frozen=True)
class Ranking:
    """Which one is first."""

    metrics: str | tuple[str, ...]
    by: str
    order: Literal["highest", "lowest", "best"]
    scope: Scope = field(default_factory=dict)
    window: Window | None = None
    count: int = 1

    def check(self, answer: Answer) -> None:
        window = _cited(answer, [self.window] if self.window else [])
        metrics = (self.metrics,) if isinstance(self.metrics, str) else self.metrics
        problems = [self._problem(answer.text, metric, window) for metric in metrics]
        if all(problems):
            raise Wrong(problems[0])

    def _problem(self, text: str, metric: str, window: Window) -> str:
        column = _COLUMNS[self.by]
        found = rows(FORMULAS[metric][0], self.scope, window)
        lowest = self.order == "lowest" or (self.order == "best" and metric in LESS_IS_BETTER)
        groups = found.partition_by("money") if metric in MONEY and "money" in found.columns else [found]
        for group in groups:
            ranked = sorted(
                (value(metric, part), _NAMES[self.by].get(str(part[column][0]), str(part[column][0])))
                for part in group.partition_by(column)
            )
            names = [name for _, name in (ranked if lowest else reversed(ranked))]
            places = {name: text.casefold().find(name.casefold()) for name in names}
            said = sorted((name for name in names if places[name] >= 0), key=lambda name: places[name])
            if said[: self.count] != names[: self.count]:
                return f"puts {said[: self.count]} first, not {names[: self.count]}"
        return ""


@dataclass(frozen=True)
class Trend:
    """Where a figure is going."""

    metric: str
    scope: Scope = field(default_factory=dict)
    window: Window | tuple[str, str] | None = None

    def check(self, answer: Answer) -> None:
        wanted = _window(self.window)
        first, last = _cited(answer, [wanted] if wanted else [])
        third = (last - first) / 3
        early, late = (
            sum(values(self.metric, self.scope, days)) / days_in(days)
            if FORMULAS[self.metric][2] is None
            else sum(values(self.metric, self.scope, days))
            for days in ((first, first + third), (last - third, last))
        )
        change = late / early - 1
        if abs(change) < 0.04:
            return
        words = _UP if change > 0 else _DOWN
        if not any(word in answer.text.casefold() for word in words):
            raise Wrong(f"does not say that it went {change:+.0%}")


def days_in(window: Window) -> int:
    """How many days a window has."""
    return (window[1] - window[0]).days + 1


class Told:
    """Words an answer must have, and some it must not have."""

    def __init__(
        self, *words: str, any_of: tuple[str, ...] = (), never: tuple[str, ...] = (), cites: str | None = None
    ) -> None:
        self.words, self.any_of, self.never, self.cites = words, any_of, never, cites

    def check(self, answer: Answer) -> None:
        _needs(answer.text, *self.words, *(["|".join(self.any_of)] if self.any_of else []))
        for word in self.never:
            if word.casefold() in answer.text.casefold():
                raise Wrong(f"says {word}")
        tables = " ".join(one.table for one in answer.citations)
        if self.cites and not any(one in tables for one in self.cites.split("|")):
            raise Wrong(f"cites {tables or 'nothing'}, not {self.cites}")


class Refused:
    """What cannot be known, or must not be done by talking: said so, with a reason."""

    def __init__(self, because: str = "") -> None:
        self.because = because

    def check(self, answer: Answer) -> None:
        if answer.known:
            raise Wrong("answers what it cannot know")
        if self.because:
            _needs(answer.text, self.because)


Expected = Figure | Sides | Ranking | Trend | Told | Refused


@dataclass(frozen=True)
class Voice:
    """Somebody with their own way of asking."""

    name: str
    slack: str
    questions: tuple[tuple[str, Expected], ...]


def mark(expected: Expected, answer: Answer) -> Marked:
    """Right, refused or wrong."""
    try:
        if not isinstance(expected, Refused) and not answer.known:
            return Marked("refused", answer.text[:160])
        expected.check(answer)
    except Wrong as problem:
        honest = not answer.known
        return Marked("refused" if honest else "wrong", f"{problem}: {answer.text[:300]}")
    return Marked("right")
