"""The real `baton` command as a process: what it said and how it ended."""

import asyncio
import atexit
import functools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

BATON = Path(sys.executable).with_name("baton")
OURS = ("BATON_", "SLACK_", "DATABASE_URL", "CHROMA_URL")
PATIENCE = 120
_started: list[asyncio.subprocess.Process] = []


@dataclass(frozen=True)
class Done:
    code: int | None
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """What stands in its way: one line on standard error, and nothing else there."""
        assert "Traceback" not in self.err, self.err
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("baton: ")
        return lines[0].removeprefix("baton: ")


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment without anybody's settings in it."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return plain | {"BATON_HOME": str(home)} | more


async def start(*arguments: str | Path, env: dict[str, str], cwd: Path) -> asyncio.subprocess.Process:
    """Start a command whose output is read line by line."""
    process = await asyncio.create_subprocess_exec(
        BATON,
        *map(str, arguments),
        env=env | {"PYTHONUNBUFFERED": "1"},
        cwd=cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    _started.append(process)
    return process


def end_started() -> None:
    """Stop what a failed test left running."""
    while _started:
        process = _started.pop()
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)


async def ended(process: asyncio.subprocess.Process) -> Done:
    """Wait for its end."""
    try:
        out, err = await asyncio.wait_for(process.communicate(), PATIENCE)
    except TimeoutError:
        process.send_signal(signal.SIGINT)
        raise
    return Done(process.returncode, out.decode(), err.decode())


async def baton(*arguments: str | Path, env: dict[str, str], cwd: Path) -> Done:
    """Run a command to its end."""
    return await ended(await start(*arguments, env=env, cwd=cwd))


async def baton_again(*arguments: str | Path, env: dict[str, str], cwd: Path) -> Done:
    """The same, forked from a process that has loaded everything: where loading is not what is looked at."""
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        request = {"arguments": [*map(str, arguments)], "env": env, "cwd": str(cwd), "out": str(out), "err": str(err)}
        code = await asyncio.to_thread(_forked, json.dumps(request))
        return Done(code, out.read_text("utf-8"), err.read_text("utf-8"))


def _forked(request: str) -> int:
    warm = _warm()
    assert warm.stdin
    assert warm.stdout
    warm.stdin.write(f"{request}\n")
    warm.stdin.flush()
    pid = int(warm.stdout.readline())
    late = threading.Timer(PATIENCE, os.kill, (pid, signal.SIGINT))
    late.start()
    try:
        return int(warm.stdout.readline())
    finally:
        late.cancel()


@functools.cache
def _warm() -> subprocess.Popen[str]:
    program = [sys.executable, Path(__file__).with_name("warm.py")]
    warm = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(warm.communicate)  # tells it that nobody asks for more
    return warm


async def said(process: asyncio.subprocess.Process, words: str) -> None:
    """Wait until it has said something on standard output."""
    assert process.stdout
    heard = b""
    while words.encode() not in heard:
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        if not line:
            rest = await ended(process)
            raise AssertionError(f"ended with {rest.code} before saying {words!r}: {rest.err}")
        heard += line
