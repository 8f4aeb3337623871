"""A simulated company's state: what was done to it, what stands, and the tables that follow from both."""

import threading
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

import polars as pl

from app.demo.grid import grid_of
from app.demo.levers import lead_days, starting_values
from app.demo.log import ChangeLog, DaysPassed, Entry, FenceHeard, TaskCreated, ValueChange, ValuesSet
from app.demo.market import Market
from app.demo.noise import Noise, ordinals
from app.demo.standing import standing_tables
from app.demo.tables import Frames, daily_tables, known_by, write_tables
from app.demo.world import World


class AccountRefusal(Exception):
    """The ad account does nothing and says why. `status` is the HTTP status, `answer` the JSON body."""

    def __init__(self, status: int, **answer: object) -> None:
        super().__init__(str(answer.get("error", "")))
        self.status, self.answer = status, answer


class Company:
    """One company in one folder: a function of (world, seed, change log).

    One process at a time; its methods may be called from any thread.
    """

    def __init__(self, folder: Path, world: World, seed: int, begin: date) -> None:
        """Open the company, or found it on day `begin`: `changes.jsonl` is the log, `tables` what a Source reads."""
        self.world = world
        self.tables = folder / "tables"
        self._noise = Noise(seed)
        self._market = Market(grid_of(self.world), self._noise)
        self._log = ChangeLog(folder / "changes.jsonl")
        self._lock = threading.RLock()
        self._begin = self._today = begin
        self._happened: Frames = {}
        self._simulated: date | None = None
        self._write()

    @property
    def today(self) -> date:
        """The last complete day. A new day begins only once its tables are written."""
        return self._today

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything done so far, oldest first."""
        return tuple(self._log.entries)

    def advance(self, days: int = 1) -> date:
        """Let days pass: the market lives them under the settings in force, and the tables are written anew."""
        with self._lock:
            self._log.append(DaysPassed(days=days))
            self._write()
            return self.today

    def values(self) -> dict[str, str]:
        """Every value that can be set, as it stands, by address."""
        values = starting_values(self.world)
        for entry in self._log.entries:
            if isinstance(entry, ValuesSet):
                values.update({change.address: change.to for change in entry.changes})
        return values

    def hear(self, token: str, fence: int) -> None:
        """Remember the latest holder of a token. Raises AccountRefusal where a later one was here already."""
        with self._lock:
            heard = (one.fence for one in self._log.entries if isinstance(one, FenceHeard) and one.token == token)
            highest = max(heard, default=None)
            if highest is not None and fence < highest:
                raise AccountRefusal(409, error="fenced")
            if fence != highest:
                self._log.append(FenceHeard(token=token, fence=fence))

    def set_values(self, token: str, by: str, changes: Sequence[ValueChange]) -> dict[str, str]:
        """Set all or nothing, once per token; answers with the values after it. Raises AccountRefusal."""
        with self._lock:
            plain = tuple(ValueChange(address=c.address, was=_plain(c.was), to=_plain(c.to)) for c in changes)
            wanted = ValuesSet(token=token, by=by, day=self.today, changes=plain)
            if not self._is_repeat(wanted):
                self._check(wanted.changes)
                self._log.append(wanted)
            return {change.address: change.to for change in wanted.changes}

    def create_task(self, token: str, by: str, entity: str, task: str, details: Mapping[str, str]) -> TaskCreated:
        """Create a task once per token. Raises AccountRefusal."""
        with self._lock:
            done_on = self.today + timedelta(days=lead_days(self._noise, entity, task, self.today))
            wanted = TaskCreated(
                token=token, by=by, day=self.today, entity=entity, task=task, details=dict(details), done_on=done_on
            )
            if self._is_repeat(wanted):
                return next(entry for entry in self.tasks() if entry.token == token)
            self._log.append(wanted)
            return wanted

    def tasks(self) -> list[TaskCreated]:
        """Every task ever created, oldest first."""
        return [entry for entry in self._log.entries if isinstance(entry, TaskCreated)]

    def _is_repeat(self, wanted: ValuesSet | TaskCreated) -> bool:
        for entry in self._log.entries:
            if isinstance(entry, ValuesSet | TaskCreated) and entry.token == wanted.token:
                if wanted.says_the_same(entry):
                    return True
                raise AccountRefusal(409, error="token", problem="This token was used for something else.")
        return False

    def _check(self, changes: Sequence[ValueChange]) -> None:
        live = self.values()
        for change in changes:
            if change.address not in live:
                raise AccountRefusal(404, error="unknown address", address=change.address)
            _check_value(change)
        if any(live[change.address] != change.was for change in changes):
            raise AccountRefusal(
                409, error="precondition", values={change.address: live[change.address] for change in changes}
            )

    def _write(self) -> None:
        entries = self._log.entries
        today = self._begin + timedelta(days=sum(e.days for e in entries if isinstance(e, DaysPassed)))
        first = self._simulated + timedelta(days=1) if self._simulated else self.world.first_day
        if first <= today:
            stretch = self._market.simulate(entries, ordinals(first, today))
            for name, frame in daily_tables(self._market.grid, stretch).items():
                before = self._happened.get(name)
                self._happened[name] = frame if before is None else pl.concat((before, frame))
            self._simulated = today
        known = {name: known_by(frame, today) for name, frame in self._happened.items()}
        write_tables(known | standing_tables(self.world, self._noise, entries, today), self.tables)
        self._today = today


_MOST_MONEY = Decimal(1_000_000)


def _check_value(change: ValueChange) -> None:
    """Refuse what no platform would take: a status of its own invention, a negative or absurd amount."""
    if change.address.endswith("/status"):
        fine = change.to in {"active", "paused"}
    else:
        amount = _amount(change.to)
        fine = amount is not None and 0 < amount <= _MOST_MONEY
    if not fine:
        raise AccountRefusal(400, error="invalid value", address=change.address, value=change.to)


def _amount(value: str) -> Decimal | None:
    """Money with at most two places, or None."""
    try:
        amount = Decimal(value)
        cents = amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    return cents if amount.is_finite() and amount == cents else None


def _plain(value: str) -> str:
    """An amount with two places, "450" as "450.00"; anything else as it is."""
    amount = _amount(value)
    return value if amount is None else str(amount)
