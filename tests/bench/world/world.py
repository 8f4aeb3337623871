"""A whole labelled world: drawn from a seed, written as tables beside its labels."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tests.bench.world.company import Company, draw
from tests.bench.world.facts import Facts, live
from tests.bench.world.incidents import FAMILIES, Happening, as_truth
from tests.bench.world.physics import varied
from tests.bench.world.schedule import Schedule
from tests.bench.world.shape import MODES, Shape
from tests.bench.world.tables import all_tables


@dataclass(frozen=True, eq=False)
class World:
    """A company, what happened to it and what it looked like from outside."""

    seed: int
    company: Company
    happenings: Sequence[Happening]
    facts: Facts
    tables: dict[str, pl.DataFrame]

    @property
    def truth(self) -> list[dict[str, Any]]:
        """The labels, in the order of their start."""
        ordered = sorted(self.happenings, key=lambda one: (one.start, one.account))
        return [as_truth(one, self.company) for one in ordered]

    @property
    def about(self) -> dict[str, Any]:
        """What a scorer must know besides the labels."""
        shape = self.company.shape
        return {
            "seed": self.seed,
            "mode": shape.mode,
            "causes": shape.causes,
            "accounts": shape.accounts,
            "first_day": shape.day(0).isoformat(),
            "watched_from": shape.day(shape.free_days).isoformat(),
            "last_day": shape.day(shape.days - 1).isoformat(),
            "account_weeks": round(shape.account_weeks, 3),
        }

    def write(self, folder: Path) -> None:
        """The tables as Parquet, the labels as truth.json, the rest as world.json."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, table in self.tables.items():
            table.write_parquet(folder / f"{name}.parquet")
        (folder / "truth.json").write_text(json.dumps(self.truth, indent=1) + "\n", encoding="utf-8")
        (folder / "world.json").write_text(json.dumps(self.about, indent=1) + "\n", encoding="utf-8")


def build(seed: int, shape: Shape) -> World:
    """The world of a seed. The same seed and shape give the same world everywhere."""
    mode = list(MODES).index(shape.mode)
    if shape.mode == "varied":
        shape = replace(shape, physics=varied(np.random.default_rng([seed, mode])))
    streams = [np.random.default_rng(one) for one in np.random.SeedSequence([seed, mode]).spawn(4)]
    company = draw(shape, streams[0])
    schedule = Schedule(company, streams[1])
    schedule.place_decoys(shape.decoys_a_week)
    schedule.place_incidents(list(FAMILIES[shape.causes].values()), shape.incidents_a_week)
    return furnish(seed, company, schedule.happenings, streams[2], streams[3])


def furnish(
    seed: int,
    company: Company,
    happenings: Sequence[Happening],
    facts_rng: np.random.Generator,
    tables_rng: np.random.Generator,
) -> World:
    """Live the days of a company in which these things happen, and write them down."""
    facts = live(company, happenings, facts_rng)
    return World(seed, company, happenings, facts, all_tables(company, facts, happenings, tables_rng))
