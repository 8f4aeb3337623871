"""Keeps open questions in step with what holds, and tells people: of what waits, and of governance itself."""

import logging
from datetime import timedelta

from domain.amendment import AmendmentView
from domain.case import ProposalView
from domain.operating_model import OperatingModel
from domain.ports import Board
from domain.standing import Emergency
from domain.verdict import Ask, Forbidden, Verdict
from graph import announcing, counsel
from graph.announcing import News
from graph.attention import Attention
from graph.services import Services
from graph.surviving import surviving
from memory import amendments, cases, decisions, posts, proposals, reminders, signals, standing
from memory.proposals import Asked
from memory.reminders import Due
from memory.writing import Writing

logger = logging.getLogger(__name__)

ANNOUNCEMENTS = "announcements"
"""Under this name instead of a signal's id, announcements are remembered."""
_TELL_DAYS = 7
"""What happened longer ago than this is no news any more, if nobody could be told before."""


class Upholding:
    """What governance brings about by itself. Every method is safe to call at any time, from any process, twice."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._attention = Attention(services)

    async def review_again(self) -> None:
        """Put open questions to governance again, where something else stands than when it was last asked."""
        services = self._services
        async with services.database.read() as tx:
            await services.in_force.read(tx)
            stamp = await standing.stamp(tx, services.moment.day)
            late = await standing.unreviewed(tx, stamp)
        for ident in late:
            with surviving(f"reviewing {ident}"):
                await self._review(ident, stamp)

    async def ask_anew(self, proposal_id: str) -> None:
        """Put a question to more people, where the day or the policy asks for more than its card says."""
        services = self._services
        async with services.database.write() as writing:
            found = await self._locked(writing, proposal_id)
            if found is None:
                return
            view, row_place = found
            model, stands = await services.stands(writing.tx)
            verdict = counsel.asked_now(view, model, services.moment, stands)
            if _asks_others(verdict, view.verdict):
                await self._ask(writing, view, verdict, row_place)

    async def remind(self, board: Board) -> None:
        """Bring questions up again that nobody answered, and pass on those that wait even longer: once each."""
        services = self._services
        async with services.database.read() as tx:
            model, now = await services.in_force.read(tx), services.clock.now()
            known = await cases.load(tx, await signals.ids(tx, is_open=True), now)
            due = await reminders.due(tx, known, model.policy, now)
        for one in due:
            with surviving(f"the {one.kind} of {one.view.proposal.id}"):
                to = await self._awake(one, self._told(one, model))
                if to is None:
                    continue
                await board.remind(one.case.signal.id, one.view.proposal.id, one.kind, to)
                async with services.database.write() as writing:
                    await reminders.keep(writing, one, now)

    async def wake(self, board: Board) -> None:
        """Mention those who were at rest when something came up for them."""
        await self._attention.wake(board)

    async def announce(self, board: Board) -> None:
        """Tell everybody of stops, changes of the design, emergencies and levels of autonomy: once each."""
        for key, text in await self._news():
            with surviving(f"announcing {key}"):
                await board.announce(key, text)

    async def _review(self, proposal_id: str, stamp: str) -> None:
        services = self._services
        async with services.database.write() as writing:
            found = await self._locked(writing, proposal_id)
            if found is not None:
                view, place = found
                model, stands = await services.stands(writing.tx)
                verdict = counsel.review(view.proposal, model, services.moment, stands)
                if _asks_others(verdict, view.verdict):
                    await self._ask(writing, view, verdict, place)
                elif (await self._reviewed_before(writing, proposal_id)) is not None:
                    await writing.touch(view.proposal.signal_id)
            await standing.reviewed(writing.tx, proposal_id, stamp)

    async def _reviewed_before(self, writing: Writing, proposal_id: str) -> object:
        row = await proposals.row_of(writing.tx, proposal_id)
        return row.reviewed if row else None

    async def _locked(self, writing: Writing, proposal_id: str) -> tuple[ProposalView, int] | None:
        """An open question with its case locked, and its place on the card; None where it is open no longer."""
        tx = writing.tx
        if (signal_id := await proposals.signal_of(tx, proposal_id)) is None:
            return None
        await signals.lock(tx, signal_id)
        row = await proposals.row_of(tx, proposal_id)
        found = await cases.of_proposal(tx, proposal_id, self._services.clock.now(), alone=True)
        if row is None or found is None or row.withdrawn_at is not None:
            return None
        return None if await decisions.is_final(tx, proposal_id) else (found[1], row.place)

    async def _ask(self, writing: Writing, view: ProposalView, verdict: Verdict, place: int) -> None:
        """The same question under another verdict is a new version, with all its time before it."""
        await writing.touch(view.proposal.signal_id)
        hours = verdict.within_hours if isinstance(verdict, Ask) else None
        now = self._services.clock.now()
        until = now + timedelta(hours=hours) if hours else None
        asked = await proposals.ask(writing, Asked(view.proposal, verdict, until, asked_at=now), place)
        if asked and not isinstance(verdict, Forbidden):
            await writing.defer("advance", view.proposal.id)

    async def _awake(self, one: Due, to: tuple[str, ...]) -> tuple[str, ...] | None:
        """Who of these people is told now; the others in their morning. None: all are at rest, and it waits."""
        resting = await self._attention.resting(one.case.signal, to)
        if not resting:
            return to
        if set(resting) == set(to):
            return None
        proposal = one.view.proposal
        await self._attention.hold(one.case.signal, f"{proposal.id}/{one.kind}/{proposal.version}", resting)
        return tuple(slack for slack in to if slack not in resting)

    def _told(self, one: Due, model: OperatingModel) -> tuple[str, ...]:
        """Who is to be told: those asked who have not agreed yet, or those a question is passed on to."""
        asked, action = one.view.verdict, one.view.proposal.action
        role = asked.role if isinstance(asked, Ask) else one.view.proposal.owner
        if one.kind == "escalation":
            role = model.policy.escalate_to
        people = counsel.answering(role, action, model) or model.holders(role)
        return tuple(person.slack for person in people if person.slack not in one.view.approvals)

    async def _news(self) -> list[News]:
        """What happened lately that nobody was told yet, in the order of its kind."""
        services, now = self._services, self._services.clock.now()
        since = now - timedelta(days=_TELL_DAYS)
        async with services.database.read() as tx:
            model = await services.in_force.read(tx)
            told = await posts.of(tx, ANNOUNCEMENTS)
            stops = await standing.lately(tx, since)
            changes = await amendments.enacted(tx, since, counsel.quorum)
            waiting = [one for one in await amendments.pending(tx, counsel.quorum) if _wants_another(one, model)]
            emergencies = [one for one in await standing.emergencies(tx) if one.until >= since]
            levels = await standing.levels(tx, since)
        during = {one.id: await self._done_in(one) for one in emergencies if one.until <= now}
        news = [
            *(line for stop, lifted in stops for line in announcing.of_stop(stop, lifted, model)),
            *(announcing.of_amendment(view, model) for view in (*changes, *waiting)),
            *(line for one in emergencies for line in announcing.of_emergency(one, model, now, during.get(one.id, ()))),
            *(announcing.of_level(number, one, model) for number, one in levels),
        ]
        return [(key, text) for key, text in news if key not in told]

    async def _done_in(self, one: Emergency) -> tuple[str, ...]:
        """What its holder decided in an emergency, a line each."""
        services = self._services
        async with services.database.read() as tx:
            ids = await decisions.made_by(tx, one.by, one.since, one.until)
            found = [await cases.of_proposal(tx, ident, services.clock.now(), alone=True) for ident in ids]
        return tuple(
            f"{counsel.title(view.proposal)} ({view.decision.kind})"
            for _, view in filter(None, found)
            if view.decision is not None
        )


def _wants_another(view: AmendmentView, model: OperatingModel) -> bool:
    """Whether a change waits for others: somebody has agreed to it, or drafted it who cannot agree."""
    drafter = model.person(view.amendment.by)
    is_asked = drafter is not None and not view.agreed and counsel.ARCHITECT not in drafter.roles
    return is_asked or (bool(view.agreed) and len(view.agreed) < view.quorum)


def _asks_others(after: Verdict, before: Verdict) -> bool:
    """Whether other people, or more of them, decide. The words alone, or the time given, are no new question."""
    if isinstance(after, Ask) and isinstance(before, Ask):
        return (after.role, after.quorum) != (before.role, before.quorum)
    return after.kind != before.kind
