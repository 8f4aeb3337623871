"""Each owner's own digest, and the leads' summary of the week: on their own day and hour, once each."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case import Case, ProposalView
from domain.operating_model import OperatingModel, Person
from domain.ports import Board
from domain.proposal import Expired, Snoozed
from domain.rhythm import Rhythm, usual
from domain.signal import Signal, SignalEvent
from domain.summaries import OwnDigest, Waiting
from graph import reaching
from graph.services import Services
from graph.summing import Summing
from graph.surviving import surviving
from memory import cases, preferences, signals, sweeps, tellings
from memory.failpoints import Failpoint
from memory.tellings import Kind, Telling

SWEEP_PATIENCE = timedelta(hours=2)
"""How long a digest waits for the sweep of the last complete day; then it tells of what is known: what waits, waits."""
MOST_REACH = timedelta(days=8)
"""How far back a digest tells of changes: after holidays the open cases say more than their history."""


@dataclass(frozen=True, slots=True)
class _Due:
    """Somebody whose digest or summary is due."""

    person: Person
    kind: Kind
    day: date
    has_waited: bool
    """Whether it has waited for a sweep long enough."""
    before: Telling | None


@dataclass(frozen=True, slots=True)
class _Story:
    """What everybody's digests are made from, read once."""

    model: OperatingModel
    events: tuple[SignalEvent, ...]
    known: tuple[Case, ...]
    as_of: date


class Digesting:
    """Tells each person what is theirs. Every method is safe to call at any time, from any process, twice."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._summing = Summing(services)

    async def tell(self, board: Board) -> None:
        """Send what is due, each once; what Slack does not take is tried again the next minute."""
        services = self._services
        if not [one async for one in self._due()]:
            return
        async with services.database.exclusively("baton/digest"):
            due = [one async for one in self._due()]
            if not due or (story := await self._story()) is None:
                return
            for one in due:
                with surviving(f"the {one.kind} digest of somebody"):
                    await self._tell(one, story, board)

    async def digest(self, user: str) -> OwnDigest | None:
        """One person's digest as it would be now; None where nobody swept yet, or they hold no role."""
        person, story = self._services.model.person(user), await self._story()
        if person is None or story is None:
            return None
        day = self._services.model.rhythm(person).local_day(self._services.clock.now())
        return self._own(person, day, story.as_of - timedelta(days=1), story)

    async def _due(self) -> AsyncIterator[_Due]:
        services, now = self._services, self._services.clock.now()
        async with services.database.read() as tx:
            model = await services.in_force.read(tx)
            chosen = await preferences.every(tx)
            told: dict[Kind, dict[str, Telling]] = {
                "daily": dict(await tellings.last(tx, "daily")),
                "weekly": dict(await tellings.last(tx, "weekly")),
            }
        for person in model.people:
            rhythm = model.rhythm(person, chosen.get(person.slack))
            for kind, day, has_waited in _days(person, rhythm, model, now):
                before = told[kind].get(person.slack)
                if before is None or before.day < day:
                    yield _Due(person, kind, day, has_waited, before)

    async def _story(self) -> _Story | None:
        services = self._services
        async with services.database.read() as tx:
            model, last = await services.in_force.read(tx), await sweeps.last(tx)
            if last is None:
                return None
            events = await signals.history(tx, last.as_of, days=MOST_REACH.days)
            known = await cases.load(tx, await signals.ids(tx), services.clock.now())
        return _Story(model, events, known, last.as_of)

    async def _tell(self, one: _Due, story: _Story, board: Board) -> None:
        is_late = story.as_of < self._told_day(one)
        if is_late and not one.has_waited:
            return
        if one.kind == "weekly":
            summary = await self._summing.week(one.day, story.known)
            was_sent = not summary.is_empty and await board.tell_week(one.person.slack, one.day, summary)
            as_of = summary.last_day
        else:
            after = one.before.as_of if one.before else story.as_of - timedelta(days=1)
            own = self._own(one.person, one.day, after, story)
            wanted = not own.is_empty or await self._tells_quiet_days(one.person)
            was_sent = wanted and await board.tell_own(own)
            as_of = story.as_of
        if was_sent:
            self._services.failpoint(Failpoint.DIGEST_POSTED)
        now = self._services.clock.now()
        async with self._services.database.engine.begin() as tx:
            await tellings.keep(tx, one.person.slack, one.kind, Telling(one.day, as_of), now, was_sent=was_sent)
        if was_sent:
            self._services.failpoint(Failpoint.DIGEST_NOTED)

    def _told_day(self, one: _Due) -> date:
        """The day whose sweep it waits for."""
        return one.day - timedelta(days=1) if one.kind == "weekly" else self._services.clock.last_day()

    def _own(self, person: Person, day: date, after: date, story: _Story) -> OwnDigest:
        model, now, desk = story.model, self._services.moment, self._services.desk

        def asks(case: Case, view: ProposalView) -> Waiting | None:
            return reaching.asks(case, view, person, model, now, desk.action_words(case, view))

        def concerns(signal: Signal) -> bool:
            return reaching.concerns(signal, person, model, now)

        mine = {view.proposal.id for case in story.known for view in case.proposals if _decided(view, person.slack)}
        span = (after, story.as_of)
        return desk.own_digest(person.slack, day, span, story.events, story.known, asks, concerns, mine)

    async def _tells_quiet_days(self, person: Person) -> bool:
        async with self._services.database.read() as tx:
            return (await chosen_by(tx, person, self._services.model)).chosen.tells_quiet_days


async def chosen_by(tx: AsyncConnection, person: Person, model: OperatingModel) -> Rhythm:
    """A person's days, as they chose."""
    return model.rhythm(person, await preferences.of(tx, person.slack) or usual(model.digest))


def _days(person: Person, rhythm: Rhythm, model: OperatingModel, now: datetime) -> Iterator[tuple[Kind, date, bool]]:
    """What is due for somebody now, for which of their days, and whether it was due long ago already."""
    has_part = bool(person.roles) or any(one.to == person.slack for one in model.delegations)
    earlier = now - SWEEP_PATIENCE
    if has_part and (day := rhythm.digest_day(now)) is not None:
        yield "daily", day, rhythm.digest_day(earlier) == day
    weekly = model.digest.weekly
    if weekly.is_for(person.roles) and (week := rhythm.week(now, weekly)) is not None:
        yield "weekly", week, rhythm.week(earlier, weekly) == week


def _decided(view: ProposalView, slack: str) -> bool:
    made = view.decision is not None and not isinstance(view.decision, Snoozed | Expired) and view.decision.by == slack
    return made or slack in view.approvals
