"""The `baton` command forked from a process that has loaded everything: to load it takes two seconds of a processor.

Run as a program. Reads one request a line (a JSON object of `arguments`, `env`, `cwd`, `out`, `err`), and writes the
number of the process that carries it out, then how it ended. Each request is a process of its own, which begins with
its own environment, folder, session and files, and goes through the whole end of an interpreter.
"""

import gc
import importlib
import json
import os
import sys
from typing import Any

COMMANDS = (
    "asking",
    "checking",
    "erasing",
    "keeping",
    "ledger",
    "policy",
    "replaying",
    "serving",
    "starting",
    "sweeping",
)


def load() -> None:
    """All that the commands import when they run."""
    sys.path.pop(0)  # the folder of this file, where `baton` has none
    gc.disable()  # while half a million objects come to stay
    for name in ("app.cli", *(f"app.{command}" for command in COMMANDS), "chromadb"):
        importlib.import_module(name)
    gc.freeze()
    gc.enable()


def next_request() -> dict[str, Any]:
    """Returns in a new process for each request, and in no other; ends where no more can come."""
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            return json.loads(line)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
    sys.exit(0)


def become(request: dict[str, Any]) -> None:
    """Take on all that a new process would have been given."""
    os.setsid()
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(request["out"], os.O_WRONLY | os.O_CREAT), 1)
    os.dup2(os.open(request["err"], os.O_WRONLY | os.O_CREAT), 2)
    sys.argv = ["baton", *request["arguments"]]


if __name__ == "__main__":
    load()
    become(next_request())
    sys.modules["app.cli"].main()
