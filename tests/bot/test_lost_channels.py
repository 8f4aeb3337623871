"""A channel is archived, deleted or left: no card is lost, and none is posted twice."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.board import LOST, SlackBoard
from bot.slack import SlackRefused
from domain.case import ProposalStatus
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import APPROVED, SHIFTING, SIG, case_of, view

ELSEWHERE = "growth-signals"


@pytest.fixture
def board(runner: FakeRunner, client: AsyncWebClient) -> SlackBoard:
    return SlackBoard(runner, client)  # type: ignore[arg-type]


def decided(runner: FakeRunner) -> None:
    runner.put(case_of(view(SHIFTING, ProposalStatus.APPROVED, decision=APPROVED)))


def cards(slack: FakeSlack) -> list[str]:
    """The channels in which a card was posted."""
    return [sent["channel"] for sent in slack.calls("chat.postMessage") if "thread_ts" not in sent]


@pytest.mark.parametrize("code", sorted(LOST))
async def test_a_card_waits_until_its_channel_is_there(board: SlackBoard, slack: FakeSlack, code: str):
    slack.refuse("chat.postMessage", code)
    with pytest.raises(SlackRefused):
        await board.show(SIG)
    await board.show(SIG)
    assert set(cards(slack)) == {"marketing-signals"}
    assert len({ts for ts, held in slack.messages.items() if "thread_ts" not in held}) == 1


@pytest.mark.parametrize("code", sorted(LOST))
async def test_a_decision_is_shown_when_the_channel_is_back_in_the_card_there_was(
    board: SlackBoard, runner: FakeRunner, slack: FakeSlack, code: str
):
    await board.show(SIG)
    decided(runner)
    slack.refuse("chat.update", code, code)
    for _ in range(2):
        with pytest.raises(SlackRefused):
            await board.show(SIG)
    await board.show(SIG)
    assert len(cards(slack)) == 1
    assert "Approved by Mara Lindt" in str(slack.calls("chat.update")[-1]["blocks"])


@pytest.mark.parametrize("code", sorted(LOST))
async def test_once_another_channel_is_named_the_card_goes_there_with_its_thread_once(
    board: SlackBoard, runner: FakeRunner, slack: FakeSlack, code: str
):
    await board.show(SIG)
    before = len(slack.calls("chat.postMessage"))
    routes = runner.model.routes.model_copy(update={"channel": ELSEWHERE})
    runner.model = runner.model.model_copy(update={"routes": routes})
    decided(runner)
    slack.refuse("chat.update", code)
    await board.show(SIG)
    await board.show(SIG)
    moved = slack.calls("chat.postMessage")[before:]
    assert [sent["channel"] for sent in moved] == [ELSEWHERE] * len(moved)
    card, *thread = moved
    assert "Approved by Mara Lindt" in str(card["blocks"])
    assert {sent["thread_ts"] for sent in thread} == {runner.kept[SIG][f"{SIG}/card"].ts}
    assert len(thread) == 2, "evidence and chart"


async def test_a_channel_that_works_keeps_its_cards_though_new_ones_go_elsewhere(
    board: SlackBoard, runner: FakeRunner, slack: FakeSlack
):
    await board.show(SIG)
    routes = runner.model.routes.model_copy(update={"channel": ELSEWHERE})
    runner.model = runner.model.model_copy(update={"routes": routes})
    decided(runner)
    await board.show(SIG)
    assert cards(slack) == ["marketing-signals"]
