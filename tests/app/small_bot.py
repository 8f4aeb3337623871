"""A workspace with a small bot in it that uses everything a real one uses, and people's hands."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace import Timing, Workspace, WorkspaceUser

MARA, OLA = "U0MARA0001", "U0OLA00001"
PEOPLE = (WorkspaceUser(MARA, "Mara", ("media_lead",), "Europe/Berlin"), WorkspaceUser(OLA, "Ola", ("crm_lead",)))
CHANNEL = "marketing-signals"


def button(text: str, action_id: str, value: str = "prop_1:1") -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "value": value, "text": {"type": "plain_text", "text": text}}


CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Cost per conversion is *up 40 %*."}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [button("Approve", "approve"), button("Override", "override")],
    },
]
OVERRIDE = {
    "type": "modal",
    "callback_id": "override",
    "notify_on_close": True,
    "private_metadata": "prop_1:1",
    "title": {"type": "plain_text", "text": "Override"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "amount",
            "label": {"type": "plain_text", "text": "Budget per day"},
            "element": {"type": "number_input", "action_id": "to", "is_decimal_allowed": True, "max_value": "1000"},
        },
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "reason", "min_length": 3},
        },
    ],
}


@dataclass
class Company:
    """A workspace with a connected bot, and people's hands."""

    workspace: Workspace
    app: AsyncApp
    client: AsyncWebClient
    http: ClientSession
    heard: list[dict[str, Any]]

    async def do(self, call: str, **given: Any) -> dict[str, Any]:
        async with self.http.post(f"{self.workspace.address}/control/{call}", json=given) as answer:
            return await answer.json()

    async def state(self, user: str = "") -> dict[str, Any]:
        async with self.http.get(f"{self.workspace.address}/control/state", params={"user": user}) as answer:
            return await answer.json()

    async def card(self, **more: Any) -> tuple[str, str]:
        posted = await self.client.chat_postMessage(channel=CHANNEL, text="CPA is up", blocks=CARD, **more)
        return posted["channel"], posted["ts"]

    async def heard_of(self, kind: str) -> dict[str, Any]:
        for _ in range(300):
            for event in self.heard:
                if event["type"] == kind:
                    return event
            await asyncio.sleep(0.01)
        raise AssertionError(f"the app never heard of {kind}; it heard {[event['type'] for event in self.heard]}")


def connect_bot(app: AsyncApp, heard: list[dict[str, Any]]) -> None:
    """A small bot that uses everything: the same calls a real one makes."""

    @app.event("app_mention")
    async def mentioned(event: Any, say: Any) -> None:
        heard.append(event)
        await say(text="On it.", thread_ts=event.get("thread_ts") or event["ts"])

    @app.event("message")
    async def written(event: Any, say: Any) -> None:
        heard.append({**event, "type": event.get("subtype") or "message"})
        if "bot_id" not in event and "subtype" not in event:
            await say(f"You wrote: {event['text']}")

    @app.event("app_home_opened")
    async def home_opened(event: Any, client: Any) -> None:
        heard.append(event)
        if event["tab"] == "home":
            words = {"type": "section", "text": {"type": "mrkdwn", "text": "Nothing waits for you."}}
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [words]})

    @app.event("assistant_thread_started")
    async def thread_started(event: Any, client: Any) -> None:
        heard.append(event)
        thread = event["assistant_thread"]
        place = {"channel_id": thread["channel_id"], "thread_ts": thread["thread_ts"]}
        await client.assistant_threads_setStatus(**place, status="is looking")
        await client.assistant_threads_setSuggestedPrompts(
            **place, prompts=[{"title": "Spend", "message": "What did we spend?"}]
        )
        await client.assistant_threads_setTitle(**place, title="Questions")

    @app.action("approve")
    async def approve(ack: Any, body: Any, respond: Any, client: Any) -> None:
        heard.append(body)
        if body["user"]["id"] == MARA:
            place = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
            await client.chat_update(**place, text="Approved by Mara", blocks=CARD[:1])
        else:
            await respond("Only Mara may approve this.", response_type="ephemeral", replace_original=False)
        await ack()

    @app.action("override")
    async def override(ack: Any, body: Any, client: Any) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=OVERRIDE)

    @app.action("silent")
    async def silent(body: Any) -> None:
        heard.append(body)

    @app.view("override")
    async def overridden(ack: Any, view: Any, body: Any) -> None:
        heard.append(body)
        values = view["state"]["values"]
        if values["why"]["reason"]["value"] == "because":
            await ack(response_action="errors", errors={"why": "Say more than that."})
        elif values["why"]["reason"]["value"] == "next step":
            await ack(response_action="push", view=OVERRIDE)
        elif values["why"]["reason"]["value"] == "all done":
            await ack(response_action="clear")
        elif values["why"]["reason"]["value"] == "too much":
            await ack(response_action="update", view={**OVERRIDE, "title": {"type": "plain_text", "text": "t" * 25}})
        elif values["why"]["reason"]["value"] == "show me":
            done = {key: value for key, value in OVERRIDE.items() if key not in {"submit", "blocks"}}
            await ack(response_action="update", view={**done, "blocks": CARD[:1]})
        else:
            await ack()

    @app.view_closed("override")
    async def closed(ack: Any, body: Any) -> None:
        heard.append(body)
        await ack()

    @app.command("/baton")
    async def baton(ack: Any, command: Any) -> None:
        heard.append({**command, "type": "command"})
        await ack(f"{command['user_name']} asks for {command['text']}")


async def company_in(folder: Path, **more: Any) -> AsyncIterator[Company]:
    workspace = Workspace(
        folder, PEOPLE, [CHANNEL], timing=Timing(ack=0.6, effect=0.6, retries=(0, 0.05, 0.05)), **more
    )
    await workspace.serve()
    client = AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.address}/api/")
    app = AsyncApp(client=client)
    heard: list[dict[str, Any]] = []
    connect_bot(app, heard)
    sockets = AsyncSocketModeHandler(app, workspace.app_token)
    await sockets.connect_async()
    async with ClientSession() as http:
        yield Company(workspace, app, client, http, heard)
    await sockets.close_async()
    await workspace.close()
