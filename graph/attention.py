"""Nobody is notified in their rest: who is left out of a mention now is told in their morning, once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from domain.case import Case
from domain.operating_model import OperatingModel
from domain.ports import Board
from domain.rhythm import Preferences
from domain.signal import Signal
from graph import reaching
from graph.services import Services
from graph.surviving import surviving
from memory import cases, preferences, tellings
from memory.tellings import HeldMention

CARD = "card"
"""What a mention is about that a card would have made."""


class Attention:
    """Keeps people's rest. Every method is safe to call at any time, from any process, twice."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def resting(self, signal: Signal, among: Collection[str]) -> tuple[str, ...]:
        """Who of these people is not to be notified of a signal now: nobody, where it is urgent."""
        async with self._services.database.read() as tx:
            model = await self._services.in_force.read(tx)
            return self._resting(signal, among, model, await preferences.every(tx))

    async def hold(self, signal: Signal, about: str, among: Collection[str]) -> tuple[str, ...]:
        """The same, noted: each of them is mentioned once their rest is over, if something waits for them then."""
        resting = await self.resting(signal, among)
        if resting:
            async with self._services.database.engine.begin() as tx:
                await tellings.hold(tx, signal.id, resting, about, self._services.clock.now())
        return resting

    async def wake(self, board: Board) -> None:
        """Mention those whose rest is over, and those whose signal has become urgent meanwhile."""
        services = self._services
        async with services.database.read() as tx:
            held = await tellings.held(tx)
            if not held:
                return
            model, chosen = await services.in_force.read(tx), await preferences.every(tx)
            known = await cases.load(tx, sorted({one.signal_id for one in held}), services.clock.now())
        by_case: Mapping[str, list[HeldMention]] = defaultdict(list)
        for one in held:
            by_case[one.signal_id].append(one)
        for case in known:
            with surviving(f"mentioning those who were at rest when {case.signal.id} came up"):
                await self._wake(case, by_case[case.signal.id], model, chosen, board)

    async def _wake(
        self,
        case: Case,
        held: Sequence[HeldMention],
        model: OperatingModel,
        chosen: Mapping[str, Preferences],
        board: Board,
    ) -> None:
        asleep = self._resting(case.signal, {one.slack for one in held}, model, chosen)
        by_person: dict[str, list[HeldMention]] = defaultdict(list)
        for one in held:
            if one.slack not in asleep:
                by_person[one.slack].append(one)
        for slack, mentions in sorted(by_person.items()):
            if self._waits_for(slack, case, model):
                await board.nudge(case.signal.id, slack, f"{mentions[0].pseudonym}/{mentions[0].about}")
            async with self._services.database.engine.begin() as tx:
                await tellings.settle(tx, mentions, self._services.clock.now())

    def _waits_for(self, slack: str, case: Case, model: OperatingModel) -> bool:
        person, now = model.person(slack), self._services.moment
        return person is not None and any(
            reaching.asks(case, view, person, model, now, "") is not None for view in case.proposals
        )

    def _resting(
        self, signal: Signal, among: Collection[str], model: OperatingModel, chosen: Mapping[str, Preferences]
    ) -> tuple[str, ...]:
        if is_urgent(signal, model):
            return ()
        now = self._services.clock.now()
        people = [person for person in model.people if person.slack in among]
        return tuple(one.slack for one in people if model.rhythm(one, chosen.get(one.slack)).is_resting(now))


def is_urgent(signal: Signal, model: OperatingModel) -> bool:
    """Whether a signal may wake people: see `domain.rhythm.Rest.urgent_per_day`."""
    return signal.currency == model.currency and signal.at_stake_per_day >= model.digest.rest.urgent_per_day
