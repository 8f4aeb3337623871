"""The embedded Postgres: found again, restarted after a crash, and never shared by two processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app import embedded
from domain.errors import StartupError

HOLDER = """
import sys, time
from pathlib import Path
from app import embedded
print(embedded.start(Path(sys.argv[1])), flush=True)
time.sleep(60)
"""


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("b") / "home"
    yield folder
    embedded.stop(folder)


def rows(address: str) -> int:
    with psycopg.connect(address) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
        found = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert found
    return found[0]


def postmaster(home: Path) -> int:
    return int((home / "postgres" / "postmaster.pid").read_text().split()[0])


def other_process(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline().startswith("postgresql://")
    return process


def finish(process: subprocess.Popen[str], how: int) -> None:
    process.send_signal(how)
    process.wait(20)
    assert process.stdout
    process.stdout.close()


def test_it_starts_durable_private_and_off_the_network(home: Path):
    address = embedded.start(home)
    with psycopg.connect(address) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",), setting
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert (home / "postgres").stat().st_mode & 0o777 == 0o700
    assert home.stat().st_mode & 0o066 == 0


def test_starting_again_finds_the_same_data(home: Path):
    assert rows(embedded.start(home)) == 1
    embedded.stop(home)
    assert rows(embedded.start(home)) == 2


def test_after_a_kill_of_the_server_it_comes_back_with_everything(home: Path):
    assert rows(embedded.start(home)) == 1
    os.kill(postmaster(home), signal.SIGKILL)
    assert rows(embedded.start(home)) == 2


def test_a_stale_pid_of_a_stranger_is_not_trusted(home: Path):
    assert rows(embedded.start(home)) == 1
    path = home / "postgres" / "postmaster.pid"
    text = path.read_text().splitlines()
    embedded.stop(home)
    path.write_text("\n".join([str(os.getpid()), *text[1:]]) + "\n")
    assert rows(embedded.start(home)) == 2


def test_a_zombie_is_not_trusted(home: Path):
    assert rows(embedded.start(home)) == 1
    path = home / "postgres" / "postmaster.pid"
    text = path.read_text().splitlines()
    embedded.stop(home)
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    time.sleep(0.5)  # it has ended, and nobody has asked for its exit code yet
    path.write_text("\n".join([str(zombie.pid), *text[1:]]) + "\n")
    assert rows(embedded.start(home)) == 2
    zombie.wait()


def test_a_killed_process_leaves_a_server_that_the_next_one_uses(home: Path):
    process = other_process(home)
    pid = postmaster(home)
    finish(process, signal.SIGKILL)
    rows(embedded.start(home))
    assert postmaster(home) == pid


def test_a_second_process_on_the_folder_is_told_who_has_it(home: Path):
    process = other_process(home)
    with pytest.raises(StartupError, match=rf"process {process.pid}\).*BATON_HOME"):
        embedded.start(home)
    finish(process, signal.SIGKILL)
    embedded.start(home)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StartupError, match="cannot be used"):
        embedded.start(tmp_path / "file" / "home")


def test_a_path_too_long_for_a_socket_is_refused_with_what_to_do(tmp_path: Path):
    with pytest.raises(StartupError, match="too long"):
        embedded.start(tmp_path / ("long" * 30))
