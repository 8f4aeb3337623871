"""`make bench`: every figure measured now, printed as one table and kept in docs/benchmarks/main.md."""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from tests.bench.commands import baton, run, until_first_card
from tests.bench.plain_z import share_fired

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
REPORT = ROOT / "docs" / "benchmarks" / "main.md"
BINOMIALMIX, OTHERS = "binomialmix", ("robyn", "meridian", "geolift", "cdnow")
DAYS_IN_A_MONTH = 30.4
Row = tuple[str, str]


def main() -> None:
    rows = list(measured())
    lines = ["| what | figure |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)]
    head = [
        "# The main job in figures",
        "",
        "Written by `make bench`. Each figure was measured in this run, on whatever else the machine was doing:",
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end, {date.today()}.",
        "",
    ]
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text("\n".join([*head, *lines, ""]), encoding="utf-8")


def measured() -> Iterator[Row]:
    """Each figure as soon as it is there."""
    with tempfile.TemporaryDirectory(prefix="baton-") as folder:
        for part in (help_time, throughput, first_card, real_data):  # weighed before a heavier child hides it
            for row in part(Path(folder)):
                print(f"{row[0]:<58} {row[1]}", flush=True)
                yield row


def help_time(folder: Path) -> Iterator[Row]:
    del folder
    slowest = max(baton(*words, "--help").seconds for words in ([], ["demo"], ["replay"], ["ledger", "verify"]))
    yield "`--help`, the slowest of four commands", f"{slowest:.2f} s"


def first_card(folder: Path) -> Iterator[Row]:
    yield "`baton demo` in a fresh home, to the first card", f"{until_first_card(folder / 'home'):.1f} s"


def throughput(folder: Path) -> Iterator[Row]:
    tables = folder / "big"
    run(sys.executable, "-m", "app.demo.export", "--to", tables, cwd=ROOT)
    rows = pl.read_parquet(tables / "ad_report.parquet")
    span = days(rows)
    cost = replayed(tables, span, folder / "big.jsonl")
    years = f"{(span[1] - span[0]).days + 1} days"
    yield f"`baton replay`, {years}, {rows.height:,} rows of ad_report", f"{cost[0]:.1f} s, {cost[1]:.0f} MB"
    yield "– what it said", counted(folder / "big.jsonl")


def real_data(folder: Path) -> Iterator[Row]:
    for name in (BINOMIALMIX, *OTHERS):
        if not (DATA / name).is_dir():
            yield name, "skipped: the public data are not beside this checkout"
            continue
        tables, out = folder / name, folder / f"{name}.jsonl"
        run(sys.executable, ROOT / "examples" / "convert.py", name, "--from", DATA / name, "--to", tables, cwd=ROOT)
        rows = pl.read_parquet(tables / "ad_report.parquet")
        span = days(rows)
        seconds, _ = replayed(tables, span, out)
        many = rows["campaign_id"].n_unique()
        what = f"{name}: {many} campaign{'s' * (many != 1)}, {span[0]} to {span[1]}, {rows.height:,} rows"
        yield what, f"{seconds:.1f} s; {counted(out)}"
        if name == BINOMIALMIX:
            yield from plainly(rows, out)


def plainly(rows: pl.DataFrame, out: Path) -> Iterator[Row]:
    """Baton's signals next to what a plain test would have fired."""
    campaign_days = rows.select("campaign_id", "date_day").unique().height
    opened = sum(event["event"] == "opened" for event in events(out))
    months = campaign_days / DAYS_IN_A_MONTH
    yield "– signals opened per campaign-month", f"{opened / months:.3f} ({opened} in {months:.1f} campaign-months)"
    for limit in (3.0, 5.0):
        fired, tested = share_fired(rows, limit)
        share = f"{fired / tested:.1%} ({fired} of {tested})"
        yield f"– a plain binomial test, z beyond ±{limit:.0f}, on testable campaign-days", share


def replayed(tables: Path, span: tuple[date, date], out: Path) -> tuple[float, float]:
    """Seconds and megabytes of replaying all days."""
    first, last = (day.isoformat() for day in span)
    cost = baton("replay", "--source", tables, "--from", first, "--to", last, "--out", out)
    return cost.seconds, cost.megabytes


def days(rows: pl.DataFrame) -> tuple[date, date]:
    """First and last day of a table."""
    return rows.select(pl.col("date_day").min().alias("first"), pl.col("date_day").max().alias("last")).row(0)


def events(out: Path) -> list[dict[str, str]]:
    """The events of a replay."""
    return [json.loads(line) for line in out.read_text("utf-8").splitlines()]


def counted(out: Path) -> str:
    """What a replay said: "3 opened (2 creative_fatigue, 1 pacing_drift); 12 held (8 thin_data, 4 holiday)"."""
    found = pl.DataFrame(
        [(one["event"], one["cause"] if one["event"] == "opened" else one.get("reason", "")) for one in events(out)],
        schema={"event": pl.String, "why": pl.String},
        orient="row",
    )
    parts: list[str] = []
    for (event,), some in found.group_by("event", maintain_order=True):
        whys = some["why"].value_counts(sort=True).filter(pl.col("why") != "").rows()
        detail = ", ".join(f"{count} {why}" for why, count in whys)
        parts.append(f"{some.height} {event}" + (f" ({detail})" if detail else ""))
    return "; ".join(sorted(parts, key=lambda part: part.split()[1] != "opened")) or "nothing"


if __name__ == "__main__":
    main()
