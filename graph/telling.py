"""Answers, digests, charts and summaries: what is told to people, from the same tables and cases."""

import asyncio
import time
from collections.abc import Sequence
from datetime import date, datetime

from domain.case import Answer, Case, Digest
from domain.chart import Chart
from domain.reading import Readings
from domain.signal import SignalEvent
from graph import ask, readings
from graph.services import Services
from memory import cases, signals

_FRESH_SECONDS = 300.0
_DIGEST_REACHES_DAYS = 8
"""Events handed to the digest, which picks what is new since the one before: at most a week ago."""


class Telling:
    """Tells people what the tables and the cases hold. Reads a day's tables once for all who ask within minutes."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._kept: tuple[float, Readings] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def readings(self, as_of: date | None = None) -> Readings:
        """The tables as of a day, of the last complete one without."""
        day = as_of or self._services.clock.last_day()
        async with self._one_at_a_time:
            if self._kept and self._kept[1].as_of == day and time.monotonic() - self._kept[0] < _FRESH_SECONDS:
                return self._kept[1]
            read = await readings.collect(self._services.source, self._services.desk.needs, day)
            self._kept = (time.monotonic(), read)
            return read

    async def chart(self, case: Case) -> Chart | None:
        """The series behind a signal."""
        return await asyncio.to_thread(self._services.desk.chart, case.signal, await self.readings(), (case,))

    def evidence(self, case: Case) -> tuple[tuple[str, ...], ...]:
        """Rows of the evidence table, its head first."""
        return self._services.desk.evidence(case.signal)

    async def answer(
        self, question: str, by: str, signal_id: str | None, as_of: date | None = None, earlier: Sequence[str] = ()
    ) -> Answer:
        """An answer whose every number is cited, for whoever asks."""
        services = self._services
        desk = ask.Desk(
            database=services.database,
            index=services.lessons,
            readings=await self.readings(as_of),
            model=services.model,
            today=as_of or services.clock.last_day(),
            now=services.clock.now(),
            answering=services.desk.answer,
        )
        return await ask.ask(desk, question, signal_id, by, earlier)

    async def digest(self, day: date) -> Digest:
        """What everybody should read about a day."""
        events, known = await self._story(day)
        return self._services.desk.digest(events, known, day, self._services.model)

    async def _story(self, day: date) -> tuple[tuple[SignalEvent, ...], tuple[Case, ...]]:
        now: datetime = self._services.clock.now()
        async with self._services.database.read() as tx:
            events = await signals.history(tx, day, days=_DIGEST_REACHES_DAYS)
            return events, await cases.load(tx, await signals.ids(tx), now)
