"""The demo as a process of its own: started, driven through the control API, killed, started again."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

START_SECONDS = 90
"""How long a loaded machine may take to show the first page. The promise itself is measured in the benchmarks."""
PATIENCE_SECONDS = 120
"""How long it may take over anything else. How fast it should be is no matter of passing or failing."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """One `baton demo` process over one home folder, whose path must be short: the database's socket is in it."""

    def __init__(self, home: Path, port: int | None = None) -> None:
        self.home, self.port = home, port or free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = home.parent / f"{home.name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, failpoint: str = "", *, seed: int = 7) -> "Demo":
        """Start the process and wait until the bot listens; a process with a failpoint may die before that."""
        baton = Path(sys.executable).with_name("baton")
        environment = {**os.environ, "BATON_HOME": str(self.home), "BATON_FAILPOINT": failpoint}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [baton, "demo", "--port", str(self.port), "--no-open", "--seed", str(seed)],
                env=environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.until(lambda: self.listens() or not self.alive, START_SECONDS, "the bot listens")
        return self

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def listens(self) -> bool:
        try:
            return bool(self.get("/control/state")["app"]["connected"])
        except OSError:
            return False

    def kill(self) -> None:
        """SIGKILL, as a power cut would."""
        assert self._process
        if self.alive:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait(20)

    def wait_for_death(self, seconds: float = 60) -> None:
        assert self._process
        self._process.wait(seconds)

    def stop(self, seconds: float = 20) -> None:
        """SIGTERM, and SIGKILL if it does not listen within so many seconds."""
        if self._process and self.alive:
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path, timeout=30) as answer:
            return json.load(answer)

    def post(self, path: str, **body: Any) -> Any:
        request = urllib.request.Request(
            self.address + path,
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path} answered {error.code}: {error.read().decode()}") from error

    def until(self, ready: Callable[[], Any], seconds: float = PATIENCE_SECONDS, what: str = "it happens") -> Any:
        """The first truthy answer of `ready`, or a failure with the end of the log."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := ready():
                return found
            time.sleep(0.1)
        raise AssertionError(f"waited {seconds} s until {what}; log:\n{self.tail()}")

    def tail(self, lines: int = 40) -> str:
        return "\n".join(self.log.read_text("utf-8", errors="replace").splitlines()[-lines:])
