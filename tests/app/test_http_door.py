"""Slack's requests over real HTTP on loopback: signed and fresh ones are taken once, all others change nothing."""

import asyncio
import gzip
import io
import json
import logging
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import aiohttp
import psycopg
import pytest

from app.http_body import MOST_BYTES
from app.http_door import HEALTH, KEEP_EVENTS, HttpDoor
from app.http_server import Address, answering
from bot import names
from bot.manifest import EVENTS_PATH as EVENTS
from domain.errors import ConfigurationError, StartupError
from memory.database import Database
from tests.bot import test_listeners as payloads
from tests.bot.fakes import FakeSlack
from tests.graph.fakes import MARA
from tests.postgres import address, server, template
from tests.reliability import clicking
from tests.reliability.clicking import prop
from tests.reliability.desk import Desk, at_work, slack_on_loopback
from tests.reliability.signing import FORM, JSON, SECRET, another, encoded, signed

__all__ = ["address", "server", "template"]


@dataclass
class House:
    """A company whose bot is reached over HTTP, by one process or several."""

    desks: list[Desk]
    doors: list[HttpDoor]
    ports: list[int]
    slack: FakeSlack
    http: aiohttp.ClientSession
    database: str

    async def send(self, payload: dict[str, Any], *, process: int = 0, **headers: str) -> int:
        body, kind = encoded(payload)
        return await self.raw(body, signed(body, kind, **headers), process=process)

    async def raw(
        self, body: bytes | io.BytesIO, headers: dict[str, str], *, process: int = 0, path: str = EVENTS
    ) -> int:
        status, _ = await self.ask("POST", path, process=process, data=body, headers=headers)
        return status

    async def ask(self, method: str, path: str, *, process: int = 0, **more: Any) -> tuple[int, str]:
        url = f"http://127.0.0.1:{self.ports[process]}{path}"
        async with self.http.request(method, url, skip_auto_headers=["Content-Type"], **more) as answer:
            return answer.status, await answer.text()

    def press(self, number: int = 0) -> dict[str, Any]:
        return payloads.press(self.slack, names.APPROVE, MARA, f"{prop(0, number)}:1")

    def decisions(self) -> int:
        with psycopg.connect(self.database) as connection:
            (found,) = connection.execute("SELECT count(*) FROM decision").fetchone() or (0,)
            return int(found)

    async def settled(self) -> None:
        for door in self.doors:
            await door.finished()


@asynccontextmanager
async def house(address: str, processes: int = 1) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(slack_on_loopback())
        http = await stack.enter_async_context(aiohttp.ClientSession())
        made = House([], [], [], slack, http, address)
        for _ in range(processes):
            company = clicking.company(Database(address), clicking.told(1), clicking.account(1))
            desk = await stack.enter_async_context(at_work(slack, lambda company=company: company, SECRET))
            door = HttpDoor(SECRET)
            door.open(desk.app, desk.runner.arrivals)
            made.desks.append(desk)
            made.doors.append(door)
            listening = await stack.enter_async_context(answering(door, Address("127.0.0.1", 0)))
            made.ports.append(listening.port)
        await made.desks[0].runner.sweep(clicking.day(0))
        yield made
        await made.settled()


@pytest.fixture
async def one(address: str) -> AsyncIterator[House]:
    async with house(address) as made:
        yield made


@pytest.fixture
async def two(address: str) -> AsyncIterator[House]:
    async with house(address, processes=2) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_fell_over(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_press_that_slack_signed_decides_and_is_answered(one: House):
    assert await one.send(one.press()) == 200
    await one.settled()
    assert one.decisions() == 1


async def test_an_event_is_heard_and_answered_in_its_thread(one: House):
    event = payloads.event("app_mention", text="<@U0BATON0001> what waits?")
    assert await one.send(event) == 200
    await one.settled()
    (answer,) = one.slack.calls("chat.postMessage")
    assert answer["thread_ts"] == event["event"]["ts"]


async def test_a_command_is_answered(one: House):
    assert await one.send(payloads.command(one.slack, "help")) == 200
    await one.settled()
    assert "/baton" in str(one.slack.responses)


@asynccontextmanager
async def unmoved(one: House) -> AsyncIterator[dict[str, Any]]:
    """An owner's press to try things with. In the end nothing was decided, and nobody was told anything."""
    yield one.press()
    await one.settled()
    assert one.decisions() == 0
    assert one.slack.responses == []


UNSIGNED: tuple[dict[str, str], ...] = (
    {"X-Slack-Signature": "v0=" + "0" * 64},
    {"X-Slack-Signature": ""},
    {"X-Slack-Signature": "v0=ä"},
    {"X-Slack-Request-Timestamp": ""},
    {"X-Slack-Request-Timestamp": "now"},
    {"X-Slack-Request-Timestamp": "1e9"},
    {"X-Slack-Request-Timestamp": "-5"},
    {"X-Slack-Request-Timestamp": "9" * 40},
)
NO_PAYLOADS = (
    b"", b"{", b"[]", b"null", b"payload=", b"payload=[]", b"payload={", b"payload=1", b"\xff\xfe", b"a=b",
    b"payload=" + b"[" * 100_000, b'{"a":' * 50_000,
)  # fmt: skip


async def test_a_press_that_slack_did_not_sign_just_now_is_refused(one: House):
    async with unmoved(one) as press:
        body, kind = encoded(press)
        good = signed(body, kind)
        assert await one.raw(body, {"Content-Type": kind}) == 401
        for wrong in UNSIGNED:
            assert await one.raw(body, good | wrong) == 401, wrong
        assert await one.raw(body, signed(body, kind, secret="another")) == 401
        assert await one.raw(body.replace(b"approve", b"reject"), good) == 401
        assert await one.raw(body + b" ", good) == 401
        for seconds in (-302, 302, -86_400):
            assert await one.raw(body, signed(body, kind, at=time.time() + seconds)) == 401, seconds
        twice = [*good.items(), ("X-Slack-Signature", "v0=" + "0" * 64)]
        assert (await one.ask("POST", EVENTS, data=body, headers=twice))[0] == 401


async def test_what_slack_would_not_send_is_refused_though_it_is_signed(one: House):
    async with unmoved(one) as press:
        body, kind = encoded(press)
        for other in ("text/plain", "multipart/form-data; boundary=x", "", "application/xml"):
            assert await one.raw(body, signed(body, other)) == 415, other
        packed = gzip.compress(body)
        assert await one.raw(packed, signed(packed, kind) | {"Content-Encoding": "gzip"}) == 415
        for made in NO_PAYLOADS:
            for form in (FORM, JSON):
                assert await one.raw(made, signed(made, form)) == 400, (made[:12], form)


async def test_what_is_larger_than_slack_sends_is_refused_whether_it_says_so_or_not(one: House):
    async with unmoved(one) as press:
        body = encoded(press)[0] + b" " * MOST_BYTES

        async def unannounced() -> AsyncIterator[bytes]:
            for start in range(0, len(body), 65_536):
                yield body[start : start + 65_536]

        assert await one.raw(io.BytesIO(body), signed(body, FORM)) == 413
        assert (await one.ask("POST", EVENTS, data=unannounced(), headers=signed(body, FORM)))[0] == 413


async def test_other_methods_and_other_places_are_refused(one: House):
    async with unmoved(one) as press:
        body, kind = encoded(press)
        headers = signed(body, kind)
        for method in ("GET", "PUT", "DELETE", "HEAD"):
            assert (await one.ask(method, EVENTS, data=body, headers=headers))[0] == 405
        for path in ("/", "/slack", "/slack/events/", "//slack/events", "/slack/events%2f..", "/slack/install"):
            assert (await one.ask("POST", path, data=body, headers=headers))[0] == 404
        assert (await one.ask("POST", HEALTH, data=body, headers=headers))[0] == 405


async def test_a_press_of_another_workspace_decides_nothing(one: House):
    async with unmoved(one) as press:
        elsewhere = press | {"user": {"id": MARA, "team_id": "T0OTHER"}, "team": {"id": "T0OTHER"}}
        del elsewhere["response_url"]
        assert await one.send(elsewhere) == 200


class TestReplayed:
    async def test_a_press_seen_before_is_refused_whichever_process_it_comes_to(self, two: House):
        body, kind = encoded(two.press())
        headers = signed(body, kind)
        assert await two.raw(body, headers) == 200
        await two.settled()
        told = len(two.slack.responses)
        assert [await two.raw(body, headers, process=at) for at in (0, 1, 1, 0)] == [409] * 4
        await two.settled()
        assert (two.decisions(), len(two.slack.responses)) == (1, told)

    async def test_of_many_copies_at_the_same_moment_one_is_taken(self, two: House):
        body, kind = encoded(payloads.command(two.slack, "help"))
        headers = signed(body, kind)
        answers = await asyncio.gather(*(two.raw(body, headers, process=number % 2) for number in range(20)))
        await two.settled()
        assert sorted(answers) == [200] + [409] * 19
        assert len(two.slack.responses) == 1

    async def test_pressing_again_is_no_replay_and_is_told_who_decided(self, one: House):
        press = one.press()
        assert [await one.send(press), await one.send(another(press))] == [200, 200]
        await one.settled()
        assert one.decisions() == 1
        assert "approved this already" in str(one.slack.responses[-1])


class TestRetries:
    async def test_an_event_slack_sends_again_is_acknowledged_without_a_second_answer(self, two: House):
        event = payloads.event("app_mention", text="<@U0BATON0001> what waits?")
        assert await two.send(event) == 200
        await two.settled()
        for number in (1, 2, 3):
            more = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": "http_timeout"}
            assert await two.send(event, process=number % 2, **more) == 200
        await two.settled()
        assert len(two.slack.calls("chat.postMessage")) == 1

    async def test_one_whose_process_died_over_it_is_taken_by_a_later_retry(self, one: House):
        event = payloads.event("app_mention", text="<@U0BATON0001> what waits?")
        await one.desks[0].runner.arrivals.take(f"event/{event['event_id']}", keep=KEEP_EVENTS)  # … and then it died
        assert await one.send(event, **{"X-Slack-Retry-Num": "1"}) == 503
        assert one.slack.calls("chat.postMessage") == []
        with psycopg.connect(one.database) as connection:
            connection.execute("UPDATE slack_request SET taken_at = taken_at - interval '1 minute'")
        assert await one.send(event, **{"X-Slack-Retry-Num": "2"}) == 200
        await one.settled()
        assert len(one.slack.calls("chat.postMessage")) == 1


class TestWithoutADatabase:
    @pytest.fixture
    async def cut(self, one: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> House:
        async def refused(*_: Any, **__: Any) -> None:
            raise OSError("the database is away")

        for name in ("take", "reached"):
            monkeypatch.setattr(one.desks[0].runner.arrivals, name, refused)
        return one

    async def test_slack_is_told_to_come_again_and_the_operator_what_is_wrong(
        self, cut: House, caplog: pytest.LogCaptureFixture
    ):
        assert await cut.send(cut.press()) == 503
        assert await cut.ask("GET", HEALTH) == (503, '{"status": "no database"}')
        caplog.clear()


async def test_slack_may_try_the_address_out_before_anything_is_installed():
    door = HttpDoor(SECRET)
    async with answering(door, Address("127.0.0.1", 0)) as listening, aiohttp.ClientSession() as http:
        tried = House([], [door], [listening.port], FakeSlack(), http, "")
        asked = {"type": "url_verification", "token": "t", "challenge": "3eZbrw1aBm"}
        body, kind = encoded(asked)
        status, said = await tried.ask("POST", EVENTS, data=body, headers=signed(body, kind))
        assert (status, json.loads(said)) == (200, {"challenge": "3eZbrw1aBm"})
        assert await tried.raw(body, signed(body, kind, secret="guessed")) == 401
        assert await tried.send({"ssl_check": "1", "token": "t"}) == 200
        assert await tried.send(payloads.event("app_home_opened")) == 503
        assert await tried.ask("GET", HEALTH) == (503, '{"status": "not ready"}')


async def test_health_is_for_machines_and_tells_nothing(one: House):
    assert await one.ask("GET", HEALTH) == (200, '{"status": "ok"}')
    one.doors[0].drain()
    assert await one.ask("GET", HEALTH) == (503, '{"status": "draining"}')


async def test_what_is_under_way_when_the_end_is_asked_for_is_answered_and_drawn(address: str):
    async with house(address) as made:
        desk, arrivals = made.desks[0], made.desks[0].runner.arrivals
        door, taken = HttpDoor(SECRET), asyncio.Event()

        class Slow:
            async def take(self, *given: Any, **more: Any) -> Any:
                taken.set()
                await asyncio.sleep(0.3)
                return await arrivals.take(*given, **more)

            def __getattr__(self, name: str) -> Any:
                return getattr(arrivals, name)

        door.open(desk.app, Slow())  # type: ignore[arg-type]
        async with answering(door, Address("127.0.0.1", 0)) as listening:
            made.ports[0] = listening.port
            pressed = asyncio.create_task(made.send(made.press()))
            await taken.wait()
        assert await pressed == 200
        assert made.decisions() == 1
        with pytest.raises(aiohttp.ClientConnectionError):
            await made.send(made.press(1))


async def test_what_follows_an_answer_is_done_before_the_end(one: House, monkeypatch: pytest.MonkeyPatch):
    desk = one.desks[0]
    ask = desk.runner.ask

    async def slowly(*given: Any, **more: Any) -> Any:
        await asyncio.sleep(1)
        return await ask(*given, **more)

    monkeypatch.setattr(desk.runner, "ask", slowly)
    door = HttpDoor(SECRET)
    door.open(desk.app, desk.runner.arrivals)
    async with answering(door, Address("127.0.0.1", 0)) as listening:
        one.ports[0] = listening.port
        assert await one.send(payloads.event("app_mention", text="<@U0BATON0001> what waits?")) == 200
        assert one.slack.calls("chat.postMessage") == []
    assert len(one.slack.calls("chat.postMessage")) == 1


async def test_several_processes_share_one_address(address: str):
    async with house(address, processes=2) as made, AsyncExitStack() as stack:
        port = (await stack.enter_async_context(answering(made.doors[0], Address("127.0.0.1", 0)))).port
        again = await stack.enter_async_context(answering(made.doors[1], Address("127.0.0.1", port)))
        assert again.port == port
        made.ports[0] = port
        answers = []
        for number in range(6):  # a connection of its own each, as the system shares out connections
            body, kind = encoded(made.press(number))
            async with (
                aiohttp.ClientSession() as http,
                http.post(f"http://127.0.0.1:{port}{EVENTS}", data=body, headers=signed(body, kind)) as answer,
            ):
                answers.append(answer.status)
        assert answers == [200] * 6
        await made.settled()
    assert made.decisions() == 6 - len(clicking.TWO_PEOPLE & set(range(6)))


@pytest.mark.parametrize("words", ["3000", "127.0.0.1", "host:", ":3000", "127.0.0.1:http", "127.0.0.1:70000", ""])
def test_an_address_that_is_none_is_refused_with_an_example(words: str):
    with pytest.raises(ConfigurationError, match=r"like 127\.0\.0\.1:3000"):
        Address.parsed(words)


def test_addresses_as_people_write_them():
    assert Address.parsed("127.0.0.1:3000") == Address("127.0.0.1", 3000)
    assert Address.parsed("[::1]:3000") == Address("::1", 3000)


async def test_an_address_of_somebody_elses_is_one_sentence():
    with pytest.raises(StartupError, match=r"cannot listen on 192\.0\.2\.1:3000"):
        async with answering(HttpDoor(SECRET), Address("192.0.2.1", 3000)):
            pass


def test_events_are_remembered_as_long_as_slack_repeats_them():
    assert timedelta(hours=24) < KEEP_EVENTS
