"""The only door the bot uses: read a case, decide, ask, and let due things happen."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Self

from domain.amendment import AmendmentView
from domain.badge import Badge
from domain.case import Answer, Case, Digest, Health, Inbox, Post, ProposalStatus, ProposalView
from domain.chart import Chart
from domain.errors import InvalidChange, NotFound, Refusal
from domain.lesson import Lesson
from domain.operating_model import OperatingModel
from domain.ports import Board
from domain.proposal import MOST_PUT_OFF, Approved, Expired, Overridden, Rejected, Snoozed
from domain.signal import SignalEvent
from domain.summaries import Summary
from graph import counsel, fitness, tracking, undoing
from graph.arrivals import Arrivals
from graph.badges import Badges
from graph.deciding import Deciding
from graph.governing import Governing
from graph.personal import Personal
from graph.records import Records
from graph.refusals import reason_of
from graph.services import Services
from graph.telling import Telling
from graph.troubles import Troubles
from graph.unknowns import Unknowns
from graph.work import Work
from memory import actions, amendments, cases, decisions, lessons, posts, proposals, pulse, signals, sweeps
from memory.failpoints import Failpoint
from memory.ledger import Verification, lines, verify

_MOST_DECIDED = 20
_LATELY = timedelta(days=7)
"""How far App Home tells back what others decided: a week, as leads meet once in it."""
_UNSAID = "not given yet"
"""The reason of a press as long as none was read."""
_MOST_SNOOZE_HOURS = MOST_PUT_OFF // timedelta(hours=1)
_MOST_REMEMBERED = 10_000
"""Proposals whose signals a process keeps in mind: a megabyte, and years of questions."""


class Runner:
    """Everything people can do with Baton. Every decision is committed before its method returns."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.work = Work(services)
        self.records = Records(services)
        self._telling = Telling(services)
        self._badges = Badges(services)
        self._deciding = Deciding(services, self._badges, self.work)
        self.governing = Governing(services, self._badges)
        self.unknowns = Unknowns(services, self._badges)
        self.personal = Personal(services, self._badges, self.governing)
        self.arrivals = Arrivals(services)
        self.troubles = Troubles(services)
        self._signals: dict[str, str] = {}

    async def open(self) -> Self:
        """Open the database and everything kept in it. Raises StartupError."""
        await self.work.open()
        return self

    async def check(self) -> None:
        """Before serving. Raises StartupError where this machine's clock is not the database's.

        Where the ledger is not the one that was sealed, everything is stopped until somebody has looked.
        """
        await fitness.check(self._services)

    async def close(self) -> None:
        """Let go of everything opened."""
        await self.work.close()

    def show_on(self, board: Board) -> None:
        """Say where cases are shown; the board needs the runner first."""
        self.work.board = board

    @property
    def model(self) -> OperatingModel:
        """People, roles, channel: the operating model in force."""
        return self._services.model

    @property
    def now(self) -> datetime:
        """What time it is for the company."""
        return self._services.clock.now()

    async def case(self, signal_id: str) -> Case:
        """One case. Raises NotFound."""
        for case in await self._load((signal_id,)):
            return case
        raise NotFound(f"There is no signal {signal_id}.")

    async def signal_of(self, proposal_id: str) -> str | None:
        """The signal a proposal belongs to, which never changes; None where there is no such proposal."""
        if (known := self._signals.get(proposal_id)) is None:
            async with self._services.database.read() as tx:
                known = await proposals.signal_of(tx, proposal_id)
            if known is not None and len(self._signals) < _MOST_REMEMBERED:
                self._signals[proposal_id] = known
        return known

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
            await self._services.in_force.read(tx)
            known = await cases.load(tx, await signals.ids(tx, is_open=True), self._services.clock.now())
            return await tracking.beside(tx, known)

    async def inbox(self, user: str) -> Inbox:
        """What one person has to decide and has decided."""
        async with self._services.database.read() as tx:
            person = (await self._services.in_force.read(tx)).person(user)
            roles = person.roles if person else frozenset[str]()
            now, is_theirs = self._services.clock.now(), _is_for(roles)
            open_ = (*await signals.ids(tx, is_open=True), *await proposals.undoing(tx))
            known = await tracking.beside(tx, await cases.load(tx, open_, now))
            recent = await cases.load(tx, await decisions.recent(tx, _MOST_DECIDED * 3), now)
            model, stands = await self._services.stands(tx)
            pending = await amendments.pending(tx, counsel.quorum) if roles else ()
        mine = tuple(case for case in known if any(is_theirs(view) for view in case.proposals))
        decided = tuple(case for case in recent if _was_decided(case, user, roles))[:_MOST_DECIDED]
        newest = stands.emergency
        return Inbox(
            user=user,
            roles=tuple(sorted(roles)),
            mine=mine,
            others=tuple(case for case in known if case not in mine),
            decided=decided,
            decided_by_others=tuple(
                case for case in recent if case not in decided and _was_decided_lately(case, user, now)
            )[:_MOST_DECIDED],
            stops=stands.stops,
            emergency=newest if newest and newest.covers(newest.by, now) else None,
            to_review=tuple(one for one in stands.unreviewed if one.until <= now and one.by != user and roles),
            to_agree=tuple(one for one in pending if _could_agree(user, one, model)),
            health=await self.health(),
        )

    async def health(self) -> Health:
        """How the system itself is doing."""
        services = self._services
        async with services.database.read() as tx:
            last = await sweeps.last(tx)
            known = await cases.load(tx, await signals.ids(tx, is_open=True), services.clock.now())
            unknown = await actions.count_unknown(tx)
            felt = await pulse.feel(tx)
            _, stands = await services.stands(tx)
        views = [view for case in known for view in case.proposals]
        return Health(
            today=services.moment.day,
            last_sweep=last.as_of if last else None,
            last_sweep_took_seconds=last.took_seconds if last else None,
            sources=tuple(last.sources) if last else (),
            gaps=tuple(last.gaps) if last else (),
            agents=tuple(last.agents) if last else (),
            open_signals=len(known),
            pending=sum(view.status is ProposalStatus.PENDING for view in views),
            unknown=unknown,
            model=services.language,
            troubles=await self.troubles.known(),
            pulse=felt,
            stops=stands.stops,
        )

    async def may(self, proposal_id: str, version: int, by: str) -> tuple[Case, ProposalView]:
        """Whether this person may decide at all, before a form opens. Raises the refusal they would meet.

        Asked as for a rejection, the press that needs least; what the form says is checked when it is sent.
        """
        at = self._services.clock.now()
        return await self._deciding.may(
            Rejected(proposal_id=proposal_id, version=version, by=by, at=at, reason=_UNSAID)
        )

    async def approve(self, proposal_id: str, version: int, by: str) -> Case:
        """Do it as proposed."""
        at = self._services.clock.now()
        return await self._deciding.decide(Approved(proposal_id=proposal_id, version=version, by=by, at=at))

    async def override(self, proposal_id: str, version: int, by: str, values: Mapping[str, str], reason: str) -> Case:
        """Do it, changed: values as typed, by field. Also raises InvalidChange."""
        _, view = await self._deciding.view(proposal_id)
        at, action = self._services.clock.now(), view.proposal.action
        press = Overridden(proposal_id=proposal_id, version=version, by=by, at=at, action=action, reason=_UNSAID)
        try:
            typed = {"reason": reason_of(reason), "action": counsel.alter(action, values)}
        except InvalidChange as problem:
            raise await self._deciding.not_taken(press, problem) from problem
        return await self._deciding.decide(press.model_copy(update=typed))

    async def reject(self, proposal_id: str, version: int, by: str, reason: str) -> Case:
        """Don't."""
        at = self._services.clock.now()
        press = Rejected(proposal_id=proposal_id, version=version, by=by, at=at, reason=_UNSAID)
        try:
            why = reason_of(reason)
        except InvalidChange as problem:
            raise await self._deciding.not_taken(press, problem) from problem
        return await self._deciding.decide(press.model_copy(update={"reason": why}))

    async def snooze(self, proposal_id: str, version: int, by: str, hours: int) -> Case:
        """Ask again after `hours`, at most two weeks."""
        at = self._services.clock.now()
        if not 1 <= hours <= _MOST_SNOOZE_HOURS:
            problem = InvalidChange("hours", f"Choose between 1 and {_MOST_SNOOZE_HOURS} hours.")
            raise await self._deciding.not_taken(
                Snoozed(proposal_id=proposal_id, version=version, by=by, at=at, until=at), problem
            )
        until = at + timedelta(hours=hours)
        return await self._deciding.decide(Snoozed(proposal_id=proposal_id, version=version, by=by, at=at, until=until))

    async def undoable(self, proposal_id: str, by: str) -> tuple[Case, ProposalView]:
        """What this person wants to take back, before a form opens. Raises the refusal they would meet."""
        return await undoing.possible(self._services, proposal_id, by, await self._badges.of(by))

    async def undo(self, proposal_id: str, by: str, reason: str) -> Case:
        """Ask to take back what was done; decided at once where the presser may decide it alone."""
        async with self._services.database.in_time():
            badge = await self._badges.of(by)
            try:
                signal_id = await undoing.undo(self._services, proposal_id, by, reason_of(reason), badge)
            except Refusal as refusal:
                press = Approved(proposal_id=proposal_id, version=1, by=by, at=self.now)
                await self._deciding.keep_refusal(press, refusal)
                raise
        return await self.case(signal_id)

    async def ask(
        self,
        question: str,
        by: str,
        signal_id: str | None = None,
        *,
        as_of: date | None = None,
        earlier: Sequence[str] = (),
    ) -> Answer:
        """An answer whose every number is cited, as known on a day, for whoever asks: "waits for me" is theirs.

        `earlier` was asked before in the same thread, oldest first: what a question leaves out is taken from it.
        """
        return await self._telling.answer(question, by, signal_id, as_of, earlier)

    async def chart(self, signal_id: str) -> Chart | None:
        """The series behind a signal."""
        return await self._telling.chart(await self.case(signal_id))

    async def evidence(self, signal_id: str) -> tuple[tuple[str, ...], ...]:
        """Rows of the evidence table, its head first."""
        return self._telling.evidence(await self.case(signal_id))

    async def digest(self, day: date | None = None) -> Digest:
        """The digest of a day, of today without one."""
        return await self._telling.digest(day or self._services.clock.last_day())

    async def summarised(self, words: str) -> Summary:
        """A summary as asked for, in figures, each with its n: "last week for Meta"."""
        return await self.personal.summing.asked(words)

    async def hold_mentions(self, case: Case) -> tuple[str, ...]:
        """Who is not to be mentioned on a new card, being at rest: noted, they are mentioned in their morning."""
        return await self.personal.hold_mentions(case)

    async def posts(self, signal_id: str) -> Mapping[str, Post]:
        """The Slack messages that show a case, by key."""
        async with self._services.database.read() as tx:
            return await posts.of(tx, signal_id)

    async def posted(self, signal_id: str, post: Post) -> None:
        """Remember where a message is and what it shows."""
        if post.ts:  # else it is noted that one is about to be posted
            self._services.failpoint(Failpoint.MESSAGE_POSTED)
        async with self._services.database.engine.begin() as tx:
            await posts.keep(tx, signal_id, post)
        self._services.failpoint(Failpoint.MESSAGE_NOTED)

    async def unposted(self, key: str) -> None:
        """Forget a message that nobody has to find again."""
        async with self._services.database.engine.begin() as tx:
            await posts.drop(tx, key)

    async def upload(self, key: str) -> str | None:
        """The Slack file uploaded under a key, if any."""
        async with self._services.database.read() as tx:
            return await posts.upload(tx, key)

    async def uploaded(self, key: str, file_id: str) -> None:
        """Remember a Slack file."""
        async with self._services.database.engine.begin() as tx:
            await posts.keep_upload(tx, key, file_id)

    async def sweep(self, as_of: date, hour: int | None = None) -> tuple[SignalEvent, ...]:
        """Sweep one day now, once; with an `hour`, look at a day under way as far as that, once (see `Work.sweep`)."""
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
            await self._services.in_force.read(tx)
            return await tracking.beside(tx, await cases.load(tx, ids, self._services.clock.now()))


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


def _was_decided_lately(case: Case, user: str, now: datetime) -> bool:
    """Whether somebody else decided anything about a case in the last days."""
    final = (one for view in case.proposals if (one := view.decision) and not isinstance(one, Snoozed | Expired))
    return any(one.by != user and one.at >= now - _LATELY for one in final)


def _could_agree(user: str, view: AmendmentView, model: OperatingModel) -> bool:
    """Whether a change of the operating model waits for this person. What Slack says of them is asked at the press."""
    try:
        counsel.may_agree(user, view.amendment, view.agreed, model, Badge(slack=user))
    except Refusal:
        return False
    return True
