"""`baton` commands run as whole processes, timed and weighed."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]
STARTED = time.monotonic()


@dataclass(frozen=True)
class Cost:
    """What one process cost."""

    seconds: float
    megabytes: float
    """Its largest resident size."""
    output: str


def progress(text: str) -> None:
    """A line for whoever waits, with the minutes passed."""
    minutes, seconds = divmod(int(time.monotonic() - STARTED), 60)
    print(f"[{minutes:02d}:{seconds:02d}] {text}", file=sys.stderr, flush=True)


def baton(*arguments: str | Path) -> Cost:
    """Run `baton …` to its end; raises when it fails."""
    return run(BIN / "baton", *arguments)


def run(*command: str | Path, cwd: Path | None = None) -> Cost:
    """Run a command to its end; raises when it fails."""
    words = [str(part) for part in command]
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen(words, stdout=out, stderr=complaints, cwd=cwd)
        _, status, usage = os.wait4(process.pid, 0)  # its own figures, not those of the largest child so far
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        for stream in (out, complaints):
            stream.seek(0)
        if process.returncode:
            raise RuntimeError(f"{' '.join(words)} failed:\n{complaints.read()[-2000:]}")
        return Cost(seconds, usage.ru_maxrss / 1024, out.read())


def replayed(tables: Path, span: tuple[date, date], out: Path) -> Cost:
    """What replaying all days of `span` cost; the events are in `out`."""
    first, last = (day.isoformat() for day in span)
    return baton("replay", "--source", tables, "--from", first, "--to", last, "--out", out)


def span_of(rows: pl.DataFrame) -> tuple[date, date]:
    """First and last day of a table."""
    return rows.select(pl.col("date_day").min().alias("first"), pl.col("date_day").max().alias("last")).row(0)


def events(out: Path) -> list[dict[str, Any]]:
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


def until_first_card(home: Path, patience: float = 120) -> float:
    """Seconds from starting `baton demo` in a fresh home until a card with buttons is in a channel."""
    started = time.perf_counter()
    demo = subprocess.Popen(
        [BIN / "baton", "demo", "--no-open", "--port", "0"],
        env={**os.environ, "BATON_HOME": str(home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert demo.stdout
        address = demo.stdout.readline().rsplit(" ", 1)[-1].strip()
        while time.perf_counter() - started < patience:
            with urllib.request.urlopen(f"{address}/control/state", timeout=30) as answer:
                messages = json.load(answer)["messages"]
            if any(block["type"] == "actions" for message in messages for block in message["blocks"] or []):
                return time.perf_counter() - started
            time.sleep(0.1)
        raise TimeoutError(f"no card within {patience} s")
    finally:
        demo.send_signal(signal.SIGTERM)
        demo.communicate(timeout=60)
