"""Whoever comes from another workspace is who they are there: heard where they are named, and never somebody else."""

import itertools
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from bot import names
from bot.client import SlackClient
from bot.directory import SlackDirectory
from bot.door import malformed
from bot.sender import placed, sender_of
from bot.slack import Slack
from bot.strangers import NOT_HERE
from domain.slack_id import SlackId
from tests.bot import test_listeners as payloads
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import MARA, SHIFT
from tests.bot.two_workspaces import (
    AGENCY,
    HOME,
    JUNE,
    LOOK_ALIKE,
    STRANGE,
    Send,
    Tokens,
    by_token,
    client,
    of,
    runner,
    send,
    tokens,
    told,
)

__all__ = ["client", "runner", "send", "tokens"]


ids = st.sampled_from([MARA, "U0JUNE0001", "W0ANYBODY1", "", "U", "T0AGENCY01/U0JUNE0001", "u0mara0001", "U0MARA0001 "])
places = st.sampled_from([HOME, AGENCY, STRANGE, "E0ORG00001", "", None, "t1", 5])


@given(ids, places, places, places, places, st.booleans())
def test_nobody_becomes_somebody_of_home_unless_every_workspace_slack_names_for_them_is_home(
    user: str, written: Any, source: Any, of_event: Any, through: Any, shared: bool
):
    event = {"type": "message", "user": user, "user_team": written, "source_team": source, "team": of_event}
    body = {"event": event, "authorizations": [{"team_id": through}], "is_ext_shared_channel": shared}
    who = sender_of(body).seen_from(HOME)
    named = {one for one in (written, source, of_event) if isinstance(one, str) and one}
    assert who is None or who.is_person
    if who is not None and not who.team:
        assert who.local == user
        assert named == {HOME} or (not named and not shared and through == HOME)
    if who is not None and who.team:
        assert named <= {who.team}


@given(ids, places, places, places)
def test_a_press_is_of_the_workspace_of_whoever_pressed_not_of_the_one_the_card_is_in(
    user: str, theirs: Any, where: Any, of_body: Any
):
    body = {"type": "block_actions", "user": {"id": user, "team_id": theirs}, "team": {"id": where}, "team_id": of_body}
    who = sender_of(body).seen_from(HOME)
    said = next((one for one in (theirs, where, of_body) if isinstance(one, str) and one), "")
    assert (who is None) or (str(who) == (user if said == HOME else f"{said}/{user}"))


@given(st.sampled_from([HOME, AGENCY]), st.sampled_from([HOME, AGENCY]), st.sampled_from([MARA, "U0JUNE0001"]))
def test_behind_the_door_a_bare_id_is_always_of_home(team: str, through: str, user: str):
    body = {
        "type": "view_submission",
        "user": {"id": user, "team_id": team},
        "team": {"id": through},
        "trigger_id": "12.34.abc",
        "view": {"id": "V1", "state": {"values": {"to": {"to": {"selected_user": user, "selected_users": [user]}}}}},
        "channel": {"id": "C0SHARED01"},
        "container": {"channel_id": "C0SHARED01", "view_id": "V1"},
    }
    before = str(body)
    sender = sender_of(body)
    made = placed(body, sender, HOME)
    assert str(body) == before, "what Slack sent stays as it was"
    theirs, there = ("" if team == HOME else f"{team}/"), ("" if through == HOME else f"{through}/")
    assert made["user"]["id"] == theirs + user
    assert made["channel"]["id"] == made["container"]["channel_id"] == f"{there}C0SHARED01"
    assert (made["trigger_id"], made["view"]["id"]) == (f"{there}12.34.abc", f"{there}V1")
    chosen = made["view"]["state"]["values"]["to"]["to"]
    if team == through:
        assert chosen == {"selected_user": theirs + user, "selected_users": [theirs + user]}
    else:
        assert chosen == {"selected_user": None, "selected_users": []}, "of which workspace nobody knows"


def test_in_a_shared_channel_somebody_whose_workspace_slack_does_not_name_is_nobody():
    event = {"event": {"type": "message", "user": MARA}, "authorizations": [{"team_id": HOME}]}
    assert sender_of(event).seen_from(HOME) == SlackId("", MARA)
    assert sender_of(event | {"is_ext_shared_channel": True}).seen_from(HOME) is None


@pytest.mark.parametrize("user", ["", "U", "u0mara0001", f"{MARA} ", f"{MARA}\n", "B0BATON0001", "T0AGENCY01"])
def test_what_is_no_members_id_is_nobody_anywhere(user: str):
    for team in (HOME, AGENCY):
        body = {"type": "block_actions", "user": {"id": user, "team_id": team}, "team": {"id": team}}
        assert sender_of(body).seen_from(HOME) is None


def test_a_form_opened_in_a_shared_channel_comes_through_the_workspace_whose_app_opened_it():
    theirs = {"id": "U0JUNE0001", "team_id": AGENCY}
    body = {"type": "view_submission", "user": theirs, "team": {"id": AGENCY}, "view": {"app_installed_team_id": HOME}}
    assert (sender_of(body).team, sender_of(body).through) == (AGENCY, HOME)


@pytest.mark.parametrize(
    ("org", "team"), [("E0ORG00001", HOME), ("E0OTHER001", None)], ids=["our organisation", "another organisation"]
)
def test_an_organisation_stands_for_our_workspace_in_it_and_no_other(org: str, team: str | None):
    body = {
        "event": {"type": "message", "user": MARA, "user_team": org},
        "authorizations": [{"team_id": HOME, "enterprise_id": "E0ORG00001"}],
    }
    assert (sender_of(body).seen_from(HOME) is not None) == (team == HOME)


@pytest.mark.parametrize(
    "hostile",
    [
        {"user": {"id": JUNE}}, {"user": JUNE}, {"user_id": JUNE}, {"channel": {"id": f"{AGENCY}/C1"}},
        {"trigger_id": f"{AGENCY}/1.2"}, {"team": {"id": f"{HOME}/x"}}, {"user": {"id": MARA, "team_id": f"{HOME}/"}},
        {"view": {"id": f"{AGENCY}/V1"}},
        {"view": {"state": {"values": {"to": {"to": {"selected_user": JUNE}}}}}},
        {"authorizations": [{"team_id": f"{HOME}/"}]}, {"event": {"type": "message", "user": JUNE}},
    ],
)  # fmt: skip
def test_an_id_with_a_slash_is_none_of_slacks(slack: FakeSlack, hostile: dict[str, Any]):
    assert malformed({**payloads.press(slack, names.APPROVE, MARA), **hostile}) is not None


async def test_somebody_named_in_the_workspace_they_are_in_decides(send: Send, runner: FakeRunner, slack: FakeSlack):
    await send(of(AGENCY, payloads.press(slack, names.APPROVE, MARA), "U0JUNE0001"))
    assert runner.calls == [("approved", SHIFT, JUNE)]


async def test_an_owners_id_in_another_workspace_decides_nothing_though_named_there(
    send: Send, runner: FakeRunner, slack: FakeSlack
):
    await send(of(AGENCY, payloads.press(slack, names.APPROVE, MARA), MARA))
    assert runner.calls == []
    assert "Only the media lead may decide" in slack.responses[-1]["text"]


async def test_the_id_of_somebody_named_elsewhere_decides_nothing_at_home(
    send: Send, runner: FakeRunner, slack: FakeSlack
):
    await send(payloads.press(slack, names.APPROVE, "U0JUNE0001"))
    assert runner.calls == []


@pytest.mark.parametrize("user", [MARA, "U0NOBODY01"])
async def test_a_stranger_of_a_workspace_that_is_not_installed_learns_nothing_though_named(
    send: Send, runner: FakeRunner, slack: FakeSlack, tokens: Tokens, user: str
):
    tokens.given.clear()
    for who in ("U0JUNE0001", user):
        await send(of(AGENCY, payloads.press(slack, names.APPROVE, who), who, through=HOME))
        await send(told(payloads.event("message", channel="D0DIRECT01", channel_type="im", text="what waits?"), who))
    assert (runner.calls, runner.asked, slack.sent[1:]) == ([], [], [])
    assert {one["text"] for one in slack.responses} == {NOT_HERE}


async def test_somebody_nobody_named_in_an_installed_workspace_is_a_stranger(
    send: Send, runner: FakeRunner, slack: FakeSlack
):
    await send(of(AGENCY, payloads.press(slack, names.APPROVE, MARA), "U0NOBODY01"))
    await send(told(payloads.event("app_home_opened", tab="home"), "U0NOBODY01"))
    assert [one["text"] for one in slack.responses] == [NOT_HERE]
    assert slack.calls("views.publish") == []


async def test_somebody_at_home_is_not_heard_through_a_workspace_that_took_the_app_out(
    send: Send, runner: FakeRunner, slack: FakeSlack, tokens: Tokens
):
    tokens.given.clear()
    await send(of(HOME, payloads.press(slack, names.APPROVE, MARA), MARA, through=AGENCY))
    assert runner.calls == []


async def test_a_question_from_another_workspace_is_answered_there_by_its_own_token(
    send: Send, runner: FakeRunner, slack: FakeSlack
):
    asked = payloads.event("message", channel="D0DIRECT01", channel_type="im", text="what about CTR?")
    await send(told(asked, "U0JUNE0001"))
    assert [(question, by) for question, by, _ in runner.asked] == [("what about CTR?", JUNE)]
    assert slack.calls("chat.postMessage")[0]["channel"] == "D0DIRECT01"
    assert by_token(slack, "chat.postMessage") == ["xoxb-agency"]


async def test_forms_and_app_home_of_another_workspace_open_with_its_own_token(
    send: Send, runner: FakeRunner, slack: FakeSlack
):
    await send(of(AGENCY, payloads.press(slack, names.REJECT, MARA), "U0JUNE0001"))
    (opened,) = slack.calls("views.open")
    assert "/" not in opened["trigger_id"]
    typed = payloads.submission(opened["view"], MARA, reason="They sold out last week")
    await send(of(AGENCY, typed, "U0JUNE0001"))
    assert runner.calls == [("rejected", SHIFT, JUNE)]
    await send(told(payloads.event("app_home_opened", tab="home"), "U0JUNE0001"))
    assert slack.calls("views.publish")[-1]["user_id"] == "U0JUNE0001"
    assert {*by_token(slack, "views.open"), *by_token(slack, "views.publish")} == {"xoxb-agency"}


async def test_a_slow_form_is_filled_in_the_workspace_it_was_opened_in(
    send: Send, runner: FakeRunner, slack: FakeSlack
):
    runner.delay = 1.3
    await send(of(AGENCY, payloads.press(slack, names.REJECT, MARA), "U0JUNE0001"))
    (filled,) = slack.calls("views.update")
    assert filled["view_id"].startswith("V")
    assert by_token(slack, "views.update") == ["xoxb-agency"]


async def test_what_only_one_person_should_hear_of_a_shared_channel_is_written_to_them_directly(
    send: Send, runner: FakeRunner, slack: FakeSlack, caplog: pytest.LogCaptureFixture
):
    runner.failure = RuntimeError("nobody foresaw this")
    event = payloads.event("app_mention", text="<@U0BATON0001> what waits?", user_team=AGENCY)
    await send(event | {"event": event["event"] | {"user": "U0JUNE0001"}, "is_ext_shared_channel": True})
    assert slack.calls("chat.postEphemeral") == []
    (told_june,) = slack.calls("chat.postMessage")
    assert told_june["channel"] == "U0JUNE0001"
    assert "something went wrong" in told_june["text"]
    assert by_token(slack, "chat.postMessage") == ["xoxb-agency"]
    caplog.clear()


async def test_slack_is_asked_about_somebody_where_they_are(tokens: Tokens):
    known = {
        "xoxb-home": {"id": MARA, "team_id": HOME, "real_name": "Mara", "is_restricted": True},
        "xoxb-agency": {"id": MARA, "team_id": AGENCY, "real_name": "Other Mara"},
    }

    async def answer(request: web.Request) -> web.Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        return web.json_response({"ok": True, "team_id": HOME, "user": known[token]})

    application = web.Application()
    application.router.add_route("*", "/api/{method}", answer)
    async with TestServer(application) as server:
        client = SlackClient(token="xoxb-home", base_url=str(server.make_url("/api/")), timeout=5)
        client.token_of = tokens.token_of
        directory = SlackDirectory(Slack(client))
        await directory.warm([MARA, LOOK_ALIKE])
        at_home, there = await directory.badge(MARA), await directory.badge(LOOK_ALIKE)
        tokens.given.clear()
        assert await directory.badge(JUNE) is None, "nobody there can be asked"
    assert at_home and there
    assert (at_home.slack, at_home.team, at_home.flaw) == (MARA, HOME, "Guests of the workspace decide nothing")
    assert (there.slack, there.team, there.flaw) == (LOOK_ALIKE, AGENCY, None)


async def test_whatever_slack_says_of_workspaces_a_question_is_an_owners_only_if_it_says_home(
    send: Send, runner: FakeRunner, slack: FakeSlack
):
    teams = (HOME, AGENCY, STRANGE, "E0ORG00001", None)
    heard = 0
    for written, of_event, through, shared in itertools.product(teams, teams, teams[:3], (True, False)):
        runner.asked.clear()
        asked = payloads.event("message", channel="D0DIRECT01", channel_type="im", text="what about CTR?")
        asked["event"] |= {"user_team": written, "team": of_event}
        told_by = [{"team_id": through, "user_id": "U0BATON0001", "is_bot": True}]
        await send(asked | {"team_id": through, "authorizations": told_by, "is_ext_shared_channel": shared})
        named = {written, of_event} - {None} or ({through} if not shared else set())
        expected = [{HOME: MARA, AGENCY: LOOK_ALIKE}[team] for team in named if team in (HOME, AGENCY)]
        is_heard = len(named) == 1 and expected and through != STRANGE
        assert [by for _, by, _ in runner.asked] == (expected if is_heard else [])
        heard += bool(is_heard)
    assert heard > 20
    for team in (HOME, AGENCY, STRANGE):
        runner.asked.clear()
        await send(payloads.command(slack, "ask what about CTR?") | {"team_id": team})
        assert [by for _, by, _ in runner.asked] == [
            one for one in (MARA, LOOK_ALIKE) if team == {MARA: HOME}.get(one, AGENCY)
        ]
