"""Two thousand requests Slack would not send: each gets an answer, none changes anything, nothing falls over."""

import asyncio
import copy
import json
import logging
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot import names
from bot.door import Sockets, malformed
from bot.modals import Origin
from graph.runner import Runner
from memory.database import Database
from tests.bot import test_listeners as payloads
from tests.bot.fakes import FakeSlack
from tests.graph.fakes import CLEO, MARA
from tests.reliability import clicking
from tests.reliability.clicking import STRANGER, prop, sig
from tests.reliability.desk import Desk, at_work, slack_on_loopback

BY_SOCKET, BY_HTTP, BADLY_SIGNED = 1_200, 500, 300
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
BUTTONS = (names.APPROVE, names.OVERRIDE, names.REJECT, names.SNOOZE, names.ASK, names.REFRESH_HOME)
FORMS = (names.OVERRIDE_FORM, names.REJECT_FORM, names.SNOOZE_FORM, names.ASK_FORM)
NO_PROPOSALS = (
    "", ":", "1", prop(0, 0), f"{prop(0, 0)}:", f"{prop(0, 0)}:-1", f"{prop(0, 0)}:9", "prop_ffffffffffff:1", "\0:1",
    f"{prop(0, 0)}\0:1", "'; DROP TABLE decision; --:1", "x" * 3000 + ":1", f"{prop(0, 0)}:1e3", "\ud83d:1", "💥:2",
)  # fmt: skip
"""What a button may be made to carry that is not a question as it stands."""
JUNK: tuple[Any, ...] = (
    None, True, 0, -1, 10**30, 1.5, "", " ", "\0", "a\0b", "x" * 5000, "💥", "\udcff", "<@U0MARA>", "null", [], {},
    [[]], [None], {"id": 5}, {"id": None}, {"": ""}, "http://127.0.0.1:1/nobody", "not an address",
)  # fmt: skip


class Mutator:
    """Takes real payloads of people who may not decide, and breaks them somewhere."""

    def __init__(self, chance: random.Random, slack: FakeSlack) -> None:
        self._chance, self._slack = chance, slack

    def broken(self) -> dict[str, Any]:
        payload = copy.deepcopy(self._real())
        for _ in range(self._chance.choice([1, 1, 1, 2, 3, 8])):
            self._break(payload)
        return payload

    def _real(self) -> dict[str, Any]:
        chance, user = self._chance, self._chance.choice([STRANGER, CLEO])
        value = f"{prop(0, chance.randrange(5))}:1"
        match chance.randrange(8):
            case 0 | 1:
                return payloads.press(self._slack, chance.choice(BUTTONS), user, value)
            case 2:
                return payloads.press(self._slack, chance.choice(BUTTONS), MARA, chance.choice(NO_PROPOSALS))
            case 3:
                return payloads.press_at_home(chance.choice(BUTTONS), user, value)
            case 4 | 5:
                return form(chance.choice(FORMS), user)
            case 6:
                return payloads.command(self._slack, chance.choice(["pending", "signal \0", "", "x" * 3000]), user)
            case _:
                kinds = ("app_mention", "message", "assistant_thread_started", "app_home_opened", "no_such_event")
                return payloads.event(chance.choice(kinds), user=user, text="what waits?", channel_type="im")

    def _break(self, payload: dict[str, Any]) -> None:
        """Drop, replace, or add one thing, anywhere inside."""
        held, key = self._chance.choice(list(_places(payload)) or [(payload, "type")])
        match self._chance.randrange(4):
            case 0 if isinstance(held, dict):
                held.pop(key, None)
            case 1 if isinstance(held, dict):
                held[self._chance.choice(["extra", "", "user", "view", "\0"])] = self._junk(payload)
            case _:
                held[key] = self._junk(payload)

    def _junk(self, payload: dict[str, Any]) -> Any:
        return copy.deepcopy(self._chance.choice((*JUNK, *NO_PROPOSALS)))


def _places(held: Any) -> list[tuple[Any, Any]]:
    if isinstance(held, dict):
        return [(held, key) for key in held] + [place for value in held.values() for place in _places(value)]
    if isinstance(held, list):
        return [(held, at) for at in range(len(held))] + [place for value in held for place in _places(value)]
    return []


def form(callback: str, user: str) -> dict[str, Any]:
    origin = Origin(proposal_id=prop(0, 0), version=1, signal_id=sig(0, 0), channel=payloads.CHANNEL)
    typed = {names.REASON: "because", names.QUESTION: "why?", "daily_budget": "400"}
    state = {block: {block: {"type": "plain_text_input", "value": text}} for block, text in typed.items()}
    state[names.UNTIL] = {names.UNTIL: {"type": "radio_buttons", "selected_option": {"value": "24"}}}
    view = {"id": "V1", "type": "modal", "callback_id": callback, "private_metadata": origin.model_dump_json()}
    view |= {"blocks": [], "hash": "1.0", "state": {"values": state}}
    return {"type": "view_submission", **payloads.team(), "user": {"id": user}, "view": view, "trigger_id": "1.2.3"}


@pytest.fixture
def chance() -> random.Random:
    seed = int(os.environ.get("BATON_CRASH_SEED", str(time.time_ns() % 100_000)))
    print(f"BATON_CRASH_SEED={seed}")  # shown where the test fails
    return random.Random(seed)


@asynccontextmanager
async def company(address: str) -> AsyncIterator[tuple[Desk, FakeSlack]]:
    """A bot with open questions. At the end nothing was decided, and the ledger verifies."""
    async with slack_on_loopback() as slack:
        services = clicking.company(Database(address), clicking.told(1), clicking.account(1))
        async with at_work(slack, lambda: services, SECRET) as desk:
            await desk.runner.sweep(clicking.day(0))
            before = await known(desk.runner)
            yield desk, slack
            assert await known(desk.runner) == before
    with psycopg.connect(address) as connection:
        for table in ("decision", "approval", "snooze", "action"):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table  # type: ignore[arg-type]


async def known(runner: Runner) -> tuple[object, ...]:
    """All that may not change: what is asked, and every line of history but refusals and whom they name."""
    assert (await runner.verify()).problems == ()
    lines = Counter(line["kind"] for line in await runner.ledger() if line["kind"] not in {"refusal", "person.met"})
    return await runner.proposals(), lines


def nothing_fell_over(caplog: pytest.LogCaptureFixture) -> None:
    failed = [f"{record.name}: {record.getMessage()}" for record in caplog.records if record.levelno >= logging.ERROR]
    assert failed == [], caplog.text[-4000:]


@pytest.mark.slow
@pytest.mark.timeout(6000)
async def test_what_a_socket_brings_is_answered_whatever_it_is(
    address: str, rounds: int, chance: random.Random, caplog: pytest.LogCaptureFixture
):
    async with company(address) as (desk, slack):
        mutator, line = Mutator(chance, slack), Line(desk)
        try:
            for _ in range(BY_SOCKET * rounds):
                await line.bring(mutator.broken())
        finally:
            await line.hang_up()
    nothing_fell_over(caplog)
    assert line.taken + line.turned_away == BY_SOCKET * rounds
    assert min(line.taken, line.turned_away) > BY_SOCKET * rounds / 5, "some of it looks well, some does not"


@pytest.mark.slow
@pytest.mark.timeout(6000)
async def test_what_comes_over_http_is_answered_whatever_it_is(
    address: str, rounds: int, chance: random.Random, caplog: pytest.LogCaptureFixture
):
    async with company(address) as (desk, slack):
        mutator = Mutator(chance, slack)
        read = 0
        for _ in range(BY_HTTP * rounds):
            body, kind = _bytes(mutator.broken(), chance)
            try:
                request = AsyncBoltRequest(body=body.decode(), headers=_signed(body, kind))
            except (ValueError, AttributeError, TypeError, LookupError):
                continue  # bolt's own reading of it fails: nothing reaches us
            read += 1
            response = await desk.app.async_dispatch(request)
            assert response.status in {200, 400, 401, 404}, (response.status, body[:500])
    nothing_fell_over(caplog)
    assert read > BY_HTTP * rounds / 3


class Line:
    """The socket's end on our side: what was answered to each message."""

    def __init__(self, desk: Desk) -> None:
        self._handler = Sockets(desk.app, "xapp-test")
        self.taken = self.turned_away = 0
        self._answered: list[str] = []
        self.logger = logging.getLogger(__name__)

    async def bring(self, payload: dict[str, Any]) -> None:
        before = asyncio.all_tasks()
        is_bad = malformed(payload) is not None
        self.turned_away += is_bad
        self.taken += not is_bad
        await self._handler.handle(self, SocketModeRequest("interactive", str(len(self._answered)), payload))  # type: ignore[arg-type]
        while rest := asyncio.all_tasks() - before - {asyncio.current_task()}:
            await asyncio.wait(rest, timeout=10)

    async def hang_up(self) -> None:
        await self._handler.close_async()

    async def send_socket_mode_response(self, response: SocketModeResponse) -> None:
        self._answered.append(response.envelope_id)


def _bytes(payload: dict[str, Any], chance: random.Random) -> tuple[bytes, str]:
    """As Slack would send it over HTTP, sometimes cut off, blown up or not text at all."""
    words = json.dumps(payload)
    if payload.get("type") == "event_callback":
        body, kind = words.encode(), "application/json"
    elif "command" in payload:
        fields = {key: value for key, value in payload.items() if isinstance(value, str)}
        body, kind = urlencode(fields, errors="replace").encode(), "application/x-www-form-urlencoded"
    else:
        body, kind = urlencode({"payload": words}).encode(), "application/x-www-form-urlencoded"
    match chance.randrange(12):
        case 0:
            return body[: chance.randrange(len(body))], kind
        case 1:
            return b"\xff\xfe" + body + b"\x80", kind
        case 2:
            return body + b" " * 300_000, kind
        case 3:
            return bytes(chance.randrange(256) for _ in range(200)), kind
        case 4:
            return body, chance.choice(["text/plain", "application/json", "image/png"])
        case 5:
            return chance.choice([b"", b"{", b"[]", b"null", b"payload=", b"payload=[]", b"payload=1", b"\0"]), kind
        case _:
            return body, kind


def _signed(body: bytes, kind: str) -> dict[str, str | list[str]]:
    at = str(int(time.time()))
    return {"Content-Type": kind, "X-Slack-Request-Timestamp": at, "X-Slack-Signature": _signature(at, body)}


def _signature(at: str, body: bytes) -> str:
    return SignatureVerifier(SECRET).generate_signature(timestamp=at, body=body) or ""


@pytest.mark.timeout(6000)
async def test_what_slack_did_not_sign_just_now_is_refused(address: str, rounds: int, chance: random.Random):
    """The owner's own press, were it signed; these are not, or not by Slack, or not now."""
    async with company(address) as (desk, slack):
        for number in range(BADLY_SIGNED * rounds):
            press = payloads.press(slack, names.APPROVE, MARA, f"{prop(0, number % 4)}:1")
            body = urlencode({"payload": json.dumps(press)})
            request = AsyncBoltRequest(body=body, headers=_forged(body.encode(), chance))
            assert (await desk.app.async_dispatch(request)).status == 401


def _forged(body: bytes, chance: random.Random) -> dict[str, list[str]]:
    now = int(time.time())
    at, signature = str(now), _signature(str(now), body)
    match chance.randrange(7):
        case 0:
            at = str(now - chance.randint(301, 10**6))
            signature = _signature(at, body)
        case 1:
            at = str(now + chance.randint(302, 10**6))
            signature = _signature(at, body)
        case 2:
            signature = _signature(at, body + b"&")
        case 3:
            signature = chance.choice(
                ["", "v0=", "v0=" + "0" * 64, "v1" + signature[2:], signature[:-1], signature.upper()]
            )
        case 4:
            signature = SignatureVerifier("another secret").generate_signature(timestamp=at, body=body) or ""
        case 5:
            at = chance.choice(["", "now", "1e9", str(10**30), "-1", "٣"])
        case _:
            return {"content-type": ["application/x-www-form-urlencoded"]}
    kind = "application/x-www-form-urlencoded"
    return {"content-type": [kind], "x-slack-request-timestamp": [at], "x-slack-signature": [signature]}


async def test_people_of_another_workspace_decide_nothing(address: str, caplog: pytest.LogCaptureFixture):
    """Even with an owner's id: ids are the other workspace's to give."""
    async with company(address) as (desk, slack):
        for elsewhere in ({"id": MARA, "team_id": "T0ELSEWHERE"}, {"id": MARA}):
            press = payloads.press(slack, names.APPROVE, MARA, f"{prop(0, 0)}:1")
            press |= {"user": elsewhere, "team": {"id": "T0ELSEWHERE", "domain": "elsewhere"}}
            assert (await desk.take(press)).status == 200
            sent = form(names.REJECT_FORM, MARA) | {"user": elsewhere, "team": {"id": "T0ELSEWHERE"}}
            assert (await desk.take(sent)).status == 200
        assert "another workspace" in str(slack.responses[-1])
    nothing_fell_over(caplog)


@pytest.mark.parametrize("place", ["message", "previous_message", "item", "event"])
@pytest.mark.parametrize("who", [1.5, True, ["U0MARA"], {"id": 5}])
def test_a_user_who_is_no_user_is_turned_away_wherever_bolt_looks_for_one(place: str, who: object):
    slack = FakeSlack()
    slack.address = "http://slack.invalid"
    press = payloads.press(slack, names.APPROVE, MARA, f"{prop(0, 0)}:1")
    assert malformed(press) is None
    for at in ({"user": who}, {"message": {"user": who}}):
        assert malformed({**press, place: {"type": "message", **at}}) is not None


async def test_rubbish_in_an_id_does_not_make_it_the_id_of_a_question(address: str):
    async with company(address) as (desk, slack):
        for rubbish in ("\0", "\udcff", " ", "💥", "\u200b"):
            await desk.take(payloads.press(slack, names.APPROVE, MARA, f"{prop(0, 0)}{rubbish}:1"))
            await desk.take(payloads.press(slack, names.APPROVE, MARA, f"{rubbish}{prop(0, 0)}:1"))
        assert slack.responses[-1]["text"].startswith("This button is from an older version")
