"""Slack delivers at least once, in any order, across a restart: a thousand deliveries leave what each once leaves."""

import json
import logging
import os
import random
import time
from collections import Counter
from typing import Any

import psycopg
import pytest

from bot import board, names
from bot.modals import Origin
from graph.services import Services
from memory.database import Database
from tests.bot import test_listeners as payloads
from tests.bot.fakes import FakeSlack
from tests.graph.fakes import CORA, MARA
from tests.reliability import clicking
from tests.reliability.clicking import NOOR, PER_SIGNAL, PROPOSALS, SIGNALS, STRANGER, prop, sig
from tests.reliability.desk import Desk, at_work, slack_on_loopback

DELIVERIES, MOST_TIMES, PARTS = 200, 4, 5
RETRIES, UNANSWERED = 3, 404
"""So often Slack delivers again what was not acknowledged within three seconds, which bolt then answers with this."""
PEOPLE = (MARA, NOOR, CORA, STRANGER)
State = dict[str, Any]


@pytest.mark.slow
@pytest.mark.timeout(6000)
@pytest.mark.parametrize("part", range(PARTS))
async def test_deliveries_however_often_leave_what_each_once_would_leave(
    server: str,
    template: str,
    rounds: int,
    part: int,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(
        board, "REDRAW_SECONDS", 0.01
    )  # one is delivered after the other: each would wait for its drawing
    seed = int(os.environ.get("BATON_CRASH_SEED", str(time.time_ns() % 100_000)))
    print(f"BATON_CRASH_SEED={seed}")  # shown where the test fails
    for one in range(rounds):
        chance = random.Random(f"{seed}/{part}/{one}")
        payloads_sent, order = deliveries(chance)
        assert len(order) == DELIVERIES
        often = await played(fresh(server, template, f"often_{part}_{one}"), payloads_sent, order)
        once = await played(fresh(server, template, f"once_{part}_{one}"), payloads_sent, list(dict.fromkeys(order)))
        for what, found in once.items():
            assert often[what] == found, what
    assert [
        record for record in caplog.records if record.name.startswith("bot") and record.levelno >= logging.ERROR
    ] == []


def fresh(server: str, template: str, name: str) -> str:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE redelivered_{name} TEMPLATE {template}")
    return server.replace("/postgres?", f"/redelivered_{name}?")


def deliveries(chance: random.Random) -> tuple[list[dict[str, Any]], list[int]]:
    """What people do, and in which order and how often it arrives: 1 to 4 times each, shuffled."""
    order: list[int] = []
    while len(order) < DELIVERIES:
        times = min(chance.randint(1, MOST_TIMES), DELIVERIES - len(order))
        number = len(set(order))
        order += [number] * times
    made = [_made(number, chance) for number in range(len(set(order)))]
    chance.shuffle(order)
    return made, order


def _made(number: int, chance: random.Random) -> dict[str, Any]:
    """One thing a person does, as Slack would tell us. The same object is delivered again, ids and all."""
    user, at = chance.choice(PEOPLE), chance.randrange(PROPOSALS)
    value, slack = f"{prop(0, at)}:1", FakeSlack()
    slack.address = ADDRESS
    kind = chance.choices(list(KINDS), weights=list(KINDS.values()))[0]
    match kind:
        case "press":
            return payloads.press(slack, chance.choice(BUTTONS), user, value)
        case "home press":
            return payloads.press_at_home(chance.choice(BUTTONS), user, value)
        case "form":
            return _form(number, user, at, chance)
        case "command":
            return payloads.command(slack, chance.choice(["pending", "status", "signal", "nonsense"]), user)
        case "mention":
            return payloads.event("app_mention", user=user, text=f"<@U0BATON0001> what waits for me? {number}")
        case "message":
            more = {"channel": "D0DIRECT01", "channel_type": "im"}
            return payloads.event("message", user=user, text=f"what changed? {number}", **more)
        case _:
            return payloads.event("app_home_opened", user=user, tab="home")


ADDRESS = "http://slack.invalid"
"""Stands for the stand-in's address until that is known."""
BUTTONS = (names.APPROVE, names.APPROVE, names.APPROVE, names.OVERRIDE, names.REJECT, names.SNOOZE, names.ASK)
KINDS = {"press": 40, "home press": 10, "form": 30, "command": 5, "mention": 5, "message": 5, "home": 5}


def _form(number: int, user: str, at: int, chance: random.Random) -> dict[str, Any]:
    form = chance.choice([names.OVERRIDE_FORM, names.REJECT_FORM, names.SNOOZE_FORM, names.SNOOZE_FORM, names.ASK_FORM])
    origin = Origin(proposal_id=prop(0, at), version=1, signal_id=sig(0, at // PER_SIGNAL), channel=payloads.CHANNEL)
    typed = {
        names.OVERRIDE_FORM: {"daily_budget": "400", names.REASON: "Easter week sells well"},
        names.REJECT_FORM: {names.REASON: "It carries the brand search"},
        names.SNOOZE_FORM: {},
        names.ASK_FORM: {names.QUESTION: f"How sure are you? {number}"},
    }[form]
    state = {block: {block: {"type": "plain_text_input", "value": text}} for block, text in typed.items()}
    if form == names.SNOOZE_FORM:
        chosen = {"type": "radio_buttons", "selected_option": {"value": chance.choice(["4", "24", "72"])}}
        state = {names.UNTIL: {names.UNTIL: chosen}}
    view = {
        "id": f"V0FORM{number:04d}",
        "type": "modal",
        "callback_id": form,
        "private_metadata": origin.model_dump_json(),
        "blocks": [],
        "hash": f"{number}.0",
        "state": {"values": state},
    }
    return {"type": "view_submission", **payloads.team(), "user": {"id": user}, "view": view, "trigger_id": "1.2.3"}


async def played(address: str, made: list[dict[str, Any]], order: list[int]) -> State:
    """Deliver in this order, with a new process after half of it; then all the work that follows."""
    platform, script = clicking.account(1), clicking.told(1)

    def company() -> Services:
        return clicking.company(Database(address), script, platform)

    async with slack_on_loopback() as slack:
        here = [json.loads(json.dumps(payload).replace(ADDRESS, slack.address)) for payload in made]
        seen = list(dict.fromkeys(order))
        middle = order.index(seen[len(seen) // 2])  # the same moment in the story, whoever is told how often
        async with at_work(slack, company) as desk:
            await desk.runner.sweep(clicking.day(0))
            await desk.runner.settle()
            await take_all(desk, [here[number] for number in order[:middle]])
        async with at_work(slack, company) as desk:
            await take_all(desk, [here[number] for number in order[middle:]])
            await desk.runner.settle()
            assert (await desk.runner.verify()).problems == ()
            return await state(desk, slack, platform.effects)


async def take_all(desk: Desk, sent: list[dict[str, Any]]) -> None:
    for payload in sent:
        for _ in range(1 + RETRIES):
            response = await desk.take(payload)
            if response.status != UNANSWERED:
                break
        assert response.status == 200, response.body


async def state(desk: Desk, slack: FakeSlack, effects: list[str]) -> State:
    """What there is in the end. Refusals are told to whoever presses again, each time, and kept as that."""
    views = {view.proposal.id: view for view in await desk.runner.proposals()}
    known = [(line["kind"], line["subject"]) for line in await desk.runner.ledger()]
    lines = Counter((kind, about) for kind, about in known if kind != "refusal" and not about.startswith("person_"))
    places = {ts: _key(message) for ts, message in slack.messages.items()}
    shown = Counter(
        (str(message.get("channel")), places.get(str(message.get("thread_ts")), ""), _words(message))
        for message in slack.messages.values()
    )
    assert len(views) == PROPOSALS
    assert sum(key[0] == "signal.opened" for key in lines) == SIGNALS
    return {"proposals": views, "ledger": lines, "effects": sorted(effects), "messages": shown}


def _key(message: dict[str, Any]) -> str:
    """A card is told from others by what it is about."""
    return next((sig(0, one) for one in range(SIGNALS) if sig(0, one) in json.dumps(message)), "")


def _words(message: dict[str, Any]) -> str:
    return json.dumps([message.get("text"), message.get("blocks")], sort_keys=True)
