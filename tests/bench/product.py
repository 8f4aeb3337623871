"""What a person waits for: help, the first card, a replay of the demo company."""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from tests.bench.commands import ROOT, baton, counted, replayed, run, span_of, until_first_card
from tests.bench.report import Measure, Range, Row, Section

COMMANDS = ([], ["demo"], ["replay"], ["ledger", "verify"])


def section(pictures: Path) -> Section:
    """Each command as a whole process, as it starts on this machine now."""
    del pictures
    slowest = max(baton(*words, "--help").seconds for words in COMMANDS)
    with tempfile.TemporaryDirectory(prefix="baton-") as kept:
        folder = Path(kept)
        rows = [(f"`--help`, the slowest of {len(COMMANDS)} commands", f"{slowest:.2f} s"), *_replay(folder)]
        card = until_first_card(folder / "home")
    rows.append(("`baton demo` in a fresh home, to the first card", f"{card:.1f} s"))
    help_time = Measure("`--help` answers in", slowest, Range(most=0.4), form="{:.2f} s")
    return Section("Waiting", ("what", "figure"), rows, measures=[help_time])


def _replay(folder: Path) -> Iterator[Row]:
    tables = folder / "big"
    run(sys.executable, "-m", "app.demo.export", "--to", tables, cwd=ROOT)
    rows = pl.read_parquet(tables / "ad_report.parquet")
    span = span_of(rows)
    cost = replayed(tables, span, folder / "big.jsonl")
    days = (span[1] - span[0]).days + 1
    what = f"`baton replay`, the demo company's {days} days, {rows.height:,} rows of ad_report"
    yield what, f"{cost.seconds:.1f} s, {cost.megabytes:.0f} MB"
    yield "– what it said", counted(folder / "big.jsonl")
