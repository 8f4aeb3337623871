"""Presses, modals, commands and messages, through the real bolt app and a Slack on loopback."""

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot import names
from bot.board import SlackBoard
from bot.listeners import connect
from bot.words import NO_BREAK
from domain.errors import MarketingError, SourceUnavailable
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import ADA, CASE, CLEO, EVE, MARA, REFRESH, SHIFT, SIG

CHANNEL, BATON = "C0SIGNALS01", "U0BATON0001"
_numbers = itertools.count(1)


@pytest.fixture
def app(runner: FakeRunner, client: AsyncWebClient) -> AsyncApp:
    return connect(runner, client)


@pytest.fixture
async def send(app: AsyncApp) -> Callable[[dict[str, Any]], Awaitable[Any]]:
    """Deliver a payload as a socket would; answers with bolt's response and waits for what follows the ack."""

    async def deliver(payload: dict[str, Any]) -> Any:
        before = asyncio.all_tasks()
        response = await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=payload))
        while rest := asyncio.all_tasks() - before - {asyncio.current_task()}:
            await asyncio.wait(rest, timeout=10)
        return response

    return deliver


def team() -> dict[str, Any]:
    return {"team": {"id": "T1", "domain": "nordlicht"}, "api_app_id": "A1", "token": "t"}


def press(slack: FakeSlack, action: str, user: str, value: str = f"{SHIFT}:1") -> dict[str, Any]:
    return {
        "type": "block_actions",
        **team(),
        "user": {"id": user, "username": "x", "team_id": "T1"},
        "trigger_id": f"12.34.{next(_numbers)}",
        "response_url": f"{slack.address}/response",
        "container": {"type": "message", "message_ts": "1.1", "channel_id": CHANNEL, "is_ephemeral": False},
        "channel": {"id": CHANNEL, "name": "marketing-signals"},
        "message": {"ts": "1.1", "type": "message"},
        "actions": [{"type": "button", "action_id": action, "block_id": SHIFT, "value": value, "action_ts": "1.2"}],
    }


def picked(slack: FakeSlack, value: str, user: str) -> dict[str, Any]:
    """An entry of the menu beside the buttons was chosen."""
    made = press(slack, names.MORE, user)
    option = {"text": {"type": "plain_text", "text": "Ask a question…"}, "value": value}
    made["actions"] = [{"type": "overflow", "action_id": names.MORE, "block_id": SHIFT, "selected_option": option}]
    return made


def press_at_home(action: str, user: str, value: str = f"{SHIFT}:1") -> dict[str, Any]:
    return {
        "type": "block_actions",
        **team(),
        "user": {"id": user},
        "trigger_id": f"12.34.{next(_numbers)}",
        "container": {"type": "view", "view_id": "V1"},
        "view": {"id": "V1", "type": "home", "callback_id": ""},
        "actions": [{"type": "button", "action_id": action, "block_id": SHIFT, "value": value, "action_ts": "1.2"}],
    }


def submission(view: dict[str, Any], user: str, **typed: Any) -> dict[str, Any]:
    """The submission of a modal as it was opened, with its prefilled inputs changed as typed."""
    values: dict[str, Any] = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            held = {"type": element["type"], "value": element.get("initial_value")}
            if element["type"] == "radio_buttons":
                held = {"type": element["type"], "selected_option": element["initial_option"]}
            values[block["block_id"]] = {element["action_id"]: held}
    for block, value in typed.items():
        values[block][block].update({"selected_option": {"value": value}} if block == names.UNTIL else {"value": value})
    sent = {**view, "id": "V2", "state": {"values": values}, "hash": "1", "team_id": "T1"}
    return {"type": "view_submission", **team(), "user": {"id": user}, "view": sent, "trigger_id": "1.2.3"}


def event(kind: str, **more: Any) -> dict[str, Any]:
    sent = {"type": kind, "user": MARA, "channel": CHANNEL, "ts": f"1773480700.{next(_numbers):06d}", **more}
    return {
        "type": "event_callback",
        "team_id": "T1",
        "api_app_id": "A1",
        "event_id": f"Ev{next(_numbers)}",
        "event": sent,
        "authorizations": [{"team_id": "T1", "user_id": BATON, "is_bot": True}],
    }


def command(slack: FakeSlack, text: str, user: str = MARA) -> dict[str, Any]:
    return {
        "command": "/baton",
        "text": text,
        "user_id": user,
        "team_id": "T1",
        "channel_id": CHANNEL,
        "response_url": f"{slack.address}/response",
        "trigger_id": "1.2.3",
        "api_app_id": "A1",
        "token": "t",
    }


async def opened(send: Any, slack: FakeSlack, action: str, user: str, value: str = f"{SHIFT}:1") -> dict[str, Any]:
    """The modal a press opens."""
    await send(press(slack, action, user, value))
    return slack.calls("views.open")[-1]["view"]


def said(slack: FakeSlack) -> str:
    return json.dumps(slack.responses[-1], ensure_ascii=False).replace(NO_BREAK, " ")


class TestApprove:
    async def test_the_owner_approves_and_the_card_says_so_at_once(self, send, runner, slack, client):
        await SlackBoard(runner, client).show(SIG)
        response = await send(press(slack, names.APPROVE, MARA))

        assert response.status == 200
        assert runner.calls == [("approved", SHIFT, MARA)]
        edit = slack.calls("chat.update")[-1]
        assert "Approved by Mara Lindt" in str(edit["blocks"])
        assert f"'block_id': '{SHIFT}'" not in str(edit["blocks"])
        assert slack.responses == []

    async def test_the_wrong_person_is_told_why_and_nobody_else_hears_it(self, send, runner, slack):
        await send(press(slack, names.APPROVE, EVE))
        assert runner.calls == []
        assert "Only the media lead may decide this" in said(slack)
        assert slack.responses[-1]["response_type"] == "ephemeral"
        assert slack.responses[-1]["replace_original"] is False

    async def test_the_second_press_is_told_who_decided(self, send, runner, slack):
        await send(press(slack, names.APPROVE, MARA))
        await send(press(slack, names.APPROVE, MARA))
        assert len(runner.calls) == 1
        assert "Mara Lindt decided this on 14 March" in said(slack)

    async def test_a_stale_card_is_said_so_and_drawn_anew(self, send, runner, slack, client):
        await SlackBoard(runner, client).show(SIG)
        await send(press(slack, names.APPROVE, MARA, f"{SHIFT}:7"))
        assert "has changed since" in said(slack)
        assert len(slack.calls("chat.update")) == 1

    async def test_a_button_of_another_age_is_answered_too(self, send, slack):
        await send(press(slack, names.APPROVE, MARA, "approve"))
        assert "older version" in said(slack)

    async def test_the_database_being_down_leaves_the_press_unacknowledged(self, send, runner, slack):
        runner.failure = RuntimeError("connection refused")
        response = await send(press(slack, names.APPROVE, MARA))
        assert response is None or response.status == 500
        assert "Sorry" in said(slack)
        assert "connection refused" not in said(slack)

    async def test_at_home_the_inbox_is_drawn_anew(self, send, runner, slack):
        await send(press_at_home(names.APPROVE, MARA))
        view = slack.calls("views.publish")[-1]["view"]
        assert "Nothing waits for you, Mara Lindt." in str(view)
        assert "Approved by Mara Lindt" in str(view)

    async def test_at_home_a_refusal_opens_a_private_note(self, send, slack):
        await send(press_at_home(names.APPROVE, EVE))
        assert "Only the media lead" in str(slack.calls("views.open")[-1]["view"])


class TestOverride:
    async def test_the_form_shows_the_values_and_keeps_what_was_decided(self, send, runner, slack):
        view = await opened(send, slack, names.OVERRIDE, MARA)
        amount = next(block for block in view["blocks"] if block.get("block_id") == "amount")
        assert amount["label"]["text"] == "Amount to move per day (EUR)"
        assert amount["element"]["initial_value"] == "50.00"

        sent = submission(view, MARA, amount="30.00", reason="Brand search is almost sold out")
        response = await send(sent)
        assert response.body == ""
        assert runner.calls[0] == ("override", SHIFT, {"amount": "30.00"}, "Brand search is almost sold out")

    async def test_a_reason_is_required(self, send, runner, slack):
        view = await opened(send, slack, names.OVERRIDE, MARA)
        response = await send(submission(view, MARA, reason="   "))
        assert json.loads(response.body)["errors"] == {"reason": "Please give a reason in a few words."}
        assert runner.calls == []

    async def test_a_value_that_is_not_allowed_is_said_at_its_field(self, send, runner, slack):
        view = await opened(send, slack, names.OVERRIDE, MARA)
        response = await send(submission(view, MARA, amount="a lot", reason="Because we can"))
        errors = json.loads(response.body)["errors"]
        assert errors == {"amount": "“a lot” is not an amount. Type a number such as 30.00."}

    async def test_being_second_is_said_inside_the_form(self, send, runner, slack):
        view = await opened(send, slack, names.OVERRIDE, MARA)
        await runner.approve(SHIFT, 1, MARA)
        response = await send(submission(view, MARA, reason="Because we can"))
        body = json.loads(response.body)
        assert body["response_action"] == "update"
        assert "Mara Lindt decided this" in str(body["view"])

    async def test_the_wrong_person_gets_no_form(self, send, slack):
        await send(press(slack, names.OVERRIDE, EVE))
        assert slack.calls("views.open") == []
        assert "Only the media lead" in said(slack)

    async def test_when_reading_takes_long_the_form_opens_first_and_fills_later(self, send, runner, slack):
        runner.delay = 1.5
        await send(press(slack, names.OVERRIDE, MARA))
        assert "One moment" in str(slack.calls("views.open")[-1]["view"])
        assert slack.calls("views.update")[-1]["view"]["callback_id"] == names.OVERRIDE_FORM

    async def test_a_press_too_old_to_open_a_form_is_answered(self, send, slack):
        slack.refuse("views.open", "expired_trigger_id")
        await send(press(slack, names.OVERRIDE, MARA))
        assert "expired_trigger_id" in said(slack)


class TestRejectSnoozeAsk:
    async def test_a_rejection_needs_and_keeps_its_reason(self, send, runner, slack):
        view = await opened(send, slack, names.REJECT, MARA)
        assert (await send(submission(view, MARA, reason="no"))).body != ""
        await send(submission(view, MARA, reason="Stock is short"))
        assert runner.cases[SIG].proposals[1].decision.reason == "Stock is short"

    async def test_a_snooze_lasts_as_long_as_chosen(self, send, runner, slack):
        view = await opened(send, slack, names.SNOOZE, MARA)
        await send(submission(view, MARA, until="72"))
        decision = runner.cases[SIG].proposals[1].decision
        assert (decision.until - decision.at).total_seconds() == 72 * 3600

    @pytest.mark.parametrize("chosen", [names.SNOOZE, names.ASK])
    async def test_the_menu_does_what_the_button_of_the_same_name_does(self, send, slack, chosen):
        by_button = await opened(send, slack, chosen, MARA)
        await send(picked(slack, f"{chosen}:{SHIFT}:1", MARA))
        assert slack.calls("views.open")[-1]["view"] == by_button

    @pytest.mark.parametrize("value", ["", "x", f"{names.APPROVE}:{SHIFT}:1", f"{names.ASK}:", names.SNOOZE, "::"])
    async def test_what_no_entry_of_the_menu_carries_opens_nothing_and_says_so(self, send, runner, slack, value):
        await send(picked(slack, value, MARA))
        assert slack.calls("views.open") == []
        assert "older version of Baton" in str(slack.responses or slack.calls("chat.postEphemeral"))
        assert runner.cases[SIG] == CASE

    async def test_anybody_may_ask_and_the_answer_goes_to_the_cards_thread(self, send, runner, slack, client):
        await SlackBoard(runner, client).show(SIG)
        view = await opened(send, slack, names.ASK, EVE, f"{REFRESH}:1")
        await send(submission(view, EVE, question="How sure are you?"))

        assert runner.asked == [("How sure are you?", EVE, SIG)]
        post = slack.calls("chat.postMessage")[-1]
        assert post["thread_ts"] == runner.kept[SIG][f"{SIG}/card"].ts
        assert "Eve Stone" in str(post["blocks"])
        assert "Source: ad_report, 9 March to 14 March, platform=meta" in str(post["blocks"])

    async def test_without_a_card_the_answer_comes_as_a_direct_message(self, send, slack):
        view = await opened(send, slack, names.ASK, EVE)
        await send(submission(view, EVE, question="How sure are you?"))
        assert slack.calls("chat.postMessage")[-1]["channel"] == EVE


class TestConversation:
    async def test_a_mention_is_answered_in_its_thread(self, send, runner, slack):
        sent = event("app_mention", text=f"<@{BATON}> why did CTR fall &amp; when?")
        await send(sent)
        assert runner.asked == [("why did CTR fall & when?", MARA, None)]
        assert slack.calls("chat.postMessage")[-1]["thread_ts"] == sent["event"]["ts"]

    async def test_in_a_cards_thread_the_question_is_about_that_signal(self, send, runner, slack, client):
        await SlackBoard(runner, client).show(SIG)
        ts = runner.kept[SIG][f"{SIG}/card"].ts
        await send(event("app_mention", text=f"<@{BATON}> who approved it?", thread_ts=ts))
        assert runner.asked == [("who approved it?", MARA, SIG)]

    async def test_an_event_delivered_twice_is_answered_once(self, send, runner):
        sent = event("app_mention", text="hello there")
        await send(sent)
        await send(sent)
        await send({**sent, "event_id": "EvOther"})
        assert len(runner.asked) == 1

    async def test_bots_and_edits_are_not_answered(self, send, runner, slack):
        await send(event("message", channel_type="im", bot_id="B1", text="hi"))
        await send(event("message", channel_type="im", user=BATON, text="hi"))
        await send(event("message", channel_type="im", subtype="message_changed", text="hi"))
        await send(event("message", channel_type="channel", text="hi"))
        assert runner.asked == []
        assert slack.calls("chat.postMessage") == []

    async def test_a_direct_message_is_answered_and_a_missing_scope_is_no_reason_not_to(self, send, runner, slack):
        slack.refuse("assistant.threads.setStatus", "missing_scope")
        for text in ("what changed?", "and on Meta?"):
            await send(event("message", channel="D1", channel_type="im", text=text, thread_ts="1.0"))
        assert [question for question, _, _ in runner.asked] == ["what changed?", "and on Meta?"]
        assert len(slack.calls("assistant.threads.setStatus")) == 1

    async def test_an_empty_mention_is_told_what_to_ask(self, send, runner, slack):
        await send(event("app_mention", text=f"<@{BATON}>"))
        assert "/baton help" in slack.calls("chat.postMessage")[-1]["text"]

    async def test_what_cannot_be_answered_is_said_and_why(self, send, runner, slack):
        runner.failure = SourceUnavailable("warehouse", "it is being rebuilt")
        await send(event("app_mention", text="what changed?"))
        assert "warehouse gave no data: it is being rebuilt" in slack.calls("chat.postMessage")[-1]["text"]

    async def test_a_failure_is_apologised_for_in_private_with_a_number(self, send, runner, slack, caplog):
        runner.failure = RuntimeError("secret detail")
        await send(event("app_mention", text="what changed?"))
        words = slack.calls("chat.postEphemeral")[-1]
        assert words["user"] == MARA
        number = words["text"].split("*")[1]
        assert number in caplog.text
        assert "secret" not in words["text"]

    async def test_the_assistant_pane_suggests_prompts_or_does_without(self, send, slack):
        opened = {"assistant_thread": {"user_id": MARA, "channel_id": "D1", "thread_ts": "1.0", "context": {}}}
        await send(event("assistant_thread_started", **opened))
        assert len(slack.calls("assistant.threads.setSuggestedPrompts")[0]["prompts"]) == 4
        slack.refuse("assistant.threads.setSuggestedPrompts", "missing_scope")
        assert (await send(event("assistant_thread_started", **opened))).status == 200


class TestHomeAndCommand:
    async def test_opening_home_shows_what_waits_for_me(self, send, slack):
        await send(event("app_home_opened", user=CLEO, tab="home"))
        published = slack.calls("views.publish")[-1]
        assert published["user_id"] == CLEO
        assert "1 decision* waits for you, Cleo Okafor" in str(published["view"])
        assert REFRESH in str(published["view"])
        assert SHIFT not in str(published["view"])

    async def test_somebody_without_decisions_reads_that_nothing_waits(self, send, slack):
        await send(event("app_home_opened", user=ADA, tab="home"))
        assert "Nothing waits for you, Ada Moreau." in str(slack.calls("views.publish")[-1]["view"])

    @pytest.mark.parametrize(
        ("typed", "answer"),
        [
            ("", "It never acts without"),
            ("help", "/baton pending"),
            ("status", "ad_report: up to 14 March, 2,304 rows"),
            ("pending", "For you, with buttons in App Home"),
            ("signal trail shoe", "Approve"),
            ("signal", "€118 a day at stake"),
            ("signal unicorn", "No signal is called “unicorn”"),
            ("summary last week for Meta", "+€1,240* [€310, €2,170] from 1 effect (n = 1)"),
            ("ask why did CTR fall?", "0.84 %"),
            ("ask", "What do you want to know?"),
            ("statsu", "Did you mean `/baton status`?"),
            ("<!channel>", "I don't know “&lt;!channel&gt;”"),
        ],
    )
    async def test_the_command_answers_in_private(self, send, slack, typed, answer):
        response = await send(command(slack, typed))
        assert response.status == 200
        assert answer in said(slack)
        assert slack.responses[-1]["response_type"] == "ephemeral"

    async def test_a_failing_command_says_what_is_wrong(self, send, runner, slack):
        runner.failure = MarketingError("The data of today is not there yet.")
        await send(command(slack, "ask what changed?"))
        assert "The data of today is not there yet." in said(slack)

    async def test_a_decision_on_a_private_card_replaces_that_card(self, send, slack):
        sent = press(slack, names.APPROVE, MARA)
        sent["container"]["is_ephemeral"] = True
        await send(sent)
        assert slack.responses[-1]["replace_original"] is True
        assert "Approved by Mara Lindt" in said(slack)
