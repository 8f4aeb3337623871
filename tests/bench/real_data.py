"""Baton on public data without labels: how often it speaks, beside a plain test on the same days."""

import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import polars as pl

from tests.bench.commands import ROOT, counted, events, progress, replayed, run, span_of
from tests.bench.plain_z import tested
from tests.bench.report import Row, Section

DATA = ROOT.parent / "shared" / "data"
BINOMIALMIX, OTHERS = "binomialmix", ("robyn", "meridian", "geolift", "cdnow")
DAYS_IN_A_MONTH = 30.4
AT_ONCE = 2
"""Replays at a time."""
LIMITS = (3.0, 5.0)
HEADER: Row = ("data", "figure")
REMARKS = (
    "`binomialmix` holds real display campaigns (TabMo). Nobody labelled them, so neither figure is a precision: they "
    "say how often an owner would be spoken to. Usable are campaign-days with at least 10 clicks after 14 days of "
    "delivery; the plain test compares the day's click-through rate with those 14 days and knows counting noise only.",
    "The other sets are weekly, monthly or made for measurement: they show that Baton reads them and keeps quiet.",
)


def section(pictures: Path) -> Section:
    """Each data set replayed as it is."""
    del pictures
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="baton-") as kept, ThreadPoolExecutor(AT_ONCE) as pool:
        for found in pool.map(lambda name: list(_data(name, Path(kept))), (BINOMIALMIX, *OTHERS)):
            rows += found
    return Section("Real data without labels", HEADER, rows, REMARKS)


def _data(name: str, folder: Path) -> Iterator[Row]:
    if not (DATA / name).is_dir():
        yield name, "skipped: the public data are not beside this checkout"
        return
    progress(f"{name} …")
    tables, out = folder / name, folder / f"{name}.jsonl"
    run(sys.executable, ROOT / "examples" / "convert.py", name, "--from", DATA / name, "--to", tables, cwd=ROOT)
    rows = pl.read_parquet(tables / "ad_report.parquet")
    span = span_of(rows)
    cost = replayed(tables, span, out)
    many = rows["campaign_id"].n_unique()
    what = f"**{name}**: {many} campaign{'s' * (many != 1)}, {span[0]} to {span[1]}, {rows.height:,} rows"
    yield what, f"{counted(out)} ({cost.seconds:.0f} s)"
    if name == BINOMIALMIX:
        yield from _plainly(rows, out)


def _plainly(rows: pl.DataFrame, out: Path) -> Iterator[Row]:
    """Baton's signals next to what a plain test would have fired."""
    usable = tested(rows)
    opened = [one for one in events(out) if one["event"] == "opened"]
    places = {(one["scope"]["campaign_id"], date.fromisoformat(one["as_of"])) for one in opened}
    spoken = sum(place in places for place in usable.select("campaign_id", "date_day").iter_rows())
    yield (
        "– Baton opens a signal, on usable campaign-days",
        f"{spoken / usable.height:.1%} ({spoken} of {usable.height})",
    )
    for limit in LIMITS:
        fired = usable.filter(pl.col("z").abs() > limit).height
        said = f"{fired / usable.height:.1%} ({fired} of {usable.height})"
        yield f"– a plain binomial test, z beyond ±{limit:.0f}, on the same days", said
    months = rows.select("campaign_id", "date_day").unique().height / DAYS_IN_A_MONTH
    said = f"{len(opened) / months:.3f} ({len(opened)} in {months:.1f} campaign-months)"
    yield "– Baton's signals per campaign-month, all days", said
