"""Settings of the hourly detector compared without any label: known incidents put into the ad exchanges' own values.

The six files' values, their own extremes cut, begun somewhere else and every other time with the days in reverse order;
one to four incidents in each, windows around them as NAB draws them. `python -m tests.bench.nab_injected` compares days
of straying; the ads themselves are not scored here.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from agents.statistics import hourly
from tests.bench.nab import ADS, NAB, by_hour, scores_of
from tests.bench.nab_scorer import Floats, Series, best, corpus, judged, leave_one_out

SEEDS, COPIES = range(31, 37), 8
"""What is reported: copies of the six files per seed. Settings were compared on 1 to 8, 11 to 14 and 21 to 24."""
NEAR, FAR = 4, 10
"""Days to both sides that say what a day's level, and its hours, would have been."""
CUTS = (4.0, 5.0, 7.0)
"""Robust deviations at which the files' own extremes are cut: nobody knows which of them are incidents."""
KINDS = ("spike", "burst", "long", "dip", "ragged")
OFTEN = (0.4, 0.27, 0.1, 0.1, 0.13)
"""How often each kind of incident comes: most are short rises, as in costs."""
SHARE, EARLIEST = 0.1, 0.15
"""Share of a file its windows cover together, and the share before the first of them, as in NAB."""


def benchmarks(seed: int, copies: int = COPIES) -> Iterator[list[Series]]:
    """Copies of the six files, each copy a benchmark of its own."""
    rng = np.random.default_rng(seed)
    files = [(one.name, by_hour(one)[0]) for one in corpus(NAB, ADS)]
    for copy in range(copies):
        cut = float(rng.choice(CUTS))
        made: list[Series] = []
        for name, logs in files:
            quiet, sd = _quiet(logs, cut)
            turned = quiet[::-1] if copy % 2 else quiet
            made.append(_with_incidents(rng, name, np.roll(turned, int(rng.integers(len(quiet))), axis=0).ravel(), sd))
        yield made


def _quiet(logs: Floats, cut: float) -> tuple[Floats, float]:
    """[days, 24] log values with extremes cut, and how far an ordinary hour strays from its days around."""
    levels = np.nanmedian(logs, axis=1)
    usual = np.zeros_like(logs)
    for day in range(len(logs)):
        near = slice(max(0, day - NEAR), day + NEAR + 1)
        far = slice(max(0, day - FAR), day + FAR + 1)
        usual[day] = np.nanmedian(levels[near]) + np.nanmedian(logs[far] - levels[far, None], axis=0)
    away = logs - usual
    sd = 1.4826 * float(np.nanmedian(np.abs(away)))
    return usual + np.clip(away, -cut * sd, cut * sd), sd


def _with_incidents(rng: np.random.Generator, name: str, logs: Floats, sd: float) -> Series:
    many = int(rng.choice([1, 2, 3, 4], p=[0.2, 0.35, 0.3, 0.15]))
    width = int(SHARE * len(logs) / many)
    values, windows = logs.copy(), list[tuple[int, int]]()
    while len(windows) < many:
        at = int(rng.integers(int(EARLIEST * len(logs)) + width, len(logs) - width))
        if any(abs(at - (first + last) // 2) <= 1.3 * width for first, last in windows) or np.isnan(logs[at]):
            continue
        shape = _incident(rng, str(rng.choice(KINDS, p=OFTEN))) * sd
        reached = values[at : at + len(shape)]
        reached += shape[: len(reached)]
        centre = at + len(shape) // 2
        windows.append((max(centre - width // 2, 0), min(centre + width // 2, len(logs) - 1)))
    known = np.flatnonzero(np.isfinite(values))
    times = np.datetime64("2011-07-04T00:10:00", "us") + np.arange(len(logs)) * np.timedelta64(1, "h")
    edges = [tuple(np.searchsorted(known, window)) for window in sorted(windows)]
    rows = tuple((int(first), min(int(last), len(known) - 1)) for first, last in edges)
    return Series(name, times[known], np.exp(values[known]), rows)


def _incident(rng: np.random.Generator, kind: str) -> Floats:
    """What an incident adds hour by hour, in ordinary deviations."""
    match kind:
        case "spike":
            return np.full(int(rng.integers(1, 4)), rng.uniform(6, 16))
        case "burst":
            hours = int(rng.integers(4, 20))
            return rng.uniform(4, 9) * np.minimum(1.0, np.arange(1, hours + 1) / rng.integers(1, 4))
        case "long":
            return np.full(int(rng.integers(24, 60)), rng.uniform(3, 6))
        case "dip":
            return np.full(int(rng.integers(1, 10)), -rng.uniform(6, 12))
        case _:
            hours = int(rng.integers(6, 30))
            return np.maximum(rng.normal(0, rng.uniform(4, 8), hours), -1.5)


def compared(benches: Sequence[Sequence[Series]]) -> tuple[Floats, Floats]:
    """Each benchmark's score at its own threshold, and with each file left out."""
    parts = [[judged(one, scores_of(one)) for one in bench] for bench in benches]
    return np.array([best(one).score for one in parts]), np.array([leave_one_out(one).score for one in parts])


if __name__ == "__main__":
    every = [bench for seed in SEEDS for bench in benchmarks(seed)]
    first: tuple[Floats, Floats] | None = None
    for days in (28, hourly.SPREAD_DAYS):
        hourly.SPREAD_DAYS = days  # pyright: ignore[reportConstantRedefinition, reportAttributeAccessIssue]
        seen = compared(every)
        first = first or seen
        said = [
            f"{now.mean():.1f} ({(now - then).mean():+.1f} ± {(now - then).std() / len(now) ** 0.5:.1f})"
            for now, then in zip(seen, first, strict=True)
        ]
        print(f"{days} days of straying: own threshold {said[0]}, file left out {said[1]}")
