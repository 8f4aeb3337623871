"""A board that shows nothing to anybody, and remembers what it was asked to."""

from datetime import date

from domain.errors import SlackUnavailable
from domain.seal import Seal
from domain.summaries import OwnDigest, Summary


class Wall:
    """A board that remembers what it was asked to show."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.digests: list[date] = []
        self.reminders: list[tuple[str, str, tuple[str, ...]]] = []
        self.announced: dict[str, str] = {}
        self.seals: list[Seal] = []
        self.own: list[OwnDigest] = []
        self.weeks: list[tuple[str, date, Summary]] = []
        self.nudges: list[tuple[str, str, str]] = []
        self.unreachable: set[str] = set()
        self.down = 0
        self.introduced: list[int] = []
        """How many cards were shown before, each time."""

    async def show(self, signal_id: str) -> None:
        if self.down:
            self.down -= 1
            raise SlackUnavailable("Slack did not answer.")
        self.shown.append(signal_id)

    async def introduce(self) -> None:
        self.introduced.append(len(self.shown))

    async def show_seal(self, seal: Seal) -> None:
        self._must_answer()
        self.seals.append(seal)

    async def post_digest(self, day: date) -> None:
        self.digests.append(day)

    async def tell_own(self, digest: OwnDigest) -> bool:
        self._must_answer()
        if digest.user in self.unreachable:
            return False
        self.own.append(digest)
        return True

    async def tell_week(self, to: str, week: date, summary: Summary) -> bool:
        self._must_answer()
        self.weeks.append((to, week, summary))
        return True

    async def nudge(self, signal_id: str, to: str, key: str) -> None:
        self._must_answer()
        if (signal_id, to, key) not in self.nudges:
            self.nudges.append((signal_id, to, key))

    async def remind(self, signal_id: str, proposal_id: str, kind: str, to: tuple[str, ...]) -> None:
        self._must_answer()
        self.reminders.append((kind, proposal_id, to))

    async def announce(self, key: str, text: str) -> None:
        self._must_answer()
        self.announced.setdefault(key, text)

    def _must_answer(self) -> None:
        if self.down:
            self.down -= 1
            raise SlackUnavailable("Slack did not answer.")
