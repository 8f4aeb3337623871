"""A channel is archived, deleted or left: no card is lost, and none is posted twice."""

from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from app.workspace.people import WorkspaceUser
from app.workspace.server import Workspace
from bot.board import LOST, SlackBoard
from bot.slack import SlackRefused
from bot.troubles import Troubles
from domain.case import ProposalStatus
from domain.errors import SlackUnavailable
from domain.signal import CloseReason
from domain.trouble import TroubleKind
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import APPROVED, MARA, SHIFT, SHIFTING, SIG, case_of, view
from tests.bot.test_troubles import Book

ELSEWHERE = "growth-signals"


@pytest.fixture
def board(runner: FakeRunner, client: AsyncWebClient) -> SlackBoard:
    runner.troubles = Book()  # type: ignore[attr-defined]
    return SlackBoard(runner, client)  # type: ignore[arg-type]


def decided(runner: FakeRunner) -> None:
    runner.put(case_of(view(SHIFTING, ProposalStatus.APPROVED, decision=APPROVED)))


def elsewhere(runner: FakeRunner) -> None:
    """The architect names another channel."""
    routes = runner.model.routes.model_copy(update={"channel": ELSEWHERE})
    runner.model = runner.model.model_copy(update={"routes": routes})


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
    elsewhere(runner)
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
    elsewhere(runner)
    decided(runner)
    await board.show(SIG)
    assert cards(slack) == ["marketing-signals"]


LOSSES = [
    (TroubleKind.CHANNEL_ARCHIVED, "marketing-signals", True),
    (TroubleKind.NOT_IN_CHANNEL, "C1", True),
    (TroubleKind.CHANNEL_GONE, "C1", True),
    (TroubleKind.CHANNEL_GONE, "marketing-signals", False),  # renamed: the card is where it was
    (TroubleKind.CHANNEL_ARCHIVED, "another-channel", False),
    (TroubleKind.MAY_NOT_POST, "C1", False),
]


@pytest.mark.parametrize(("kind", "about", "moves"), LOSSES)
async def test_an_open_card_nobody_answered_moves_out_of_a_lost_channel_once_another_is_named(
    board: SlackBoard, runner: FakeRunner, slack: FakeSlack, kind: TroubleKind, about: str, moves: bool
):
    await board.show(SIG)
    key, held = f"{SIG}/card", runner.kept[SIG][f"{SIG}/card"]
    runner.kept[SIG][key] = held.model_copy(update={"channel": "C1"})
    await runner.troubles.note(kind, about)  # type: ignore[attr-defined]
    await board.show(SIG)
    assert cards(slack) == ["marketing-signals"], "as long as no other is named it waits where it is"
    elsewhere(runner)
    for _ in range(2):
        await board.show(SIG)
    assert cards(slack) == ["marketing-signals", *([ELSEWHERE] if moves else [])]
    card = runner.kept[SIG][key]
    under = [sent["thread_ts"] for sent in slack.calls("chat.postMessage") if "thread_ts" in sent]
    assert under[-2:] == [card.ts] * 2, "evidence and chart hang under it"
    assert runner.kept[SIG][f"{key}/begun"].channel == (ELSEWHERE if moves else "marketing-signals")


async def test_a_closed_card_stays_with_its_channel(board: SlackBoard, runner: FakeRunner, slack: FakeSlack):
    await board.show(SIG)
    runner.put(case_of(*runner.cases[SIG].proposals, is_open=False, closed=CloseReason.RECOVERED))
    await board.show(SIG)
    await runner.troubles.note(TroubleKind.CHANNEL_ARCHIVED, "marketing-signals")  # type: ignore[attr-defined]
    elsewhere(runner)
    await board.show(SIG)
    assert cards(slack) == ["marketing-signals"]


@pytest.mark.parametrize("code", sorted(LOST))
async def test_a_reminder_takes_its_card_along(board: SlackBoard, runner: FakeRunner, slack: FakeSlack, code: str):
    await board.show(SIG)
    slack.refuse("chat.postMessage", code)
    with pytest.raises(SlackRefused):
        await board.remind(SIG, SHIFT, "reminder", (MARA,))
    assert len(cards(slack)) == 1, "there is nowhere else to go"
    elsewhere(runner)
    slack.refuse("chat.postMessage", code)
    for _ in range(2):
        await board.remind(SIG, SHIFT, "reminder", (MARA,))
    assert cards(slack) == ["marketing-signals", ELSEWHERE]
    *_, said = slack.calls("chat.postMessage")
    card = runner.kept[SIG][f"{SIG}/card"]
    assert (said["channel"], said["thread_ts"]) == (ELSEWHERE, card.ts)
    assert "Still waiting for you" in said["text"]
    slack.refuse("chat.postMessage", code)
    with pytest.raises(SlackRefused):
        await board.nudge(SIG, MARA, "morning")
    assert cards(slack) == ["marketing-signals", ELSEWHERE], "where nothing else is named, nothing is posted twice"


async def test_the_introduction_moves_as_well(board: SlackBoard, runner: FakeRunner, slack: FakeSlack):
    await board.introduce()
    await runner.troubles.note(TroubleKind.CHANNEL_ARCHIVED, "marketing-signals")  # type: ignore[attr-defined]
    elsewhere(runner)
    for _ in range(2):
        await board.introduce()
    assert cards(slack) == ["marketing-signals", ELSEWHERE]


async def test_whoever_watches_moves_what_was_left_and_then_needs_the_lost_channel_no_more(
    board: SlackBoard, runner: FakeRunner, slack: FakeSlack, client: AsyncWebClient
):
    book, kind = runner.troubles, TroubleKind.CHANNEL_ARCHIVED  # type: ignore[attr-defined]
    troubles = Troubles(runner, client)  # type: ignore[arg-type]
    runner.work = SimpleNamespace(refresh=board.show)  # type: ignore[attr-defined]
    await board.show(SIG)
    for lost in ("marketing-signals", "one-that-no-card-is-in"):
        await book.note(kind, lost)
        await book.take_telling((await book.known())[-1])

    async def look() -> tuple[list[str], int]:
        await troubles.look()
        await troubles.move()
        return cards(slack), len(await book.known())

    assert await look() == (["marketing-signals"], 2), "nothing else is named"
    elsewhere(runner)
    assert await look() == (["marketing-signals", ELSEWHERE], 2)
    assert await look() == (["marketing-signals", ELSEWHERE], 1)
    assert await look() == (["marketing-signals", ELSEWHERE], 1)
    assert [one.about for one in await book.known()] == ["one-that-no-card-is-in"]


@pytest.mark.parametrize("fault", ["applied_then_lost", "500"])
async def test_on_the_way_to_another_channel_no_card_is_lost_or_doubled_whatever_slack_does(
    runner: FakeRunner, tmp_path: Path, fault: str
):
    runner.troubles = Book()  # type: ignore[attr-defined]
    workspace = Workspace(tmp_path, [WorkspaceUser(MARA, "Mara", ("media_lead",))], ["marketing-signals", ELSEWHERE])
    address = await workspace.serve(port=0)
    try:
        client = AsyncWebClient(token=workspace.bot_token, base_url=f"{address}/api/")
        board = SlackBoard(runner, client)  # type: ignore[arg-type]
        await board.show(SIG)
        await runner.troubles.note(TroubleKind.CHANNEL_ARCHIVED, "marketing-signals")  # type: ignore[attr-defined]
        elsewhere(runner)
        workspace.office.faults.plan("chat.postMessage", fault, 1)
        for _ in range(4):
            with suppress(SlackUnavailable):
                await board.show(SIG)
        moved = runner.kept[SIG][f"{SIG}/card"]
        told = [message for channel, message in workspace.office.store.messages() if channel == moved.channel]
        heads = [
            message["ts"] for message in told if "thread_ts" not in message or message["thread_ts"] == message["ts"]
        ]
        assert heads == [moved.ts]
        assert {message["thread_ts"] for message in told if message["ts"] != moved.ts} == {moved.ts}
        assert len(told) == 3, "the card, its evidence and its chart"
    finally:
        await workspace.close()
