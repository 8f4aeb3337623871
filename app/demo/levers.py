"""What people have set and asked for, as the market sees it: values by day, and work with the day it takes effect."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

import numpy as np

from app.demo.log import Entry, TaskCreated, ValuesSet
from app.demo.noise import Days, Floats, Noise
from app.demo.world import Ad, Campaign, World

LEAD_DAYS: Mapping[str, tuple[int, int]] = {
    "refresh_creative": (1, 1),
    "retention_flow": (1, 1),
    "fix_tracking": (1, 2),
    "fix_landing_page": (1, 2),
    "rotate_audience": (1, 2),
    "update_promise": (1, 2),
    "write_brief": (3, 5),
    "start_test": (1, 1),
    "roll_out_test": (1, 1),
    "exclude_data": (1, 1),
    "change_goal": (1, 1),
    "put_back": (1, 1),
}
"""Fewest and most days until work of a kind is done; what this company has no word for is done the next day."""
UNFELT = frozenset({"exclude_data", "change_goal", "put_back"})
"""Work the market does not feel. What it feels of the rest is in `cures`, `gains` and `standing`."""


def lead_days(noise: Noise, entity: str, task: str, day: date) -> int:
    """How many days this piece of work takes."""
    fewest, most = LEAD_DAYS.get(task, (1, 1))
    return fewest + int(noise.once("lead", entity, task, day) * (most - fewest + 1))


def starting_values(world: World) -> dict[str, str]:
    """Every value that can be set, by address, as the company began."""
    values: dict[str, str] = {}
    for campaign in world.campaigns:
        place = address_of(world, campaign)
        values[f"{place}/daily_budget"] = f"{campaign.daily_budget:.2f}"
        values[f"{place}/target_cpa"] = f"{campaign.target_cpa:.2f}"
        values[f"{place}/status"] = "active"
        for ad in campaign.ads:
            values[f"{address_of(world, campaign, ad)}/status"] = "active"
    return values


def address_of(world: World, campaign: Campaign, ad: Ad | None = None) -> str:
    """Where a campaign or one of its ads is found: "meta/a1/campaign/c3", "meta/a1/ad/ad9"."""
    account = world.account(campaign.account_id)
    place = f"{account.platform}/{account.id}"
    return f"{place}/ad/{ad.id}" if ad else f"{place}/campaign/{campaign.id}"


@dataclass(frozen=True, slots=True)
class Work:
    """A finished piece of work, as the market feels it."""

    task: str
    entity: str
    details: Mapping[str, str]
    done_on: date

    @property
    def ident(self) -> str:
        """The id at the end of the entity: "ad9", "c3", "all", or the theme of content work."""
        return self.entity.partition("/")[2] if self.entity.startswith("content/") else self.entity.split("/")[-1]

    def covers(self, campaign: Campaign) -> bool:
        """Whether it is about this campaign, or about its whole account."""
        kind, _, ident = self.entity.partition("/")[2].partition("/")[2].partition("/")
        account = self.entity.split("/")[1] if self.entity.count("/") >= 1 else ""
        return ident == campaign.id or (ident == "all" and account == campaign.account_id and kind != "")

    def grown(self, days: Days, over: int) -> Floats:
        """How much of its effect is there: 0 before, 1 once it has been there `over` days."""
        return np.clip((days - self.done_on.toordinal() + 1) / over, 0, 1)


@dataclass(frozen=True, slots=True)
class Levers:
    """Settings by day (rows) and object (columns), and the work done."""

    budget: Floats
    """Money per day, by campaign."""
    target: Floats
    """Target CPA relative to the first one, by campaign."""
    running: Floats
    """1 or 0, by campaign."""
    active: Floats
    """1 or 0, by ad."""
    unsettled: Floats
    """1 where the platform is still learning from a big change, by campaign."""
    work: tuple[Work, ...]


def levers(world: World, entries: Sequence[Entry], days: Days) -> Levers:
    """The settings in force on each of the days."""
    steps = _steps(entries)
    campaigns = [address_of(world, campaign) for campaign in world.campaigns]
    ads = [address_of(world, campaign, ad) for campaign in world.campaigns for ad in campaign.ads]
    start = starting_values(world)
    budget = _by_day(days, [f"{place}/daily_budget" for place in campaigns], start, steps)
    target = _by_day(days, [f"{place}/target_cpa" for place in campaigns], start, steps)
    first_target = np.array([float(campaign.target_cpa) for campaign in world.campaigns])
    return Levers(
        budget=budget,
        target=target / first_target,
        running=_by_day(days, [f"{place}/status" for place in campaigns], start, steps),
        active=_by_day(days, [f"{place}/status" for place in ads], start, steps),
        unsettled=_unsettled(days, campaigns, steps),
        work=tuple(work_of(entries)),
    )


def work_of(entries: Iterable[Entry]) -> list[Work]:
    """All work ever asked for, in order."""
    return [
        Work(task=entry.task, entity=entry.entity, details=entry.details, done_on=entry.done_on)
        for entry in entries
        if isinstance(entry, TaskCreated)
    ]


Steps = Mapping[str, list[tuple[int, str, str]]]
"""Per address: first day in force, value before, value after."""


def _steps(entries: Sequence[Entry]) -> Steps:
    steps: dict[str, list[tuple[int, str, str]]] = {}
    for entry in entries:
        if isinstance(entry, ValuesSet):
            for change in entry.changes:
                step = (entry.day.toordinal() + 1, change.was, change.to)
                steps.setdefault(change.address, []).append(step)
    return steps


def _by_day(days: Days, addresses: Sequence[str], start: Mapping[str, str], steps: Steps) -> Floats:
    columns = np.tile(np.array([_number(start[address]) for address in addresses]), (len(days), 1))
    for column, address in enumerate(addresses):
        for since, _, to in steps.get(address, ()):
            columns[days >= since, column] = _number(to)
    return columns


def _number(value: str) -> float:
    return {"active": 1.0, "paused": 0.0}[value] if value in {"active", "paused"} else float(value)


_LEARNS_FOR = 4
_TARGET_LEARNS_FOR = 7
_BIG_CHANGE = 0.3
"""A budget change beyond 30 %, or any change of the target, makes the platform learn anew."""


def _unsettled(days: Days, campaigns: Sequence[str], steps: Steps) -> Floats:
    learning = np.zeros((len(days), len(campaigns)))
    for column, place in enumerate(campaigns):
        budgets = ((step, _LEARNS_FOR) for step in steps.get(f"{place}/daily_budget", ()) if _is_big(step))
        targets = ((step, _TARGET_LEARNS_FOR) for step in steps.get(f"{place}/target_cpa", ()))
        for (since, _, _), lasts in chain(budgets, targets):
            learning[(days >= since) & (days < since + lasts), column] = 1
    return learning


def _is_big(step: tuple[int, str, str]) -> bool:
    _, was, to = step
    return abs(_number(to) - _number(was)) > _BIG_CHANGE * _number(was)
