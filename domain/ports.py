"""What we need from the outside, as small promises. Vendors keep them in `connectors`, tests in fakes."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from domain.badge import Badge
from domain.effect import Effect, Repeat
from domain.lesson import Lesson, Wanted
from domain.reading import Gap, Reading
from domain.scope import Scope
from domain.seal import Seal
from domain.summaries import OwnDigest, Summary


class Source(Protocol):
    """Tables as they were known on a day. Reads only; raises SourceUnavailable or TableRefused."""

    async def read(self, table: str, as_of: date, days: int) -> Reading | Gap:
        """The rows of `table` dated after as_of - days and up to as_of, per key the latest version known on as_of.

        The calendar also carries future rows. A table the source does not have comes back as a Gap.
        """
        ...

    async def days(self) -> tuple[date, date]:
        """First and last day of `ad_report`."""
        ...


class Executor(Protocol):
    """Brings effects about on a platform. Knows nothing of approvals; called for approved actions only."""

    @property
    def name(self) -> str:
        """Which platform it speaks to, the same in every process and after every start: "ad_account ads.example.com".

        What one began, another never goes on with.
        """
        ...

    def takes(self, effect: Effect) -> bool:
        """Whether this executor is the one for an effect."""
        ...

    def repeats(self, effect: Effect) -> Repeat:
        """What a second try of this effect would do on this platform."""
        ...

    async def read(self, effect: Effect, token: str) -> Mapping[str, str]:
        """The live values the effect speaks of, by address. A hand-over reads {} until a task with `token` exists.

        Raises PlatformUnavailable.
        """
        ...

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        """Bring it about; answers with what the platform said, in one line.

        `fence` counts up with every holder of the action: a platform that knows fences takes nothing from an earlier
        holder once it has heard of a later one. Raises PlatformUnavailable (Drifted, Fenced) when it certainly did not
        happen, OutcomeUnknown when nobody can say.
        """
        ...

    async def bar(self, effect: Effect, token: str, fence: int) -> None:
        """Have the platform take nothing more from holders before `fence`; where it knows no fences, nothing is done.

        Raises PlatformUnavailable.
        """
        ...


class Clock(Protocol):
    """What time it is for the company. A demo's clock may run ahead."""

    def now(self) -> datetime:
        """Aware, in UTC."""
        ...

    def last_day(self) -> date:
        """The last complete day: the newest a sweep reports on, in the company's time zone. Never the present day.

        Which day it is where something is decided says `OperatingModel.moment(now())`.
        """
        ...


class Board(Protocol):
    """Where cases are shown. Drawing is idempotent: the same state drawn twice looks the same and posts nothing new."""

    async def show(self, signal_id: str) -> None:
        """Bring every message about a signal up to date with the database. Raises SlackUnavailable."""
        ...

    async def introduce(self) -> None:
        """Say once what this is, what it may do and how it is stopped, and keep it true. Raises SlackUnavailable."""
        ...

    async def show_seal(self, seal: Seal) -> None:
        """Show the newest seal of the ledger, where nobody who can change the database can change it unseen.

        Raises SlackUnavailable.
        """
        ...

    async def post_digest(self, day: date) -> None:
        """Post the daily digest, once per day however often it is called. Raises SlackUnavailable."""
        ...

    async def tell_own(self, digest: OwnDigest) -> bool:
        """Send one person their digest, once per day of theirs however often it is called.

        False where Slack says that this person cannot be written to. Raises SlackUnavailable.
        """
        ...

    async def tell_week(self, to: str, week: date, summary: Summary) -> bool:
        """Send one person the summary of the week before `week`, once. Answers and raises as `tell_own`."""
        ...

    async def nudge(self, signal_id: str, to: str, key: str) -> None:
        """Mention who was at rest in the thread of what came up meanwhile, once per key. Raises SlackUnavailable."""
        ...

    async def remind(self, signal_id: str, proposal_id: str, kind: str, to: tuple[str, ...]) -> None:
        """Bring a question up again with these Slack users: `kind` is "reminder" or "escalation".

        Once per version of the question and kind, however often it is called. Raises SlackUnavailable.
        """
        ...

    async def announce(self, key: str, text: str) -> None:
        """Tell everybody, once per key however often it is called. Plain words; Slack ids in them are people.

        Raises SlackUnavailable.
        """
        ...


class Directory(Protocol):
    """Who Slack says people are."""

    async def badge(self, slack: str) -> Badge | None:
        """One user as Slack describes them; None where it cannot be found out. Answers within two seconds."""
        ...


class LessonIndex(Protocol):
    """Finds lessons by meaning and by word. Rebuildable from the database at any time."""

    async def add(self, lessons: Sequence[Lesson]) -> None:
        """Make lessons findable; adding one twice changes nothing."""
        ...

    async def search(
        self,
        words: str,
        *,
        scope: Scope | None = None,
        wanted: Wanted | None = None,
        today: date | None = None,
        limit: int = 5,
    ) -> list[str]:
        """Ids of the lessons that fit best, best first.

        What is about `scope` comes earlier; what is not `wanted` does not come; what is old on `today` comes later.
        """
        ...

    async def rebuild(self, lessons: Sequence[Lesson]) -> None:
        """Throw everything away and make exactly these findable."""
        ...
