"""The experiments a company runs, read out as of today."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from agents.statistics.evidence import e_bh
from agents.statistics.experiments import ALPHA, Arm, Readout, Standing, read_out

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
    q_value: float
    """False discovery rate at which it counts as decided, over all experiments; 1 where nothing can be compared."""

    @property
    def exposed(self) -> int:
        """People in any arm so far."""
        return self.control.exposed + sum(arm.exposed for arm in self.arms)


def trials(rows: pl.DataFrame | None) -> tuple[Trial, ...]:
    """Every experiment with at least two arms, by id."""
    if rows is None or not rows.height:
        return ()
    groups = rows.sort("test_id", "arm").partition_by("test_id", maintain_order=True)
    return _jointly([one for arms in groups if (one := _trial(arms)) is not None])


def trial(rows: pl.DataFrame | None, test_id: str | None) -> Trial | None:
    """One experiment; None where it is not known or has no second arm."""
    return next((one for one in trials(rows) if one.test_id == test_id), None)


def _jointly(known: Sequence[Trial]) -> tuple[Trial, ...]:
    """The same experiments, undecided where among so many a decision may well be chance: e-BH over all of them."""
    log_e = np.array([one.readout.decisive.log_e if one.readout.comparisons else 0.0 for one in known])
    judged = (replace(one, q_value=float(q)) for one, q in zip(known, e_bh(log_e), strict=True))
    return tuple(one if one.q_value <= ALPHA else _undecided(one) for one in judged)


def _undecided(one: Trial) -> Trial:
    if one.readout.winner is None:
        return one
    return replace(one, readout=replace(one.readout, standing=Standing.OPEN))


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
        q_value=1.0,
    )


def _control(arms: Sequence[Arm]) -> int:
    return next((at for at, arm in enumerate(arms) if arm.name.strip().lower() in CONTROLS), 0)
