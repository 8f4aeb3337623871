"""What a replay remembers from day to day: open signals and events, in memory, with nobody deciding."""

from datetime import date

from domain.lesson import Lesson
from domain.signal import EventKind, Signal, SignalEvent
from memory.proposals import Asked
from memory.sweeps import Swept


class Notebook:
    """Stands in for the database while history is replayed."""

    def __init__(self) -> None:
        self._open: dict[str, Signal] = {}
        self._last: Swept | None = None

    async def open_signals(self) -> tuple[Signal, ...]:
        """Signals open before this sweep, oldest first."""
        return tuple(sorted(self._open.values(), key=lambda signal: (signal.opened_on, signal.id)))

    async def recall(self, signal: Signal, today: date) -> tuple[Lesson, ...]:
        """Nothing: where nobody decides, nothing is learnt."""
        del signal, today
        return ()

    async def save(self, swept: Swept) -> tuple[SignalEvent, ...]:
        """Carry open signals over to the next day."""
        for event in swept.events:
            match event.event:
                case EventKind.OPENED | EventKind.UPDATED:
                    self._open[event.signal.id] = event.signal
                case EventKind.CLOSED:
                    self._open.pop(event.signal.id, None)
                case EventKind.HELD:
                    pass
        self._last = swept
        return swept.events

    def asked(self, signal_id: str) -> tuple[Asked, ...]:
        """What would have been asked about a signal on the last day swept."""
        return self._last.asked.get(signal_id, ()) if self._last else ()
