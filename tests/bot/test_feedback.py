"""Helpful or not: the buttons under an answer, through the real bolt app."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest

from bot.answer import answer
from bot.board import SlackBoard
from bot.feedback import feedback
from bot.forms import Forms
from bot.listeners import connect
from bot.modals import Origin
from bot.names import QUESTION, RATE
from bot.redraw import Redraw
from bot.slack import Slack
from domain.case import Answer
from tests.bot.samples import MARA, SIG

ANSWER = "0a1b2c3d-0000-5000-8000-000000000001"
GIVEN = Answer(question="CTR on Meta?", text="CTR of Meta was *1.31 %*.")


@pytest.fixture
def rate(runner, client, slack) -> Callable[..., Awaitable[Any]]:
    app = connect(runner, client)

    async def press(value: str, user: str = MARA) -> Any:
        payload = {
            "type": "block_actions",
            "team": {"id": "T1"},
            "user": {"id": user, "team_id": "T1"},
            "channel": {"id": "D1"},
            "trigger_id": "1.2.3",
            "response_url": f"{slack.address}/response",
            "container": {"type": "message", "message_ts": "1.1", "channel_id": "D1"},
            "actions": [{"type": "feedback_buttons", "action_id": RATE, "value": value, "action_ts": "1.2"}],
        }
        before = asyncio.all_tasks()
        response = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=payload))
        while rest := asyncio.all_tasks() - before - {asyncio.current_task()}:
            await asyncio.wait(rest, timeout=10)
        return response

    return press


def buttons(answer_id: str = ANSWER) -> dict[str, Any]:
    (pressed,) = feedback(answer_id)["elements"]  # type: ignore[misc]
    return pressed


def test_an_answer_asks_whether_it_helped_only_where_it_can_be_found_again():
    assert answer(GIVEN, answer_id=ANSWER).blocks[-1]["type"] == "context_actions"
    assert "context_actions" not in {block["type"] for block in answer(GIVEN).blocks}


@pytest.mark.parametrize(("side", "helpful"), [("positive_button", True), ("negative_button", False)])
async def test_a_press_is_recorded_and_thanked_for_in_private(rate, runner, slack, side: str, helpful: bool):
    assert (await rate(buttons()[side]["value"])).status == 200
    assert runner.calls == [("rate", ANSWER, MARA, helpful)]
    (said,) = slack.responses
    assert said["response_type"] == "ephemeral"
    assert "noted as helpful" in said["text"] if helpful else "not helpful" in said["text"]


async def test_who_is_not_in_the_operating_model_is_told_so(rate, slack):
    await rate(buttons()["positive_button"]["value"], "U0STRANGE1")
    assert "not among the people" in slack.responses[0]["text"]


@pytest.mark.parametrize("value", ["", "nonsense", f"{ANSWER}/maybe", "a b/helpful", f"{'x' * 65}/helpful"])
async def test_a_forged_value_records_nothing(rate, runner, value: str):
    assert (await rate(value)).status == 200
    assert runner.calls == []


async def test_what_was_asked_in_a_form_is_answered_with_the_same_buttons(runner, client, slack):
    async def acked(**_: object) -> None: ...

    view = {
        "id": "V1",
        "private_metadata": Origin(proposal_id="prop_1", version=1, signal_id=SIG).model_dump_json(),
        "state": {"values": {QUESTION: {"typed": {"value": "How sure are you?"}}}},
    }
    forms = Forms(runner, Slack(client), Redraw(runner, Slack(client), SlackBoard(runner, client)))
    for _ in range(2):
        await forms.ask(acked, {"user": {"id": MARA}}, view)  # type: ignore[arg-type]
    first, again = (sent["blocks"][-1] for sent in slack.calls("chat.postMessage"))
    assert first["type"] == "context_actions"
    assert first == again, "the same form sent twice is one answer"
