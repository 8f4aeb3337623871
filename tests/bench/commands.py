"""A `baton` command run as a whole process, timed and weighed."""

import resource
import subprocess
import sys
import time
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


def run(*command: str | Path) -> Cost:
    """Run a command to its end; raises when it fails."""
    started = time.perf_counter()
    done = subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - started
    kilobytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return Cost(seconds, kilobytes / 1024, done.stdout)
