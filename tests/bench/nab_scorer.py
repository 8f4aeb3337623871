"""NAB's scorer, written from its description: Lavin and Ahmad, "Evaluating real-time anomaly detection algorithms, the
Numenta Anomaly Benchmark", 2015, section III, with the weights of NAB's published profiles.

Each window earns its earliest alarm, more the earlier it comes; each alarm outside costs, more the farther it is behind
the window before it; a window without alarm costs. The first 15 % of a file (at most 750 rows) are not scored.
100 is a perfect detector, 0 one that never speaks.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

PROBATION, PROBATION_ROWS = 0.15, 5000
"""Share of a file that is not scored, of at most this many rows."""
STEEPNESS, FAR_BEHIND = 5.0, 3.0
"""The sigmoid's slope per window width; from this many widths behind a window a false alarm costs all of its weight."""


@dataclass(frozen=True)
class Profile:
    """What an application pays: for a window found, a window missed, a row falsely alarmed."""

    found: float = 1.0
    missed: float = 1.0
    false: float = 0.11


STANDARD = Profile()
PROFILES: Mapping[str, Profile] = {
    "standard": STANDARD,
    "reward_low_FP_rate": Profile(false=0.22),
    "reward_low_FN_rate": Profile(missed=2.0),
}


@dataclass(frozen=True)
class Series:
    """One file of the corpus."""

    name: str
    """"realAdExchange/exchange-2_cpc_results.csv"."""
    times: npt.NDArray[np.datetime64]
    values: Floats
    windows: tuple[tuple[int, int], ...]
    """First and last row of each labelled window."""

    @property
    def probation(self) -> int:
        """Rows at the start that are not scored."""
        return int(min(np.floor(PROBATION * len(self.values)), PROBATION * PROBATION_ROWS))


@dataclass(frozen=True)
class Tally:
    """What a threshold comes to."""

    threshold: float
    score: float
    """100 perfect, 0 silent."""
    false_rows: int
    found: int
    """Windows with an alarm."""
    windows: int


@dataclass(frozen=True)
class Judged:
    """A series with one detector's scores, prepared for any threshold."""

    false: Floats
    """Scores of the rows outside windows, descending."""
    costs: Floats
    """What they cost together, cumulative: entry k for the first k rows; [len(false) + 1]."""
    inside: tuple[tuple[Floats, Floats], ...]
    """Per window: its scores, descending, and the best reward among the first k rows; entry 0 is the missed window."""

    def at(self, thresholds: Floats) -> tuple[Floats, Floats, Floats]:
        """Raw score, false rows and windows found at each threshold: a row is an alarm from its threshold on."""
        many = _reached(self.false, thresholds)
        raw, found = self.costs[many], np.zeros(len(thresholds))
        for scores, rewards in self.inside:
            seen = _reached(scores, thresholds)
            raw = raw + rewards[seen]
            found += seen > 0
        return raw, many.astype(float), found


def corpus(folder: Path, group: str = "") -> tuple[Series, ...]:
    """The series of a NAB folder whose names begin with `group`, windows as its labels give them."""
    labels: dict[str, list[list[str]]] = json.loads((folder / "labels" / "combined_windows.json").read_text("utf-8"))
    return tuple(_series(folder, name, labels[name]) for name in sorted(labels) if name.startswith(group))


def judged(series: Series, scores: Floats, profile: Profile = STANDARD) -> Judged:
    """Weigh each row of a series as the profile does. A higher score is more anomalous; one per row."""
    rows = np.arange(len(series.values))
    scored, outside = rows >= series.probation, np.ones(len(rows), dtype=np.bool_)
    costs, inside = np.full(len(rows), -profile.false), list[tuple[Floats, Floats]]()
    for first, last in series.windows:
        width = last - first + 1
        behind = rows > last
        costs[behind] = profile.false * _sigmoid((rows[behind] - last) / max(width - 1, 1))
        within = (rows >= first) & (rows <= last)
        outside &= ~within
        kept = np.flatnonzero(within & scored)
        if kept.size:
            rewards = profile.found * _sigmoid((kept - last - 1) / width) / _sigmoid(np.array(-1.0))
            order = np.argsort(-scores[kept], kind="stable")
            best = np.maximum.accumulate(np.concatenate([[-profile.missed], rewards[order]]))
            inside.append((scores[kept][order], best))
    kept = np.flatnonzero(outside & scored)
    order = kept[np.argsort(-scores[kept], kind="stable")]
    return Judged(scores[order], np.concatenate([[0.0], np.cumsum(costs[order])]), tuple(inside))


def tally(parts: Sequence[Judged], threshold: float, profile: Profile = STANDARD) -> Tally:
    """What one threshold comes to over several series."""
    return _tallies(parts, [np.array([threshold])] * len(parts), profile)


def best(parts: Sequence[Judged], profile: Profile = STANDARD) -> Tally:
    """The threshold that scores highest on these series; among equals the highest threshold."""
    return tally(parts, best_threshold(parts), profile)


def best_threshold(parts: Sequence[Judged]) -> float:
    """Among all scores, and one above them all, the one with the best raw score."""
    every = np.unique(np.concatenate([part.false for part in parts] + [s for p in parts for s, _ in p.inside]))[::-1]
    every = np.concatenate([[max(1.1, every[0] + 0.1)], every])
    return float(every[np.argmax(sum(part.at(every)[0] for part in parts))])


def leave_one_out(parts: Sequence[Judged], profile: Profile = STANDARD) -> Tally:
    """Each series at the threshold that is best on all the others. The threshold in the answer is their mean."""
    chosen = [best_threshold([other for other in parts if other is not part]) for part in parts]
    return _tallies(parts, [np.array([one]) for one in chosen], profile)


def _tallies(parts: Sequence[Judged], thresholds: Sequence[Floats], profile: Profile) -> Tally:
    raw = false = found = 0.0
    for part, threshold in zip(parts, thresholds, strict=True):
        one = part.at(threshold)
        raw, false, found = raw + one[0][0], false + one[1][0], found + one[2][0]
    windows = sum(len(part.inside) for part in parts)
    silent, perfect = -profile.missed * windows, profile.found * windows
    score = 100.0 * (raw - silent) / (perfect - silent)
    return Tally(float(np.mean(thresholds)), float(score), int(false), int(found), windows)


def _reached(descending: Floats, thresholds: Floats) -> npt.NDArray[np.int64]:
    """How many of the scores are at or above each threshold."""
    return len(descending) - np.searchsorted(descending[::-1], thresholds, side="left")


def _sigmoid(position: Floats) -> Floats:
    """+1 at a window's left edge (-1), 0 at its right edge, towards -1 behind it."""
    return np.where(position >= FAR_BEHIND, -1.0, 2.0 / (1.0 + np.exp(STEEPNESS * position)) - 1.0)


def _series(folder: Path, name: str, windows: list[list[str]]) -> Series:
    rows = pl.read_csv(folder / "data" / name).with_columns(pl.col("timestamp").str.to_datetime("%Y-%m-%d %H:%M:%S"))
    times, values = rows["timestamp"].to_numpy(), rows["value"].cast(pl.Float64).to_numpy()
    edges = [[int(np.searchsorted(times, np.datetime64(edge))) for edge in window] for window in windows]
    return Series(name, times, values, tuple((first, last) for first, last in edges))
