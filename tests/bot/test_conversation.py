"""Talking with Baton: threads, direct messages, command words, prompts."""

from datetime import date

import polars as pl
import pytest

from agents.answering import answer
from bot.conversation import Conversation, _command
from bot.earlier import MOST_QUESTIONS, SPELL_SECONDS, Earlier
from bot.prompts import BY_ROLE, EVERYBODY, MOST, prompts_for
from bot.slack import Slack
from domain.case import Answer
from domain.errors import SlackUnavailable
from tests.agents.phrasings import company
from tests.agents.phrasings.past import LESSONS, cases
from tests.bot.samples import CLEO, EVE, MARA


@pytest.fixture
def talk(runner, client) -> Conversation:
    return Conversation(runner, Slack(client))


def written(text: str, ts: str, thread_ts: str = "", user: str = MARA, **more: str) -> dict[str, str]:
    event = {"type": "message", "channel": "D1", "channel_type": "im", "user": user, "text": text, "ts": ts, **more}
    return event | ({"thread_ts": thread_ts} if thread_ts else {})


async def test_a_question_in_a_thread_comes_with_those_before_it(talk, runner):
    await talk.message(written("CTR on Meta last week?", "1.0"), {})
    await talk.message(written("and on Google?", "2.0", "1.0"), {})
    await talk.message(written("why?", "3.0", "1.0"), {})
    assert runner.earlier == [(), ("CTR on Meta last week?",), ("CTR on Meta last week?", "and on Google?")]


async def test_another_thread_knows_nothing_of_it(talk, runner):
    await talk.message(written("CTR on Meta last week?", "1.0"), {})
    await talk.message(written("What is open?", "5.0", "4.0"), {})
    assert runner.earlier[-1] == ()


async def test_outside_threads_a_direct_message_adds_to_the_one_before_only_where_it_says_so(talk, runner):
    await talk.message(written("CTR on Meta last week?", "1.0"), {})
    await talk.message(written("and on Google?", "2.0"), {})
    await talk.message(written("How much did we spend yesterday?", "3.0"), {})
    assert runner.earlier == [(), ("CTR on Meta last week?",), ()]


async def test_what_was_asked_long_ago_is_not_meant(client):
    seconds = iter([0.0, SPELL_SECONDS + 1])
    earlier = Earlier(Slack(client), str, lambda: next(seconds))
    earlier.keep("D1", "", "CTR on Meta last week?")
    assert earlier.just_now("D1") == ()


async def test_after_a_restart_a_direct_messages_thread_is_read_from_slack(talk, runner, slack, monkeypatch):
    thread = [
        {"user": MARA, "text": "CTR on Meta last week?", "ts": "1.0"},
        {"user": "U0BATON0001", "bot_id": "B0BATON0001", "text": "CTR of Meta was 1.31 %", "ts": "1.1"},
        {"user": MARA, "text": "and on Google?", "ts": "2.0"},
    ]
    answered = slack._answer
    monkeypatch.setattr(
        slack,
        "_answer",
        lambda method, sent: {"messages": thread} if method == "conversations.replies" else answered(method, sent),
    )
    await talk.message(written("and on Google?", "2.0", "1.0"), {})
    assert runner.earlier == [("CTR on Meta last week?",)]


async def test_a_thread_that_cannot_be_read_is_answered_all_the_same(talk, runner, slack):
    slack.refuse("conversations.replies", "missing_scope")
    await talk.message(written("and on Google?", "2.0", "1.0"), {})
    assert runner.earlier == [()]
    assert runner.asked[0][0] == "and on Google?"


async def test_only_the_last_questions_of_a_thread_are_kept(client):
    earlier = Earlier(Slack(client), str)
    for number in range(MOST_QUESTIONS + 3):
        earlier.keep("D1", "1.0", f"question {number}")
    held = await earlier.of("D1", "1.0", "99.0", direct=True)
    assert held == tuple(f"question {number}" for number in range(3, MOST_QUESTIONS + 3))


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("pending", "pending"),
        ("Help", "Help"),
        ("/baton status", "status"),
        ("baton pending", "pending"),
        ("summary last week for Meta", "summary last week for Meta"),
        ("signal trail shoe", "signal trail shoe"),
        ("ask CTR on Meta", "ask CTR on Meta"),
        ("pending for Jonas", ""),
        ("help me understand the CPA", ""),
        ("status of the landing page fix", ""),
        ("signal on Meta, why?", ""),
        ("stop everything because it burns", ""),
        ("CTR on Meta", ""),
    ],
)
def test_a_command_word_is_one_where_nothing_else_is_meant(typed: str, command: str):
    assert _command(typed) == command


async def test_a_direct_message_understands_command_words(talk, runner, slack):
    await talk.message(written("pending", "1.0"), {})
    await talk.message(written("help", "2.0"), {})
    assert runner.asked == []
    pending, usage = (one["text"] for one in slack.calls("chat.postMessage"))
    assert "decision" in pending
    assert "never acts without the owner's approval" in usage


async def test_in_a_channel_the_same_word_is_a_question(talk, runner):
    await talk.mentioned(written("pending", "1.0", channel_type="channel"), {})
    assert runner.asked == [("pending", MARA, None)]


async def test_a_direct_message_stops_nothing(talk, runner):
    await talk.message(written("stop everything because it burns", "1.0"), {})
    assert runner.asked == [("stop everything because it burns", MARA, None)]
    assert runner.calls == []


def test_everybody_is_offered_what_waits_for_them_first_and_what_their_role_asks():
    for person in company.MODEL.people:
        offered = prompts_for(person.slack, company.MODEL)
        assert 1 <= len(offered) <= MOST
        assert next(iter(offered.values())) == EVERYBODY["What waits for me?"]
        for role in person.roles:
            assert set(offered.values()) & set(BY_ROLE[role].values())
    assert list(prompts_for("U0NOBODY01", company.MODEL).values()) == list(EVERYBODY.values())


@pytest.mark.parametrize("person", company.MODEL.people, ids=lambda person: person.name)
def test_every_prompt_offered_has_an_answer(person):
    for question in prompts_for(person.slack, company.MODEL).values():
        told = answer(question, company.readings(), cases(), LESSONS, company.MODEL, company.TODAY, person.slack, ())
        assert told.known, f"{question}: {told.text}"


async def test_prompts_are_those_of_who_opened_the_pane(talk, slack, runner):
    opened = {"assistant_thread": {"user_id": CLEO, "channel_id": "D1", "thread_ts": "1.0", "context": {}}}
    await talk.pane_opened(opened)
    offered = slack.calls("assistant.threads.setSuggestedPrompts")[0]["prompts"]
    assert [one["message"] for one in offered] == list(prompts_for(CLEO, runner.model).values())


async def test_a_stranger_in_the_pane_is_offered_what_anybody_may_ask(talk, slack):
    await talk.pane_opened({"assistant_thread": {"user_id": EVE, "channel_id": "D1", "thread_ts": "1.0"}})
    assert len(slack.calls("assistant.threads.setSuggestedPrompts")[0]["prompts"]) == MOST


def charted() -> Answer:
    told = answer(
        "CPM trend on Google since January", company.readings(), cases(), LESSONS, company.MODEL, company.TODAY, MARA
    )
    assert told.chart
    return told


async def test_a_course_is_shown_as_a_picture_once_however_often_it_is_asked(talk, runner, slack, monkeypatch):
    async def ask(*_: object, **__: object) -> Answer:
        return charted()

    monkeypatch.setattr(runner, "ask", ask)
    await talk.message(written("CPM trend on Google since January", "1.0"), {})
    await talk.message(written("CPM trend on Google since January", "2.0"), {})
    first, second = slack.calls("chat.postMessage")
    (image,) = (block for block in first["blocks"] if block["type"] == "image")
    assert "CPM of Google by day from 1 January to 14 March" in image["alt_text"]
    assert image in second["blocks"]
    assert len(slack.uploads) == 1
    assert slack.uploads[0].startswith(b"\x89PNG")


async def test_an_answer_whose_picture_slack_refuses_is_given_in_words(talk, runner, slack, monkeypatch):
    async def ask(*_: object, **__: object) -> Answer:
        return charted()

    monkeypatch.setattr(runner, "ask", ask)
    slack.refuse("files.getUploadURLExternal", "missing_scope")
    await talk.message(written("CPM trend on Google since January", "1.0"), {})
    (said,) = slack.calls("chat.postMessage")
    assert "CPM of Google is rising" in said["text"]
    assert "image" not in {block["type"] for block in said["blocks"]}


def test_a_chart_holds_the_figures_of_its_days():
    chart = charted().chart
    assert chart
    (series,) = chart.series
    assert (series.days[0], series.days[-1]) == (date(2026, 1, 1), company.TODAY)
    frame = (
        company.readings()
        .tables["ad_report"]
        .filter((pl.col("platform") == "google") & (pl.col("date_day") == company.TODAY))
    )
    assert series.observed[-1] == pytest.approx(frame["spend"].sum() * 1000 / frame["impressions"].sum())
    assert chart.since > series.days[-1], "no incident is marked"


async def test_slack_being_away_is_no_reason_not_to_know_the_thread(client, slack):
    slack.refuse("conversations.replies", "internal_error")
    with pytest.raises(SlackUnavailable):
        await Slack(client).replies("D1", "1.0")
    slack.refuse("conversations.replies", "internal_error")
    assert await Earlier(Slack(client), str).of("D1", "1.0", "2.0", direct=True) == ()
