"""A `baton` command run as a whole process, timed and weighed."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Cost:
    """What one process cost."""

    seconds: float
    megabytes: float
    """Largest resident size of this or any earlier child process."""
    output: str


def baton(*arguments: str | Path) -> Cost:
    """Run `baton …` to its end; raises when it fails."""
    return run(BIN / "baton", *arguments)


def run(*command: str | Path, cwd: Path | None = None) -> Cost:
    """Run a command to its end; raises when it fails."""
    started = time.perf_counter()
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, cwd=cwd)
    seconds = time.perf_counter() - started
    kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return Cost(seconds, kilobytes / 1024, done.stdout)


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
