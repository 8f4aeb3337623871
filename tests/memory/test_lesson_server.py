"""Several processes find the same lessons on a Chroma server, which may die while one is written."""

import asyncio
import gc
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from memory.embedding import StaticEmbedder
from memory.lesson_index import ChromaIndex
from memory.lesson_vectors import VectorStore
from tests.memory.test_lesson_index import LESSONS, giving, lesson

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning"),  # Chroma's own
]
PATIENCE_SECONDS = 60


class Server:
    """`chroma run` on a folder, which can be killed and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url, self._folder = f"http://127.0.0.1:{self.port}", folder
        self.start()

    def start(self) -> None:
        chroma = Path(sys.executable).with_name("chroma")
        command = [chroma, "run", "--path", self._folder, "--host", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=1):
                return
            time.sleep(0.1)
        raise TimeoutError("the Chroma server did not start")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    started = Server(tmp_path / "server")
    yield started
    started.kill()
    gc.collect()  # the sockets Chroma's client leaves open


async def test_two_processes_share_what_a_killed_server_had_confirmed(server: Server):
    one, other = (ChromaIndex(StaticEmbedder(), url=server.url) for _ in range(2))
    await one.open(giving())
    await one.add(LESSONS)
    await other.open(giving(*LESSONS))
    assert await other.search("footage of footwear") == await one.search("footage of footwear")
    assert (await other.search("footage of footwear"))[0] == LESSONS[0].id, "by a vector only the first one wrote"

    more = [lesson(number, f"Podcast {number} sold backpacks with a code") for number in range(100, 700)]
    writing = asyncio.create_task(_one_after_the_other(one, more))
    await asyncio.sleep(0.5)
    server.kill()
    confirmed = await writing
    await one.close()
    await other.close()
    server.start()
    store = VectorStore(url=server.url)
    await asyncio.to_thread(store.open)
    assert set(confirmed) <= await asyncio.to_thread(store.ids, StaticEmbedder.name)
    store.close()
    again = ChromaIndex(StaticEmbedder(), url=server.url)
    await again.open(giving(*LESSONS, *more))
    await again.settled()
    kept = await asyncio.to_thread(again._store.ids, StaticEmbedder.name)
    assert confirmed, "something had been written when it died"
    assert kept == {one.id for one in (*LESSONS, *more)}
    assert (await again.search("footage of footwear"))[0] == LESSONS[0].id
    await again.close()


async def _one_after_the_other(index: ChromaIndex, lessons: list) -> list[str]:
    """The ids confirmed before the server died."""
    confirmed: list[str] = []
    for one in lessons:
        try:
            await index.add([one])
        except Exception:  # Chroma's client has many words for a server that is gone
            return confirmed
        confirmed.append(one.id)
    return confirmed
