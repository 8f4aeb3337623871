"""The experiments a company runs, read out as of today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from agents.statistics.experiments import Arm, Readout, read_out

CONTROLS: Final = frozenset({"control", "a", "base", "baseline", "original"})
"""What people call the arm that changes nothing; without any such arm the first one by name."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One experiment as the tables tell it."""

    test_id: str
    hypothesis: str
    metric: str
    started_on: date
    ended_on: date | None
    control: Arm
    arms: tuple[Arm, ...]
    """The others."""
    readout: Readout

    @property
    def exposed(self) -> int:
        """People in any arm so far."""
        return self.control.exposed + sum(arm.exposed for arm in self.arms)


def trials(rows: pl.DataFrame | None) -> tuple[Trial, ...]:
    """Every experiment with at least two arms, by id."""
    if rows is None or not rows.height:
        return ()
    groups = rows.sort("test_id", "arm").partition_by("test_id", maintain_order=True)
    return tuple(one for arms in groups if (one := _trial(arms)) is not None)


def trial(rows: pl.DataFrame | None, test_id: str | None) -> Trial | None:
    """One experiment; None where it is not known or has no second arm."""
    mine = rows.filter(pl.col("test_id") == test_id) if rows is not None and test_id else None
    return next(iter(trials(mine)), None)


def _trial(rows: pl.DataFrame) -> Trial | None:
    first = rows.row(0, named=True)
    started = rows["started_on"].min()
    if rows.height < 2 or not isinstance(started, date) or not first["test_id"]:
        return None
    ended = rows["ended_on"].max() if "ended_on" in rows.columns else None
    arms = [Arm(str(name), int(seen or 0), int(won or 0))
            for name, seen, won in rows.select("arm", "exposed", "converted").iter_rows()]  # fmt: skip
    control = arms.pop(_control(arms))
    return Trial(
        test_id=str(first["test_id"]),
        hypothesis=str(first["hypothesis"] or ""),
        metric=str(first["metric"] or "cvr"),
        started_on=started,
        ended_on=ended if isinstance(ended, date) else None,
        control=control,
        arms=tuple(arms),
        readout=read_out(control, arms),
    )


def _control(arms: Sequence[Arm]) -> int:
    return next((at for at, arm in enumerate(arms) if arm.name.strip().lower() in CONTROLS), 0)
