"""Published causal answers, and Baton's on the same data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from agents.statistics.structural import Estimate, structural
from agents.statistics.synthetic import simplex_weights, synthetic_control

Floats = NDArray[np.float64]
GEOLIFT_BEFORE = 90
GEOLIFT_WEIGHTS = {"cincinnati": 0.2272, "miami": 0.2028, "baton rouge": 0.1335}
"""The three largest of the 13 published weights; the others are in the walkthrough only as a picture."""
PROP99_BEFORE = 19
SHUFFLES = 2000
"""Permutations of single days, as GeoLift makes them."""


@dataclass(frozen=True)
class Answer:
    """One example: what was published, what Baton finds, and whether it lies where it was published."""

    name: str
    published: str
    ours: str
    holds: bool
    scaled: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    """(low, effect, high) published and ours, in units of the published effect, for the picture."""


def answers(data: Path) -> Iterator[Answer]:
    """Every example whose data are there."""
    yield vignette(data)
    yield arma(data)
    yield comparison(data)
    yield from geolift(data)
    yield proposition_99(data)


def vignette(data: Path) -> Answer:
    """The R vignette of CausalImpact: the truth is +10 from day 71."""
    table = pl.read_csv(data / "causal" / "causalimpact_vignette.csv")
    y = table["y"].to_numpy()
    found = structural(y, table.select("x1").to_numpy(), 70)
    actual = float(y[70:].mean())
    ours = f"{_said(found)}; {actual:.1f} against {actual - found.effect:.1f}"
    return Answer(
        "CausalImpact vignette", "11 [9.8, 11]; 117 against 107", ours, 9.8 <= found.effect <= 11,
        _in_units((9.8, 11.0, 11.0), found),
    )  # fmt: skip


def arma(data: Path) -> Answer:
    """The ARMA example of tfcausalimpact: +5 from row 70."""
    table = pl.read_csv(data / "causal" / "arma_data.csv")
    y = table["y"].to_numpy().astype(float).copy()
    y[70:] += 5
    found = structural(y, table.select("X").to_numpy().astype(float), 70)
    share = found.effect / (float(y[70:].mean()) - found.effect)
    return Answer(
        "tfcausalimpact ARMA, +5", "4.89 (0.31) [4.26, 5.47], 4.06 %", f"{_said(found)}, {share:.2%}",
        4.26 <= found.effect <= 5.47, _in_units((4.26, 4.89, 5.47), found),
    )  # fmt: skip


def comparison(data: Path) -> Answer:
    """The comparison of the R package with its ports: three untouched series, 18 days."""
    table = pl.read_csv(data / "causal" / "comparison_data.csv", try_parse_dates=True)
    day = pl.col("DATE").cast(pl.Date)
    table = table.filter(day.is_between(date(2019, 4, 16), date(2019, 8, 1)))
    before = table.filter(day < date(2019, 7, 15)).height
    controls = table.select(pl.selectors.starts_with("NOT_CHANGED")).to_numpy().astype(float)
    found = structural(table["CHANGED"].to_numpy().astype(float), controls, before)
    return Answer(
        "R package, comparison data", "−657 (736) [−2,076, 832]",
        f"{found.effect:,.0f} ({found.sd:,.0f}) [{found.low:,.0f}, {found.high:,.0f}]".replace("-", "−"),
        -2076 <= found.effect <= 832, _in_units((-2076, -657, 832), found),
    )  # fmt: skip


def geolift(data: Path) -> Iterator[Answer]:
    """The GeoLift walkthrough: Chicago and Portland against the other 38 cities, to the printed digits."""
    table = pl.read_csv(data / "geolift" / "GeoLift_Test.csv")
    wide = table.pivot("location", index="date", values="Y").sort("date").drop("date")
    treated = wide.select("chicago", "portland").to_numpy().astype(float).mean(axis=1)
    donors = wide.drop("chicago", "portland")
    found = synthetic_control(treated, donors.to_numpy().astype(float), GEOLIFT_BEFORE)
    days = len(treated) - GEOLIFT_BEFORE
    lift = found.effect / (float(treated[GEOLIFT_BEFORE:].mean()) - found.effect)
    ours = (round(found.effect, 3), round(100 * lift, 1), round(2 * days * found.effect), round(found.imbalance, 3))
    yield Answer(
        "GeoLift Chicago + Portland: ATT, lift, incremental, L2", "155.556, 5.4 %, 4667, 909.489",
        f"{ours[0]:.3f}, {ours[1]:.1f} %, {ours[2]}, {ours[3]:.3f}", ours == (155.556, 5.4, 4667, 909.489),
    )  # fmt: skip
    weights = dict(zip(donors.columns, found.weights.tolist(), strict=True))
    largest = ", ".join(f"{city} {weights[city]:.4f}" for city in GEOLIFT_WEIGHTS)
    many = sum(weight > 1e-4 for weight in weights.values())
    yield Answer(
        "– its weights", "13: " + ", ".join(f"{city} {weight:.4f}" for city, weight in GEOLIFT_WEIGHTS.items()),
        f"{many}: {largest}",
        many == 13 and all(round(weights[city], 4) == weight for city, weight in GEOLIFT_WEIGHTS.items()),
    )  # fmt: skip
    loose = shuffled(treated, donors.to_numpy().astype(float), days)
    yield Answer(
        "– its p", ".01 (single days shuffled)",
        f"{loose:.3f} shuffled; {found.placebo:.3f} by whole runs, which Baton uses", abs(loose - 0.01) < 0.01,
    )  # fmt: skip


def proposition_99(data: Path) -> Answer:
    """California's tobacco law: packs a head, outcomes alone; the published weights also match covariates."""
    table = pl.read_csv(data / "causal" / "california_prop99.csv")
    states = table.drop(table.columns[0])
    every = states.to_numpy().astype(float)
    ratios, gaps = list[float](), dict[str, Floats]()
    for column, state in enumerate(states.columns):
        others = np.delete(every, column, axis=1)
        gap = every[:, column] - others @ simplex_weights(every[:PROP99_BEFORE, column], others[:PROP99_BEFORE])
        gaps[state] = gap
        ratios.append(float(np.sqrt((gap[PROP99_BEFORE:] ** 2).mean() / (gap[:PROP99_BEFORE] ** 2).mean())))
    mean, last = float(gaps["California"][PROP99_BEFORE:].mean()), float(gaps["California"][-1])
    rank = sum(one >= ratios[states.columns.index("California")] for one in ratios)
    return Answer(
        "Proposition 99: mean, in 2000; rank among states", "about −20, −26; 1 of 39 (with covariates)",
        f"{mean:.1f}, {last:.1f}; {rank} of {len(ratios)}".replace("-", "−"),
        abs(mean + 20) < 1.5 and abs(last + 26) < 1.5,
    )  # fmt: skip


def shuffled(treated: Floats, donors: Floats, days: int) -> float:
    """The p-value of the mean absolute gap by shuffling single days as GeoLift does, as if nothing had been done."""
    return _shuffled(np.abs(_as_if_nothing(treated, donors)), days)


def shuffled_mean(treated: Floats, donors: Floats, days: int) -> float:
    """The same of the mean gap: shuffling tears runs of days apart, so that ordinary luck looks rare."""
    return _shuffled(_as_if_nothing(treated, donors), days)


def _as_if_nothing(treated: Floats, donors: Floats) -> Floats:
    y, x = treated - treated.mean(), donors - donors.mean(axis=0)
    return y - x @ simplex_weights(y, x)


def _shuffled(gaps: Floats, days: int) -> float:
    rng = np.random.default_rng(1)
    drawn = np.abs(rng.permuted(np.tile(gaps, (SHUFFLES, 1)), axis=1)[:, -days:].mean(axis=1))
    return float((np.sum(drawn >= abs(float(gaps[-days:].mean())) - 1e-12) + 1) / (SHUFFLES + 1))


def _said(found: Estimate) -> str:
    return f"{found.effect:.2f} ({found.sd:.2f}) [{found.low:.2f}, {found.high:.2f}]"


def _in_units(
    published: Sequence[float], found: Estimate
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    low, middle, high = published
    unit = abs(middle)
    ours = (found.low / unit, found.effect / unit, found.high / unit)
    return (low / unit, middle / unit, high / unit), ours
