"""Slack is written to as fast as it takes it, and no faster: waiting is counted, not waited."""

import pytest
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError

from bot.blocks import Message
from bot.client import Call, SlackClient
from bot.pace import BURST, LONGEST_WAIT_SECONDS, PRESSER_SECONDS, Pace
from bot.slack import Slack, SlackRefused
from domain.errors import SlackUnavailable
from tests.bot.fakes import FakeSlack


class Watch:
    """A clock that moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def pace(watch: Watch) -> Pace:
    return Pace(clock=watch, sleep=watch.sleep)


async def test_a_mornings_cards_are_posted_at_once_and_what_follows_at_one_a_second(pace: Pace, watch: Watch):
    for _ in range(BURST):
        await pace.turn("C1")
    assert watch.slept == []
    for _ in range(60):
        await pace.turn("C1")
    assert watch.now - 1000 == pytest.approx(60)


async def test_a_busy_channel_holds_up_no_other(pace: Pace, watch: Watch):
    for _ in range(BURST + 5):
        await pace.turn("C1")
    waited = len(watch.slept)
    await pace.turn("C2")
    assert len(watch.slept) == waited


async def test_after_a_pause_a_burst_is_allowed_again(pace: Pace, watch: Watch):
    for _ in range(BURST):
        await pace.turn("C1")
    watch.now += BURST
    for _ in range(BURST):
        await pace.turn("C1")
    assert watch.slept == []


async def test_whoever_calls_a_method_waits_until_slack_takes_it_again(pace: Pace, watch: Watch):
    pace.close("chat.update", 7)
    await pace.open("chat.postMessage")
    assert watch.slept == []
    await pace.open("chat.update")
    assert 7 <= watch.slept[0] < 8


async def test_a_form_nobody_waits_for_any_more_is_not_waited_for(pace: Pace, watch: Watch):
    pace.close("views.open", PRESSER_SECONDS + 1)
    pace.close("chat.update", LONGEST_WAIT_SECONDS + 1)
    await pace.open("views.open")
    await pace.open("chat.update")
    assert watch.slept == []


class TestClient:
    @pytest.fixture
    async def slack(self):
        fake = FakeSlack()
        async with TestServer(fake.app) as server:
            fake.address = str(server.make_url("")).rstrip("/")
            yield fake

    @pytest.fixture
    def client(self, slack: FakeSlack, pace: Pace) -> SlackClient:
        made = SlackClient(token="xoxb-test", base_url=f"{slack.address}/api/", timeout=2, pace=pace)
        for handler in made.retry_handlers:
            handler.interval_calculator = type("Soon", (), {"calculate_sleep_duration": lambda *_: 0.001})()
        return made

    async def test_a_call_refused_for_its_rate_comes_again_when_slack_said(self, client, slack: FakeSlack):
        slack.refuse("chat.update", "429", "429")
        await client.chat_update(channel="C1", ts="1.1", text="Hello")
        assert len(slack.calls("chat.update")) == 3

    async def test_a_call_refused_for_ever_is_no_answer_and_no_refusal(self, client, slack: FakeSlack):
        slack.refuse("chat.postMessage", *["429"] * 9)
        with pytest.raises(SlackUnavailable, match="just now: ratelimited") as caught:
            await Slack(client).post("C1", Message("Hello", ()))
        assert not isinstance(caught.value, SlackRefused)

    async def test_whoever_listens_hears_how_every_call_went(self, client, slack: FakeSlack):
        heard: list[Call] = []
        client.heard = heard.append
        slack.refuse("chat.postMessage", "not_in_channel")
        with pytest.raises(SlackApiError):
            await client.chat_postMessage(channel="C1", text="Hello")
        await client.chat_postMessage(channel="C1", text="Hello")
        assert heard == [Call("chat.postMessage", "C1", "not_in_channel"), Call("chat.postMessage", "C1")]

    async def test_a_client_with_a_pace_gets_no_second_set_of_retries(self, client):
        before = list(client.retry_handlers)
        assert Slack(client).client.retry_handlers == before

    async def test_a_workspace_that_is_written_to_too_fast_holds_up_no_other(
        self, client, slack: FakeSlack, pace: Pace, watch: Watch
    ):
        async def token_of(team: str) -> str:
            return f"xoxb-{team}"

        client.token_of = token_of
        closed: list[tuple[str, float, str]] = []
        close, pace.close = pace.close, lambda *said: closed.append(said)  # type: ignore[method-assign]
        slack.refuse("chat.update", "429")
        await client.chat_update(channel="T0AGENCY01/C1", ts="1.1", text="Hello")
        assert closed == [("chat.update", 0.0, "xoxb-T0AGENCY01")]
        close("chat.update", 20, "xoxb-T0AGENCY01")
        await client.chat_update(channel="C1", ts="1.1", text="Hello")
        assert watch.slept == []
        await client.chat_update(channel="T0AGENCY01/C1", ts="1.1", text="Hello")
        assert watch.slept[0] >= 20
