"""Browsers come and go: tabs close at any moment, and pages never run beside scripts of an older Baton."""

import asyncio
import logging
import socket
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from app.workspace import Workspace, WorkspaceUser

AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER that makes close() reset the connection, as a closed tab may."""


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    one = Workspace(tmp_path, [WorkspaceUser("U0MARA0001", "Mara")], ["marketing-signals"])
    await one.serve()
    yield one
    await one.close()


def ask(workspace: Workspace, path: str) -> socket.socket:
    """A request sent with nobody waiting for its answer yet."""
    place = urlsplit(workspace.address)
    line = socket.create_connection((str(place.hostname), int(place.port or 0)))
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n".encode())
    return line


async def test_a_tab_closed_before_its_stream_begins_is_no_error(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    ask(workspace, "/control/stream").close()
    await asyncio.sleep(0.1)
    async with ClientSession() as http, http.get(f"{workspace.address}/control/state") as answer:
        assert answer.status == 200
    assert caplog.records == []


async def test_a_tab_closed_while_it_listens_is_no_error(
    workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    line = ask(workspace, "/control/stream")
    heard = b""
    async with asyncio.timeout(5):
        while b"data:" not in heard:
            heard += await asyncio.to_thread(line.recv, 4096)
    line.close()
    for _ in range(5):
        workspace.office.feed.tell("clock", clock="2026-03-15")
        await asyncio.sleep(0.02)
    assert caplog.records == []


@pytest.mark.parametrize("path", ["/", "/archives/C1/p1", "/page/js/main.js", "/page/css/tokens.css"])
async def test_the_pages_files_are_asked_for_again_and_come_again_only_when_changed(
    workspace: Workspace, path: str
) -> None:
    async with ClientSession() as http:
        async with http.get(workspace.address + path) as first:
            assert first.status == 200
            assert first.headers["Cache-Control"] == "no-cache"
        known = {"If-None-Match": first.headers["ETag"]}
        async with http.get(workspace.address + path, headers=known) as second:
            assert second.status == 304
            assert await second.read() == b""
            assert second.headers["Cache-Control"] == "no-cache"


async def test_other_users_of_the_machine_cannot_read_what_is_written(workspace: Workspace, tmp_path: Path) -> None:
    files = [file for file in tmp_path.iterdir() if file.is_file()]
    assert any(file.name == "workspace.sqlite" for file in files)
    assert [file.name for file in files if file.stat().st_mode & 0o077] == []
