"""A season in which people also stop things, stand in for each other and break the glass, with a second process.

What then may be pressed and done is again written down here by itself, from the tables below and the rows of stops.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain.errors import Refusal
from domain.operating_model import Delegation, OperatingModel
from domain.proposal import Snoozed
from graph.runner import Runner
from tests.reliability.company import AGENT, MAY, NOBODY, kind_of, planned
from tests.reliability.season import Killed, Season

TARGETS = (("everything", ""), ("agent", AGENT), ("action", "set_budget"), ("action", "refresh_creative"))
MINUTES = 60


@dataclass
class Alone:
    """An emergency: who decides alone, and until when."""

    id: str
    by: str
    until: datetime
    reviewed: bool = False


class Governed(Season):
    """The company with everything that can stand beside its roles."""

    def __init__(self, address: str, loop: asyncio.AbstractEventLoop) -> None:
        self.standing_in: list[tuple[str, str, date, date]] = []
        """Who is away, who stands in, the first and the last day."""
        self.emergencies: list[Alone] = []
        self._beside: Runner | None = None
        super().__init__(address, loop)

    # The second process --------------------------------------------------------------------------------------------

    @property
    def beside(self) -> Runner:
        """Another process on the same database, from the first time it is needed on. Nobody kills this one."""
        if self._beside is None:
            self._beside = self.do(Runner(self.company("second")).open())
        return self._beside

    def stop(self) -> None:
        if self._beside is not None:
            self.do(self._beside.close())
        super().stop()

    def both_work(self) -> None:
        """Both do what is due, at the same time."""
        self._at_once(self.runner.settle(), self.beside.settle())

    def stop_while_both_work(self, by: str, target: tuple[str, str]) -> None:
        """A stop comes in the middle of work: what was begun before may come to its end."""
        may = self._may_stop(by, target)
        pulled = self.beside.governing.stop(by, *target, "The numbers look wrong")
        *_, answer = self._at_once(self.runner.settle(), self.beside.settle(), pulled)
        self._answered(answer, may=may)

    def press_at_once(self, one: tuple[str, str], other: tuple[str, str], ident: str) -> None:
        """Two people press on one question, each in another process."""
        row = self.row(ident)
        may = [self.may(by, what, row, row.version) for by, what in (one, other)]
        presses = [
            self.pressed(runner, by, what, ident, row.version)
            for runner, (by, what) in ((self.runner, one), (self.beside, other))
        ]
        for (by, what), allowed, answer in zip((one, other), may, self._at_once(*presses), strict=True):
            if answer is None:  # its process died
                self.died(by, what, ident, allowed)
            elif isinstance(answer, Refusal):
                self.books.refused += 1
            else:
                assert allowed is not False, f"{by} may not {what} {ident}, and was not refused"
                decision = next(view.decision for view in answer.proposals if view.proposal.id == ident)
                if decision is not None and not isinstance(decision, Snoozed) and decision.by == by:
                    self.told(ident, decision.kind, by)
        assert any(may_not is not True for may_not in may) or self.is_pressed(ident), "one of them was to be taken"

    def _at_once(self, *works: Coroutine[Any, Any, Any]) -> list[Any]:
        """What came of each: an answer, a refusal, or None where the process died."""

        async def gathered() -> list[Any]:
            return await asyncio.gather(*works, return_exceptions=True)

        answers = self.do(gathered())
        if any(isinstance(one, Killed) for one in answers):
            self.restart()
        for one in answers:
            if isinstance(one, BaseException) and not isinstance(one, Killed | Refusal):
                raise one
        return [None if isinstance(one, Killed) else one for one in answers]

    # Stops ---------------------------------------------------------------------------------------------------------

    def pull(self, by: str, target: tuple[str, str]) -> None:
        """Everybody with a role may stop what is not stopped yet."""
        may = self._may_stop(by, target)
        self._governs(self.runner.governing.stop(by, *target, "The numbers look wrong"), may=may)

    def lift(self, by: str, which: int) -> None:
        """The architect alone may lift a stop."""
        if known := self.stops():
            stop = known[which % len(known)]
            self._governs(self.runner.governing.lift(stop.id, by, "They were right"), may="cmo" in self.roles[by])
            assert ("cmo" in self.roles[by]) == (stop.id not in {one.id for one in self.stops()})

    def _may_stop(self, by: str, target: tuple[str, str]) -> bool:
        return bool(self.roles[by]) and target not in {(one.of, one.name) for one in self.stops()}

    # Delegations and emergencies -----------------------------------------------------------------------------------

    def stand_in(self, away: str, to: str, days: int) -> None:
        """Somebody has the roles of somebody else until a day is over."""
        if NOBODY not in (away, to) and away != to:
            first = self.clock.now().date()
            self.standing_in.append((away, to, first, first + timedelta(days=days - 1)))
            self.enact()

    def held(self, by: str) -> set[str]:
        today = self.clock.now().date()
        handed = [self.roles[away] for away, to, first, last in self.standing_in if to == by and first <= today <= last]
        return self.roles[by].union(*handed)

    def lost(self, away: str, to: str) -> str:
        """The newest open question that whoever stood in could answer only as long as they did; empty for none."""

        def was_theirs(ident: str) -> bool:
            asked = MAY[kind_of(ident)]
            return planned(ident) and bool(self.roles[away] & asked) and not self.held(to) & asked

        return next((one for one in self.questions()[::-1] if was_theirs(one) and self.is_open(one)), "")

    def newest(self, kind: str) -> str:
        """The newest open question of a kind; empty for none."""
        found = (one for one in self.questions()[::-1] if planned(one) and kind_of(one) == kind)
        return next((one for one in found if self.is_open(one)), "")

    def alone(self, by: str) -> bool:
        now = self.clock.now()
        return "cmo" in self.roles[by] and any(one.by == by and now < one.until for one in self.emergencies)

    def break_glass(self, by: str) -> None:
        """The architect may, one at a time, and not before somebody has looked at the last one."""
        now = self.clock.now()
        free = all(one.reviewed and one.until <= now for one in self.emergencies)
        begun = self._governs(
            self.runner.governing.break_glass(by, "The site is down", MINUTES), may="cmo" in self.roles[by] and free
        )
        if begun is not None:
            self.emergencies.append(Alone(begun.id, by, now + timedelta(minutes=MINUTES)))

    def review(self, by: str) -> None:
        """Anybody else with a role looks at the last emergency once it is over, once."""
        if self.emergencies:
            one, now = self.emergencies[-1], self.clock.now()
            may = bool(self.roles[by]) and by != one.by and not one.reviewed and one.until <= now
            self._governs(self.runner.governing.review_emergency(one.id, by, "That was right"), may=may)
            one.reviewed |= may

    def _model(self, model: OperatingModel) -> OperatingModel:
        handed = [
            Delegation(of=away, to=to, first_day=first, last_day=last) for away, to, first, last in self.standing_in
        ]
        return super()._model(model).model_copy(update={"delegations": tuple(handed)})

    def _governs(self, work: Coroutine[Any, Any, Any], *, may: bool) -> Any:
        """What comes of a press about governance, None for a refusal: it is taken exactly when it may be."""
        answer = None
        with suppress(Refusal):
            answer = self.do(self._refusing(work, may=may))
        return answer

    async def _refusing(self, work: Coroutine[Any, Any, Any], *, may: bool) -> Any:
        try:
            answer = await work
        except Refusal as refusal:
            self._answered(refusal, may=may)
            raise
        self._answered(answer, may=may)
        return answer

    def _answered(self, answer: object, *, may: bool) -> None:
        self.books.refused += isinstance(answer, Refusal)
        assert isinstance(answer, Refusal) != may, f"it was {'to be taken' if may else 'not to be taken'}: {answer}"

    # The end -------------------------------------------------------------------------------------------------------

    def end(self) -> None:
        """Somebody lifts every stop first: what is stopped comes to no end."""
        architect = next(one for one, roles in self.roles.items() if "cmo" in roles)
        while self.stops():
            self.lift(architect, 0)
        super().end()
        assert self.eye.execute(_STOPS_WITHOUT_A_LINE).fetchall() == []
        self.emergencies_are_looked_at(architect)

    def emergencies_are_looked_at(self, architect: str) -> None:
        """Somebody has looked at each, once and on the record, or it is still shown that somebody must."""
        waiting = {one.id for one in self.emergencies if not one.reviewed}
        shown = self.do(self.runner.governing.design(architect)).to_review
        assert {one.id for one in shown} == waiting, "nobody forgets that it must be looked at"
        kept = [row.subject for row in self.eye.execute(_REVIEWS)]
        assert sorted(kept) == sorted(one.id for one in self.emergencies if one.reviewed)


_REVIEWS = "SELECT subject FROM ledger WHERE kind = 'emergency.reviewed'"
_STOPS_WITHOUT_A_LINE = (
    "SELECT id FROM stop WHERE 1 <> (SELECT count(*) FROM ledger WHERE subject = stop.id AND kind = 'stop.pulled')"
)
