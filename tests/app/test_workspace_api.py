"""Where Slack says no, the local workspace says no: tokens, scopes, places, lengths, triggers, rates, strangers."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace import Rates, Timing, Workspace, WorkspaceUser
from app.workspace.triggers import Triggers
from app.workspace.wire import Refused
from domain.errors import ConfigurationError, StartupError

MARA = "U0MARA0001"
CHANNEL = "marketing-signals"
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "Spend is *up*."}}
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Override"}, "blocks": [SECTION]}
HOME = {"type": "home", "blocks": [SECTION]}


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def workspace(tmp_path: Path, clock: Clock) -> AsyncIterator[Workspace]:
    rates = Rates(post_burst=5, clock=clock)
    one = Workspace(tmp_path, [WorkspaceUser(MARA, "Mara")], [CHANNEL], rates=rates, timing=Timing(lost=0.2))
    await one.serve()
    yield one
    await one.close()


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    return AsyncWebClient(token=workspace.bot_token, base_url=f"{workspace.address}/api/")


async def refusal(call: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as caught:
        await call
    return dict(caught.value.response.data)


async def error(call: Any) -> str:
    return (await refusal(call))["error"]


async def test_tokens_are_checked(workspace: Workspace, client: AsyncWebClient) -> None:
    base = f"{workspace.address}/api/"
    assert await error(AsyncWebClient(base_url=base).auth_test()) == "not_authed"
    assert await error(AsyncWebClient(token="xoxb-wrong", base_url=base).auth_test()) == "invalid_auth"
    assert await error(client.apps_connections_open(app_token=workspace.bot_token)) == "not_allowed_token_type"
    assert await error(client.api_call("chat.sing")) == "unknown_method"
    who = await client.auth_test()
    assert (who["user_id"], who["bot_id"], who["team_id"]) == ("U0BATONBOT", "B0BATONBOT", "T0LOCALBTN")
    assert who.headers["x-oauth-scopes"].startswith("chat:write,commands,app_mentions:read,im:history")


async def test_what_was_not_granted_is_refused(workspace: Workspace, client: AsyncWebClient) -> None:
    channel = workspace.office.people.channel(CHANNEL)
    assert channel
    refused = await refusal(client.conversations_history(channel=channel["id"]))
    assert (refused["error"], refused["needed"]) == ("missing_scope", "channels:history")
    assert "im:history" in refused["provided"]
    assert await error(client.conversations_open(users=MARA)) == "missing_scope"
    assert await error(client.conversations_list()) == "missing_scope"
    assert await error(client.conversations_join(channel=channel["id"])) == "missing_scope"
    assert await error(client.reactions_add(channel=channel["id"], timestamp="1", name="eyes")) == "missing_scope"
    assert await error(client.users_lookupByEmail(email="mara@example.com")) == "missing_scope"
    assert await error(client.usergroups_list()) == "missing_scope"
    # Writing to a person needs no more than chat:write: it opens the direct message.
    posted = await client.chat_postMessage(channel=MARA, text="For you")
    assert posted["channel"].startswith("D")
    assert (await client.conversations_history(channel=posted["channel"]))["messages"][0]["text"] == "For you"
    assert (await client.users_info(user=MARA))["user"]["real_name"] == "Mara"
    assert len((await client.users_list())["members"]) == 2


async def test_a_message_needs_a_place_and_words(client: AsyncWebClient) -> None:
    assert await error(client.chat_postMessage(channel="C0NOWHERE1", text="x")) == "channel_not_found"
    assert await error(client.chat_postMessage(channel="general", text="x")) == "not_in_channel"
    assert await error(client.api_call("chat.postMessage", json={"channel": CHANNEL, "text": " "})) == "no_text"
    assert await error(client.chat_postMessage(channel=CHANNEL, text="x" * 4001)) == "msg_too_long"
    assert await error(client.chat_postMessage(channel=CHANNEL, text="a < b")) == "invalid_arguments"
    assert await error(client.chat_postMessage(channel=CHANNEL, text="x", thread_ts="1.1")) == "thread_not_found"
    bad = {"event_type": "signal"}
    assert await error(client.chat_postMessage(channel=CHANNEL, text="x", metadata=bad)) == "invalid_metadata_format"
    assert await error(client.chat_postEphemeral(channel=CHANNEL, user="U0NOBODY01", text="x")) == "user_not_in_channel"
    with pytest.raises(SlackApiError, match="missing required field: channel"):
        await client.api_call("chat.postMessage", json={"text": "x"})


async def test_blocks_over_a_limit_are_refused_with_the_reason(client: AsyncWebClient) -> None:
    long = {"type": "section", "text": {"type": "mrkdwn", "text": "s" * 3001}}
    refused = await refusal(client.chat_postMessage(channel=CHANNEL, text="x", blocks=[long]))
    assert refused["error"] == "invalid_blocks"
    assert refused["response_metadata"]["messages"] == ["[ERROR] blocks[0].text: 3001 characters, at most 3000 allowed"]
    missing = [{"type": "image", "slack_file": {"id": "F0NOTHING1"}, "alt_text": "x"}]
    assert await error(client.chat_postMessage(channel=CHANNEL, text="x", blocks=missing)) == "invalid_blocks"
    assert await error(client.chat_postMessage(channel=CHANNEL, text="x", blocks="[{")) == "invalid_blocks"
    table = {"type": "home", "blocks": [{"type": "markdown", "text": "x"}]}
    assert await error(client.views_publish(user_id=MARA, view=table)) == "invalid_blocks"


async def test_only_its_own_messages_may_be_changed(workspace: Workspace, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel=CHANNEL, text="Card", blocks=[SECTION], metadata=None)
    place = {"channel": posted["channel"], "ts": posted["ts"]}
    changed = await client.chat_update(**place, text="Approved")
    assert "blocks" not in changed["message"]
    assert await error(client.chat_update(channel=CHANNEL, ts="1.000001", text="x")) == "message_not_found"
    async with ClientSession() as http:
        said = {"user": MARA, "channel": CHANNEL, "text": "Mine"}
        async with http.post(f"{workspace.address}/control/say", json=said) as answer:
            theirs = await answer.json()
    mine = {"channel": CHANNEL, "ts": theirs["ts"]}
    assert await error(client.chat_update(**mine, text="x")) == "cant_update_message"
    assert await error(client.chat_delete(**mine)) == "cant_delete_message"
    link = await client.chat_getPermalink(channel=CHANNEL, message_ts=posted["ts"])
    assert link["permalink"].endswith(posted["ts"].replace(".", ""))
    await client.chat_delete(**place)
    assert await error(client.chat_getPermalink(channel=CHANNEL, message_ts=posted["ts"])) == "message_not_found"


async def test_the_same_client_msg_id_posts_once(client: AsyncWebClient) -> None:
    first = await client.chat_postMessage(channel=CHANNEL, text="Card", client_msg_id="c1")
    again = await client.chat_postMessage(channel=CHANNEL, text="Card, repeated", client_msg_id="c1")
    other = await client.chat_postMessage(channel=MARA, text="Card", client_msg_id="c1")
    assert again["ts"] == first["ts"]
    assert again["message"]["text"] == "Card"
    assert other["ts"] > first["ts"]


async def test_a_trigger_opens_one_modal_within_three_seconds(workspace: Workspace, client: AsyncWebClient) -> None:
    triggers = workspace.office.triggers
    trigger = triggers.issue(MARA)
    bad = {**MODAL, "title": {"type": "plain_text", "text": "t" * 25}}
    assert await error(client.views_open(trigger_id=trigger, view=bad)) == "invalid_blocks"
    opened = (await client.views_open(trigger_id=trigger, view=MODAL))["view"]
    assert await error(client.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"
    assert await error(client.views_open(trigger_id="1.2.3", view=MODAL)) == "invalid_trigger_id"
    for _ in range(2):
        await client.views_push(trigger_id=triggers.issue(MARA), view=MODAL)
    assert await error(client.views_push(trigger_id=triggers.issue(MARA), view=MODAL)) == "push_limit_reached"
    assert len(workspace.office.views.stack(MARA)) == 3
    fresh = (await client.views_update(view_id=opened["id"], view=MODAL, hash=opened["hash"]))["view"]
    assert await error(client.views_update(view_id=opened["id"], view=MODAL, hash=opened["hash"])) == "hash_conflict"
    assert fresh["hash"] != opened["hash"]
    assert await error(client.views_update(view_id="V0NOTHING1", view=MODAL)) == "not_found"
    assert await error(client.views_open(trigger_id=triggers.issue(MARA), view=HOME)) == "invalid_arguments"


def test_a_trigger_expires_after_three_seconds(clock: Clock) -> None:
    triggers = Triggers(clock=clock)
    trigger = triggers.issue(MARA)
    clock.now = 2.9
    assert triggers.exchange(trigger) == MARA
    clock.now = 3.1
    with pytest.raises(Refused, match="expired_trigger_id"):
        triggers.exchange(trigger)


async def test_app_home_keeps_to_its_hash(client: AsyncWebClient) -> None:
    first = (await client.views_publish(user_id=MARA, view=HOME))["view"]
    await client.views_publish(user_id=MARA, view=HOME, hash=first["hash"])
    assert await error(client.views_publish(user_id=MARA, view=HOME, hash=first["hash"])) == "hash_conflict"
    assert await error(client.views_publish(user_id="U0NOBODY01", view=HOME)) == "user_not_found"


async def test_a_channel_takes_about_one_message_a_second(client: AsyncWebClient, clock: Clock) -> None:
    for number in range(5):
        await client.chat_postMessage(channel=CHANNEL, text=f"Card {number}")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=CHANNEL, text="One too many")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    assert caught.value.response["error"] == "ratelimited"
    await client.chat_postMessage(channel=MARA, text="Elsewhere there is room")
    clock.now = 1
    await client.chat_postMessage(channel=CHANNEL, text="A second later")


async def test_a_patient_client_gets_through(tmp_path: Path) -> None:
    rates = Rates(post_burst=2, post_per_second=2)
    workspace = Workspace(tmp_path, [WorkspaceUser(MARA, "Mara")], [CHANNEL], rates=rates)
    client = AsyncWebClient(token=workspace.bot_token, base_url=f"{await workspace.serve()}/api/")
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=3))
    for number in range(4):
        await client.chat_postMessage(channel=CHANNEL, text=f"Card {number}")
    texts = [message["text"] for _, message in workspace.office.store.messages()]
    assert texts == ["Card 0", "Card 1", "Card 2", "Card 3"]
    await workspace.close()


async def test_a_written_answer_grows_while_it_is_written(workspace: Workspace, client: AsyncWebClient) -> None:
    asked = await client.chat_postMessage(channel=CHANNEL, text="Why?")
    place = {"channel": asked["channel"], "thread_ts": asked["ts"]}
    assert await error(client.chat_startStream(**place)) == "missing_recipient_team_id"
    stream = await client.chat_stream(**place, recipient_team_id="T0LOCALBTN", recipient_user_id=MARA, buffer_size=1)
    await stream.append(markdown_text="**Spend** ")
    await stream.append(markdown_text="rose.")
    shown = {"channel": asked["channel"], "ts": workspace.office.store.messages()[-1][1]["ts"]}
    assert await error(client.chat_update(**shown, text="Other words")) == "streaming_state_conflict"
    assert await error(client.chat_delete(**shown)) == "cant_delete_message"
    button = {"type": "button", "action_id": "more", "text": {"type": "plain_text", "text": "Ask more"}}
    await stream.stop(blocks=[{"type": "actions", "elements": [button]}])
    _, message = workspace.office.store.messages()[-1]
    assert message["text"] == "*Spend* rose."
    assert workspace.office.answered(message)["streaming_state"] == "completed"
    assert not {"streaming", "written"} & set(workspace.office.shown(asked["channel"], message))
    assert [block["type"] for block in message["blocks"]] == ["markdown", "actions"]
    late = client.chat_appendStream(channel=asked["channel"], ts=message["ts"], markdown_text="more")
    assert await error(late) == "message_not_in_streaming_state"


async def test_a_streamed_answer_begun_twice_under_one_id_is_one(workspace: Workspace, client: AsyncWebClient) -> None:
    asked = await client.chat_postMessage(channel=CHANNEL, text="Why?")
    begin = {"channel": asked["channel"], "thread_ts": asked["ts"], "client_msg_id": "a1", "markdown_text": "Spend "}
    begin |= {"recipient_team_id": "T0LOCALBTN", "recipient_user_id": MARA}
    first, again = await client.chat_startStream(**begin), await client.chat_startStream(**begin)
    posted = await client.chat_postMessage(channel=CHANNEL, thread_ts=asked["ts"], text="Spend", client_msg_id="a1")
    assert first["ts"] == again["ts"] == posted["ts"]
    await client.chat_stopStream(channel=asked["channel"], ts=first["ts"], markdown_text="rose in \\_all\\_ campaigns.")
    texts = [message["text"] for _, message in workspace.office.store.messages()]
    assert texts == ["Why?", "Spend rose in _all_ campaigns."]


async def test_an_upload_keeps_its_promises(client: AsyncWebClient) -> None:
    step = await client.files_getUploadURLExternal(filename="../cpa.png", length=3)
    async with ClientSession() as http:
        async with http.post(step["upload_url"], data=b"four") as answer:
            assert answer.status == 400
        unsent = [{"id": step["file_id"], "title": "CPA"}]
        assert await error(client.files_completeUploadExternal(files=unsent)) == "file_not_found"
        async with http.post(step["upload_url"], data=b"png") as answer:
            assert answer.status == 200
    done = await client.files_completeUploadExternal(files=unsent, channel_id=CHANNEL)
    assert (done["files"][0]["name"], done["files"][0]["title"]) == ("cpa.png", "CPA")
    assert await error(client.files_completeUploadExternal(files=unsent, channel_id="general")) == "file_not_found"


async def test_scheduled_messages_come_when_they_are_due(workspace: Workspace, client: AsyncWebClient) -> None:
    assert await error(client.chat_scheduleMessage(channel=CHANNEL, text="x", post_at=1)) == "time_in_past"
    later = await client.chat_scheduleMessage(channel=CHANNEL, text="Digest", post_at=round(time.time()) + 3600)
    assert later["scheduled_message_id"].startswith("Q")
    workspace.office.post_due(time.time() + 3500)
    assert workspace.office.store.messages() == []
    workspace.office.post_due(time.time() + 3700)
    workspace.office.post_due(time.time() + 3700)
    assert [message["text"] for _, message in workspace.office.store.messages()] == ["Digest"]


async def test_strangers_are_kept_out(workspace: Workspace) -> None:
    say = {"user": MARA, "channel": CHANNEL, "text": "x"}
    base = workspace.address
    async with ClientSession() as http:

        async def status(path: str, **headers: str) -> int:
            async with http.post(base + path, json=say, headers=headers) as answer:
                return answer.status

        assert await status("/control/say", Host="baton.example.com") == 403
        assert await status("/control/say", Origin="https://elsewhere.example.com") == 403
        assert await status("/control/say", **{"Sec-Fetch-Site": "cross-site"}) == 403
        assert await status("/control/say", Origin="null") == 403
        assert await status("/api/auth.test", Origin="https://elsewhere.example.com") == 403
        assert await status("/control/say", Origin=base) == 200
        async with http.post(f"{base}/control/say", data=say) as form:
            assert form.status == 415
        async with http.get(f"{base}/control/state", headers={"Origin": "https://elsewhere.example.com"}) as state:
            assert state.status == 403
        async with http.get(f"{base}/link/?ticket=guessed") as link:
            assert link.status == 403
        async with http.get(f"{base}/") as page:
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("call", "given", "status", "said"),
    [
        ("say", {"user": "U0NOBODY01", "channel": CHANNEL, "text": "x"}, 404, "there is no user 'U0NOBODY01'"),
        ("say", {"user": MARA, "channel": "sales", "text": "x"}, 404, "there is no channel 'sales'"),
        ("say", {"user": MARA, "channel": CHANNEL, "text": " "}, 400, "text is empty"),
        (
            "say",
            {"user": MARA, "channel": CHANNEL, "text": "x", "thread_ts": "1.1"},
            400,
            "there is no message '1.1' in that channel",
        ),
        (
            "click",
            {"user": MARA, "channel": CHANNEL, "ts": "1.1", "action_id": "go"},
            400,
            "there is no message '1.1' in that channel",
        ),
        ("click", {"user": MARA, "channel": CHANNEL, "ts": "1.1"}, 400, "action_id is missing"),
        ("submit", {"user": MARA, "view_id": "V1", "values": {}}, 400, "Mara does not have the view 'V1' on top"),
        ("clock", {"days": 7}, 404, "there is no demo company here"),
        ("clock", {"days": "7"}, 400, "days must be a whole number from 1 to 400"),
        (
            "fault",
            {"method": "chat.update", "kind": "503"},
            400,
            "kind must be one of 429, 500, timeout, applied_then_lost",
        ),
        (
            "fault",
            {"method": "chat.update", "kind": "500", "times": 0},
            400,
            "times must be a whole number from 1 to 1000",
        ),
        ("open", {"user": MARA, "with": "U0OLA00001"}, 400, "direct messages are with the app only"),
    ],
)
async def test_what_people_cannot_do_is_said_clearly(
    workspace: Workspace, call: str, given: dict[str, Any], status: int, said: str
) -> None:
    async with ClientSession() as http, http.post(f"{workspace.address}/control/{call}", json=given) as answer:
        assert (answer.status, await answer.json()) == (status, {"error": said})


async def test_the_workspace_listens_on_this_machine_only(workspace: Workspace, tmp_path: Path) -> None:
    other = Workspace(tmp_path / "other", [], [CHANNEL])
    with pytest.raises(ConfigurationError, match=r"listens on this machine only, not on 0\.0\.0\.0"):
        await other.serve("0.0.0.0")
    port = int(workspace.address.rpartition(":")[2])
    with pytest.raises(StartupError, match=f"cannot listen on port {port}"):
        await other.serve(port=port)
    await other.close()
