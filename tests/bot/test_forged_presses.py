"""Presses no button of ours would send: each is answered, none decides anything."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import names
from bot.listeners import connect
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import EVE, MARA, SHIFT
from tests.bot.test_listeners import press, send, submission

__all__ = ["send"]

Send = Callable[[dict[str, Any]], Awaitable[Any]]


@pytest.fixture
def app(runner: FakeRunner, client: AsyncWebClient) -> AsyncApp:
    return connect(runner, client)


@pytest.mark.parametrize(
    "value",
    ["", ":", SHIFT, f"{SHIFT}:", f"{SHIFT}:-1", f"{SHIFT}:0", f"{SHIFT}:1e9", f"{SHIFT}:١", f"{SHIFT}:{'9' * 5000}",
     f"{SHIFT}:2", "prop_unknown00000:1", "'; DROP TABLE decision; --:1", "x" * 2000 + ":1", "\0:1"],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
@pytest.mark.parametrize("action", [names.APPROVE, names.OVERRIDE, names.REJECT, names.SNOOZE, names.ASK])
async def test_a_forged_value_decides_nothing(
    runner: FakeRunner, slack: FakeSlack, send: Send, action: str, value: str
):
    response = await send(press(slack, action, MARA, value))
    assert response.status == 200
    assert [call for call in runner.calls if call[0] in {"approved", "overridden", "rejected", "snoozed"}] == []


@pytest.mark.parametrize("user", [EVE, "U0UNKNOWN9", "", "baton", "B0BATON0001", "USLACKBOT"])
async def test_a_stranger_decides_nothing_and_is_told_alone(
    runner: FakeRunner, slack: FakeSlack, send: Send, user: str
):
    await send(press(slack, names.APPROVE, user))
    assert runner.calls == []
    assert [said["response_type"] for said in slack.responses] == ["ephemeral"]
    assert slack.calls("chat.postMessage") == []


@pytest.mark.parametrize(
    "metadata",
    ["", "{}", "null", "[]", "not json", '{"proposal_id": 1, "version": "x", "signal_id": null}',
     json.dumps({"proposal_id": "prop_unknown00000", "version": 1, "signal_id": "sig_unknown00000"}),
     json.dumps({"proposal_id": SHIFT, "version": -1, "signal_id": "sig_unknown00000"}),
     json.dumps({"proposal_id": SHIFT, "version": 10**30, "signal_id": "x"})],
    ids=lambda value: repr(value)[:30],
)  # fmt: skip
async def test_a_form_with_another_memory_decides_nothing(
    runner: FakeRunner, slack: FakeSlack, send: Send, metadata: str
):
    await send(press(slack, names.REJECT, MARA))
    view = slack.calls("views.open")[-1]["view"] | {"private_metadata": metadata}
    response = await send(submission(view, MARA, reason="because it is forged"))
    assert response.status == 200
    assert json.loads(response.body)["response_action"] == "update"
    assert runner.calls == []


async def test_a_form_sent_twice_decides_once(runner: FakeRunner, slack: FakeSlack, send: Send):
    await send(press(slack, names.REJECT, MARA))
    sent = submission(slack.calls("views.open")[-1]["view"], MARA, reason="not in the sale")
    await send(sent)
    again = await send(sent)
    assert [call[0] for call in runner.calls] == ["rejected"]
    assert "Not possible" in again.body


async def test_a_press_from_another_message_speaks_of_the_proposal_it_names_only(
    runner: FakeRunner, slack: FakeSlack, send: Send
):
    forged = press(slack, names.APPROVE, EVE)
    forged |= {"channel": {"id": "C0ELSEWHERE"}, "message": {"ts": "9.9", "text": "Approved by Mara"}}
    await send(forged)
    assert runner.calls == []
    assert [sent for method, sent in slack.sent if method == "chat.update" and sent["ts"] == "9.9"] == []
