"""People of other workspaces decide nothing and learn nothing, in a shared channel or from where they installed it."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import names
from bot.listeners import connect
from bot.strangers import NOT_HERE
from tests.bot import test_listeners as listeners
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import MARA

send = listeners.send
ELSEWHERE = "T0AGENCY01"
OF_THEIRS = {"team_id": ELSEWHERE, "authorizations": [{"team_id": ELSEWHERE, "user_id": "U0BATON0002", "is_bot": True}]}
SPOKEN = {"channel": "D0DIRECT01", "channel_type": "im", "text": "what waits?"}


@pytest.fixture
def app(runner: FakeRunner, client: AsyncWebClient) -> Any:
    return connect(runner, client)  # type: ignore[arg-type]


@pytest.fixture
async def learns_nothing(runner: FakeRunner, slack: FakeSlack) -> AsyncIterator[None]:
    yield
    assert runner.calls == []
    assert runner.asked == []
    assert slack.calls("views.publish") == slack.calls("views.open") == slack.calls("chat.postMessage") == []


@pytest.mark.usefixtures("learns_nothing")
@pytest.mark.parametrize(
    "event",
    [
        listeners.event("app_mention", text="<@U0BATON0001> what waits?"),
        listeners.event("message", **SPOKEN),
        listeners.event("app_home_opened", tab="home"),
    ],
    ids=lambda event: event["event"]["type"],
)
async def test_an_event_of_another_installation_is_not_heard_though_the_id_is_an_owners(
    send: Callable[..., Any], event: dict[str, Any]
):
    assert (await send(event | OF_THEIRS)).status == 200


@pytest.mark.usefixtures("learns_nothing")
async def test_a_stranger_who_mentions_the_bot_in_a_shared_channel_is_told_alone(send: Any, slack: FakeSlack):
    more = {"text": "<@U0BATON0001> what waits?", "user_team": ELSEWHERE, "source_team": ELSEWHERE}
    await send(listeners.event("app_mention", **more))
    (told,) = slack.calls("chat.postEphemeral")
    assert (told["text"], told["user"]) == (NOT_HERE, MARA)


@pytest.mark.usefixtures("learns_nothing")
async def test_a_strangers_direct_message_is_left_alone(send: Any, slack: FakeSlack):
    await send(listeners.event("message", **SPOKEN, user_team=ELSEWHERE))
    assert slack.calls("chat.postEphemeral") == []


@pytest.mark.usefixtures("learns_nothing")
async def test_a_command_and_a_press_of_another_workspace_are_answered_and_do_nothing(send: Any, slack: FakeSlack):
    await send(listeners.command(slack, "pending") | {"team_id": ELSEWHERE})
    press = listeners.press(slack, names.APPROVE, MARA)
    await send(press | {"user": {"id": MARA, "team_id": ELSEWHERE}, "team": {"id": ELSEWHERE, "domain": "x"}})
    assert [said["text"] for said in slack.responses] == [NOT_HERE, NOT_HERE]


async def test_our_own_people_are_heard_in_a_channel_another_company_hosts(send: Any, runner: FakeRunner):
    event = listeners.event("app_mention", text="<@U0BATON0001> what waits?", user_team="T1", source_team="T1")
    await send(event | {"team_id": ELSEWHERE})
    assert [asked for asked, _, _ in runner.asked] == ["what waits?"]


async def test_an_event_told_through_our_own_installation_is_ours_wherever_it_happened(send: Any, runner: FakeRunner):
    await send(listeners.event("app_mention", text="<@U0BATON0001> what waits?") | {"team_id": ELSEWHERE})
    assert len(runner.asked) == 1
