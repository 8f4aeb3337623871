"""People and an unmodified bolt app in the local workspace: messages, presses, modals, commands, App Home, files."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.small_bot import CHANNEL, MARA, OLA, Company, button, company_in


@pytest.fixture
async def company(tmp_path: Path) -> AsyncIterator[Company]:
    async for one in company_in(tmp_path):
        yield one


async def test_a_card_is_shown_to_the_channel_with_its_buttons(company: Company) -> None:
    channel, ts = await company.card()
    state = await company.state()
    (message,) = state["messages"]
    assert (message["channel"], message["ts"], message["thread_ts"], message["edited"]) == (channel, ts, None, None)
    assert message["blocks"][1]["elements"][0]["action_id"] == "approve"
    assert {"id": MARA, "name": "Mara", "roles": ["media_lead"], "is_bot": False} in state["users"]
    assert MARA in next(one for one in state["channels"] if one["name"] == CHANNEL)["members"]
    assert state["app"]["connected"] == 1


async def test_the_owner_presses_and_the_card_changes_in_place(company: Company) -> None:
    channel, ts = await company.card()
    answer = await company.do("click", user=MARA, channel=channel, ts=ts, action_id="approve", value="prop_1:1")
    assert answer["acked"] is True
    assert answer["after_ms"] < 600
    assert "ephemeral" not in answer
    (message,) = (await company.state())["messages"]
    assert message["text"] == "Approved by Mara"
    assert message["edited"]["user"] == "U0BATONBOT"
    body = company.heard[0]
    assert body["user"]["id"] == MARA
    assert body["container"]["message_ts"] == ts == body["message"]["ts"]
    assert body["actions"][0].items() >= {"action_id": "approve", "block_id": "decide", "value": "prop_1:1"}.items()
    assert body["actions"][0]["action_ts"] > ts


async def test_a_press_from_a_screen_that_lags_behind_still_reaches_the_app(company: Company) -> None:
    channel, ts = await company.card()
    await company.do("click", user=MARA, channel=channel, ts=ts, action_id="approve", value="prop_1:1")
    late = await company.do("click", user=OLA, channel=channel, ts=ts, action_id="approve", value="prop_1:1")
    never = await company.do("click", user=OLA, channel=channel, ts=ts, action_id="approve", value="prop_9:1")
    assert late["acked"]
    assert "error" in never


async def test_the_wrong_person_is_told_privately(company: Company) -> None:
    channel, ts = await company.card()
    answer = await company.do("click", user=OLA, channel=channel, ts=ts, action_id="approve")
    assert answer["ephemeral"] == "Only Mara may approve this."
    assert (await company.state(MARA))["ephemerals"] == []
    (whisper,) = (await company.state(OLA))["ephemerals"]
    assert (whisper["user"], whisper["text"]) == (OLA, "Only Mara may approve this.")


async def test_an_override_asks_for_a_reason_until_it_is_good(company: Company) -> None:
    channel, ts = await company.card()
    view = (await company.do("click", user=MARA, channel=channel, ts=ts, action_id="override"))["view"]
    assert view["title"]["text"] == "Override"

    async def submit(**values: Any) -> dict[str, Any]:
        return await company.do("submit", user=MARA, view_id=view["id"], values=values)

    required = "Please complete this required field."
    assert (await submit())["errors"] == {"amount": required, "why": required}
    assert (await submit(to="lots", reason="x"))["errors"] == {
        "amount": "Please enter a number.",
        "why": "Please enter at least 3 characters.",
    }
    assert (await submit(to=2000, reason="more"))["errors"] == {"amount": "Please enter a number of at most 1000."}
    assert company.heard == []  # Slack's own client caught all of these.
    assert (await submit(to=450.5, reason="because"))["errors"] == {"why": "Say more than that."}
    shown = await submit(amount={"to": "450.50"}, why={"reason": "show me"})
    assert shown["view"]["submit"] is None
    assert (await company.state())["views"][MARA][0]["id"] == view["id"]
    values = company.heard[-1]["view"]["state"]["values"]
    assert values == {
        "amount": {"to": {"type": "number_input", "value": "450.50"}},
        "why": {"reason": {"type": "plain_text_input", "value": "show me"}},
    }
    assert company.heard[-1]["view"]["private_metadata"] == "prop_1:1"


async def test_a_submitted_modal_closes_and_a_dismissed_one_tells_the_app(company: Company) -> None:
    channel, ts = await company.card()
    press = {"user": MARA, "channel": channel, "ts": ts, "action_id": "override"}
    view = (await company.do("click", **press))["view"]
    done = await company.do("submit", user=MARA, view_id=view["id"], values={"to": "5", "reason": "holiday"})
    assert done["closed"] is True
    assert (await company.state())["views"] == {}
    view = (await company.do("click", **press))["view"]
    assert (await company.do("close", user=MARA, view_id=view["id"])) == {"closed": True}
    assert (await company.heard_of("view_closed"))["view"]["id"] == view["id"]
    again = await company.do("submit", user=MARA, view_id=view["id"], values={})
    assert "does not have the view" in again["error"]


async def test_a_submission_may_lead_to_a_next_modal_and_clear_them_all(company: Company) -> None:
    channel, ts = await company.card()
    first = (await company.do("click", user=MARA, channel=channel, ts=ts, action_id="override"))["view"]

    async def submit(view: dict[str, Any], reason: str) -> dict[str, Any]:
        return await company.do("submit", user=MARA, view_id=view["id"], values={"to": "5", "reason": reason})

    second = (await submit(first, "next step"))["view"]
    assert (second["root_view_id"], second["previous_view_id"]) == (first["id"], first["id"])
    third = (await submit(second, "next step"))["view"]
    assert "push_limit_reached" in (await submit(third, "next step"))["warning"]
    assert "25 characters, at most 24 allowed" in (await submit(third, "too much"))["warning"]
    assert len((await company.state(MARA))["views"][MARA]) == 3
    assert (await submit(third, "just this one"))["view"]["id"] == second["id"]
    assert (await submit(second, "all done"))["closed"] is True
    assert (await company.state(MARA))["views"] == {}


async def test_a_press_the_app_never_acknowledges_says_so(company: Company) -> None:
    posted = await company.client.chat_postMessage(
        channel=CHANNEL, text="x", blocks=[{"type": "actions", "elements": [button("Hm", "silent")]}]
    )
    answer = await company.do("click", user=MARA, channel=posted["channel"], ts=posted["ts"], action_id="silent")
    assert answer["acked"] is False
    assert answer["after_ms"] >= 590
    assert "did not answer in time" in answer["warning"]


async def test_a_slash_command_is_answered_privately(company: Company) -> None:
    answer = await company.do("command", user=MARA, channel="general", command="/baton", text="status")
    assert (answer["acked"], answer["ephemeral"]) == (True, "mara asks for status")
    assert company.heard[0]["channel_name"] == "general"
    unknown = await company.do("command", user=MARA, channel="general", command="/oboe", text="")
    assert unknown == {"error": "/oboe is not a command here; there is /baton"}


async def test_app_home_shows_what_the_app_publishes(company: Company) -> None:
    answer = await company.do("home", user=MARA)
    assert answer["blocks"][0]["text"]["text"] == "Nothing waits for you."
    assert answer["view"]["id"] == answer["id"]
    async with company.http.get(f"{company.workspace.address}/control/home", params={"user": MARA}) as kept:
        assert (await kept.json())["view"]["id"] == answer["id"]
    assert company.heard[0]["tab"] == "home"
    assert "view" not in company.heard[0]
    await company.do("home", user=MARA)
    assert company.heard[1]["view"]["id"] == answer["id"]


async def test_a_mention_is_answered_in_its_thread(company: Company) -> None:
    said = await company.do("say", user=MARA, channel=CHANNEL, text="@Baton why is 5 < 7?")
    event = await company.heard_of("app_mention")
    assert event["text"] == "<@U0BATONBOT> why is 5 &lt; 7?"
    await asyncio.sleep(0.1)
    reply = (await company.state())["messages"][-1]
    assert (reply["text"], reply["thread_ts"]) == ("On it.", said["ts"])
    assert (await company.state())["messages"][0]["reply_count"] == 1


async def test_a_direct_message_is_answered_and_its_history_can_be_read(company: Company) -> None:
    said = await company.do("say", user=MARA, channel="@Baton", text="How are we doing?")
    assert (await company.heard_of("message"))["channel_type"] == "im"
    await asyncio.sleep(0.1)
    history = await company.client.conversations_history(channel=said["channel"])
    assert [message["text"] for message in history["messages"]] == ["You wrote: How are we doing?", "How are we doing?"]
    state = await company.state(MARA)
    assert state["unread"][said["channel"]] == 1
    read = await company.do("read", user=MARA, channel=said["channel"], ts=state["messages"][-1]["ts"])
    assert read["unread"][said["channel"]] == 0
    assert said["channel"] not in {channel["id"] for channel in (await company.state(OLA))["channels"]}


async def test_a_chart_is_uploaded_into_the_thread_and_can_be_seen(company: Company) -> None:
    channel, ts = await company.card()
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 64
    uploaded = await company.client.files_upload_v2(
        channel=channel, thread_ts=ts, filename="cpa.png", title="CPA per day", content=picture, initial_comment="Chart"
    )
    message = (await company.state())["messages"][-1]
    assert (message["text"], message["thread_ts"], message["files"][0]["title"]) == ("Chart", ts, "CPA per day")
    async with company.http.get(uploaded["files"][0]["url_private"]) as seen:
        assert (seen.content_type, await seen.read()) == ("image/png", picture)
        assert seen.headers["X-Content-Type-Options"] == "nosniff"
    image = {"type": "image", "slack_file": {"id": uploaded["files"][0]["id"]}, "alt_text": "CPA per day"}
    await company.client.chat_postMessage(channel=channel, text="Chart", blocks=[image])


async def test_an_assistant_thread_starts_with_prompts(tmp_path: Path) -> None:
    scopes = ("chat:write", "im:history", "assistant:write")
    async for company in company_in(tmp_path, scopes=scopes):
        opened = await company.do("open", user=MARA, **{"with": "U0BATONBOT"})
        await company.heard_of("assistant_thread_started")
        await asyncio.sleep(0.2)
        (thread,) = (await company.state(MARA))["threads"]
        assert (thread["thread_ts"], thread["title"], thread["status"]) == (
            opened["thread_ts"],
            "Questions",
            "is looking",
        )
        assert thread["prompts"] == [{"title": "Spend", "message": "What did we spend?"}]


async def test_the_page_hears_what_happens(company: Company) -> None:
    async with company.http.get(f"{company.workspace.address}/control/stream", params={"user": OLA}) as stream:
        first = json.loads((await stream.content.readline())[6:])
        assert first == {"type": "connection", "connected": 1}
        channel, ts = await company.card()
        await company.do("click", user=OLA, channel=channel, ts=ts, action_id="approve")
        kinds = []
        while "ephemeral" not in kinds:
            line = await asyncio.wait_for(stream.content.readline(), 3)
            if line.startswith(b"data: "):
                kinds.append(json.loads(line[6:])["type"])
        assert kinds == ["message", "ephemeral"]


async def test_a_response_address_works_five_times(company: Company) -> None:
    channel, ts = await company.card()
    await company.do("click", user=OLA, channel=channel, ts=ts, action_id="approve")
    address = company.heard[0]["response_url"]
    for use in range(2, 6):
        async with company.http.post(address, json={"text": f"Again {use}"}) as answer:
            assert answer.status == 200
    async with company.http.post(address, json={"text": "Once more"}) as answer:
        assert (answer.status, (await answer.json())["error"]) == (404, "used_url")
    assert len((await company.state(OLA))["ephemerals"]) == 5
