"""Answers read while they are written: the same answer, once, whatever Slack can do and whenever it fails."""

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workspace.methods.streams import read_back
from bot.allowance import Allowance
from bot.answer import answer, closing, streamed
from bot.blocks import Message, section
from bot.client import SlackClient
from bot.conversation import Conversation
from bot.markdown import markdown
from bot.slack import Reader, Slack
from bot.stream import ANSWERS, INTERRUPTED, LIFE_SECONDS, Asked, Streams, Told
from bot.words import escape
from domain.case import Answer, Post
from domain.errors import DatabaseSilent, SlackUnavailable
from tests.bot.samples import MARA

FOUND = Answer(
    question="What is open?",
    text="2 signals are open:\n• *Ridge line video* on Meta wears out\n• DACH runs out of budget\nCards show more.",
)
ONCE = "2f0c5b1e-7d6c-4c5e-9a51-000000000001"
STARTED, APPENDED, STOPPED = "chat.startStream", "chat.appendStream", "chat.stopStream"


def asked(ts: str = "1773480600.000100", *, is_direct: bool = True) -> Asked:
    return Asked("D1" if is_direct else "C1", ts, ts, Reader(MARA, "T1"), is_direct, ONCE)


async def spoken(found: Answer = FOUND) -> AsyncGenerator[str | Told]:
    for piece in streamed(found):
        yield piece
    yield Told(answer(found, answer_id=ONCE), closing(found, ONCE))


async def partner(team: str) -> str:
    return f"xoxb-{team}"


@pytest.fixture
def slack_streams(slack) -> Any:
    slack.streams = True
    return slack


@pytest.fixture
def streams(runner, client, slack_streams) -> Streams:
    waited: list[float] = []

    async def at_once(seconds: float) -> None:
        waited.append(seconds)

    made = Streams(runner, Slack(client), clock=lambda: 1773480600.0, sleep=at_once)
    made.waited = waited  # type: ignore[attr-defined]
    return made


def shown(slack: Any) -> list[dict[str, Any]]:
    return list(slack.messages.values())


def whole(message: dict[str, Any]) -> str:
    """What a message says in the end, whichever way it came."""
    blocks = [part for part in message["blocks"] if part["type"] == "section"]
    return "\n".join(part["text"]["text"] for part in blocks) or read_back(message["markdown_text"])


async def test_an_answer_is_read_while_it_is_written(streams, slack):
    await streams.tell(asked(), spoken())
    (started,), (appended,), (stopped,) = map(slack.calls, (STARTED, APPENDED, STOPPED))
    assert started["markdown_text"] == "2 signals are open:  \n"
    assert started["thread_ts"] == "1773480600.000100"
    assert (started["recipient_user_id"], started["recipient_team_id"]) == (MARA, "T1")
    assert appended["markdown_text"].startswith("- **Ridge line video** on Meta")
    assert [block["type"] for block in stopped["blocks"]] == ["context_actions"]
    assert slack.calls("chat.postMessage") == slack.calls("chat.update") == []
    (message,) = shown(slack)
    assert whole(message) == FOUND.text.replace("budget\nCards", "budget\n\nCards")


async def test_nothing_is_left_to_be_remembered_of_an_answer_that_was_given(streams, runner):
    await streams.tell(asked(), spoken())
    assert runner.kept[ANSWERS] == {}


@pytest.mark.parametrize("code", ["unknown_method", "missing_scope", "not_allowed", "feature_not_enabled"])
async def test_where_slack_streams_nothing_an_answer_is_one_message_and_slack_is_asked_once(streams, slack, code):
    slack.refuse(STARTED, code)
    await streams.tell(asked(), spoken())
    await streams.tell(asked("1773480601.000100"), spoken())
    await streams.tell(asked("1773480602.000100", is_direct=False), spoken())
    assert len(slack.calls(STARTED)) == 1
    assert [len(slack.calls(name)) for name in (APPENDED, STOPPED)] == [0, 0]
    assert {whole(message) for message in shown(slack)} == {FOUND.text}


async def test_what_a_kind_of_channel_refuses_is_still_done_elsewhere(streams, slack):
    slack.refuse(STARTED, "channel_type_not_supported")
    await streams.tell(asked("1773480600.000100", is_direct=False), spoken())
    await streams.tell(asked("1773480601.000100", is_direct=False), spoken())
    assert len(slack.calls(STARTED)) == 1
    await streams.tell(asked("1773480602.000100"), spoken())
    assert len(slack.calls(STOPPED)) == 1


async def test_what_one_workspace_lacks_another_may_have(runner, slack_streams):
    slack = slack_streams
    client = SlackClient(token="xoxb-home", base_url=f"{slack.address}/api/", timeout=5)
    client.token_of = partner
    streams = Streams(runner, Slack(client))
    slack.refuse(STARTED, "missing_scope")
    there = replace(asked("1773480600.000100", is_direct=False), channel="T0PARTNER1/C0SHARED001")
    await streams.tell(there, spoken())
    await streams.tell(replace(there, ts="1773480601.000100"), spoken())
    assert len(slack.calls(STARTED)) == 1
    await streams.tell(asked("1773480602.000100"), spoken())
    assert len(slack.calls(STOPPED)) == 1


async def test_a_channel_whose_workspace_is_not_known_gets_one_message(streams, slack):
    unknown = Asked("C1", "1773480600.000100", "1773480600.000100", Reader(MARA, ""), False, ONCE)
    await streams.tell(unknown, spoken())
    assert slack.calls(STARTED) == []
    assert len(slack.calls("chat.postMessage")) == 1


@pytest.mark.parametrize("failing", [STARTED, APPENDED, STOPPED])
@pytest.mark.parametrize("how", ["lost", "429", "internal_error", "500", "message_not_in_streaming_state"])
async def test_however_a_stream_breaks_there_is_one_answer_and_it_is_whole(streams, slack, runner, failing, how):
    slack.refuse(failing, how)
    await streams.tell(asked(), spoken())
    (message,) = shown(slack)
    assert whole(message).replace("\n\n", "\n") == FOUND.text
    assert message["blocks"][-1]["type"] == "context_actions"
    assert not message.get("grows")
    assert runner.kept[ANSWERS] == {}


async def test_words_that_may_have_arrived_are_not_sent_again(streams, slack):
    slack.refuse(APPENDED, "lost")
    await streams.tell(asked(), spoken())
    assert len(slack.calls(APPENDED)) == 1


async def test_a_stream_that_cannot_be_ended_is_ended_later(streams, slack, runner):
    slack.refuse(STOPPED, *["internal_error"] * 3)
    await streams.tell(asked(), spoken())
    (message,) = shown(slack)
    assert whole(message) == FOUND.text
    assert streams.waited == [0.0, 2.0, 8.0]
    assert runner.kept[ANSWERS] == {}


async def test_a_message_slack_says_is_still_growing_is_tried_again(streams, slack, runner):
    slack.refuse(STOPPED, *["messaging_processing_failed"] * 2)
    await streams.tell(asked(), spoken())
    (message,) = shown(slack)
    assert whole(message) == FOUND.text
    assert streams.waited == [0.0, 2.0]
    assert runner.kept[ANSWERS] == {}


async def test_words_slack_has_no_time_for_come_with_the_end_and_nothing_is_edited(streams, slack):
    slack.refuse(APPENDED, "429")
    await streams.tell(asked(), spoken())
    assert slack.calls("chat.update") == []
    (stopped,) = slack.calls(STOPPED)
    assert stopped["markdown_text"].startswith("- **Ridge line video**")


async def test_a_reader_who_had_enough_is_left_alone(streams, slack, runner):
    slack.refuse(APPENDED, "stopped_by_user")
    await streams.tell(asked(), spoken())
    assert slack.calls("chat.update") == slack.calls(STOPPED) == slack.calls("chat.postMessage") == []
    assert runner.kept[ANSWERS] == {}


async def test_an_answer_whose_process_died_says_that_it_was_interrupted(streams, slack, runner):
    async def killed() -> AsyncGenerator[str | Told]:
        yield "CTR of Meta was "
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await streams.tell(asked(), killed())
    streams._clock = lambda: 1773480600.0 + LIFE_SECONDS - 1
    await streams.tend()
    assert shown(slack)[0]["grows"], "somebody may still be writing"
    streams._clock = lambda: 1773480600.0 + LIFE_SECONDS + 1
    await streams.tend()
    (message,) = shown(slack)
    assert whole(message) == INTERRUPTED.text
    assert runner.kept[ANSWERS] == {}


async def test_a_question_that_comes_again_after_its_process_died_is_answered_where_the_answer_was_begun(
    streams, slack, runner
):
    async def killed() -> AsyncGenerator[str | Told]:
        yield "2 signals are "
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await streams.tell(asked(), killed())
    await streams.tell(asked(), spoken())
    (message,) = shown(slack)
    assert whole(message) == FOUND.text
    assert runner.kept[ANSWERS] == {}


async def test_a_process_that_died_before_it_heard_from_slack_leaves_no_second_answer(streams, slack, runner, client):
    held = asked()
    await Slack(client).start_stream(held.channel, held.thread_ts, "2 signals", held.reader, once=ONCE)
    await runner.posted(ANSWERS, Post(key=held.key, channel=held.channel, ts="", digest=""))
    await streams.tell(held, spoken())
    (message,) = shown(slack)
    assert whole(message) == FOUND.text


async def test_what_goes_wrong_while_it_is_said_is_said_in_its_place_and_told_further(streams, slack):
    async def broken() -> AsyncGenerator[str | Told]:
        yield "CTR of Meta was "
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await streams.tell(asked(), broken())
    (message,) = shown(slack)
    assert whole(message) == INTERRUPTED.text


async def test_an_answer_taken_back_half_said_is_replaced(streams, slack):
    async def doubtful() -> AsyncGenerator[str | Told]:
        yield "CTR of Meta was "
        yield Told(Message("I could not answer that.", (section("I could not answer that."),)), None)

    await streams.tell(asked(), doubtful())
    (message,) = shown(slack)
    assert whole(message) == "I could not answer that."


async def test_words_that_come_faster_than_slack_takes_them_go_together(streams, slack):
    words = [f"word{number} " for number in range(200)]

    async def tokens() -> AsyncGenerator[str | Told]:
        for word in words:
            yield word
        yield Told(Message("…", (section("…"),)), ())

    await streams.tell(asked(), tokens())
    assert len(slack.calls(APPENDED)) < 10
    (message,) = shown(slack)
    assert message["markdown_text"] == "".join(words)


async def test_too_many_answers_in_a_minute_come_in_one_piece(streams, slack):
    for second in range(17):
        await streams.tell(asked(f"17734806{second:02d}.000100"), spoken())
    assert len(slack.calls(STARTED)) == 15
    assert len(slack.calls("chat.postMessage")) == 2


async def test_looking_for_what_was_left_goes_on_when_the_database_was_silent(streams, runner, monkeypatch, caplog):
    looks: list[int] = []

    async def posts(_: str) -> dict[str, Post]:
        looks.append(1)
        if len(looks) == 3:
            raise KeyboardInterrupt
        raise DatabaseSilent

    monkeypatch.setattr(runner, "posts", posts)
    with pytest.raises(KeyboardInterrupt):
        await streams.watch()
    assert len(looks) == 3
    assert "left half written" in caplog.text


async def test_what_cannot_be_noted_is_not_streamed(streams, slack, runner, monkeypatch):
    async def silent(*_: object) -> None:
        raise DatabaseSilent

    monkeypatch.setattr(runner, "posted", silent)
    await streams.tell(asked(), spoken())
    assert slack.calls(STARTED) == []
    assert len(slack.calls("chat.postMessage")) == 1


async def test_an_answer_slack_does_not_take_at_all_is_no_answer(streams, slack):
    slack.refuse(STARTED, "429")
    slack.refuse("chat.postMessage", "internal_error")
    with pytest.raises(SlackUnavailable):
        await streams.tell(asked(), spoken())


async def test_a_question_in_a_channel_says_that_it_is_looked_into_and_is_answered_live(runner, client, slack_streams):
    talk = Conversation(runner, Slack(client))
    event = {"type": "app_mention", "channel": "C1", "user": MARA, "text": "What is open?", "ts": "1773480600.000100"}
    await talk.mentioned(event | {"team": "T1"}, {"event_id": "Ev1", "team_id": "T1"})
    names = [name for name, _ in slack_streams.sent]
    assert names[0] == "assistant.threads.setStatus"
    assert slack_streams.calls(names[0])[0]["status"].startswith("is looking into")
    assert names[-1] == STOPPED
    assert "chat.postMessage" not in names


async def test_a_status_that_nobody_will_answer_is_taken_back(runner, client, slack, monkeypatch):
    async def broken(*_: object, **__: object) -> Answer:
        raise ZeroDivisionError

    monkeypatch.setattr(runner, "ask", broken)
    event = {"type": "message", "channel": "D1", "channel_type": "im", "user": MARA, "text": "Why?", "ts": "1.0"}
    with pytest.raises(ZeroDivisionError):
        await Conversation(runner, Slack(client)).message(event, {})
    assert [sent["status"] for sent in slack.calls("assistant.threads.setStatus")] == [
        "is looking into your question…",
        "",
    ]


def test_an_allowance_fills_again():
    now = [0.0]
    allowance = Allowance(60, 2, clock=lambda: now[0])
    assert [allowance.take() for _ in range(3)] == [True, True, False]
    now[0] = 1.0
    assert [allowance.take() for _ in range(2)] == [True, False]
    now[0] = 100.0
    allowance.use_up()
    assert not allowance.take()


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("*Meta* rose", "**Meta** rose"),
        ("3 * 4 * 5", r"3 \* 4 \* 5"),
        ("Winter_Sale_2026 and _this_", r"Winter_Sale_2026 and \_this\_"),
        ("# 1 campaign", r"\# 1 campaign"),
        ("[x](https://example.com)", r"\[x\](https://example.com)"),
        ("one\ntwo\n\nthree", "one  \ntwo\n\nthree"),
        ("• one\n• two\nthree", "- one\n- two\n\nthree"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("a &lt;@U1&gt; b", "a &lt;@U1&gt; b"),
    ],
)
def test_our_own_words_in_markdown(text: str, made: str):
    assert markdown(text) == made


@given(st.text(alphabet="ab *_`~[]#>-+=|.1•\n<&\\", max_size=60))
def test_markdown_shows_the_words_and_nothing_else(text: str):
    said = escape(text)
    bold_or_not = said.replace("*", "").split()
    assert read_back(markdown(said)).replace("*", "").split() == bold_or_not


@given(st.lists(st.text(alphabet="ab* \n•", max_size=20), min_size=1, max_size=5))
def test_the_pieces_of_an_answer_are_the_answer(parts: list[str]):
    found = Answer(question="?", text="\n".join(parts))
    told = "".join(streamed(found))
    assert (
        read_back(told).replace("*", "").split()
        == (escape(found.text).strip() or "I have no answer.").replace("*", "").split()
    )
    assert json.dumps(told)
