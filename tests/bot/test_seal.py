"""The newest seal of the ledger stands in a pinned message, and in its thread what an auditor copies."""

import json
from datetime import UTC, datetime

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import seal as seals
from bot.board import SlackBoard
from bot.people import name_of
from domain.errors import SlackUnavailable
from domain.seal import Seal
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import MODEL

SEAL = Seal(
    ledger="led_0123456789abcdef", size=1240, head="ab" * 32, at="2026-03-14T09:12:00.123456Z", key="0123456789abcdef",
    prev="cd" * 32, signature="ef" * 64,
)  # fmt: skip
LATER = SEAL.model_copy(update={"size": 1255, "at": "2026-03-14T09:27:00.123456Z"})
NEXT_MONTH = SEAL.model_copy(update={"size": 3000, "at": "2026-04-01T00:03:00.123456Z"})


@pytest.fixture
def board(runner: FakeRunner, client: AsyncWebClient) -> SlackBoard:
    return SlackBoard(runner, client)


async def test_a_seal_is_posted_and_pinned_once_and_edited_in_place_at_the_next_one(board, slack: FakeSlack):
    await board.show_seal(SEAL)
    await board.show_seal(SEAL)
    posted, line = slack.calls("chat.postMessage")
    assert posted["channel"] == "marketing-signals"
    assert SEAL.line in line["blocks"][0]["text"]["text"]
    assert "1,240 records" in posted["text"]
    (pinned,) = slack.calls("pins.add")
    await board.show_seal(LATER)
    edited, line = slack.calls("chat.update")
    assert edited["ts"] == pinned["timestamp"] != line["ts"]
    assert "1,255 records" in edited["text"]
    assert LATER.line in line["blocks"][0]["text"]["text"]


async def test_the_channel_reads_one_quiet_line_and_the_seal_itself_hangs_in_its_thread(board, slack: FakeSlack):
    await board.show_seal(SEAL)
    posted, line = slack.calls("chat.postMessage")
    (quiet,) = posted["blocks"]
    assert quiet["type"] == "context"
    assert "{" not in quiet["elements"][0]["text"].replace("{date_short_pretty} at {time}", "")
    assert SEAL.head[:12] in quiet["elements"][0]["text"]
    assert "thread_ts" not in posted
    assert line["thread_ts"] == slack.calls("pins.add")[0]["timestamp"]


async def test_a_line_that_could_not_be_posted_is_posted_the_next_minute(board, slack: FakeSlack, runner: FakeRunner):
    await board.show_seal(SEAL)
    runner.kept[seals.SEALS].pop(f"{seals.key(SEAL)}/line")
    await board.show_seal(SEAL)
    assert SEAL.line in slack.calls("chat.postMessage")[-1]["blocks"][0]["text"]["text"]


async def test_what_is_copied_from_the_thread_is_the_seal_itself(board, slack: FakeSlack):
    await board.show_seal(SEAL)
    line = slack.calls("chat.postMessage")[-1]
    copied = line["blocks"][0]["text"]["text"].strip("`")
    assert Seal.model_validate(json.loads(copied)) == SEAL
    assert copied == SEAL.line


async def test_a_new_month_gets_messages_of_its_own_so_that_the_last_seal_of_each_stays(board, slack: FakeSlack):
    await board.show_seal(SEAL)
    await board.show_seal(NEXT_MONTH)
    assert (len(slack.calls("chat.postMessage")), len(slack.calls("pins.add"))) == (4, 2)
    assert slack.calls("chat.update") == []


@pytest.mark.parametrize("problem", ["already_pinned", "missing_scope", "too_many_pins"])
async def test_where_a_message_cannot_be_pinned_it_stands_unpinned(board, slack: FakeSlack, problem: str):
    slack.refuse("pins.add", problem)
    await board.show_seal(SEAL)
    assert len(slack.calls("chat.postMessage")) == 2


async def test_slack_that_does_not_answer_is_told_to_whoever_asked(board, slack: FakeSlack):
    slack.refuse("chat.postMessage", "fatal_error")
    with pytest.raises(SlackUnavailable):
        await board.show_seal(SEAL)


def test_a_seal_fits_slack(valid):
    for seal in (SEAL, SEAL.model_copy(update={"size": 1})):
        valid(seals.message(seal))
        valid(seals.line(seal))
    assert SEAL.moment == datetime(2026, 3, 14, 9, 12, 0, 123456, tzinfo=UTC)


def test_whoever_was_erased_is_called_so_and_nobody_is_mentioned():
    assert name_of("person_0123456789ab", MODEL) == "somebody who was erased"
