"""What is for another workspace goes there, by its token and in its ids, and mentions nobody it would mix up."""

from datetime import date
from typing import Any

import pytest

from bot.address import addressed
from bot.blocks import Message, section
from bot.board import SlackBoard
from bot.client import ASTRAY, NOT_INSTALLED, Call, SlackClient
from bot.fields import person
from bot.people import holders, name_of
from bot.private import said
from bot.slack import Place, Slack, SlackRefused
from domain.errors import NotYours, SlackUnavailable
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.figures import SUMMARY
from tests.bot.samples import CASE, MARA, SHIFT, SIG
from tests.bot.two_workspaces import AGENCY, JUNE, LOOK_ALIKE, STRANGE, Tokens, by_token, client, runner, send, tokens

__all__ = ["client", "runner", "send", "tokens"]


async def test_what_is_posted_elsewhere_goes_there_and_is_remembered_as_being_there(
    client: SlackClient, slack: FakeSlack
):
    shown = Message("Hello", (section("Hello"),))
    place = await Slack(client).post(f"{AGENCY}/C0THEIRS01", shown)
    await Slack(client).edit(place, shown)
    await Slack(client).post("C0SIGNALS01", shown)
    assert place.channel == f"{AGENCY}/C0THEIRS01"
    assert [one["channel"] for one in slack.calls("chat.postMessage")] == ["C0THEIRS01", "C0SIGNALS01"]
    assert by_token(slack, "chat.postMessage") == ["xoxb-agency", "xoxb-home"]
    assert by_token(slack, "chat.update") == ["xoxb-agency"]


def test_an_answer_is_streamed_where_it_was_asked_to_whoever_asked_wherever_they_are():
    recipient = {"recipient_user_id": "U0JUNE0001", "recipient_team_id": AGENCY}
    for place, team, local in ((f"{AGENCY}/D0DIRECT01", AGENCY, "D0DIRECT01"), ("C0SHARED01", "", "C0SHARED01")):
        call = addressed([{"channel": place, **recipient}], str)
        assert (call.team, call.arguments) == (team, ({"channel": local, **recipient},))


async def test_nobody_is_mentioned_whom_a_workspace_would_take_for_somebody_else(client: SlackClient, slack: FakeSlack):
    words = f"<@{MARA}> and <@{JUNE}> and <@{STRANGE}/U0GONE00001>"
    for channel in ("C0SIGNALS01", f"{AGENCY}/C0THEIRS01"):
        await Slack(client).post(channel, Message(words, (section(words),)))
    at_home, there = slack.calls("chat.postMessage")
    assert at_home["text"] == at_home["blocks"][0]["text"]["text"]
    assert at_home["text"] == f"<@{MARA}> and June Ray and {STRANGE}/U0GONE00001"
    assert there["text"] == f"Mara Lindt and <@U0JUNE0001> and {STRANGE}/U0GONE00001"


async def test_whatever_is_asked_of_slack_about_another_workspace_is_asked_there(client: SlackClient, slack: FakeSlack):
    there, june = Place(f"{AGENCY}/C0THEIRS01", "1.2"), f"{AGENCY}/U0JUNE0001"
    asked, view = Slack(client), {"type": "home", "blocks": [section("Hello")]}
    await asked.pin(there)
    await asked.whisper(there.channel, june, "Only for you")
    await asked.publish_home(june, view)
    await asked.replies(there.channel, there.ts)
    await asked.suggest(there.channel, there.ts, "Ask", {"CTR": "how is CTR?"})
    await asked.set_status(there.channel, there.ts, "is looking")
    assert {token for _, token in slack.tokens} == {"xoxb-agency"}
    said = [{name: value for name, value in sent.items() if isinstance(value, str)} for _, sent in slack.sent]
    assert len(said) == 6
    assert not any(AGENCY in value for sent in said for value in sent.values())


async def test_a_call_about_two_workspaces_goes_to_neither(client: SlackClient, slack: FakeSlack):
    with pytest.raises(SlackRefused) as refused:
        await Slack(client).whisper("C0SIGNALS01", JUNE, "Only for you")
    assert refused.value.code == ASTRAY
    with pytest.raises(SlackRefused):
        await Slack(client).post("t0agency01/C0THEIRS01", Message("Hello", ()))
    assert slack.sent == []


async def test_without_an_installation_nothing_leaves_and_whoever_listens_hears_why(
    client: SlackClient, slack: FakeSlack, tokens: Tokens
):
    heard: list[Call] = []
    client.heard = heard.append
    tokens.given.clear()
    with pytest.raises(SlackRefused) as refused:
        await Slack(client).post(JUNE, Message("Hello", ()))
    assert refused.value.code == NOT_INSTALLED
    assert heard == [Call("chat.postMessage", JUNE, NOT_INSTALLED, team=AGENCY)]
    assert slack.sent == []


async def test_a_file_for_another_workspace_is_stored_there(client: SlackClient, slack: FakeSlack):
    heard: list[Call] = []
    client.heard = heard.append
    await Slack(client).upload("chart.png", b"png", "CTR", "CTR fell", place=f"{AGENCY}/C0THEIRS01")
    assert set(by_token(slack, "files.completeUploadExternal")) == {"xoxb-agency"}
    assert {one.team for one in heard} == {AGENCY}
    await Slack(client).upload("chart.png", b"png", "CTR", "CTR fell")
    assert by_token(slack, "files.completeUploadExternal")[-1] == "xoxb-home"


async def test_a_card_in_another_workspace_has_its_chart_and_its_edits_there(
    client: SlackClient, slack: FakeSlack, runner: FakeRunner
):
    theirs = runner.model.routes.model_copy(update={"channel": f"{AGENCY}/C0THEIRS01"})
    runner.model = runner.model.model_copy(update={"routes": theirs})
    board = SlackBoard(runner, client)  # type: ignore[arg-type]
    await board.show(SIG)
    runner.put(CASE.model_copy(update={"is_open": False}))
    await board.show(SIG)
    assert {post.channel for post in (await runner.posts(SIG)).values()} == {f"{AGENCY}/C0THEIRS01"}
    assert {token for _, token in slack.tokens} == {"xoxb-agency"}
    assert slack.calls("chat.update")
    assert all(key.endswith(f"/{AGENCY}") for key in runner.files)


async def test_a_weekly_page_is_stored_once_in_each_workspace_it_is_read_in(
    client: SlackClient, slack: FakeSlack, runner: FakeRunner
):
    board = SlackBoard(runner, client)  # type: ignore[arg-type]
    for who in (MARA, JUNE, LOOK_ALIKE):
        assert await board.tell_week(who, date(2026, 3, 9), SUMMARY)
    assert by_token(slack, "files.completeUploadExternal") == ["xoxb-home", "xoxb-agency"]


async def test_a_reminder_reaches_whoever_is_elsewhere_directly_and_the_others_in_the_thread(
    client: SlackClient, slack: FakeSlack, runner: FakeRunner, tokens: Tokens
):
    board = SlackBoard(runner, client)  # type: ignore[arg-type]
    await board.show(SIG)
    slack.sent.clear()
    for _ in range(2):
        await board.remind(SIG, SHIFT, "reminder", (MARA, JUNE))
    in_thread, direct = slack.calls("chat.postMessage")
    assert f"<@{MARA}> June Ray" in in_thread["text"]
    assert (direct["channel"], "<@U0JUNE0001>" in direct["text"]) == ("U0JUNE0001", True)
    await board.nudge(SIG, JUNE, "2026-03-16")
    assert [sent["channel"] for sent in slack.calls("chat.postMessage")][2:] == ["C0SIGNALS01", "U0JUNE0001"]
    tokens.given.clear()
    await board.remind(SIG, SHIFT, "escalation", (MARA, JUNE))
    assert len(slack.calls("chat.postMessage")) == 5, "the thread is told all the same"


async def test_without_an_installation_a_digest_is_sent_later_and_not_taken_as_read(
    client: SlackClient, runner: FakeRunner, tokens: Tokens
):
    tokens.given.clear()
    with pytest.raises(SlackUnavailable):
        await SlackBoard(runner, client).tell_week(JUNE, date(2026, 3, 9), SUMMARY)  # type: ignore[arg-type]


def test_somebody_elsewhere_is_changed_by_their_written_id_as_slack_does_not_offer_them():
    assert person("slack", "In Slack", JUNE)["element"]["initial_value"] == JUNE
    assert person("slack", "In Slack", MARA)["element"]["initial_user"] == MARA


async def test_a_form_proposes_nobody_whom_its_workspace_does_not_know(client: SlackClient, slack: FakeSlack):
    def form() -> dict[str, Any]:
        def asking(block: str, user: str) -> dict[str, Any]:
            chosen = {"type": "users_select", "action_id": block, "initial_user": user}
            return {
                "type": "input",
                "block_id": block,
                "label": {"type": "plain_text", "text": "Who"},
                "element": chosen,
            }

        title = {"type": "plain_text", "text": "Who"}
        blocks = [asking("a", MARA), asking("b", JUNE)]
        return {"type": "modal", "title": title, "submit": title, "blocks": blocks}

    await Slack(client).open_modal(f"{AGENCY}/1.2.3", form())
    await Slack(client).open_modal("1.2.3", form())
    first = [
        [block["element"].get("initial_user") for block in sent["view"]["blocks"]] for sent in slack.calls("views.open")
    ]
    assert first == [[None, "U0JUNE0001"], [MARA, None]]


async def test_a_refusal_names_the_right_one_of_two_with_the_same_id(runner: FakeRunner):
    words = said(NotYours(f"{MARA} and {LOOK_ALIKE} and {STRANGE}/{MARA}, E0ORG00001/{MARA}, <@{JUNE}>."), runner.model)
    assert words == f"Mara Lindt and Other Mara and {STRANGE}/{MARA}, E0ORG00001/{MARA}, June Ray."


def test_a_role_held_in_two_workspaces_is_written_with_both_names(runner: FakeRunner):
    assert holders("media_lead", runner.model) == "Mara Lindt and June Ray"
    assert name_of(JUNE, runner.model) == "June Ray"
    assert "<@" not in name_of(f"{STRANGE}/{MARA}", runner.model)
