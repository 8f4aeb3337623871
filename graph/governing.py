"""The only door the bot uses to govern: the design, its amendments, stops, emergencies and levels of autonomy."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from domain.action import ACTION_KINDS
from domain.amendment import AmendmentStatus, AmendmentView, Design, TrackRecord
from domain.badge import Badge
from domain.errors import InvalidChange, NoLongerOpen, NotFound, Refusal, StaleCard
from domain.operating_model import OperatingModel
from domain.standing import Emergency, Grant, Level, Stop
from graph import amending, counsel, tracking
from graph.badges import Badges
from graph.refusals import reason_of
from graph.services import Services
from memory import amendments, facts, operating_models, standing
from memory.operating_models import FILE, InForce
from memory.writing import Writing

_RECENT = 10
"""Amendments shown after they were decided."""
_OVERTAKEN = "Another change came into force first; draft it again on what holds now."


class Governing:
    """Everything people do about governance. Committed, with its line of the ledger, before a method returns."""

    def __init__(self, services: Services, badges: Badges) -> None:
        self._services, self._badges = services, badges

    async def design(self, user: str) -> Design:
        """The operating model in force and everything that stands beside it. Raises NotYours for strangers."""
        services, badge = self._services, await self._badges.of(user)
        async with services.database.read() as tx:
            model, stands = await services.stands(tx)
            counsel.believed(user, model, badge)
            pending = await amendments.pending(tx, counsel.quorum)
            recent = await amendments.recent(tx, _RECENT, counsel.quorum)
            emergencies = await standing.emergencies(tx, unreviewed=True)
            records = await tracking.records(services, tx, model, stands)
        in_force, now = self._in_force(), services.clock.now()
        return Design(
            version=in_force.version,
            since=in_force.since,
            by=in_force.by,
            model=model,
            pending=pending,
            recent=recent,
            stops=stands.stops,
            emergency=next((one for one in emergencies if one.since <= now < one.until), None),
            to_review=tuple(one for one in emergencies if one.until <= now),
            grants=stands.grants,
            records=records,
            mandates={one.mandate.agent: one.mandate for one in services.desk.specialists},
        )

    async def held_against_file(self) -> str:
        """What is in force, and whether baton.yaml says the same, in a sentence or two."""
        services = self._services
        async with services.database.read() as tx:
            await services.in_force.read(tx)
            waiting = [one.amendment for one in await amendments.pending(tx, counsel.quorum)]
        known = services.in_force.known
        if known is None:
            return f"No policy is in force yet: the first start adopts {FILE}."
        since = services.file.moment(known.since).local
        says = f"Policy version {known.version} is in force since {since.day} {since:%B %Y}"
        if operating_models.fingerprint(known.model) == operating_models.fingerprint(services.file):
            return f"{says}; {FILE} says the same."
        drafted = next((one.id for one in waiting if one.by == FILE), None)
        if known.file_digest == operating_models.fingerprint(services.file) and drafted is None:
            return f"{says}. {FILE} says something else and does not count: what holds was agreed to in Slack."
        waits = f"it waits as {drafted}" if drafted else "the next start drafts it"
        return f"{says}. {FILE} differs and changes nothing until the architect agrees: {waits}."

    async def adopt_file(self) -> InForce:
        """Put baton.yaml in force where nobody could agree to it; for whoever runs Baton. Raises as amending does."""
        return await amending.adopt_file(self._services)

    async def records(self) -> tuple[TrackRecord, ...]:
        """What each agent's proposals of each kind came to."""
        async with self._services.database.read() as tx:
            model, stands = await self._services.stands(tx)
            return await tracking.records(self._services, tx, model, stands)

    async def draft(
        self, by: str, part: str, values: Mapping[str, str], reason: str, *, base: int | None = None
    ) -> AmendmentView:
        """Propose a change of one part, values as typed. Nothing changes before enough people agree.

        `base` is the version of the design whose values the form showed. Raises NotYours, StaleCard where somebody
        changed what the form shows since then, and InvalidChange with the field for what cannot be.
        """
        services, left = self._services, await self._badges.left()
        async with self._pressed(by, "draft", f"design/{part}") as (badge, now), services.database.write() as writing:
            await operating_models.lock(writing)
            model = await services.in_force.read(writing.tx)
            if _is_own(by, part, values, model):
                counsel.known(by, model, badge)
            else:
                counsel.may_draft(by, model, badge)
            await amending.refuse_stale(services, writing.tx, base, part, values)
            changed = counsel.edit(model, part, values)
            why = reason_of(reason)
            for known in await amendments.pending(writing.tx, counsel.quorum):
                if (known.amendment.by, known.amendment.model) == (by, changed):
                    return known  # sent twice, drafted once
            amendment = await amending.drafted(services, writing.tx, self._in_force(), changed, by, why, now, left)
            await amendments.draft(writing, amendment)
            return await self._view(writing, amendment.id)

    async def agree(self, amendment_id: str, by: str) -> AmendmentView:
        """Agree to a change. The last agreement needed brings it into force, for all processes at once."""
        services, enacted, left = self._services, None, await self._badges.left()
        async with self._pressed(by, "agree", amendment_id) as (badge, now), services.database.write() as writing:
            view, model = await self._pending(writing, amendment_id)
            counsel.may_agree(by, view.amendment, view.agreed, model, badge, left)
            amending.refuse_looser(services, view.amendment, model, left)
            await amendments.agree(writing, view.amendment, by, now)
            if counsel.is_agreed(view.amendment, {*view.agreed, by}, model, left):
                enacted = await amendments.enact(writing, view.amendment, self._in_force(), by, now)
            await self._follow(writing)
            view = await self._view(writing, amendment_id)
        services.in_force.take(enacted)
        return view

    async def reject(self, amendment_id: str, by: str, reason: str) -> AmendmentView:
        """Refuse a change, or take one's own back."""
        services = self._services
        async with self._pressed(by, "reject", amendment_id) as (badge, now), services.database.write() as writing:
            view, model = await self._pending(writing, amendment_id)
            counsel.may_draft(by, model, badge)
            await amendments.reject(writing, view.amendment, by, reason_of(reason), now)
            return await self._view(writing, amendment_id)

    async def stop(self, by: str, of: str, name: str, reason: str) -> Stop:
        """Pull the kill switch for everything, one agent or one kind of action. Holds until somebody lifts it."""
        services = self._services
        async with self._pressed(by, "stop", f"{of}/{name}") as (badge, now), services.database.write() as writing:
            model, stands = await services.stands(writing.tx)
            counsel.may_stop(by, model, badge)
            ident = facts.new_name("stop")
            known = {"agent": self._agents(), "action": frozenset(ACTION_KINDS), "everything": frozenset({""})}
            if of not in known or name not in known[of]:
                raise InvalidChange("what", "There is no such agent or kind of action to stop.")
            if any((one.of, one.name) == (of, name) for one in stands.stops):
                raise NoLongerOpen("This is stopped already.")
            stop = Stop.model_validate(
                {"id": ident, "of": of, "name": name, "reason": reason_of(reason), "by": by, "at": now}
            )
            await standing.pull(writing, stop)
            await self._follow(writing)
        return stop

    async def lift(self, stop_id: str, by: str, reason: str) -> None:
        """Take a stop back."""
        services = self._services
        async with self._pressed(by, "lift", stop_id) as (badge, now), services.database.write() as writing:
            counsel.may_lift(by, await services.in_force.read(writing.tx), badge)
            if not await standing.lift(writing, stop_id, by, reason_of(reason), now):
                raise NoLongerOpen("This stop is not in force any more.")
            await self._follow(writing)

    async def break_glass(self, by: str, reason: str, minutes: int) -> Emergency:
        """Decide alone for a short while. Announced to everybody, and looked at by somebody else afterwards."""
        services = self._services
        async with self._pressed(by, "break_glass", "emergency") as (badge, now), services.database.write() as writing:
            await standing.lock_emergencies(writing.tx)
            model, stands = await services.stands(writing.tx)
            counsel.may_declare(by, minutes, model, model.moment(now), stands, badge)
            one = Emergency(
                id=facts.new_name("emg"),
                by=by,
                reason=reason_of(reason),
                since=now,
                until=now + timedelta(minutes=minutes),
            )
            await standing.open_emergency(writing, one)
            await self._follow(writing)
        return one

    async def end_emergency(self, emergency_id: str, by: str) -> None:
        """End an emergency before its time. Like a stop it only prevents, so everybody with a role may."""
        services = self._services
        async with self._pressed(by, "end", emergency_id) as (badge, now), services.database.write() as writing:
            counsel.may_stop(by, await services.in_force.read(writing.tx), badge)
            if not await standing.close_emergency(writing, emergency_id, by, now):
                raise NoLongerOpen("This emergency is not in force any more.")
            await self._follow(writing)

    async def review_emergency(self, emergency_id: str, by: str, note: str) -> None:
        """Note that somebody else looked at what was decided in an emergency."""
        services = self._services
        async with self._pressed(by, "review", emergency_id) as (badge, now), services.database.write() as writing:
            model = await services.in_force.read(writing.tx)
            found = [one for one in await standing.emergencies(writing.tx) if one.id == emergency_id]
            if not found:
                raise NotFound("There is no such emergency.")
            counsel.may_review(by, found[0], model, model.moment(now), badge)
            if not await standing.review_emergency(writing, emergency_id, by, reason_of(note), now):
                raise NoLongerOpen("Somebody has looked at this emergency already.")

    async def grant(
        self, by: str, agent: str, action: str, level: Level | str, reason: str, *, base: Level | None = None
    ) -> Grant:
        """Let an agent go further with one kind of action, or less far. Further only on what was measured.

        `base` is the level the form showed: raises StaleCard where it is another by now.
        """
        services, wanted = self._services, _level(level)
        async with (
            self._pressed(by, "grant", f"{agent}/{action}") as (badge, now),
            services.database.write() as writing,
        ):
            await standing.lock_autonomy(writing.tx)
            model, stands = await services.stands(writing.tx)
            suggests = services.desk.mandate(agent)
            if action not in suggests:
                raise NotFound(f"The {agent} agent does not suggest {action}.")
            record = await tracking.record(writing.tx, model, stands, agent, action)
            if base not in {None, record.level}:
                raise StaleCard("This level was changed after this form was opened; open it again to see what holds.")
            counsel.may_grant(by, record, wanted, model, badge)
            one = Grant(agent=agent, action=action, level=wanted, by=by, at=now, because=reason_of(reason))
            await standing.grant(writing, one)
            await self._follow(writing)
        return one

    @asynccontextmanager
    async def _pressed(self, by: str, press: str, subject: str) -> AsyncGenerator[tuple[Badge | None, datetime]]:
        """Who presses, and when. A refusal inside is a line of the ledger before its presser hears of it."""
        database = self._services.database
        async with database.in_time():
            try:
                yield await self._badges.of(by), self._services.clock.now()
            except Refusal as refusal:
                if not isinstance(refusal, NotFound):
                    async with database.write() as writing:
                        await writing.record("refusal", by, subject, press=press, why=type(refusal).__name__)
                raise

    async def _pending(self, writing: Writing, amendment_id: str) -> tuple[AmendmentView, OperatingModel]:
        """A change that still waits, with what is in force, both held until this transaction ends."""
        await operating_models.lock(writing)
        model = await self._services.in_force.read(writing.tx)
        view = await self._view(writing, amendment_id)
        if view.status is not AmendmentStatus.PENDING:
            happened = {AmendmentStatus.IN_FORCE: "It is in force already.", AmendmentStatus.OUTDATED: _OVERTAKEN}
            raise NoLongerOpen(happened.get(view.status, "It was rejected."))
        if view.amendment.base != self._in_force().version:
            raise NoLongerOpen(_OVERTAKEN)
        return view, model

    async def _view(self, writing: Writing, amendment_id: str) -> AmendmentView:
        found = await amendments.of(writing.tx, amendment_id, counsel.quorum)
        if found is None:
            raise NotFound(f"There is no change {amendment_id}.")
        return found

    async def _follow(self, writing: Writing) -> None:
        """Open questions are asked again, cards are drawn and people are told, right after the commit."""
        await writing.defer("uphold", "now", once=True)

    def _in_force(self) -> InForce:
        known = self._services.in_force.known
        assert known is not None, "nothing was adopted: the runner was not opened"
        return known

    def _agents(self) -> frozenset[str]:
        return frozenset(one.mandate.agent for one in self._services.desk.specialists)


def _level(typed: Level | str) -> Level:
    try:
        return Level(typed)
    except ValueError as error:
        raise InvalidChange("level", "Choose one of the levels.") from error


def _is_own(by: str, part: str, values: Mapping[str, str], model: OperatingModel) -> bool:
    """Whether somebody asks that another stands in for themselves, or does so no longer: who agrees is as ever."""
    if part != "delegations" or values.get("of") != by:
        return False
    if not values.get("remove"):
        return values.get("key") == "new"
    key = values.get("key", "")
    return key.isdecimal() and int(key) < len(model.delegations) and model.delegations[int(key)].of == by
