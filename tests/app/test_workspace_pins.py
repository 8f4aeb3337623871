"""Pins in the local workspace, as in Slack."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace import Workspace, WorkspaceUser
from app.workspace.office import SCOPES

CHANNEL = "marketing-signals"


async def workspace(folder: Path, *scopes: str) -> AsyncIterator[tuple[Workspace, AsyncWebClient]]:
    one = Workspace(folder, [WorkspaceUser("U0MARA0001", "Mara")], [CHANNEL], scopes=scopes)
    await one.serve()
    yield one, AsyncWebClient(token=one.bot_token, base_url=f"{one.address}/api/")
    await one.close()


async def test_a_message_is_pinned_once_and_stays_so_when_it_is_edited(tmp_path: Path):
    async for place, client in workspace(tmp_path, *SCOPES):
        channel = (await client.chat_postMessage(channel=CHANNEL, text="sealed"))["channel"]
        ts = (await client.chat_postMessage(channel=channel, text="sealed again"))["ts"]
        await client.pins_add(channel=channel, timestamp=ts)
        await client.chat_update(channel=channel, ts=ts, text="sealed once more")
        message = place.office.store.message(channel, ts)
        assert message
        assert (message["pinned_to"], message["text"]) == ([channel], "sealed once more")
        for timestamp, problem in ((ts, "already_pinned"), ("1.000001", "message_not_found")):
            with pytest.raises(SlackApiError) as refused:
                await client.pins_add(channel=channel, timestamp=timestamp)
            assert refused.value.response["error"] == problem


async def test_pinning_must_have_been_granted(tmp_path: Path):
    async for _, client in workspace(tmp_path, "chat:write"):
        posted = await client.chat_postMessage(channel=CHANNEL, text="sealed")
        with pytest.raises(SlackApiError) as refused:
            await client.pins_add(channel=posted["channel"], timestamp=posted["ts"])
        assert (refused.value.response["error"], refused.value.response["needed"]) == ("missing_scope", "pins:write")
