"""Summaries of a period in figures: the leads' week, and what somebody asks for."""

import asyncio
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.case import Case
from domain.errors import SourceUnavailable, TableRefused
from domain.operating_model import OperatingModel
from domain.proposal import Expired, Snoozed
from domain.reading import Readings
from domain.scope import Scope
from domain.summaries import Summary
from graph import readings
from graph.services import Services
from memory import cases, chronicle, opinions, signals

DaysMeant = Callable[[str, date], tuple[date, date]]
"""First and last day that words mean, as the desk's answers understand them."""
_LAST_DAYS = re.compile(r"\b(?:last|past) (\d{1,6}) (day|week|month)s?\b")
_BARE_MONTH = re.compile(r"(?<!last )(?<!past )(?<!previous )(?<!this )\bmonth\b")
_EACH = {"day": 1, "week": 7, "month": 30}
MOST_DAYS = 366


class Summing:
    """Puts periods into figures."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def week(self, day: date, known: Sequence[Case]) -> Summary:
        """The seven days before a day, for the whole company."""
        return await self._period(day - timedelta(days=7), day - timedelta(days=1), known, None)

    async def asked(self, words: str) -> Summary:
        """A summary as asked for: "last week for Meta", "this month", "March", "last 30 days for Trail shoes"."""
        services = self._services
        async with services.database.read() as tx:
            await services.in_force.read(tx)
            known = await cases.load(tx, await signals.ids(tx), services.clock.now())
        first, last = span_of(words, services.clock.last_day(), services.desk.days_meant)
        return await self._period(first, last, known, scope_of(words, known))

    async def _period(self, first: date, last: date, known: Sequence[Case], scope: Scope | None) -> Summary:
        services, model = self._services, self._services.model
        desk, tables = services.desk, await self._readings()
        period = desk.period(first, last, ZoneInfo(model.timezone))
        acts = None if scope is not None else desk.acts(*await self._acts(known, first, last, model))
        made = await asyncio.to_thread(desk.weekly, known, period, model, tables, acts, scope)
        if scope is not None:
            return made
        async with services.database.read() as tx:
            said = await opinions.tally(tx, *_moments(first, last, model))
        return made.model_copy(update={"opinions": said})

    async def _readings(self) -> Readings | None:
        """The tables, for what was spent; without them nothing is said in money."""
        services = self._services
        try:
            return await readings.collect(services.source, services.desk.needs, services.clock.last_day())
        except (SourceUnavailable, TableRefused):
            return None

    async def _acts(self, known: Sequence[Case], first: date, last: date, model: OperatingModel) -> tuple[int, int]:
        """How often the architect and the leads answered, and how often they designed."""
        leads = frozenset(person.slack for person in model.people if model.digest.weekly.is_for(person.roles))
        since, until = _moments(first, last, model)
        async with self._services.database.read() as tx:
            design = await chronicle.acts_of_design(tx, leads, since, until)
        decided = [
            view.decision
            for case in known
            for view in case.proposals
            if view.decision is not None and not isinstance(view.decision, Snoozed | Expired)
        ]
        return sum(one.by in leads and since <= one.at < until for one in decided), design


def _moments(first: date, last: date, model: OperatingModel) -> tuple[datetime, datetime]:
    """When a period begins and ends, by the company's clock."""
    zone = ZoneInfo(model.timezone)
    return datetime.combine(first, time(), zone), datetime.combine(last + timedelta(days=1), time(), zone)


def span_of(words: str, last: date, days_meant: DaysMeant) -> tuple[date, date]:
    """The days a question speaks of, as answers understand them, as far as they are over and a year at most.

    A month that is not said to be the last one is the last thirty days.
    """
    said = " ".join(words.casefold().split())
    if found := _LAST_DAYS.search(said):
        days = min(max(int(found[1]), 1) * _EACH[found[2]], MOST_DAYS)
        return last - timedelta(days=days - 1), last
    if _BARE_MONTH.search(said):
        return last - timedelta(days=_EACH["month"] - 1), last
    first, end = days_meant(said, last)
    end = min(end, last)
    return max(min(first, end), end - timedelta(days=MOST_DAYS)), end


def scope_of(words: str, known: Sequence[Case]) -> Scope | None:
    """The campaign or platform a question names, if any; the longest name wins, a campaign over its platform."""
    said = f" {' '.join(words.casefold().split())} "
    campaigns: dict[str, Scope] = {}
    platforms: dict[str, Scope] = {}
    for case in known:
        scope = case.signal.scope
        if scope.platform:
            for name in {scope.platform.casefold(), scope.platform.casefold().replace("_", " ")}:
                platforms[name] = Scope(platform=scope.platform)
        name = case.signal.names.get(scope.campaign_id or "", "").casefold()
        if name:
            campaigns[name] = Scope(platform=scope.platform, account_id=scope.account_id, campaign_id=scope.campaign_id)
    for places in (campaigns, platforms):
        named = [name for name in places if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said)]
        if named:
            return places[max(named, key=len)]
    return None
