"""One press on one proposal: refused in words, or claimed, each with its line of the ledger before anybody hears."""

from collections.abc import Awaitable

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case import Case, ProposalView
from domain.errors import AlreadyDecided, InvalidChange, NotFound, Refusal, StaleCard
from domain.proposal import Approved, Decision, FinalDecision, Overridden, Snoozed
from graph import counsel
from graph.badges import Badges
from graph.refusals import Refusals
from graph.services import Services
from graph.turns import Turns
from graph.work import Work
from memory import cases, decisions, standing
from memory.decisions import Refused
from memory.failpoints import Failpoint

_MOST_LOOKS = 3
"""Looks before a claim: at first, after those who were ahead, and where one of them is known to have decided."""
_MOST_REMEMBERED = 10_000
"""Proposals a process keeps in mind as decided; forgetting one costs a look at the database."""


class Deciding:
    """Checks and claims in one transaction, so that nothing can change between the two."""

    def __init__(self, services: Services, badges: Badges, work: Work) -> None:
        self._services, self._badges, self._work = services, badges, work
        self._refusals = Refusals(services)
        self._turns = Turns()
        self._over: set[str] = set()
        """Proposals this process has seen decided: it stays so, and whoever looked just before need not claim."""

    async def decide(self, decision: Decision) -> Case:
        """Record a decision, once. Raises the refusal it meets, kept in the ledger, and DatabaseSilent."""
        async with self._services.database.in_time():
            return await self._decided(decision)

    async def _decided(self, decision: Decision) -> Case:
        for looks in range(1, _MOST_LOOKS + 1):
            await self._refuse_if_over(decision)
            try:
                async with self._turns.of(decision.proposal_id) as came_second:
                    looks_again = decision.proposal_id in self._over or (came_second and looks == 1)
                    if looks == _MOST_LOOKS or not looks_again:
                        return await self._claimed(decision)
            except Refusal as refusal:
                await self.keep_refusal(decision, refusal)
                raise
        raise AssertionError("the last look is followed by a claim")

    async def may(self, press: Decision) -> tuple[Case, ProposalView]:
        """What a press is about, where it may be made. Raises the refusal it meets, kept in the ledger."""
        async with self._services.database.in_time():
            await self._refuse_if_over(press)
            try:
                return await self._permitted(press)
            except Refusal as refusal:
                await self.keep_refusal(press, refusal)
                raise

    async def not_taken(self, press: Decision, problem: InvalidChange) -> Refusal:
        """Keep that what was typed was refused. Whoever may not decide at all is told that, not what to type."""
        refusal: Refusal = problem
        try:
            await self._permitted(press)
        except Refusal as earlier:
            refusal = problem if isinstance(earlier, InvalidChange) else earlier
        await self.keep_refusal(press, refusal)
        return refusal

    async def keep_refusal(self, decision: Decision, refusal: Refusal) -> None:
        """Have the line of a refusal in the ledger; an old card is drawn anew."""
        if isinstance(refusal, NotFound):
            return
        if isinstance(refusal, AlreadyDecided):
            self._note_over(decision.proposal_id)
        await self._refusals.keep(Refused(decision, type(refusal).__name__))
        if isinstance(refusal, StaleCard):
            await self._work.ask_anew(decision.proposal_id)
            case, _ = await self.view(decision.proposal_id)
            await self._work.draw_again(case.signal.id)

    async def view(self, proposal_id: str) -> tuple[Case, ProposalView]:
        """A proposal as it stands, and the case it belongs to. Raises NotFound."""
        database = self._services.database
        async with database.in_time(), database.read() as tx:
            known = await cases.of_proposal(tx, proposal_id, self._services.clock.now())
        if known is None:
            raise NotFound(f"There is no proposal {proposal_id}.")
        return known

    async def _refuse_if_over(self, press: Decision) -> None:
        if refusal := await self._refusals.too_late(press, await self._badges.of(press.by)):
            raise refusal

    async def _claimed(self, decision: Decision) -> Case:
        services, badge = self._services, await self._badges.of(decision.by)
        moves_money = isinstance(decision, Approved | Overridden)

        async def allowed(tx: AsyncConnection) -> int | None:
            found = await cases.of_proposal(tx, decision.proposal_id, decision.at)
            if found is None:
                return None
            if moves_money:  # from here on one in the whole company at a time: what it moves counts for the next
                await standing.lock_moves(tx)
            model, stands = await services.stands(tx, decision.at)
            pressed = model.moment(decision.at)
            counsel.allow(decision, found[1], found[0], model, pressed, standing=stands, badge=badge)
            return counsel.approvals_needed(decision.by, found[1], model, pressed, stands)

        claim: Awaitable[FinalDecision | None] = (
            decisions.snooze(services.database, decision, allowed)
            if isinstance(decision, Snoozed)
            else decisions.claim(services.database, decision, allowed)
        )
        if earlier := await claim:
            raise counsel.too_late(decision.by, earlier, services.model, badge)
        services.failpoint(Failpoint.DECISION_COMMITTED)
        case, view = await self.view(decision.proposal_id)
        if view.decision is not None and not isinstance(view.decision, Snoozed):
            self._note_over(decision.proposal_id)
        return case

    def _note_over(self, proposal_id: str) -> None:
        if len(self._over) >= _MOST_REMEMBERED:
            self._over.clear()
        self._over.add(proposal_id)

    async def _permitted(self, press: Decision) -> tuple[Case, ProposalView]:
        """What a press is about, where it may be made as things stand. Raises the refusal it meets; decides nothing."""
        services, badge = self._services, await self._badges.of(press.by)
        async with services.database.read() as tx:
            found = await cases.of_proposal(tx, press.proposal_id, press.at)
            model, stands = await services.stands(tx, press.at)
        if found is None:
            raise NotFound(f"There is no proposal {press.proposal_id}.")
        counsel.allow(press, found[1], found[0], model, model.moment(press.at), standing=stands, badge=badge)
        return found
