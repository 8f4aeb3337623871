"""The only door the bot uses: read a case, decide, ask, and let due things happen."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.case import Answer, Case, Digest, Health, Inbox, Post, ProposalStatus, ProposalView
from domain.chart import Chart
from domain.errors import AlreadyDecided, InvalidChange, NotFound, Refusal, StaleCard
from domain.lesson import Lesson
from domain.operating_model import OperatingModel
from domain.ports import Board
from domain.proposal import Approved, Decision, FinalDecision, Overridden, Rejected, Snoozed
from domain.signal import SignalEvent
from graph.refusals import Refusals
from graph.services import Services
from graph.telling import Telling
from graph.work import Work
from memory import actions, cases, decisions, lessons, posts, signals, sweeps
from memory.failpoints import Failpoint
from memory.ledger import Verification, lines, verify

_MOST_DECIDED = 20
_UNSAID = "not given yet"
"""The reason of a press as long as none was read."""
_MOST_SNOOZE_HOURS = 24 * 14


class Runner:
    """Everything people can do with Baton. Every decision is committed before its method returns."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.work = Work(services)
        self._telling = Telling(services)
        self._refusals = Refusals(services.database)

    async def open(self) -> Self:
        """Open the database and everything kept in it. Raises StartupError."""
        await self.work.open()
        return self

    async def close(self) -> None:
        """Let go of everything opened."""
        await self.work.close()

    def show_on(self, board: Board) -> None:
        """Say where cases are shown; the board needs the runner first."""
        self.work.board = board

    @property
    def model(self) -> OperatingModel:
        """People, roles, channel."""
        return self._services.model

    async def case(self, signal_id: str) -> Case:
        """One case. Raises NotFound."""
        for case in await self._load((signal_id,)):
            return case
        raise NotFound(f"There is no signal {signal_id}.")

    async def find(self, words: str) -> Case | None:
        """A case by id, beginning of an id, or words of its headline or names; open ones first."""
        wanted = words.strip().casefold()
        if not wanted:
            return None
        async with self._services.database.read() as tx:
            ids = (*await signals.ids(tx, is_open=True), *await signals.ids(tx, is_open=False))
        known = await self._load(ids)
        tests: tuple[Callable[[Case], bool], ...] = (
            lambda case: case.signal.id == wanted,
            lambda case: case.signal.id.startswith((wanted, f"sig_{wanted}")),
            lambda case: any(wanted in name.casefold() for name in case.signal.names.values()),
            lambda case: all(word in case.signal.headline.casefold() for word in wanted.split()),
        )
        return next((case for test in tests for case in known if test(case)), None)

    async def open_cases(self) -> tuple[Case, ...]:
        """All open cases, most at stake first."""
        async with self._services.database.read() as tx:
            return await cases.load(tx, await signals.ids(tx, is_open=True), self._services.clock.now())

    async def inbox(self, user: str) -> Inbox:
        """What one person has to decide and has decided."""
        person = self.model.person(user)
        roles = person.roles if person else frozenset[str]()
        async with self._services.database.read() as tx:
            now, is_theirs = self._services.clock.now(), _is_for(roles)
            known = await cases.load(tx, await signals.ids(tx, is_open=True), now)
            recent = await cases.load(tx, await decisions.recent(tx, _MOST_DECIDED * 3), now)
        mine = tuple(case for case in known if any(is_theirs(view) for view in case.proposals))
        decided = tuple(case for case in recent if _was_decided(case, user, roles))
        return Inbox(
            user=user,
            roles=tuple(sorted(roles)),
            mine=mine,
            others=tuple(case for case in known if case not in mine),
            decided=decided[:_MOST_DECIDED],
            health=await self.health(),
        )

    async def health(self) -> Health:
        """How the system itself is doing."""
        services = self._services
        async with services.database.read() as tx:
            last = await sweeps.last(tx)
            known = await cases.load(tx, await signals.ids(tx, is_open=True), services.clock.now())
            unknown = await actions.count_unknown(tx)
        views = [view for case in known for view in case.proposals]
        return Health(
            today=services.clock.today(),
            last_sweep=last.as_of if last else None,
            last_sweep_took_seconds=last.took_seconds if last else None,
            sources=tuple(last.sources) if last else (),
            gaps=tuple(last.gaps) if last else (),
            agents=tuple(last.agents) if last else (),
            open_signals=len(known),
            pending=sum(view.status is ProposalStatus.PENDING for view in views),
            unknown=unknown,
            model=services.language,
        )

    async def may(self, proposal_id: str, version: int, by: str) -> tuple[Case, ProposalView]:
        """Whether this person may decide at all, before a form opens. Raises the refusal they would meet.

        Asked as for a rejection, the press that needs least; what the form says is checked when it is sent.
        """
        case, view = await self._view(proposal_id)
        at = self._services.clock.now()
        press = Rejected(proposal_id=proposal_id, version=version, by=by, at=at, reason=_UNSAID)
        self._services.desk.allow(press, view, case, self.model, press.at)
        return case, view

    async def approve(self, proposal_id: str, version: int, by: str) -> Case:
        """Do it as proposed."""
        at = self._services.clock.now()
        return await self._decide(Approved(proposal_id=proposal_id, version=version, by=by, at=at))

    async def override(self, proposal_id: str, version: int, by: str, values: Mapping[str, str], reason: str) -> Case:
        """Do it, changed: values as typed, by field. Also raises InvalidChange."""
        _, view = await self._view(proposal_id)
        at, action = self._services.clock.now(), view.proposal.action
        press = Overridden(proposal_id=proposal_id, version=version, by=by, at=at, action=action, reason=_UNSAID)
        try:
            typed = {"reason": _reason(reason), "action": self._services.desk.alter(action, values)}
        except InvalidChange as problem:
            raise await self._not_taken(press, problem) from problem
        return await self._decide(press.model_copy(update=typed))

    async def reject(self, proposal_id: str, version: int, by: str, reason: str) -> Case:
        """Don't."""
        at = self._services.clock.now()
        press = Rejected(proposal_id=proposal_id, version=version, by=by, at=at, reason=_UNSAID)
        try:
            why = _reason(reason)
        except InvalidChange as problem:
            raise await self._not_taken(press, problem) from problem
        return await self._decide(press.model_copy(update={"reason": why}))

    async def snooze(self, proposal_id: str, version: int, by: str, hours: int) -> Case:
        """Ask again after `hours`, at most two weeks."""
        at = self._services.clock.now()
        if not 1 <= hours <= _MOST_SNOOZE_HOURS:
            problem = InvalidChange("hours", f"Choose between 1 and {_MOST_SNOOZE_HOURS} hours.")
            raise await self._not_taken(
                Snoozed(proposal_id=proposal_id, version=version, by=by, at=at, until=at), problem
            )
        until = at + timedelta(hours=hours)
        return await self._decide(Snoozed(proposal_id=proposal_id, version=version, by=by, at=at, until=until))

    async def ask(self, question: str, by: str, signal_id: str | None = None, *, as_of: date | None = None) -> Answer:
        """An answer whose every number is cited, as known on a day. The same for whoever asks."""
        del by
        return await self._telling.answer(question, signal_id, as_of)

    async def chart(self, signal_id: str) -> Chart | None:
        """The series behind a signal."""
        return await self._telling.chart(await self.case(signal_id))

    async def evidence(self, signal_id: str) -> tuple[tuple[str, ...], ...]:
        """Rows of the evidence table, its head first."""
        return self._telling.evidence(await self.case(signal_id))

    async def digest(self, day: date | None = None) -> Digest:
        """The digest of a day, of today without one."""
        return await self._telling.digest(day or self._services.clock.today())

    async def summary(self, words: str) -> str:
        """A summary as asked for: "last week for Meta"."""
        return await self._telling.summary(words)

    async def posts(self, signal_id: str) -> Mapping[str, Post]:
        """The Slack messages that show a case, by key."""
        async with self._services.database.read() as tx:
            return await posts.of(tx, signal_id)

    async def posted(self, signal_id: str, post: Post) -> None:
        """Remember where a message is and what it shows."""
        self._services.failpoint(Failpoint.MESSAGE_POSTED)
        async with self._services.database.engine.begin() as tx:
            await posts.keep(tx, signal_id, post)
        self._services.failpoint(Failpoint.MESSAGE_NOTED)

    async def upload(self, key: str) -> str | None:
        """The Slack file uploaded under a key, if any."""
        async with self._services.database.read() as tx:
            return await posts.upload(tx, key)

    async def uploaded(self, key: str, file_id: str) -> None:
        """Remember a Slack file."""
        async with self._services.database.engine.begin() as tx:
            await posts.keep_upload(tx, key, file_id)

    async def sweep(self, as_of: date, hour: int | None = None) -> tuple[SignalEvent, ...]:
        """One sweep now. A day already swept is not swept again: its events are returned.

        With an `hour`, a look at a day under way as far as that hour; nothing for an hour looked at before.
        """
        return await self.work.sweep(as_of, hour)

    async def settle(self) -> None:
        """Do everything that is due: expiries, executions, measurements, reconciliation, drawing."""
        await self.work.settle()

    async def verify(self) -> Verification:
        """Read the whole ledger and say what does not hold."""
        async with self._services.database.read() as tx:
            return await verify(tx)

    async def ledger(self) -> list[dict[str, str]]:
        """Every line of the ledger, in order."""
        async with self._services.database.read() as tx:
            return [row async for row in lines(tx)]

    async def proposals(self) -> tuple[ProposalView, ...]:
        """Every proposal on record, as it stands."""
        async with self._services.database.read() as tx:
            known = await cases.load(tx, await signals.ids(tx), self._services.clock.now())
        return tuple(view for case in known for view in case.proposals)

    async def lessons(self, words: str, limit: int = 5) -> tuple[Lesson, ...]:
        """The lessons that fit best, best first."""
        index = self._services.lessons
        ids = await index.search(words, limit=limit) if index else []
        async with self._services.database.read() as tx:
            return await lessons.by_ids(tx, ids)

    async def rebuild_lessons(self) -> int:
        """Index every lesson anew. Returns how many there are."""
        return await self.work.index_again()

    async def _load(self, ids: tuple[str, ...]) -> tuple[Case, ...]:
        async with self._services.database.read() as tx:
            return await cases.load(tx, ids, self._services.clock.now())

    async def _view(self, proposal_id: str) -> tuple[Case, ProposalView]:
        async with self._services.database.read() as tx:
            known = await cases.of_proposal(tx, proposal_id, self._services.clock.now())
        if known is None:
            raise NotFound(f"There is no proposal {proposal_id}.")
        return known

    async def _decide(self, decision: Decision) -> Case:
        """Check and claim in one transaction, so that nothing can change between the two.

        A race that is over needs no lock: a final decision stays, so whoever comes later is refused by reading.
        """
        try:
            await self._refuse_if_over(decision)
            return await self._claimed(decision)
        except Refusal as refusal:
            await self._keep_refusal(decision, refusal)
            raise

    async def _refuse_if_over(self, decision: Decision) -> None:
        async with self._services.database.read() as tx:
            if not await decisions.is_final(tx, decision.proposal_id):
                return
            found = await cases.of_proposal(tx, decision.proposal_id, decision.at, alone=True)
        if found is not None:
            self._services.desk.allow(decision, found[1], found[0], self.model, decision.at)

    async def _claimed(self, decision: Decision) -> Case:
        services = self._services

        async def allowed(tx: AsyncConnection) -> None:
            found = await cases.of_proposal(tx, decision.proposal_id, decision.at)
            if found is not None:
                services.desk.allow(decision, found[1], found[0], self.model, decision.at)

        claim: Awaitable[FinalDecision | None] = (
            decisions.snooze(services.database, decision, allowed)
            if isinstance(decision, Snoozed)
            else decisions.claim(services.database, decision, allowed)
        )
        if earlier := await claim:
            raise AlreadyDecided(f"This was {earlier.kind} already.")
        services.failpoint(Failpoint.DECISION_COMMITTED)
        case, _ = await self._view(decision.proposal_id)
        return case

    async def _not_taken(self, press: Decision, problem: InvalidChange) -> Refusal:
        """Keep that what was typed was refused. Whoever may not decide at all is told that, not what to type."""
        case, view = await self._view(press.proposal_id)
        refusal: Refusal = problem
        try:
            self._services.desk.allow(press, view, case, self.model, press.at)
        except Refusal as earlier:
            refusal = problem if isinstance(earlier, InvalidChange) else earlier
        await self._keep_refusal(press, refusal)
        return refusal

    async def _keep_refusal(self, decision: Decision, refusal: Refusal) -> None:
        if isinstance(refusal, NotFound):
            return
        await self._refusals.keep(decisions.Refused(decision, type(refusal).__name__))
        if isinstance(refusal, StaleCard):
            case, _ = await self._view(decision.proposal_id)
            await self.work.draw_again(case.signal.id)


def _reason(typed: str) -> str:
    """A reason somebody can learn from later."""
    words = " ".join(typed.replace("\0", "").split())
    if not 3 <= len(words) <= 1000:
        raise InvalidChange("reason", "Please give a reason of 3 to 1,000 characters.")
    return words


def _is_for(roles: frozenset[str]) -> Callable[[ProposalView], bool]:
    def is_for(view: ProposalView) -> bool:
        asked = getattr(view.verdict, "role", view.proposal.owner)
        return view.status is ProposalStatus.PENDING and bool(roles & {asked, view.proposal.owner})

    return is_for


def _was_decided(case: Case, user: str, roles: frozenset[str]) -> bool:
    """Whether this person, or somebody for one of their roles, decided anything about a case."""
    return any(
        view.decision is not None
        and not isinstance(view.decision, Snoozed)
        and (view.decision.by == user or view.proposal.owner in roles)
        for view in case.proposals
    )
