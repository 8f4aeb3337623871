"""What the board says by itself: questions brought up again in their thread, news of governance in the channel."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.blocks import aloud
from bot.board import ANNOUNCEMENTS, SlackBoard
from bot.digest import digest
from domain.case import Digest, ProposalStatus
from domain.errors import SlackUnavailable
from graph import upholding
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import CASE, MARA, SIG, TODAY, case_of, view

VIEW = CASE.proposals[0]
PROP = VIEW.proposal.id


@pytest.fixture
def board(runner: FakeRunner, client: AsyncWebClient) -> SlackBoard:
    return SlackBoard(runner, client)


async def test_a_reminder_hangs_in_the_cards_thread_and_notifies_whom_it_is_for_once(board, runner, slack: FakeSlack):
    await board.show(SIG)
    before = len(slack.calls("chat.postMessage"))
    for _ in range(2):
        await board.remind(SIG, PROP, "reminder", (MARA,))
    (told,) = slack.calls("chat.postMessage")[before:]
    assert told["thread_ts"] == runner.kept[SIG][f"{SIG}/card"].ts
    assert f"<@{MARA}>" in str(told["blocks"])
    assert "Still waiting" in told["text"]


async def test_an_escalation_is_a_message_of_its_own_and_so_is_the_next_version(board, runner, slack: FakeSlack):
    await board.show(SIG)
    before = len(slack.calls("chat.postMessage"))
    await board.remind(SIG, PROP, "reminder", (MARA,))
    await board.remind(SIG, PROP, "escalation", (MARA,))
    runner.put(case_of(view(VIEW.proposal.model_copy(update={"version": 2}), ProposalStatus.PENDING)))
    await board.remind(SIG, PROP, "reminder", (MARA,))
    told = slack.calls("chat.postMessage")[before:]
    assert len(told) == 3
    assert "Passed on" in told[1]["text"]
    assert len({one["client_msg_id"] for one in told}) == 3


async def test_before_the_card_is_shown_nothing_can_hang_under_it(board, slack: FakeSlack):
    with pytest.raises(SlackUnavailable):
        await board.remind(SIG, PROP, "reminder", (MARA,))
    assert slack.calls("chat.postMessage") == []


async def test_news_is_told_in_the_channel_once_per_key_and_as_plain_words(board, runner, slack: FakeSlack):
    for _ in range(2):
        await board.announce("emg_1/begun", "Mara <!channel> decides alone until 09:32: *the* shop is down")
    await board.announce("emg_1/ended", "It is over.")
    begun, ended = slack.calls("chat.postMessage")
    assert (begun["channel"], "thread_ts" in begun) == ("marketing-signals", False)
    assert "<!channel>" not in str(begun)
    assert "It is over." in ended["text"]
    assert set(runner.kept[ANNOUNCEMENTS]) == {"emg_1/begun", "emg_1/ended"}


async def test_while_slack_refuses_it_the_news_is_not_noted_as_told(board, runner, slack: FakeSlack):
    slack.refuse("chat.postMessage", "channel_not_found")
    with pytest.raises(SlackUnavailable):
        await board.announce("emg_1/begun", "Mara decides alone.")
    assert runner.kept == {}


def test_the_runner_looks_for_what_was_told_where_the_board_notes_it():
    assert upholding.ANNOUNCEMENTS == ANNOUNCEMENTS


def test_the_digest_tells_what_was_decided_between_what_changed_and_what_was_measured(valid):
    urgent = "Mara Lindt approved set budget for Spring prospecting, in an emergency"
    made = digest(
        Digest(day=TODAY, headline="A day", changed=("New",), waiting=(), measured=("CTR +31 %",), decided=(urgent,))
    )
    valid(made)
    words = aloud(made.blocks)
    assert f"*Decided*\n• {urgent}" in words
    assert words.index("*Changed*") < words.index("*Decided*") < words.index("*Measured*")
