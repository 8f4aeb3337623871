"""Statistics of one daily sweep over a large company: `python -m tests.bench.throughput`.

10,000 campaigns of 100 accounts, 400 days, in one Parquet file sorted by day. A fresh process reads the days a sweep
looks at, makes dense arrays of them, and compares six metrics of every campaign with their past and their account over
five windows, down to q-values.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import polars as pl

from agents.measures import ACCOUNT, CAMPAIGN, completeness
from agents.statistics.arrays import Floats
from agents.statistics.discoveries import q_values
from agents.statistics.moves import moves
from agents.statistics.panel import Panel, panel
from agents.thresholds import FINDING_RATE, HISTORY_DAYS, WINDOW_LOOKS
from tests.bench.report import Measure, Range, Row, Section, markdown

CAMPAIGNS, PER_ACCOUNT, DAYS = 10_000, 100, 400
SEED = 7
FIRST_DAY = date(2025, 1, 1)
TODAY = FIRST_DAY + timedelta(days=DAYS - 1)
ROW_GROUP = 100_000
FALLEN, FALL = 100, 0.6
"""So many campaigns lose this much of their click rate in the last week, so that there is something to find."""
STEP = slice(None, None, CAMPAIGNS // FALLEN)
RUNS = 5
SUMS = ("spend", "impressions", "clicks", "conversions", "reach")
METRICS: dict[str, tuple[str, str, int, bool]] = {
    "CTR": ("clicks", "impressions", -1, True),
    "CVR": ("conversions", "clicks", -1, True),
    "CPC": ("clicks", "spend", -1, True),
    "CPM": ("spend", "impressions", 1, False),
    "CPA": ("conversions", "spend", -1, True),
    "frequency": ("impressions", "reach", 1, False),
}
"""What of what, which direction is bad, and whether it is a count.

Costs per click and per conversion are judged as agents judge them, by the rate whose fall makes them rise: the log of
an amount over a handful of clicks has a long upper tail, which no amount's error knows of.
"""
READ, ARRAYS, TESTS, ALL, FLOOR = "reading", "dense arrays", "tests", "all of it", "merely reading"
WORK = ", processor"
PARTS = (READ, ARRAYS, TESTS, ALL, FLOOR)


def section(pictures: Path) -> Section:
    """Measured in a process of its own on a file made for it."""
    del pictures
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        path = Path(folder) / "ad_report.parquet"
        company().write_parquet(path, compression="zstd", row_group_size=ROW_GROUP)
        megabytes = path.stat().st_size / 2**20
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.throughput", str(path)], check=True, capture_output=True, text=True
        )
    seen = json.loads(done.stdout)
    seconds, worked = (
        {part: median(run[part + kind] for run in seen["runs"]) for part in PARTS} for kind in ("", WORK)
    )
    share, load = seconds[ALL] / seconds[FLOOR], os.getloadavg()[0]
    rows: list[Row] = [
        (part, f"{seconds[part]:.3f} s", f"{worked[part]:.3f} s", f"{worked[part] / worked[FLOOR]:.1f}")
        for part in PARTS
    ]
    return Section(
        "Throughput: statistics of a daily sweep over 10,000 campaigns",
        ("part", f"time, median of {RUNS}", "processor time", "processor time ÷ merely reading the days"),
        rows,
        remarks=(
            f"{CAMPAIGNS:,} campaigns in {CAMPAIGNS // PER_ACCOUNT} accounts, {DAYS} days, {len(METRICS)} metrics "
            f"({', '.join(METRICS)}), {CAMPAIGNS * DAYS:,} rows, {megabytes:.0f} MB of Parquet (zstd) sorted by day; "
            f"the last {HISTORY_DAYS} days are read. The first run of the process took {seen['runs'][0][ALL]:.3f} s. "
            f"{os.cpu_count()} processors, {load:.1f} programs wanting one while it ran.",
            f"Of {FALLEN} campaigns whose click rate fell by {1 - FALL:.0%} a week ago it finds {seen['found']}, "
            f"and "
            f"{seen['others']} moves of other campaigns' {CAMPAIGNS * len(METRICS):,} series (q ≤ {FINDING_RATE}).",
        ),
        measures=(
            Measure("Daily statistics of 10,000 campaigns × 400 days × 6 metrics", seconds[ALL], Range(most=1.0),
                    Range(most=0.25), "{:.2f} s", f"{share:.1f} × merely reading"),
            Measure("– peak memory", seen["megabytes"] / 1000, Range(most=1.0), None, "{:.2f} GB"),
        ),
    )  # fmt: skip


def company() -> pl.DataFrame:
    """What the campaigns report, with day-to-day noise; the same on every machine."""
    rng = np.random.default_rng(SEED)
    size = CAMPAIGNS * DAYS
    noise = np.exp(rng.normal(0, 0.15, (DAYS, CAMPAIGNS)))
    shown = rng.poisson(rng.lognormal(8.0, 1.0, CAMPAIGNS) * noise).ravel()
    rate = np.full((DAYS, CAMPAIGNS), 0.02)
    rate[-7:, STEP] *= FALL
    clicks = rng.binomial(shown, np.clip(rate * np.exp(rng.normal(0, 0.05, rate.shape)), 0, 1).ravel())
    number = np.tile(np.arange(CAMPAIGNS), DAYS)
    accounts = pl.Series([f"a{at // PER_ACCOUNT:03d}" for at in range(CAMPAIGNS)])
    campaigns = pl.Series([f"c{at:05d}" for at in range(CAMPAIGNS)])
    return pl.DataFrame(
        {
            "date_day": pl.Series(np.repeat(np.arange(DAYS), CAMPAIGNS) + (FIRST_DAY - date(1970, 1, 1)).days)
            .cast(pl.Int32)
            .cast(pl.Date),
            "platform": pl.Series(["meta"]).new_from_index(0, size),
            "account_id": accounts[number],
            "campaign_id": campaigns[number],
            "spend": np.round(shown * 0.006 * np.exp(rng.normal(0, 0.1, size)), 2),
            "impressions": shown,
            "clicks": clicks,
            "conversions": rng.binomial(clicks, 0.05).astype(np.float64),
            "reach": np.round(shown / np.exp(rng.normal(0.3, 0.03, size))).astype(np.int64),
        }
    )


def window(path: Path) -> pl.DataFrame:
    """The days a sweep looks at."""
    days = pl.scan_parquet(path).filter(pl.col("date_day") > TODAY - timedelta(days=HISTORY_DAYS))
    return days.select("date_day", *CAMPAIGN, *SUMS).collect()


def judged(source: Panel) -> dict[str, tuple[Floats, Floats]]:
    """q-values of a fall and a rise of every metric."""
    accounts, _ = source.codes(ACCOUNT)
    late = completeness(source.days)
    out: dict[str, tuple[Floats, Floats]] = {}
    for name, (top, bottom, adverse, counted) in METRICS.items():
        found = moves(
            source.values[top], source.values[bottom], source.present, groups=accounts, counted=counted,
            weekday=source.first_day.weekday(), completeness=late if name == "CVR" else None, adverse=adverse,
            noisy_exposure=name == "CVR", daily=False,
        )  # fmt: skip
        low, high = (q_values(found.p_value(WINDOW_LOOKS, down=down)) for down in (True, False))
        out[name] = low, high
    return out


def measured(path: Path) -> dict[str, object]:
    """Seconds of every part, run by run, the most memory, and what was found."""
    runs: list[dict[str, float]] = []
    found: dict[str, tuple[Floats, Floats]] = {}
    for _ in range(RUNS):
        took: dict[str, float] = {}
        with timed(took, ALL):
            with timed(took, READ):
                rows = window(path)
            with timed(took, ARRAYS):
                source = panel(rows, CAMPAIGN, SUMS, TODAY, HISTORY_DAYS)
            with timed(took, TESTS):
                found = judged(source)
        runs.append(took)
    for took in runs:  # apart, so that what the work leaves in the cache does not help
        with timed(took, FLOOR):
            window(path)
    fell = found["CTR"][0] <= FINDING_RATE
    hits = int(fell[STEP].sum())
    others = sum(int((np.delete(q, STEP) <= FINDING_RATE).sum()) for both in found.values() for q in both)
    return {"runs": runs, "megabytes": peak_megabytes(), "found": hits, "others": others}


@contextmanager
def timed(took: dict[str, float], part: str) -> Generator[None]:
    """Note the seconds a part takes, on the clock and of the processors."""
    started, worked = time.perf_counter(), time.process_time()
    yield
    took[part] = time.perf_counter() - started
    took[part + WORK] = time.process_time() - worked


def peak_megabytes() -> float:
    """Largest resident size of this process, imports and all.

    From /proc where there is one: elsewhere a child's figure may be its parent's.
    """
    status = Path("/proc/self/status")
    if status.exists():
        kilobytes = next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return float(kilobytes) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measured(Path(sys.argv[1]))))
    else:
        print(markdown([section(Path())], Path()))
