"""A workspace with nobody's bot behind it: what is shown on it is exactly what the renderers made."""

import asyncio
import re
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace import Workspace, WorkspaceUser
from bot.blocks import Block, Message, actions, button, section
from bot.slack import Place, Slack
from tests.bot.samples import MODEL

View = Mapping[str, Any]
CHANNEL = MODEL.routes.channel
FORMS = "forms"
"""The channel with a button for each form."""
OPEN = "open_form"


class Stage:
    """The workspace on a thread of its own; `do` runs a coroutine where it lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._forms: dict[str, View] = {}
        self.address = ""
        self.slack: Slack

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def post(self, message: Message, *, under: Place | None = None, channel: str = CHANNEL) -> Place:
        return self.do(self.slack.post(channel, message, thread_ts=under.ts if under else None))

    def publish(self, user: str, view: View) -> None:
        self.do(self.slack.publish_home(user, view))

    def upload(self, name: str, picture: bytes, alt: str) -> str:
        return self.do(self.slack.upload(f"{name}.png", picture, name, alt))

    def offer(self, forms: Mapping[str, View]) -> None:
        """Post a button for each form; pressing it opens the form, as a press in Slack does."""
        self._forms = dict(forms)
        for name in forms:
            row: list[Block] = [section(name), actions(name, [button("Open", f"{OPEN}_{name}", name)])]
            self.post(Message(name, tuple(row)), channel=FORMS)

    @contextmanager
    def open(self) -> Iterator["Stage"]:
        self._thread.start()
        try:
            handler = self.do(self._start())
            try:
                yield self
            finally:
                self.do(self._stop(handler))
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            self._loop.close()

    async def _start(self) -> AsyncSocketModeHandler:
        people = [
            WorkspaceUser(one.slack, one.name, tuple(sorted(one.roles)), timezone="Europe/Berlin")
            for one in MODEL.people
        ]
        self._workspace = Workspace(self._folder, people, [CHANNEL, FORMS], others=())
        self.address = await self._workspace.serve()
        client = AsyncWebClient(token=self._workspace.bot_token, base_url=f"{self.address}/api/")
        self.slack = Slack(client)
        bolt = AsyncApp(client=client)

        @bolt.action(re.compile(f"^{OPEN}_"))
        async def pressed(ack: Any, body: Any) -> None:
            await ack()
            await self.slack.open_modal(body["trigger_id"], self._forms[body["actions"][0]["value"]])

        @bolt.event("app_home_opened")
        async def opened(ack: Any) -> None:
            await ack()  # homes are published beforehand

        handler = AsyncSocketModeHandler(bolt, self._workspace.app_token)
        await handler.connect_async()
        return handler

    async def _stop(self, handler: AsyncSocketModeHandler) -> None:
        with suppress(asyncio.CancelledError):
            await handler.close_async()
        await self._workspace.close()
        await asyncio.sleep(0.05)
