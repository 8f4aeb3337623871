"""A real workspace with a small bolt app, on a thread of its own, and a headless Chromium to look at it."""

import asyncio
import shutil
import struct
import threading
import time
import zlib
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace import Timing, Workspace, WorkspaceUser

MARA, IVO = "U0MARA0001", "U0IVO00003"
PEOPLE = (WorkspaceUser(MARA, "Mara Lind", ("media_lead",)), WorkspaceUser(IVO, "Ivo Brandt", ("crm_lead",)))
CHANNEL = "marketing-signals"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@dataclass
class Market:
    """A demo company of four campaigns whose days pass quickly."""

    day: date = date(2026, 3, 14)
    history: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    pause: float = 0.05
    """Seconds a day takes."""
    on_advance: Callable[[], Coroutine[Any, Any, Any]] | None = None

    async def advance(self, days: int) -> date:
        for _ in range(days):
            await asyncio.sleep(self.pause)
            self.day += timedelta(days=1)
        if self.on_advance:
            await self.on_advance()
        return self.day

    async def ads(self) -> dict[str, Any]:
        ad = {"ad_id": "ad1", "name": "Trail video", "status": "active", "asset_id": "v1", "headline": "Run further"}
        campaign = {"campaign_id": "c1", "name": "Spring prospecting", "status": "active", "daily_budget": "200.00"}
        account = {"platform": "meta", "account_id": "a1", "name": "Halden EU", "currency": "EUR"}
        accounts = [{**account, "campaigns": [{**campaign, "ads": [ad]}]}]
        return {"company": "Halden Outdoor", "accounts": accounts, "history": self.history, "tasks": []}

    async def fault(self, kind: str, times: int) -> None:
        raise NotImplementedError

    def today(self) -> date:
        return self.day


class Office:
    """The workspace and its bolt app; `do` runs a coroutine where they live."""

    def __init__(self, folder: Path, *, demo: bool = True) -> None:
        self.market = Market()
        self._demo = demo
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.workspace: Workspace
        self.client: AsyncWebClient
        self.bot: AsyncApp

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def post(self, **message: Any) -> dict[str, Any]:
        return self.do(self.client.chat_postMessage(**{"channel": CHANNEL, "text": "…", **message})).data

    def modals(self, user: str) -> list[dict[str, Any]]:
        async def stack() -> list[dict[str, Any]]:
            return self.workspace.office.views.stack(user)

        return self.do(stack())

    @contextmanager
    def open(self, prepare: Callable[[AsyncApp], None]) -> Iterator["Office"]:
        self._thread.start()
        try:
            handler = self.do(self._start(prepare))
            yield self
            self.do(self._stop(handler))
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            self._loop.close()

    async def _start(self, prepare: Callable[[AsyncApp], None]) -> AsyncSocketModeHandler:
        self.workspace = Workspace(
            self._folder, PEOPLE, [CHANNEL], demo=self.market if self._demo else None, timing=Timing(ack=0.6)
        )
        address = await self.workspace.serve()
        self.client = AsyncWebClient(token=self.workspace.bot_token, base_url=f"{address}/api/")
        self.bot = AsyncApp(client=self.client)
        prepare(self.bot)
        handler = AsyncSocketModeHandler(self.bot, self.workspace.app_token)
        await handler.connect_async()
        return handler

    async def _stop(self, handler: AsyncSocketModeHandler) -> None:
        with suppress(asyncio.CancelledError):
            await handler.close_async()
        await self.workspace.close()
        await asyncio.sleep(0.05)


def chromium() -> str:
    """Where a Chromium is; skips the test where there is none."""
    pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium on this machine")
    return found


def soon(truth: Callable[[], bool], seconds: float = 5) -> bool:
    """Whether something becomes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if truth():
            return True
        time.sleep(0.05)
    return False


def png() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", 4, 3, 8, 2, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x0d\x7f\x8c" * 4) * 3)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
