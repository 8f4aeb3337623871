"""A storm of presses on one card: drawn at once, then once for all who asked meanwhile; the last picture is true."""

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import board as boards
from bot.board import SlackBoard
from domain.case import ProposalStatus
from domain.proposal import Rejected
from tests.bot.fakes import FakeRunner, FakeSlack
from tests.bot.samples import CASE, MARA, NOW, SIG
from tests.reliability.desk import slack_on_loopback


def board_of(runner: FakeRunner, slack: FakeSlack) -> SlackBoard:
    return SlackBoard(runner, AsyncWebClient(token="xoxb-test", base_url=f"{slack.address}/api/"))  # type: ignore[arg-type]


def decided(runner: FakeRunner) -> None:
    view = CASE.proposals[0]
    decision = Rejected(proposal_id=view.proposal.id, version=1, by=MARA, at=NOW, reason="not in the sale")
    changed = view.model_copy(update={"decision": decision, "status": ProposalStatus.REJECTED})
    runner.put(CASE.model_copy(update={"proposals": (changed, *CASE.proposals[1:])}))


async def test_forty_refused_presses_at_once_draw_one_card():
    async with slack_on_loopback() as slack:
        runner = FakeRunner()
        board = board_of(runner, slack)
        await board.show(SIG)
        await asyncio.gather(*(board.refresh(SIG) for _ in range(40)))
        assert len(slack.calls("chat.update")) == 1


async def test_what_is_decided_during_a_drawing_is_on_the_next(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(boards, "REDRAW_SECONDS", 0.2)
    async with slack_on_loopback() as slack:
        runner = FakeRunner()
        board = board_of(runner, slack)
        await board.show(SIG)
        await board.refresh(SIG)
        waiting = asyncio.ensure_future(board.refresh(SIG))
        await asyncio.sleep(0)
        decided(runner)
        await asyncio.gather(waiting, *(board.refresh(SIG) for _ in range(10)))
        first, last = slack.calls("chat.update")
        assert "Rejected by Mara Lindt" not in str(first["blocks"])
        assert "Rejected by Mara Lindt" in str(last["blocks"])


async def test_a_card_that_somebody_else_changed_is_drawn_again_after_a_moment(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(boards, "REDRAW_SECONDS", 0.0)
    monkeypatch.setattr(boards, "SURE_SECONDS", 0.0)
    async with slack_on_loopback() as slack:
        board = board_of(FakeRunner(), slack)
        await board.show(SIG)
        await board.refresh(SIG)
        await board.refresh(SIG)
        assert len(slack.calls("chat.update")) == 2
