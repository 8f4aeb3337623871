"""Everything the graphs need, put together once by `app` and handed down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from domain.effect import Effect
from domain.lesson import Lesson
from domain.moment import Moment
from domain.operating_model import OperatingModel
from domain.ports import Board, Clock, Directory, Executor, LessonIndex, Source
from domain.signal import Signal, SignalEvent
from domain.standing import Standing
from domain.worded import Worded
from graph import counsel
from graph.desk import Desk
from graph.inforce import InForceModel
from memory import standing
from memory.database import Database
from memory.failpoints import nothing_happens
from memory.ledger.seals import Seals
from memory.sweeps import Swept


class Book(Protocol):
    """Where a sweep reads what is known and keeps what it found: the database, or a notebook in a replay."""

    async def open_signals(self) -> tuple[Signal, ...]:
        """Signals open before this sweep."""
        ...

    async def recall(self, signal: Signal, today: date) -> tuple[Lesson, ...]:
        """Lessons that may bear on a signal."""
        ...

    async def save(self, swept: Swept) -> tuple[SignalEvent, ...]:
        """Keep a sweep, once per day."""
        ...


@dataclass(frozen=True, kw_only=True)
class Services:
    """The outside world and the other rooms, as the graphs see them."""

    file: OperatingModel
    """The operating model as `baton.yaml` has it: what the deployment decides comes from here, always."""
    in_force: InForceModel = field(init=False)
    source: Source
    executors: tuple[Executor, ...]
    """Asked in order; the first that takes an effect gets it."""
    database: Database
    clock: Clock
    keeps_time: bool = False
    """Whether `clock` is the real time, and has to agree with the database's."""
    lessons: LessonIndex | None = None
    board: Board | None = None
    """None where nothing is shown, as on the command line."""
    seals: Seals | None = None
    """Where the ledger's seals are kept; None where it is not sealed, as in a test."""
    directory: Directory | None = None
    """Who Slack says people are; None where nobody presses, as on the command line: its last word counts, if any."""
    is_adopting: bool = True
    """Whether a start takes notice of a file that is new; False where somebody only wants to look."""
    desk: Desk
    failpoint: Callable[[str], None] = nothing_happens
    """Called by name at each step a crash could fall into (memory.failpoints); tests kill the process there."""
    worker: str = "baton"
    """Who this process is, in leases."""
    lease_seconds: float = 60
    """Longer than the slowest call to a platform."""
    pause_seconds: float = 2
    """How long to wait before a platform is asked again; doubles with every failure."""
    explain: Callable[[Signal], Worded] | None = None
    """Words why a new signal was raised, in a chat model's words; None: as the agents worded it. May take seconds."""
    language: str = "deterministic writer"
    """What words the answers, as health shows it."""

    def __post_init__(self) -> None:
        """The database has steps of its own to fall at."""
        self.database.failpoint = self.failpoint
        object.__setattr__(self, "in_force", InForceModel(self.file))

    @property
    def model(self) -> OperatingModel:
        """The operating model in force, as this process last read it."""
        return self.in_force.model

    @property
    def moment(self) -> Moment:
        """Now, by the company's clock: which day and what time governance is asked."""
        return self.model.moment(self.clock.now())

    async def stands(self, tx: AsyncConnection, at: datetime | None = None) -> tuple[OperatingModel, Standing]:
        """The operating model in force and what stands beside it, both as this transaction sees them.

        `at`: when the press was made that is asked about, where it was not made now: its day is the one that counts.
        """
        model = await self.in_force.read(tx)
        return model, await standing.load(tx, at or self.clock.now(), model, counsel.moved)

    def executor(self, effect: Effect, begun_by: str | None = None) -> Executor | None:
        """Who brings an effect about; where it was begun, nobody but who began it, as long as they are connected."""
        able = (one for one in self.executors if one.takes(effect))
        return next((one for one in able if begun_by is None or one.name == begun_by), None)
