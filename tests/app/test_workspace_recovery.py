"""What the local workspace does when things break: killed processes, lost acknowledgements, asked-for faults."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, ClientWebSocketResponse
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler, AsyncServerErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace import Timing, Workspace, WorkspaceUser

MARA = "U0MARA0001"
CHANNEL = "marketing-signals"
GO = {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
CARD = [{"type": "actions", "elements": [GO]}]
SERVE = """
import asyncio, sys
from pathlib import Path
from app.workspace import Workspace, WorkspaceUser

async def main():
    workspace = Workspace(Path(sys.argv[1]), [WorkspaceUser("U0MARA0001", "Mara")], ["marketing-signals"])
    print(await workspace.serve(), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


class Demo:
    """A demo company that only counts days."""

    def __init__(self) -> None:
        self.day = date(2026, 3, 14)
        self.faults: list[tuple[str, int]] = []

    async def advance(self, days: int) -> date:
        self.day += timedelta(days)
        return self.day

    async def ads(self) -> dict[str, Any]:
        return {"values": {"meta/a1/campaign/c3/daily_budget": "450.00"}, "changes": []}

    async def fault(self, kind: str, times: int) -> None:
        self.faults.append((kind, times))

    def today(self) -> date:
        return self.day


def open_workspace(folder: Path, demo: Demo | None = None) -> Workspace:
    timing = Timing(ack=0.3, effect=0.3, retries=(0, 0.05, 0.05), lost=0.3)
    return Workspace(folder, [WorkspaceUser(MARA, "Mara")], [CHANNEL], demo=demo, timing=timing)


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    one = open_workspace(tmp_path)
    await one.serve()
    yield one
    await one.close()


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


def client_of(workspace: Workspace, **more: Any) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.address}/api/", **more)


async def do(http: ClientSession, address: str, call: str, **given: Any) -> dict[str, Any]:
    async with http.post(f"{address}/control/{call}", json=given) as answer:
        return await answer.json()


async def socket_of(workspace: Workspace, http: ClientSession) -> ClientWebSocketResponse:
    """A websocket of an app that acknowledges only what the test acknowledges."""
    opened = await client_of(workspace).apps_connections_open(app_token=workspace.app_token)
    socket = await http.ws_connect(opened["url"])
    hello = await socket.receive_json(timeout=2)
    assert hello["type"] == "hello"
    assert hello["connection_info"] == {"app_id": "A0LOCALBTN"}
    return socket


async def test_a_killed_workspace_comes_back_with_everything(tmp_path: Path, http: ClientSession) -> None:
    async def serve() -> tuple[asyncio.subprocess.Process, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVE, str(tmp_path), stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2]
        )
        assert process.stdout
        return process, (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()

    async def state(address: str) -> dict[str, Any]:
        async with http.get(f"{address}/control/state", params={"user": MARA}) as answer:
            return await answer.json()

    first, address = await serve()
    client = AsyncWebClient(token="xoxb-local-baton", base_url=f"{address}/api/")
    posted = await client.chat_postMessage(channel=CHANNEL, text="Card", client_msg_id="c1", blocks=CARD)
    await client.chat_update(channel=CHANNEL, ts=posted["ts"], text="Approved")
    await client.chat_postEphemeral(channel=CHANNEL, user=MARA, text="Thanks")
    said = await do(http, address, "say", user=MARA, channel=CHANNEL, text="@Baton why?")
    view = {"type": "home", "blocks": [{"type": "divider"}]}
    await client.views_publish(user_id=MARA, view=view)
    await client.files_upload_v2(channel=posted["channel"], filename="a.png", content=b"png", title="A")
    before = await state(address)
    os.kill(first.pid, signal.SIGKILL)
    await first.wait()

    second, address = await serve()
    try:
        assert await state(address) == before
        client = AsyncWebClient(token="xoxb-local-baton", base_url=f"{address}/api/")
        again = await client.chat_postMessage(channel=CHANNEL, text="Card", client_msg_id="c1")
        assert again["ts"] == posted["ts"]
        assert (await client.chat_postMessage(channel=CHANNEL, text="Next"))["ts"] > before["messages"][-1]["ts"]
        async with http.get(f"{address}/control/home", params={"user": MARA}) as home:
            assert (await home.json())["view"]["blocks"][0]["type"] == "divider"
        # The mention was never delivered: it is once the app is there.
        opened = await client.apps_connections_open(app_token="xapp-local-baton")
        async with http.ws_connect(opened["url"]) as socket:
            await socket.receive_json(timeout=2)
            envelope = await socket.receive_json(timeout=2)
            assert envelope["payload"]["event"]["ts"] == said["ts"]
    finally:
        os.kill(second.pid, signal.SIGKILL)
        await second.wait()


async def test_an_event_comes_again_until_it_is_acknowledged(workspace: Workspace, http: ClientSession) -> None:
    socket = await socket_of(workspace, http)
    await do(http, workspace.address, "say", user=MARA, channel=CHANNEL, text="@Baton hello")
    first = await socket.receive_json(timeout=2)
    assert (first["type"], first["accepts_response_payload"]) == ("events_api", False)
    assert "retry_attempt" not in first
    second = await socket.receive_json(timeout=2)
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert second["payload"]["event_id"] == first["payload"]["event_id"]
    assert second["envelope_id"] != first["envelope_id"]
    await socket.send_json({"envelope_id": second["envelope_id"]})
    with pytest.raises(asyncio.TimeoutError):
        await socket.receive_json(timeout=0.6)
    assert workspace.office.store.all("deliveries") == []
    await socket.close()


async def test_an_event_nobody_acknowledges_is_given_up_after_three_retries(
    workspace: Workspace, http: ClientSession
) -> None:
    socket = await socket_of(workspace, http)
    await do(http, workspace.address, "say", user=MARA, channel=CHANNEL, text="@Baton hello")
    attempts = [(await socket.receive_json(timeout=2)).get("retry_attempt", 0) for _ in range(4)]
    assert attempts == [0, 1, 2, 3]
    await asyncio.sleep(0.5)
    assert workspace.office.store.all("deliveries") == []
    await socket.close()


async def test_an_event_lost_with_its_websocket_comes_again_on_the_next(
    workspace: Workspace, http: ClientSession
) -> None:
    socket = await socket_of(workspace, http)
    await do(http, workspace.address, "say", user=MARA, channel="Baton", text="Hello")
    lost = await socket.receive_json(timeout=2)
    await socket.close()
    await asyncio.sleep(0.4)
    socket = await socket_of(workspace, http)
    again = await socket.receive_json(timeout=2)
    assert again["payload"]["event_id"] == lost["payload"]["event_id"]
    assert again["retry_attempt"] >= 1
    await socket.close()


async def test_presses_go_round_the_connections_and_there_are_ten_at_most(
    workspace: Workspace, http: ClientSession
) -> None:
    sockets = [await socket_of(workspace, http) for _ in range(10)]
    opened = await client_of(workspace).apps_connections_open(app_token=workspace.app_token)
    async with http.ws_connect(opened["url"]) as eleventh:
        assert (await eleventh.receive_json(timeout=2))["reason"] == "too_many_websockets"
    posted = await client_of(workspace).chat_postMessage(channel=CHANNEL, text="Card", blocks=CARD)
    press = {"user": MARA, "channel": posted["channel"], "ts": posted["ts"], "action_id": "go"}
    clicks = [asyncio.create_task(do(http, workspace.address, "click", **press)) for _ in range(10)]
    envelopes = [await socket.receive_json(timeout=2) for socket in sockets]
    assert len({envelope["envelope_id"] for envelope in envelopes}) == 10
    for socket, envelope in zip(sockets, envelopes, strict=True):
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
    assert all([(await click)["acked"] for click in clicks])
    for socket in sockets:
        await socket.close()


async def test_a_press_without_an_app_says_so_at_once(workspace: Workspace, http: ClientSession) -> None:
    posted = await client_of(workspace).chat_postMessage(channel=CHANNEL, text="Card", blocks=CARD)
    press = {"user": MARA, "channel": posted["channel"], "ts": posted["ts"], "action_id": "go"}
    answer = await do(http, workspace.address, "click", **press)
    assert answer["acked"] is False
    assert "not connected" in answer["warning"]


async def test_the_app_comes_back_when_it_is_asked_to(workspace: Workspace, http: ClientSession) -> None:
    app = AsyncApp(client=client_of(workspace))
    heard: list[str] = []

    @app.event("app_mention")
    async def mentioned(event: Any) -> None:
        heard.append(event["text"])

    handler = AsyncSocketModeHandler(app, workspace.app_token)
    await handler.connect_async()
    before = await handler.client.session_id()
    assert (await do(http, workspace.address, "disconnect", reason="refresh_requested")) == {"asked": 1}
    for _ in range(300):
        await asyncio.sleep(0.01)
        if workspace.office.sockets.connected == 1 and await handler.client.session_id() != before:
            break
    await do(http, workspace.address, "say", user=MARA, channel=CHANNEL, text="@Baton again")
    for _ in range(300):
        await asyncio.sleep(0.01)
        if heard:
            break
    assert heard == ["<@U0BATONBOT> again"]
    await handler.close_async()


async def test_asked_for_faults_happen_as_often_as_asked(workspace: Workspace, http: ClientSession) -> None:
    client = client_of(workspace)
    await do(http, workspace.address, "fault", method="chat.postMessage", kind="429", times=1)
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_postMessage(channel=CHANNEL, text="x")
    await do(http, workspace.address, "fault", method="chat.*", kind="500", times=1)
    with pytest.raises(SlackApiError, match="internal_error"):
        await client.chat_postMessage(channel=CHANNEL, text="x")
    assert workspace.office.store.messages() == []
    patient = client_of(workspace, retry_handlers=[AsyncRateLimitErrorRetryHandler(), AsyncServerErrorRetryHandler()])
    await do(http, workspace.address, "fault", method="chat.postMessage", kind="429", times=1)
    await patient.chat_postMessage(channel=CHANNEL, text="Through")
    await do(http, workspace.address, "fault", method="chat.postMessage", kind="timeout", times=1)
    with pytest.raises(Exception, match=r"(?i)disconnect|reset|closed"):
        await client_of(workspace, retry_handlers=[]).chat_postMessage(channel=CHANNEL, text="Never")
    await do(http, workspace.address, "fault", method="chat.postMessage", kind="applied_then_lost", times=1)
    with pytest.raises(Exception, match=r"(?i)disconnect|reset|closed"):
        await client_of(workspace, retry_handlers=[]).chat_postMessage(
            channel=CHANNEL, text="Posted, never confirmed", client_msg_id="c9"
        )
    confirmed = await client.chat_postMessage(channel=CHANNEL, text="Posted, never confirmed", client_msg_id="c9")
    texts = [message["text"] for _, message in workspace.office.store.messages()]
    assert texts == ["Through", "Posted, never confirmed"]
    assert confirmed["ts"] == workspace.office.store.messages()[-1][1]["ts"]


async def test_the_demo_company_is_reached_through_the_workspace(tmp_path: Path, http: ClientSession) -> None:
    demo = Demo()
    workspace = open_workspace(tmp_path, demo)
    address = await workspace.serve()
    assert await do(http, address, "clock", days=7) == {"clock": "2026-03-21"}
    async with http.get(f"{address}/control/ads") as ads:
        assert (await ads.json())["values"] == {"meta/a1/campaign/c3/daily_budget": "450.00"}
    async with http.get(f"{address}/control/state") as state:
        assert (await state.json())["clock"] == "2026-03-21"
    await do(http, address, "fault", method="ads.*", kind="timeout", times=2)
    assert demo.faults == [("timeout", 2)]
    await workspace.close()
