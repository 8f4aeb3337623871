"""A database that does not answer: a press is given up in time and never done later, and work goes on afterwards."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from domain.case import ProposalStatus
from domain.errors import DatabaseSilent
from graph.runner import Runner
from memory.database import Database
from tests.graph.fakes import CLEO, FIRST, MARA, Platform, Wall, services
from tests.graph.test_worker import PROP, SIG, until, working


class Cable:
    """The network between a process and the database, which can stop forwarding without a word."""

    def __init__(self, address: str) -> None:
        self._url = make_url(address)
        self._open = asyncio.Event()
        self._open.set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._ends: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[str]:
        """The address of the database at the far end."""
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        near = self._url.set(host="127.0.0.1", port=port).difference_update_query(("host", "port"))
        try:
            yield near.render_as_string(hide_password=False)
        finally:
            self._open.set()
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            for end in self._ends:
                end.close()
            await asyncio.gather(*(end.wait_closed() for end in self._ends), return_exceptions=True)

    def cut(self) -> None:
        """Nothing arrives any more, and nobody is told."""
        self._open.clear()

    def mend(self) -> None:
        """What was sent meanwhile arrives now."""
        self._open.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.append(writer)
        await self._open.wait()
        where = self._url.query.get("host") or self._url.host
        assert isinstance(where, str)
        port = str(self._url.query.get("port") or self._url.port or 5432)
        if where.startswith("/"):
            far_reader, far_writer = await asyncio.open_unix_connection(str(Path(where) / f".s.PGSQL.{port}"))
        else:
            far_reader, far_writer = await asyncio.open_connection(where, int(port))
        self._ends.append(far_writer)
        for source, target in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._forward(source, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _forward(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while sent := await source.read(65536):
                await self._open.wait()
                target.write(sent)
                await target.drain()
        await self._open.wait()
        target.close()


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everybody's patience, a tenth of what it is."""
    monkeypatch.setattr("memory.patience.PRESS_SECONDS", 1.0)
    monkeypatch.setattr("memory.patience._PRESS_LOCK_SECONDS", 1)
    monkeypatch.setattr("memory.patience.ANSWER_SECONDS", 1.5)
    monkeypatch.setattr("memory.database._GRACE_SECONDS", 0.5)
    yield


async def decided(address: str) -> int:
    async with await psycopg.AsyncConnection.connect(address) as one:
        found = await (await one.execute("SELECT count(*) FROM decision")).fetchone()
        assert found is not None
        return int(found[0])


async def opened(address: str, **more: object) -> Runner:
    runner = Runner(services(Database(address), board=Wall(), **more))  # type: ignore[arg-type]
    await runner.open()
    return runner


async def test_a_press_behind_a_held_ledger_is_given_up_and_not_done_when_the_ledger_is_free(address: str):
    runner = await opened(address)
    await runner.sweep(FIRST)
    await runner.settle()
    async with await psycopg.AsyncConnection.connect(address) as somebody:
        await somebody.execute("SELECT * FROM ledger_head FOR UPDATE")
        with pytest.raises(DatabaseSilent, match="press again"):
            await runner.approve(PROP, 1, MARA)
    await asyncio.sleep(0.3)
    assert await decided(address) == 0
    await runner.approve(PROP, 1, MARA)
    assert await decided(address) == 1
    await runner.close()


async def test_presses_into_a_silent_network_are_given_up_in_time_never_done_later_and_logged_once(
    address: str, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.WARNING)
    cable = Cable(address)
    async with cable.laid() as through:
        runner = await opened(through)
        await runner.sweep(FIRST)
        await runner.settle()
        cable.cut()
        presses = (
            runner.approve(PROP, 1, MARA),
            runner.approve(PROP, 1, CLEO),
            runner.reject(PROP, 1, MARA, "too much"),
        )
        async with asyncio.timeout(20):
            told = await asyncio.gather(*presses, return_exceptions=True)
        assert [type(one) for one in told] == [DatabaseSilent] * 3
        cable.mend()
        await asyncio.sleep(0.5)
        assert await decided(address) == 0
        await runner.approve(PROP, 1, MARA)
        assert await decided(address) == 1
        await runner.close()
    assert caplog.text.count("the database does not answer") == 1
    assert caplog.text.count("the database answers again") == 1


async def test_a_worker_behind_a_silent_network_works_again_when_it_is_mended(address: str):
    platform, cable = Platform(), Cable(address)
    async with cable.laid() as through:
        runner, eye = await opened(through, platform=platform), await opened(address)
        await runner.sweep(FIRST)

        async def executed() -> bool:
            return (await eye.case(SIG)).proposals[0].status is ProposalStatus.EXECUTED

        async with working(runner):
            await asyncio.sleep(0.5)
            cable.cut()
            await eye.approve(PROP, 1, MARA)
            await asyncio.sleep(2)
            cable.mend()
            await until(executed, 30)
        await runner.close()
        await eye.close()
    assert len(platform.effects) == 1


async def test_every_connection_knows_how_long_it_waits(address: str):
    database = Database(address)
    async with database.engine.connect() as one:
        raw = await one.get_raw_connection()
        for name, value in (("connect_timeout", "5"), ("keepalives_idle", "10"), ("tcp_user_timeout", "20000")):
            assert raw.driver_connection.info.get_parameters()[name] == value  # type: ignore[union-attr]
    await database.close()
